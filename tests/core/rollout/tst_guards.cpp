// Guards and verdict over calls as they are recorded: what counts in which arm and step, that unknown is no value, that
// a failure is never withheld, that a pass is never given for free, and that the sentences say n.
#include "rollout/verdict.h"

#include <QTest>

#include <limits>

using namespace gateway;
using namespace gateway::rollout;
using api::CallOutcome;
using api::CanaryVerdict;

namespace {

constexpr int kBase = 7;
constexpr int kCanary = 8;
constexpr qint64 kStart = 1'795'305'600'000;

struct Bench
{
    Observation seen;
    config::CanaryPolicy policy;
    qint64 now = kStart;
    int made = 0;

    explicit Bench(api::StickyBy by = api::StickyBy::Credential, QStringList exclude = {})
        : seen(kBase, kCanary, by, exclude,
              [](const api::Call& call) { return call.zone == QLatin1String("left") ? 1 : 0; })
    {
        policy.leastCalls = 50;
        seen.beginStep(25, kStart);
    }

    api::Call answered(int revision)
    {
        api::Call call;
        call.revision = revision;
        call.startedAt = QDateTime::fromMSecsSinceEpoch(++now, Qt::UTC);
        call.tenant = QStringLiteral("tenant-%1").arg(made % 40);
        call.credential = QStringLiteral("key-%1").arg(made % 60);
        ++made;
        call.outcome = CallOutcome::Answered;
        call.streamEnd = api::StreamEnd::Complete;
        call.firstTokenUs = 300'000 + 1000 * (made % 100);
        call.endUs = 900'000;
        call.cost = api::Money::fromNano(2'000'000 + 10'000 * (made % 50));
        return call;
    }
    void add(int revision, int count, CallOutcome outcome = CallOutcome::Answered)
    {
        for (int i = 0; i < count; ++i) {
            api::Call call = answered(revision);
            call.outcome = outcome;
            seen.add(call);
        }
    }
    template <typename Change>
    void addWith(int revision, int count, Change&& change)
    {
        for (int i = 0; i < count; ++i) {
            api::Call call = answered(revision);
            change(call);
            seen.add(call);
        }
    }
    Verdict verdict() const { return judge(seen, policy); }
    api::CanaryGuard guard(const char* name) const
    {
        for (const api::CanaryGuard& each : verdict().guards) {
            if (each.name == QLatin1String(name))
                return each;
        }
        return {};
    }
};

} // namespace

class TestGuards : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aGoodRevisionPasses();
    void failsOn_data();
    void failsOn();
    void failsAlthoughTheOthersKnowNothing();
    void failsWithOneCallerAndNoControl();
    void tooFewCallsNeverPass();
    void withoutControlNothingPasses();
    void unknownIsNoValue();
    void unknownCostsHideNoFailure();
    void oneDearCallIsNoDearRevision();
    void whoIsExcludedCountsNowhere();
    void whatBeganBeforeCountsNowhere();
    void atAllPercentTheControlOfTheStepBeforeCounts();
    void callsCountInTheStepTheyBeganIn();
    void aGuardCanBeOff();
    void fewCallersAreSaid();
};

void TestGuards::aGoodRevisionPasses()
{
    Bench bench;
    bench.add(kBase, 1200);
    bench.add(kCanary, 600);
    const Verdict verdict = bench.verdict();
    QVERIFY2(verdict.verdict == CanaryVerdict::Pass, qPrintable(verdict.sentence));
    QCOMPARE(verdict.guards.size(), 6);
    for (const api::CanaryGuard& guard : verdict.guards) {
        QVERIFY(guard.verdict == CanaryVerdict::Pass);
        QVERIFY(!guard.sentence.isEmpty());
        QVERIFY(guard.canary.has_value() && guard.control.has_value());
        if (guard.low && guard.high)
            QVERIFY2(*guard.low <= *guard.rise && *guard.rise <= *guard.high, qPrintable(guard.name));
    }
    QVERIFY2(verdict.sentence.contains(QLatin1String("n = 600 canary and 1200 control calls")),
        qPrintable(verdict.sentence));
    QCOMPARE(bench.seen.arm(true).calls, 600);
    QCOMPARE(bench.seen.arm(true).callers, 60);
    QCOMPARE(bench.seen.arm(true).tenants, 40);
    QVERIFY(std::abs(*bench.seen.arm(true).firstTokenMedianMs - 350) < 10);
}

void TestGuards::failsOn_data()
{
    QTest::addColumn<QString>("guard");
    QTest::addColumn<int>("bad"); // of 100 canary calls, beside 400 of the control
    QTest::newRow("errors") << "errors" << 30;
    QTest::newRow("indeterminate calls") << "indeterminate" << 30;
    QTest::newRow("no provider can answer") << "unavailable" << 30;
    QTest::newRow("refusals") << "refusals" << 30;
    QTest::newRow("truncations") << "truncations" << 30;
    QTest::newRow("first token") << "first_token" << 100;
    QTest::newRow("first token of what is not streamed") << "whole" << 100;
    QTest::newRow("cost") << "cost" << 100;
    QTest::newRow("zone") << "zone" << 1;
}

void TestGuards::failsOn()
{
    QFETCH(QString, guard);
    QFETCH(int, bad);
    Bench bench;
    const bool whole = guard == QLatin1String("whole");
    const auto shape = [&](api::Call& call) {
        if (whole) {
            call.streamEnd = api::StreamEnd::NotStreamed;
            call.firstTokenUs = -1;
        }
    };
    bench.addWith(kBase, 400, shape);
    bench.addWith(kCanary, 100 - bad, shape);
    bench.addWith(kCanary, bad, [&](api::Call& call) {
        shape(call);
        if (guard == QLatin1String("errors")) {
            call.outcome = CallOutcome::Failed;
        } else if (guard == QLatin1String("indeterminate")) {
            call.outcome = CallOutcome::Indeterminate;
        } else if (guard == QLatin1String("unavailable")) {
            call.outcome = CallOutcome::Refused;
            call.error = api::ErrorCode::ProviderUnavailable;
        } else if (guard == QLatin1String("refusals")) {
            call.outcome = CallOutcome::Refused;
            call.error = api::ErrorCode::QuotaCaller;
        } else if (guard == QLatin1String("truncations")) {
            call.outcome = CallOutcome::Truncated;
        } else if (guard == QLatin1String("first_token")) {
            call.firstTokenUs *= 3;
        } else if (whole) {
            call.endUs *= 3;
        } else if (guard == QLatin1String("cost")) {
            call.cost = api::Money::fromNano(call.cost->nano() * 3);
        } else {
            call.zone = QStringLiteral("left");
        }
    });
    const Verdict verdict = bench.verdict();
    QVERIFY2(verdict.verdict == CanaryVerdict::Fail, qPrintable(verdict.sentence));
    QStringList failed;
    for (const api::CanaryGuard& each : verdict.guards) {
        if (each.verdict == CanaryVerdict::Fail)
            failed.append(each.name);
    }
    const QString expected = guard == QLatin1String("indeterminate") || guard == QLatin1String("unavailable")
                                 ? QStringLiteral("errors")
                             : whole ? QStringLiteral("first_token")
                                     : guard;
    QCOMPARE(failed, QStringList{expected});
    QVERIFY(verdict.sentence.startsWith(QLatin1String("Fails on ")));
}

// No cost is known, no first token, too few calls for a pass: it fails all the same.
void TestGuards::failsAlthoughTheOthersKnowNothing()
{
    Bench bench;
    bench.policy.leastCalls = 100'000;
    const auto blind = [](api::Call& call) {
        call.cost.reset();
        call.firstTokenUs = -1;
    };
    bench.addWith(kBase, 300, blind);
    bench.addWith(kCanary, 30, [&](api::Call& call) {
        blind(call);
        call.outcome = CallOutcome::Failed;
    });
    QVERIFY(bench.verdict().verdict == CanaryVerdict::Fail);
    QVERIFY(bench.guard("cost").verdict == CanaryVerdict::InsufficientData);
    QVERIFY(!bench.guard("cost").canary.has_value());
}

void TestGuards::failsWithOneCallerAndNoControl()
{
    Bench bench(api::StickyBy::Tenant);
    bench.addWith(kCanary, 60, [](api::Call& call) {
        call.tenant = QStringLiteral("only");
        call.outcome = CallOutcome::Failed;
    });
    const Verdict verdict = bench.verdict();
    QVERIFY2(verdict.verdict == CanaryVerdict::Fail, qPrintable(verdict.sentence));
    QVERIFY2(verdict.sentence.contains(QLatin1String("no control")), qPrintable(verdict.sentence));
}

void TestGuards::tooFewCallsNeverPass()
{
    Bench bench;
    bench.add(kBase, 5000);
    bench.add(kCanary, 40);
    Verdict verdict = bench.verdict();
    QVERIFY2(verdict.verdict == CanaryVerdict::InsufficientData, qPrintable(verdict.sentence));
    QVERIFY2(verdict.sentence.contains(QLatin1String("n = 40 canary and 5000 control")), qPrintable(verdict.sentence));
    // enough for every guard, and still fewer than asked for
    bench.add(kCanary, 600);
    bench.policy.leastCalls = 1000;
    verdict = bench.verdict();
    QVERIFY(verdict.verdict == CanaryVerdict::InsufficientData);
    QVERIFY2(verdict.sentence.contains(QLatin1String("1000 canary calls are asked for")), qPrintable(verdict.sentence));
    QVERIFY(Bench().verdict().verdict == CanaryVerdict::InsufficientData);
}

void TestGuards::withoutControlNothingPasses()
{
    Bench bench;
    bench.add(kCanary, 3000);
    const Verdict verdict = bench.verdict();
    QVERIFY2(verdict.verdict == CanaryVerdict::InsufficientData, qPrintable(verdict.sentence));
}

void TestGuards::unknownIsNoValue()
{
    Bench bench;
    bench.add(kBase, 1200);
    bench.addWith(kCanary, 600, [](api::Call& call) { call.cost.reset(); });
    const api::CanaryGuard cost = bench.guard("cost");
    QVERIFY(cost.verdict == CanaryVerdict::InsufficientData);
    QVERIFY(!cost.canary && !cost.rise && !cost.low);
    QCOMPARE(cost.unknown, 600);
    QCOMPARE(cost.canaryCalls, 0);
    QVERIFY(bench.verdict().verdict == CanaryVerdict::InsufficientData);
    // half known is not enough to pass either, though what is known looks good
    bench.add(kCanary, 900);
    QVERIFY(bench.guard("cost").verdict == CanaryVerdict::InsufficientData);
    QVERIFY2(bench.guard("cost").sentence.contains(QLatin1String("too many to pass")),
        qPrintable(bench.guard("cost").sentence));
    // an attempt of which nobody knows what it cost makes its call's cost unknown
    Bench other;
    other.addWith(kCanary, 10, [](api::Call& call) {
        api::Attempt attempt;
        attempt.costKnown = false;
        call.attempts.append(attempt);
    });
    QCOMPARE(other.seen.arm(true).costUnknown, 10);
    QVERIFY(!other.seen.arm(true).meanCost);
}

void TestGuards::unknownCostsHideNoFailure()
{
    Bench bench;
    bench.add(kBase, 800);
    bench.addWith(kCanary, 400, [](api::Call& call) { call.cost.reset(); });
    bench.addWith(kCanary, 200, [](api::Call& call) { call.cost = api::Money::fromNano(9'000'000); });
    QVERIFY(bench.guard("cost").verdict == CanaryVerdict::Fail);
    QVERIFY(bench.verdict().verdict == CanaryVerdict::Fail);
}

void TestGuards::oneDearCallIsNoDearRevision()
{
    Bench bench;
    bench.add(kBase, 600);
    bench.add(kCanary, 300);
    bench.addWith(kCanary, 1, [](api::Call& call) { call.cost = api::Money::fromNano(50'000'000'000); });
    bench.add(kCanary, 300);
    QVERIFY2(bench.guard("cost").verdict != CanaryVerdict::Fail, qPrintable(bench.guard("cost").sentence));
}

void TestGuards::whoIsExcludedCountsNowhere()
{
    Bench bench(api::StickyBy::Tenant, {QStringLiteral("out")});
    const auto out = [](api::Call& call) {
        call.tenant = QStringLiteral("out");
        call.outcome = CallOutcome::Failed;
    };
    bench.addWith(kBase, 50, out);
    bench.addWith(kCanary, 50, out);
    bench.add(kBase + 20, 50);
    QCOMPARE(bench.seen.arm(false).calls, 0);
    QCOMPARE(bench.seen.arm(true).calls, 0);
}

void TestGuards::whatBeganBeforeCountsNowhere()
{
    Bench bench;
    api::Call early = bench.answered(kBase);
    early.startedAt = QDateTime::fromMSecsSinceEpoch(kStart - 5000, Qt::UTC);
    bench.seen.add(early);
    QCOMPARE(bench.seen.arm(false).calls, 0);
}

void TestGuards::atAllPercentTheControlOfTheStepBeforeCounts()
{
    Bench bench;
    bench.add(kBase, 400);
    bench.add(kCanary, 100);
    bench.now += 1000;
    bench.seen.beginStep(100, bench.now);
    bench.add(kCanary, 60, CallOutcome::Failed); // it does not bear everybody
    QCOMPARE(bench.seen.compared().size(), std::size_t(1));
    QCOMPARE(bench.seen.filed(0, true), 100);
    QCOMPARE(bench.seen.filed(1, true), 60);
    QVERIFY(bench.verdict().verdict == CanaryVerdict::Fail);
}

void TestGuards::callsCountInTheStepTheyBeganIn()
{
    Bench bench;
    bench.add(kBase, 10);
    api::Call slow = bench.answered(kCanary); // began in the first step, is filed in the second
    bench.now += 1000;
    bench.seen.beginStep(50, bench.now);
    bench.add(kBase, 5);
    bench.seen.add(slow);
    QCOMPARE(bench.seen.compared().size(), std::size_t(2));
    QCOMPARE(bench.seen.compared()[0].canary.calls, 1);
    QCOMPARE(bench.seen.compared()[1].canary.calls, 0);
    QCOMPARE(bench.seen.compared()[1].control.calls, 5);
}

void TestGuards::aGuardCanBeOff()
{
    Bench bench;
    bench.policy.costRise = std::numeric_limits<double>::infinity();
    bench.add(kBase, 1200);
    bench.addWith(kCanary, 600, [](api::Call& call) { call.cost = api::Money::fromNano(900'000'000); });
    const api::CanaryGuard cost = bench.guard("cost");
    QVERIFY(cost.verdict == CanaryVerdict::Pass);
    QVERIFY(!cost.tolerated);
    QVERIFY2(cost.sentence.contains(QLatin1String("off by the config")), qPrintable(cost.sentence));
    QVERIFY(bench.verdict().verdict == CanaryVerdict::Pass);
}

void TestGuards::fewCallersAreSaid()
{
    Bench bench(api::StickyBy::Tenant);
    const auto one = [](api::Call& call) { call.tenant = QStringLiteral("one"); };
    bench.add(kBase, 1200);
    bench.addWith(kCanary, 600, one);
    const QString sentence = bench.verdict().sentence;
    QVERIFY2(sentence.contains(QLatin1String("1 tenants in the canary, 40 in the control")), qPrintable(sentence));
    QVERIFY2(sentence.contains(QLatin1String("sticky by credential")), qPrintable(sentence));
}

QTEST_GUILESS_MAIN(TestGuards)
#include "tst_guards.moc"
