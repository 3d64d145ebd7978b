// FdWatch and TurnHook on both kinds of loop: the dispatcher's own table, and QSocketNotifiers where the thread has
// Qt's dispatcher. What holds on one holds on the other.
#include "http/fd_watch.h"
#include "http/turn_hook.h"
#include "http_fixture.h"

#include <QEventLoop>
#include <QTest>
#include <QTimer>

#include <fcntl.h>
#include <thread>

using namespace httptest;

namespace {

struct Ends
{
    Ends()
    {
        int fds[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0)
            qFatal("no socket pair");
        ours = fds[0];
        theirs = fds[1];
    }
    ~Ends()
    {
        ::close(ours);
        closeTheirs();
    }
    void say() { QCOMPARE(::write(theirs, "x", 1), 1); }
    int hear()
    {
        char bytes[16];
        return int(::read(ours, bytes, sizeof bytes));
    }
    void closeTheirs()
    {
        if (theirs >= 0)
            ::close(std::exchange(theirs, -1));
    }
    int ours = -1;
    int theirs = -1;
};

class Ear final : public FdWatch
{
public:
    using FdWatch::askedWithin;
    using FdWatch::isTold;
    using FdWatch::unwatch;
    using FdWatch::want;
    using FdWatch::watch;
    std::function<void(quint32)> onReady;
    int told = 0;

private:
    void fdReady(quint32 events) override
    {
        ++told;
        if (onReady)
            onReady(events);
    }
};

class Hook final : public TurnHook
{
public:
    std::function<void()> onTurn;
    int turns = 0;

private:
    void beforeWaiting() override
    {
        ++turns;
        if (onTurn)
            onTurn();
    }
};

// Turns the loop until the condition holds. A tick makes sure that it turns.
bool loopUntil(const std::function<bool()>& condition, int ms = kPatienceMs)
{
    QElapsedTimer timer;
    timer.start();
    QTimer tick;
    tick.start(5);
    while (!condition()) {
        if (timer.elapsed() > ms)
            return false;
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    return true;
}

void turns(int count)
{
    for (int i = 0; i < count; ++i)
        QCoreApplication::processEvents();
}

} // namespace

class TestFdWatch : public QObject
{
    Q_OBJECT

    void onBoth(const std::function<void()>& check)
    {
        for (const bool epoll : {true, false}) {
            Worker worker(epoll);
            worker.run(check);
            if (QTest::currentTestFailed())
                qWarning("with %s", epoll ? "EpollDispatcher" : "Qt's dispatcher");
        }
    }

private Q_SLOTS:
    void tellsWhatIsWantedAndNothingElse()
    {
        onBoth([] {
            Ends ends;
            Ear ear;
            quint32 said = 0;
            ear.onReady = [&](quint32 events) { said |= events; };
            ear.watch(ends.ours, FdWatch::Readable);
            turns(3);
            QCOMPARE(ear.told, 0); // writable all the time, but nobody asked
            ends.say();
            QVERIFY(loopUntil([&] { return ear.told > 1; })); // told again while it is true
            QCOMPARE(said, quint32(FdWatch::Readable));
            ear.want(0);
            turns(1);
            ear.told = 0;
            turns(5);
            QCOMPARE(ear.told, 0);
            ends.hear();
            said = 0;
            ear.want(FdWatch::Writable);
            QVERIFY(loopUntil([&] { return ear.told > 0; }));
            QCOMPARE(said, quint32(FdWatch::Writable));
            ear.want(FdWatch::Readable);
            turns(1);
            ear.told = 0;
            ends.say();
            QVERIFY(loopUntil([&] { return ear.told > 0; }));
            ear.unwatch();
            ear.told = 0;
            turns(5);
            QCOMPARE(ear.told, 0);
            ear.watch(ends.ours, FdWatch::Readable); // and again, on the same number
            QVERIFY(loopUntil([&] { return ear.told > 0; }));
        });
    }

    // What two descriptors have to say in one batch is known of both before either is called.
    void aBatchIsKnownBeforeItIsDelivered()
    {
        Worker worker(true);
        worker.run([] {
            Ends one;
            Ends other;
            Ear first;
            Ear second;
            QList<bool> otherWasTold;
            first.onReady = [&](quint32) {
                otherWasTold << second.isTold();
                QVERIFY(!first.isTold());
                one.hear();
            };
            second.onReady = [&](quint32) {
                otherWasTold << first.isTold();
                other.hear();
            };
            QVERIFY(!first.askedWithin(std::chrono::hours(1))); // it is not watched
            first.watch(one.ours, FdWatch::Readable);
            second.watch(other.ours, FdWatch::Readable);
            turns(2);
            QVERIFY(!first.isTold() && !second.isTold());
            QVERIFY(first.askedWithin(std::chrono::hours(1)));
            QVERIFY(!first.askedWithin(std::chrono::nanoseconds(0)));
            one.say();
            other.say();
            QVERIFY(loopUntil([&] { return otherWasTold.size() == 2; }));
            QCOMPARE(
                otherWasTold, (QList<bool>{true, false})); // to the one that came first the other was still to come
            QVERIFY(!first.isTold() && !second.isTold());
        });
    }

    void hangUpIsReadable()
    {
        onBoth([] {
            Ends ends;
            Ear ear;
            int got = 99;
            ear.onReady = [&](quint32 events) {
                QVERIFY(events & FdWatch::Readable);
                got = ends.hear();
                ear.want(0);
            };
            ear.watch(ends.ours, FdWatch::Readable);
            turns(2);
            ends.closeTheirs();
            QVERIFY(loopUntil([&] { return ear.told > 0; }));
            QCOMPARE(got, 0);
            turns(1);
            const int before = ear.told;
            turns(5); // a hang-up that nobody wants to hear of keeps no loop busy
            QCOMPARE(ear.told, before);
        });
    }

    void unwatchedAndDestroyedFromInside()
    {
        onBoth([] {
            for (int round = 0; round < 20; ++round) {
                Ends one;
                Ends two;
                auto first = std::make_unique<Ear>();
                auto second = std::make_unique<Ear>();
                int told = 0;
                first->onReady = [&](quint32) {
                    ++told;
                    one.hear();
                    second.reset();
                };
                second->onReady = [&](quint32) {
                    ++told;
                    two.hear();
                    first.reset();
                };
                first->watch(one.ours, FdWatch::Readable);
                second->watch(two.ours, FdWatch::Readable);
                turns(1);
                one.say();
                two.say();
                QVERIFY(loopUntil([&] { return told > 0; }));
                turns(3);
                QCOMPARE(told, 1);

                Ends own;
                auto self = std::make_unique<Ear>();
                bool heard = false;
                self->onReady = [&](quint32) {
                    heard = true;
                    auto gone = std::move(self); // destroyed in its own call
                };
                self->watch(own.ours, FdWatch::Readable);
                own.say();
                QVERIFY(loopUntil([&] { return heard; }));
                turns(2);
            }
        });
    }

    void descriptorClosedAndUsedAgain()
    {
        onBoth([] {
            for (int round = 0; round < 50; ++round) {
                auto old = std::make_unique<Ends>();
                Ear stale;
                stale.watch(old->ours, FdWatch::Readable | FdWatch::Writable);
                turns(1);
                const int number = old->ours;
                old->say();
                stale.told = 0;
                stale.unwatch(true);
                old.reset();
                Ends fresh;
                if (fresh.ours != number) {
                    QCOMPARE(::dup3(fresh.ours, number, O_CLOEXEC), number);
                    ::close(std::exchange(fresh.ours, number));
                }
                Ear ear;
                ear.onReady = [&](quint32) { fresh.hear(); };
                ear.watch(number, FdWatch::Readable);
                turns(3);
                QCOMPARE(ear.told, 0);
                QCOMPARE(stale.told, 0);
                fresh.say();
                QVERIFY(loopUntil([&] { return ear.told == 1; }));
            }
        });
    }

    void costsNoEpollCtlBeyondTheFirst()
    {
        Worker worker;
        worker.run([&] {
            Ends ends;
            Ear ear;
            ear.onReady = [&](quint32) { ends.hear(); };
            ear.watch(ends.ours, FdWatch::Readable);
            turns(1);
            const quint64 before = worker.dispatcher()->epollCtlCalls();
            for (int i = 0; i < 100; ++i) {
                ear.want(FdWatch::Readable | FdWatch::Writable); // and back before the loop waits
                ear.want(FdWatch::Readable);
                ends.say();
                const int told = ear.told;
                QVERIFY(loopUntil([&] { return ear.told > told; }));
            }
            QCOMPARE(worker.dispatcher()->epollCtlCalls(), before);
        });
    }

    void watchOutlivesTheLoop()
    {
        Ends ends;
        Ear ear;
        Hook hook;
        {
            Worker worker;
            worker.run([&] {
                ear.watch(ends.ours, FdWatch::Readable);
                hook.attach();
            });
        }
        ear.want(0); // its dispatcher is gone: nothing is reached for
        ear.unwatch();
        hook.detach();
    }

    void hooksRunOnceInATurn()
    {
        onBoth([] {
            Hook hook;
            hook.attach();
            Ends ends;
            Ear ear;
            int posted = 0;
            // what an event posts and a hook gathers leaves before the loop waits
            hook.onTurn = [&] {
                if (ear.told > 0 && posted == 0) {
                    posted = 1;
                    QMetaObject::invokeMethod(
                        QAbstractEventDispatcher::instance(), [&] { posted = 2; }, Qt::QueuedConnection);
                }
            };
            ear.onReady = [&](quint32) { ends.hear(); };
            ear.watch(ends.ours, FdWatch::Readable);
            ends.say();
            QVERIFY(loopUntil([&] { return posted == 2; }));
            QVERIFY(hook.turns > 0);
            hook.detach();
            const int before = hook.turns;
            turns(5);
            QCOMPARE(hook.turns, before);
        });
    }

    void hookRunsOncePerTurnAndMayGo()
    {
        Worker worker;
        worker.run([] {
            Hook one;
            auto two = std::make_unique<Hook>();
            one.attach();
            two->attach();
            turns(10);
            QCOMPARE(one.turns, 10);
            QCOMPARE(two->turns, 10);
            one.onTurn = [&] { two.reset(); };
            turns(1);
            QVERIFY(!two);
            turns(1);
            QCOMPARE(one.turns, 12);
        });
    }

    void aWakeFromElsewhereRunsTheHooks()
    {
        Worker worker;
        Hook hook;
        std::atomic<bool> flag = false;
        std::atomic<bool> seen = false;
        worker.run([&] {
            hook.onTurn = [&] { seen = seen || flag.load(); };
            hook.attach();
        });
        flag = true;
        worker.dispatcher()->wakeUp();
        QVERIFY(eventually([&] { return seen.load(); }));
        worker.run([&] { hook.detach(); });
    }

    // A credential is published to a worker, its owner is told and calls at once: the call finds it, also when the
    // worker had no time between the two.
    void whatWasPostedFirstIsHeardFirst()
    {
        Worker worker;
        Ends ends;
        Ear ear;
        Hook hook;
        QObject context;
        QByteArray order;
        std::atomic<bool> armed = false;
        std::atomic<bool> stands = false;
        std::atomic<bool> mayGo = false;
        context.moveToThread(worker.dispatcher()->thread());
        worker.run([&] {
            ear.onReady = [&](quint32) {
                ends.hear();
                order += 's';
            };
            ear.watch(ends.ours, FdWatch::Readable);
            hook.onTurn = [&] { // between the posted events of a turn and its wait
                if (!armed.exchange(false))
                    return;
                stands = true;
                while (!mayGo)
                    std::this_thread::yield();
            };
            hook.attach();
        });
        armed = true;
        worker.dispatcher()->wakeUp();
        QVERIFY(eventually([&] { return stands.load(); }));
        QMetaObject::invokeMethod(
            &context, [&] { order += 'p'; }, Qt::QueuedConnection);
        ends.say();
        mayGo = true;
        QByteArray heard;
        QVERIFY(eventually([&] {
            worker.run([&] { heard = order; });
            return heard.size() == 2;
        }));
        QCOMPARE(heard, QByteArray("ps"));
        worker.run([&] {
            hook.detach();
            ear.unwatch();
            context.moveToThread(nullptr);
        });
    }
};

QTEST_GUILESS_MAIN(TestFdWatch)
#include "tst_fd_watch.moc"
