// The words of the config file for the enumerations of policy_snapshot.h: one table each, read both ways.
#include "config/policy_snapshot.h"

#include "config/word_tables.h"

namespace gateway::config {
namespace {

template <typename Table, typename Enum>
QString wordOf(const Table& table, Enum value)
{
    for (const auto& [name, entry] : table) {
        if (entry == value)
            return QString::fromLatin1(name);
    }
    return {};
}

template <typename Enum, typename Table>
std::optional<Enum> fromWord(const Table& table, QStringView word)
{
    for (const auto& [name, entry] : table) {
        if (word == QLatin1String(name))
            return entry;
    }
    return std::nullopt;
}

} // namespace

QString nameOf(ProviderKind kind)
{
    return wordOf(kProviderKinds, kind);
}

std::optional<ProviderKind> providerKindFromName(QStringView name)
{
    return fromWord<ProviderKind>(kProviderKinds, name);
}

// Asked for every call: the texts are shared, not made anew.
QString nameOf(WorkloadClass kind)
{
    static const auto words = [] {
        std::array<QString, kWorkloadClasses> all;
        for (const auto& [name, entry] : kWorkloadWords)
            all[std::size_t(entry)] = QString::fromLatin1(name);
        return all;
    }();
    return words[std::size_t(kind)];
}

std::optional<WorkloadClass> workloadClassFromName(QStringView name)
{
    return fromWord<WorkloadClass>(kWorkloadWords, name);
}

QString nameOf(FallbackKind kind)
{
    return wordOf(kFallbackKinds, kind);
}

QString nameOf(BudgetPeriod period)
{
    return wordOf(kPeriods, period);
}

QString nameOf(AtLimit atLimit)
{
    return wordOf(kAtLimit, atLimit);
}

QString nameOf(EstimateMode mode)
{
    return wordOf(kEstimates, mode);
}

QString describe(const UsageScope& scope)
{
    QStringList parts;
    const auto add = [&](const char* what, const QString& name) {
        if (!name.isEmpty())
            parts.append(QLatin1String(what) + u' ' + name);
    };
    add("tenant", scope.tenant);
    add("alias", scope.alias);
    add("feature", scope.feature);
    add("agent", scope.agent);
    add("provider", scope.provider);
    return parts.isEmpty() ? QStringLiteral("the whole gateway") : parts.join(QStringLiteral(", "));
}

} // namespace gateway::config
