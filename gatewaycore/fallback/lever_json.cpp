#include "fallback/lever_json.h"

#include <QDateTime>

#include <cmath>

namespace gateway::fallback {
namespace {

QString text(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(Qt::ISODateWithMs);
}

// Reads members one after the other and remembers the first that is wrong.
class Reader
{
public:
    explicit Reader(const QJsonObject& json) : m_json(json) {}

    QString string(const char* name)
    {
        const QJsonValue value = m_json.value(QLatin1String(name));
        if (!value.isString() && !isAbsent(value))
            complain(name, "must be a string");
        return value.toString();
    }
    qint64 time(const char* name)
    {
        const QString given = string(name);
        if (given.isEmpty())
            return 0;
        const QDateTime time = QDateTime::fromString(given, Qt::ISODateWithMs);
        if (!time.isValid())
            complain(name, "must be a time like 2026-11-22T13:05:00Z");
        return time.toMSecsSinceEpoch();
    }
    int number(const char* name, int otherwise, int least, int most)
    {
        const QJsonValue value = m_json.value(QLatin1String(name));
        if (isAbsent(value))
            return otherwise;
        const double number = value.toDouble(least - 1.0);
        if (!value.isDouble() || number < least || number > most || number != std::floor(number)) {
            complain(name, "is not a whole number in its range");
            return otherwise;
        }
        return int(number);
    }
    void require(bool holds, const char* name, const char* what)
    {
        if (!holds)
            complain(name, what);
    }
    void complain(const char* name, const char* what)
    {
        if (m_wrong.isEmpty())
            m_wrong = QLatin1String(name) + u' ' + QLatin1String(what);
    }
    const QString& wrong() const { return m_wrong; }

private:
    static bool isAbsent(const QJsonValue& value) { return value.isUndefined() || value.isNull(); }
    const QJsonObject& m_json;
    QString m_wrong;
};

constexpr int kMostWeight = 1'000'000;

} // namespace

QJsonObject toJson(const Lever& lever)
{
    QJsonObject json{{QStringLiteral("id"), lever.id}, {QStringLiteral("kind"), nameOf(lever.kind)},
        {QStringLiteral("reason"), lever.reason}, {QStringLiteral("by"), lever.by},
        {QStringLiteral("set_at"), text(lever.setAtMs)}, {QStringLiteral("ends_at"), text(lever.endsAtMs)},
        {QStringLiteral("ended_at"), lever.endedAtMs ? QJsonValue(text(lever.endedAtMs)) : QJsonValue()}};
    const auto add = [&](const char* name, const QString& value) {
        if (!value.isEmpty())
            json.insert(QLatin1String(name), value);
    };
    add("provider", lever.provider);
    add("candidate", lever.candidate);
    add("alias", lever.alias);
    add("tenant", lever.tenant);
    switch (lever.kind) {
    case LeverKind::Drain:
        json.insert(QStringLiteral("stage_percent"), lever.stagePercent);
        if (lever.stageSinceMs)
            json.insert(QStringLiteral("stage_since"), text(lever.stageSinceMs));
        break;
    case LeverKind::Weight:
        json.insert(QStringLiteral("weight"), lever.weight);
        break;
    case LeverKind::Breaker:
        json.insert(QStringLiteral("breaker"), nameOf(lever.breaker));
        break;
    case LeverKind::Drill:
        json.insert(QStringLiteral("percent"), lever.percent);
        break;
    }
    return json;
}

api::Result<Lever> leverFromJson(const QJsonObject& json)
{
    Reader read(json);
    Lever lever;
    lever.id = read.string("id");
    const auto kind = leverKindFromName(read.string("kind"));
    read.require(kind.has_value(), "kind", "is one of drain, weight, breaker, drill");
    lever.kind = kind.value_or(LeverKind::Drain);
    lever.provider = read.string("provider");
    lever.candidate = read.string("candidate");
    lever.alias = read.string("alias");
    lever.tenant = read.string("tenant");
    lever.reason = read.string("reason");
    lever.by = read.string("by");
    lever.setAtMs = read.time("set_at");
    lever.endsAtMs = read.time("ends_at");
    lever.endedAtMs = read.time("ended_at");
    lever.stagePercent = read.number("stage_percent", 0, 0, 100);
    lever.stageSinceMs = read.time("stage_since");
    read.require(lever.endsAtMs > lever.setAtMs, "ends_at", "must be stated and lie after set_at");
    switch (lever.kind) {
    case LeverKind::Drain:
        read.require(!lever.provider.isEmpty(), "provider", "must be stated");
        break;
    case LeverKind::Weight:
        read.require(!lever.alias.isEmpty(), "alias", "must be stated");
        read.require(!lever.candidate.isEmpty(), "candidate", "must be stated");
        lever.weight = read.number("weight", -1, 0, kMostWeight);
        read.require(lever.weight >= 0, "weight", "must be stated");
        break;
    case LeverKind::Breaker: {
        read.require(!lever.candidate.isEmpty(), "candidate", "must be stated");
        const auto state = breakerStateFromName(read.string("breaker"));
        read.require(state.has_value(), "breaker", "is one of closed, open, half-open");
        lever.breaker = state.value_or(BreakerState::Open);
        break;
    }
    case LeverKind::Drill:
        read.require(!lever.provider.isEmpty(), "provider", "must be stated");
        lever.percent = read.number("percent", 100, 1, 100);
        break;
    }
    if (!read.wrong().isEmpty())
        return api::failure(
            api::Failure::Invalid, QStringLiteral("The lever is not understood: %1.").arg(read.wrong()));
    return lever;
}

} // namespace gateway::fallback
