#include "story_control.h"

#include "story.h"
#include "story_capabilities.h"
#include "story_checks.h"
#include "story_config.h"
#include "story_governance.h"
#include "story_limits.h"

#include <QJsonArray>

namespace ui::testing {
namespace {

using namespace gateway::api;

Money usd(const char* decimal)
{
    return Money::fromDecimal(QString::fromLatin1(decimal)).value();
}

QDateTime utc(int month, int day, int hour = 0)
{
    return QDateTime(QDate(2026, month, day), QTime(hour, 0), Qt::UTC);
}

BudgetStatus budget(const char* id, Scope scope, const char* period, const char* zone, QDateTime start, QDateTime end,
    const char* limit, const char* settled, const char* reserved, const char* atLimit)
{
    BudgetStatus one;
    one.id = QString::fromLatin1(id);
    one.scope = std::move(scope);
    one.period = QString::fromLatin1(period);
    one.timeZone = QString::fromLatin1(zone);
    one.windowStart = std::move(start);
    one.windowEnd = std::move(end);
    one.limit = one.configuredLimit = usd(limit);
    one.settled = usd(settled);
    one.reserved = usd(reserved);
    one.openReservations = one.reserved.nano() > 0 ? 7 : 0;
    one.calls = one.settled.nano() / 2'500'000;
    one.softMarks = {80, 95};
    for (const int mark : one.softMarks) {
        if (one.usedPercent().value_or(0) >= mark)
            one.softMark = mark;
    }
    one.atLimit = QString::fromLatin1(atLimit);
    one.estimate = QStringLiteral("upper_bound");
    one.forecast = straightForecast(one.settled, one.windowStart, one.windowEnd, Story::now());
    return one;
}

Scope tenantOf(const char* name)
{
    Scope scope;
    scope.tenant = QString::fromLatin1(name);
    return scope;
}

BreakerStatus breaker(const QString& provider, const char* model, const QString& region, const char* state)
{
    BreakerStatus one;
    one.candidate = QStringLiteral("%1/%2@%3").arg(provider, QString::fromLatin1(model), region);
    one.state = QString::fromLatin1(state);
    one.attempts = 388;
    one.failures = one.state == QLatin1String("open") ? 225 : 1;
    return one;
}

template <typename T>
QJsonObject items(const QVector<T>& values)
{
    QJsonArray array;
    for (const T& value : values)
        array.append(toJson(value));
    return {{QStringLiteral("items"), array}};
}

QJsonObject candidate(const char* provider, const char* model, const char* region, const char* verdict,
    const char* code, const char* reason, double score)
{
    QJsonObject json{{QStringLiteral("provider"), QString::fromLatin1(provider)},
        {QStringLiteral("model"), QString::fromLatin1(model)}, {QStringLiteral("region"), QString::fromLatin1(region)},
        {QStringLiteral("verdict"), QString::fromLatin1(verdict)}, {QStringLiteral("code"), QString::fromLatin1(code)},
        {QStringLiteral("reason"), QString::fromLatin1(reason)}};
    if (score > 0)
        json.insert(QStringLiteral("score"), score);
    return json;
}

LeverPreview preview(const LeverRequest& request)
{
    LeverPreview told;
    told.asOf = Story::now();
    told.endsAt = Story::now().addSecs(request.durationSeconds.value_or(1800));
    const double share = request.percent.value_or(100) / 100.0;
    told.requestsPerMinute = 1054 * share;
    told.requestsStaying = 146 * share;
    told.staysAt = QStringLiteral("azure-eu");
    told.costPerHourDelta = usd("14.2");
    told.targets = {{QStringLiteral("fast-summariser"), QStringLiteral("openai-eu/gpt-6-luna-2026-09-01@westeurope"),
                        QStringLiteral("moves"), QStringLiteral("next by weight"), 612 * share},
        {QStringLiteral("contract-qa"), QStringLiteral("anthropic/claude-haiku-4-5@eu"), QStringLiteral("moves"),
            QStringLiteral("next in the chain"), 442 * share},
        {QStringLiteral("support-chat"), {}, QStringLiteral("refused"),
            QStringLiteral("no other candidate in its zone"), 146 * share}};
    told.withoutTarget = {{QStringLiteral("norrvik-care"), QStringLiteral("se-only"),
        QStringLiteral("its contract MSA-31 allows regions in Sweden and nothing else."), 146 * share}};
    return told;
}

DrillCard card()
{
    DrillCard told;
    told.id = QStringLiteral("lev_7");
    told.provider = QStringLiteral("mistral");
    told.alias = QStringLiteral("support-chat");
    told.percent = 10;
    told.startedAt = Story::now().addSecs(-2400);
    told.endedAt = told.startedAt.addSecs(900);
    told.requests = 212;
    told.controlRequests = 1908;
    told.steps = {{QStringLiteral("openai-eu/gpt-6-luna-2026-09-01@westeurope"), QStringLiteral("other-provider"), 204},
        {QStringLiteral("openai-eu/gpt-5.4-nano-2026-03-01@westeurope"), QStringLiteral("smaller-model"), 7},
        {QString(), QStringLiteral("refuse"), 1}};
    told.errors = 1;
    told.latencyP50DeltaMs = 118;
    told.latencyP95DeltaMs = 340;
    told.restoreMs = 1240;
    told.verdict = QStringLiteral("pass");
    return told;
}

} // namespace

QVector<BudgetStatus> storyBudgets()
{
    Scope nightly = tenantOf("acme");
    nightly.agent = QStringLiteral("nightly-etl");
    Scope tags;
    tags.feature = QStringLiteral("batch-tags");
    Scope azure;
    azure.provider = QStringLiteral("azure-eu");
    Scope assist;
    assist.alias = QStringLiteral("code-assist");
    QVector<BudgetStatus> all{
        budget(
            "b_acme", tenantOf("acme"), "month", "UTC", utc(11, 1), utc(12, 1), "12000", "8640.12", "18.4", "degrade"),
        budget(
            "b_nightly", nightly, "day", "Europe/Berlin", utc(11, 21, 23), utc(11, 22, 23), "40", "40", "0", "refuse"),
        budget("b_tags", tags, "week", "UTC", utc(11, 16), utc(11, 23), "520", "446.9", "2.11", "refuse"),
        budget("b_nord", tenantOf("nordbank"), "month", "Europe/Stockholm", utc(10, 31, 23), utc(11, 30, 23), "9000",
            "5204.77", "9.8", "refuse"),
        budget("b_azure", azure, "month", "UTC", utc(11, 1), utc(12, 1), "160000", "84011.35", "221.02", "warn"),
        budget("b_assist", assist, "month", "UTC", utc(11, 1), utc(12, 1), "40000", "19304.1", "61.37", "warn"),
    };
    all[1].refusals = 63;
    all[5].unpriced = 12;
    const double days[]{
        0.2, 0.5, 0.9, 1.3, 1.7, 2.1, 2.5, 2.65, 3.1, 3.5, 3.9, 4.3, 4.8, 5.1, 5.4, 5.7, 6.2, 6.8, 7.4, 8.0, 8.5};
    for (int day = 0; day < 21; ++day)
        all[0].history.append({utc(11, day + 2), Money::fromNano(qint64(days[day] * 1e12))});
    return all;
}

LedgerReport storyLedger()
{
    LedgerReport report;
    report.asOf = Story::now();
    report.since = Story::now().addDays(-1);
    report.reservations = {{QStringLiteral("fast-summariser"), 2'904'411, usd("14210.4"), usd("5826.2"), 0.41, 0.78},
        {QStringLiteral("contract-qa"), 911'020, usd("9911.02"), usd("4013.9"), 0.38, 0.71},
        {QStringLiteral("support-chat"), 593'669, usd("2741.66"), usd("1162.4"), 0.44, 0.83}};
    report.refusals = 63;
    report.refusalsThatFitted = 41;
    report.unpricedCalls = 12;
    report.proved = usd("10140.4");
    report.claimed = usd("862.1");
    report.spend = {{QStringLiteral("acme"), QStringLiteral("summaries"), 1'820'400, usd("3910"), usd("0")}};
    report.findings = {
        {QStringLiteral("share_shift"), QStringLiteral("research-agent claims 9 points more than last week."),
            Story::now().addDays(-1)},
        {QStringLiteral("first_seen"), QStringLiteral("First seen 18 Nov: credential ci-runner with batch-tags."),
            utc(11, 18)}};
    return report;
}

QVector<LeverStatus> storyLevers()
{
    LeverStatus drain;
    drain.id = QStringLiteral("lev_9");
    drain.kind = LeverKind::Drain;
    drain.provider = QStringLiteral("groq-eu");
    drain.reason = QStringLiteral("provider notice: maintenance until 05:30 UTC");
    drain.by = QStringLiteral("d.moreau");
    drain.setAt = Story::now().addSecs(-3600);
    drain.endsAt = Story::now().addSecs(8040);
    LeverStatus drill;
    drill.id = QStringLiteral("lev_7");
    drill.kind = LeverKind::Drill;
    drill.provider = QStringLiteral("mistral");
    drill.alias = QStringLiteral("support-chat");
    drill.percent = 10;
    drill.reason = QStringLiteral("weekly drill");
    drill.by = QStringLiteral("m.okafor");
    drill.setAt = Story::now().addSecs(-2400);
    drill.endsAt = drill.setAt.addSecs(900);
    drill.endedAt = drill.endsAt;
    return {drain, drill};
}

QVector<AliasStatus> storyAliases()
{
    const QString openAi = QStringLiteral("openai-eu/gpt-6-luna-2026-09-01@westeurope");
    const QString azure = QStringLiteral("azure-eu/gpt-6-luna-2026-09-01@swedencentral");
    const QString nano = QStringLiteral("openai-eu/gpt-5.4-nano-2026-03-01@westeurope");
    const QString haiku = QStringLiteral("anthropic/claude-haiku-4-5@eu");
    AliasStatus fast;
    fast.name = QStringLiteral("fast-summariser");
    fast.purpose = QStringLiteral("one-paragraph summaries");
    fast.owner = QStringLiteral("platform");
    fast.candidates = {azure, openAi};
    fast.routes = {{azure, 60, {}, 0.12}, {openAi, 40, {}, 0.88}};
    fast.chain = {{QStringLiteral("other-provider"), haiku}, {QStringLiteral("smaller-model"), nano},
        {QStringLiteral("cached"), {}}, {QStringLiteral("refuse"), {}}};
    fast.degrade = QStringLiteral("serve");
    fast.costCeiling = usd("0.05");
    fast.latencyBudgets = {
        {QStringLiteral("interactive"), 2000}, {QStringLiteral("streaming"), 2000}, {QStringLiteral("batch"), 600'000}};
    AliasStatus qa = fast;
    qa.name = QStringLiteral("contract-qa");
    qa.purpose = QStringLiteral("answers from one contract");
    qa.owner = QStringLiteral("legal-tech");
    qa.candidates = {haiku};
    qa.routes = {{haiku, 100, {}, 1.0}};
    qa.chain = {{QStringLiteral("other-provider"), openAi}, {QStringLiteral("refuse"), {}}};
    AliasStatus chat = fast;
    chat.name = QStringLiteral("support-chat");
    chat.owner = QStringLiteral("care");
    chat.routes = {{azure, 60, 10, {}}, {openAi, 40, {}, {}}};
    AliasStatus docs = qa;
    docs.name = QStringLiteral("embed-docs");
    docs.owner = QStringLiteral("search");
    docs.chain.clear();
    return {fast, qa, chat, docs};
}

RouteExplanation storyExplanation(bool isRefused)
{
    RouteExplanation told;
    const QString openAi = QStringLiteral("openai-eu/gpt-6-luna-2026-09-01@westeurope");
    if (isRefused) {
        told.decision = {{QStringLiteral("candidates"),
            QJsonArray{candidate("azure-eu", "gpt-6-luna-2026-09-01", "swedencentral", "rejected", "zone_region",
                           "region swedencentral lies outside zone local", 0),
                candidate("openai-eu", "gpt-6-luna-2026-09-01", "westeurope", "rejected", "zone_region",
                    "region westeurope lies outside zone local", 0)}}};
        told.refusalCode = QStringLiteral("no_route_in_zone");
        told.sentence = QStringLiteral("No candidate lies inside zone local, and a zone is never widened.");
        told.counterfactuals = {{QStringLiteral("zone"), openAi, QStringLiteral("It is only kept out by the zone.")}};
        return told;
    }
    told.decision = {{QStringLiteral("candidates"),
        QJsonArray{
            candidate("openai-eu", "gpt-6-luna-2026-09-01", "westeurope", "chosen", "", "drawn by score 40000", 40000),
            candidate("anthropic", "claude-haiku-4-5", "eu", "eligible", "", "could have served, score 18000", 18000),
            candidate("azure-eu", "gpt-6-luna-2026-09-01", "swedencentral", "rejected", "breaker_open",
                "its breaker is open, 225 of 388 attempts failed", 0),
            candidate("openai-us", "gpt-6-luna-2026-09-01", "eastus", "rejected", "zone_region",
                "region eastus lies outside zone eu-only", 0)}}};
    told.chosen = openAi;
    told.sentence = QStringLiteral("openai-eu would serve it.");
    told.estimate = usd("0.00471");
    told.chain = {{QStringLiteral("primary"), openAi, 2000, true, {}},
        {QStringLiteral("other-provider"), QStringLiteral("anthropic/claude-haiku-4-5@eu"), 1400, true, {}},
        {QStringLiteral("smaller-model"), QStringLiteral("openai-eu/gpt-5.4-nano-2026-03-01@westeurope"), 900, false,
            QStringLiteral("no time is left after the second step")},
        {QStringLiteral("refuse"), {}, {}, true, {}}};
    told.counterfactuals = {{QStringLiteral("breaker"), QStringLiteral("azure-eu/gpt-6-luna-2026-09-01@swedencentral"),
                                QStringLiteral("It has the larger weight.")},
        {QStringLiteral("zone"), openAi, QStringLiteral("The same one.")}};
    return told;
}

void addGates(QVector<ProviderStatus>& providers)
{
    for (ProviderStatus& one : providers) {
        if (one.name == QLatin1String("ollama"))
            continue;
        one.breakers = {breaker(one.name, "gpt-6-luna-2026-09-01", one.region, "closed")};
        ProviderGateStatus gate;
        gate.provider = one.name;
        gate.requestsPerMinute = 1200;
        gate.requestsLeft = 744;
        gate.tokensPerMinute = 300'000;
        gate.tokensLeft = 118'400;
        one.gate = gate;
        if (one.name == QLatin1String("azure-eu")) {
            one.breakers.append(breaker(one.name, "gpt-5.4-nano-2026-03-01", one.region, "closed"));
            one.breakers[0].state = QStringLiteral("open");
            one.breakers[0].failures = 225;
            one.breakers[0].reason = QStringLiteral("58 % of 388 attempts failed, 503 from swedencentral.");
            one.breakers[0].openedAt = Story::now().addSecs(-37);
            one.breakers[0].nextProbeAt = Story::now().addSecs(23);
        } else if (one.name == QLatin1String("mistral")) {
            one.gate->limitMoved = 3;
            one.gate->limitMovedAt = Story::now().addSecs(-90);
        } else if (one.name == QLatin1String("groq-eu")) {
            one.drained = true;
            one.leverId = QStringLiteral("lev_9");
            one.drainEnds = Story::now().addSecs(8040);
        }
    }
}

void tellControl(FakeTransport& transport, bool isEmpty)
{
    const auto levers = std::make_shared<QVector<LeverStatus>>(isEmpty ? QVector<LeverStatus>() : storyLevers());
    const auto budgets = std::make_shared<QVector<BudgetStatus>>(isEmpty ? QVector<BudgetStatus>() : storyBudgets());
    LedgerReport quiet;
    quiet.since = Story::now().addDays(-1);
    quiet.asOf = Story::now();
    transport.setReply(QStringLiteral("/api/v1/ledger"), toJson(isEmpty ? quiet : storyLedger()));
    transport.setReply(QStringLiteral("/api/v1/aliases"), items(isEmpty ? QVector<AliasStatus>() : storyAliases()));
    transport.setHandler(QStringLiteral("/api/v1/budgets"), [budgets](const AdminRequest&) {
        return AdminReply{200, items(*budgets)};
    });
    for (const BudgetStatus& one : *budgets) {
        transport.setHandler(QStringLiteral("POST /api/v1/budgets/%1/raise").arg(one.id),
            [budgets, id = one.id](const AdminRequest& request) {
                const Result<BudgetRaise> raise = budgetRaiseFromJson(request.body);
                for (BudgetStatus& budget : *budgets) {
                    if (budget.id != id)
                        continue;
                    budget.raisedTo = raise->limit;
                    budget.limit = raise->limit.value_or(budget.configuredLimit);
                    budget.raiseEnds = raise->limit ? raise->until : std::nullopt;
                    return AdminReply{200, toJson(budget)};
                }
                return AdminReply{404, {}};
            });
    }
    transport.setHandler(QStringLiteral("/api/v1/failovers"), [levers](const AdminRequest&) {
        return AdminReply{200, items(*levers)};
    });
    transport.setHandler(QStringLiteral("POST /api/v1/failovers/plan"), [](const AdminRequest& request) {
        return AdminReply{200, toJson(preview(*leverRequestFromJson(request.body)))};
    });
    const auto apply = [levers, &transport](const AdminRequest& request, LeverKind kind) {
        const Result<LeverRequest> wanted = leverRequestFromJson(request.body);
        LeverStatus lever;
        lever.id = QStringLiteral("lev_%1").arg(10 + levers->size());
        lever.kind = kind;
        lever.provider = wanted->provider;
        lever.candidate = wanted->candidate;
        lever.alias = wanted->alias;
        lever.percent = wanted->percent;
        lever.breaker = wanted->breaker;
        lever.reason = request.reason;
        lever.by = QStringLiteral("you");
        lever.setAt = Story::now();
        lever.endsAt = Story::now().addSecs(wanted->durationSeconds.value_or(kDefaultLeverSeconds));
        levers->prepend(lever);
        transport.setHandler(QStringLiteral("POST /api/v1/failovers/%1/revert").arg(lever.id),
            [levers, id = lever.id](const AdminRequest&) {
                for (LeverStatus& one : *levers) {
                    if (one.id != id)
                        continue;
                    one.endedAt = Story::now();
                    return AdminReply{200, toJson(one)};
                }
                return AdminReply{404, {}};
            });
        return AdminReply{201, toJson(lever)};
    };
    transport.setHandler(QStringLiteral("POST /api/v1/failovers"),
        [apply](const AdminRequest& request) { return apply(request, leverRequestFromJson(request.body)->kind); });
    transport.setHandler(QStringLiteral("POST /api/v1/drills"),
        [apply](const AdminRequest& request) { return apply(request, LeverKind::Drill); });
    transport.setReply(QStringLiteral("/api/v1/drills/lev_7"), toJson(card()));
    transport.setReply(QStringLiteral("POST /api/v1/providers/anthropic/probe"),
        toJson(ProbeResult{QStringLiteral("anthropic"), true, QStringLiteral("It answered 200 after 412 ms."),
            Story::now(), 200, 412.0}));
    transport.setReply(QStringLiteral("/api/v1/capabilities"), items(storyCapabilities(isEmpty)));
    transport.setReply(QStringLiteral("/api/v1/limits"), items(storyChecks(isEmpty)));
    transport.setReply(QStringLiteral("/api/v1/zones/check"), toJson(storyZones(isEmpty)));
    transport.setReply(QStringLiteral("/api/v1/checklist"), items(storyChecklist(isEmpty)));
    tellConfig(transport, isEmpty);
    tellGovernance(transport, isEmpty);
    transport.setReply(QStringLiteral("/api/v1/incidents"), items(storyIncidents(isEmpty)));
    transport.setReply(QStringLiteral("/api/v1/quotas"), toJson(storyQuotas(isEmpty)));
    transport.setHandler(QStringLiteral("POST /api/v1/routes/explain"), [](const AdminRequest& request) {
        const Result<RouteQuestion> question = routeQuestionFromJson(request.body);
        return AdminReply{200, toJson(storyExplanation(question->zone == QLatin1String("local")))};
    });
}

} // namespace ui::testing
