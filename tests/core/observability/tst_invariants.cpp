// The three classic bugs, fed as the records a broken gateway would write: each is caught; records of a sound one are
// not.
#include "observability/invariants.h"

#include "api/limit_facts.h"

#include <QJsonArray>
#include <QRandomGenerator>
#include <QTest>

using namespace gateway;
using namespace gateway::observability;

namespace {

api::Call refusal(api::ErrorCode code, const char* unit, const QString& limit, const QString& used,
    const QString& reserved, const QString& estimate)
{
    api::LimitFacts facts;
    facts.unit = QLatin1String(unit);
    facts.limit = limit;
    facts.used = used;
    facts.reserved = reserved;
    facts.estimate = estimate;
    api::Call call;
    call.id = QStringLiteral("req_refused");
    call.outcome = api::CallOutcome::Refused;
    call.error = code;
    call.decision.insert(QStringLiteral("limit"), api::toJson(facts));
    return call;
}

QJsonObject candidate(const char* provider, const char* verdict, const char* breaker = "", int failurePermille = -1)
{
    QJsonObject json{{QStringLiteral("provider"), QLatin1String(provider)},
        {QStringLiteral("model"), QStringLiteral("m")}, {QStringLiteral("verdict"), QLatin1String(verdict)}};
    if (*breaker)
        json.insert(QStringLiteral("breaker"), QLatin1String(breaker));
    if (failurePermille >= 0)
        json.insert(QStringLiteral("failure_permille"), failurePermille);
    return json;
}

api::Call served(const char* provider, const QJsonArray& candidates)
{
    api::Call call;
    call.id = QStringLiteral("req_") + QLatin1String(provider);
    call.outcome = api::CallOutcome::Answered;
    call.credential = QStringLiteral("c1");
    call.tenant = QStringLiteral("acme");
    call.alias = QStringLiteral("fast");
    call.startedAt = QDateTime::fromMSecsSinceEpoch(1'795'305'600'000, Qt::UTC);
    call.decision.insert(QStringLiteral("candidates"), candidates);
    api::Attempt attempt;
    attempt.provider = QLatin1String(provider);
    attempt.model = QStringLiteral("m");
    attempt.result = api::AttemptResult::Answered;
    call.attempts.append(attempt);
    return call;
}

std::optional<Invariants::Scope> scopes(const QString& credential)
{
    if (credential == QLatin1String("c1"))
        return Invariants::Scope{QStringLiteral("acme"), {QStringLiteral("fast")}, {}, 0, 0};
    if (credential == QLatin1String("all"))
        return Invariants::Scope{QStringLiteral("acme"), {QStringLiteral("*")}, {QStringLiteral("search")}, 0, 0};
    return std::nullopt;
}

struct Bench
{
    ManualClock clock;
    Invariants invariants{clock, &scopes};
    api::Invariant named(const char* name) const
    {
        for (const api::Invariant& invariant : invariants.list()) {
            if (invariant.name == QLatin1String(name))
                return invariant;
        }
        return {};
    }
};

} // namespace

class TestInvariants : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingToSayAtFirst();
    void refusalsAreRecomputed_data();
    void refusalsAreRecomputed();
    void aFalseRefusalIsCaught();
    void refusalsWithoutNumbersAreNotJudged();
    void choicesAreJudged_data();
    void choicesAreJudged();
    void aScorerThatSendsAllToADegradedOneIsCaught();
    void aScorerThatKeepsAnEyeOnItHolds();
    void onlyTheFirstAttemptCounts();
    void scopesAreChecked_data();
    void scopesAreChecked();
    void anOverGrantingCredentialIsCaught();
};

void TestInvariants::nothingToSayAtFirst()
{
    Bench bench;
    api::Call invalid;
    invalid.outcome = api::CallOutcome::Refused;
    invalid.error = api::ErrorCode::Unauthenticated;
    bench.invariants.add(invalid); // refused before anything: no case of any of them
    QCOMPARE(bench.invariants.list().size(), 3);
    for (const api::Invariant& invariant : bench.invariants.list()) {
        QCOMPARE(invariant.state, QStringLiteral("unknown"));
        QCOMPARE(invariant.checked, 0);
        QVERIFY(!invariant.lastViolation && invariant.example.isEmpty());
        QVERIFY(invariant.sentence.contains(QStringLiteral("to check")));
    }
}

void TestInvariants::refusalsAreRecomputed_data()
{
    QTest::addColumn<QString>("unit");
    QTest::addColumn<QStringList>("numbers"); // limit used reserved estimate
    QTest::addColumn<int>("expected");        // 0: right, 1: false, -1: cannot be told
    const auto row = [](const char* name, const char* unit, QStringList numbers, int expected) {
        QTest::newRow(name) << QString::fromLatin1(unit) << numbers << expected;
    };
    const auto n = [](const char* a, const char* b, const char* c, const char* d) {
        return QStringList{QLatin1String(a), QLatin1String(b), QLatin1String(c), QLatin1String(d)};
    };
    row("a request over", "requests", n("10", "9", "1", "1"), 0);
    row("exactly fits", "requests", n("10", "8", "1", "1"), 1);
    row("plenty", "output_tokens", n("100000", "10", "0", "4096"), 1);
    row("owed", "input_tokens", n("100", "5000", "0", "1"), 0);
    row("money, a nano over", "usd", n("0.5", "0.4", "0.05", "0.050000001"), 0);
    row("money, fits", "usd", n("0.5", "0.4", "0.05", "0.05"), 1);
    row("money, far below", "usd", n("500", "12.25", "0.1", "0.00167"), 1);
    row("overflowing", "input_tokens", n("9223372036854775807", "9223372036854775807", "0", "9223372036854775807"), 0);
    row("no estimate", "usd", n("500", "12", "0", ""), -1);
    row("garbage", "requests", n("ten", "1", "1", "1"), -1);
}

void TestInvariants::refusalsAreRecomputed()
{
    QFETCH(QString, unit);
    QFETCH(QStringList, numbers);
    QFETCH(int, expected);
    for (const auto code : {api::ErrorCode::BudgetHard, api::ErrorCode::QuotaCaller}) {
        const auto verdict =
            isFalseRefusal(refusal(code, unit.toLatin1().constData(), numbers[0], numbers[1], numbers[2], numbers[3]));
        QCOMPARE(verdict ? int(*verdict) : -1, expected);
    }
    api::Call other = refusal(api::ErrorCode::CostCeiling, "usd", numbers[0], numbers[1], numbers[2], numbers[3]);
    QVERIFY(!isFalseRefusal(other));
}

// The classic: the check compares with what is left after the call instead of before it.
void TestInvariants::aFalseRefusalIsCaught()
{
    QRandomGenerator random(4);
    for (const bool mutated : {false, true}) {
        Bench bench;
        int refused = 0;
        for (int i = 0; i < 5000; ++i) {
            const qint64 used = random.bounded(0, 1000);
            const qint64 reserved = random.bounded(0, 1000);
            const qint64 estimate = random.bounded(1, 500);
            const bool refuses = used + reserved + estimate * (mutated ? 2 : 1) > 2000;
            if (!refuses)
                continue;
            ++refused;
            bench.invariants.add(refusal(api::ErrorCode::QuotaCaller, "output_tokens", QStringLiteral("2000"),
                QString::number(used), QString::number(reserved), QString::number(estimate)));
        }
        const api::Invariant found = bench.named("false_refusal");
        QCOMPARE(found.checked, refused);
        QCOMPARE(found.state, mutated ? QStringLiteral("broken") : QStringLiteral("holds"));
        QCOMPARE(found.violations > 0, mutated);
        QCOMPARE(found.example, mutated ? QStringLiteral("req_refused") : QString());
        QCOMPARE(found.lastViolation.has_value(), mutated);
    }
}

void TestInvariants::refusalsWithoutNumbersAreNotJudged()
{
    Bench bench;
    api::Call call;
    call.outcome = api::CallOutcome::Refused;
    call.error = api::ErrorCode::BudgetHard; // a price nobody knows
    bench.invariants.add(call);
    const api::Invariant found = bench.named("false_refusal");
    QCOMPARE(found.state, QStringLiteral("unknown"));
    QVERIFY(found.sentence.contains(QStringLiteral("1 refusals say too little")));
}

void TestInvariants::choicesAreJudged_data()
{
    QTest::addColumn<QJsonArray>("candidates");
    QTest::addColumn<int>("expected"); // of a first attempt at "a"
    QTest::newRow("both well") << QJsonArray{candidate("a", "chosen"), candidate("b", "eligible")} << -1;
    QTest::newRow("open, the other well")
        << QJsonArray{candidate("a", "chosen", "open"), candidate("b", "eligible")} << 1;
    QTest::newRow("failing, the other well")
        << QJsonArray{candidate("a", "chosen", "", 501), candidate("b", "eligible", "", 100)} << 1;
    QTest::newRow("half failing") << QJsonArray{candidate("a", "chosen", "", 500), candidate("b", "eligible")} << -1;
    QTest::newRow("the other is worse") << QJsonArray{candidate("a", "chosen"), candidate("b", "rejected", "open")}
                                        << 0;
    QTest::newRow("nobody is well") << QJsonArray{candidate("a", "chosen", "", 900), candidate("b", "rejected", "open")}
                                    << -1;
    QTest::newRow("the other is not allowed")
        << QJsonArray{candidate("a", "chosen", "open"), candidate("b", "rejected")} << -1;
    QTest::newRow("a probe") << QJsonArray{candidate("a", "chosen", "half-open"), candidate("b", "eligible")} << -1;
    QTest::newRow("the other is on probation")
        << QJsonArray{candidate("a", "chosen", "", 900), candidate("b", "eligible", "half-open")} << -1;
}

void TestInvariants::choicesAreJudged()
{
    QFETCH(QJsonArray, candidates);
    QFETCH(int, expected);
    const auto verdict = wentToDegraded(served("a", candidates));
    QCOMPARE(verdict ? int(*verdict) : -1, expected);
}

void TestInvariants::aScorerThatSendsAllToADegradedOneIsCaught()
{
    Bench bench;
    const QJsonArray candidates{candidate("bad", "chosen", "", 950), candidate("good", "eligible")};
    for (int i = 0; i < 2; ++i)
        bench.invariants.add(served("bad", candidates));
    QCOMPARE(bench.named("degraded_share").state, QStringLiteral("holds")); // two are no share yet
    bench.invariants.add(served("bad", candidates));
    api::Invariant found = bench.named("degraded_share");
    QCOMPARE(found.state, QStringLiteral("broken"));
    QCOMPARE(found.value, std::optional(1.0));
    QCOMPARE(found.bound, std::optional(Invariants::kMostDegraded));
    QCOMPARE(found.example, QStringLiteral("req_bad"));
    QCOMPARE(found.violations, 3);
    for (int i = 0; i < Invariants::kRecent; ++i) // mended: it tells of now, the count of all
        bench.invariants.add(served("good", candidates));
    found = bench.named("degraded_share");
    QCOMPARE(found.state, QStringLiteral("holds"));
    QCOMPARE(found.value, std::optional(0.0));
    QCOMPARE(found.violations, 3);
    QCOMPARE(found.checked, 3 + Invariants::kRecent);
}

void TestInvariants::aScorerThatKeepsAnEyeOnItHolds()
{
    Bench bench;
    const QJsonArray candidates{candidate("bad", "eligible", "", 950), candidate("good", "chosen")};
    for (int i = 0; i < 1000; ++i)
        bench.invariants.add(served(i % 20 ? "good" : "bad", candidates)); // 5 %
    const api::Invariant found = bench.named("degraded_share");
    QCOMPARE(found.state, QStringLiteral("holds"));
    QVERIFY(std::abs(*found.value - 0.05) < 0.001);
}

void TestInvariants::onlyTheFirstAttemptCounts()
{
    const QJsonArray candidates{candidate("bad", "eligible", "", 950), candidate("good", "chosen")};
    api::Call call = served("bad", candidates);
    api::Attempt first = call.attempts.first();
    first.provider = QStringLiteral("good");
    first.result = api::AttemptResult::Failed;
    call.attempts.prepend(first);
    QCOMPARE(wentToDegraded(call), std::optional(false));       // the second one was the last resort
    call.attempts.first().result = api::AttemptResult::Skipped; // never sent
    QCOMPARE(wentToDegraded(call), std::optional(true));
    call.attempts.clear();
    QVERIFY(!wentToDegraded(call));
}

void TestInvariants::scopesAreChecked_data()
{
    QTest::addColumn<QString>("credential");
    QTest::addColumn<QString>("tenant");
    QTest::addColumn<QString>("alias");
    QTest::addColumn<QString>("feature");
    QTest::addColumn<bool>("out");
    const auto row = [](const char* name, const char* credential, const char* tenant, const char* alias,
                         const char* feature, bool out) {
        QTest::newRow(name) << QString::fromLatin1(credential) << QString::fromLatin1(tenant)
                            << QString::fromLatin1(alias) << QString::fromLatin1(feature) << out;
    };
    row("allowed", "c1", "acme", "fast", "", false);
    row("any feature", "c1", "acme", "fast", "chat", false);
    row("another tenant", "c1", "else", "fast", "", true);
    row("another alias", "c1", "acme", "slow", "", true);
    row("every alias", "all", "acme", "slow", "search", false);
    row("another feature", "all", "acme", "slow", "chat", true);
    row("unknown credential", "c9", "acme", "fast", "", true);
    row("none", "", "acme", "fast", "", true);
}

void TestInvariants::scopesAreChecked()
{
    QFETCH(QString, credential);
    QFETCH(QString, tenant);
    QFETCH(QString, alias);
    QFETCH(QString, feature);
    QFETCH(bool, out);
    api::Call call = served("a", {});
    call.credential = credential;
    call.tenant = tenant;
    call.alias = alias;
    call.feature = feature;
    QCOMPARE(isOutOfScope(call, &scopes), std::optional(out));
    call.attempts.clear(); // from a cache: just as well
    QCOMPARE(isOutOfScope(call, &scopes), std::optional(out));
    call.outcome = api::CallOutcome::Refused; // that is the right answer
    QVERIFY(!isOutOfScope(call, &scopes));
}

void TestInvariants::anOverGrantingCredentialIsCaught()
{
    Bench bench;
    for (int i = 0; i < 100; ++i)
        bench.invariants.add(served("a", {}));
    QCOMPARE(bench.named("scope_subset").state, QStringLiteral("holds"));
    QCOMPARE(bench.named("scope_subset").checked, 100);
    api::Call wrong = served("a", {});
    wrong.id = QStringLiteral("req_wrong");
    wrong.alias = QStringLiteral("faster"); // a prefix is not the alias
    bench.clock.advance(std::chrono::minutes(5));
    bench.invariants.add(wrong);
    const api::Invariant found = bench.named("scope_subset");
    QCOMPARE(found.state, QStringLiteral("broken"));
    QCOMPARE(found.violations, 1);
    QCOMPARE(found.example, QStringLiteral("req_wrong"));
    QCOMPARE(found.lastViolation, std::optional(QDateTime::fromMSecsSinceEpoch(bench.clock.wallMs(), Qt::UTC)));
    QVERIFY(api::invariantFromJson(api::toJson(found)).ok());

    const api::Call call = served("a", {});
    const qint64 started = call.startedAt.toMSecsSinceEpoch();
    for (const bool revoked : {true, false}) {
        const auto ending = [&](qint64 ms) {
            return [=](const QString&) {
                Invariants::Scope scope = *scopes(QStringLiteral("c1"));
                (revoked ? scope.revokedAtMs : scope.expiresAtMs) = ms;
                return std::optional(scope);
            };
        };
        QCOMPARE(isOutOfScope(call, ending(started + 10'000)), std::optional(false));
        QCOMPARE(isOutOfScope(call, ending(started - 500)), std::optional(false)); // workers learn of it in a second
        QCOMPARE(isOutOfScope(call, ending(started - 1500)), std::optional(true));
    }
}

QTEST_GUILESS_MAIN(TestInvariants)
#include "tst_invariants.moc"
