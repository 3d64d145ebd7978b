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
    void fullDiskWaitsInTheJournalAndRecovers()
    {
        QTemporaryDir directory;
        CountingSink sink;
        std::atomic<int> observed = 0;
        auto store = openStore(directory.path(), 256 << 10); // segments of 64 KiB
        store->setObserver([&](const auto& calls) { observed += int(calls.size()); });
        store->record(sampleCall(QStringLiteral("req_before")), &sink, 0);
        QVERIFY(isFiled(*store));
        int sent = 1;
        {
            const FileSizeLimit limit(128 << 10);
            const auto send = [&] {
                store->record(sampleCall(QStringLiteral("req_%1").arg(sent)), &sink, quint64(sent));
                ++sent;
                QTRY_COMPARE_WITH_TIMEOUT(sink.settled(), sent, 10'000);
                store->waitUntilFiled(std::chrono::seconds(1));
            };
            while (sent < 200 && store->health().health == api::Health::Ok)
                send();
            for (int i = 0; i < 10; ++i)
                send();
            QCOMPARE(sink.count(audit::Durability::Committed), sent);
            QVERIFY(store->accepting());
            QCOMPARE(int(store->health().health), int(api::Health::Degraded));
            QVERIFY(count(*store).toInt() < sent);
        }
        QTRY_COMPARE_WITH_TIMEOUT(int(store->health().health), int(api::Health::Ok), 10'000);
        QVERIFY(isFiled(*store));
        QCOMPARE(count(*store), QString::number(sent));
        QTRY_COMPARE(observed.load(), sent);
        QVERIFY(sink.eachOnce());
        store->record(sampleCall(QStringLiteral("req_after")), &sink, 100'000);
        QVERIFY(isFiled(*store));
        QCOMPARE(count(*store), QString::number(sent + 1));
    }

    void fullJournalRefusesNewCalls()
    {
        QTemporaryDir directory;
        CountingSink sink;
        auto store = openStore(directory.path(), 64 << 10);
        {
            const FileSizeLimit limit(64 << 10);
            for (int sent = 0; sent < 400 && sink.count(audit::Durability::Lost) == 0; ++sent) {
                store->record(sampleCall(QStringLiteral("req_%1").arg(sent)), &sink, quint64(sent));
                QTRY_COMPARE_WITH_TIMEOUT(sink.settled(), sent + 1, 10'000);
            }
            QVERIFY(sink.count(audit::Durability::Lost) > 0);
            QVERIFY(sink.count(audit::Durability::Committed) > 0);
            QVERIFY(!store->accepting());
            QCOMPARE(int(store->health().health), int(api::Health::Down));
            QVERIFY2(
                store->health().detail.contains(QLatin1String("journal is full")), qPrintable(store->health().detail));
        }
        QTRY_VERIFY_WITH_TIMEOUT(store->accepting(), 10'000);
        QTRY_COMPARE_WITH_TIMEOUT(int(store->health().health), int(api::Health::Ok), 10'000);
        QVERIFY(isFiled(*store));
        QCOMPARE(count(*store).toInt(), sink.count(audit::Durability::Committed));
    }

    // The journal cannot grow: what is there already is used up, then nothing is accepted, until the database follows.
    void noRoomForSegments()
    {
        QTemporaryDir directory;
        CountingSink sink;
        auto store = openStore(directory.path(), 1 << 20);
        const auto obstacle = [](int i) {
            return QStringLiteral("journal/segment-%1").arg(i, 6, 10, QLatin1Char('0'));
        };
        for (int i = 0; i < 1000; ++i) // in the way of new files
            QDir(directory.path()).mkdir(obstacle(i));
        auto other = openWriter(store->databaseFile(), true, 0);
        QVERIFY(QSqlQuery(**other).exec(QStringLiteral("BEGIN IMMEDIATE")));
        int sent = 0;
        while (sent < 4000 && store->accepting()) {
            for (int i = 0; i < 40; ++i, ++sent)
                store->record(sampleCall(QStringLiteral("req_%1").arg(sent)), &sink, quint64(sent));
            QTRY_COMPARE_WITH_TIMEOUT(sink.settled(), sent, 10'000);
        }
        QCOMPARE(sink.count(audit::Durability::Committed), sent);
        QVERIFY(!store->accepting());
        QCOMPARE(int(store->health().health), int(api::Health::Down));
        QVERIFY2(store->health().detail.contains(QLatin1String("cannot be made")), qPrintable(store->health().detail));
        QVERIFY(QSqlQuery(**other).exec(QStringLiteral("COMMIT")));
        QVERIFY(isFiled(*store));
        for (int i = 0; i < 1000; ++i)
            QDir(directory.path()).rmdir(obstacle(i));
        QTRY_VERIFY_WITH_TIMEOUT(store->accepting(), 10'000); // though nothing has come meanwhile
        QCOMPARE(count(*store), QString::number(sent));
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
        QCOMPARE(sink.count(audit::Durability::Committed), 1);
        QTRY_VERIFY(!store->accepting());
        QCOMPARE(int(store->health().health), int(api::Health::Down));
    }

    void whatWaitsSurvivesARestart()
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
            QTRY_COMPARE(int(store->health().health), int(api::Health::Degraded));
            store.reset(); // closes while the disk is full
        }
        QCOMPARE(sink.count(audit::Durability::Committed), 2);
        auto store = openStore(directory.path());
        QVERIFY(store);
        QCOMPARE(count(*store).toInt(), 2);
        QCOMPARE(count(*store, "attempts").toInt(), 4);
        store.reset();
        QCOMPARE(count(*openStore(directory.path())).toInt(), 2); // and not once more
    }

    void aBusyDatabaseHoldsNobodyUp()
    {
        QTemporaryDir directory;
        CountingSink sink;
        auto store = openStore(directory.path());
        auto other = openWriter(store->databaseFile(), true, 0);
        QVERIFY(other.ok());
        QVERIFY(QSqlQuery(**other).exec(QStringLiteral("BEGIN IMMEDIATE")));
        store->record(sampleCall(QStringLiteral("req_a")), &sink, 0);
        QTRY_COMPARE(sink.count(audit::Durability::Committed), 1);
        QCOMPARE(count(*store), QStringLiteral("0"));
        QVERIFY(!store->waitUntilFiled(std::chrono::milliseconds(1)));
        QVERIFY(QSqlQuery(**other).exec(QStringLiteral("COMMIT")));
        QVERIFY(isFiled(*store));
        QCOMPARE(count(*store), QStringLiteral("1"));
    }

    void aDatabaseBusyForLongRefusesChangesOnly()
    {
        QTemporaryDir directory;
        CountingSink sink;
        auto store = openStore(directory.path());
        auto other = openWriter(store->databaseFile(), true, 0);
        QVERIFY(QSqlQuery(**other).exec(QStringLiteral("BEGIN IMMEDIATE")));
        store->record(sampleCall(QStringLiteral("req_a")), &sink, 0);
        bool committed = true;
        std::atomic<bool> told = false;
        store->submit([](QSqlDatabase&) { return true; },
            [&](bool ok) {
                committed = ok;
                told = true;
            });
        QTRY_VERIFY_WITH_TIMEOUT(told.load(), 20'000);
        QVERIFY(!committed);
        QCOMPARE(sink.count(audit::Durability::Committed), 1);
        QVERIFY(store->accepting());
        QCOMPARE(int(store->health().health), int(api::Health::Degraded));
        QVERIFY(QSqlQuery(**other).exec(QStringLiteral("COMMIT")));
        QTRY_COMPARE_WITH_TIMEOUT(count(*store), QStringLiteral("1"), 10'000);
    }

    // Far behind: memory holds a part, the rest is read back from the journal; in order, each once, with nobody held
    // up.
    void farBehindAndBack()
    {
        constexpr int kCalls = 30'000;
        QTemporaryDir directory;
        CountingSink sink;
        std::atomic<int> observed = 0;
        auto store = openStore(directory.path(), 64 << 20);
        store->setObserver([&](const auto& calls) { observed += int(calls.size()); });
        auto other = openWriter(store->databaseFile(), true, 0);
        QVERIFY(QSqlQuery(**other).exec(QStringLiteral("BEGIN IMMEDIATE")));
        const auto call = sampleCall(QString());
        for (int i = 0; i < kCalls; ++i) {
            auto one = std::make_shared<api::Call>(*call);
            one->id = QStringLiteral("req_%1").arg(i);
            store->record(one, &sink, quint64(i));
        }
        QTRY_COMPARE_WITH_TIMEOUT(sink.count(audit::Durability::Committed), kCalls, 60'000);
        QVERIFY(store->accepting());
        QCOMPARE(count(*store), QStringLiteral("0"));
        QTRY_COMPARE_WITH_TIMEOUT(int(store->health().health), int(api::Health::Degraded), 10'000);
        QVERIFY(QSqlQuery(**other).exec(QStringLiteral("COMMIT")));
        QTRY_COMPARE_WITH_TIMEOUT(observed.load(), kCalls, 120'000);
        QVERIFY(isFiled(*store));
        QCOMPARE(int(store->health().health), int(api::Health::Ok));
        QCOMPARE(count(*store), QString::number(kCalls));
        QCOMPARE(
            ask(store->databaseFile(), QStringLiteral("SELECT count(*) FROM calls WHERE id <> 'req_' || (seq - 1)")),
            QStringLiteral("0"));
        store->record(sampleCall(QStringLiteral("req_after")), &sink, kCalls);
        QVERIFY(isFiled(*store));
        QCOMPARE(count(*store), QString::number(kCalls + 1));
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

    // A large database that was closed in good order opens at once and is looked through beside the work.
    void aLargeOneIsCheckedInTheBackground()
    {
        QTemporaryDir directory;
        {
            auto store = openStore(directory.path());
            QVERIFY(store->submitAndWait([](QSqlDatabase& database) {
                QSqlQuery query(database);
                return query.exec(QStringLiteral("CREATE TABLE filler (bytes BLOB)")) &&
                       query.exec(QStringLiteral("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE"
                                                 " i < 8000) INSERT INTO filler SELECT zeroblob(3000) FROM n"));
            }));
        }
        const QString file = directory.filePath(QStringLiteral("signalbox.db"));
        QVERIFY(QFileInfo(file).size() > 20 << 20);
        {
            auto store = openStore(directory.path());
            QVERIFY(store);
            QCOMPARE(int(store->health().health), int(api::Health::Ok));
        }
        overwrite(file, 3000 * 4096, QByteArray(64, '\x5a'));
        auto store = openStore(directory.path());
        QVERIFY(store);
        CountingSink sink;
        for (int i = 0; i < 2000 && store->health().health == api::Health::Ok; ++i) {
            store->record(sampleCall(QStringLiteral("req_%1").arg(i)), &sink, quint64(i));
            QTest::qWait(5);
        }
        QCOMPARE(int(store->health().health), int(api::Health::Down));
        QVERIFY(!store->accepting());
        QVERIFY2(store->health().detail.contains(QLatin1String("damaged")), qPrintable(store->health().detail));
        store.reset();
        QVERIFY2(!openStore(directory.path()), "what was found was forgotten");
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
