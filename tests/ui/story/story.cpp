#include "story.h"

#include "story_control.h"

#include "api/call_summary.h"
#include "api/gateway_client.h"
#include "api/handshake.h"

#include <QJsonArray>

#include <cmath>

namespace ui::testing {
namespace {

using namespace gateway::api;

QString text(const char* latin)
{
    return QString::fromLatin1(latin);
}

// A wave between -1 and 1 that is the same on every machine and has no visible period.
double wave(double x, double seed)
{
    return (std::sin(x * 0.41 + seed) + std::sin(x * 0.73 + 2 * seed) + std::sin(x * 1.31 + 3 * seed)) / 3;
}

ProviderStatus provider(const char* name, const char* region, Health health, int attempts, int failures, double p50,
    double p95, double total, double speed, double share)
{
    ProviderStatus status;
    status.name = text(name);
    status.region = text(region);
    status.health = health;
    status.kind = QStringLiteral("openai-compatible");
    status.baseUrl = QStringLiteral("https://%1.example/v1").arg(status.name);
    status.retention = QStringLiteral("zero");
    status.keyReference =
        QStringLiteral("env:%1_KEY").arg(status.name.toUpper().replace(QLatin1Char('-'), QLatin1Char('_')));
    status.models = {QStringLiteral("gpt-6-luna-2026-09-01")};
    status.aliases = {QStringLiteral("fast-summariser"), QStringLiteral("contract-qa")};
    status.attempts5m = attempts;
    status.failures5m = failures;
    if (attempts > 0) {
        status.firstTokenP50Ms = p50;
        status.firstTokenP95Ms = p95;
        status.totalP95Ms = total;
        status.tokensPerSecond = speed;
        status.share = share;
        status.lastSuccess = Story::now().addSecs(-1);
    }
    status.connectionsOpen = attempts / 200;
    return status;
}

Attempt attempt(int number, const char* where, const char* region, const char* model, AttemptResult result,
    qint64 startMs, qint64 endMs)
{
    Attempt one;
    one.number = number;
    one.provider = text(where);
    one.region = text(region);
    one.model = text(model);
    one.result = result;
    one.startUs = startMs < 0 ? -1 : startMs * 1000;
    one.endUs = endMs < 0 ? -1 : endMs * 1000;
    if (result == AttemptResult::Failed) {
        one.httpStatus = 503;
        one.error = ErrorCode::ProviderUnavailable;
        one.connectedUs = one.startUs + 9'000;
        one.sentUs = one.startUs + 10'000;
        one.firstByteUs = one.endUs - 1'000;
    }
    return one;
}

// The attempt that answers, from start to end of its stream.
Attempt answered(int number, const char* where, const char* region, const char* model, qint64 startMs, qint64 tokenMs,
    qint64 endMs, int out)
{
    Attempt one = attempt(number, where, region, model, AttemptResult::Answered, startMs, endMs);
    one.httpStatus = 200;
    one.connectedUs = one.startUs + 12'000;
    one.sentUs = one.startUs + 21'000;
    one.firstByteUs = tokenMs * 1000 - 2'000;
    one.firstTokenUs = tokenMs * 1000;
    one.streamEnd = StreamEnd::Complete;
    one.longestGapUs = 41'000;
    one.tokens.outText = out;
    one.tokens.source = TokenSource::Reported;
    one.modelReported = one.model;
    one.finishReason = QStringLiteral("stop");
    one.upstreamRequestId = QStringLiteral("a9c1-77e%1").arg(number);
    return one;
}

QJsonObject candidate(
    const char* where, const char* region, const char* model, const char* verdict, const char* code, const char* reason)
{
    return {{QStringLiteral("provider"), text(where)}, {QStringLiteral("region"), text(region)},
        {QStringLiteral("model"), text(model)}, {QStringLiteral("verdict"), text(verdict)},
        {QStringLiteral("code"), text(code)}, {QStringLiteral("reason"), text(reason)}};
}

Call call(const char* id, const char* time, CallOutcome outcome, const char* tenant, const char* feature,
    const char* alias, const char* servedBy, double totalS, double ownMs, int in, int out)
{
    Call one;
    one.id = text(id);
    one.startedAt =
        QDateTime(QDate(2026, 11, 22), QTime::fromString(text(time), QStringLiteral("HH:mm:ss.zzz")), Qt::UTC);
    one.outcome = outcome;
    one.tenant = text(tenant);
    one.feature = text(feature);
    one.alias = text(alias);
    one.servedBy = text(servedBy);
    one.surface = QStringLiteral("openai.chat");
    one.zone = QStringLiteral("eu-only");
    one.credential = QStringLiteral("k7f2q9");
    one.revision = 218;
    one.receivedUs = 300;
    one.authenticatedUs = 900;
    one.routedUs = 2'100;
    one.endUs = qint64(totalS * 1e6);
    one.commitUs = 900;
    one.overheadUs = qint64(ownMs * 1e3);
    one.tokens.inUncached = in;
    one.tokens.outText = out;
    one.tokens.source = TokenSource::Reported;
    one.requestBytes = in * 4 + 220;
    one.responseBytes = out * 38;
    one.httpStatus = outcome == CallOutcome::Answered ? 200 : 502;
    one.finishReason = outcome == CallOutcome::Answered ? QStringLiteral("stop") : QString();
    one.decision = {{QStringLiteral("alias"), one.alias}, {QStringLiteral("workload_class"), one.workloadClass},
        {QStringLiteral("zone"), one.zone}, {QStringLiteral("snapshot_revision"), 218}};
    return one;
}

void streamed(Call& one, qint64 firstTokenMs, std::int64_t nanoUsd)
{
    one.firstTokenUs = firstTokenMs * 1000;
    one.firstByteUs = one.firstTokenUs + 300;
    one.streamEnd = StreamEnd::Complete;
    one.workloadClass = QStringLiteral("streaming");
    one.cost = Money::fromNano(nanoUsd);
    one.costEstimated = Money::fromNano(nanoUsd * 3 + 230'000);
}

Call theFallback()
{
    Call one = call("req_01JD9T7C4Q8M2", "03:22:24.118", CallOutcome::Answered, "acme", "summaries", "fast-summariser",
        "openai-eu/gpt-6-luna@westeurope", 2.41, 3.0, 1842, 212);
    streamed(one, 930, 1'670'000);
    one.fallbackKind = QStringLiteral("other-provider");
    one.degraded = true;
    Attempt first = attempt(1, "azure-eu", "swedencentral", "gpt-6-luna-2026-09-01", AttemptResult::Failed, 2, 642);
    first.reason = QStringLiteral(
        "azure-eu swedencentral answered 503 \u201ctemporarily unable to process your request\u201d after 640 ms.");
    first.upstreamRequestId = QStringLiteral("a9c1-77e0");
    first.tokens.source = TokenSource::Reported;
    Attempt second = attempt(2, "azure-eu", "francecentral", "gpt-6-luna-2026-09-01", AttemptResult::Skipped, -1, -1);
    second.reason = QStringLiteral("3.4 % errors, alias allows 2 %");
    one.attempts = {
        first, second, answered(3, "openai-eu", "westeurope", "gpt-6-luna-2026-09-01", 650, 930, 2409, 212)};
    one.attempts[2].tokens.inUncached = 1842;
    one.decision.insert(QStringLiteral("candidates"),
        QJsonArray{candidate("openai-eu", "westeurope", "gpt-6-luna-2026-09-01", "chosen", "fallback",
                       "in the zone, next in the fallback chain"),
            candidate("azure-eu", "swedencentral", "gpt-6-luna-2026-09-01", "eligible", "weight", "first by weight"),
            candidate("azure-eu", "francecentral", "gpt-6-luna-2026-09-01", "rejected", "error_rate",
                "3.4 % errors, this alias allows 2 %"),
            candidate("vertex-eu", "europe-west4", "gemini-4-flash", "rejected", "eval_stale",
                "eval is 41 d old, limit 30 d"),
            candidate("openai-us", "eastus", "gpt-6-luna-2026-09-01", "rejected", "outside_zone",
                "outside zone eu-only, never a candidate")});
    return one;
}

Call simple(Call one, const char* provider, const char* region, const char* model, qint64 tokenMs, std::int64_t nanoUsd)
{
    streamed(one, tokenMs, nanoUsd);
    one.attempts = {answered(1, provider, region, model, 2, tokenMs, one.endUs / 1000 - 1, int(one.tokens.output()))};
    one.decision.insert(QStringLiteral("candidates"),
        QJsonArray{candidate(provider, region, model, "chosen", "weight", "first by weight, in the zone")});
    return one;
}

bool isIncident(const QString& provider, const QDateTime& time)
{
    return provider == QLatin1String("azure-eu") && time >= QDateTime(QDate(2026, 11, 22), QTime(3, 4), Qt::UTC);
}

// One bucket of one provider; attempts follow its share of 52 requests a second.
SeriesBucket bucketOf(const ProviderStatus& status, const QDateTime& start, int step, int slot)
{
    SeriesBucket bucket;
    bucket.start = start;
    if (status.attempts5m == 0)
        return bucket;
    const double x = double(start.toSecsSinceEpoch() % 86'400) / 60.0;
    const double rate = double(status.attempts5m) / 300.0 * (1 + 0.06 * wave(x, slot + 1));
    bucket.attempts = qint64(std::lround(rate * step));
    const bool bad = isIncident(status.name, start);
    const double ramp = bad ? std::min(1.0, double(QTime(3, 4).secsTo(start.time())) / 90.0 + 0.2) : 0;
    const auto share = [&bucket](double part) { return qint64(std::lround(part * double(bucket.attempts))); };
    if (bad) {
        bucket.failures[std::size_t(FailureClass::Http5xx)] = share(ramp * (0.41 + 0.03 * wave(x, 5)));
        bucket.failures[std::size_t(FailureClass::Timeout)] = share(ramp * (0.105 + 0.01 * wave(x, 6)));
        bucket.failures[std::size_t(FailureClass::Connection)] = share(ramp * (0.065 + 0.01 * wave(x, 7)));
    } else {
        bucket.failures[std::size_t(FailureClass::Http5xx)] = share(0.002 + 0.002 * wave(x, slot));
    }
    bucket.failures[std::size_t(FailureClass::Http429)] = share(0.004 + 0.003 * wave(x, slot + 3));
    bucket.answered = bucket.attempts - bucket.failed();
    if (status.name == QLatin1String("openai-eu") && isIncident(QStringLiteral("azure-eu"), start))
        bucket.fallback = bucket.answered / 4;
    const double norm = bad ? 0.62 : status.firstTokenP50Ms.value_or(400) / 1000.0;
    const double calm = bad                                        ? 2.61
                        : status.name == QLatin1String("azure-eu") ? 0.72
                                                                   : status.firstTokenP95Ms.value_or(800) / 1000.0;
    const double p95 = bad ? 0.72 + (2.61 - 0.72) * ramp : calm;
    bucket.firstTokenP50Ms = 1000 * norm * (1 + 0.07 * wave(x, slot + 11));
    bucket.firstTokenP95Ms = 1000 * p95 * (1 + 0.09 * wave(x, slot + 12));
    bucket.firstTokenP99Ms = 1000 * p95 * (bad ? 2.83 : 1.62) * (1 + 0.11 * wave(x, slot + 13));
    bucket.totalP95Ms = 3.1 * *bucket.firstTokenP95Ms;
    return bucket;
}

AdminReply callPage(const QVector<Call>& calls, const QUrlQuery& items)
{
    const Result<CallQuery> query = callQueryFromQuery(items);
    if (!query)
        return errorReply(query.error());
    QJsonArray found;
    qint64 total = 0;
    bool after = query->before.isEmpty();
    QJsonValue next;
    QString last;
    for (const Call& one : calls) {
        const auto same = [](const QString& wanted, const QString& is) { return wanted.isEmpty() || wanted == is; };
        const bool asked =
            query->provider.isEmpty() || std::any_of(one.attempts.cbegin(), one.attempts.cend(),
                                             [&](const Attempt& a) { return a.provider == query->provider; });
        if (!same(query->tenant, one.tenant) || !same(query->alias, one.alias) || !asked ||
            (query->outcome && *query->outcome != one.outcome) || (query->since && one.startedAt < *query->since) ||
            (query->until && one.startedAt >= *query->until))
            continue;
        ++total;
        if (after && found.size() < query->limit) {
            found.append(toJson(one));
            last = one.id;
        } else if (after && next.isNull()) {
            next = last;
        }
        if (one.id == query->before)
            after = true;
    }
    return {200, {{QStringLiteral("items"), found}, {QStringLiteral("total"), total}, {QStringLiteral("next"), next}}};
}

// Calls by outcome in buckets, as an engine adds them up.
AdminReply callSums(const QVector<Call>& calls, const QUrlQuery& items)
{
    const Result<CallSummaryQuery> query = callSummaryQueryFromQuery(items);
    if (!query)
        return errorReply(query.error());
    CallSummary summary;
    summary.by = query->by;
    summary.stepSeconds = query->stepSeconds;
    const qint64 step = std::max(1, query->stepSeconds) * qint64(1000);
    for (const Call& one : calls) {
        if ((!query->filter.tenant.isEmpty() && query->filter.tenant != one.tenant) ||
            (query->filter.outcome && *query->filter.outcome != one.outcome) || one.startedAt < *query->filter.since ||
            one.startedAt >= *query->filter.until)
            continue;
        CallSummaryRow row;
        row.start = QDateTime::fromMSecsSinceEpoch(one.startedAt.toMSecsSinceEpoch() / step * step, Qt::UTC);
        row.key = nameOf(one.outcome);
        row.calls = 1;
        row.answered = one.outcome == CallOutcome::Answered;
        summary.rows.append(row);
        ++summary.total;
    }
    return {200, toJson(summary)};
}

template <typename T>
QJsonObject itemsOf(const QVector<T>& values)
{
    QJsonArray items;
    for (const T& value : values)
        items.append(toJson(value));
    return {{QStringLiteral("items"), items}};
}

void answer(
    FakeTransport& transport, const QVector<Call>& calls, const QVector<ProviderStatus>& providers, bool withTraffic)
{
    transport.setReply(QStringLiteral("/api/v1/status"), toJson(Story::status()));
    transport.setReply(QStringLiteral("/api/v1/providers"), itemsOf(providers));
    transport.setHandler(QStringLiteral("/api/v1/calls"),
        [calls](const AdminRequest& request) { return callPage(calls, request.query); });
    for (const Call& one : calls)
        transport.setReply(QStringLiteral("/api/v1/calls/") + one.id, toJson(one));
    transport.setHandler(QStringLiteral("/api/v1/calls/summary"),
        [calls](const AdminRequest& request) { return callSums(calls, request.query); });
    transport.setHandler(QStringLiteral("/api/v1/series"), [withTraffic](const AdminRequest& request) {
        const Result<SeriesQuery> query = seriesQueryFromQuery(request.query);
        if (!query)
            return errorReply(query.error());
        Series series = Story::series(*query);
        if (!withTraffic) {
            for (SeriesBucket& bucket : series.buckets) {
                SeriesBucket quiet;
                quiet.start = bucket.start;
                bucket = quiet;
            }
        }
        return AdminReply{200, toJson(series)};
    });
}

} // namespace

QDateTime Story::now()
{
    return QDateTime(QDate(2026, 11, 22), QTime(3, 22, 24), Qt::UTC);
}

QVector<ProviderStatus> Story::providers()
{
    QVector<ProviderStatus> all{
        provider("azure-eu", "swedencentral", Health::Down, 3900, 2262, 620, 2610, 9610, 31, 0.224),
        provider("openai-eu", "westeurope", Health::Ok, 5970, 18, 410, 830, 4100, 71, 0.344),
        provider("anthropic", "eu", Health::Ok, 2150, 2, 330, 660, 4020, 64, 0.124),
        provider("bedrock-eu", "eu-central-1", Health::Ok, 1770, 4, 460, 910, 5100, 52, 0.102),
        provider("vertex-eu", "europe-west4", Health::Ok, 815, 2, 350, 720, 3900, 83, 0.047),
        provider("mistral", "eu-west-3", Health::Degraded, 365, 13, 300, 940, 3300, 77, 0.021),
        provider("groq-eu", "eu-north-1", Health::Paused, 0, 0, 0, 0, 0, 0, 0),
        provider("ollama", "local", Health::Unknown, 0, 0, 0, 0, 0, 0, 0),
    };
    all[0].why = QStringLiteral(
        "azure-eu fails 58 % of attempts since 03:04: 41 % answer 503, 10 % time out, 6.5 % do not connect.");
    all[0].models.append(QStringLiteral("gpt-5.4-nano-2026-03-01"));
    all[0].aliases.append(QStringLiteral("support-chat"));
    all[0].kind = QStringLiteral("azure-openai");
    all[0].keyReference = QStringLiteral("vault:azure-sc-1");
    all[0].lastFailure = now();
    all[5].why = QStringLiteral("mistral answers 3.6 % of attempts with 429 in the last 5 minutes.");
    all[6].lastSuccess = QDateTime(QDate(2026, 11, 21), QTime(21, 36), Qt::UTC);
    all[6].keyReference = QStringLiteral("env:GROQ_KEY");
    all[7].keyReference.clear();
    all[7].baseUrl = QStringLiteral("http://127.0.0.1:11434/v1");
    all[7].kind = QStringLiteral("ollama");
    addGates(all);
    return all;
}

QVector<Call> Story::calls()
{
    QVector<Call> all{theFallback()};
    all.append(simple(call("req_01JD9T7C4Q7X1", "03:22:24.090", CallOutcome::Answered, "nordbank", "kyc-notes",
                          "contract-qa", "anthropic/claude-haiku-4-5@eu", 4.02, 2.8, 6310, 480),
        "anthropic", "eu", "claude-haiku-4-5", 610, 8'710'000));
    Call failed = call("req_01JD9T7C4PZ03", "03:22:23.871", CallOutcome::Failed, "norrvik-care", "triage",
        "support-chat", "", 16.40, 3.4, 912, 0);
    failed.error = ErrorCode::ChainExhausted;
    failed.errorDetail = QStringLiteral(
        "Both candidates of support-chat failed: azure-eu answered 503 and bedrock-eu gave no answer within 15 s.");
    failed.attempts = {attempt(1, "azure-eu", "swedencentral", "gpt-6-luna-2026-09-01", AttemptResult::Failed, 2, 1320),
        attempt(2, "bedrock-eu", "eu-central-1", "claude-haiku-4-5", AttemptResult::Failed, 1330, 16390)};
    failed.attempts[1].httpStatus = 0;
    failed.attempts[1].error = ErrorCode::DeadlineExceeded;
    failed.attempts[1].reason = QStringLiteral("bedrock-eu eu-central-1 gave no first byte within 15 s.");
    failed.cost = Money::fromNano(0);
    failed.decision.insert(QStringLiteral("candidates"),
        QJsonArray{
            candidate("azure-eu", "swedencentral", "gpt-6-luna-2026-09-01", "chosen", "weight", "first by weight"),
            candidate("bedrock-eu", "eu-central-1", "claude-haiku-4-5", "eligible", "fallback",
                "next in the fallback chain")});
    all.append(failed);
    Call second = call("req_01JD9T7C4PK77", "03:22:23.702", CallOutcome::Answered, "acme", "summaries",
        "fast-summariser", "bedrock-eu/claude-haiku-4-5@eu-central-1", 3.10, 3.1, 2004, 188);
    streamed(second, 1120, 2'970'000);
    second.fallbackKind = QStringLiteral("other-provider");
    second.attempts = {attempt(1, "azure-eu", "swedencentral", "gpt-6-luna-2026-09-01", AttemptResult::Failed, 2, 480),
        answered(2, "bedrock-eu", "eu-central-1", "claude-haiku-4-5", 490, 1120, 3098, 188)};
    second.decision.insert(QStringLiteral("candidates"),
        QJsonArray{candidate("bedrock-eu", "eu-central-1", "claude-haiku-4-5", "chosen", "fallback",
                       "in the zone, next in the fallback chain"),
            candidate("azure-eu", "swedencentral", "gpt-6-luna-2026-09-01", "eligible", "weight", "first by weight")});
    const auto loss = [](const char* field, const char* how, const char* reason) {
        return QJsonObject{{QStringLiteral("field"), text(field)}, {QStringLiteral("how"), text(how)},
            {QStringLiteral("reason"), text(reason)}};
    };
    second.decision.insert(QStringLiteral("translation"),
        QJsonArray{QJsonObject{{QStringLiteral("attempt"), 2}, {QStringLiteral("candidate"), second.servedBy},
            {QStringLiteral("dialect"), QStringLiteral("bedrock")},
            {QStringLiteral("losses"), QJsonArray{loss("seed", "dropped", "the provider has no such field"),
                                           loss("response_format", "changed", "its names are put in another order"),
                                           loss("user", "dropped", "the provider has no such field")}}}});
    all.append(second);
    all.append(simple(call("req_01JD9T7C4P9M4", "03:22:23.655", CallOutcome::Answered, "brightline", "faq",
                          "support-chat", "mistral/mistral-small-4@eu-west-3", 1.02, 2.1, 640, 96),
        "mistral", "eu-west-3", "mistral-small-4", 310, 210'000));
    Call refused = call("req_01JD9T7C4P2B8", "03:22:23.540", CallOutcome::Refused, "acme", "batch-tags", "embed-docs",
        "", 0.0011, 0.9, 8120, 0);
    refused.routedUs = -1;
    refused.error = ErrorCode::ScopeDenied;
    refused.httpStatus = 403;
    refused.errorDetail = QStringLiteral("The credential k7f2q9 of acme may not use the alias embed-docs.");
    refused.tokens = {};
    refused.decision = {};
    all.append(refused);
    all.append(simple(call("req_01JD9T7C4NX60", "03:22:23.311", CallOutcome::Answered, "atlas-legal", "review",
                          "contract-qa", "azure-eu/gpt-6-luna@swedencentral", 5.77, 3.0, 9400, 610),
        "azure-eu", "swedencentral", "gpt-6-luna-2026-09-01", 970, 13'100'000));
    Call cut = simple(call("req_01JD9T7C4NT15", "03:22:23.204", CallOutcome::Truncated, "kestrel", "chat",
                          "support-chat", "azure-eu/gpt-6-luna@swedencentral", 9.61, 3.3, 1120, 74),
        "azure-eu", "swedencentral", "gpt-6-luna-2026-09-01", 2200, 940'000);
    cut.streamEnd = StreamEnd::Truncated;
    cut.error = ErrorCode::StreamTruncated;
    cut.errorDetail =
        QStringLiteral("azure-eu closed the connection after 74 tokens, without the terminator of its stream.");
    cut.attempts[0].streamEnd = StreamEnd::Truncated;
    cut.attempts[0].result = AttemptResult::Failed;
    cut.attempts[0].error = ErrorCode::StreamTruncated;
    all.append(cut);
    Call embed = simple(call("req_01JD9T7C4NQ42", "03:22:23.100", CallOutcome::Answered, "mondo-retail", "search",
                            "embed-docs", "vertex-eu/gemini-embed-2@europe-west4", 0.11, 2.2, 4000, 0),
        "vertex-eu", "europe-west4", "gemini-embed-2", 80, 80'000);
    embed.streamEnd = StreamEnd::NotStreamed;
    embed.attempts[0].streamEnd = StreamEnd::NotStreamed;
    embed.surface = QStringLiteral("openai.embeddings");
    embed.cost.reset();
    embed.costEstimated.reset();
    all.append(embed);
    // A tail of ordinary calls, so that the list scrolls and pages.
    const Call pattern = all[1];
    for (int i = 0; i < 400; ++i) {
        Call one = pattern;
        one.id = QStringLiteral("req_01JD9T7B%1").arg(9000 - i);
        one.startedAt = all[8].startedAt.addMSecs(-190 * (i + 1));
        one.endUs += 1'000 * (i % 37);
        one.tokens.inUncached += 13 * (i % 29);
        all.append(one);
    }
    return all;
}

EngineStatus Story::status()
{
    EngineStatus status;
    status.version = QStringLiteral("0.1.0");
    status.pid = 4711;
    status.startedAt = now().addDays(-3);
    status.asOf = now();
    status.revision = 218;
    status.gatewayUrl = QStringLiteral("http://127.0.0.1:4180");
    status.adminUrl = QStringLiteral("http://127.0.0.1:4181");
    status.ready = true;
    status.workers = 2;
    status.callsInFlight = 118;
    status.callsTotal = 188'412;
    status.eventSequence = 8'412'907;
    status.engineId = QStringLiteral("eng_prod-eu");
    status.apiMajor = gateway::api::kApiMajor;
    status.apiMinor = gateway::api::kApiMinor;
    status.features = gateway::api::knownFeatures();
    return status;
}

Series Story::series(const SeriesQuery& query)
{
    Series series;
    series.query = query;
    series.asOf = now();
    const QVector<ProviderStatus> all = providers();
    for (QDateTime start = query.from; start < query.to; start = start.addSecs(query.stepSeconds)) {
        SeriesBucket sum;
        sum.start = start;
        for (int i = 0; i < all.size() && start <= now(); ++i) {
            if (!query.provider.isEmpty() && query.provider != all[i].name)
                continue;
            const SeriesBucket one = bucketOf(all[i], start, query.stepSeconds, i);
            if (!query.provider.isEmpty()) {
                sum = one;
                continue;
            }
            sum.attempts += one.attempts;
            sum.answered += one.answered;
            sum.fallback += one.fallback;
            for (std::size_t kind = 0; kind < sum.failures.size(); ++kind)
                sum.failures[kind] += one.failures[kind];
        }
        series.buckets.append(sum);
    }
    return series;
}

void Story::tell(FakeTransport& transport)
{
    answer(transport, calls(), providers(), true);
    tellControl(transport, false);
}

void Story::tellEmpty(FakeTransport& transport)
{
    QVector<ProviderStatus> fresh = providers();
    for (ProviderStatus& one : fresh) {
        one.health = Health::Unknown;
        one.why.clear();
        one.attempts5m = 0;
        one.failures5m = 0;
        one.firstTokenP50Ms.reset();
        one.firstTokenP95Ms.reset();
        one.totalP95Ms.reset();
        one.tokensPerSecond.reset();
        one.share.reset();
        one.lastSuccess.reset();
        one.lastFailure.reset();
        one.connectionsOpen = 0;
        one.breakers.clear();
        one.drained = false;
        one.leverId.clear();
    }
    answer(transport, {}, fresh, false);
    tellControl(transport, true);
}

Event finishedEvent(const Call& call, qint64 sequence)
{
    return {sequence, QStringLiteral("call.finished"), toJson(call)};
}

} // namespace ui::testing
