// The scorecard of a drill: who took part, what is compared, how long callers were without a success, and the verdict.
#include "fallback/drill_card.h"

#include <QTest>

using namespace gateway;
using namespace gateway::fallback;

namespace {

constexpr qint64 kNow = 1'795'305'600'000;
const QString kId = QStringLiteral("lev_drill");

Lever drill()
{
    Lever lever;
    lever.id = kId;
    lever.kind = LeverKind::Drill;
    lever.provider = QStringLiteral("openai");
    lever.tenant = QStringLiteral("acme");
    lever.percent = 50;
    lever.setAtMs = kNow;
    lever.endsAtMs = kNow + 600'000;
    return lever;
}

api::Call callOf(bool drilled, qint64 startMs, qint64 tookMs, const char* alias = "fast")
{
    api::Call call;
    call.startedAt = QDateTime::fromMSecsSinceEpoch(kNow + startMs, Qt::UTC);
    call.tenant = QStringLiteral("acme");
    call.alias = QLatin1String(alias);
    call.outcome = api::CallOutcome::Answered;
    call.endUs = tookMs * 1000;
    call.servedBy = drilled ? QStringLiteral("anthropic/haiku@eu") : QStringLiteral("openai/gpt@eu");
    if (drilled) {
        call.decision.insert(QStringLiteral("drill"), kId);
        call.fallbackKind = QStringLiteral("other-provider");
    }
    return call;
}

api::Call failed(qint64 startMs, api::ErrorCode code = api::ErrorCode::ChainExhausted)
{
    api::Call call = callOf(true, startMs, 10);
    call.outcome = api::CallOutcome::Failed;
    call.error = code;
    call.servedBy.clear();
    call.fallbackKind.clear();
    return call;
}

} // namespace

class TestDrillCard : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingHappened();
    void allServedElsewhere();
    void controlIsTheSameScopeAndTime();
    void latencyIsComparedWithinAnAlias();
    void streamsAreComparedByTheirFirstToken();
    void timeToRestore();
    void nothingReplacesTheProvider();
    void theCallersOwnFaultIsNoError();
    void fewCallsProveNothing();
    void stepsAreCounted();
};

void TestDrillCard::nothingHappened()
{
    DrillTally tally(drill());
    QCOMPARE(tally.card().verdict, QStringLiteral("running"));
    tally.end(kNow + 60'000);
    const api::DrillCard card = tally.card();
    QCOMPARE(card.verdict, QStringLiteral("insufficient_data"));
    QVERIFY(!card.restoreMs && !card.latencyP50DeltaMs && !card.latencyP95DeltaMs);
    QCOMPARE(card.endedAt->toMSecsSinceEpoch(), kNow + 60'000);
    QCOMPARE(card.startedAt.toMSecsSinceEpoch(), kNow);
    QVERIFY(tally.sentence().contains(QStringLiteral("No call took part")));
}

void TestDrillCard::allServedElsewhere()
{
    DrillTally tally(drill());
    for (int i = 0; i < 50; ++i) {
        tally.add(callOf(true, i * 1000, 300));
        tally.add(callOf(false, i * 1000, 200));
    }
    QCOMPARE(tally.card().verdict, QStringLiteral("running"));
    tally.end(kNow + 60'000);
    const api::DrillCard card = tally.card();
    QCOMPARE(card.id, kId);
    QCOMPARE(card.requests, 50);
    QCOMPARE(card.controlRequests, 50);
    QCOMPARE(card.errors, 0);
    QCOMPARE(card.restoreMs, std::optional<qint64>(0));
    QVERIFY(std::abs(*card.latencyP50DeltaMs - 100) < 10);
    QVERIFY(std::abs(*card.latencyP95DeltaMs - 100) < 10);
    QCOMPARE(card.verdict, QStringLiteral("pass"));
    QVERIFY(
        tally.sentence().startsWith(QStringLiteral("All 50 calls of the drill were served without openai; p95 was")));
    QVERIFY(tally.sentence().contains(QStringLiteral("longer")));
    QVERIFY(api::drillCardFromJson(api::toJson(card)).ok());
}

void TestDrillCard::controlIsTheSameScopeAndTime()
{
    DrillTally tally(drill());
    tally.add(callOf(false, -1, 10));       // before it
    api::Call other = callOf(false, 5, 10); // another tenant
    other.tenant = QStringLiteral("else");
    tally.add(other);
    api::Call another = callOf(false, 5, 10); // another drill's
    another.decision.insert(QStringLiteral("drill"), QStringLiteral("lev_other"));
    tally.add(another);
    tally.end(kNow + 1000);
    tally.add(callOf(false, 1001, 10)); // after it
    QCOMPARE(tally.card().controlRequests, 0);
    tally.add(callOf(false, 1000, 10));
    QCOMPARE(tally.card().controlRequests, 1);
    tally.add(callOf(true, 999, 60'000)); // began in it, ended after it
    QCOMPARE(tally.card().requests, 1);
}

void TestDrillCard::latencyIsComparedWithinAnAlias()
{
    DrillTally tally(drill());
    // the drilled calls happen to be mostly slow ones of another alias; within each alias they are 50 ms later
    for (int i = 0; i < 90; ++i) {
        tally.add(callOf(true, i, 5050, "slow"));
        tally.add(callOf(false, i, 200, "fast"));
    }
    for (int i = 0; i < 30; ++i) {
        tally.add(callOf(true, i, 250, "fast"));
        tally.add(callOf(false, i, 5000, "slow"));
    }
    tally.add(callOf(true, 1, 9000, "rare")); // nothing to compare it with
    const api::DrillCard card = tally.card();
    QVERIFY2(std::abs(*card.latencyP50DeltaMs - 50) < 60, qPrintable(QString::number(*card.latencyP50DeltaMs)));
    QVERIFY2(std::abs(*card.latencyP95DeltaMs - 50) < 60, qPrintable(QString::number(*card.latencyP95DeltaMs)));
}

void TestDrillCard::streamsAreComparedByTheirFirstToken()
{
    DrillTally tally(drill());
    for (int i = 0; i < 20; ++i) {
        for (const bool drilled : {true, false}) {
            api::Call call = callOf(drilled, i, drilled ? 1000 : 60'000);
            call.streamEnd = api::StreamEnd::Complete;
            call.firstTokenUs = drilled ? 400'000 : 300'000;
            tally.add(call);
        }
    }
    QVERIFY(std::abs(*tally.card().latencyP50DeltaMs - 100) < 10);
}

void TestDrillCard::timeToRestore()
{
    DrillTally tally(drill());
    tally.add(callOf(true, 0, 100));
    tally.add(failed(1000));
    tally.add(failed(2500));
    tally.add(callOf(true, 500, 300)); // told late; it was over before the trouble
    QVERIFY(!tally.card().restoreMs);
    tally.add(callOf(true, 3000, 500));
    QCOMPARE(tally.card().restoreMs, std::optional<qint64>(2500)); // 1,000 to 3,500
    tally.add(failed(10'000));
    tally.add(callOf(true, 10'100, 100));
    QCOMPARE(tally.card().restoreMs, std::optional<qint64>(2500)); // the longest
    for (int i = 0; i < 400; ++i)
        tally.add(callOf(true, 20'000 + i * 60'000, 100)); // quiet minutes are no outage
    QCOMPARE(tally.card().restoreMs, std::optional<qint64>(2500));
    tally.end(kNow + 600'000);
    QCOMPARE(tally.card().errors, 3);
    QCOMPARE(tally.card().verdict, QStringLiteral("pass")); // 3 of 405
    QVERIFY2(
        tally.sentence().contains(QStringLiteral("without an answer for 2.5 s at most")), qPrintable(tally.sentence()));
}

void TestDrillCard::nothingReplacesTheProvider()
{
    DrillTally tally(drill());
    for (int i = 0; i < 30; ++i)
        tally.add(failed(i * 1000));
    tally.end(kNow + 60'000);
    const api::DrillCard card = tally.card();
    QCOMPARE(card.errors, 30);
    QCOMPARE(card.verdict, QStringLiteral("fail"));
    QVERIFY(!card.restoreMs);
    QCOMPARE(card.steps.size(), 1);
    QCOMPARE(card.steps[0].fallbackKind, QStringLiteral("refuse"));
    QVERIFY(tally.sentence().contains(QStringLiteral("none was answered")));
    // served again, but too many had failed
    for (int i = 0; i < 100; ++i)
        tally.add(callOf(true, 40'000 + i, 10));
    QCOMPARE(tally.card().verdict, QStringLiteral("fail"));
}

void TestDrillCard::theCallersOwnFaultIsNoError()
{
    DrillTally tally(drill());
    for (int i = 0; i < 20; ++i)
        tally.add(callOf(true, i, 10));
    for (const auto code : {api::ErrorCode::BudgetHard, api::ErrorCode::QuotaCaller, api::ErrorCode::InvalidRequest,
             api::ErrorCode::ContextTooLong}) {
        api::Call call = failed(5, code);
        tally.add(call);
        call.outcome = api::CallOutcome::Refused;
        tally.add(call);
    }
    api::Call left = failed(5);
    left.outcome = api::CallOutcome::Cancelled;
    tally.add(left);
    QCOMPARE(tally.card().errors, 0);
    api::Call cut = callOf(true, 5, 10);
    cut.outcome = api::CallOutcome::Truncated;
    tally.add(cut);
    QCOMPARE(tally.card().errors, 1);
}

void TestDrillCard::fewCallsProveNothing()
{
    DrillTally tally(drill());
    for (int i = 0; i < DrillTally::kLeastRequests - 1; ++i)
        tally.add(callOf(true, i, 10));
    tally.end(kNow + 1000);
    QCOMPARE(tally.card().verdict, QStringLiteral("insufficient_data"));
    tally.add(callOf(true, 99, 10));
    QCOMPARE(tally.card().verdict, QStringLiteral("pass"));
}

void TestDrillCard::stepsAreCounted()
{
    DrillTally tally(drill());
    for (int i = 0; i < 3; ++i)
        tally.add(callOf(true, i, 10));
    api::Call cached = callOf(true, 4, 1);
    cached.fallbackKind = QStringLiteral("cached");
    cached.servedBy.clear();
    for (int i = 0; i < 5; ++i)
        tally.add(cached);
    tally.add(failed(5));
    const QVector<api::DrillStep> steps = tally.card().steps;
    QCOMPARE(steps.size(), 3);
    QCOMPARE(steps[0].fallbackKind, QStringLiteral("cached"));
    QCOMPARE(steps[0].requests, 5);
    QCOMPARE(steps[1].servedBy, QStringLiteral("anthropic/haiku@eu"));
    QCOMPARE(steps[1].requests, 3);
    QCOMPARE(steps[2].fallbackKind, QStringLiteral("refuse"));
}

QTEST_GUILESS_MAIN(TestDrillCard)
#include "tst_drill_card.moc"
