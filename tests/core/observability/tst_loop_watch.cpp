// The watch over event loops: a turn that is too long is counted with its length, and only on its own thread; a loop
// that waits is left alone, and so is the watching thread; a loop that does not come round is told of while it does
// not.
#include "observability/loop_watch.h"
#include "observability/prometheus.h"
#include "observability/watched_application.h"
#include "observability/watched_loop.h"

#include "http/epoll_dispatcher.h"

#include <QAbstractEventDispatcher>
#include <QSemaphore>
#include <QTest>
#include <QThread>
#include <QTimer>

using namespace gateway;
using namespace gateway::observability;
using namespace std::chrono_literals;

namespace {

std::atomic<qint64> s_nowNs = 0;

Monotonic now()
{
    return Monotonic(s_nowNs.load());
}

void advance(Monotonic by)
{
    s_nowNs += by.count();
}

LoopFacts factsOf(const LoopWatch& watch, const QString& name)
{
    for (const LoopFacts& facts : watch.facts()) {
        if (facts.thread == name)
            return facts;
    }
    return {};
}

// A thread with an event loop that is watched, and its waits counted.
struct Room
{
    Room(LoopWatch& watch, const QString& name, bool epoll = false) : watch(watch), name(name)
    {
        if (epoll)
            thread.setEventDispatcher(new http::EpollDispatcher);
        thread.start();
        guest = new QObject;
        guest->moveToThread(&thread);
        run([this] {
            watched = this->watch.watchThisThread(this->name);
            QObject::connect(
                QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::aboutToBlock, guest,
                [this] { ++waits; }, Qt::DirectConnection);
        });
    }
    ~Room()
    {
        run([this] { watched.reset(); });
        guest->deleteLater();
        thread.quit();
        thread.wait();
    }
    void post(std::function<void()> work) { QMetaObject::invokeMethod(guest, std::move(work), Qt::QueuedConnection); }

    // And waits until the loop has come round, with no turn to come. A post wakes a loop that has perhaps taken the
    // event already, by an empty turn some time later; the clock is common to all, and such a turn would take for its
    // own what is advanced meanwhile. Timers come after the wake-ups: two of them after post() has returned, it has
    // been heard.
    void run(std::function<void()> work)
    {
        std::atomic<bool> posted = false;
        qint64 turns = -1; // before the last one; -1: nobody watches (any more)
        QSemaphore done;
        post([this, &work, &posted, &turns, &done] {
            work();
            auto* timer = new QTimer(guest); // not deleted later: that would be a wake-up again
            QObject::connect(
                timer, &QTimer::timeout, guest, [this, timer, &posted, &turns, &done, ticks = 0]() mutable {
                    if (!posted || ++ticks < 2)
                        return;
                    timer->stop();
                    if (watched)
                        turns = factsOf(watch, name).turns;
                    done.release();
                });
            timer->start(1);
        });
        posted = true;
        done.acquire();
        if (turns >= 0)
            QTRY_VERIFY(factsOf(watch, name).turns > turns);
    }

    LoopWatch& watch;
    const QString name;
    QThread thread;
    QObject* guest = nullptr;
    std::unique_ptr<WatchedLoop> watched;
    std::atomic<int> waits = 0;
};

LoopWatchOptions manual()
{
    LoopWatchOptions options;
    options.now = &now;
    return options;
}

} // namespace

class TestLoopWatch : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { s_nowNs = 1'000'000'000; }
    void aStallIsCountedWithItsLength_data();
    void aStallIsCountedWithItsLength();
    void handlersOfTimersCountToo();
    void whatFitsTheBoundIsNone();
    void twoLoopsApart();
    void anIdleLoopIsNeverWoken();
    void theWatchSleepsWithItsLoops();
    void aStuckLoopIsToldOfWhileItIs();
    void whatIsSaid();
    void prometheusHasThem();
    void aThreadWithoutALoopIsNotWatched();
};

void TestLoopWatch::aStallIsCountedWithItsLength_data()
{
    QTest::addColumn<bool>("epoll");
    QTest::newRow("Qt's dispatcher") << false;
    QTest::newRow("the workers' dispatcher") << true;
}

void TestLoopWatch::aStallIsCountedWithItsLength()
{
    QFETCH(bool, epoll);
    LoopWatch watch(manual());
    Room room(watch, QStringLiteral("worker-0"), epoll);
    room.run([] { advance(51ms); });
    LoopFacts facts = factsOf(watch, QStringLiteral("worker-0"));
    QCOMPARE(facts.stalls, 1);
    QCOMPARE(facts.longest, Monotonic(51ms));
    QCOMPARE(facts.last, Monotonic(51ms));

    // several events of one turn make one stall: the loop did not come round in between
    room.run([&room] {
        for (int i = 0; i < 3; ++i)
            room.post([] { advance(30ms); });
        advance(20ms);
    });
    facts = factsOf(watch, QStringLiteral("worker-0"));
    QVERIFY2(facts.stalls >= 2, "110 ms of handlers in a row");
    QVERIFY(facts.longest >= Monotonic(51ms));
    QVERIFY(facts.turns >= 2);
}

// They run after aboutToBlock() and before awake(), where a loop also sleeps.
void TestLoopWatch::handlersOfTimersCountToo()
{
    for (const bool epoll : {false, true}) {
        LoopWatch watch(manual());
        Room room(watch, QStringLiteral("worker-0"), epoll);
        QSemaphore fired;
        room.run([&] {
            QTimer::singleShot(5, room.guest, [&] {
                advance(80ms);
                fired.release();
            });
        });
        fired.acquire();
        room.run([] {}); // the turn of the timer is over
        QCOMPARE(factsOf(watch, QStringLiteral("worker-0")).stalls, 1);
        QCOMPARE(factsOf(watch, QStringLiteral("worker-0")).longest, Monotonic(80ms));
    }
}

void TestLoopWatch::whatFitsTheBoundIsNone()
{
    LoopWatch watch(manual());
    Room room(watch, QStringLiteral("worker-0"));
    room.run([] { advance(50ms); });
    advance(10s); // while it waits, time is nobody's
    room.run([] {});
    QCOMPARE(factsOf(watch, QStringLiteral("worker-0")).stalls, 0);
}

void TestLoopWatch::twoLoopsApart()
{
    LoopWatch watch(manual());
    Room one(watch, QStringLiteral("worker-0"));
    Room other(watch, QStringLiteral("worker-1"), true);
    one.run([] { advance(70ms); });
    other.run([] { advance(90ms); });
    QCOMPARE(factsOf(watch, QStringLiteral("worker-0")).stalls, 1);
    QCOMPARE(factsOf(watch, QStringLiteral("worker-0")).longest, Monotonic(70ms));
    QCOMPARE(factsOf(watch, QStringLiteral("worker-1")).stalls, 1);
    QCOMPARE(factsOf(watch, QStringLiteral("worker-1")).longest, Monotonic(90ms));
}

void TestLoopWatch::anIdleLoopIsNeverWoken()
{
    LoopWatchOptions options = manual();
    options.stuck = 20ms; // the watching thread looks often
    options.tell = [](const StuckLoop&) {};
    LoopWatch watch(options);
    Room idle(watch, QStringLiteral("worker-0"));
    Room busy(watch, QStringLiteral("worker-1"));
    idle.run([] {});
    const int before = idle.waits;
    QSemaphore go;
    busy.post([&go] { go.acquire(); });
    const qint64 looks = watch.looks();
    QTRY_VERIFY(watch.looks() > looks + 5);
    go.release();
    QVERIFY2(idle.waits <= before + 1, "its last wait may have begun after we counted"); // a wake-up a look: six
}

void TestLoopWatch::theWatchSleepsWithItsLoops()
{
    LoopWatchOptions options = manual();
    options.stuck = 10ms;
    LoopWatch watch(options);
    Room room(watch, QStringLiteral("worker-0"));
    room.run([] {});
    qint64 looks = -1;
    QTRY_COMPARE(std::exchange(looks, watch.looks()), watch.looks()); // the last look after the last turn
    QTest::qWait(100);
    const qint64 before = watch.looks();
    QTest::qWait(300); // thirty looks' time
    QVERIFY2(watch.looks() <= before + 3, "a loop that waits is looked at");
    room.run([] {});
    QTRY_VERIFY(watch.looks() > before);
}

void TestLoopWatch::aStuckLoopIsToldOfWhileItIs()
{
    QSemaphore told;
    std::mutex mutex;
    std::vector<StuckLoop> lines;
    LoopWatchOptions options = manual();
    options.stuck = 20ms;
    options.tell = [&](const StuckLoop& loop) {
        const std::lock_guard lock(mutex);
        lines.push_back(loop);
        told.release();
    };
    LoopWatch watch(options);
    Room fine(watch, QStringLiteral("worker-0"));
    Room stuck(watch, QStringLiteral("worker-1"));
    QSemaphore entered;
    QSemaphore go;
    stuck.post([&] {
        entered.release();
        go.acquire();
    });
    entered.acquire();
    advance(30ms);
    QVERIFY(told.tryAcquire(1, 20'000));
    {
        const std::lock_guard lock(mutex);
        QCOMPARE(lines.size(), std::size_t(1));
        QCOMPARE(lines[0].thread, QStringLiteral("worker-1"));
        QCOMPARE(lines[0].busy, Monotonic(30ms));
#ifdef Q_OS_LINUX
        QVERIFY2(lines[0].where.startsWith(QStringLiteral("state S")), qPrintable(lines[0].where)); // it waits for `go`
#endif
    }
    QCOMPARE(watch.health().health, api::Health::Degraded);
    QVERIFY(watch.health().detail.startsWith(QStringLiteral("worker-1 has not come round for 30 ms.")));
    // the same trouble is told of again after twice the time, not at every look
    const qint64 looks = watch.looks();
    QTRY_VERIFY(watch.looks() > looks + 3);
    QVERIFY(!told.tryAcquire(1));
    advance(31ms);
    QVERIFY(told.tryAcquire(1, 20'000));
    go.release();
    stuck.run([] {}); // its turn is over
    QCOMPARE(watch.health().health, api::Health::Ok);
    QCOMPARE(factsOf(watch, QStringLiteral("worker-1")).longest, Monotonic(61ms));
}

void TestLoopWatch::whatIsSaid()
{
    LoopWatch watch(manual());
    QCOMPARE(watch.health().detail, QStringLiteral("None was held up for longer than 50 ms."));
    Room room(watch, QStringLiteral("worker-0"));
    room.run([] { advance(1300ms); });
    room.run([] { advance(60ms); });
    advance(90s);
    QCOMPARE(watch.health().detail,
        QStringLiteral("Held up 2 times for longer than 50 ms: longest 1.3 s (worker-0), last 60 ms (worker-0), "
                       "1 min ago."));
    QCOMPARE(watch.health().health, api::Health::Ok);
}

void TestLoopWatch::prometheusHasThem()
{
    EngineGauges gauges;
    gauges.loops = {{QStringLiteral("control"), 7, 2, 1250ms, 60ms, 0ms, 0ms}};
    const QByteArray text = metricsText(MetricLabels(), {}, gauges);
    QVERIFY(text.contains("\nsignalbox_loop_stalls_total{thread=\"control\"} 2\n"));
    QVERIFY(text.contains("\nsignalbox_loop_longest_stall_seconds{thread=\"control\"} 1.25\n"));
    QVERIFY(!text.contains("signalbox_qobjects")); // not counted is not zero
    gauges.objects = 12;
    QVERIFY(metricsText(MetricLabels(), {}, gauges).contains("\nsignalbox_qobjects 12\n"));
}

void TestLoopWatch::aThreadWithoutALoopIsNotWatched()
{
    LoopWatch watch(manual());
    bool none = false;
    std::thread bare([&] { none = watch.watchThisThread(QStringLiteral("bare")) == nullptr; });
    bare.join();
    QVERIFY(none);
    QVERIFY(watch.facts().empty());
}

int main(int argc, char** argv)
{
    WatchedApplication<QCoreApplication> app(argc, argv);
    TestLoopWatch test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_loop_watch.moc"
