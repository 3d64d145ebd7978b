// The store when the disk is full, the database is busy, damaged, missing or from the future.
#include "store/migrations.h"
#include "store/store.h"
#include "store_fixture.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

#include <sys/resource.h>

using namespace gateway;
using namespace gateway::store;

namespace {

// No file may grow beyond this size while the limit lives: a full disk, as far as SQLite can tell.
class FileSizeLimit
{
public:
    explicit FileSizeLimit(qint64 bytes)
    {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &m_before);
        rlimit limit = m_before;
        limit.rlim_cur = rlim_t(bytes);
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &m_before); }
    Q_DISABLE_COPY_MOVE(FileSizeLimit)

private:
    rlimit m_before{};
};

QString count(const Store& store, const char* table = "calls")
{
    return ask(store.databaseFile(), QStringLiteral("SELECT count(*) FROM %1").arg(QLatin1String(table)));
}

QStringList quarantined(const QTemporaryDir& directory)
{
    return QDir(directory.path()).entryList({QStringLiteral("signalbox.db.corrupt-*")}, QDir::Files);
}

} // namespace

class TestStoreFailing : public QObject
{
    Q_OBJECT

    void overwrite(const QString& file, qint64 offset, const QByteArray& bytes)
    {
        QFile damaged(file);
        QVERIFY(damaged.open(QIODevice::ReadWrite));
        QVERIFY(damaged.seek(offset));
        QCOMPARE(damaged.write(bytes), bytes.size());
    }

private Q_SLOTS:
    void fullDiskSpillsAndRecovers()
    {
        QTemporaryDir directory;
        CountingSink sink;
        std::atomic<int> observed = 0;
        auto store = openStore(directory.path());
        store->setObserver([&](const auto& calls) { observed += int(calls.size()); });
        store->record(sampleCall(QStringLiteral("req_before")), &sink, 0);
        QTRY_COMPARE(sink.settled(), 1);
        {
            const FileSizeLimit limit(128 << 10);
            int sent = 1;
            for (; sent < 200 && sink.count(audit::Durability::Spilled) < 10; ++sent) {
                store->record(sampleCall(QStringLiteral("req_%1").arg(sent)), &sink, quint64(sent));
                QTRY_COMPARE_WITH_TIMEOUT(sink.settled(), sent + 1, 10'000);
            }
            QVERIFY(sink.count(audit::Durability::Spilled) >= 10);
            QCOMPARE(sink.count(audit::Durability::Lost), 0);
            QVERIFY(store->accepting());
            QCOMPARE(int(store->health().health), int(api::Health::Degraded));
        }
        const int sent = sink.settled();
        QTRY_COMPARE_WITH_TIMEOUT(int(store->health().health), int(api::Health::Ok), 10'000);
        QCOMPARE(count(*store), QString::number(sent));
        QTRY_COMPARE(observed.load(), sent);
        QVERIFY(sink.eachOnce());
        store->record(sampleCall(QStringLiteral("req_after")), &sink, 100'000);
        QTRY_COMPARE(sink.count(audit::Durability::Committed) + sink.count(audit::Durability::Spilled), sent + 1);
        QCOMPARE(count(*store), QString::number(sent + 1));
    }

    void fullJournalRefusesNewCalls()
    {
        QTemporaryDir directory;
        CountingSink sink;
        auto store = openStore(directory.path(), 16 << 10);
        {
            const FileSizeLimit limit(64 << 10);
            int sent = 0;
            for (; sent < 200 && sink.count(audit::Durability::Lost) == 0; ++sent) {
                store->record(sampleCall(QStringLiteral("req_%1").arg(sent)), &sink, quint64(sent));
                QTRY_COMPARE_WITH_TIMEOUT(sink.settled(), sent + 1, 10'000);
            }
            QVERIFY(sink.count(audit::Durability::Lost) > 0);
            QVERIFY(sink.count(audit::Durability::Spilled) > 0);
            QVERIFY(!store->accepting());
            QCOMPARE(int(store->health().health), int(api::Health::Down));
        }
        QTRY_VERIFY_WITH_TIMEOUT(store->accepting(), 10'000);
        QCOMPARE(
            count(*store).toInt(), sink.count(audit::Durability::Committed) + sink.count(audit::Durability::Spilled));
    }

    void refusePolicyStopsAtOnceButKeepsWhatRan()
    {
        QTemporaryDir directory;
        CountingSink sink;
        auto store = openStore(directory.path(), 1 << 20, true);
        const FileSizeLimit limit(4 << 10);
        store->record(sampleCall(QStringLiteral("req_0")), &sink, 0);
        QTRY_COMPARE(sink.settled(), 1);
        // the journal's first record fits below the limit
        QCOMPARE(sink.count(audit::Durability::Spilled), 1);
        QVERIFY(!store->accepting());
        QCOMPARE(int(store->health().health), int(api::Health::Down));
    }

    void spilledRecordsSurviveARestart()
    {
        QTemporaryDir directory;
        CountingSink sink;
        {
            auto store = openStore(directory.path());
            const FileSizeLimit limit(4 << 10);
            for (int i = 0; i < 2; ++i) {
                store->record(sampleCall(QStringLiteral("req_%1").arg(i)), &sink, quint64(i));
                QTRY_COMPARE(sink.settled(), i + 1);
            }
            QVERIFY(sink.count(audit::Durability::Spilled) >= 1);
            store.reset(); // closes while the disk is full
        }
        auto store = openStore(directory.path());
        QVERIFY(store);
        const int kept = sink.count(audit::Durability::Spilled) + sink.count(audit::Durability::Committed);
        QCOMPARE(count(*store).toInt(), kept);
        QCOMPARE(count(*store, "attempts").toInt(), 2 * kept);
        store.reset();
        QCOMPARE(count(*openStore(directory.path())).toInt(), kept); // and not once more
    }

    void aBusyDatabaseIsWaitedFor()
    {
        QTemporaryDir directory;
        CountingSink sink;
        auto store = openStore(directory.path());
        auto other = openWriter(store->databaseFile(), true, 0);
        QVERIFY(other.ok());
        QVERIFY(QSqlQuery(**other).exec(QStringLiteral("BEGIN IMMEDIATE")));
        store->record(sampleCall(QStringLiteral("req_a")), &sink, 0);
        QTest::qWait(50); // the writer stands before the lock meanwhile
        QCOMPARE(sink.settled(), 0);
        QVERIFY(QSqlQuery(**other).exec(QStringLiteral("COMMIT")));
        QTRY_COMPARE(sink.settled(), 1);
        QCOMPARE(sink.count(audit::Durability::Committed), 1);
    }

    void aDatabaseBusyForLongSpills()
    {
        QTemporaryDir directory;
        CountingSink sink;
        auto store = openStore(directory.path());
        auto other = openWriter(store->databaseFile(), true, 0);
        QVERIFY(QSqlQuery(**other).exec(QStringLiteral("BEGIN IMMEDIATE")));
        store->record(sampleCall(QStringLiteral("req_a")), &sink, 0);
        QTRY_COMPARE_WITH_TIMEOUT(sink.count(audit::Durability::Spilled), 1, 20'000);
        bool committed = true;
        std::atomic<bool> told = false;
        store->submit([](QSqlDatabase&) { return true; },
            [&](bool ok) {
                committed = ok;
                told = true;
            });
        QTRY_VERIFY_WITH_TIMEOUT(told.load(), 20'000);
        QVERIFY(!committed);
        QVERIFY(QSqlQuery(**other).exec(QStringLiteral("COMMIT")));
        QTRY_COMPARE_WITH_TIMEOUT(count(*store), QStringLiteral("1"), 10'000);
    }

    void damaged_data()
    {
        QTest::addColumn<qint64>("offset");
        QTest::addColumn<int>("length");
        QTest::newRow("header") << qint64(0) << 16;
        QTest::newRow("schema page") << qint64(100) << 200;
        QTest::newRow("inner page header") << qint64(3 * 4096) << 64;
    }
    void damaged()
    {
        QFETCH(qint64, offset);
        QFETCH(int, length);
        QTemporaryDir directory;
        QString file;
        {
            auto store = openStore(directory.path());
            file = store->databaseFile();
            for (int i = 0; i < 200; ++i)
                store->record(sampleCall(QStringLiteral("req_%1").arg(i)), nullptr, 0);
        }
        overwrite(file, offset, QByteArray(length, '\x5a'));
        QFile before(file);
        QVERIFY(before.open(QIODevice::ReadOnly));
        const QByteArray bytes = before.readAll();
        StoreOptions options;
        options.directory = directory.path();
        const auto store = Store::open(options);
        QVERIFY2(!store.ok(), "a damaged database was opened");
        QCOMPARE(quarantined(directory).filter(QStringLiteral("wal"), Qt::CaseSensitive).size() <
                     quarantined(directory).size(),
            true);
        QFile copy(directory.filePath(quarantined(directory).first()));
        QVERIFY(copy.open(QIODevice::ReadOnly));
        QCOMPARE(copy.readAll().size(), bytes.size());
        QVERIFY(QFile::exists(file)); // still there, not replaced
    }

    void neverASilentNewOne_data()
    {
        QTest::addColumn<bool>("remove");
        QTest::newRow("missing") << true;
        QTest::newRow("empty") << false;
    }
    void neverASilentNewOne()
    {
        QFETCH(bool, remove);
        QTemporaryDir directory;
        const QString file = openStore(directory.path())->databaseFile();
        QVERIFY(remove ? QFile::remove(file) : QFile::resize(file, 0));
        StoreOptions options;
        options.directory = directory.path();
        const auto store = Store::open(options);
        QVERIFY(!store.ok());
        QVERIFY(store.error().message.contains(QLatin1String("missing or empty")));
    }

    void aNewerSchemaIsRefused()
    {
        QTemporaryDir directory;
        auto store = openStore(directory.path());
        QVERIFY(store->submitAndWait([](QSqlDatabase& database) {
            return QSqlQuery(database).exec(QStringLiteral("UPDATE meta SET value = '9999' WHERE key = 'schema'"));
        }));
        store.reset();
        StoreOptions options;
        options.directory = directory.path();
        const auto again = Store::open(options);
        QVERIFY(!again.ok());
        QVERIFY2(again.error().message.contains(QLatin1String("9999")), qPrintable(again.error().message));
    }

    void anUnusableDirectoryIsAnError()
    {
        StoreOptions options;
        options.directory = QStringLiteral("/proc/no-such-place");
        QVERIFY(!Store::open(options).ok());
    }
};

QTEST_GUILESS_MAIN(TestStoreFailing)
#include "tst_store_failing.moc"
