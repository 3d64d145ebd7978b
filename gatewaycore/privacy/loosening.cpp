#include "privacy/loosening.h"

#include "privacy/zone_rule.h"

#include <algorithm>

namespace gateway::privacy {
namespace {

using config::PolicySnapshot;
using config::Provider;
using config::Tenant;
using config::Zone;

template <typename List>
auto named(const List& list, const QString& name) -> decltype(list.front().get())
{
    const auto found =
        std::find_if(list.begin(), list.end(), [&name](const auto& entry) { return entry->name == name; });
    return found == list.end() ? nullptr : found->get();
}

QString list(const QStringList& words)
{
    return words.join(QStringLiteral(" and "));
}

class Comparison
{
public:
    Comparison(const PolicySnapshot& before, const PolicySnapshot& after) : m_before(before), m_after(after) {}

    QStringList sentences()
    {
        if (!m_before.zones.empty() && m_after.zones.empty())
            add(QStringLiteral("The config has no zones any more: every call may go to every provider of its alias."));
        for (const auto& zone : m_after.zones)
            compareZone(*zone);
        for (const auto& tenant : m_after.tenants) {
            if (const Tenant* was = named(m_before.tenants, tenant->name)) {
                compareTenantZone(*was, *tenant);
                compareContract(*was, *tenant);
            }
        }
        for (const auto& provider : m_after.providers)
            compareLabel(*provider);
        return m_sentences;
    }

private:
    void add(const QString& sentence) { m_sentences.append(sentence); }
    QStringList concerned(const QString& zone) const;
    void compareZone(const Zone& zone);
    void compareTenantZone(const Tenant& was, const Tenant& is);
    void compareContract(const Tenant& was, const Tenant& is);
    void compareLabel(const Provider& provider);
    // Was the zone, as it is now, kept away from everything at this provider's place, or under its name?
    bool wasOutside(const ZoneTerms& zone, const Provider& provider) const;

    const PolicySnapshot& m_before;
    const PolicySnapshot& m_after;
    QStringList m_sentences;
};

// Tenants that are in it before and after, by their zone or by their contract.
QStringList Comparison::concerned(const QString& zone) const
{
    QStringList names;
    const auto has = [&zone](const Tenant& tenant) {
        return (tenant.zone && tenant.zone->name == zone) ||
               (tenant.contract && tenant.contract->zone && tenant.contract->zone->name == zone);
    };
    for (const auto& tenant : m_after.tenants) {
        const Tenant* was = named(m_before.tenants, tenant->name);
        if (was && has(*was) && has(*tenant))
            names.append(tenant->name);
    }
    return names;
}

// A zone that grows takes along everybody in it, and every contract that names it.
void Comparison::compareZone(const Zone& zone)
{
    const Zone* was = named(m_before.zones, zone.name);
    const QStringList more = was ? beyond(termsOf(zone), termsOf(*was)) : QStringList();
    if (more.isEmpty())
        return;
    const QStringList names = concerned(zone.name);
    add(QStringLiteral("Zone %1 now allows %2; %3.")
            .arg(zone.name, list(more),
                names.isEmpty()
                    ? QStringLiteral("no tenant is in it")
                    : QStringLiteral("it is the zone or the contract of %1").arg(names.join(QStringLiteral(", ")))));
}

void Comparison::compareTenantZone(const Tenant& was, const Tenant& is)
{
    if (!was.zone || m_after.zones.empty())
        return; // it had none; or nobody has one any more, which was said
    if (!is.zone) {
        add(QStringLiteral("Zone %1 is taken away from %2, which has none then and is refused.")
                .arg(was.zone->name, is.name));
        return;
    }
    if (is.zone->name == was.zone->name)
        return; // if it grew, that was said
    if (const QStringList more = beyond(termsOf(*is.zone), termsOf(*was.zone)); !more.isEmpty())
        add(QStringLiteral("%1 moves from zone %2 to %3, which allows %4.")
                .arg(is.name, was.zone->name, is.zone->name, list(more)));
}

void Comparison::compareContract(const Tenant& was, const Tenant& is)
{
    if (!was.contract)
        return;
    const config::TenantContract& old = *was.contract;
    if (!is.contract) {
        add(QStringLiteral("Contract %1 of %2 is gone, so its zone is held against nothing.")
                .arg(old.reference, is.name));
        return;
    }
    const config::TenantContract& now = *is.contract;
    if (old.zone && now.zone && old.zone->name != now.zone->name) {
        if (const QStringList more = beyond(termsOf(*now.zone), termsOf(*old.zone)); !more.isEmpty())
            add(QStringLiteral("The contract of %1 names zone %2 instead of %3, which allows %4.")
                    .arg(is.name, now.zone->name, old.zone->name, list(more)));
    }
    const auto begin = [](const config::TenantContract& one) {
        return one.effectiveFrom.isValid() ? one.effectiveFrom : one.dated;
    };
    if (begin(now).isValid() && (!begin(old).isValid() || begin(now) > begin(old)))
        add(QStringLiteral("The contract of %1 holds from %2 only.").arg(is.name, begin(now).toString(Qt::ISODate)));
    if (now.effectiveUntil.isValid() && (!old.effectiveUntil.isValid() || now.effectiveUntil < old.effectiveUntil))
        add(QStringLiteral("The contract of %1 ends on %2 already.")
                .arg(is.name, now.effectiveUntil.toString(Qt::ISODate)));
}

bool Comparison::wasOutside(const ZoneTerms& zone, const Provider& provider) const
{
    bool known = false;
    for (const auto& was : m_before.providers) {
        if (was->name != provider.name && was->origin.key() != provider.origin.key())
            continue;
        known = true;
        if (outside(zone, endpointOf(*was)).isEmpty())
            return false;
    }
    return known;
}

// The label is all that the zone sees of a provider: another label at the same place, or under the same name, is a way
// to let it in.
void Comparison::compareLabel(const Provider& provider)
{
    QStringList zones;
    for (const auto& zone : m_after.zones) {
        const ZoneTerms terms = termsOf(*zone);
        if (outside(terms, endpointOf(provider)).isEmpty() && wasOutside(terms, provider)) {
            // a zone that grew lets it in by its own growth
            const Zone* before = named(m_before.zones, zone->name);
            const Provider* was = named(m_before.providers, provider.name);
            const bool sameLabel = was && was->region == provider.region && was->retention == provider.retention;
            if (!(before && sameLabel))
                zones.append(zone->name);
        }
    }
    if (!zones.isEmpty())
        add(QStringLiteral("Provider %1 is now said to be in %2 with retention %3, by which zone %4 lets it in.")
                .arg(provider.name, provider.region,
                    provider.retention.isEmpty() ? QStringLiteral("not stated") : provider.retention,
                    zones.join(QStringLiteral(", "))));
}

} // namespace

QStringList loosens(const PolicySnapshot& before, const PolicySnapshot& after)
{
    return Comparison(before, after).sentences();
}

} // namespace gateway::privacy
