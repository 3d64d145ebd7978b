// The store when all goes well: every record once, acknowledged once, on disk when acknowledged; one engine per
// directory.
#include "store/call_reader.h"
#include "store/call_writer.h"
#include "store/migrations.h"
#include "store/store.h"
#include "store_fixture.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <thread>

#include <sys/wait.h>
#include <unistd.h>

using namespace gateway;
using namespace gateway::store;

class TestStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tenThousandFromFourThreads()
    {
        constexpr int kThreads = 4;
        constexpr int kEach = 2'500;
        QTemporaryDir directory;
        CountingSink sinks[kThreads];
        std::atomic<int> observed = 0;
        auto store = openStore(directory.path());
        QVERIFY(store);
        store->setObserver([&](const auto& calls) { observed += int(calls.size()); });
        std::vector<std::thread> threads;
        for (int t = 0; t < kThreads; ++t) {
            threads.emplace_back([&, t] {
                for (int i = 0; i < kEach; ++i)
                    store->record(sampleCall(QStringLiteral("req_%1_%2").arg(t).arg(i)), &sinks[t], quint64(i));
            });
        }
        for (std::thread& thread : threads)
            thread.join();
        for (const CountingSink& sink : sinks)
            QTRY_COMPARE_WITH_TIMEOUT(sink.settled(), kEach, 60'000);
        QVERIFY(isFiled(*store));
        QTRY_COMPARE(observed.load(), kThreads * kEach);
        QCOMPARE(store->queueLength(), 0);
        for (const CountingSink& sink : sinks) {
            QVERIFY(sink.eachOnce());
            QCOMPARE(sink.count(audit::Durability::Committed), kEach);
            QVERIFY2(sink.wakes() < kEach, "every record woke its sink, so commits are not grouped");
        }
        const QString file = store->databaseFile();
        QCOMPARE(ask(file, QStringLiteral("SELECT count(*) FROM calls")), QStringLiteral("10000"));
        QCOMPARE(ask(file, QStringLiteral("SELECT count(DISTINCT id) FROM calls")), QStringLiteral("10000"));
        QCOMPARE(ask(file, QStringLiteral("SELECT count(*) FROM attempts")), QStringLiteral("20000"));
        store.reset();
        QCOMPARE(ask(file, QStringLiteral("PRAGMA integrity_check")), QStringLiteral("ok"));
    }

    void theSameIdTwiceIsOneRecord()
    {
        QTemporaryDir directory;
        CountingSink sink;
        auto store = openStore(directory.path());
        store->record(sampleCall(QStringLiteral("req_a")), &sink, 1);
        store->record(sampleCall(QStringLiteral("req_a")), &sink, 2);
        QTRY_COMPARE(sink.settled(), 2);
        QVERIFY(isFiled(*store));
        QCOMPARE(ask(store->databaseFile(), QStringLiteral("SELECT count(*) FROM calls")), QStringLiteral("1"));
        QCOMPARE(ask(store->databaseFile(), QStringLiteral("SELECT count(*) FROM attempts")), QStringLiteral("2"));
    }

    // Sixteen in one statement are as sixteen alone; with one of them known already nothing is written.
    void rowsWrittenTogether()
    {
        constexpr int kTogether = int(CallWriter::kTogether);
        QTemporaryDir directory;
        const QString file = directory.filePath(QStringLiteral("rows.db"));
        auto connection = openWriter(file, false, 0);
        QVERIFY(connection.ok());
        QVERIFY(migrate(**connection).ok());
        CallWriter writer;
        QVERIFY(writer.prepare(**connection).ok());
        std::vector<std::shared_ptr<api::Call>> calls;
        for (int i = 0; i < 3 * kTogether; ++i) {
            calls.push_back(sampleCall(QStringLiteral("req_%1").arg(i)));
            api::Call& call = *calls.back();
            while (call.attempts.size() > i % 3)
                call.attempts.removeLast();
            call.errorDetail = QString(i * 400, QLatin1Char('x')); // more than a statement's buffer in sum
        }
        const auto together = [&](int from) {
            std::array<CallWriter::Row, CallWriter::kTogether> rows;
            for (int i = 0; i < kTogether; ++i)
                rows[std::size_t(i)] = {calls[std::size_t(from + i)].get(), 1, from + i};
            return writer.writeTogether(rows);
        };
        const auto count = [&](const char* what) { return ask(file, QLatin1String(what)).toInt(); };
        QCOMPARE(writer.write(*calls[20], 1, 20), CallWriter::Written::New);
        QCOMPARE(together(0), CallWriter::Written::New);
        QCOMPARE(together(kTogether), CallWriter::Written::Known);
        QCOMPARE(count("SELECT count(*) FROM calls"), 1 + kTogether);
        QCOMPARE(writer.lastSeq(), 1 + kTogether);
        QCOMPARE(together(2 * kTogether), CallWriter::Written::New);
        QCOMPARE(writer.lastSeq(), 1 + 2 * kTogether);
        QCOMPARE(count("SELECT max(seq) FROM calls"), 1 + 2 * kTogether);
        QCOMPARE(count("SELECT count(*) FROM attempts WHERE call NOT IN (SELECT seq FROM calls)"), 0);
        auto reader = CallReader::open(file);
        QVERIFY(reader.ok());
        for (int i = 0; i < 3 * kTogether; ++i) {
            const auto read = (*reader)->find(calls[std::size_t(i)]->id);
            const bool there = i < kTogether || i >= 2 * kTogether || i == 20;
            QCOMPARE(read.ok(), there);
            if (there) {
                QCOMPARE(read->errorDetail, calls[std::size_t(i)]->errorDetail);
                QCOMPARE(read->attempts.size(), calls[std::size_t(i)]->attempts.size());
                for (const api::Attempt& attempt : read->attempts)
                    QCOMPARE(attempt.provider, QStringLiteral("p%1").arg(attempt.number));
            }
        }
    }

    // What may wait is gathered, and goes all the same.
    void nothingWaitsForGood_data()
    {
        QTest::addColumn<int>("haste");
        QTest::addColumn<int>("count");
        QTest::newRow("now") << int(audit::Haste::Now) << 3;
        QTest::newRow("at the end of the turn") << int(audit::Haste::EndOfTurn) << 3;
        QTest::newRow("a long turn") << int(audit::Haste::EndOfTurn) << 100;
        QTest::newRow("when some are gathered") << int(audit::Haste::Relaxed) << 3;
        QTest::newRow("many are gathered") << int(audit::Haste::Relaxed) << 2000;
    }
    void nothingWaitsForGood()
    {
        QFETCH(int, haste);
        QFETCH(int, count);
        QTemporaryDir directory;
        CountingSink sink;
        auto store = openStore(directory.path());
        for (int i = 0; i < count; ++i)
            store->record(sampleCall(QStringLiteral("req_%1").arg(i)), &sink, quint64(i), audit::Haste(haste));
        store->endOfTurn();
        QTRY_COMPARE_WITH_TIMEOUT(sink.settled(), count, 60'000);
        QVERIFY(sink.eachOnce());
        // a reader presses for what nobody else waits for
        store->record(sampleCall(QStringLiteral("req_last")), &sink, quint64(count), audit::Haste(haste));
        QVERIFY(isFiled(*store));
        QCOMPARE(ask(store->databaseFile(), QStringLiteral("SELECT count(*) FROM calls")), QString::number(count + 1));
    }

    void closingWritesWhatWaits()
    {
        QTemporaryDir directory;
        QString file;
        {
            auto store = openStore(directory.path());
            file = store->databaseFile();
            for (int i = 0; i < 500; ++i)
                store->record(sampleCall(QStringLiteral("req_%1").arg(i)), nullptr, 0);
        }
        QCOMPARE(ask(file, QStringLiteral("SELECT count(*) FROM calls")), QStringLiteral("500"));
        // the WAL is folded in, and the last batch has its duration
        QCOMPARE(QFileInfo(file + QStringLiteral("-wal")).size(), 0);
        QCOMPARE(ask(file, QStringLiteral("SELECT count(*) FROM calls WHERE batch NOT IN (SELECT batch FROM commits)")),
            QStringLiteral("0"));
    }

    void commitTimeIsFiledWithTheCall()
    {
        QTemporaryDir directory;
        auto store = openStore(directory.path());
        auto reader = CallReader::open(store->databaseFile());
        QVERIFY(reader.ok());
        store->record(sampleCall(QStringLiteral("req_a")), nullptr, 0);
        QVERIFY(isFiled(*store));
        QVERIFY((*reader)->find(QStringLiteral("req_a")).ok());
        QVERIFY((*reader)->find(QStringLiteral("req_a"))->commitUs >= 0);
    }

    void workCommitsOrIsUndoneAlone()
    {
        QTemporaryDir directory;
        auto store = openStore(directory.path());
        const auto put = [](const char* key) {
            return [key](QSqlDatabase& database) {
                QSqlQuery query(database);
                return query.exec(
                    QStringLiteral("INSERT INTO meta (key, value) VALUES ('%1', '1')").arg(QLatin1String(key)));
            };
        };
        QVERIFY(store->submitAndWait(put("kept")));
        QVERIFY(!store->submitAndWait([&](QSqlDatabase& database) { return put("undone")(database) && false; }));
        QVERIFY(!store->submitAndWait(put("kept"))); // the key is taken
        store->record(sampleCall(QStringLiteral("req_a")), nullptr, 0);
        QVERIFY(store->submitAndWait(put("after")));
        const QString file = store->databaseFile();
        QCOMPARE(ask(file, QStringLiteral("SELECT group_concat(key) FROM (SELECT key FROM meta ORDER BY key)")),
            QStringLiteral("after,journal,kept,schema"));
        QCOMPARE(ask(file, QStringLiteral("SELECT count(*) FROM calls")), QStringLiteral("1"));
    }

    // What lies on disk at any moment is a whole record with every acknowledged call: copied mid-run, as after kill -9.
    void copiedMidRun()
    {
        QTemporaryDir directory;
        CountingSink sink; // outlives the store, which acknowledges to the end
        auto store = openStore(directory.path());
        for (int round = 0; round < 10; ++round) {
            for (int i = 0; i < 300; ++i)
                store->record(
                    sampleCall(QStringLiteral("req_%1_%2").arg(round).arg(i)), &sink, quint64(round * 300 + i));
            QTRY_VERIFY(sink.settled() > round * 300);
            const int acknowledged = sink.settled();
            QTemporaryDir copy;
            // the journal first: what it gives up meanwhile is in the database by then. The WAL last: frames that
            // arrive meanwhile are whole or not valid. A checkpoint in between would tear the copy, which a kill cannot
            // do; there is none while records keep coming
            copyJournal(directory.path(), copy.path());
            const QString to = copy.filePath(QStringLiteral("signalbox.db"));
            QVERIFY(QFile::copy(store->databaseFile(), to));
            QVERIFY(QFile::copy(store->databaseFile() + QStringLiteral("-wal"), to + QStringLiteral("-wal")));
            auto reopened = openStore(copy.path());
            QVERIFY(reopened);
            QVERIFY(ask(to, QStringLiteral("SELECT count(*) FROM calls")).toInt() >= acknowledged);
            reopened.reset();
            QCOMPARE(ask(to, QStringLiteral("PRAGMA integrity_check")), QStringLiteral("ok"));
        }
    }

    void killedChildKeepsWhatItAcknowledged()
    {
        QTemporaryDir directory;
        int pipes[2];
        QCOMPARE(::pipe(pipes), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            // one byte for every acknowledged record, then die in the middle of more
            class PipeSink final : public audit::CommitSink
            {
            public:
                int out = -1;
                void recordsSettled(std::vector<audit::Acknowledgement> acknowledgements) override
                {
                    const QByteArray bytes(qsizetype(acknowledgements.size()), 'x');
                    if (::write(out, bytes.constData(), std::size_t(bytes.size())) != bytes.size())
                        ::_exit(1);
                }
            };
            PipeSink sink;
            sink.out = pipes[1];
            auto store = openStore(directory.path());
            for (int i = 0;; ++i) {
                store->record(sampleCall(QStringLiteral("req_%1").arg(i)), &sink, quint64(i));
                if (i % 50 == 0)
                    ::usleep(500);
            }
        }
        ::close(pipes[1]);
        qint64 acknowledged = 0;
        char buffer[4096];
        while (acknowledged < 500) {
            const ssize_t got = ::read(pipes[0], buffer, sizeof buffer);
            QVERIFY(got > 0);
            acknowledged += got;
        }
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        for (ssize_t got = 1; got > 0; acknowledged += got)
            got = std::max<ssize_t>(::read(pipes[0], buffer, sizeof buffer), 0);
        ::close(pipes[0]);

        auto store = openStore(directory.path()); // the lock of the dead does not stand in the way
        QVERIFY(store);
        const QString file = store->databaseFile();
        QVERIFY(ask(file, QStringLiteral("SELECT count(*) FROM calls")).toLongLong() >= acknowledged);
        store.reset();
        QCOMPARE(ask(file, QStringLiteral("PRAGMA integrity_check")), QStringLiteral("ok"));
    }

    void oneEnginePerDirectory()
    {
        QTemporaryDir directory;
        auto first = openStore(directory.path());
        StoreOptions options;
        options.directory = directory.path();
        const auto second = Store::open(options);
        QVERIFY(!second.ok());
        QVERIFY(second.error().message.contains(QString::number(::getpid())));
        first.reset();
        QVERIFY(openStore(directory.path()));
    }

    void filesArePrivate()
    {
        QTemporaryDir directory;
        const QString inner = directory.filePath(QStringLiteral("data"));
        auto store = openStore(inner);
        store->submitAndWait([](QSqlDatabase&) { return true; });
        for (const QFileInfo& file : QDir(inner).entryInfoList(QDir::Files))
            QVERIFY2((file.permissions() & QFileDevice::Permissions(0x0077)) == QFileDevice::Permissions(),
                qPrintable(file.fileName()));
        QVERIFY((QFileInfo(inner).permissions() & QFileDevice::Permissions(0x0077)) == QFileDevice::Permissions());
    }
};

QTEST_GUILESS_MAIN(TestStore)
#include "tst_store.moc"
