// The store when it is killed, or the power fails, at any of its named points: everything that was acknowledged is in
// the record afterwards, once.
#include "store_fixture.h"

#include <QMutex>
#include <QTemporaryDir>

#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

using namespace gateway;
using namespace gateway::store;

namespace {

constexpr qint64 kJournalBytes = 2 << 20; // segments of 512 KiB, so that they change and come back soon

// One byte on a pipe for every acknowledged record.
class PipeSink final : public audit::CommitSink
{
public:
    explicit PipeSink(int out) : m_out(out) {}
    void recordsSettled(std::vector<audit::Acknowledgement> acknowledgements) override
    {
        QByteArray bytes;
        for (const auto& each : acknowledgements)
            bytes += each.durability == audit::Durability::Committed ? "x" : "";
        if (::write(m_out, bytes.constData(), std::size_t(bytes.size())) != bytes.size())
            ::_exit(1);
    }

private:
    const int m_out;
};

[[noreturn]] void recordUntilKilled(const QString& directory, int out, const std::string& point, int turn)
{
    std::atomic<int> met = 0;
    PipeSink sink(out);
    auto store = openStore(directory, kJournalBytes, false, [&](const char* name) {
        if (point == name && ++met == turn)
            ::kill(::getpid(), SIGKILL);
    });
    for (int i = 0; i < 20'000; ++i) {
        if (i % 20 == 0)
            ::usleep(2000);
        while (!store->accepting() || store->queueLength() > 100) // as the engine does
            ::usleep(1000);
        store->record(sampleCall(QStringLiteral("req_%1").arg(i)), &sink, quint64(i));
    }
    ::_exit(2); // the point was never met
}

QString copied(const QString& file, const QString& to)
{
    QFile::remove(to);
    return QFile::copy(file, to) ? QString() : file;
}

} // namespace

class TestStoreCuts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void killed_data()
    {
        QTest::addColumn<QString>("point");
        QTest::addColumn<int>("turn");
        for (const char* point : {"append", "synced", "switch", "filing", "filed", "filed-durable", "release"}) {
            for (const int turn : {1, 3})
                QTest::addRow("%s %d", point, turn) << QString::fromLatin1(point) << turn;
        }
    }
    void killed()
    {
        QFETCH(QString, point);
        QFETCH(int, turn);
        QTemporaryDir directory;
        int pipes[2];
        QCOMPARE(::pipe(pipes), 0);
        const pid_t child = ::fork();
        if (child == 0)
            recordUntilKilled(directory.path(), pipes[1], point.toStdString(), turn);
        ::close(pipes[1]);
        qint64 acknowledged = 0;
        char buffer[4096];
        for (ssize_t got = 1; got > 0; acknowledged += got)
            got = std::max<ssize_t>(::read(pipes[0], buffer, sizeof buffer), 0);
        ::close(pipes[0]);
        int status = 0;
        ::waitpid(child, &status, 0);
        QVERIFY2(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "the point was never met");

        for (int start = 0; start < 2; ++start) { // a second start changes nothing
            auto store = openStore(directory.path(), kJournalBytes);
            QVERIFY(store);
            QCOMPARE(int(store->health().health), int(api::Health::Ok));
            const QString file = store->databaseFile();
            const qint64 kept = ask(file, QStringLiteral("SELECT count(*) FROM calls")).toLongLong();
            QVERIFY2(kept >= acknowledged, qPrintable(QStringLiteral("%1 of %2").arg(kept).arg(acknowledged)));
            // from the first on, without a hole, each with its attempts
            QCOMPARE(
                ask(file, QStringLiteral("SELECT count(DISTINCT id) FROM calls WHERE CAST(substr(id, 5) AS INTEGER)"
                                         " < (SELECT count(*) FROM calls)")),
                QString::number(kept));
            QCOMPARE(ask(file, QStringLiteral("SELECT count(*) FROM attempts")), QString::number(2 * kept));
            store.reset();
            QCOMPARE(ask(file, QStringLiteral("PRAGMA integrity_check")), QStringLiteral("ok"));
        }
    }

    // What the database has not synced is gone, what the journal has synced is there. The database is taken as it was
    // at its last synced commit, the journal as it is.
    void powerFails()
    {
        QTemporaryDir directory;
        QTemporaryDir snapshot;
        std::atomic<int> synced = 0;
        std::atomic<int> unsynced = 0;
        const QString file = directory.filePath(QStringLiteral("signalbox.db"));
        const QString kept = snapshot.filePath(QStringLiteral("signalbox.db"));
        QMutex copying; // a snapshot is whole or of before
        CountingSink sink;
        auto store = openStore(directory.path(), kJournalBytes, false, [&](const char* name) {
            if (name == std::string("filed"))
                ++unsynced;
            if (name != std::string("filed-durable"))
                return;
            const QMutexLocker lock(&copying);
            if (!copied(file, kept).isEmpty() ||
                !copied(file + QStringLiteral("-wal"), kept + QStringLiteral("-wal")).isEmpty())
                qFatal("no snapshot");
            ++synced;
        });
        QVERIFY(store);
        int sent = 0;
        for (int round = 0; round < 30; ++round) {
            const int key = round;
            QVERIFY(store->submitAndWait([key](QSqlDatabase& database) {
                return QSqlQuery(database).exec(
                    QStringLiteral("INSERT INTO meta (key, value) VALUES ('round-%1', '1')").arg(key));
            }));
            for (int i = 0; i < 40 + 10 * round; ++i, ++sent) {
                while (!store->accepting() || store->queueLength() > 100)
                    QTest::qWait(1);
                store->record(sampleCall(QStringLiteral("req_%1").arg(sent)), &sink, quint64(sent));
            }
            QTRY_COMPARE_WITH_TIMEOUT(sink.settled(), sent, 30'000);
            if (round % 3 == 0)
                QVERIFY(isFiled(*store));
            QTemporaryDir after;
            copyJournal(directory.path(), after.path()); // first: what it gives up meanwhile is in the next snapshot
            const QString to = after.filePath(QStringLiteral("signalbox.db"));
            {
                const QMutexLocker lock(&copying);
                QCOMPARE(copied(kept, to), QString());
                QCOMPARE(copied(kept + QStringLiteral("-wal"), to + QStringLiteral("-wal")), QString());
            }
            auto reopened = openStore(after.path(), kJournalBytes);
            QVERIFY(reopened);
            QCOMPARE(reopened->health().detail, store->health().detail);
            const int there = ask(to, QStringLiteral("SELECT count(*) FROM calls")).toInt();
            QCOMPARE(there, sent);
            QCOMPARE(ask(to, QStringLiteral("SELECT count(*) FROM meta WHERE key = 'round-%1'").arg(key)),
                QStringLiteral("1"));
        }
        QVERIFY2(unsynced > 5 && synced > 30, "the database was always or never synced, so nothing was shown");
    }

    // Killed the moment after a change's Done: the change is there.
    void workIsDurableWhenItIsDone()
    {
        QTemporaryDir directory;
        const pid_t child = ::fork();
        if (child == 0) {
            auto store = openStore(directory.path(), kJournalBytes);
            store->record(sampleCall(QStringLiteral("req_before")), nullptr, 0);
            store->submit(
                [](QSqlDatabase& database) {
                    return QSqlQuery(database).exec(
                        QStringLiteral("INSERT INTO meta (key, value) VALUES ('done', '1')"));
                },
                [](bool committed) { ::kill(::getpid(), committed ? SIGKILL : SIGTERM); });
            for (;;)
                ::pause();
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        QVERIFY(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        auto store = openStore(directory.path(), kJournalBytes);
        QVERIFY(store);
        const QString file = store->databaseFile();
        QCOMPARE(ask(file, QStringLiteral("SELECT count(*) FROM meta WHERE key = 'done'")), QStringLiteral("1"));
        // what was recorded before it was filed with it
        QCOMPARE(ask(file, QStringLiteral("SELECT count(*) FROM calls")), QStringLiteral("1"));
    }
};

QTEST_GUILESS_MAIN(TestStoreCuts)
#include "tst_store_cuts.moc"
