#include "privacy/prover.h"

#include "privacy/uses.h"
#include "privacy/zone_rule.h"

#include <QMap>

#include <algorithm>

namespace gateway::privacy {
namespace {

using api::ProofWarning;
using api::ReachableEndpoint;
using api::TenantProof;
using api::ZonePath;

constexpr qsizetype kMostExamples = 20;
constexpr int kMostFindings = 5; // of one tenant

QString count(qint64 number, const char* one, const char* many)
{
    return QStringLiteral("%1 %2").arg(number).arg(QLatin1String(number == 1 ? one : many));
}

// provider@region, as sentences call an endpoint
QString placeOf(const config::Candidate& candidate)
{
    const config::Provider& provider = *candidate.provider;
    return provider.region.isEmpty() ? provider.name : provider.name + u'@' + provider.region;
}

// What a reached endpoint is held against.
struct Promise
{
    ZoneTerms terms;
    QString paper; // " (contract MSA-17)"; empty: the config's own zone
};

// The proof of one tenant.
class Walk
{
public:
    Walk(const ProofQuestion& question, const Rules& rules, const QString& tenant)
        : m_question(question), m_rules(rules), m_name(tenant)
    {
        m_proof.tenant = tenant;
    }

    TenantProof walk();

private:
    const config::Tenant* in(const config::PolicySnapshot& snapshot) const
    {
        return snapshot.tenantByName.value(m_name);
    }
    std::vector<Promise> promisesOf(const config::PolicySnapshot& snapshot) const;
    void describe(const config::PolicySnapshot& snapshot);
    void walkSnapshot(const config::PolicySnapshot& snapshot, bool isCanary);
    void walkZone(const config::PolicySnapshot& snapshot, const config::Zone* zone, bool isAsked, bool isCanary);
    void reached(const config::Alias& alias, const config::Candidate& candidate, const config::Zone* zone,
        const QString& how, bool isAsked);
    void violation(ZonePath path);
    void compareContract(const config::PolicySnapshot& snapshot);
    void warn(const char* code, const QString& sentence, const QString& alias = {}, const QString& zone = {});
    void conclude();

    const ProofQuestion& m_question;
    const Rules& m_rules;
    const QString m_name;
    TenantProof m_proof;
    std::vector<Promise> m_promises;
    QMap<QString, ReachableEndpoint> m_endpoints; // by target
};

std::vector<Promise> Walk::promisesOf(const config::PolicySnapshot& snapshot) const
{
    std::vector<Promise> promises;
    const config::Tenant* tenant = in(snapshot);
    if (!tenant)
        return promises;
    if (tenant->zone)
        promises.push_back({termsOf(*tenant->zone), {}});
    if (stateOn(*tenant, m_question.now.date()) == ContractState::Holds)
        promises.push_back(
            {termsOf(*tenant->contract->zone), QStringLiteral(" (contract %1)").arg(tenant->contract->reference)});
    return promises;
}

void Walk::warn(const char* code, const QString& sentence, const QString& alias, const QString& zone)
{
    m_proof.warnings.append({QString::fromLatin1(code), alias, zone, sentence});
}

void Walk::describe(const config::PolicySnapshot& snapshot)
{
    const config::Tenant* tenant = in(snapshot);
    if (!tenant)
        return;
    if (tenant->zone)
        m_proof.configuredZone = tenant->zone->name;
    const ContractState state = stateOn(*tenant, m_question.now.date());
    if (tenant->contract)
        m_proof.contractReference = tenant->contract->reference;
    switch (state) {
    case ContractState::Holds:
        m_proof.contractZone = tenant->contract->zone->name;
        break;
    case ContractState::None:
        warn(
            "no_contract", QStringLiteral("The config states no contract of %1 to compare its zone with.").arg(m_name));
        break;
    case ContractState::NotYet:
        warn("contract_not_yet",
            QStringLiteral("Contract %1 of %2 does not hold yet.").arg(tenant->contract->reference, m_name));
        break;
    case ContractState::Ended:
        warn("contract_ended",
            QStringLiteral("Contract %1 of %2 ended on %3.")
                .arg(tenant->contract->reference, m_name, tenant->contract->effectiveUntil.toString(Qt::ISODate)));
        break;
    }
}

// The contract against the zone itself, whatever endpoints there happen to be today.
void Walk::compareContract(const config::PolicySnapshot& snapshot)
{
    const config::Tenant* tenant = in(snapshot);
    if (!tenant || !tenant->zone || stateOn(*tenant, m_question.now.date()) != ContractState::Holds)
        return;
    const ZoneTerms zone = termsOf(*tenant->zone);
    const ZoneTerms contract = termsOf(*tenant->contract->zone);
    if (const QStringList more = beyond(zone, contract); !more.isEmpty()) {
        ZonePath path;
        path.use = QStringLiteral("contract");
        path.zone = zone.name;
        path.why = QStringLiteral("%1 allows %2, contract %3 (%4) does not")
                       .arg(zone.name, more.join(QStringLiteral(" and ")), tenant->contract->reference, contract.name);
        path.sentence = QStringLiteral("%1 -> zone %2: %3").arg(m_name, zone.name, path.why);
        violation(std::move(path));
    } else if (!beyond(contract, zone).isEmpty()) {
        warn("tighter_than_contract", QStringLiteral("Zone %1 is tighter than %2 of contract %3.")
                                          .arg(zone.name, contract.name, tenant->contract->reference));
    }
}

void Walk::violation(ZonePath path)
{
    ++m_proof.violations;
    if (m_proof.counterexamples.size() < kMostExamples)
        m_proof.counterexamples.append(std::move(path));
}

void Walk::reached(const config::Alias& alias, const config::Candidate& candidate, const config::Zone* zone,
    const QString& how, bool isAsked)
{
    ReachableEndpoint& endpoint = m_endpoints[candidate.label];
    if (endpoint.target.isEmpty()) {
        endpoint.target = candidate.label;
        endpoint.provider = candidate.provider->name;
        endpoint.region = candidate.provider->region;
        endpoint.retention = candidate.provider->retention;
    }
    if (!endpoint.aliases.contains(alias.name))
        endpoint.aliases.append(alias.name);
    if (!endpoint.uses.contains(how))
        endpoint.uses.append(how);

    const Endpoint place = endpointOf(*candidate.provider);
    QString why;
    for (const Promise& promise : m_promises) {
        why = outside(promise.terms, place);
        if (!why.isEmpty()) {
            why += promise.paper;
            break;
        }
    }
    if (why.isEmpty() && isAsked && zone)
        why = outside(termsOf(*zone), place);
    if (why.isEmpty())
        return;
    ZonePath path{alias.name, how, zone ? zone->name : QString(), candidate.label, why, {}};
    const QString asked = isAsked && zone ? QStringLiteral(" -> asks for zone %1").arg(zone->name) : QString();
    path.sentence =
        QStringLiteral("%1%2 -> alias %3 -> %4 -> %5: %6").arg(m_name, asked, alias.name, how, placeOf(candidate), why);
    violation(std::move(path));
}

void Walk::walkZone(const config::PolicySnapshot& snapshot, const config::Zone* zone, bool isAsked, bool isCanary)
{
    for (const auto& alias : snapshot.aliases) {
        bool anybody = false;
        for (const Use& use : uses()) {
            if (!use.walk)
                continue;
            use.walk(*alias, [&](const config::Candidate& candidate, const QString& how) {
                ++m_proof.paths;
                if (*m_rules.objection(candidate, zone) ||
                    *m_rules.attempt(candidate, zone, m_question.snapshot, m_name))
                    return;
                anybody = true;
                reached(*alias, candidate, zone, isCanary ? QStringLiteral("canary ") + how : how, isAsked);
            });
        }
        if (!anybody && !isAsked && !isCanary) {
            warn("no_route",
                QStringLiteral("%1 has no legal endpoint for alias %2%3: its calls are refused.")
                    .arg(m_name, alias->name, zone ? QStringLiteral(" in ") + zone->name : QString()),
                alias->name, zone ? zone->name : QString());
        }
    }
}

void Walk::walkSnapshot(const config::PolicySnapshot& snapshot, bool isCanary)
{
    const config::Tenant* tenant = in(snapshot);
    if (!tenant && !snapshot.tenants.empty())
        return; // it is not known there, and gets no call
    const auto own = m_rules.effective(snapshot, tenant, {});
    if (own) {
        if (!isCanary && *own)
            m_proof.effectiveZone = (*own)->name;
        walkZone(snapshot, *own, false, isCanary);
    }
    for (const auto& zone : snapshot.zones) {
        const auto asked = m_rules.effective(snapshot, tenant, zone->name);
        if (asked && !(own && *asked == *own))
            walkZone(snapshot, *asked, true, isCanary);
    }
}

void Walk::conclude()
{
    for (ReachableEndpoint& endpoint : m_endpoints)
        m_proof.endpoints.append(std::move(endpoint));
    const QString endpoints = count(m_proof.endpoints.size(), "endpoint", "endpoints");
    const QString paths = count(m_proof.paths, "path", "paths");
    const auto verdict = [this](const char* word) { m_proof.verdict = QString::fromLatin1(word); };
    if (m_proof.violations > 0) {
        verdict("VIOLATION");
        m_proof.sentence =
            QStringLiteral("%1 of %2 lead outside what was promised. %3.")
                .arg(count(m_proof.violations, "path", "paths"), paths, m_proof.counterexamples.constFirst().sentence);
    } else if (m_question.snapshot.zones.empty()) {
        verdict("UNZONED");
        m_proof.sentence =
            QStringLiteral("The config has no zones, so nothing is promised: %1 can be reached.").arg(endpoints);
    } else if (m_proof.endpoints.isEmpty() && m_proof.configuredZone.isEmpty()) {
        verdict("REFUSED");
        m_proof.sentence = QStringLiteral("%1 has no zone, so none of its calls is served.").arg(m_name);
        warn("no_zone", m_proof.sentence);
    } else {
        verdict("PROVED");
        m_proof.sentence =
            QStringLiteral("%1 on %2, all inside %3%4.")
                .arg(endpoints, paths, m_proof.configuredZone,
                    m_proof.contractZone.isEmpty() ? QString()
                                                   : QStringLiteral(" and contract %1").arg(m_proof.contractReference));
    }
}

TenantProof Walk::walk()
{
    m_promises = promisesOf(m_question.snapshot);
    describe(m_question.snapshot);
    compareContract(m_question.snapshot);
    walkSnapshot(m_question.snapshot, false);
    if (m_question.canary) {
        // what is in force is promised still; and what the canary brings must keep its own word as well
        for (Promise& promise : promisesOf(*m_question.canary))
            m_promises.push_back(std::move(promise));
        compareContract(*m_question.canary);
        walkSnapshot(*m_question.canary, true);
    }
    conclude();
    return std::move(m_proof);
}

// The same place under another label: one of the two configs is wrong about it.
void noteRelabelled(const ProofQuestion& question, api::ZoneProof& proof)
{
    if (!question.canary)
        return;
    for (const auto& provider : question.snapshot.providers) {
        for (const auto& other : question.canary->providers) {
            if (other->name != provider->name || other->origin.key() != provider->origin.key() ||
                (other->region == provider->region && other->retention == provider->retention))
                continue;
            for (TenantProof& tenant : proof.tenants)
                tenant.warnings.append({QStringLiteral("relabelled"), {}, {},
                    QStringLiteral("The canary calls %1 %2/%3, the config in force %4/%5; it is the same address.")
                        .arg(provider->name, other->region, other->retention, provider->region, provider->retention)});
        }
    }
}

QStringList tenantsOf(const ProofQuestion& question)
{
    QStringList names;
    const auto add = [&](const QString& name) {
        if ((question.tenants.isEmpty() || question.tenants.contains(name)) && !names.contains(name))
            names.append(name);
    };
    for (const auto& tenant : question.snapshot.tenants)
        add(tenant->name);
    if (question.canary) {
        for (const auto& tenant : question.canary->tenants)
            add(tenant->name);
    }
    return names;
}

} // namespace

api::ZoneProof prove(const ProofQuestion& question, const Rules& rules)
{
    api::ZoneProof proof;
    proof.asOf = question.now;
    proof.revision = question.snapshot.revision;
    proof.canary = question.canary ? question.canary->revision : 0;
    for (const Use& use : uses())
        proof.uses.append(
            {QString::fromLatin1(use.name), QString::fromLatin1(nameOf(use.state)), QString::fromLatin1(use.sentence)});
    for (const QString& tenant : tenantsOf(question))
        proof.tenants.append(Walk(question, rules, tenant).walk());
    noteRelabelled(question, proof);

    const auto with = [&](const char* verdict) {
        return std::count_if(proof.tenants.cbegin(), proof.tenants.cend(),
            [verdict](const TenantProof& tenant) { return tenant.verdict == QLatin1String(verdict); });
    };
    const qint64 violated = with("VIOLATION");
    const qint64 all = proof.tenants.size();
    if (violated > 0) {
        proof.verdict = QStringLiteral("VIOLATION");
        proof.sentence = QStringLiteral("%1 of %2 can be led outside what was promised.")
                             .arg(violated)
                             .arg(count(all, "tenant", "tenants"));
    } else if (question.snapshot.zones.empty()) {
        proof.verdict = QStringLiteral("UNZONED");
        proof.sentence = QStringLiteral("The config has no zones: every call may go to every provider of its alias.");
    } else {
        proof.verdict = QStringLiteral("PROVED");
        proof.sentence = QStringLiteral("No path of %1 leads outside its zone or its contract.")
                             .arg(count(all, "tenant", "tenants"));
        if (const qint64 refused = with("REFUSED"); refused > 0)
            proof.sentence +=
                QStringLiteral(" %1 no zone and no service.").arg(count(refused, "tenant has", "tenants have"));
    }
    return proof;
}

QStringList findings(const api::ZoneProof& proof)
{
    QStringList sentences;
    for (const TenantProof& tenant : proof.tenants) {
        int told = 0;
        for (const ZonePath& path : tenant.counterexamples) {
            if (++told > kMostFindings)
                break;
            sentences.append(path.sentence + u'.');
        }
        if (tenant.violations > kMostFindings)
            sentences.append(QStringLiteral("%1 more paths of %2 lead outside.")
                                 .arg(tenant.violations - kMostFindings)
                                 .arg(tenant.tenant));
    }
    return sentences;
}

} // namespace gateway::privacy
