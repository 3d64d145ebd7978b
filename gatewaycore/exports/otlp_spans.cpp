#include "exports/otlp_spans.h"

#include "observability/attempt_facts.h"
#include "observability/metric_labels.h"
#include "observability/worker_metrics.h"

#include <QCryptographicHash>
#include <QJsonDocument>

namespace gateway::exports {
namespace {

using api::Attempt;
using api::AttemptResult;
using api::Call;
using api::CallOutcome;

// Numbers of opentelemetry/proto/trace/v1/trace.proto.
constexpr int kServer = 2;
constexpr int kClient = 3;
constexpr int kStatusError = 2;
constexpr int kFlagSampled = 1;

// Hex of the first bytes of a digest: the same call gives the same ids, also when it is sent twice.
QString idOf(const char* what, const QString& call, int number, int bytes)
{
    QByteArray text = QByteArray(what) + ' ' + call.toUtf8() + ' ' + QByteArray::number(number);
    return QString::fromLatin1(QCryptographicHash::hash(text, QCryptographicHash::Sha256).left(bytes).toHex());
}

struct Place
{
    QString trace;
    QString parent; // empty: a root
    QString span;
};

Place placeOf(const Call& call)
{
    const QByteArray& parent = call.traceparent; // 00-TRACE-SPAN-FLAGS, checked where it was read
    if (parent.size() == 55)
        return {QString::fromLatin1(parent.mid(3, 32)), QString::fromLatin1(parent.mid(36, 16)),
            idOf("span", call.id, 0, 8)};
    return {idOf("trace", call.id, 0, 16), {}, idOf("span", call.id, 0, 8)};
}

qint64 nanoAt(const Call& call, qint64 us)
{
    return call.startedAt.toMSecsSinceEpoch() * 1'000'000 + us * 1000;
}

void addTokens(Attributes& attributes, const api::Tokens& tokens)
{
    if (tokens.source == api::TokenSource::None)
        return;
    attributes.number("gen_ai.usage.input_tokens", tokens.input())
        .number("gen_ai.usage.output_tokens", tokens.output());
    if (tokens.inCacheRead > 0)
        attributes.number("gen_ai.usage.cache_read.input_tokens", tokens.inCacheRead);
    const qint64 written =
        tokens.inCacheWrite5m + tokens.inCacheWrite30m + tokens.inCacheWrite1h + tokens.inCacheWrite12h;
    if (written > 0)
        attributes.number("gen_ai.usage.cache_creation.input_tokens", written);
}

QJsonObject span(const Place& place, const QString& name, int kind, qint64 start, qint64 end, Attributes attributes)
{
    QJsonObject json{{QStringLiteral("traceId"), place.trace}, {QStringLiteral("spanId"), place.span},
        {QStringLiteral("name"), name}, {QStringLiteral("kind"), kind}, {QStringLiteral("flags"), kFlagSampled},
        {QStringLiteral("startTimeUnixNano"), nanoText(start)},
        {QStringLiteral("endTimeUnixNano"), nanoText(std::max(start, end))},
        {QStringLiteral("attributes"), attributes.take()}};
    if (!place.parent.isEmpty())
        json.insert(QStringLiteral("parentSpanId"), place.parent);
    return json;
}

void markError(QJsonObject& json, const QString& code)
{
    json.insert(QStringLiteral("status"),
        QJsonObject{{QStringLiteral("code"), kStatusError}, {QStringLiteral("message"), code}});
}

QString nameOr(const QSet<QString>& known, const QString& name)
{
    return known.contains(name) ? name : QStringLiteral("other");
}

QString errorType(api::ErrorCode code)
{
    return code == api::ErrorCode::None ? QString() : nameOf(code);
}

QJsonObject callSpan(const Call& call, const Place& place, const KnownNames& names, const QString& operation)
{
    const QString alias = nameOr(names.aliases, call.alias);
    Attributes attributes;
    attributes.text("gen_ai.operation.name", operation)
        .text("gen_ai.provider.name", QStringLiteral("signalbox"))
        .text("gen_ai.request.model", alias)
        .text("error.type", errorType(call.error))
        .text("http.request.method", QStringLiteral("POST"))
        .number("http.response.status_code", call.httpStatus)
        .text("signalbox.call.id", call.id)
        .text("signalbox.outcome", nameOf(call.outcome))
        .text("signalbox.tenant", word(call.tenant))
        .text("signalbox.alias", alias)
        .text("signalbox.zone", names.zones.contains(call.zone) ? call.zone : QString())
        .text("signalbox.surface", word(call.surface))
        .text("signalbox.workload_class", word(call.workloadClass))
        .text("signalbox.fallback.kind", word(call.fallbackKind))
        .text("signalbox.served_by", word(call.servedBy))
        .flag("signalbox.degraded", call.degraded)
        .text("signalbox.cache", word(call.cache))
        .text("signalbox.cost_usd", call.cost ? call.cost->toDecimal() : QString())
        .number("signalbox.attempts", call.attempts.size())
        .number("signalbox.revision", call.revision)
        .texts("gen_ai.response.finish_reasons", {word(call.finishReason)});
    if (call.overheadUs >= 0)
        attributes.number("signalbox.overhead_us", call.overheadUs);
    if (call.firstTokenUs >= 0)
        attributes.real("gen_ai.response.time_to_first_chunk", double(call.firstTokenUs) / 1e6);
    addTokens(attributes, call.tokens);
    QJsonObject json = span(place, operation + QLatin1Char(' ') + alias, kServer, nanoAt(call, 0),
        nanoAt(call, std::max<qint64>(0, call.endUs)), std::move(attributes));
    // a server's span is an error when the server failed; a refusal is the caller's affair
    if (call.outcome == CallOutcome::Failed || call.outcome == CallOutcome::Truncated ||
        call.outcome == CallOutcome::Indeterminate || call.httpStatus >= 500)
        markError(json, errorType(call.error));
    return json;
}

QJsonObject attemptSpan(
    const Call& call, const Attempt& attempt, Place place, const KnownNames& names, const QString& operation)
{
    place.parent = place.span;
    place.span = idOf("span", call.id, attempt.number, 8);
    const KnownNames::Provider provider = names.providers.value(attempt.provider);
    const QString model = word(attempt.model);
    Attributes attributes;
    attributes.text("gen_ai.operation.name", operation)
        .text("gen_ai.provider.name", provider.semanticName.isEmpty() ? QStringLiteral("other") : provider.semanticName)
        .text("gen_ai.request.model", model)
        .text("gen_ai.response.model", word(attempt.modelReported))
        .texts("gen_ai.response.finish_reasons", {word(attempt.finishReason)})
        .text("error.type", errorType(attempt.error))
        .text("server.address", provider.host)
        .text("signalbox.provider", word(attempt.provider))
        .text("signalbox.region", word(attempt.region))
        .number("signalbox.attempt.number", attempt.number)
        .text("signalbox.attempt.result", nameOf(attempt.result))
        .text("signalbox.fallback.kind", word(attempt.fallbackKind))
        .text("signalbox.cost_usd", attempt.cost ? attempt.cost->toDecimal() : QString())
        .flag("signalbox.connection.reused", attempt.connectionReused);
    if (provider.port > 0)
        attributes.number("server.port", provider.port);
    if (attempt.httpStatus > 0)
        attributes.number("http.response.status_code", attempt.httpStatus);
    if (attempt.firstTokenUs >= 0)
        attributes.real("gen_ai.response.time_to_first_chunk", double(attempt.firstTokenUs - attempt.startUs) / 1e6);
    addTokens(attributes, attempt.tokens);
    QJsonObject json = span(place, model.isEmpty() ? operation : operation + QLatin1Char(' ') + model, kClient,
        nanoAt(call, attempt.startUs), nanoAt(call, std::max(attempt.startUs, attempt.endUs)), std::move(attributes));
    if (attempt.result == AttemptResult::Failed)
        markError(json, errorType(attempt.error));
    return json;
}

bool hasSpan(const Attempt& attempt)
{
    return observability::wasSent(attempt) && attempt.startUs >= 0;
}

} // namespace

KnownNamesPtr KnownNames::of(const config::PolicySnapshot& snapshot)
{
    auto names = std::make_shared<KnownNames>();
    for (const auto& alias : snapshot.aliases)
        names->aliases.insert(alias->name);
    for (const auto& zone : snapshot.zones)
        names->zones.insert(zone->name);
    const auto labels = observability::MetricLabels::extended(observability::MetricLabels(), snapshot);
    for (const auto& label : labels->providers())
        names->providers.insert(label.name, {QString::fromLatin1(label.semanticName), {}, 0});
    for (const auto& provider : snapshot.providers) {
        KnownNames::Provider& known = names->providers[provider->name];
        if (provider->origin.port != 0) { // the embedded simulator has no address of its own
            known.host = provider->origin.host;
            known.port = provider->origin.port;
        }
    }
    return names;
}

bool isSampled(const Call& call)
{
    if (call.traceparent.size() != 55)
        return true;
    bool ok = false;
    return (call.traceparent.mid(53, 2).toInt(&ok, 16) & kFlagSampled) != 0;
}

int spanCount(const Call& call)
{
    return 1 + int(std::count_if(call.attempts.begin(), call.attempts.end(), hasSpan));
}

QJsonArray spansOf(const Call& call, const KnownNames& names)
{
    const Place place = placeOf(call);
    const QString operation = QString::fromLatin1(semanticNameOf(observability::operationOf(call.surface)));
    QJsonArray spans{callSpan(call, place, names, operation)};
    for (const Attempt& attempt : call.attempts) {
        if (hasSpan(attempt))
            spans.append(attemptSpan(call, attempt, place, names, operation));
    }
    return spans;
}

QByteArray tracesRequest(const QJsonObject& resource, const QJsonArray& spans)
{
    const QJsonObject scoped{{QStringLiteral("scope"), scope()}, {QStringLiteral("spans"), spans}};
    const QJsonObject one{{QStringLiteral("resource"), resource}, {QStringLiteral("scopeSpans"), QJsonArray{scoped}}};
    return QJsonDocument(QJsonObject{{QStringLiteral("resourceSpans"), QJsonArray{one}}})
        .toJson(QJsonDocument::Compact);
}

QJsonArray testSpan(qint64 wallMs, const QByteArray& seed)
{
    const QString id = QString::fromLatin1(seed.toHex());
    Attributes attributes;
    attributes.flag("signalbox.test", true);
    constexpr int kInternal = 1;
    return {span({idOf("trace", id, 0, 16), {}, idOf("span", id, 0, 8)}, QStringLiteral("signalbox test"), kInternal,
        wallMs * 1'000'000, wallMs * 1'000'000, std::move(attributes))};
}

} // namespace gateway::exports
