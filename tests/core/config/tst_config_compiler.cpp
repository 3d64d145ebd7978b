// The compiler: the whole schema read right, and every wrong file refused with place, field and a suggestion.
#include "config/compiler.h"
#include "config/demo_config.h"
#include "full_config.h"

#include <cmath>

#include <QTemporaryFile>
#include <QTest>

using namespace gateway;
using namespace gateway::config;

namespace {

struct Compiled
{
    std::unique_ptr<PolicySnapshot> snapshot;
    Problems problems;
};

Compiled compileText(const QByteArray& text)
{
    Compiled result;
    if (const auto file = parseConfig(QStringLiteral("t.yaml"), text, result.problems))
        result.snapshot = compile(*file, testKeys(), result.problems);
    return result;
}

} // namespace

class TestConfigCompiler : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void wholeSchema()
    {
        const Compiled result = compileText(fullConfig());
        QVERIFY2(result.snapshot, qPrintable(describe(result.problems)));
        const PolicySnapshot& s = *result.snapshot;
        QCOMPARE(s.gateway.port, quint16(4180));
        QCOMPARE(s.admin.port, quint16(4181));
        QCOMPARE(int(s.audit.acknowledge), int(Acknowledge::Queued));
        QCOMPARE(int(s.audit.whenUnavailable), int(WhenUnavailable::Refuse));
        QCOMPARE(s.audit.retention, std::chrono::hours(24 * 400));
        QCOMPARE(s.providers.size(), std::size_t(3));

        QVERIFY(s.changes.reviewRequired);
        QCOMPARE(s.changes.canary.steps, (std::vector<int>{2, 20, 100}));
        QCOMPARE(s.changes.canary.atLeast, std::chrono::minutes(5));
        QCOMPARE(s.changes.canary.leastCalls, 200);
        QCOMPARE(s.changes.canary.errorRise, 0.01);
        QCOMPARE(s.changes.canary.refusalRise, 0.03);
        QCOMPARE(s.changes.canary.firstTokenRise, 0.5);
        QVERIFY(std::isinf(s.changes.canary.costRise));
        QVERIFY(s.changes.canary.promotes);

        const Provider& openai = *s.providers[0];
        QCOMPARE(openai.origin.key(), QStringLiteral("https://eu.api.openai.com:443"));
        QCOMPARE(openai.basePath, QByteArray("/v1"));
        QCOMPARE(openai.keyReference, QStringLiteral("env:OPENAI_API_KEY"));
        QVERIFY(openai.key.equals("key-of-OPENAI_API_KEY"));
        QCOMPARE(openai.retention, QStringLiteral("zero"));
        QCOMPARE(openai.timeouts.connect, milliseconds(250));
        QCOMPARE(openai.timeouts.total, milliseconds(600'000));
        QCOMPARE(openai.limits.headroomPercent, 10);
        QCOMPARE(s.providers[1]->origin.host, QStringLiteral("api.anthropic.com"));
        QCOMPARE(s.providers[2]->origin.host, QStringLiteral("bedrock-runtime.eu-west-1.amazonaws.com"));
        QVERIFY(s.providers[2]->awsCredentials->sessionToken.equals("key-of-C"));

        const Alias* alias = s.aliasByName.value(QStringLiteral("fast-summariser"));
        QVERIFY(alias);
        QCOMPARE(alias->candidates.size(), std::size_t(2));
        QCOMPARE(alias->candidates[0].label, QStringLiteral("openai-eu/gpt-6-luna-2026-09-01@eu-west-1"));
        QCOMPARE(alias->candidates[1].label, QStringLiteral("anthropic/claude-haiku-4-5-20251001"));
        QCOMPARE(alias->candidates[0].provider, s.providers[0].get());
        QCOMPARE(alias->candidates[1].weight, 20);
        QCOMPARE(alias->fallback.size(), std::size_t(3));
        QVERIFY(!alias->fallback[1].candidate.provider);
        QVERIFY(alias->degradeServes);
        QCOMPARE(alias->costCeiling->nano(), qint64(50'000'000));
        QCOMPARE(alias->latencyBudget[1], milliseconds(2001));
        QCOMPARE(*alias->cache.exactTtl, milliseconds(3'600'000));
        QCOMPARE(int(alias->cache.semantic.choice), int(SemanticChoice::Off));

        const Tenant* tenant = s.tenantByName.value(QStringLiteral("acme"));
        QVERIFY(tenant);
        QCOMPARE(tenant->zone, s.zones[0].get());
        QCOMPARE(tenant->contract->zone, s.zones[0].get());
        QCOMPARE(tenant->concurrency.value(), qint64(50));
        QCOMPARE(tenant->content->samplePercent, 5);
        QCOMPARE(s.budgets.size(), std::size_t(1));
        QCOMPARE(s.budgets[0].softPercents, (QVector<int>{80, 95}));
        QCOMPARE(int(s.budgets[0].atLimit), int(AtLimit::Degrade));
        QCOMPARE(int(s.budgets[0].estimate), int(EstimateMode::Learned));
        QCOMPARE(s.quotas.size(), std::size_t(2));
        QCOMPARE(s.quotas[0].scope.tenant, QStringLiteral("acme"));
        QCOMPARE(*s.quotas[0].concurrency, qint64(50));
        QCOMPARE(s.quotas[1].scope.agent, QStringLiteral("bot"));
        QCOMPARE(*s.quotas[1].outputTokensPerMinute, qint64(500));
        QCOMPARE(int(s.roles[0].role), int(Role::Auditor));
        QCOMPARE(s.exports.otlp->endpoint, QStringLiteral("https://otel.example:4318"));
        QCOMPARE(s.exports.otlp->headers.size(), std::size_t(1));
        QCOMPARE(s.exports.otlp->headers[0].first, QStringLiteral("authorization"));
        QCOMPARE(s.exports.otlp->headers[0].second, QStringLiteral("env:OTEL_AUTH"));
        QVERIFY(s.exports.otlp->traces);
        QVERIFY(!s.exports.otlp->metrics);
        QCOMPARE(s.exports.otlp->interval, milliseconds(30'000));
        QCOMPARE(s.exports.webhooks.size(), std::size_t(1));
        QCOMPARE(s.exports.webhooks[0].secret, QStringLiteral("env:HOOK_SECRET"));
        QCOMPARE(s.exports.webhooks[0].events.size(), 2);
        QCOMPARE(s.contentHash.size(), 64);
    }

    void nothingConfiguredIsSilentlyInert()
    {
        const Compiled result = compileText(fullConfig());
        const QString warnings = result.snapshot->warnings.join(u'\n');
        QVERIFY(warnings.contains(QLatin1String("cache of aliases")));
        // in force since the decision core
        for (const char* word : {"zone of tenants", "quota", "rate limits", "fallback", "cost ceiling", "latency",
                 "Budgets", "price", "Roles", "Content", "audit.retention", "contracts of tenants"})
            QVERIFY2(!warnings.contains(QLatin1String(word)), word);
    }

    void exportsInClearAreToldOf()
    {
        QByteArray text = fullConfig();
        text.replace("https://otel.example:4318", "http://otel.example:4318");
        text.replace("https://hooks.example/x", "http://127.0.0.1:9000/x");
        const Compiled result = compileText(text);
        QVERIFY2(result.snapshot, qPrintable(describe(result.problems)));
        const QString warnings = result.snapshot->warnings.join(u'\n');
        QVERIFY(warnings.contains(QLatin1String("otel.example without TLS")));
        QVERIFY(!warnings.contains(QLatin1String("127.0.0.1 without TLS")));
    }

    void secretsAreNotRepeated()
    {
        QByteArray text = fullConfig();
        text.replace("env:HOOK_SECRET", "hunter2hunter2hunter2");
        text.replace("authorization: env:OTEL_AUTH", "authorization: Bearer-abcdef");
        const Compiled result = compileText(text);
        QVERIFY(!result.snapshot);
        QVERIFY(!describe(result.problems).contains(QLatin1String("hunter2")));
        QVERIFY(!describe(result.problems).contains(QLatin1String("abcdef")));
    }

    void demoIsClean()
    {
        const Compiled result = compileText(demoConfig());
        QVERIFY2(result.snapshot, qPrintable(describe(result.problems)));
        QCOMPARE(result.snapshot->warnings, QStringList());
        QCOMPARE(result.snapshot->providers.size(), std::size_t(2));
        QCOMPARE(result.snapshot->providers[0]->origin.port, quint16(0));
        QVERIFY(result.snapshot->aliasByName.contains(QStringLiteral("support-chat")));
        QVERIFY(result.snapshot->tenantByName.contains(QStringLiteral("demo")));
    }

    // One edit of the full config each: what is replaced, by what, and the problem it must give.
    void refused_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("words"); // of message and suggestion
        const auto row = [](const char* tag, const char* from, const char* to, const char* field, const char* words) {
            QTest::newRow(tag) << QByteArray(from) << QByteArray(to) << QString::fromLatin1(field)
                               << QString::fromLatin1(words);
        };
        row("unknown key, top", "audit:", "adit:", "adit", "Did you mean audit?");
        row("unknown key, deep", "weight: 80", "weigth: 80", "aliases[0].candidates[0].weigth", "Did you mean weight?");
        row("unknown key, provider", "    region:", "    regoin:", "providers[0].regoin", "Did you mean region?");
        row("unknown key, nothing near", "degrade:", "zzzzzz:", "aliases[0].zzzzzz", "Known: name");
        row("api_key", "    key: env:OPENAI_API_KEY", "    api_key: env:X", "providers[0].api_key",
            "Did you mean key?");
        row("clear key", "env:OPENAI_API_KEY", "sk-abcdef123456", "providers[0].key",
            "must not stand in the config file");
        row("unset variable", "env:OPENAI_API_KEY", "env:UNSET", "providers[0].key", "UNSET is not set");
        row("no variable name", "env:OPENAI_API_KEY", "\"env:\"", "providers[0].key", "missing after env:");
        row("vault", "env:OPENAI_API_KEY", "vault:openai", "providers[0].key", "no vault");
        row("missing key file", "env:OPENAI_API_KEY", "file:/nonexistent/key", "providers[0].key", "cannot be read");
        row("unknown kind", "kind: openai\n", "kind: opneai\n", "providers[0].kind", "Did you mean openai?");
        row("format", "signalbox: 1", "signalbox: 2", "signalbox", "from 1 to 1");
        row("no format", "signalbox: 1", "", "signalbox", "missing");
        row("word for number", "weight: 80", "weight: much", "aliases[0].candidates[0].weight", "whole number");
        row("text for number", "weight: 80", "weight: \"80\"", "aliases[0].candidates[0].weight",
            "Leave out the quotes");
        row("float for number", "weight: 80", "weight: 80.5", "aliases[0].candidates[0].weight", "whole number");
        row("negative weight", "weight: 80", "weight: -1", "aliases[0].candidates[0].weight", "from 0");
        row("huge number", "concurrency: 50", "concurrency: 99999999999999999999", "tenants[0].quota.concurrency",
            "whole number");
        row("list for map", "content: {retain: none}", "content: []", "content", "Expected fields");
        row("export endpoint", "https://otel.example:4318", "otel.example:4318", "export.otlp.endpoint", "https://");
        row("export password", "https://otel.example", "https://me:word@otel.example", "export.otlp.endpoint",
            "password");
        row("export header in clear", "authorization: env:OTEL_AUTH", "authorization: Bearer abc",
            "export.otlp.headers", "Use env:NAME");
        row("export header of ours", "authorization: env:OTEL_AUTH", "host: env:OTEL_AUTH", "export.otlp.headers",
            "not a header");
        row("export interval", "interval: 30s", "interval: 10ms", "export.otlp.interval", "1s to 1h");
        row("export flag", "metrics: false", "metrics: maybe", "export.otlp.metrics", "true, false");
        row("export unknown", "metrics: false", "metricz: false", "export.otlp.metricz", "metrics");
        row("webhook without a secret", "secret: env:HOOK_SECRET, ", "", "export.webhooks[0].secret", "not sent");
        row("webhook secret in clear", "env:HOOK_SECRET", "hunter2hunter2hunter2", "export.webhooks[0].secret",
            "Use env:NAME");
        row("webhook event", "incident.closed]}", "incident.shut]}", "export.webhooks[0].events", "incident.closed");
        row("webhook no event", "events: [incident.opened, incident.closed]", "events: []", "export.webhooks[0].events",
            "At least one");
        row("webhook url", "https://hooks.example/x", "https://hooks.example/x?key=1", "export.webhooks[0].url",
            "query");
        row("webhook name taken", "    - {name: pager,",
            "    - {name: pager, url: \"https://a.example\", secret: env:S, events: [incident.opened]}\n    - {name: "
            "pager,",
            "export.webhooks[1].name", "taken");
        row("webhook name of another", "name: pager", "name: otlp-traces", "export.webhooks[0].name", "another export");
        row("review word", "review: required", "review: always", "changes.review", "required");
        row("canary steps fall", "[2, 20, 100]", "[20, 2, 100]", "changes.canary.steps", "that rise");
        row("canary steps without an end", "[2, 20, 100]", "[2, 20]", "changes.canary.steps", "100");
        row("canary step zero", "[2, 20, 100]", "[0, 100]", "changes.canary.steps", "that rise");
        row("canary steps empty", "[2, 20, 100]", "[]", "changes.canary.steps", "100");
        row("canary seconds", "at_least: 5m", "at_least: 90s", "changes.canary.at_least", "whole minutes");
        row("canary time", "at_least: 5m", "at_least: soon", "changes.canary.at_least", "a duration");
        row("canary calls", "least_calls: 200", "least_calls: 0", "changes.canary.least_calls", "from 1");
        row("canary rise of errors", "error_rise: 0.01", "error_rise: 2", "changes.canary.error_rise", "from 0 to 1");
        row("canary rise in percent", "refusal_rise: 0.03", "refusal_rise: 3%", "changes.canary.refusal_rise", "0.02");
        row("canary errors off", "error_rise: 0.01", "error_rise: off", "changes.canary.error_rise", "two points");
        row("canary rise not a number", "first_token_rise: 0.5", "first_token_rise: nan",
            "changes.canary.first_token_rise", "or off");
        row("canary unknown", "cost_rise: off", "cost_rises: off", "changes.canary.cost_rises", "cost_rise");
        row("canary flag", "promotes: true", "promotes: yes", "changes.canary.promotes", "true, false");
        row("map for list", "roles:\n  - {principal: alice, role: auditor}", "roles: {}", "roles", "Expected a list");
        row("list for text", "owner: platform\n", "owner: [platform]\n", "aliases[0].owner", "Expected text");
        row("empty value", "owner: platform\n", "owner:\n", "aliases[0].owner", "empty");
        row("duration", "connect: 250ms", "connect: 250", "providers[0].timeouts.connect", "Write 250ms");
        row("zero duration", "connect: 250ms", "connect: 0s", "providers[0].timeouts.connect", "duration");
        row("money", "\"0.05\"", "\"0,05\"", "aliases[0].cost_ceiling_usd", "US dollars");
        row("negative money", "\"500\"", "\"-500\"", "budgets[0].amount_usd", "US dollars");
        row("date", "dated: 2026-01-10", "dated: 10.1.2026", "tenants[0].contract.dated", "date");
        row("dangling provider", "provider: anthropic,", "provider: antropic,", "aliases[0].candidates[1].provider",
            "Did you mean anthropic?");
        row("dangling zone", "    zone: eu-only", "    zone: eu-onyl", "tenants[0].zone", "Did you mean eu-only?");
        row("dangling contract zone", "MSA-17, zone: eu-only", "MSA-17, zone: us", "tenants[0].contract.zone",
            "not known");
        row("dangling tenant", "{tenant: acme}", "{tenant: acne}", "budgets[0].scope.tenant", "Did you mean acme?");
        row("fallback without candidate", "{kind: smaller-model, provider: openai-eu, model: gpt-5.4-nano-2026-03-01}",
            "{kind: smaller-model}", "aliases[0].fallback[0].provider", "missing");
        row("refuse with candidate", "{kind: refuse}", "{kind: refuse, model: x}", "aliases[0].fallback[2].model",
            "has no candidate");
        row("step after refuse", "{kind: cached}", "{kind: refuse}", "aliases[0].fallback[2].kind", "after refuse");
        row("degraded step, never served", "degrade: serve", "degrade: refuse", "aliases[0].fallback[0].kind",
            "degrade is refuse");
        row("cached step, never served", "degrade: serve", "degrade: refuse", "aliases[0].fallback[1].kind",
            "degrade is refuse");
        row("cached without a cache", "exact: {ttl: 1h}, ", "", "aliases[0].fallback[1].kind", "no exact cache");
        row("step repeats a candidate", "model: gpt-5.4-nano-2026-03-01}", "model: gpt-6-luna-2026-09-01}",
            "aliases[0].fallback[0].kind", "tried before");
        row("step repeats a step", "{kind: cached}",
            "{kind: other-provider, provider: openai-eu, model: gpt-5.4-nano-2026-03-01}",
            "aliases[0].fallback[1].kind", "an earlier step");
        row("step without time",
            "latency_budget_ms: {interactive: 2000, streaming: 2001, background: 60000, batch: 600000}",
            "latency_budget_ms: {interactive: 20, streaming: 99, background: 50, batch: 98}",
            "aliases[0].fallback[0].kind", "49 ms");
        row("unknown estimate", "estimate: learned", "estimate: lerned", "budgets[0].estimate",
            "Did you mean learned?");
        row("budget twice", "budgets:\n", "budgets:\n  - {scope: {tenant: acme}, period: month, amount_usd: \"1\"}\n",
            "budgets[1].scope", "tenant acme with this period");
        row("quota twice", "scope: {tenant: acme, feature: search, agent: bot, alias: fast-summariser}",
            "scope: {tenant: acme}", "quotas[0].scope", "for tenant acme already");
        row("quota of a provider", "agent: bot, alias: fast-summariser", "provider: anthropic",
            "quotas[0].scope.provider", "no such field");
        row("quota of nothing",
            "requests_per_minute: 60, input_tokens_per_minute: 1000, output_tokens_per_minute: 500, "
            "concurrency: 5}",
            "}", "quotas[0].scope", "limits nothing");
        row("dangling quota", "agent: bot, alias: fast-summariser", "alias: fast-sumariser", "quotas[0].scope.alias",
            "Did you mean fast-summariser?");
        row("duplicate provider", "name: anthropic", "name: openai-eu", "providers[1].name", "taken");
        row("duplicate zone", "name: local", "name: eu-only", "zones[1].name", "taken");
        row("duplicate field", "    owner: platform\n", "    owner: platform\n    owner: platform\n", "",
            "second time");
        row("bad name", "- name: acme", "- name: ac/me", "tenants[0].name", "1 to 64");
        row("no candidates",
            "candidates:\n      - {provider: openai-eu, model: gpt-6-luna-2026-09-01, weight: 80}\n      - {provider: "
            "anthropic, model: claude-haiku-4-5-20251001, weight: 20}",
            "candidates: []", "aliases[0].candidates", "at least one candidate");
        row("same candidate", "{provider: anthropic, model: claude-haiku-4-5-20251001, weight: 20}",
            "{provider: openai-eu, model: gpt-6-luna-2026-09-01, weight: 20}", "aliases[0].candidates[1].model",
            "second time");
        row("plain http", "https://eu.api.openai.com", "http://eu.api.openai.com", "providers[0].base_url", "in clear");
        row("user in url", "https://eu.api", "https://u:p@eu.api", "providers[0].base_url", "user or password");
        row("time zone", "time_zone: UTC", "time_zone: Mars/Olympus", "budgets[0].time_zone", "not known");
        row("soft order", "[80, 95]", "[95, 80]", "budgets[0].soft", "rising");
        row("listener", "\"127.0.0.1:4180\"", "\"127.0.0.1\"", "server.gateway", "HOST:PORT");
        row("one port twice", "\"127.0.0.1:4181\"", "\"127.0.0.1:4180\"", "server.admin", "share one address");
        row("semantic without owner", "owner: platform, decided", "decided", "aliases[0].cache.semantic.owner",
            "missing");
        row("review before decision", "review_by: 2027-05-22", "review_by: 2026-05-22",
            "aliases[0].cache.semantic.review_by", "after the decision");
        row("kept without ttl", "content: {retain: none}", "content: {retain: all}", "content.ttl", "stated time");
        row("key and credentials", "aws_region: eu-west-1,", "aws_region: eu-west-1, key: env:K,",
            "providers[2].credentials", "not both");
        row("anchor", "region: eu-west-1\n", "region: &r eu-west-1\n", "", "Anchors");
        row("tag", "region: eu-west-1\n", "region: !x eu-west-1\n", "", "Tags");
        row("second document", "roles:\n", "---\nroles:\n", "", "second one begins");
        row("tab", "    owner: platform\n", "\towner: platform\n", "", "YAML");
        row("bad UTF-8", "platform\n", "plat\xff\n", "", "not UTF-8");
        row("price book", "{book: builtin}", "{book: /nonexistent/prices.yaml}", "prices.book", "cannot be read");
        row("tls files", "{listen: \"127.0.0.1:4181\"}",
            "{listen: \"127.0.0.1:4181\", tls: {certificate: /nonexistent}}", "server.admin.tls.key", "missing");
    }
    void refused()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(QString, field);
        QFETCH(QString, words);
        QByteArray text = fullConfig();
        const qsizetype at = text.indexOf(from);
        QVERIFY2(at >= 0, "the row does not fit the full config");
        text.replace(at, from.size(), to);
        const Compiled result = compileText(text);
        QVERIFY2(!result.snapshot, "the file was taken");
        bool found = false;
        for (const Problem& problem : result.problems) {
            QCOMPARE(problem.file, QStringLiteral("t.yaml"));
            QVERIFY2(problem.line > 0 && problem.column > 0, qPrintable(describe(problem)));
            QVERIFY(!describe(problem).contains(QLatin1String("sk-abcdef")));
            found = found || (problem.field == field && (problem.message + u' ' + problem.suggestion).contains(words));
        }
        QVERIFY2(found, qPrintable(describe(result.problems)));
    }

    // What is reachable is left alone: the limit of each rule.
    void reachableSteps_data()
    {
        QTest::addColumn<QByteArray>("alias");
        const QByteArray chain = "fallback: [{kind: other-provider, provider: q, model: a}, "
                                 "{kind: smaller-model, provider: p, model: b}]";
        QTest::newRow("enough time")
            << chain + ", latency_budget_ms: {interactive: 1, streaming: 1, background: 1, batch: 200}";
        QTest::newRow("a class without a budget") << chain + ", latency_budget_ms: {interactive: 60}";
        QTest::newRow("a candidate of weight 0")
            << "candidates: [{provider: p, model: a}, {provider: p, model: b, weight: 0}], " + chain;
        QTest::newRow("degrade refuse") << QByteArray(
            "degrade: refuse, fallback: [{kind: other-provider, provider: q, model: a}]");
    }
    void reachableSteps()
    {
        QFETCH(QByteArray, alias);
        if (!alias.contains("candidates"))
            alias += ", candidates: [{provider: p, model: a}]";
        const Compiled result = compileText("signalbox: 1\nproviders: [{name: p, kind: simulator}, "
                                            "{name: q, kind: simulator}]\naliases:\n  - {name: x, " +
                                            alias + "}\n");
        QVERIFY2(result.snapshot, qPrintable(describe(result.problems)));
    }

    void pricesAreApplied()
    {
        const Compiled result = compileText(fullConfig());
        const PolicySnapshot& s = *result.snapshot;
        const Alias& alias = *s.aliases[0];
        QCOMPARE(s.prices, PriceBook::builtin());
        QCOMPARE(s.candidateCount, 3);
        QCOMPARE(alias.candidates[0].index, 0);
        QCOMPARE(alias.candidates[1].index, 1);
        QCOMPARE(alias.fallback[0].candidate.index, 2);
        QCOMPARE(alias.fallback[1].candidate.index, -1);
        QCOMPARE(alias.candidates[0].prices.size(), std::size_t(1));
        QCOMPARE(alias.candidates[0].prices[0]->rates.input.toDecimal(), QStringLiteral("0.1"));
        QCOMPARE(*alias.candidates[1].facts->contextTokens, qint64(200'000));
        QCOMPARE(alias.fallback[0].candidate.facts->retires, QDate(2027, 4, 1));
    }

    void sameCandidateSameIndex()
    {
        const Compiled result = compileText("signalbox: 1\nproviders: [{name: p, kind: simulator}]\naliases:\n"
                                            "  - {name: x, candidates: [{provider: p, model: sim-a}], fallback: "
                                            "[{kind: smaller-model, provider: p, model: sim-b}]}\n"
                                            "  - {name: y, candidates: [{provider: p, model: sim-b}]}\n");
        QVERIFY2(result.snapshot, qPrintable(describe(result.problems)));
        QCOMPARE(result.snapshot->candidateCount, 2);
        QCOMPARE(
            result.snapshot->aliases[0]->fallback[0].candidate.index, result.snapshot->aliases[1]->candidates[0].index);
        QCOMPARE(result.snapshot->warnings.filter(QStringLiteral("price")), QStringList());
    }

    void unpricedCandidatesAreNamed()
    {
        QByteArray text = fullConfig();
        text.replace("model: gpt-6-luna-2026-09-01", "model: gpt-6-lunar");
        const Compiled result = compileText(text);
        const QString warnings = result.snapshot->warnings.join(u'\n');
        QVERIFY(warnings.contains(QLatin1String("no price for openai-eu/gpt-6-lunar@eu-west-1;")));
        QVERIFY(warnings.contains(QLatin1String("Calls to openai-eu/gpt-6-lunar@eu-west-1 are refused where")));
        text.replace("cost_ceiling_usd: \"0.05\"", "").replace("at_limit: degrade", "at_limit: warn");
        const QString milder = compileText(text).snapshot->warnings.join(u'\n');
        QVERIFY(milder.contains(QLatin1String("no price for")) && !milder.contains(QLatin1String("are refused where")));
    }

    void aBookOfOnesOwn()
    {
        QTemporaryFile file;
        QVERIFY(file.open());
        const QByteArray good = "version: ours\nprices:\n"
                                "  - {provider: openai-eu, model: gpt-6-luna-2026-09-01, valid_from: 2026-01-01, "
                                "input_usd_per_million: \"7\", output_usd_per_million: \"8\"}\n"
                                "  - {provider: opennai, model: x, valid_from: 2026-01-01, "
                                "input_usd_per_million: \"7\", output_usd_per_million: \"8\"}\n";
        const auto compileWith = [&](const QByteArray& book) {
            file.resize(0);
            file.seek(0);
            file.write(book);
            file.flush();
            QByteArray text = fullConfig();
            text.replace("{book: builtin}", "{book: " + file.fileName().toUtf8() + "}");
            return compileText(text);
        };
        Compiled result = compileWith(good);
        QVERIFY2(result.snapshot, qPrintable(describe(result.problems)));
        QCOMPARE(result.snapshot->aliases[0]->candidates[0].prices[0]->rates.output.toDecimal(), QStringLiteral("8"));
        QVERIFY(result.snapshot->aliases[0]->candidates[1].prices.empty()); // the built-in one does not fill gaps
        QVERIFY(result.snapshot->warnings.join(u' ').contains(QLatin1String("speaks of opennai,")));
        QVERIFY(result.snapshot->prices->version().startsWith(QLatin1String("ours+")));
        QByteArray bad = good;
        result = compileWith(bad.replace("output_usd", "outptu_usd"));
        QVERIFY(!result.snapshot);
        QCOMPARE(result.problems[0].file, file.fileName());
        QCOMPARE(result.problems[0].line, 3);
        QVERIFY(result.problems[0].suggestion.contains(QLatin1String("output_usd_per_million")));
    }

    void placeIsExact()
    {
        const Compiled result = compileText("signalbox: 1\naliases:\n  - name: a\n    weigth: 3\n    candidates: []\n");
        QCOMPARE(result.problems.size(), 2);
        QCOMPARE(result.problems[0].line, 4);
        QCOMPARE(result.problems[0].column, 5);
        QCOMPARE(describe(result.problems[0]).section(u' ', 0, 1), QStringLiteral("t.yaml:4:5: aliases[0].weigth:"));
    }

    void allProblemsAtOnce()
    {
        QByteArray text = fullConfig();
        text.replace("weight: 80", "weigth: 80")
            .replace("kind: anthropic", "kind: antropic")
            .replace("zone: eu-only, dated", "zone: xx, dated")
            .replace("month", "fortnight");
        QVERIFY(compileText(text).problems.size() >= 4);
    }

    void plainHttpWhereItIsOurs_data()
    {
        QTest::addColumn<QByteArray>("provider");
        QTest::addColumn<bool>("taken");
        QTest::newRow("openai on loopback") << QByteArray("kind: openai, base_url: \"http://127.0.0.1:9/v1\"") << true;
        QTest::newRow("openai on a private host")
            << QByteArray("kind: openai, base_url: \"http://10.0.0.5/v1\"") << true;
        QTest::newRow("openai outside") << QByteArray("kind: openai, base_url: \"http://example.com/v1\"") << false;
        QTest::newRow("compatible outside")
            << QByteArray("kind: openai-compatible, base_url: \"http://example.com/v1\"") << true;
        QTest::newRow("ollama default") << QByteArray("kind: ollama") << true;
        QTest::newRow("compatible without url") << QByteArray("kind: openai-compatible") << false;
        QTest::newRow("azure without url") << QByteArray("kind: azure-openai") << false;
        QTest::newRow("vertex without region") << QByteArray("kind: vertex") << false;
        QTest::newRow("vertex") << QByteArray("kind: vertex, region: europe-west4, project: signals-1") << true;
        QTest::newRow("vertex without project") << QByteArray("kind: vertex, region: europe-west4") << false;
        QTest::newRow("project elsewhere") << QByteArray("kind: openai, project: signals-1") << false;
        QTest::newRow("vertex, region as a host") << QByteArray("kind: vertex, region: evil.example") << false;
    }
    void plainHttpWhereItIsOurs()
    {
        QFETCH(QByteArray, provider);
        QTEST(compileText("signalbox: 1\nproviders: [{name: p, " + provider + "}]\n").snapshot != nullptr, "taken");
    }

    void keyFiles_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<bool>("good");
        QTest::newRow("plain") << QByteArray("sk-1") << true;
        QTest::newRow("line break") << QByteArray("sk-1\n") << true;
        QTest::newRow("CR LF") << QByteArray("sk-1\r\n") << true;
        QTest::newRow("empty") << QByteArray("\n") << false;
        QTest::newRow("two lines") << QByteArray("sk-1\nsk-2\n") << false;
        QTest::newRow("header injection") << QByteArray("sk-1\r\nx-evil: 1") << false;
        QTest::newRow("NUL") << QByteArray("sk\0-1", 5) << false;
    }
    void keyFiles()
    {
        QFETCH(QByteArray, bytes);
        QTemporaryFile file;
        QVERIFY(file.open());
        file.write(bytes);
        file.flush();
        const auto key = testKeys().resolve(QStringLiteral("file:") + file.fileName());
        QTEST(key.ok(), "good");
        if (key)
            QVERIFY(key->secret.equals("sk-1"));
    }

    // A file cut anywhere gives an error or a snapshot; one cut inside a line never passes without a word. (A cut
    // between lines can be a whole file of its own; a reload refuses it all the same, see tst_config_holder.)
    void cutAtEveryByte()
    {
        const QByteArray whole = fullConfig();
        int taken = 0;
        for (qsizetype size = 0; size < whole.size(); ++size) {
            const Compiled result = compileText(whole.first(size));
            QCOMPARE(result.snapshot == nullptr, !result.problems.isEmpty());
            if (!result.snapshot)
                continue;
            ++taken;
            const bool warned = result.snapshot->warnings.join(u' ').contains(QLatin1String("cut off"));
            QVERIFY2(warned || whole[size - 1] == '\n', qPrintable(QString::number(size)));
        }
        QVERIFY(taken > 10); // the test would prove little if nothing ever compiled
    }

    void everyByteChanged()
    {
        const QByteArray whole = fullConfig();
        const QByteArray edits("\0\n :{]\"&\x80", 9);
        for (qsizetype at = 0; at < whole.size(); ++at) {
            QByteArray text = whole;
            text[at] = edits[at % edits.size()];
            const Compiled result = compileText(text);
            QCOMPARE(result.snapshot == nullptr, !result.problems.isEmpty());
        }
    }

    void deepNesting()
    {
        QVERIFY(!compileText(QByteArray(100'000, '[')).snapshot);
        QVERIFY(!compileText(QByteArray(100'000, '{')).snapshot);
        QByteArray stairs;
        for (int i = 0; i < 2'000; ++i)
            stairs += QByteArray(i, ' ') + "a:\n";
        QVERIFY(!compileText(stairs).snapshot);
        QVERIFY(!compileText(QByteArray(5 << 20, 'a')).snapshot);
    }
};

QTEST_APPLESS_MAIN(TestConfigCompiler)
#include "tst_config_compiler.moc"
