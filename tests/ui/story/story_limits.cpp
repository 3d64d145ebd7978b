#include "story_limits.h"

#include "story.h"

namespace ui::testing {

using namespace gateway::api;

QVector<Invariant> storyChecks(bool isEmpty)
{
    const auto check = [&](const char* name, const char* state, const char* sentence, qint64 checked,
                           qint64 violations) {
        Invariant one;
        one.name = QString::fromLatin1(name);
        one.state = QString::fromLatin1(isEmpty ? "unknown" : state);
        one.sentence = isEmpty ? QStringLiteral("Nothing was checked yet.") : QString::fromLatin1(sentence);
        one.checked = isEmpty ? 0 : checked;
        one.violations = isEmpty ? 0 : violations;
        one.asOf = Story::now();
        return one;
    };
    return {
        check("false_refusal", "holds", "All 41 refusals add up: used, reserved and estimate exceed the limit.", 41, 0),
        check("degraded_share", "broken",
            "12 of the last 200 first attempts went to a degraded candidate while another one was healthy.", 200, 12),
        check("scope_subset", "holds", "No served call lay outside its credential's scope.", 18'422, 0)};
}

QVector<Incident> storyIncidents(bool isEmpty)
{
    if (isEmpty)
        return {};
    Incident open;
    open.id = QStringLiteral("inc_7k2m");
    open.provider = QStringLiteral("azure-eu");
    open.severity = QStringLiteral("high");
    open.sentence = QStringLiteral(
        "The breaker of azure-eu/gpt-5.6-luna@westeurope opened 3 times. 38 calls failed, 1,204 were rescued.");
    open.openedAt = Story::now().addSecs(-420);
    open.callsFailed = 38;
    open.callsRescued = 1204;
    open.openings = 3;
    Incident closed = open;
    closed.id = QStringLiteral("inc_5h9c");
    closed.provider = QStringLiteral("anthropic");
    closed.severity = QStringLiteral("low");
    closed.sentence = QStringLiteral("14 calls were rescued, none failed.");
    closed.openedAt = Story::now().addSecs(-9000);
    closed.closedAt = Story::now().addSecs(-8400);
    closed.callsFailed = 0;
    closed.callsRescued = 14;
    closed.owner = QStringLiteral("anna");
    return {open, closed};
}

QuotaReport storyQuotas(bool isEmpty)
{
    QuotaReport report;
    if (isEmpty)
        return report;
    QuotaStatus acme;
    acme.scope.tenant = QStringLiteral("acme");
    acme.requestsPerMinute = 600;
    acme.requestsLeft = 412;
    acme.inputTokensPerMinute = 400'000;
    acme.inputTokensLeft = 31'200;
    acme.outputTokensPerMinute = 100'000;
    acme.outputTokensLeft = 64'000;
    acme.concurrency = 50;
    acme.running = 12;
    acme.admitted = 18'422;
    acme.refused = 41;
    QuotaStatus agent;
    agent.scope.agent = QStringLiteral("nightly-indexer");
    agent.requestsPerMinute = 60;
    agent.requestsLeft = 60;
    report.quotas = {acme, agent};
    ProviderGateStatus azure;
    azure.provider = QStringLiteral("azure-eu");
    azure.requestsPerMinute = 450;
    azure.requestsLeft = 18;
    azure.tokensPerMinute = 180'000;
    azure.tokensLeft = 92'000;
    azure.held = 212;
    azure.limitMoved = 3;
    ProviderGateStatus local;
    local.provider = QStringLiteral("ollama-lab");
    report.providers = {azure, local};
    report.waiting = {4, 212, 3, 1, 840.0};
    return report;
}

} // namespace ui::testing
