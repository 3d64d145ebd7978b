#include "privacy/zone_rule.h"

#include <algorithm>

namespace gateway::privacy {
namespace {

bool keepsAnything(const ZoneTerms& zone)
{
    return zone.retention.isEmpty() || zone.retention == QLatin1String("any");
}

} // namespace

QString outside(const ZoneTerms& zone, const Endpoint& endpoint)
{
    if (endpoint.region.isEmpty())
        return QStringLiteral("region not stated, so not in %1").arg(zone.name);
    if (!zone.regions.contains(endpoint.region))
        return QStringLiteral("region %1 not in %2").arg(endpoint.region, zone.name);
    if (keepsAnything(zone) || endpoint.retention == QLatin1String("zero"))
        return {};
    if (endpoint.retention.isEmpty() || endpoint.retention == QLatin1String("none-stated"))
        return QStringLiteral("retention not stated, %1 wants %2").arg(zone.name, zone.retention);
    if (endpoint.retention == zone.retention)
        return {};
    return QStringLiteral("retention %1, %2 wants %3").arg(endpoint.retention, zone.name, zone.retention);
}

QStringList beyond(const ZoneTerms& zone, const ZoneTerms& other)
{
    QStringList more;
    for (const QString& region : zone.regions) {
        if (!other.regions.contains(region))
            more.append(QStringLiteral("region %1").arg(region));
    }
    if (keepsAnything(zone) && !keepsAnything(other))
        more.append(QStringLiteral("providers that keep data"));
    return more;
}

bool isWithin(const ZoneTerms& inner, const ZoneTerms& outer)
{
    return beyond(inner, outer).isEmpty();
}

ZoneTerms termsOf(const config::Zone& zone)
{
    return {zone.name, zone.regions, zone.retention};
}

Endpoint endpointOf(const config::Provider& provider)
{
    return {provider.region, provider.retention};
}

ContractState stateOn(const config::Tenant& tenant, const QDate& day)
{
    if (!tenant.contract || !tenant.contract->zone)
        return ContractState::None;
    const config::TenantContract& contract = *tenant.contract;
    const QDate from = contract.effectiveFrom.isValid() ? contract.effectiveFrom : contract.dated;
    if (from.isValid() && day < from)
        return ContractState::NotYet;
    if (contract.effectiveUntil.isValid() && day > contract.effectiveUntil)
        return ContractState::Ended;
    return ContractState::Holds;
}

} // namespace gateway::privacy
