// The epoll event dispatcher under everything Qt asks of one: the pitfalls of qt-notes.md section 8(b), each by itself,
// and Qt's own classes on top. All of it runs on a worker thread whose dispatcher it is.
#include "http_fixture.h"

#include <QEventLoop>
#include <QHostInfo>
#include <QProcess>
#include <QRandomGenerator>
#include <QSocketNotifier>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QTimer>

#include <fcntl.h>

using namespace httptest;
using namespace std::chrono;

namespace {

struct Pair
{
    int ours = -1;
    int theirs = -1;
    Pair()
    {
        int fds[2];
        ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds);
        ours = fds[0];
        theirs = fds[1];
    }
    ~Pair()
    {
        closeOurs();
        closeTheirs();
    }
    Q_DISABLE_COPY_MOVE(Pair)
    void closeOurs()
    {
        if (ours >= 0)
            ::close(std::exchange(ours, -1));
    }
    void closeTheirs()
    {
        if (theirs >= 0)
            ::close(std::exchange(theirs, -1));
    }
    void say(const char* text = "x") { QCOMPARE(::write(theirs, text, 1), 1); }
    void hear()
    {
        char byte[64];
        while (::read(ours, byte, sizeof byte) > 0) {
        }
    }
};

// Runs the thread's loop until the condition holds; false after a long time.
bool loopUntil(const std::function<bool()>& condition, int ms = kPatienceMs)
{
    QElapsedTimer timer;
    timer.start();
    QTimer tick; // so that the condition is looked at although nothing happens
    tick.start(5);
    while (!condition()) {
        if (timer.elapsed() > ms)
            return false;
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    return true;
}

// How often the loop turns in a time when it has nothing to do.
int turnsWhileQuiet(int ms)
{
    int turns = 0;
    QEventLoop loop;
    const auto counting =
        QObject::connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake, [&] { ++turns; });
    QTimer::singleShot(ms, Qt::PreciseTimer, &loop, &QEventLoop::quit);
    loop.exec();
    QObject::disconnect(counting);
    return turns;
}

constexpr int kFewTurns = 25;

} // namespace

class TestEpollDispatcher : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // 1: writing and flushing costs no epoll_ctl
    void writesAndFlushesWithoutEpollCtl()
    {
        ServerHost host;
        Wire wire = host.connect();
        QVERIFY(wire.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n") && readAnswer(wire).complete);
        const quint64 before = host.worker.ask([&] { return host.worker.dispatcher()->epollCtlCalls(); });
        for (int i = 0; i < 500; ++i)
            QVERIFY(wire.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n") && readAnswer(wire).complete);
        const quint64 after = host.worker.ask([&] { return host.worker.dispatcher()->epollCtlCalls(); });
        QVERIFY2(after - before <= 5, qPrintable(QString::number(after - before)));
    }

    // 2: closed and used again before the change is applied
    void descriptorReusedBeforeItIsApplied()
    {
        Worker worker;
        worker.run([] {
            for (int round = 0; round < 50; ++round) {
                auto first = std::make_unique<Pair>();
                int oldFired = 0;
                int newFired = 0;
                auto old = std::make_unique<QSocketNotifier>(first->ours, QSocketNotifier::Read);
                QObject::connect(old.get(), &QSocketNotifier::activated, [&] {
                    ++oldFired;
                    first->hear();
                });
                first->say();
                QVERIFY(loopUntil([&] { return oldFired == 1; }));
                const int number = first->ours;
                first->say(); // an event for the old one is due as well
                old.reset();
                first.reset();
                Pair reused;
                if (reused.ours != number) { // the same number, whatever else was opened meanwhile
                    QVERIFY(reused.theirs != number);
                    QCOMPARE(::dup3(reused.ours, number, O_CLOEXEC), number);
                    ::close(std::exchange(reused.ours, number));
                }
                QSocketNotifier fresh(reused.ours, QSocketNotifier::Read);
                QObject::connect(&fresh, &QSocketNotifier::activated, [&] {
                    ++newFired;
                    reused.hear();
                });
                QVERIFY(turnsWhileQuiet(2) >= 1);
                QCOMPARE(newFired, 0);
                reused.say();
                QVERIFY(loopUntil([&] { return newFired > 0; }));
                QCOMPARE(newFired, 1);
                QCOMPARE(oldFired, 1);
            }
        });
    }

    void togglingANotifierKeepsItWorking()
    {
        Worker worker;
        worker.run([] {
            Pair pair;
            QSocketNotifier notifier(pair.ours, QSocketNotifier::Read);
            int fired = 0;
            QObject::connect(&notifier, &QSocketNotifier::activated, [&] {
                ++fired;
                pair.hear();
            });
            for (int i = 1; i <= 50; ++i) {
                notifier.setEnabled(false);
                if (i % 3 == 0)
                    turnsWhileQuiet(1); // applied in between, or not
                pair.say();
                if (i % 2 == 0) {
                    turnsWhileQuiet(1);
                    QCOMPARE(fired, i - 1);
                }
                notifier.setEnabled(true);
                QVERIFY(loopUntil([&] { return fired == i; }));
            }
        });
    }

    // 3: a hung-up descriptor that nobody watches does not keep the loop busy
    void hangUpWithoutNotifierDoesNotSpin()
    {
        Worker worker;
        worker.run([] {
            Pair pair;
            QSocketNotifier notifier(pair.ours, QSocketNotifier::Read);
            int fired = 0;
            QObject::connect(&notifier, &QSocketNotifier::activated, [&] {
                ++fired;
                notifier.setEnabled(false);
            });
            turnsWhileQuiet(5);
            notifier.setEnabled(false);
            pair.closeTheirs();
            QVERIFY(turnsWhileQuiet(200) < kFewTurns);
            QCOMPARE(fired, 0);
            notifier.setEnabled(true); // and is seen as soon as somebody watches again
            QVERIFY(loopUntil([&] { return fired == 1; }));
            QVERIFY(turnsWhileQuiet(200) < kFewTurns);
        });
    }

    // 4: HUP and ERR reach whoever is there
    void closedPeersAreSeen_data()
    {
        QTest::addColumn<int>("type");
        QTest::newRow("read") << int(QSocketNotifier::Read);
        QTest::newRow("write") << int(QSocketNotifier::Write);
        QTest::newRow("exception") << int(QSocketNotifier::Exception);
    }
    void closedPeersAreSeen()
    {
        QFETCH(int, type);
        Worker worker;
        worker.run([type] {
            Pair pair;
            if (type == QSocketNotifier::Write) { // not writable, so that only the hang-up can speak
                const QByteArray much(65536, 'x');
                while (::write(pair.ours, much.constData(), size_t(much.size())) > 0) {
                }
            }
            QSocketNotifier notifier(pair.ours, QSocketNotifier::Type(type));
            int fired = 0;
            QObject::connect(&notifier, &QSocketNotifier::activated, [&] {
                ++fired;
                notifier.setEnabled(false);
            });
            turnsWhileQuiet(10);
            QCOMPARE(fired, 0);
            pair.closeTheirs();
            QVERIFY(loopUntil([&] { return fired == 1; }));
        });
    }

    // 5: looked up at delivery
    void notifierDeletedByAnEarlierHandler()
    {
        Worker worker;
        worker.run([] {
            for (int round = 0; round < 20; ++round) {
                Pair one;
                Pair two;
                auto first = std::make_unique<QSocketNotifier>(one.ours, QSocketNotifier::Read);
                auto second = std::make_unique<QSocketNotifier>(two.ours, QSocketNotifier::Read);
                int fired = 0;
                QObject::connect(first.get(), &QSocketNotifier::activated, [&] {
                    ++fired;
                    one.hear();
                    second.reset();
                });
                QObject::connect(second.get(), &QSocketNotifier::activated, [&] {
                    ++fired;
                    two.hear();
                    first.reset();
                });
                turnsWhileQuiet(1);
                one.say();
                two.say(); // both in one batch
                QVERIFY(loopUntil([&] { return fired > 0; }));
                turnsWhileQuiet(2);
                QCOMPARE(fired, 1);

                // read and write of one descriptor
                Pair both;
                auto reading = std::make_unique<QSocketNotifier>(both.ours, QSocketNotifier::Read);
                auto writing = std::make_unique<QSocketNotifier>(both.ours, QSocketNotifier::Write);
                writing->setEnabled(false);
                int wrote = 0;
                QObject::connect(reading.get(), &QSocketNotifier::activated, [&] {
                    both.hear();
                    writing.reset();
                });
                QObject::connect(writing.get(), &QSocketNotifier::activated, [&] { ++wrote; });
                both.say();
                writing->setEnabled(true);
                QVERIFY(loopUntil([&] { return !writing; }));
                QCOMPARE(wrote, 0);
            }
        });
    }

    void handlerReusesADescriptorOfTheSameBatch()
    {
        Worker worker;
        worker.run([] {
            Pair one;
            auto two = std::make_unique<Pair>();
            auto three = std::unique_ptr<Pair>();
            auto victim = std::make_unique<QSocketNotifier>(two->ours, QSocketNotifier::Read);
            std::unique_ptr<QSocketNotifier> successor;
            int wrong = 0;
            int struck = 0;
            QSocketNotifier first(one.ours, QSocketNotifier::Read);
            QObject::connect(&first, &QSocketNotifier::activated, [&] {
                one.hear();
                ++struck;
                victim.reset();
                two.reset();
                three = std::make_unique<Pair>(); // gets two's numbers
                successor = std::make_unique<QSocketNotifier>(three->ours, QSocketNotifier::Read);
                QObject::connect(successor.get(), &QSocketNotifier::activated, [&] { ++wrong; });
            });
            turnsWhileQuiet(1);
            one.say();
            two->say();
            QVERIFY(loopUntil([&] { return struck == 1; }));
            turnsWhileQuiet(5);
            QCOMPARE(wrong, 0); // the old one's event is not the new one's
        });
    }

    // 7: re-entrant
    void nestedLoops()
    {
        Worker worker;
        worker.run([] {
            constexpr int kDepth = 20;
            std::vector<std::unique_ptr<Pair>> pairs;
            std::vector<std::unique_ptr<QSocketNotifier>> notifiers;
            int entered = 0;
            int left = 0;
            for (int i = 0; i < kDepth; ++i) {
                pairs.push_back(std::make_unique<Pair>());
                notifiers.push_back(std::make_unique<QSocketNotifier>(pairs[i]->ours, QSocketNotifier::Read));
                QObject::connect(notifiers[i].get(), &QSocketNotifier::activated, [&, i] {
                    pairs[i]->hear();
                    ++entered;
                    QEventLoop loop; // the others are delivered in here, and run one of their own
                    QTimer::singleShot(30, &loop, &QEventLoop::quit);
                    loop.exec();
                    ++left;
                });
            }
            turnsWhileQuiet(1);
            for (const auto& pair : pairs)
                pair->say();
            QVERIFY(loopUntil([&] { return left == kDepth; }));
            QCOMPARE(entered, kDepth);
        });
    }

    void loopNestedInAZeroTimerDoesNotSpin()
    {
        Worker worker;
        worker.run([] {
            QTimer zero;
            int turns = -1;
            QObject::connect(&zero, &QTimer::timeout, [&] {
                if (turns < 0) {
                    turns = 0;
                    turns = turnsWhileQuiet(200);
                    zero.stop();
                }
            });
            zero.start(0);
            QVERIFY(loopUntil([&] { return turns > 0; }));
            // loopUntil's own timer turns it 40 times in 200 ms; a spin would be many thousands
            QVERIFY2(turns < 4 * kFewTurns, qPrintable(QString::number(turns)));
        });
    }

    void excludeSocketNotifiers()
    {
        Worker worker;
        worker.run([&] {
            Pair pair;
            QSocketNotifier notifier(pair.ours, QSocketNotifier::Read);
            int fired = 0;
            QObject::connect(&notifier, &QSocketNotifier::activated, [&] {
                ++fired;
                pair.hear();
            });
            pair.say();
            for (int i = 0; i < 20; ++i)
                QCoreApplication::processEvents(QEventLoop::ExcludeSocketNotifiers);
            QCOMPARE(fired, 0);
            // waiting without sockets still wakes for a timer and for another thread
            bool timed = false;
            QTimer::singleShot(20, [&] { timed = true; });
            while (!timed)
                QCoreApplication::processEvents(QEventLoop::ExcludeSocketNotifiers | QEventLoop::WaitForMoreEvents);
            std::atomic<bool> called = false;
            std::thread other([&] {
                std::this_thread::sleep_for(20ms);
                QMetaObject::invokeMethod(
                    worker.context(), [&] { called = true; }, Qt::QueuedConnection);
            });
            // a turn sends what was posted and then waits, as Qt's own dispatchers do: the tick ends that last wait
            QTimer tick;
            tick.start(5);
            while (!called)
                QCoreApplication::processEvents(QEventLoop::ExcludeSocketNotifiers | QEventLoop::WaitForMoreEvents);
            tick.stop();
            other.join();
            QCOMPARE(fired, 0);
            QVERIFY(loopUntil([&] { return fired == 1; }));
        });
    }

    // 6: no wake is lost, and none stays behind
    void wakesFromOtherThreads()
    {
        Worker worker;
        std::atomic<int> arrived = 0;
        constexpr int kThreads = 4;
        constexpr int kEach = 100000;
        std::vector<std::thread> threads;
        for (int t = 0; t < kThreads; ++t) {
            threads.emplace_back([&] {
                for (int i = 0; i < kEach; ++i) {
                    QMetaObject::invokeMethod(
                        worker.context(), [&] { ++arrived; }, Qt::QueuedConnection);
                    if (i % 1000 == 0)
                        std::this_thread::yield();
                }
            });
        }
        for (std::thread& thread : threads)
            thread.join();
        QVERIFY(eventually([&] { return arrived == kThreads * kEach; }));
        worker.run([] { QVERIFY(turnsWhileQuiet(200) < kFewTurns); });
        // one at a time: each must wake a sleeping loop
        for (int i = 0; i < 5000; ++i) {
            arrived = 0;
            QMetaObject::invokeMethod(
                worker.context(), [&] { ++arrived; }, Qt::QueuedConnection);
            QElapsedTimer timer;
            timer.start();
            while (arrived == 0)
                QVERIFY2(timer.elapsed() < kPatienceMs, "a wake was lost");
        }
        worker.run([] { QVERIFY(turnsWhileQuiet(200) < kFewTurns); });
    }

    void exitFromAnotherThreadIsNotLost()
    {
        // exit() wakes without posting anything: the loop must look at its exit flag, not wait
        Worker worker;
        std::atomic<QEventLoop*> current = nullptr;
        std::atomic<bool> stop = false;
        std::atomic<int> round = 0;
        std::thread other([&] {
            int seen = 0;
            QRandomGenerator random(3);
            while (!stop) {
                if (round.load() == seen) {
                    std::this_thread::yield(); // on a busy machine the other side needs the processor to go on
                    continue;
                }
                seen = round.load();
                const auto until = steady_clock::now() + nanoseconds(random.bounded(10000));
                while (steady_clock::now() < until) {
                }
                if (QEventLoop* loop = current.load())
                    loop->exit();
                current = nullptr;
            }
        });
        std::atomic<bool> finished = false;
        worker.post([&] {
            for (int i = 0; i < 20000; ++i) {
                QEventLoop loop;
                current = &loop;
                // told from inside the loop: an exit() before exec() would be forgotten by exec() itself
                QMetaObject::invokeMethod(
                    worker.context(), [&] { ++round; }, Qt::QueuedConnection);
                loop.exec();
                while (current.load())
                    std::this_thread::yield();
            }
            finished = true;
        });
        const bool all = eventually([&] { return finished.load(); }, 60000);
        stop = true;
        other.join();
        if (!all)
            qFatal("an exit was lost");
    }

    void threadsStartAndQuit()
    {
        for (int i = 0; i < 300; ++i) {
            QThread thread;
            thread.setEventDispatcher(new EpollDispatcher);
            thread.start();
            if (i % 2)
                std::this_thread::sleep_for(microseconds(i));
            thread.quit();
            QVERIFY(thread.wait(kPatienceMs));
        }
    }

    // 8: timers
    void timersOfAllTypes_data()
    {
        QTest::addColumn<int>("type");
        QTest::newRow("precise") << int(Qt::PreciseTimer);
        QTest::newRow("coarse") << int(Qt::CoarseTimer);
        QTest::newRow("very coarse") << int(Qt::VeryCoarseTimer);
    }
    void timersOfAllTypes()
    {
        QFETCH(int, type);
        Worker worker;
        worker.run([type] {
            QTimer timer;
            timer.setTimerType(Qt::TimerType(type));
            int fired = 0;
            int early = 0;
            const milliseconds interval(type == Qt::VeryCoarseTimer ? 1000 : 40);
            auto last = steady_clock::now();
            QObject::connect(&timer, &QTimer::timeout, [&] {
                const auto now = steady_clock::now();
                // the first never early; a period does not drift, so a late one is followed by a shorter gap
                early += fired == 0 && now - last < interval;
                last = now;
                ++fired;
            });
            timer.start(interval);
            QVERIFY(timer.remainingTime() > 0);
            QVERIFY(timer.remainingTime() <= 2 * interval.count());
            QVERIFY(loopUntil([&] { return fired == 2; }));
            QCOMPARE(early, 0);
            const auto list = QAbstractEventDispatcher::instance()->registeredTimers(&timer);
            QCOMPARE(list.size(), 1);
            QCOMPARE(list.first().interval, int(interval.count()));
            QCOMPARE(int(list.first().timerType), type);
            timer.stop();
            QCOMPARE(QAbstractEventDispatcher::instance()->registeredTimers(&timer).size(), 0);
            QCOMPARE(timer.remainingTime(), -1);
        });
    }

    void periodicTimerDoesNotDrift()
    {
        Worker worker;
        worker.run([] {
            QTimer timer;
            timer.setTimerType(Qt::PreciseTimer);
            int fired = 0;
            QObject::connect(&timer, &QTimer::timeout, [&] {
                ++fired;
                std::this_thread::sleep_for(3ms); // the handler's time is not added to the period
            });
            QElapsedTimer elapsed;
            elapsed.start();
            timer.start(10);
            QVERIFY(loopUntil([&] { return fired == 50; }));
            QVERIFY(elapsed.elapsed() >= 495);
        });
    }

    void timersThatEndThemselvesAndEachOther()
    {
        Worker worker;
        worker.run([] {
            // destroyed in its own handler
            auto* suicidal = new QTimer;
            int fired = 0;
            QObject::connect(suicidal, &QTimer::timeout, [&] {
                ++fired;
                delete suicidal;
            });
            suicidal->start(1);
            QVERIFY(loopUntil([&] { return fired == 1; }));
            // due together, the first destroys the second
            auto one = std::make_unique<QTimer>();
            auto two = std::make_unique<QTimer>();
            int shots = 0;
            QObject::connect(one.get(), &QTimer::timeout, [&] {
                ++shots;
                two.reset();
                one->stop();
            });
            QObject::connect(two.get(), &QTimer::timeout, [&] {
                ++shots;
                one.reset();
                two->stop();
            });
            one->start(2);
            two->start(2);
            std::this_thread::sleep_for(10ms);
            QVERIFY(loopUntil([&] { return shots > 0; }));
            turnsWhileQuiet(20);
            QCOMPARE(shots, 1);
            // restarted in its handler
            QTimer again;
            int rounds = 0;
            QObject::connect(&again, &QTimer::timeout, [&] { again.start(++rounds < 5 ? 1 : 1000000); });
            again.start(1);
            QVERIFY(loopUntil([&] { return rounds == 5; }));
            turnsWhileQuiet(20);
            QCOMPARE(rounds, 5);
        });
    }

    void zeroTimersDoNotStarveSockets()
    {
        Worker worker;
        worker.run([] {
            QTimer zeros[3];
            qint64 spins = 0;
            for (QTimer& zero : zeros) {
                QObject::connect(&zero, &QTimer::timeout, [&] { ++spins; });
                zero.start(0);
            }
            Pair pair;
            QSocketNotifier notifier(pair.ours, QSocketNotifier::Read);
            int fired = 0;
            QObject::connect(&notifier, &QSocketNotifier::activated, [&] {
                pair.hear();
                if (++fired < 500)
                    pair.say();
            });
            pair.say();
            QVERIFY(loopUntil([&] { return fired == 500; }));
            QVERIFY(spins >= 500);
        });
    }

    // Qt's classes on top
    void eightMebibytesThroughASmallReadBuffer()
    {
        Worker worker;
        worker.run([] {
            constexpr qint64 kTotal = 8 << 20;
            QTcpServer server;
            QVERIFY(server.listen(QHostAddress::LocalHost));
            QTcpSocket reader;
            reader.setReadBufferSize(64 * 1024);
            reader.connectToHost(QHostAddress::LocalHost, server.serverPort());
            QVERIFY(loopUntil([&] { return server.hasPendingConnections(); }));
            std::unique_ptr<QTcpSocket> writer(server.nextPendingConnection());
            QByteArray sent(kTotal, Qt::Uninitialized);
            for (qint64 i = 0; i < kTotal; ++i)
                sent[i] = char(i * 7 + i / 4096);
            writer->write(sent);
            QByteArray got;
            QObject::connect(&reader, &QTcpSocket::readyRead, [&] { got += reader.read(10000); });
            QTimer rest; // readyRead does not come again for what is already buffered
            QObject::connect(&rest, &QTimer::timeout, [&] { got += reader.read(60000); });
            rest.start(0);
            QVERIFY(loopUntil([&] { return got.size() >= kTotal; }));
            QVERIFY(got == sent);
            writer->disconnectFromHost();
            QVERIFY(loopUntil([&] { return reader.state() == QAbstractSocket::UnconnectedState; }));
        });
    }

    void waitForAndRefusedConnects()
    {
        Worker worker;
        worker.run([] {
            QTcpServer server;
            QVERIFY(server.listen(QHostAddress::LocalHost));
            const quint16 port = server.serverPort();
            QTcpSocket socket;
            socket.connectToHost(QHostAddress::LocalHost, port);
            QVERIFY(socket.waitForConnected(kPatienceMs));
            QVERIFY(loopUntil([&] { return server.hasPendingConnections(); }));
            socket.abort();
            server.close();
            for (int i = 0; i < 50; ++i) {
                QTcpSocket refused;
                int errors = 0;
                QObject::connect(&refused, &QTcpSocket::errorOccurred, [&] { ++errors; });
                refused.connectToHost(QHostAddress::LocalHost, port);
                QVERIFY(loopUntil([&] { return errors == 1; }));
                QCOMPARE(refused.error(), QAbstractSocket::ConnectionRefusedError);
            }
            QVERIFY(turnsWhileQuiet(100) < kFewTurns);
        });
    }

    void hostInfoAndProcess()
    {
        Worker worker;
        worker.run([] {
            bool found = false;
            QHostInfo::lookupHost(QStringLiteral("localhost"), QAbstractEventDispatcher::instance(),
                [&](const QHostInfo& info) { found = !info.addresses().isEmpty(); });
            QVERIFY(loopUntil([&] { return found; }));
            QProcess process;
            int ended = 0;
            QObject::connect(&process, &QProcess::finished, [&] { ++ended; });
            process.start(QStringLiteral("/bin/sh"), {QStringLiteral("-c"), QStringLiteral("cat; echo end")});
            process.write("through the pipe\n");
            process.closeWriteChannel();
            QVERIFY(loopUntil([&] { return ended == 1; }));
            QCOMPARE(process.readAll(), QByteArray("through the pipe\nend\n"));
        });
    }

    void threadQuitsWithOpenSockets()
    {
        std::vector<Wire> wires;
        {
            ServerHost host;
            for (int i = 0; i < 60; ++i) {
                wires.push_back(host.connect());
                QVERIFY(wires.back().send("GET / HTTP/1.1\r\nHost: a\r\n\r\n") && readAnswer(wires.back()).complete);
            }
        }
        for (Wire& wire : wires)
            QVERIFY(wire.readToEnd() != Wire::Got::Nothing);
    }
};

QTEST_GUILESS_MAIN(TestEpollDispatcher)
#include "tst_epoll_dispatcher.moc"
