// Every value of the admin contract survives its JSON: value -> JSON -> text -> JSON -> value -> JSON, with every
// member set to something that is not its default, so that a forgotten member shows. Wrong types are errors, not
// defaults.
#include "api/canary.h"
#include "api/config_change.h"
#include "api/config_facts.h"
#include "api/content.h"
#include "api/engine_status.h"
#include "api/export_status.h"
#include "api/gateway_client.h"
#include "api/local_engine.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace gateway::api;

namespace {

const QDateTime kTime = QDateTime::fromMSecsSinceEpoch(1'795'305'600'123, Qt::UTC);

QString text(const char* latin1)
{
    return QString::fromLatin1(latin1);
}

QJsonObject overTheWire(const QJsonObject& json)
{
    return QJsonDocument::fromJson(QJsonDocument(json).toJson(QJsonDocument::Compact)).object();
}

// No member left at null, empty or zero: the sample is whole, so the comparison means something.
QStringList emptyMembers(const QJsonObject& json)
{
    QStringList empty;
    for (auto member = json.begin(); member != json.end(); ++member) {
        const QJsonValue value = member.value();
        if (value.isNull() || (value.isString() && value.toString().isEmpty()) ||
            (value.isArray() && value.toArray().isEmpty()) || (value.isObject() && value.toObject().isEmpty()) ||
            (value.isDouble() && value.toDouble() == 0) || (value.isBool() && !value.toBool()))
            empty.append(member.key());
    }
    return empty;
}

template <typename T>
void verifyRoundTrip(const T& value, Result<T> (*fromJson)(const QJsonObject&))
{
    const QJsonObject json = toJson(value);
    QCOMPARE(emptyMembers(json), QStringList());
    const Result<T> back = fromJson(overTheWire(json));
    QVERIFY2(back.ok(), back.ok() ? "" : qPrintable(back.error().message));
    QCOMPARE(toJson(*back), json);
}

Tokens sampleTokens()
{
    Tokens tokens;
    qint64 next = 1;
    for (auto member : {&Tokens::inUncached, &Tokens::inCacheRead, &Tokens::inCacheWrite5m, &Tokens::inCacheWrite30m,
             &Tokens::inCacheWrite1h, &Tokens::inCacheWrite12h, &Tokens::inAudio, &Tokens::inImage, &Tokens::toolPrompt,
             &Tokens::outText, &Tokens::outReasoning, &Tokens::outAudio, &Tokens::predictionAccepted,
             &Tokens::predictionRejected})
        tokens.*member = next++;
    tokens.source = TokenSource::Estimated;
    return tokens;
}

CanaryStatus sampleCanary()
{
    CanaryStatus status;
    status.id = text("cny_1");
    status.phase = CanaryPhase::RolledBack;
    status.plan = {text("drf_1"), StickyBy::Credential, {text("acme")}, {5, 100}, 600, 100, true};
    status.baseRevision = 7;
    status.revision = 8;
    status.percent = 5;
    status.steps = {{5, kTime, kTime.addSecs(60), 190, 10, CanaryVerdict::Fail}};
    status.stepUntil = kTime.addSecs(600);
    status.control = {7, 190, 180, 1, 2, 3, 4, 20, 5, 310.5, Money::fromNano(5), 6, 7};
    status.canary = {8, 10, 9, 1, 2, 3, 4, 2, 1, 610.5, Money::fromNano(9), 8, 9};
    status.guards = {{text("errors"), CanaryVerdict::Pass, text("One."), text("share"), 0.01, 0.3, 0.29, 0.1, 0.5, 0.02,
        190, 10, 1}};
    status.verdict = CanaryVerdict::Fail;
    status.sentence = text("Fails on errors.");
    status.falseRollback = 0.05;
    status.falsePass = 0.05;
    status.startedBy = text("ann");
    status.reason = text("cheaper");
    status.startedAt = kTime;
    status.endedAt = kTime.addSecs(90);
    status.endedBy = text("signalbox");
    status.endReason = text("a guard failed");
    status.entries = {{kTime, text("ann"), text("start"), text("cheaper")}};
    status.asOf = kTime.addSecs(91);
    return status;
}

Attempt sampleAttempt()
{
    Attempt attempt;
    attempt.number = 2;
    attempt.provider = text("openai-eu");
    attempt.model = text("gpt-1");
    attempt.region = text("eu-west-1");
    attempt.result = AttemptResult::Cancelled;
    attempt.httpStatus = 529;
    attempt.error = ErrorCode::ProviderOverloaded;
    attempt.reason = text("The provider says it is overloaded.");
    attempt.upstreamRequestId = text("up-1");
    attempt.modelReported = text("gpt-1-x");
    attempt.finishReason = text("stop");
    attempt.streamEnd = StreamEnd::Stalled;
    attempt.connectionReused = true;
    attempt.startUs = 11;
    attempt.connectedUs = 222;
    attempt.sentUs = 3'333;
    attempt.firstByteUs = 44'444;
    attempt.firstTokenUs = 555'555;
    attempt.endUs = 6'666'666;
    attempt.longestGapUs = 7;
    attempt.fallbackKind = text("other-provider");
    attempt.costEstimated = Money::fromNano(123'456);
    attempt.bytesSent = 8;
    attempt.bytesReceived = (qint64(1) << 53) - 1;
    attempt.tokens = sampleTokens();
    attempt.cost = Money::fromDecimal(u"0.000000001");
    return attempt;
}

Call sampleCall()
{
    Call call;
    int number = 0;
    for (auto member : {&Call::id, &Call::tenant, &Call::feature, &Call::agent, &Call::user, &Call::credential,
             &Call::surface, &Call::alias, &Call::workloadClass, &Call::zone, &Call::errorDetail, &Call::servedBy,
             &Call::fallbackKind, &Call::cache, &Call::priceBook, &Call::finishReason})
        call.*member = QStringLiteral("text \u00fc %1").arg(++number);
    call.startedAt = kTime;
    call.revision = 3;
    call.outcome = CallOutcome::Truncated;
    call.error = ErrorCode::StreamTruncated;
    call.httpStatus = 502;
    call.degraded = true;
    call.tokens = sampleTokens();
    call.featureProved = true;
    call.costEstimated = Money::fromDecimal(u"9223372036.854775807");
    call.cost = Money::fromDecimal(u"0.05");
    call.streamEnd = StreamEnd::Truncated;
    qint64 us = 1001;
    for (auto member :
        {&Call::receivedUs, &Call::authenticatedUs, &Call::routedUs, &Call::firstByteUs, &Call::firstTokenUs,
            &Call::endUs, &Call::commitUs, &Call::overheadUs, &Call::requestBytes, &Call::responseBytes})
        call.*member = us += 777;
    call.attempts = {sampleAttempt()};
    call.decision = {{text("why"), text("cheapest")}};
    return call;
}

BreakerStatus sampleBreaker()
{
    return {
        text("p/m@r"), text("half-open"), true, text("Because."), kTime, kTime.addSecs(1), kTime.addSecs(2), 20, 12};
}

ProviderGateStatus sampleGate()
{
    return {text("p"), 450, 180'000, 449, -1, 3, 2, kTime};
}

Money usd(QStringView decimal)
{
    return Money::fromDecimal(decimal).value();
}

} // namespace

class TestCodecs : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void calls();
    void callDefaults();
    void microsecondsSurvive();
    void everyEnumerationSurvives();
    void statusValues();
    void configValues();
    void configChanges();
    void budgetValues();
    void capabilityValues();
    void exportValues();
    void quotaValues();
    void routeValues();
    void leverValues();
    void forecasts();
    void series();
    void auditAndOperations();
    void incidents();
    void content();
    void queries();
    void wrongTypesAreErrors();
    void failuresAndStatusesAgree();
};

void TestCodecs::calls()
{
    verifyRoundTrip(sampleAttempt(), &attemptFromJson);
    verifyRoundTrip(sampleCall(), &callFromJson);
    QCOMPARE(tokensFromJson(overTheWire(toJson(sampleTokens()))), sampleTokens());
    QCOMPARE(toJson(sampleTokens()).value(text("input")).toInteger(), sampleTokens().input());
}

void TestCodecs::callDefaults()
{
    Call call;
    call.id = text("req_1");
    call.startedAt = kTime;
    const Result<Call> back = callFromJson(overTheWire(toJson(call)));
    QVERIFY(back.ok());
    QCOMPARE(back->commitUs, -1);
    QCOMPARE(back->overheadUs, -1);
    QVERIFY(!back->cost);
    QCOMPARE(back->httpStatus, 0);
    QVERIFY(toJson(call).value(text("cost_usd")).isNull());
    QVERIFY(!callFromJson({}).ok());
}

void TestCodecs::microsecondsSurvive()
{
    for (const qint64 us :
        {qint64(0), qint64(1), qint64(999), qint64(1001), qint64(86'400'000'001), qint64(4'503'599'627'371)}) {
        Call call;
        call.id = text("x");
        call.startedAt = kTime;
        call.endUs = us;
        QCOMPARE(callFromJson(overTheWire(toJson(call)))->endUs, us);
    }
}

void TestCodecs::everyEnumerationSurvives()
{
    Call call = sampleCall();
    for (int i = 0; i <= int(CallOutcome::Indeterminate); ++i) {
        call.outcome = CallOutcome(i);
        QCOMPARE(callFromJson(toJson(call))->outcome, call.outcome);
    }
    for (const ErrorCodeFacts& row : errorCodes()) {
        call.error = row.code;
        QCOMPARE(callFromJson(toJson(call))->error, row.code);
        QCOMPARE(&facts(row.code), &row); // the table is in the order of the enumeration
    }
    for (int i = 0; i <= int(AttemptResult::Cancelled); ++i) {
        call.attempts[0].result = AttemptResult(i);
        QCOMPARE(callFromJson(toJson(call))->attempts[0].result, AttemptResult(i));
    }
    for (int i = 0; i <= int(StreamEnd::Refused); ++i) {
        call.streamEnd = StreamEnd(i);
        QCOMPARE(callFromJson(toJson(call))->streamEnd, StreamEnd(i));
    }
    for (int i = 0; i <= int(Health::Paused); ++i)
        QCOMPARE(healthFromName(nameOf(Health(i))), Health(i));
    QJsonObject json = toJson(call);
    json.insert(text("outcome"), text("great"));
    QVERIFY(!callFromJson(json).ok());
}

void TestCodecs::statusValues()
{
    EngineStatus status;
    status.version = text("0.1.0");
    status.pid = 1;
    status.startedAt = kTime;
    status.asOf = kTime.addSecs(1);
    status.revision = 2;
    status.gatewayUrl = text("http://127.0.0.1:4180");
    status.adminUrl = text("http://127.0.0.1:4181");
    status.dataDirectory = text("/data");
    status.configFile = text("/etc/signalbox.yaml");
    status.ready = status.draining = status.demo = true;
    status.workers = 4;
    status.callsInFlight = 5;
    status.callsTotal = 6;
    status.callsFailed = 7;
    status.storeQueue = 8;
    status.engineId = text("eng_1");
    status.name = text("gw-eu-1");
    status.environment = text("prod");
    status.apiMajor = 1;
    status.apiMinor = 2;
    status.features = {text("status")};
    status.nextPin = QString(64, u'b');
    CertificateFacts certificate;
    certificate.sha256 = QString(64, u'a');
    certificate.subject = certificate.issuer = text("CN=gw");
    certificate.names = {text("gw.example")};
    certificate.notBefore = kTime;
    certificate.notAfter = kTime.addDays(1);
    certificate.selfSigned = true;
    status.certificate = certificate;
    status.residentBytes = 9;
    status.cpuPercent = 1.25;
    status.openFiles = 10;
    status.eventSequence = 1'795'305'600'000'123;
    status.parts = {Part{text("store"), Health::Degraded, text("Spilling.")}};
    verifyRoundTrip(status, &engineStatusFromJson);

    ProviderStatus provider;
    provider.name = text("p");
    provider.kind = text("openai");
    provider.region = text("r");
    provider.baseUrl = text("https://x");
    provider.retention = text("zero");
    provider.keyReference = text("env:K");
    provider.models = QStringList{text("m1"), text("m2")};
    provider.aliases = QStringList{text("a")};
    provider.health = Health::Down;
    provider.why = text("Because.");
    provider.attempts5m = 1;
    provider.failures5m = 2;
    provider.firstTokenP50Ms = 1.5;
    provider.firstTokenP95Ms = 2.5;
    provider.totalP95Ms = 3.5;
    provider.tokensPerSecond = 4.5;
    provider.share = 0.5;
    provider.lastSuccess = kTime;
    provider.lastFailure = kTime.addMSecs(1);
    provider.connectionsOpen = 3;
    provider.breakers = {sampleBreaker()};
    provider.drained = true;
    provider.leverId = text("lev_1");
    provider.drainEnds = kTime.addSecs(60);
    provider.stagePercent = 10;
    provider.gate = sampleGate();
    verifyRoundTrip(provider, &providerStatusFromJson);
    verifyRoundTrip(AliasStatus{text("a"), text("p"), text("o"), {text("c")}, {RouteCandidate{text("c"), 80, 20, 0.75}},
                        {RouteStep{text("cached"), text("c")}}, text("serve"), Money::fromDecimal(u"0.05"),
                        {LatencyBudget{text("batch"), 600'000}}},
        &aliasStatusFromJson);

    CredentialInfo credential{
        text("c1"), text("acme"), {text("*")}, {text("f")}, kTime, kTime.addDays(1), kTime.addDays(2), text("n")};
    verifyRoundTrip(credential, &credentialInfoFromJson);
    CredentialRequest request{text("acme"), {text("a")}, {text("f")}, kTime, text("n")};
    verifyRoundTrip(request, &credentialRequestFromJson);
    RuntimeFacts runtime{1, text("0.1.0"), kTime, text("http://a"), text("http://b"), QString(64, u'a')};
    verifyRoundTrip(runtime, &runtimeFactsFromJson);
}

void TestCodecs::configValues()
{
    const TenantStatus tenant{
        text("acme"), text("eu"), {text("r")}, text("zero"), text("MSA-17"), text("eu"), 1, 2, 3, 4};
    verifyRoundTrip(tenant, &tenantStatusFromJson);
    const ConfigProblem problem{text("f"), 1, 2, text("a.b"), text("Wrong."), text("Do this.")};
    verifyRoundTrip(problem, &configProblemFromJson);
    ConfigFacts facts;
    facts.revision = 1;
    facts.contentHash = text("aa");
    facts.sourceFile = text("f");
    facts.demo = facts.gatewayTls = facts.adminTls = true;
    facts.gatewayAddress = text("127.0.0.1:1");
    facts.adminAddress = text("127.0.0.1:2");
    facts.acknowledge = text("committed");
    facts.whenUnavailable = text("spill");
    facts.retentionHours = 9600;
    facts.zones = 1;
    facts.providers = 2;
    facts.aliases = 3;
    facts.tenants = 4;
    facts.warnings = QStringList{text("w")};
    facts.problems = {problem};
    verifyRoundTrip(facts, &configFactsFromJson);
    verifyRoundTrip(ConfigCheck{true, {problem}, {text("w")}}, &configCheckFromJson);
}

void TestCodecs::budgetValues()
{
    BudgetStatus budget;
    budget.id = text("b1");
    budget.scope = {text("t"), text("f"), text("g"), text("a"), text("p")};
    budget.period = text("month");
    budget.timeZone = text("Europe/Berlin");
    budget.windowStart = kTime;
    budget.windowEnd = kTime.addDays(30);
    budget.limit = usd(u"600.000000001");
    budget.configuredLimit = usd(u"500");
    budget.settled = usd(u"412.5");
    budget.reserved = usd(u"1");
    budget.openReservations = 2;
    budget.calls = 3;
    budget.refusals = 4;
    budget.unpriced = 5;
    budget.overruns = 6;
    budget.softMarks = {80, 95};
    budget.softMark = 80;
    budget.atLimit = text("degrade");
    budget.estimate = text("learned");
    budget.raisedTo = budget.limit;
    budget.raiseEnds = kTime.addDays(1);
    budget.forecast = usd(u"700");
    budget.history = {{kTime, usd(u"1")}};
    verifyRoundTrip(budget, &budgetStatusFromJson);
    QCOMPARE(budget.left().toDecimal(), text("186.500000001"));
    budget.limit = usd(u"400");
    QCOMPARE(budget.left(), Money());
    QCOMPARE(*budget.usedPercent(), 103.375);
    budget.limit = {};
    QVERIFY(!budget.usedPercent());
    verifyRoundTrip(BudgetRaise{usd(u"1"), kTime, true}, &budgetRaiseFromJson);
    QVERIFY(!budgetRaiseFromJson({{text("limit_usd"), 600}}).ok());
    QVERIFY(!budgetRaiseFromJson({{text("limit_usd"), text("6e2")}}).ok());
    QCOMPARE(describe(Scope{}), text("the whole gateway"));
    QCOMPARE(describe(Scope{text("acme"), {}, {}, text("fast"), {}}), text("tenant acme, alias fast"));

    LedgerReport report;
    report.since = kTime;
    report.asOf = kTime.addSecs(1);
    report.reservations = {{text("a"), 3, usd(u"2"), usd(u"1"), 0.5, 0.75}};
    report.refusals = 1;
    report.refusalsThatFitted = 2;
    report.unpricedCalls = 3;
    report.overruns = 4;
    report.overspend = usd(u"0.1");
    report.proved = usd(u"5");
    report.claimed = usd(u"6");
    report.spend = {{text("t"), text("f"), 7, usd(u"5"), usd(u"6")}};
    report.findings = {{text("volume"), text("Much."), kTime}};
    verifyRoundTrip(report, &ledgerReportFromJson);
    const ReconciledLine line{text("p"), text("m"), text("2026-11"), usd(u"3"), usd(u"2"), usd(u"1"), 0.5, true,
        {{text("retries"), usd(u"1"), 2, text("Two.")}}};
    verifyRoundTrip(
        Reconciliation{text("fail"), text("It differs."), {line}, {{3, text("Bad.")}}}, &reconciliationFromJson);
}

void TestCodecs::capabilityValues()
{
    const FeatureCarriage tools{text("tools"),
        {{text("openai.chat"), text("yes")}, {text("anthropic"), text("yes")}, {text("gemini"), text("lossy")}}};
    const CandidateCapabilities one{text("p/m@r"), text("p"), text("anthropic"), text("m"), text("anthropic"),
        {text("anthropic")}, {text("fast")}, {tools}};
    verifyRoundTrip(one, &candidateCapabilitiesFromJson);
    QCOMPARE(carriageFor(one, tools, text("anthropic")), text("same"));
    QCOMPARE(carriageFor(one, tools, text("openai.chat")), text("carried"));
    QCOMPARE(carriageFor(one, tools, text("gemini")), text("lossy"));
    QCOMPARE(carriageFor(one, tools, text("openai.responses")), text("unknown")); // never a yes nobody gave
    QJsonObject wrong = toJson(one);
    wrong.insert(text("features"), QJsonArray{QJsonObject{{text("name"), text("tools")}, {text("from"), text("yes")}}});
    QVERIFY(!candidateCapabilitiesFromJson(wrong).ok());
}

void TestCodecs::exportValues()
{
    const ExportStatus status{text("pager"), text("webhook"), text("https://hooks.example"), text("failing"),
        text("It does not answer."), kTime, kTime.addSecs(1), text("connection refused"), 3, 2, 1};
    verifyRoundTrip(status, &exportStatusFromJson);
    verifyRoundTrip(ExportTest{text("pager"), true, 204, text("It took the delivery."), kTime}, &exportTestFromJson);
    QVERIFY(!exportStatusFromJson({{text("sent"), text("3")}}).ok());
    QVERIFY(!exportStatusFromJson({{text("last_success"), text("yesterday")}}).ok());
}

void TestCodecs::quotaValues()
{
    verifyRoundTrip(sampleGate(), &providerGateStatusFromJson);
    const QuotaStatus quota{{text("t"), text("f"), text("g"), text("a"), text("p")}, 1, 2, 3, 4, 5, -6, 7, 8, 9, 10};
    const QuotaReport report{{quota}, {sampleGate()}, {1, 2, 3, 4, 5.5}};
    verifyRoundTrip(report, &quotaReportFromJson);
    QCOMPARE(quotaReportFromJson(overTheWire(toJson(report)))->quotas[0].inputTokensLeft, std::optional<qint64>(-6));
    QVERIFY(toJson(QuotaReport{{QuotaStatus{}}, {}, {}})
                .value(text("quotas"))
                .toArray()[0]
                .toObject()
                .value(text("requests_left"))
                .isNull());
    verifyRoundTrip(sampleBreaker(), &breakerStatusFromJson);
    verifyRoundTrip(sampleCanary(), &canaryStatusFromJson);
    verifyRoundTrip(sampleCanary().plan, &canaryPlanFromJson);
    verifyRoundTrip(CanaryReport{sampleCanary(), {sampleCanary()}}, &canaryReportFromJson);
    verifyRoundTrip(Invariant{text("scope_subset"), text("broken"), text("One."), 2, 1, 0.5, 0.25, kTime,
                        kTime.addSecs(-1), text("req_1")},
        &invariantFromJson);
}

void TestCodecs::routeValues()
{
    RouteQuestion question;
    int number = 0;
    for (auto member : {&RouteQuestion::alias, &RouteQuestion::tenant, &RouteQuestion::feature, &RouteQuestion::agent,
             &RouteQuestion::credential, &RouteQuestion::workloadClass, &RouteQuestion::zone, &RouteQuestion::body})
        question.*member = QStringLiteral("text %1").arg(++number);
    question.inputBytes = 1;
    question.maxOutputTokens = 2;
    question.stream = question.tools = true;
    question.costCeiling = usd(u"0.05");
    question.latencyBudgetMs = 3;
    verifyRoundTrip(question, &routeQuestionFromJson);
    question.stream = false; // said, which is not the same as left out
    QCOMPARE(routeQuestionFromJson(overTheWire(toJson(question)))->stream, std::optional<bool>(false));

    RouteExplanation explanation;
    explanation.decision = {{text("alias"), text("fast")}};
    explanation.chosen = text("p/m@r");
    explanation.chain = {{text("primary"), text("p/m@r"), 2000, true, text("why")}};
    explanation.counterfactuals = {{text("zone"), text("p/m@r"), text("It would.")}};
    explanation.refusalCode = text("no_route_in_zone");
    explanation.sentence = text("So.");
    explanation.estimate = usd(u"0.001");
    verifyRoundTrip(explanation, &routeExplanationFromJson);
}

void TestCodecs::leverValues()
{
    for (int i = 0; i <= int(LeverKind::Drill); ++i)
        QCOMPARE(leverKindFromName(nameOf(LeverKind(i))), std::optional(LeverKind(i)));
    verifyRoundTrip(
        LeverRequest{LeverKind::Weight, text("p"), text("c"), text("a"), text("t"), 5, 10, text("open"), kTime, 60},
        &leverRequestFromJson);
    verifyRoundTrip(BreakerForce{text("c"), text("auto"), kTime, 60}, &breakerForceFromJson);
    LeverStatus lever;
    lever.id = text("lev_1");
    lever.kind = LeverKind::Drill;
    lever.provider = text("p");
    lever.candidate = text("c");
    lever.alias = text("a");
    lever.tenant = text("t");
    lever.weight = 7;
    lever.percent = 10;
    lever.breaker = text("open");
    lever.reason = text("r");
    lever.by = text("b");
    lever.setAt = kTime;
    lever.endsAt = kTime.addSecs(60);
    lever.endedAt = kTime.addSecs(30);
    lever.stagePercent = 1;
    lever.stageSince = kTime.addSecs(40);
    verifyRoundTrip(lever, &leverStatusFromJson);
    QVERIFY(lever.isFailingBack());
    QCOMPARE(describe(lever), text("drill: p fails for 10 % of a of t"));
    QVERIFY(!leverStatusFromJson({{text("kind"), text("stop")}}).ok());
    LeverPreview preview;
    preview.asOf = kTime;
    preview.endsAt = kTime.addSecs(60);
    preview.requestsPerMinute = 12.5;
    preview.requestsStaying = 1.5;
    preview.staysAt = text("p");
    preview.costPerHourDelta = usd(u"-0.25");
    preview.targets = {{text("a"), text("c"), text("moves"), text("because"), 12.5}};
    preview.withoutTarget = {{text("t"), text("z"), text("because"), 1.5}};
    verifyRoundTrip(preview, &leverPreviewFromJson);
    DrillCard card{text("lev_1"), text("p"), text("a"), text("t"), 10, kTime, kTime.addSecs(300), 40, 360,
        {{text("c"), text("smaller-model"), 39}}, 1, 12.5, -3.5, 820, text("pass")};
    verifyRoundTrip(card, &drillCardFromJson);
    const QStringList agreed{text("alias"), text("control_requests"), text("ended_at"), text("errors"), text("id"),
        text("latency_p50_delta_ms"), text("latency_p95_delta_ms"), text("percent"), text("provider"), text("requests"),
        text("restore_ms"), text("started_at"), text("steps"), text("tenant"), text("verdict")};
    QCOMPARE(toJson(card).keys(), agreed); // fallback/drill_card writes these
    verifyRoundTrip(ProbeResult{text("p"), true, text("Well."), kTime, 200, 1.5}, &probeResultFromJson);
}

void TestCodecs::forecasts()
{
    const QDateTime start = kTime;
    const QDateTime end = kTime.addDays(20);
    QVERIFY(!straightForecast(usd(u"10"), start, end, start.addSecs(23 * 3600)));
    QCOMPARE(straightForecast(usd(u"10"), start, end, start.addDays(1)), std::optional(usd(u"200")));
    QCOMPARE(straightForecast(usd(u"10"), start, end, end), std::optional(usd(u"10")));
    QCOMPARE(straightForecast(usd(u"10"), start, end, end.addDays(1)), std::optional(usd(u"10")));
    QVERIFY(!straightForecast(usd(u"9000000000"), start, end, start.addDays(1))); // more than money can hold
    QVERIFY(!straightForecast(usd(u"10"), start, start, start));
}

void TestCodecs::series()
{
    Series series;
    series.query = SeriesQuery{text("p"), text("a"), kTime, kTime.addSecs(60), 10};
    series.asOf = kTime;
    SeriesBucket bucket;
    bucket.start = kTime;
    bucket.attempts = 21;
    bucket.answered = 5;
    bucket.fallback = 2;
    bucket.failures = {1, 2, 3, 4, 5, 6};
    bucket.firstTokenP50Ms = 1.5;
    bucket.firstTokenP95Ms = 2.5;
    bucket.firstTokenP99Ms = 3.5;
    bucket.totalP95Ms = 4.5;
    series.buckets = {bucket, SeriesBucket{}};
    const Result<Series> back = seriesFromJson(overTheWire(toJson(series)));
    QVERIFY(back.ok());
    QCOMPARE(toJson(*back), toJson(series));
    QCOMPARE(back->buckets[0].failed(), 21);
    QVERIFY(!back->buckets[1].firstTokenP50Ms);
}

void TestCodecs::auditAndOperations()
{
    AuditEntry entry;
    entry.sequence = 7;
    entry.at = kTime;
    for (QString AuditEntry::*member : {&AuditEntry::principal, &AuditEntry::role, &AuditEntry::by, &AuditEntry::client,
             &AuditEntry::peer, &AuditEntry::action, &AuditEntry::object, &AuditEntry::reason, &AuditEntry::operation,
             &AuditEntry::outcome, &AuditEntry::message})
        entry.*member = text("a \"b\" \xfc");
    entry.revision = 3;
    entry.status = 409;
    entry.asked = entry.before = entry.after = {{text("a"), QJsonObject{{text("b"), 1}}}};
    verifyRoundTrip(entry, &auditEntryFromJson);
    verifyRoundTrip(AuditPage{{entry, entry}, 7, 900}, &auditPageFromJson);
    verifyRoundTrip(
        Operation{text("k"), Operation::State::Applied, 201, {{text("id"), text("x")}}, kTime}, &operationFromJson);
    for (const Operation::State state : {Operation::State::UnderWay, Operation::State::Applied,
             Operation::State::NotApplied, Operation::State::Unknown})
        QCOMPARE(operationFromJson({{text("state"), nameOf(state)}})->state, state);
    // what a newer engine may say, and what says nothing: neither is ever "applied" or "not applied"
    QCOMPARE(operationFromJson({{text("state"), text("half_applied")}})->state, Operation::State::Unknown);
    QVERIFY(!operationFromJson({}).ok());
    QVERIFY(!operationFromJson({{text("state"), 1}}).ok());

    AuditQuery query;
    query.since = kTime;
    query.until = kTime.addDays(1);
    query.principal = text("a&b=c %41+#\xfc");
    query.action = text("POST /api/v1/x{name}");
    query.object = text("o");
    query.outcome = text("void");
    query.before = 99;
    query.limit = 1000;
    const Result<AuditQuery> back = auditQueryFromQuery(QUrlQuery(toQuery(query).toString(QUrl::FullyEncoded)));
    QVERIFY2(back.ok(), back.ok() ? "" : qPrintable(back.error().message));
    QCOMPARE(toQuery(*back).toString(), toQuery(query).toString());
    QCOMPARE(back->principal, query.principal);
    for (const char* wrong : {"limit=0", "limit=1001", "before=x", "since=now", "outcome=great", "who=me"})
        QVERIFY2(!auditQueryFromQuery(QUrlQuery(text(wrong))).ok(), wrong);
}

void TestCodecs::incidents()
{
    Incident incident;
    incident.candidates = QStringList{text("p/m@r")};
    for (QString Incident::*member : {&Incident::id, &Incident::provider, &Incident::state, &Incident::severity,
             &Incident::title, &Incident::sentence, &Incident::owner, &Incident::acknowledgedBy})
        incident.*member = text("x");
    incident.openedAt = incident.lastSeenAt = kTime;
    incident.closedAt = incident.acknowledgedAt = kTime;
    incident.callsFailed = incident.callsRescued = incident.openings = incident.noteCount = 2;
    incident.notes = {{kTime, text("ops"), text("one")}, {kTime, text("ops"), text("two")}};
    verifyRoundTrip(incident, &incidentFromJson);
    verifyRoundTrip(Handover{text("inc_1"), kTime, {text("a"), text("b")}}, &handoverFromJson);
}

void TestCodecs::content()
{
    KeptContent kept;
    for (QString KeptContent::*member : {&KeptContent::call, &KeptContent::tenant, &KeptContent::encoding,
             &KeptContent::request, &KeptContent::answer, &KeptContent::grant})
        kept.*member = text("x");
    kept.keptAt = kept.expiresAt = kTime;
    kept.requestCut = kept.answerCut = true;
    verifyRoundTrip(kept, &keptContentFromJson);

    ContentGrant grant;
    for (QString ContentGrant::*member :
        {&ContentGrant::id, &ContentGrant::state, &ContentGrant::tenant, &ContentGrant::call, &ContentGrant::askedBy,
            &ContentGrant::reason, &ContentGrant::approvedBy, &ContentGrant::approvalReason, &ContentGrant::endedBy})
        grant.*member = text("x");
    grant.since = grant.until = grant.approvedAt = grant.expiresAt = grant.endedAt = grant.lastReadAt = kTime;
    grant.askedAt = kTime;
    grant.hours = 3;
    grant.reads = 4;
    verifyRoundTrip(grant, &contentGrantFromJson);
    verifyRoundTrip(ContentGrantRequest{text("acme"), text("c"), kTime, kTime, 5}, &contentGrantRequestFromJson);

    ContentStatus status;
    status.tenants = {{text("acme"), text("sampled"), 60, 5, 7, 8, kTime}};
    status.bytes = status.largestBytes = status.kept = status.dropped = status.purged = 9;
    status.lastPurge = kTime;
    status.sentence = text("x");
    verifyRoundTrip(status, &contentStatusFromJson);
    verifyRoundTrip(RecordRetention{48, true, kTime, kTime, kTime, 12, text("x")}, &recordRetentionFromJson);
}

void TestCodecs::queries()
{
    CallQuery calls;
    calls.since = kTime;
    calls.until = kTime.addDays(1);
    calls.tenant = text("a&b=c %41+#\xfc");
    calls.alias = text("fast");
    calls.provider = text("p");
    calls.outcome = CallOutcome::Failed;
    calls.before = text("MTIz==");
    calls.limit = 1000;
    const Result<CallQuery> back = callQueryFromQuery(QUrlQuery(toQuery(calls).toString(QUrl::FullyEncoded)));
    QVERIFY2(back.ok(), back.ok() ? "" : qPrintable(back.error().message));
    QCOMPARE(toQuery(*back).toString(), toQuery(calls).toString());
    QCOMPARE(back->tenant, calls.tenant);
    SeriesQuery series{text("p"), text("a"), kTime, kTime.addSecs(600), 30};
    const Result<SeriesQuery> seriesBack =
        seriesQueryFromQuery(QUrlQuery(toQuery(series).toString(QUrl::FullyEncoded)));
    QVERIFY(seriesBack.ok());
    QCOMPARE(seriesBack->from, series.from);
    QCOMPARE(seriesBack->stepSeconds, 30);
    series.stepSeconds = 1;
    series.to = kTime.addDays(30);
    QVERIFY(!seriesQueryFromQuery(toQuery(series)).ok());
}

void TestCodecs::wrongTypesAreErrors()
{
    const auto isRefused = [](QJsonObject json, const char* name, const QJsonValue& value) {
        json.insert(QLatin1String(name), value);
        const auto read = credentialRequestFromJson(json);
        return !read.ok() && read.error().message.contains(QLatin1String(name));
    };
    QVERIFY(isRefused({}, "tenant", 1));
    QVERIFY(isRefused({}, "aliases", text("a")));
    QVERIFY(isRefused({}, "aliases", QJsonArray{1}));
    QVERIFY(isRefused({}, "expires_at", text("tomorrow")));
    QVERIFY(isRefused({}, "note", true));
    QVERIFY(!engineStatusFromJson({{text("pid"), text("1")}}).ok());
    QVERIFY(!engineStatusFromJson({{text("ready"), 1}}).ok());
}

void TestCodecs::configChanges()
{
    const Finding finding{Finding::Severity::Warn, text("quota_above_providers"), text("signalbox.yaml"), 3, 5,
        text("quotas[0]"), text("It never binds."), text("Lower it.")};
    verifyRoundTrip(finding, &findingFromJson);
    QVERIFY(!findingFromJson({{text("severity"), text("grave")}}).ok());
    const Findings findings{text("ab12"), true, 1, 2, 3, {finding}};
    verifyRoundTrip(findings, &findingsFromJson);
    QVERIFY(Findings().isBlocked()); // what was never looked at does not pass
    const DiffSentence sentence{text("privacy"), text("tenant acme"), text("tenants[0].zone"), text("changed"),
        text("The zone allows more."), text("eu"), text("world"), 4, 5, 3, true};
    const DiffReport diff{text("revision 1"), text("draft d2"), text("aa"), text("bb"),
        {{text("acme"), text("eu"), 7, 0.5, {text("fast")}}}, true, {{text("privacy"), text("Privacy"), {sentence}}}, 2,
        3, true};
    verifyRoundTrip(diff, &diffReportFromJson);
    const ConfigReview review{text("anna"), kTime, true, text("ab12"), text("fine"), true, true};
    verifyRoundTrip(review, &configReviewFromJson);
    const CanaryResult canary{text("pass"), 25, 100, 900, text("It is no worse."), kTime};
    verifyRoundTrip(canary, &canaryResultFromJson);
    const MergeConflict conflict{1, 7, text("a"), text("b"), text("c")};
    verifyRoundTrip(MergeResult{text("text"), {conflict}}, &mergeResultFromJson);
    verifyRoundTrip(
        Draft{text("d2"), 3, true, 4, text("validated"), text("anna"), {text("anna"), text("ben")}, text("more"), kTime,
            kTime, text("ab12"), text("signalbox: 1"), 5, {review}, canary, findings, {conflict}},
        &draftFromJson);
    const Revision revision{5, text("ab12"), text("signalbox: 1"), text("emergency"), text("d2"), 4, text("anna"),
        {text("anna")}, text("ben"), text("carl"), text("because"), kTime, kTime, kTime, true, true, canary, kTime,
        review, true, text("dora"), text("errors"), kTime};
    verifyRoundTrip(revision, &revisionFromJson);
    const ConfigStanding standing{5, text("ab12"), text("store"), text("signalbox.yaml"), text("cd34"), text("changed"),
        text("It has changed."), {finding}, true, diff,
        {{text("server.admin"), text("127.0.0.1:0"), text("command-line"), text("--admin"), 2, true}}, text("dora"),
        text("errors"), kTime, 4, {5, 6}, {5}, true};
    verifyRoundTrip(standing, &configStandingFromJson);
    QVERIFY(!configStandingFromJson({{text("to_review"), text("5")}}).ok());
    verifyRoundTrip(DraftRequest{text("signalbox: 1"), 3, text("more")}, &draftRequestFromJson);
    verifyRoundTrip(
        DraftSave{3, text("signalbox: 1"), {{text("set"), text("a.b"), text("1")}}, text("more")}, &draftSaveFromJson);
    verifyRoundTrip(DiffSide{3, text("d2"), text("signalbox: 1"), true}, &diffSideFromJson);
    verifyRoundTrip(PromoteRequest{text("d2"), true}, &promoteRequestFromJson);
    verifyRoundTrip(Promotion{revision, 4, text("d1"), {text("careful")}}, &promotionFromJson);
    // texts are named so that the audit log knows them for what they are
    QVERIFY(toJson(revision).contains(text("yaml")) && !toJson(revision).contains(text("text")));
}

void TestCodecs::failuresAndStatusesAgree()
{
    for (int i = 0; i <= int(Failure::Internal); ++i) {
        const AdminReply reply = errorReply(failure(Failure(i), text("Message."), text("Hint.")));
        QCOMPARE(failureFromHttpStatus(reply.status), Failure(i));
        const QJsonObject error = reply.body.value(text("error")).toObject();
        QCOMPARE(error.value(text("failure")).toString(), nameOf(Failure(i)));
        QCOMPARE(error.value(text("message")).toString(), text("Message."));
    }
    QCOMPARE(failureFromHttpStatus(401), Failure::NotPermitted);
    QCOMPARE(failureFromHttpStatus(405), Failure::Invalid);
    QCOMPARE(failureFromHttpStatus(502), Failure::Internal);
}

QTEST_GUILESS_MAIN(TestCodecs)
#include "tst_codecs.moc"
