// The journal keeps whole records only, whatever was cut or overwritten, and forgets on reset for good.
#include "store/spill_journal.h"
#include "store_fixture.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace gateway;
using namespace gateway::store;

class TestSpillJournal : public QObject
{
    Q_OBJECT

    QTemporaryDir m_directory;
    QString m_file = m_directory.filePath(QStringLiteral("spill.journal"));
    static constexpr qint64 kBytes = 32 << 10;

    std::unique_ptr<SpillJournal> open(qint64 bytes = kBytes)
    {
        auto journal = SpillJournal::open(m_file, bytes);
        return journal ? std::move(*journal) : nullptr;
    }
    static QStringList ids(const SpillJournal& journal)
    {
        QStringList list;
        for (const auto& call : journal.records())
            list.append(call->id);
        return list;
    }
    static bool add(SpillJournal& journal, const QString& id)
    {
        const SpillJournal::Record record = sampleCall(id);
        return journal.append(std::span(&record, 1)) == 1;
    }

private Q_SLOTS:
    void init() { QFile::remove(m_file); }

    void keepsRecords()
    {
        {
            auto journal = open();
            QVERIFY(journal && journal->isEmpty());
            QVERIFY(add(*journal, QStringLiteral("req_a")));
            QVERIFY(add(*journal, QStringLiteral("req_b")));
        }
        auto journal = open();
        QCOMPARE(journal->count(), 2);
        QCOMPARE(api::toJson(*journal->records()[0]), api::toJson(*sampleCall(QStringLiteral("req_a"))));
        QCOMPARE(journal->records()[0]->idempotency, sampleCall(QStringLiteral("req_a"))->idempotency);
        QVERIFY(add(*journal, QStringLiteral("req_c")));
        QCOMPARE(
            ids(*open()), (QStringList{QStringLiteral("req_a"), QStringLiteral("req_b"), QStringLiteral("req_c")}));
        QCOMPARE(QFileInfo(m_file).size(), kBytes);
    }

    void takesNoMoreThanFits()
    {
        auto journal = open(8 << 10);
        std::vector<SpillJournal::Record> many;
        for (int i = 0; i < 100; ++i)
            many.push_back(sampleCall(QStringLiteral("req_%1").arg(i)));
        const std::size_t kept = journal->append(many);
        QVERIFY(kept > 0 && kept < many.size());
        QVERIFY(!add(*journal, QStringLiteral("req_more")));
        QCOMPARE(QFileInfo(m_file).size(), 8 << 10);
        QCOMPARE(ids(*open()).size(), int(kept)); // also when opened with a larger setting
    }

    void forgetsOnReset()
    {
        auto journal = open();
        for (int i = 0; i < 5; ++i)
            QVERIFY(add(*journal, QStringLiteral("req_old_%1").arg(i)));
        QVERIFY(journal->reset());
        QVERIFY(journal->isEmpty());
        QCOMPARE(ids(*open()), QStringList());
        QVERIFY(add(*journal, QStringLiteral("req_old_0"))); // as long as the first of before
        QCOMPARE(ids(*open()), QStringList{QStringLiteral("req_old_0")});
    }

    // Cut or changed anywhere: the records before the damage, and nothing that was not written.
    void damagedAtEveryByte()
    {
        {
            auto journal = open();
            for (int i = 0; i < 3; ++i)
                QVERIFY(add(*journal, QStringLiteral("req_%1").arg(i)));
        }
        QFile file(m_file);
        QVERIFY(file.open(QIODevice::ReadWrite));
        const QByteArray whole = file.readAll();
        qsizetype used = whole.size();
        while (whole[used - 1] == '\0')
            --used;
        const QStringList all = ids(*open());
        for (qsizetype at = 16; at < used; at += 3) {
            const char changed = char(whole[at] ^ 0x20);
            QVERIFY(file.seek(at));
            file.write(&changed, 1);
            file.flush();
            auto journal = open();
            QVERIFY(journal);
            const QStringList left = ids(*journal);
            QVERIFY2(left.size() < 3, qPrintable(QString::number(at)));
            QCOMPARE(left, all.first(left.size()));
            QVERIFY(file.seek(at));
            file.write(whole.constData() + at, 1);
            file.flush();
        }
        QCOMPARE(ids(*open()), all);
    }

    void anotherFileIsRefused()
    {
        QFile file(m_file);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("something else entirely");
        file.close();
        QVERIFY(!open());
    }
};

QTEST_APPLESS_MAIN(TestSpillJournal)
#include "tst_spill_journal.moc"
