#include "engine/caller.h"

#include <algorithm>
#include <array>

namespace gateway::engine {
namespace {

constexpr qsizetype kLongestHint = 128;
constexpr qsizetype kLongestKey = 255;
constexpr qint64 kLongestBudgetMs = 86'400'000;

// The fields of a head that we read hints from.
enum HintField : std::size_t
{
    Feature,
    Agent,
    Tenant,
    User,
    Zone,
    WorkloadClass,
    LatencyBudget,
    CostCeiling,
    Degrade,
    IdempotencyKey,
    Traceparent,
    RequestId,
    HintFields
};
constexpr std::array<QByteArrayView, HintFields> kHintNames{"x-signalbox-feature", "x-signalbox-agent",
    "x-signalbox-tenant", "x-signalbox-user", "x-signalbox-zone", "x-signalbox-workload-class",
    "x-signalbox-latency-budget-ms", "x-signalbox-cost-ceiling-usd", "x-signalbox-degrade", "idempotency-key",
    "traceparent", "x-request-id"};

struct TextHint
{
    HintField field;
    QString CallerHints::*member;
};

constexpr std::array kTextHints{
    TextHint{Feature, &CallerHints::feature},
    TextHint{Agent, &CallerHints::agent},
    TextHint{Tenant, &CallerHints::tenant},
    TextHint{User, &CallerHints::user},
    TextHint{Zone, &CallerHints::zone},
};

// Of each the first in the head, found in one pass over it: most calls have none of them, and twelve searches cost more
// than what is found.
class HintValues
{
public:
    explicit HintValues(const http::RequestHead& head)
    {
        for (const http::FieldView& field : head.fields) {
            for (std::size_t i = 0; i < HintFields; ++i) {
                if (!m_found[i] && http::equalsIgnoringCase(field.name, kHintNames[i]))
                    m_found[i] = field.value;
            }
        }
    }
    QByteArrayView operator[](HintField field) const { return m_found[field].value_or(QByteArrayView()); }

private:
    std::array<std::optional<QByteArrayView>, HintFields> m_found;
};

transform::CallError invalidHeader(const char* field, const QString& what)
{
    transform::CallError error;
    error.code = api::ErrorCode::InvalidRequest;
    error.parameter = QString::fromLatin1(field);
    error.message = QStringLiteral("The header %1 %2.").arg(QLatin1String(field), what);
    return error;
}

QByteArrayView queryValue(QByteArrayView query, QByteArrayView key)
{
    while (!query.isEmpty()) {
        const qsizetype end = query.indexOf('&');
        const QByteArrayView pair = end < 0 ? query : query.first(end);
        query = end < 0 ? QByteArrayView() : query.sliced(end + 1);
        const qsizetype equals = pair.indexOf('=');
        if (equals > 0 && pair.first(equals) == key)
            return pair.sliced(equals + 1);
    }
    return {};
}

} // namespace

QByteArrayView presentedKey(const http::RequestHead& head)
{
    const QByteArrayView authorization = head.value("authorization");
    if (authorization.size() > 7 && http::equalsIgnoringCase(authorization.first(7), "bearer "))
        return authorization.sliced(7).trimmed();
    for (const char* field : {"x-api-key", "api-key", "x-goog-api-key"}) {
        if (const QByteArrayView key = head.value(field); !key.isEmpty())
            return key;
    }
    return queryValue(head.query(), "key");
}

QByteArray readTraceparent(QByteArrayView text)
{
    constexpr qsizetype kLength = 55; // 2 - 32 - 16 - 2 digits and three dashes
    const auto isDigits = [text](qsizetype from, qsizetype count) {
        return std::all_of(text.begin() + from, text.begin() + from + count,
            [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
    };
    const auto isZero = [text](qsizetype from, qsizetype count) {
        return std::all_of(text.begin() + from, text.begin() + from + count, [](char c) { return c == '0'; });
    };
    if (text.size() < kLength || text[2] != '-' || text[35] != '-' || text[52] != '-' || !isDigits(0, 2) ||
        !isDigits(3, 32) || !isDigits(36, 16) || !isDigits(53, 2) || isZero(3, 32) || isZero(36, 16))
        return {};
    const QByteArrayView version = text.first(2);
    // a later version may say more behind what is known; version 00 says nothing more, ff is none
    if (version == QByteArrayView("ff") ||
        (text.size() > kLength && (version == QByteArrayView("00") || text[55] != '-')))
        return {};
    return text.first(kLength).toByteArray();
}

std::variant<CallerHints, transform::CallError> callerHints(const http::RequestHead& head)
{
    CallerHints hints;
    const HintValues values(head);
    for (const TextHint& row : kTextHints) {
        const QByteArrayView value = values[row.field];
        if (value.size() > kLongestHint)
            return invalidHeader(
                kHintNames[row.field].data(), QStringLiteral("is longer than %1 bytes").arg(kLongestHint));
        if (!value.isEmpty())
            hints.*row.member = QString::fromUtf8(value);
    }
    if (const QByteArrayView name = values[WorkloadClass]; !name.isEmpty()) {
        hints.workloadClass = config::workloadClassFromName(QString::fromUtf8(name));
        if (!hints.workloadClass)
            return invalidHeader(
                "x-signalbox-workload-class", QStringLiteral("must be interactive, streaming, background or batch"));
    }
    if (const QByteArrayView text = values[LatencyBudget]; !text.isEmpty()) {
        bool ok = false;
        const qint64 ms = text.toByteArray().toLongLong(&ok);
        if (!ok || ms < 1 || ms > kLongestBudgetMs)
            return invalidHeader("x-signalbox-latency-budget-ms",
                QStringLiteral("must be a whole number of milliseconds from 1 to %1").arg(kLongestBudgetMs));
        hints.latencyBudget = std::chrono::milliseconds(ms);
    }
    if (const QByteArrayView text = values[CostCeiling]; !text.isEmpty()) {
        hints.costCeiling = api::Money::fromDecimal(QString::fromLatin1(text));
        if (!hints.costCeiling || hints.costCeiling->nano() < 0)
            return invalidHeader(
                "x-signalbox-cost-ceiling-usd", QStringLiteral("must be an amount in USD such as 0.05"));
    }
    if (const QByteArrayView text = values[Degrade]; !text.isEmpty()) {
        if (text != QByteArrayView("serve") && text != QByteArrayView("refuse"))
            return invalidHeader("x-signalbox-degrade", QStringLiteral("must be serve or refuse"));
        hints.degradeServes = text == QByteArrayView("serve");
    }
    if (const QByteArrayView key = values[IdempotencyKey]; !key.isEmpty()) {
        if (key.size() > kLongestKey)
            return invalidHeader("idempotency-key", QStringLiteral("is longer than %1 bytes").arg(kLongestKey));
        hints.idempotencyKey = key.toByteArray();
    }
    hints.requestId = values[RequestId];
    hints.traceparent = readTraceparent(values[Traceparent]);
    return hints;
}

} // namespace gateway::engine
