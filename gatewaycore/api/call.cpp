#include "api/call.h"

#include <QJsonArray>

#include <array>

namespace gateway::api {
namespace {

constexpr std::array kOutcomes{"answered", "refused", "failed", "truncated", "cancelled", "indeterminate"};
constexpr std::array kResults{"answered", "failed", "skipped", "refused", "cancelled"};
constexpr std::array kStreamEnds{"none", "complete", "truncated", "cancelled", "stalled", "refused"};

template <typename Enum, typename Names>
std::optional<Enum> fromName(QStringView name, const Names& names)
{
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (name == QLatin1String(names[i]))
            return static_cast<Enum>(i);
    }
    return std::nullopt;
}

QJsonValue millis(qint64 us)
{
    return us < 0 ? QJsonValue() : QJsonValue(double(us) / 1000.0);
}

qint64 micros(const QJsonValue& ms)
{
    return ms.isDouble() ? qRound64(ms.toDouble() * 1000.0) : -1;
}

QJsonValue money(const std::optional<Money>& amount)
{
    return amount ? QJsonValue(amount->toDecimal()) : QJsonValue();
}

std::optional<Money> money(const QJsonValue& text)
{
    return text.isString() ? Money::fromDecimal(text.toString()) : std::nullopt;
}

QJsonValue text(const QString& value)
{
    return value.isEmpty() ? QJsonValue() : QJsonValue(value);
}

// The two tables are the wire names of the plain members; toJson and fromJson both walk them.
template <typename T>
struct Texts;
template <typename T>
struct Times;

template <>
struct Texts<Attempt>
{
    static constexpr std::array rows{
        std::pair{"provider", &Attempt::provider},
        std::pair{"model", &Attempt::model},
        std::pair{"region", &Attempt::region},
        std::pair{"reason", &Attempt::reason},
        std::pair{"upstream_request_id", &Attempt::upstreamRequestId},
        std::pair{"model_reported", &Attempt::modelReported},
        std::pair{"fallback_kind", &Attempt::fallbackKind},
        std::pair{"finish_reason", &Attempt::finishReason},
    };
};

template <>
struct Times<Attempt>
{
    static constexpr std::array rows{
        std::pair{"start_ms", &Attempt::startUs},
        std::pair{"connected_ms", &Attempt::connectedUs},
        std::pair{"sent_ms", &Attempt::sentUs},
        std::pair{"first_byte_ms", &Attempt::firstByteUs},
        std::pair{"first_token_ms", &Attempt::firstTokenUs},
        std::pair{"end_ms", &Attempt::endUs},
        std::pair{"longest_gap_ms", &Attempt::longestGapUs},
    };
};

template <>
struct Texts<Call>
{
    static constexpr std::array rows{
        std::pair{"id", &Call::id},
        std::pair{"tenant", &Call::tenant},
        std::pair{"feature", &Call::feature},
        std::pair{"agent", &Call::agent},
        std::pair{"user", &Call::user},
        std::pair{"credential", &Call::credential},
        std::pair{"surface", &Call::surface},
        std::pair{"alias", &Call::alias},
        std::pair{"workload_class", &Call::workloadClass},
        std::pair{"zone", &Call::zone},
        std::pair{"error_detail", &Call::errorDetail},
        std::pair{"served_by", &Call::servedBy},
        std::pair{"fallback_kind", &Call::fallbackKind},
        std::pair{"cache", &Call::cache},
        std::pair{"price_book", &Call::priceBook},
        std::pair{"finish_reason", &Call::finishReason},
    };
};

template <>
struct Times<Call>
{
    static constexpr std::array rows{
        std::pair{"received_ms", &Call::receivedUs},
        std::pair{"authenticated_ms", &Call::authenticatedUs},
        std::pair{"routed_ms", &Call::routedUs},
        std::pair{"first_byte_ms", &Call::firstByteUs},
        std::pair{"first_token_ms", &Call::firstTokenUs},
        std::pair{"total_ms", &Call::endUs},
        std::pair{"commit_ms", &Call::commitUs},
    };
};

template <typename T>
void writePlain(const T& value, QJsonObject& json)
{
    for (const auto& [name, member] : Texts<T>::rows)
        json.insert(QLatin1String(name), text(value.*member));
    for (const auto& [name, member] : Times<T>::rows)
        json.insert(QLatin1String(name), millis(value.*member));
}

template <typename T>
void readPlain(const QJsonObject& json, T& value)
{
    for (const auto& [name, member] : Texts<T>::rows)
        value.*member = json.value(QLatin1String(name)).toString();
    for (const auto& [name, member] : Times<T>::rows)
        value.*member = micros(json.value(QLatin1String(name)));
}

} // namespace

QString nameOf(CallOutcome outcome)
{
    return QString::fromLatin1(kOutcomes[static_cast<std::size_t>(outcome)]);
}

QString nameOf(AttemptResult result)
{
    return QString::fromLatin1(kResults[static_cast<std::size_t>(result)]);
}

QString nameOf(StreamEnd end)
{
    return QString::fromLatin1(kStreamEnds[static_cast<std::size_t>(end)]);
}

std::optional<CallOutcome> callOutcomeFromName(QStringView name)
{
    return fromName<CallOutcome>(name, kOutcomes);
}

QJsonObject toJson(const Attempt& attempt)
{
    QJsonObject json;
    writePlain(attempt, json);
    json.insert(QStringLiteral("number"), attempt.number);
    json.insert(QStringLiteral("result"), nameOf(attempt.result));
    json.insert(QStringLiteral("http_status"), attempt.httpStatus == 0 ? QJsonValue() : QJsonValue(attempt.httpStatus));
    json.insert(QStringLiteral("error_code"), text(nameOf(attempt.error)));
    json.insert(QStringLiteral("stream"), nameOf(attempt.streamEnd));
    json.insert(QStringLiteral("connection_reused"), attempt.connectionReused);
    json.insert(QStringLiteral("bytes_sent"), attempt.bytesSent);
    json.insert(QStringLiteral("bytes_received"), attempt.bytesReceived);
    json.insert(QStringLiteral("tokens"), toJson(attempt.tokens));
    json.insert(QStringLiteral("cost_estimated_usd"), money(attempt.costEstimated));
    json.insert(QStringLiteral("cost_usd"), money(attempt.cost));
    json.insert(QStringLiteral("cost_known"), attempt.costKnown);
    return json;
}

QJsonObject toJson(const Call& call)
{
    QJsonObject json;
    writePlain(call, json);
    json.insert(QStringLiteral("started_at"), call.startedAt.toUTC().toString(Qt::ISODateWithMs));
    json.insert(QStringLiteral("revision"), call.revision);
    json.insert(QStringLiteral("outcome"), nameOf(call.outcome));
    json.insert(QStringLiteral("error_code"), text(nameOf(call.error)));
    json.insert(QStringLiteral("http_status"), call.httpStatus == 0 ? QJsonValue() : QJsonValue(call.httpStatus));
    json.insert(QStringLiteral("degraded"), call.degraded);
    json.insert(QStringLiteral("tokens"), toJson(call.tokens));
    json.insert(QStringLiteral("cost_estimated_usd"), money(call.costEstimated));
    json.insert(QStringLiteral("cost_usd"), money(call.cost));
    json.insert(QStringLiteral("feature_proved"), call.featureProved);
    json.insert(QStringLiteral("stream"), nameOf(call.streamEnd));
    json.insert(QStringLiteral("overhead_us"), call.overheadUs < 0 ? QJsonValue() : QJsonValue(call.overheadUs));
    json.insert(QStringLiteral("request_bytes"), call.requestBytes);
    json.insert(QStringLiteral("response_bytes"), call.responseBytes);
    QJsonArray attempts;
    for (const Attempt& attempt : call.attempts)
        attempts.append(toJson(attempt));
    json.insert(QStringLiteral("attempts"), attempts);
    json.insert(QStringLiteral("decision"), call.decision.toObject());
    return json;
}

Result<Attempt> attemptFromJson(const QJsonObject& json)
{
    Attempt attempt;
    readPlain(json, attempt);
    attempt.number = json.value(QLatin1String("number")).toInt(1);
    const auto result = fromName<AttemptResult>(json.value(QLatin1String("result")).toString(), kResults);
    const auto streamEnd = fromName<StreamEnd>(json.value(QLatin1String("stream")).toString(), kStreamEnds);
    const auto error = errorCodeFromName(json.value(QLatin1String("error_code")).toString());
    if (!result || !streamEnd || !error)
        return failure(Failure::Invalid, QStringLiteral("attempt: unknown result, stream or error_code"));
    attempt.result = *result;
    attempt.streamEnd = *streamEnd;
    attempt.error = *error;
    attempt.httpStatus = json.value(QLatin1String("http_status")).toInt();
    attempt.connectionReused = json.value(QLatin1String("connection_reused")).toBool();
    attempt.bytesSent = json.value(QLatin1String("bytes_sent")).toInteger();
    attempt.bytesReceived = json.value(QLatin1String("bytes_received")).toInteger();
    attempt.tokens = tokensFromJson(json.value(QLatin1String("tokens")).toObject());
    attempt.costEstimated = money(json.value(QLatin1String("cost_estimated_usd")));
    attempt.cost = money(json.value(QLatin1String("cost_usd")));
    attempt.costKnown = json.value(QLatin1String("cost_known")).toBool(true);
    return attempt;
}

Result<Call> callFromJson(const QJsonObject& json)
{
    Call call;
    readPlain(json, call);
    if (call.id.isEmpty())
        return failure(Failure::Invalid, QStringLiteral("call: no id"));
    const auto outcome = callOutcomeFromName(json.value(QLatin1String("outcome")).toString());
    const auto streamEnd = fromName<StreamEnd>(json.value(QLatin1String("stream")).toString(), kStreamEnds);
    const auto error = errorCodeFromName(json.value(QLatin1String("error_code")).toString());
    if (!outcome || !streamEnd || !error)
        return failure(Failure::Invalid, QStringLiteral("call %1: unknown outcome, stream or error_code").arg(call.id));
    call.outcome = *outcome;
    call.streamEnd = *streamEnd;
    call.error = *error;
    call.startedAt =
        QDateTime::fromString(json.value(QLatin1String("started_at")).toString(), Qt::ISODateWithMs).toUTC();
    call.revision = json.value(QLatin1String("revision")).toInt();
    call.httpStatus = json.value(QLatin1String("http_status")).toInt();
    call.degraded = json.value(QLatin1String("degraded")).toBool();
    call.tokens = tokensFromJson(json.value(QLatin1String("tokens")).toObject());
    call.costEstimated = money(json.value(QLatin1String("cost_estimated_usd")));
    call.cost = money(json.value(QLatin1String("cost_usd")));
    call.featureProved = json.value(QLatin1String("feature_proved")).toBool();
    call.overheadUs = json.value(QLatin1String("overhead_us")).toInteger(-1);
    call.requestBytes = json.value(QLatin1String("request_bytes")).toInteger();
    call.responseBytes = json.value(QLatin1String("response_bytes")).toInteger();
    for (const QJsonValue& value : json.value(QLatin1String("attempts")).toArray()) {
        Result<Attempt> attempt = attemptFromJson(value.toObject());
        if (!attempt)
            return attempt.error();
        call.attempts.append(std::move(*attempt));
    }
    call.decision = json.value(QLatin1String("decision")).toObject();
    return call;
}

} // namespace gateway::api
