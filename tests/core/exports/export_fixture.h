// What the tests of exports share: an answer of a receiver, short times, an environment with secrets, a sample call.
#pragma once

#include "exports/exports.h"
#include "scripted_upstream.h"

#include "../observability/sample_calls.h"

#include <QJsonDocument>
#include <QTest>

namespace exporttest {

using namespace gateway;
using namespace gateway::exports;
using test::Hangup;
using test::ReceivedRequest;
using test::ScriptedUpstream;

constexpr qint64 kWallMs = 1'795'305'600'000;

inline QByteArray answer(int status, const QByteArray& body = "{}", const QByteArray& fields = {})
{
    return "HTTP/1.1 " + QByteArray::number(status) + " X\r\ncontent-type: application/json\r\n" + fields +
           "content-length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body;
}

// Real time, but little of it.
inline ExportLimits shortLimits()
{
    ExportLimits limits;
    limits.traceDelay = limits.firstRetry = std::chrono::milliseconds(50);
    limits.otlpLongestRetry = limits.hookLongestRetry = std::chrono::milliseconds(100);
    limits.answer = std::chrono::milliseconds(2000);
    limits.flush = std::chrono::milliseconds(1000);
    return limits;
}

inline config::KeySource testKeys()
{
    return config::KeySource([](const QByteArray& name) -> std::optional<QByteArray> {
        if (name == "UNSET")
            return std::nullopt;
        if (name == "SHORT")
            return QByteArray("tiny");
        return "secret of " + name + " 0123456789";
    });
}

inline QString urlOf(const ScriptedUpstream& receiver, const char* path = "")
{
    return QStringLiteral("http://127.0.0.1:%1%2").arg(receiver.port()).arg(QLatin1String(path));
}

inline QJsonObject jsonOf(const QByteArray& text)
{
    return QJsonDocument::fromJson(text).object();
}

inline QByteArray fieldOf(const ReceivedRequest& request, const QByteArray& name)
{
    for (const QByteArray& line : request.head.split('\n')) {
        if (line.toLower().startsWith(name + ':'))
            return line.mid(name.size() + 1).trimmed();
    }
    return {};
}

inline CallPtr sampleCall(const QString& id = QStringLiteral("req_01J0000000000000000000000A"))
{
    api::Call call = sample::call(kWallMs, QStringLiteral("up"), QStringLiteral("fast"), 250'000);
    call.id = id;
    call.tenant = QStringLiteral("acme");
    call.zone = QStringLiteral("eu-only");
    call.endUs = 260'000;
    call.httpStatus = 200;
    call.finishReason = QStringLiteral("stop");
    call.cost = api::Money::fromDecimal(u"0.00167");
    call.tokens.inUncached = 100;
    call.tokens.inCacheRead = 20;
    call.tokens.outText = 30;
    call.tokens.source = api::TokenSource::Reported;
    api::Attempt& second = call.attempts[0];
    second.number = 2;
    second.startUs = 110'000;
    second.endUs = 250'000;
    second.tokens = call.tokens;
    second.cost = call.cost;
    second.fallbackKind = QStringLiteral("other-provider");
    second.modelReported = QStringLiteral("model-1-0901");
    api::Attempt first = second;
    first.number = 1;
    first.provider = QStringLiteral("other");
    first.startUs = 5'000;
    first.endUs = 100'000;
    first.result = api::AttemptResult::Failed;
    first.error = api::ErrorCode::ProviderOverloaded;
    first.httpStatus = 529;
    first.tokens = {};
    first.cost.reset();
    first.fallbackKind.clear();
    call.attempts.prepend(first);
    return std::make_shared<const api::Call>(std::move(call));
}

// An Exports with a receiver; everything in force as the engine would put it.
struct Fixture
{
    ScriptedUpstream receiver;
    SystemClock clock;
    SodiumRandom random;
    config::PolicySnapshot snapshot;
    ExportContext context;
    std::unique_ptr<observability::WorkerMetrics> metrics;
    std::unique_ptr<Exports> exports;
    config::ExportPolicy policy;

    explicit Fixture(const ExportLimits& limits = shortLimits())
    {
        receiver.setAnswer({answer(200), Hangup::Stay});
        snapshot.aliases.push_back(std::make_unique<config::Alias>());
        snapshot.aliases.back()->name = QStringLiteral("fast");
        snapshot.zones.push_back(std::make_unique<config::Zone>());
        snapshot.zones.back()->name = QStringLiteral("eu-only");
        for (const char* name : {"up", "other"}) {
            snapshot.providers.push_back(std::make_unique<config::Provider>());
            snapshot.providers.back()->name = QLatin1String(name);
            snapshot.providers.back()->kind = config::ProviderKind::Anthropic;
            snapshot.providers.back()->origin.host = QStringLiteral("api.example");
            snapshot.providers.back()->origin.port = 443;
        }
        context.speaker = {QStringLiteral("edge-1"), QStringLiteral("stage"), QStringLiteral("i1")};
        context.names = KnownNames::of(snapshot);
        context.metrics.labels = observability::MetricLabels::extended(observability::MetricLabels(), snapshot);
        metrics = std::make_unique<observability::WorkerMetrics>(context.metrics.labels);
        context.metrics.workers = {metrics.get()};
        context.metrics.startedAtMs = kWallMs;
        exports = std::make_unique<Exports>(clock, random, limits);
    }

    void otlp(bool traces, bool metricsToo, const QString& endpoint)
    {
        policy.otlp.emplace();
        policy.otlp->endpoint = endpoint;
        policy.otlp->traces = traces;
        policy.otlp->metrics = metricsToo;
        policy.otlp->headers = {{QStringLiteral("authorization"), QStringLiteral("env:OTEL")}};
        policy.otlp->interval = std::chrono::milliseconds(100);
        apply();
    }
    void hook(const QStringList& events, const QString& secret = QStringLiteral("env:HOOK"))
    {
        config::WebhookPolicy one;
        one.name = QStringLiteral("pager");
        one.url = urlOf(receiver, "/hooks/secret-path");
        one.secret = secret;
        one.events = events;
        policy.webhooks = {one};
        apply();
    }
    void apply() { exports->apply(policy, context, testKeys()); }

    api::ExportStatus status(const char* name) const
    {
        for (const api::ExportStatus& one : exports->statuses()) {
            if (one.name == QLatin1String(name))
                return one;
        }
        return {};
    }
    // Requests so far are gathered; true when there are `count` or more.
    bool got(int count)
    {
        requests += receiver.takeRequests();
        return requests.size() >= count;
    }
    QList<ReceivedRequest> requests;
};

} // namespace exporttest
