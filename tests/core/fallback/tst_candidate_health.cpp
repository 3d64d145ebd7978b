// The breaker's rules one by one, on a clock the test moves; the probe's place under eight threads; the registry.
#include "fallback/candidate_health.h"
#include "fallback/candidate_registry.h"

#include <QTest>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

using namespace gateway;
using namespace gateway::fallback;
using namespace std::chrono;
using namespace std::chrono_literals;

namespace {

const BreakerOptions kOptions;

struct Bench
{
    ManualClock clock;
    CandidateHealth health{QStringLiteral("openai/gpt@eu"), clock, kOptions, 7};
    std::vector<HealthView> told;

    Bench()
    {
        health.setObserver([this](const CandidateHealth&, const HealthView& view) { told.push_back(view); });
    }

    BreakerState state() const { return health.view().breaker; }

    bool attempt(
        AttemptEnd end, std::optional<microseconds> firstToken = {}, std::optional<milliseconds> retryAfter = {})
    {
        const AttemptPass pass = health.admit();
        if (pass)
            health.report(pass, end, firstToken, firstToken, retryAfter);
        return bool(pass);
    }

    void attempts(int count, AttemptEnd end, std::optional<microseconds> firstToken = {})
    {
        for (int i = 0; i < count; ++i)
            attempt(end, firstToken);
    }

    void openIt()
    {
        attempts(kOptions.leastAttempts, AttemptEnd::Failed);
        QCOMPARE(state(), BreakerState::Open);
    }

    // From open to half-open; how long it took.
    milliseconds untilHalfOpen()
    {
        milliseconds waited(0);
        while (state() == BreakerState::Open && waited < 10min) {
            clock.advance(10ms);
            waited += 10ms;
        }
        return waited;
    }
};

} // namespace

class TestCandidateHealth : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesGoBothWays();
    void halfFailedOpens_data();
    void halfFailedOpens();
    void oldFailuresLeaveTheWindow();
    void sustainedThrottlingOpens();
    void throttlingWithSuccessBetweenDoesNot();
    void throttlesFarApartAreNotSustained();
    void throttlesDoNotHideFailures();
    void neutralEndsCountNowhere();
    void thePauseDoublesWithJitter();
    void jitterComesFromTheSeed();
    void aRetryAfterLengthensThePauseUpToAMinute_data();
    void aRetryAfterLengthensThePauseUpToAMinute();
    void oneProbeAtATimeWithEightThreads();
    void probesCloseIt();
    void aFailedProbeOpensItAgain();
    void anUnreportedProbeIsGivenUp();
    void aLateProbeStillCounts();
    void anOldAttemptNeitherFreesNorJudgesTheProbe();
    void flappingGoesOnDoubling();
    void slowOpensOnlyWithEnoughData();
    void aSlowProbeDoesNotCloseIt();
    void percentilesAreUnknownBelowTwenty();
    void forcedStandsUntilItsExpiry();
    void forcedIsNotMovedByTheWallClock();
    void forcedHalfOpenKeepsToOneProbe();
    void theObserverMayAskAgain();
    void aGlanceSeesWhatAdmitWouldSay();
    void theReasonIsASentence();
    void theRegistryKeepsWhatIsInUse();
};

void TestCandidateHealth::namesGoBothWays()
{
    for (const auto state : {BreakerState::Closed, BreakerState::Open, BreakerState::HalfOpen})
        QCOMPARE(breakerStateFromName(nameOf(state)), std::optional(state));
    QCOMPARE(nameOf(BreakerState::HalfOpen), QStringLiteral("half-open"));
    QVERIFY(!breakerStateFromName(u"ajar"));
}

void TestCandidateHealth::halfFailedOpens_data()
{
    QTest::addColumn<int>("good");
    QTest::addColumn<int>("failed");
    QTest::addColumn<bool>("open");
    QTest::newRow("half of ten") << 5 << 5 << true;
    QTest::newRow("less than half of many") << 60 << 59 << false;
    QTest::newRow("too few") << 0 << 9 << false;
    QTest::newRow("all of ten") << 0 << 10 << true;
    QTest::newRow("all good") << 50 << 0 << false;
}

void TestCandidateHealth::halfFailedOpens()
{
    QFETCH(int, good);
    QFETCH(int, failed);
    QFETCH(bool, open);
    Bench bench;
    bench.attempts(good, AttemptEnd::Good);
    bench.attempts(failed, AttemptEnd::Failed);
    QCOMPARE(bench.state() == BreakerState::Open, open);
    QCOMPARE(bench.health.view().admits, !open);
    QCOMPARE(bool(bench.health.admit()), !open);
    QCOMPARE(int(bench.told.size()), open ? 1 : 0);
    if (open) {
        const HealthView view = bench.health.view();
        QCOMPARE(view.openedAtMs, std::optional(bench.clock.wallMs()));
        QVERIFY(view.nextProbeAtMs && *view.nextProbeAtMs >= bench.clock.wallMs() + 2'500);
        QVERIFY(*view.nextProbeAtMs <= bench.clock.wallMs() + 5'000);
    }
}

void TestCandidateHealth::oldFailuresLeaveTheWindow()
{
    Bench bench;
    bench.attempts(9, AttemptEnd::Failed);
    bench.clock.advance(kOptions.window + 3s); // a slice of it more
    QCOMPARE(bench.health.view().attempts, 0);
    bench.attempts(9, AttemptEnd::Failed);
    QCOMPARE(bench.state(), BreakerState::Closed);
    bench.attempt(AttemptEnd::Failed);
    QCOMPARE(bench.state(), BreakerState::Open);
}

void TestCandidateHealth::sustainedThrottlingOpens()
{
    Bench bench;
    bench.attempts(7, AttemptEnd::Throttled);
    bench.attempt(AttemptEnd::Neutral); // says nothing either way
    QCOMPARE(bench.state(), BreakerState::Closed);
    bench.attempt(AttemptEnd::Throttled);
    QCOMPARE(bench.state(), BreakerState::Open);
    QVERIFY(bench.health.view().reason.contains(QStringLiteral("429 or 529")));
}

void TestCandidateHealth::throttlingWithSuccessBetweenDoesNot()
{
    Bench bench;
    for (int i = 0; i < 50; ++i) {
        bench.attempts(7, AttemptEnd::Throttled);
        bench.attempt(AttemptEnd::Good);
    }
    QCOMPARE(bench.state(), BreakerState::Closed); // busy, but it serves
    QCOMPARE(bench.health.view().throttled, 350);
}

void TestCandidateHealth::throttlesFarApartAreNotSustained()
{
    Bench bench;
    for (int i = 0; i < 20; ++i) {
        bench.attempt(AttemptEnd::Throttled);
        bench.clock.advance(kOptions.window + 1s);
    }
    QCOMPARE(bench.state(), BreakerState::Closed);
}

void TestCandidateHealth::throttlesDoNotHideFailures()
{
    Bench bench;
    for (int i = 0; i < 10; ++i) { // of 40 attempts only 10 failed, but of those not throttled every other one
        bench.attempts(2, AttemptEnd::Throttled);
        bench.attempt(AttemptEnd::Failed);
        bench.attempt(AttemptEnd::Good);
    }
    QCOMPARE(bench.state(), BreakerState::Open);
}

void TestCandidateHealth::neutralEndsCountNowhere()
{
    Bench bench;
    bench.attempts(100, AttemptEnd::Neutral);
    QCOMPARE(bench.health.view().attempts, 0);
    bench.attempts(9, AttemptEnd::Failed);
    bench.attempts(100, AttemptEnd::Neutral);
    QCOMPARE(bench.state(), BreakerState::Closed);
}

void TestCandidateHealth::thePauseDoublesWithJitter()
{
    Bench bench;
    bench.openIt();
    const milliseconds full[] = {5s, 10s, 20s, 40s, 80s, 120s, 120s, 120s};
    for (const milliseconds pause : full) {
        const milliseconds waited = bench.untilHalfOpen();
        QVERIFY2(waited >= pause / 2 && waited <= pause + 10ms, qPrintable(QString::number(waited.count())));
        QVERIFY(bench.attempt(AttemptEnd::Failed)); // the probe
        QCOMPARE(bench.state(), BreakerState::Open);
    }
}

void TestCandidateHealth::jitterComesFromTheSeed()
{
    std::set<qint64> different;
    for (quint32 seed = 0; seed < 50; ++seed) {
        qint64 first = 0;
        for (int again = 0; again < 2; ++again) {
            ManualClock clock;
            CandidateHealth health(QStringLiteral("a/b@c"), clock, kOptions, seed);
            for (int i = 0; i < 10; ++i)
                health.report(health.admit(), AttemptEnd::Failed, {}, {}, {});
            const qint64 next = *health.view().nextProbeAtMs - clock.wallMs();
            if (again)
                QCOMPARE(next, first);
            first = next;
        }
        different.insert(first);
    }
    QVERIFY2(different.size() > 40, qPrintable(QString::number(different.size()))); // no herd of probes
}

void TestCandidateHealth::aRetryAfterLengthensThePauseUpToAMinute_data()
{
    QTest::addColumn<qint64>("retryAfter");
    QTest::addColumn<qint64>("least");
    QTest::addColumn<qint64>("most");
    QTest::newRow("20 s") << qint64(20'000) << qint64(20'000) << qint64(20'010);
    QTest::newRow("clamped") << qint64(1'000'000'000) << qint64(60'000) << qint64(60'010);
    QTest::newRow("shorter than the pause") << qint64(1) << qint64(2'500) << qint64(5'010);
    QTest::newRow("negative") << qint64(-1) << qint64(2'500) << qint64(5'010);
}

void TestCandidateHealth::aRetryAfterLengthensThePauseUpToAMinute()
{
    QFETCH(qint64, retryAfter);
    QFETCH(qint64, least);
    QFETCH(qint64, most);
    Bench bench;
    for (int i = 0; i < kOptions.sustainedThrottles; ++i)
        bench.attempt(AttemptEnd::Throttled, {}, milliseconds(retryAfter));
    QCOMPARE(bench.state(), BreakerState::Open);
    const milliseconds waited = bench.untilHalfOpen();
    QVERIFY2(waited.count() >= least && waited.count() <= most, qPrintable(QString::number(waited.count())));
}

void TestCandidateHealth::oneProbeAtATimeWithEightThreads()
{
    for (int round = 0; round < 200; ++round) {
        Bench bench;
        bench.openIt();
        bench.untilHalfOpen();
        std::atomic<int> admitted = 0;
        std::atomic<int> ready = 0;
        std::vector<std::thread> threads;
        for (int t = 0; t < 8; ++t) {
            threads.emplace_back([&] {
                ++ready;
                while (ready < 8)
                    std::this_thread::yield();
                admitted += bool(bench.health.admit());
            });
        }
        for (std::thread& thread : threads)
            thread.join();
        QCOMPARE(admitted.load(), 1);
        QVERIFY(!bench.health.view().admits);
    }
}

void TestCandidateHealth::probesCloseIt()
{
    Bench bench;
    bench.openIt();
    bench.untilHalfOpen();
    for (int i = 0; i < kOptions.probesToClose; ++i) {
        QCOMPARE(bench.state(), BreakerState::HalfOpen);
        QVERIFY(bench.attempt(AttemptEnd::Neutral)); // gives its place back and decides nothing
        QVERIFY(bench.attempt(AttemptEnd::Good));
    }
    const HealthView view = bench.health.view();
    QCOMPARE(view.breaker, BreakerState::Closed);
    QVERIFY(view.admits && view.reason.isEmpty() && !view.openedAtMs && !view.nextProbeAtMs);
    QCOMPARE(view.attempts, 0); // the failures before the pause are not held against it again
    QCOMPARE(bench.told.size(), std::size_t(3));
    QCOMPARE(bench.told[0].breaker, BreakerState::Open);
    QCOMPARE(bench.told[1].breaker, BreakerState::HalfOpen);
    QCOMPARE(bench.told[2].breaker, BreakerState::Closed);
    QVERIFY(bench.told[0].changes < bench.told[1].changes && bench.told[1].changes < bench.told[2].changes);
}

void TestCandidateHealth::aFailedProbeOpensItAgain()
{
    for (const AttemptEnd end : {AttemptEnd::Failed, AttemptEnd::Throttled}) {
        Bench bench;
        bench.openIt();
        const qint64 opened = *bench.health.view().openedAtMs;
        bench.untilHalfOpen();
        bench.attempts(2, AttemptEnd::Good);
        QVERIFY(bench.attempt(end));
        QCOMPARE(bench.state(), BreakerState::Open);
        QCOMPARE(bench.health.view().openedAtMs, std::optional(opened)); // not closed in between
        bench.untilHalfOpen();
        bench.attempts(2, AttemptEnd::Good); // the two before do not count
        QCOMPARE(bench.state(), BreakerState::HalfOpen);
    }
}

void TestCandidateHealth::anUnreportedProbeIsGivenUp()
{
    Bench bench;
    bench.openIt();
    bench.untilHalfOpen();
    const AttemptPass lost = bench.health.admit();
    QVERIFY(lost.probe);
    bench.clock.advance(kOptions.probeTimeout - 1ms);
    QVERIFY(!bench.health.admit());
    QVERIFY(bench.health.view().nextProbeAtMs == bench.clock.wallMs() + 1);
    bench.clock.advance(1ms);
    QVERIFY(bench.health.view().admits);
    const AttemptPass next = bench.health.admit();
    QVERIFY(next.probe && next.number != lost.number);
    bench.health.report(lost, AttemptEnd::Good, {}, {}, {}); // it does not free the place of the next
    QVERIFY(!bench.health.admit());
}

void TestCandidateHealth::aLateProbeStillCounts()
{
    Bench bench;
    bench.openIt();
    bench.untilHalfOpen();
    // a candidate whose answers take longer than the timeout has to be able to come back
    for (int i = 0; i < kOptions.probesToClose; ++i) {
        const AttemptPass pass = bench.health.admit();
        QVERIFY(pass.probe);
        bench.clock.advance(kOptions.probeTimeout + 5s);
        bench.health.report(pass, AttemptEnd::Good, {}, {}, {});
    }
    QCOMPARE(bench.state(), BreakerState::Closed);
}

void TestCandidateHealth::anOldAttemptNeitherFreesNorJudgesTheProbe()
{
    Bench bench;
    std::vector<AttemptPass> old;
    for (int i = 0; i < 20; ++i)
        old.push_back(bench.health.admit());
    bench.openIt();
    bench.untilHalfOpen();
    QVERIFY(bench.health.admit().probe);
    for (std::size_t i = 0; i < 10; ++i)
        bench.health.report(old[i], i % 2 ? AttemptEnd::Good : AttemptEnd::Failed, {}, {}, {});
    QCOMPARE(bench.state(), BreakerState::HalfOpen);
    QVERIFY(!bench.health.admit());
    bench.clock.advance(kOptions.probeTimeout);
    bench.attempts(kOptions.probesToClose, AttemptEnd::Good);
    QCOMPARE(bench.state(), BreakerState::Closed);
    for (std::size_t i = 10; i < 20; ++i)
        bench.health.report(old[i], AttemptEnd::Failed, {}, {}, {});
    QCOMPARE(bench.state(), BreakerState::Closed);
}

void TestCandidateHealth::flappingGoesOnDoubling()
{
    Bench bench;
    bench.openIt();
    bench.untilHalfOpen();
    for (const milliseconds pause : {10s, 20s, 40s}) {
        bench.attempts(kOptions.probesToClose, AttemptEnd::Good);
        QCOMPARE(bench.state(), BreakerState::Closed);
        bench.clock.advance(20s);
        bench.openIt();
        const milliseconds waited = bench.untilHalfOpen();
        QVERIFY2(waited >= pause / 2 && waited <= pause + 10ms, qPrintable(QString::number(waited.count())));
    }
    bench.attempts(kOptions.probesToClose, AttemptEnd::Good);
    bench.clock.advance(kOptions.longestPause + 1s); // well for long enough: forgiven
    bench.openIt();
    QVERIFY(bench.untilHalfOpen() <= 5'010ms);
}

void TestCandidateHealth::slowOpensOnlyWithEnoughData()
{
    Bench bench;
    bench.attempts(60, AttemptEnd::Good, 20s); // nothing is known of what is usual
    QCOMPARE(bench.state(), BreakerState::Closed);
    bench.clock.advance(6min); // ... and these 60 are too few to be it
    bench.attempts(60, AttemptEnd::Good, 40s);
    QCOMPARE(bench.state(), BreakerState::Closed);

    Bench known;
    for (int i = 0; i < 200; ++i)
        known.attempt(AttemptEnd::Good, i % 10 ? 400ms : 600ms);
    known.clock.advance(6min);
    known.attempts(50, AttemptEnd::Good, 2'500ms); // slower, but not five times p95
    QCOMPARE(known.state(), BreakerState::Closed);
    known.attempts(4, AttemptEnd::Good, 4s); // four are an accident
    QCOMPARE(known.state(), BreakerState::Closed);
    known.attempt(AttemptEnd::Good, 4s);
    QCOMPARE(known.state(), BreakerState::Open);
    QVERIFY(known.health.view().reason.contains(QStringLiteral("usual")));

    Bench fast; // a local model: five times as slow is still nothing
    fast.attempts(200, AttemptEnd::Good, 5ms);
    fast.clock.advance(6min);
    fast.attempts(200, AttemptEnd::Good, 900ms);
    QCOMPARE(fast.state(), BreakerState::Closed);
    fast.attempts(20, AttemptEnd::Good, 1'200ms);
    QCOMPARE(fast.state(), BreakerState::Open);
}

void TestCandidateHealth::aSlowProbeDoesNotCloseIt()
{
    Bench bench;
    bench.attempts(200, AttemptEnd::Good, 400ms);
    bench.clock.advance(6min);
    bench.attempts(20, AttemptEnd::Good, 10s);
    QCOMPARE(bench.state(), BreakerState::Open);
    bench.untilHalfOpen();
    bench.attempts(2, AttemptEnd::Good, 400ms);
    bench.attempt(AttemptEnd::Good, 10s);
    QCOMPARE(bench.state(), BreakerState::Open);
    bench.untilHalfOpen();
    bench.attempts(3, AttemptEnd::Good, 400ms);
    QCOMPARE(bench.state(), BreakerState::Closed);
}

void TestCandidateHealth::percentilesAreUnknownBelowTwenty()
{
    Bench bench;
    bench.attempts(19, AttemptEnd::Good, 100ms);
    QVERIFY(!bench.health.view().firstTokenP95 && !bench.health.view().totalP95);
    bench.attempt(AttemptEnd::Good, 900ms);
    bench.clock.advance(100ms);
    const HealthView view = bench.health.view();
    QVERIFY(view.firstTokenP95 && view.totalP95);
    QVERIFY(*view.firstTokenP95 >= 98ms && *view.firstTokenP95 <= 102ms); // the 19th of 20
    bench.attempts(1, AttemptEnd::Good, 900ms);
    bench.attempts(1, AttemptEnd::Good, 900ms);
    bench.clock.advance(100ms);
    QVERIFY(*bench.health.view().firstTokenP95 >= 886ms);
    bench.clock.advance(5min);
    QVERIFY(!bench.health.view().firstTokenP95); // five minutes, not for ever
}

void TestCandidateHealth::forcedStandsUntilItsExpiry()
{
    Bench bench;
    const qint64 until = bench.clock.wallMs() + 600'000;
    bench.health.force(BreakerState::Closed, QStringLiteral("we know better"), until);
    bench.attempts(100, AttemptEnd::Failed);
    HealthView view = bench.health.view();
    QCOMPARE(view.breaker, BreakerState::Closed);
    QVERIFY(view.forced && view.admits);
    QCOMPARE(view.reason, QStringLiteral("we know better"));
    QCOMPARE(view.forcedUntilMs, std::optional(until));
    QCOMPARE(view.failures, 100);

    bench.health.force(BreakerState::Open, QStringLiteral("maintenance"), until);
    view = bench.health.view();
    QCOMPARE(view.breaker, BreakerState::Open);
    QVERIFY(view.forced && !view.admits && !bench.health.admit());
    QCOMPARE(view.nextProbeAtMs, std::optional(until));
    bench.clock.advance(599'999ms);
    QVERIFY(bench.health.view().forced);
    const std::size_t told = bench.told.size();
    bench.clock.advance(1ms);
    view = bench.health.view(); // nobody else had to tell it
    QVERIFY(!view.forced);
    QCOMPARE(view.breaker, BreakerState::HalfOpen);
    QCOMPARE(bench.told.size(), told + 1);
    bench.attempts(3, AttemptEnd::Good);
    QCOMPARE(bench.state(), BreakerState::Closed);

    bench.health.force(BreakerState::Open, QStringLiteral("again"), bench.clock.wallMs() + 600'000);
    bench.health.force({}, {}, 0);
    QVERIFY(!bench.health.view().forced);
    bench.attempts(3, AttemptEnd::Good);
    QCOMPARE(bench.state(), BreakerState::Closed);

    bench.health.force(BreakerState::Open, QStringLiteral("too late"), bench.clock.wallMs());
    QCOMPARE(bench.state(), BreakerState::Closed);
}

void TestCandidateHealth::forcedIsNotMovedByTheWallClock()
{
    Bench bench;
    bench.health.force(BreakerState::Open, QStringLiteral("drill"), bench.clock.wallMs() + 60'000);
    bench.clock.setWall(bench.clock.wallMs() + 86'400'000);
    QVERIFY(bench.health.view().forced);
    bench.clock.setWall(bench.clock.wallMs() - 2 * 86'400'000LL);
    bench.clock.advance(60s);
    QVERIFY(!bench.health.view().forced);
}

void TestCandidateHealth::forcedHalfOpenKeepsToOneProbe()
{
    Bench bench;
    bench.health.force(BreakerState::HalfOpen, QStringLiteral("carefully"), bench.clock.wallMs() + 60'000);
    const AttemptPass probe = bench.health.admit();
    QVERIFY(probe.probe);
    QVERIFY(!bench.health.admit());
    bench.health.report(probe, AttemptEnd::Failed, {}, {}, {});
    bench.attempts(10, AttemptEnd::Good);
    QCOMPARE(bench.state(), BreakerState::HalfOpen); // whatever is measured
}

void TestCandidateHealth::theObserverMayAskAgain()
{
    ManualClock clock;
    CandidateHealth health(QStringLiteral("a/b@c"), clock, kOptions, 1);
    int told = 0;
    health.setObserver([&](const CandidateHealth& who, const HealthView& view) {
        ++told;
        QCOMPARE(who.view().breaker, view.breaker); // would wait for itself if the lock were held
    });
    for (int i = 0; i < 10; ++i)
        health.report(health.admit(), AttemptEnd::Failed, {}, {}, {});
    QCOMPARE(told, 1);
}

void TestCandidateHealth::aGlanceSeesWhatAdmitWouldSay()
{
    Bench bench;
    QCOMPARE(bench.health.glance().breaker, BreakerState::Closed);
    QVERIFY(!bench.health.glance().nextProbeAtMs);
    bench.attempts(14, AttemptEnd::Good, 100ms);
    bench.attempts(5, AttemptEnd::Failed);
    bench.attempts(7, AttemptEnd::Throttled);
    QVERIFY(!bench.health.glance().failurePermille); // 19 say nothing
    bench.attempts(6, AttemptEnd::Good, 100ms);
    bench.clock.advance(100ms);
    QCOMPARE(bench.health.glance().failurePermille, std::optional(200));
    QVERIFY(bench.health.glance().firstTokenP95 && bench.health.glance().totalP95);
    bench.attempts(20, AttemptEnd::Failed);
    QCOMPARE(bench.health.glance().breaker, BreakerState::Open);
    QCOMPARE(bench.health.glance().nextProbeAtMs, bench.health.view().nextProbeAtMs);
    bench.untilHalfOpen();
    QCOMPARE(bench.health.glance().breaker, BreakerState::HalfOpen);
    const AttemptPass probe = bench.health.admit();
    QCOMPARE(bench.health.glance().breaker, BreakerState::Open); // its place is taken
    bench.health.report(probe, AttemptEnd::Good, {}, {}, {});
    QCOMPARE(bench.health.glance().breaker, BreakerState::HalfOpen);
}

void TestCandidateHealth::theReasonIsASentence()
{
    Bench bench;
    bench.attempts(4, AttemptEnd::Good);
    bench.attempts(6, AttemptEnd::Failed);
    QCOMPARE(
        bench.health.view().reason, QStringLiteral("Of 10 attempts within 30 s that were not throttled, 6 failed."));
}

void TestCandidateHealth::theRegistryKeepsWhatIsInUse()
{
    ManualClock clock;
    int told = 0;
    CandidateRegistry registry(clock, kOptions, 3, [&](const CandidateHealth&, const HealthView&) { ++told; });
    auto first = registry.healthOf(QStringLiteral("b/x@eu"));
    auto other = registry.healthOf(QStringLiteral("a/x@eu"));
    QCOMPARE(registry.healthOf(QStringLiteral("b/x@eu")), first);
    for (int i = 0; i < 10; ++i)
        first->report(first->admit(), AttemptEnd::Failed, {}, {}, {});
    QCOMPARE(told, 1);
    QCOMPARE(registry.find(QStringLiteral("b/x@eu"))->view().breaker, BreakerState::Open);
    QCOMPARE(registry.list().size(), std::size_t(2));
    QCOMPARE(registry.list()[0]->label(), QStringLiteral("a/x@eu"));
    other.reset();
    QCOMPARE(registry.list().size(), std::size_t(1));
    QVERIFY(!registry.find(QStringLiteral("a/x@eu")));
    first.reset();
    QCOMPARE(registry.healthOf(QStringLiteral("b/x@eu"))->view().breaker, BreakerState::Closed); // a new one
}

QTEST_GUILESS_MAIN(TestCandidateHealth)
#include "tst_candidate_health.moc"
