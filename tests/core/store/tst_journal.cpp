// The journal alone: what was appended comes back in order, over segments and restarts; damage cuts, and never invents.
#include "store/journal.h"
#include "store_fixture.h"

#include <QFileInfo>
#include <QTemporaryDir>

#include <csignal>

#include <sys/resource.h>

using namespace gateway;
using namespace gateway::store;

namespace {

constexpr qint64 kBytes = 64 << 10; // four segments

std::vector<PendingRecord> some(int from, int count)
{
    std::vector<PendingRecord> records;
    for (int i = from; i < from + count; ++i)
        records.push_back({sampleCall(QStringLiteral("req_%1").arg(i)), nullptr, quint64(i), {}});
    return records;
}

int append(Journal& journal, int from, int count)
{
    std::vector<audit::Durability> durabilities;
    journal.append(some(from, count), durabilities);
    return int(std::count(durabilities.begin(), durabilities.end(), audit::Durability::Committed));
}

QStringList ids(Journal& journal, quint64 from = 1)
{
    QStringList list;
    quint64 next = from;
    while (next <= journal.lastDurable()) {
        const Journal::Stored stored = journal.read(next, journal.lastDurable(), 7);
        if (stored.upTo < next)
            break;
        for (const JournalledCall& one : stored.calls)
            list.append(one.call->id);
        next = stored.upTo + 1;
    }
    return list;
}

QStringList expected(int count)
{
    QStringList list;
    for (int i = 0; i < count; ++i)
        list.append(QStringLiteral("req_%1").arg(i));
    return list;
}

} // namespace

class TestJournal : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_directory;

    QString directory() const { return m_directory->filePath(QStringLiteral("journal")); }
    std::unique_ptr<Journal> open(qint64 bytes = kBytes)
    {
        auto journal = Journal::open({directory(), bytes, {}});
        return journal ? std::move(*journal) : nullptr;
    }
    QStringList files(const char* pattern = "segment-*") const
    {
        return QDir(directory()).entryList({QLatin1String(pattern)}, QDir::Files, QDir::Name);
    }

private Q_SLOTS:
    void init() { m_directory = std::make_unique<QTemporaryDir>(); }

    void keepsRecordsOverSegmentsAndRestarts()
    {
        {
            auto journal = open();
            QVERIFY(journal);
            QCOMPARE(append(*journal, 0, 1), 1);
            QCOMPARE(append(*journal, 1, 29), 29);
            QCOMPARE(append(*journal, 30, 60), 60);
            QCOMPARE(ids(*journal), expected(90));
            QCOMPARE(ids(*journal, 31), expected(90).mid(30));
            QVERIFY2(files().size() > 1, "one segment held it all, so none was changed");
        }
        auto journal = open();
        QCOMPARE(journal->lastDurable(), quint64(90));
        QCOMPARE(journal->firstHeld(), quint64(1));
        QCOMPARE(api::toJson(*journal->read(1, 1, 1).calls[0].call), api::toJson(*sampleCall(QStringLiteral("req_0"))));
        QCOMPARE(append(*journal, 90, 5), 5);
        QCOMPARE(ids(*journal), expected(95));
        QCOMPARE(journal->damaged(), 0);
    }

    void takesNoMoreThanFits()
    {
        auto journal = open();
        const int kept = append(*journal, 0, 200);
        QVERIFY(kept > 20 && kept < 200);
        QCOMPARE(append(*journal, 200, 1), 0);
        QVERIFY(!journal->hasRoom());
        QVERIFY(!journal->isBroken());
        QCOMPARE(ids(*journal), expected(kept));
        journal->release(quint64(kept)); // the database has them
        QVERIFY(journal->hasRoom());
        QVERIFY(append(*journal, kept, 20) == 20);
        QCOMPARE(ids(*journal, quint64(kept) + 1), expected(kept + 20).mid(kept));
    }

    // What a segment held in a former life never comes back, however little its new life has written over it.
    void recycledSegmentsHoldNothing()
    {
        int total = 0;
        {
            auto journal = open();
            for (int round = 0; round < 10; ++round) {
                total += append(*journal, total, 30);
                journal->release(quint64(total));
            }
            QCOMPARE(total, 300);
        }
        auto journal = open();
        QCOMPARE(journal->lastDurable(), quint64(300));
        const quint64 first = journal->firstHeld();
        QVERIFY(first > 250);
        QCOMPARE(ids(*journal, first), expected(300).mid(int(first) - 1));
        journal->empty();
        journal.reset();
        journal = open();
        QCOMPARE(journal->firstHeld(), quint64(0));
        journal->setFiled(0, 300);
        QCOMPARE(append(*journal, 300, 1), 1);
        journal.reset();
        QCOMPARE(ids(*open(), 301), QStringList{QStringLiteral("req_300")});
    }

    void aRecordThatNoSegmentHoldsCostsNoOther()
    {
        auto journal = open();
        auto records = some(0, 3);
        auto huge = sampleCall(QStringLiteral("req_huge"));
        huge->errorDetail = QString(20'000, u'x');
        records[1].call = huge;
        std::vector<audit::Durability> durabilities;
        for (int round = 0; round < 2; ++round) {
            journal->append(records, durabilities);
            QCOMPARE(durabilities,
                (std::vector{audit::Durability::Committed, audit::Durability::Lost, audit::Durability::Committed}));
        }
        journal.reset();
        QCOMPARE(ids(*open()).size(), 4);
    }

    // Changed anywhere, in the last segment: the records before the damage, and nothing that was not written.
    void damagedAtEveryByte()
    {
        {
            auto journal = open();
            for (int i = 0; i < 3; ++i)
                QCOMPARE(append(*journal, i, 1), 1);
        }
        QCOMPARE(files().size(), 1);
        QFile file(directory() + u'/' + files().first());
        QVERIFY(file.open(QIODevice::ReadWrite));
        const QByteArray whole = file.readAll();
        qsizetype used = whole.size();
        while (whole[used - 1] == '\0')
            --used;
        for (qsizetype at = 0; at < used; ++at) {
            const char changed = char(whole[at] ^ (1 << at % 8));
            QVERIFY(file.seek(at));
            file.write(&changed, 1);
            file.flush();
            {
                auto journal = open();
                QVERIFY(journal);
                const QStringList left = ids(*journal);
                // the header may be damaged: frames say what they are
                QVERIFY2(at < JournalSegment::kHeaderBytes || left.size() < 3, qPrintable(QString::number(at)));
                QCOMPARE(left, expected(int(left.size())));
                QVERIFY2(at >= JournalSegment::kHeaderBytes || left.size() == 3, qPrintable(QString::number(at)));
                // good records behind the hole are not believed, but kept aside
                if (at >= JournalSegment::kHeaderBytes && left.size() < 2)
                    QVERIFY2(journal->damaged() > 0, qPrintable(QString::number(at)));
            }
            for (const QString& name : files())
                QFile::remove(directory() + u'/' + name);
            for (const QString& name : files("damaged-*"))
                QFile::remove(directory() + u'/' + name);
            QFile again(directory() + u'/' + QStringLiteral("segment-000001"));
            QVERIFY(again.open(QIODevice::WriteOnly));
            again.write(whole);
            again.close();
            file.close();
            file.setFileName(again.fileName());
            QVERIFY(file.open(QIODevice::ReadWrite));
        }
    }

    // Torn at any length: what was written before the tear.
    void tornAnywhere()
    {
        {
            auto journal = open();
            QCOMPARE(append(*journal, 0, 3), 3);
        }
        const QString name = directory() + u'/' + files().first();
        QFile file(name);
        QVERIFY(file.open(QIODevice::ReadWrite));
        const QByteArray whole = file.readAll();
        qsizetype used = whole.size();
        while (whole[used - 1] == '\0')
            --used;
        for (qsizetype at = used - 1; at >= 0; at -= 5) {
            QVERIFY(file.seek(at));
            file.write(QByteArray(used - at, '\0'));
            file.flush();
            auto journal = open();
            QVERIFY(journal);
            const QStringList left = ids(*journal);
            QVERIFY(left.size() < 3);
            QCOMPARE(left, expected(int(left.size())));
            QCOMPARE(journal->damaged(), 0);
            if (left.isEmpty())
                break;
        }
    }

    // A bad record in a segment that was complete costs the rest of that segment, and none of those that were begun
    // later.
    void damageInTheMiddleIsPutAside()
    {
        int kept = 0;
        {
            auto journal = open();
            kept = append(*journal, 0, 120);
        }
        QVERIFY(files().size() >= 3);
        QFile file(directory() + u'/' + files()[1]);
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.seek(5000));
        file.write("damage");
        file.close();
        auto journal = open();
        QVERIFY(journal);
        QCOMPARE(journal->damaged(), 1);
        QCOMPARE(files("damaged-*").size(), 1);
        const QStringList left = ids(*journal);
        QVERIFY(left.size() > 10 && left.size() < kept);
        QCOMPARE(left.last(), QStringLiteral("req_%1").arg(kept - 1));
        QCOMPARE(append(*journal, kept, 1), 1);
        QCOMPARE(journal->lastDurable(), quint64(kept) + 1);
    }

    void afterAFailedWriteNothingIsWritten()
    {
        auto journal = open(4 << 20);
        QCOMPARE(append(*journal, 0, 1), 1);
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit before = {};
        ::getrlimit(RLIMIT_FSIZE, &before);
        rlimit limit = before;
        limit.rlim_cur = 600; // in the middle of the second
        ::setrlimit(RLIMIT_FSIZE, &limit);
        QCOMPARE(append(*journal, 1, 2), 0);
        ::setrlimit(RLIMIT_FSIZE, &before);
        QVERIFY(journal->isBroken());
        QVERIFY(!journal->trouble().isEmpty());
        QCOMPARE(append(*journal, 3, 1), 0);
        journal.reset();
        QCOMPARE(ids(*open()), expected(1));
    }
};

QTEST_APPLESS_MAIN(TestJournal)
#include "tst_journal.moc"
