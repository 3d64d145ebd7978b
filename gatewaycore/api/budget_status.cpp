#include "api/budget_status.h"

#include "scope_fields.h"

#include <QStringList>

#include <algorithm>

namespace gateway::api {

template <>
struct Members<SpendPoint>
{
    static constexpr auto fields = std::tuple{field("at", &SpendPoint::at), field("settled_usd", &SpendPoint::settled)};
};

template <>
struct Members<BudgetStatus>
{
    static constexpr auto fields = std::tuple{
        field("id", &BudgetStatus::id),
        field("scope", &BudgetStatus::scope),
        field("period", &BudgetStatus::period),
        field("time_zone", &BudgetStatus::timeZone),
        field("window_start", &BudgetStatus::windowStart),
        field("window_end", &BudgetStatus::windowEnd),
        field("limit_usd", &BudgetStatus::limit),
        field("configured_limit_usd", &BudgetStatus::configuredLimit),
        field("settled_usd", &BudgetStatus::settled),
        field("reserved_usd", &BudgetStatus::reserved),
        field("open_reservations", &BudgetStatus::openReservations),
        field("calls", &BudgetStatus::calls),
        field("refusals", &BudgetStatus::refusals),
        field("unpriced", &BudgetStatus::unpriced),
        field("overruns", &BudgetStatus::overruns),
        field("soft_marks", &BudgetStatus::softMarks),
        field("soft_mark", &BudgetStatus::softMark),
        field("at_limit", &BudgetStatus::atLimit),
        field("estimate", &BudgetStatus::estimate),
        field("raised_to_usd", &BudgetStatus::raisedTo),
        field("raise_ends", &BudgetStatus::raiseEnds),
        field("forecast_usd", &BudgetStatus::forecast),
        field("history", &BudgetStatus::history),
    };
};

template <>
struct Members<BudgetRaise>
{
    static constexpr auto fields = std::tuple{
        field("limit_usd", &BudgetRaise::limit),
        field("until", &BudgetRaise::until),
        field("end", &BudgetRaise::end),
    };
};

QString describe(const Scope& scope)
{
    QStringList parts;
    const auto add = [&parts](const char* noun, const QString& name) {
        if (!name.isEmpty())
            parts.append(QLatin1String(noun) + u' ' + name);
    };
    add("tenant", scope.tenant);
    add("feature", scope.feature);
    add("agent", scope.agent);
    add("alias", scope.alias);
    add("provider", scope.provider);
    return parts.isEmpty() ? QStringLiteral("the whole gateway") : parts.join(QStringLiteral(", "));
}

Money BudgetStatus::left() const
{
    const std::optional<Money> taken = settled.plus(reserved);
    const std::optional<Money> rest = taken ? limit.minus(*taken) : std::nullopt;
    return rest ? std::max(*rest, Money()) : Money();
}

std::optional<double> BudgetStatus::usedPercent() const
{
    if (limit.nano() <= 0)
        return std::nullopt;
    return 100.0 * (double(settled.nano()) + double(reserved.nano())) / double(limit.nano());
}

std::optional<Money> straightForecast(
    Money settled, const QDateTime& windowStart, const QDateTime& windowEnd, const QDateTime& now)
{
    const double whole = double(windowStart.msecsTo(windowEnd));
    const double passed = double(windowStart.msecsTo(now));
    if (whole <= 0 || passed < whole * 0.05)
        return std::nullopt;
    const double nano = passed >= whole ? double(settled.nano()) : double(settled.nano()) * (whole / passed);
    if (nano >= 9.2e18)
        return std::nullopt;
    return Money::fromNano(std::int64_t(nano));
}

QJsonObject toJson(const BudgetStatus& budget)
{
    return writeMembers(budget);
}

Result<BudgetStatus> budgetStatusFromJson(const QJsonObject& json)
{
    return parseMembers<BudgetStatus>(json);
}

QJsonObject toJson(const BudgetRaise& raise)
{
    return writeMembers(raise);
}

Result<BudgetRaise> budgetRaiseFromJson(const QJsonObject& json)
{
    return parseMembers<BudgetRaise>(json);
}

} // namespace gateway::api
