#include "exports/otlp_metrics.h"

#include "observability/metric_sums.h"

#include <QJsonDocument>

namespace gateway::exports {
namespace {

using namespace observability;

constexpr int kCumulative = 2; // AggregationTemporality of opentelemetry/proto/metrics/v1/metrics.proto

// Collects the metrics of one request; every point has the same two times.
class Writer
{
public:
    Writer(const MetricsSource& source, qint64 nowMs)
        : m_start(nanoText(source.startedAtMs * 1'000'000)), m_now(nanoText(nowMs * 1'000'000))
    {
    }

    void count(Attributes attributes, qint64 value)
    {
        point(std::move(attributes), {{QStringLiteral("asInt"), QString::number(value)}});
    }
    void amount(Attributes attributes, double value)
    {
        point(std::move(attributes), {{QStringLiteral("asDouble"), value}});
    }
    template <std::size_t N>
    void histogram(
        Attributes attributes, const HistogramSum<N>& total, const std::array<qint64, N>& bounds, double unit)
    {
        if (total.count == 0)
            return;
        QJsonArray cells;
        QJsonArray edges;
        for (const qint64 cell : total.cells)
            cells.append(QString::number(cell));
        for (const qint64 bound : bounds)
            edges.append(double(bound) * unit);
        point(std::move(attributes),
            {{QStringLiteral("count"), QString::number(total.count)}, {QStringLiteral("sum"), double(total.sum) * unit},
                {QStringLiteral("bucketCounts"), cells}, {QStringLiteral("explicitBounds"), edges}});
    }

    void endHistogram(const char* name, const char* unit, const char* what)
    {
        end(name, unit, what, "histogram", {{QStringLiteral("aggregationTemporality"), kCumulative}});
    }
    void endSum(const char* name, const char* unit, const char* what)
    {
        end(name, unit, what, "sum",
            {{QStringLiteral("aggregationTemporality"), kCumulative}, {QStringLiteral("isMonotonic"), true}});
    }
    QJsonArray take() { return std::exchange(m_metrics, {}); }
    qint64 points() const { return m_points; }

private:
    void point(Attributes attributes, QJsonObject json)
    {
        json.insert(QStringLiteral("attributes"), attributes.take());
        json.insert(QStringLiteral("startTimeUnixNano"), m_start);
        json.insert(QStringLiteral("timeUnixNano"), m_now);
        m_list.append(json);
    }
    void end(const char* name, const char* unit, const char* what, const char* kind, QJsonObject data)
    {
        if (m_list.isEmpty())
            return;
        m_points += m_list.size();
        data.insert(QStringLiteral("dataPoints"), std::exchange(m_list, {}));
        m_metrics.append(QJsonObject{{QStringLiteral("name"), QString::fromLatin1(name)},
            {QStringLiteral("unit"), QString::fromLatin1(unit)},
            {QStringLiteral("description"), QString::fromLatin1(what)}, {QString::fromLatin1(kind), data}});
    }

    const QString m_start;
    const QString m_now;
    QJsonArray m_list;
    QJsonArray m_metrics;
    qint64 m_points = 0;
};

Attributes of(const MetricLabels::Provider& provider, std::size_t operation)
{
    Attributes attributes;
    attributes.text("gen_ai.operation.name", QString::fromLatin1(semanticNameOf(Operation(operation))))
        .text("gen_ai.provider.name", QString::fromLatin1(provider.semanticName))
        .text("signalbox.provider", provider.name);
    return attributes;
}

using ProviderHistograms = std::array<BoundedHistogram<14>, kOperations>;

void providerHistograms(Writer& out, const MetricsSource& source, const std::array<qint64, 14>& bounds, double unit,
    ProviderHistograms ProviderCounters::*member, const char* tokenType)
{
    const auto& providers = source.labels->providers();
    for (std::size_t i = 0; i < providers.size(); ++i) {
        for (std::size_t operation = 0; operation < kOperations; ++operation) {
            Attributes attributes = of(providers[i], operation);
            if (tokenType)
                attributes.text("gen_ai.token.type", QString::fromLatin1(tokenType));
            out.histogram(std::move(attributes),
                histogramOver<14>(source.workers,
                    [&](const WorkerMetrics& w) -> const BoundedHistogram<14>& {
                        return (w.provider(int(i)).*member)[operation];
                    }),
                bounds, unit);
        }
    }
}

void genAi(Writer& out, const MetricsSource& source)
{
    providerHistograms(out, source, kDurationBoundsUs, 1e-6, &ProviderCounters::duration, nullptr);
    out.endHistogram("gen_ai.client.operation.duration", "s", "Time of an attempt, request to last byte.");
    providerHistograms(out, source, kDurationBoundsUs, 1e-6, &ProviderCounters::firstChunk, nullptr);
    out.endHistogram(
        "gen_ai.client.operation.time_to_first_chunk", "s", "Time of a streamed attempt to its first content.");
    providerHistograms(out, source, kTokenBounds, 1, &ProviderCounters::inputTokens, "input");
    providerHistograms(out, source, kTokenBounds, 1, &ProviderCounters::outputTokens, "output");
    out.endHistogram("gen_ai.client.token.usage", "{token}", "Tokens of an attempt; input includes cached tokens.");

    const auto ofServer = [](std::size_t operation) {
        Attributes attributes;
        attributes.text("gen_ai.operation.name", QString::fromLatin1(semanticNameOf(Operation(operation))))
            .text("gen_ai.provider.name", QStringLiteral("signalbox"));
        return attributes;
    };
    for (std::size_t i = 0; i < kOperations; ++i) {
        out.histogram(ofServer(i),
            histogramOver<14>(source.workers,
                [i](const WorkerMetrics& w) -> const BoundedHistogram<14>& { return w.callDuration(i); }),
            kDurationBoundsUs, 1e-6);
    }
    out.endHistogram("gen_ai.server.request.duration", "s", "Time of a call, first byte in to last byte out.");
    for (std::size_t i = 0; i < kOperations; ++i) {
        out.histogram(ofServer(i),
            histogramOver<16>(
                source.workers, [i](const WorkerMetrics& w) -> const BoundedHistogram<16>& { return w.firstToken(i); }),
            kFirstTokenBoundsUs, 1e-6);
    }
    out.endHistogram("gen_ai.server.time_to_first_token", "s", "Time of a streamed call to its first content.");
}

void sums(Writer& out, const MetricsSource& source)
{
    const auto& aliases = source.labels->aliases();
    for (std::size_t i = 0; i < aliases.size(); ++i) {
        for (std::size_t outcome = 0; outcome < kOutcomes; ++outcome) {
            const qint64 calls =
                sumOver(source.workers, [&](const WorkerMetrics& w) { return w.alias(int(i)).calls[outcome].value(); });
            if (calls == 0)
                continue;
            Attributes attributes;
            attributes.text("signalbox.alias", aliases[i]).text("signalbox.outcome", nameOf(api::CallOutcome(outcome)));
            out.count(std::move(attributes), calls);
        }
    }
    out.endSum("signalbox.calls", "{call}", "Calls finished, by alias and outcome.");

    const auto& providers = source.labels->providers();
    for (std::size_t i = 0; i < providers.size(); ++i) {
        for (std::size_t result = 0; result < kAttemptResults; ++result) {
            const qint64 attempts = sumOver(
                source.workers, [&](const WorkerMetrics& w) { return w.provider(int(i)).attempts[result].value(); });
            if (attempts == 0)
                continue;
            Attributes attributes;
            attributes.text("signalbox.provider", providers[i].name)
                .text("signalbox.attempt.result", nameOf(api::AttemptResult(result)));
            out.count(std::move(attributes), attempts);
        }
    }
    out.endSum("signalbox.attempts", "{attempt}", "Attempts at a provider, by result.");
    for (std::size_t i = 0; i < providers.size(); ++i) {
        for (std::size_t kind = 0; kind < std::size_t(api::kFailureClasses); ++kind) {
            const qint64 failures = sumOver(
                source.workers, [&](const WorkerMetrics& w) { return w.provider(int(i)).failures[kind].value(); });
            if (failures == 0)
                continue;
            Attributes attributes;
            attributes.text("signalbox.provider", providers[i].name)
                .text("error.type", nameOf(api::FailureClass(kind)));
            out.count(std::move(attributes), failures);
        }
    }
    out.endSum("signalbox.attempt.failures", "{attempt}", "Failed attempts at a provider, by class.");
    for (std::size_t i = 0; i < providers.size(); ++i) {
        const qint64 nano =
            sumOver(source.workers, [&](const WorkerMetrics& w) { return w.provider(int(i)).costNanoUsd.value(); });
        if (nano == 0)
            continue;
        Attributes attributes;
        attributes.text("signalbox.provider", providers[i].name);
        out.amount(std::move(attributes), double(nano) / 1e9);
    }
    out.endSum("signalbox.cost", "{USD}", "Cost of priced attempts in US dollars.");
    out.count({}, sumOver(source.workers, [](const WorkerMetrics& w) { return w.unauthenticatedCount(); }));
    out.endSum("signalbox.unauthenticated", "{request}", "Requests without a valid gateway credential.");
}

} // namespace

MetricsRequest metricsRequest(const QJsonObject& resource, const MetricsSource& source, qint64 nowMs)
{
    Writer out(source, nowMs);
    genAi(out, source);
    sums(out, source);
    const QJsonObject scoped{{QStringLiteral("scope"), scope()}, {QStringLiteral("metrics"), out.take()}};
    const QJsonObject one{{QStringLiteral("resource"), resource}, {QStringLiteral("scopeMetrics"), QJsonArray{scoped}}};
    return {
        QJsonDocument(QJsonObject{{QStringLiteral("resourceMetrics"), QJsonArray{one}}}).toJson(QJsonDocument::Compact),
        out.points()};
}

} // namespace gateway::exports
