#include "config/change/lint.h"

#include <algorithm>

namespace gateway::config {
namespace {

using Severity = api::Finding::Severity;

QString entry(const char* list, std::size_t index, const char* member = "")
{
    const QString path = QStringLiteral("%1[%2]").arg(QLatin1String(list)).arg(index);
    return *member ? path + u'.' + QLatin1String(member) : path;
}

QString inAlias(std::size_t alias, const char* list, std::size_t index)
{
    return QStringLiteral("aliases[%1].%2[%3]").arg(alias).arg(QLatin1String(list)).arg(index);
}

template <typename Visit>
void eachCandidate(const PolicySnapshot& snapshot, Visit visit)
{
    for (std::size_t a = 0; a < snapshot.aliases.size(); ++a) {
        const Alias& alias = *snapshot.aliases[a];
        for (std::size_t i = 0; i < alias.candidates.size(); ++i)
            visit(alias, alias.candidates[i], inAlias(a, "candidates", i));
        for (std::size_t i = 0; i < alias.fallback.size(); ++i) {
            if (alias.fallback[i].candidate.provider)
                visit(alias, alias.fallback[i].candidate, inAlias(a, "fallback", i));
        }
    }
}

// May the alias serve the tenant at all without leaving its zone?
bool servesIn(const Alias& alias, const Zone* zone, const CheckContext& context)
{
    const auto inside = [&](const Candidate& candidate) {
        return candidate.provider && context.inZone(candidate, zone);
    };
    return std::any_of(alias.candidates.begin(), alias.candidates.end(), inside) ||
           std::any_of(alias.fallback.begin(), alias.fallback.end(),
               [&](const FallbackStep& step) { return inside(step.candidate); });
}

bool allowsMoreThan(const Zone& zone, const Zone& promised)
{
    const bool regions = std::all_of(zone.regions.begin(), zone.regions.end(),
        [&](const QString& region) { return promised.regions.contains(region); });
    const bool anyPromised = promised.retention.isEmpty() || promised.retention == QLatin1String("any");
    return !regions || (!anyPromised && zone.retention != promised.retention);
}

bool holdsOn(const TenantContract& contract, QDate day)
{
    const QDate from = contract.effectiveFrom.isValid() ? contract.effectiveFrom : contract.dated;
    return !(from.isValid() && day < from) && !(contract.effectiveUntil.isValid() && day > contract.effectiveUntil);
}

QVector<LintHit> zoneBeyondContract(const PolicySnapshot& snapshot, const CheckContext& context)
{
    QVector<LintHit> hits;
    for (std::size_t i = 0; i < snapshot.tenants.size(); ++i) {
        const Tenant& tenant = *snapshot.tenants[i];
        if (!tenant.zone || !tenant.contract || !tenant.contract->zone || !holdsOn(*tenant.contract, context.today))
            continue;
        if (allowsMoreThan(*tenant.zone, *tenant.contract->zone))
            hits.append({entry("tenants", i, "zone"),
                {tenant.name, tenant.zone->name, tenant.contract->reference, tenant.contract->zone->name}});
    }
    return hits;
}

QVector<LintHit> tenantWithoutAny(const PolicySnapshot& snapshot, const CheckContext& context)
{
    QVector<LintHit> hits;
    for (std::size_t i = 0; i < snapshot.tenants.size() && context.inZone; ++i) {
        const Tenant& tenant = *snapshot.tenants[i];
        const bool any = std::any_of(snapshot.aliases.begin(), snapshot.aliases.end(),
            [&](const auto& alias) { return servesIn(*alias, tenant.zone, context); });
        if (tenant.zone && !any && !snapshot.aliases.empty())
            hits.append({entry("tenants", i, "zone"), {tenant.name, tenant.zone->name}});
    }
    return hits;
}

QVector<LintHit> aliasOutsideZones(const PolicySnapshot& snapshot, const CheckContext& context)
{
    QVector<LintHit> hits;
    for (std::size_t a = 0; a < snapshot.aliases.size() && context.inZone; ++a) {
        QStringList tenants;
        for (const auto& tenant : snapshot.tenants) {
            if (tenant->zone && !servesIn(*snapshot.aliases[a], tenant->zone, context))
                tenants.append(tenant->name);
        }
        if (!tenants.isEmpty())
            hits.append(
                {entry("aliases", a, "candidates"), {snapshot.aliases[a]->name, tenants.join(QStringLiteral(", "))}});
    }
    return hits;
}

// A chain that is there for everybody, but not for these: they stay with what failed.
QVector<LintHit> fallbackOutsideZones(const PolicySnapshot& snapshot, const CheckContext& context)
{
    QVector<LintHit> hits;
    for (std::size_t a = 0; a < snapshot.aliases.size() && context.inZone; ++a) {
        const Alias& alias = *snapshot.aliases[a];
        for (std::size_t i = 0; i < alias.fallback.size(); ++i) {
            const Candidate& candidate = alias.fallback[i].candidate;
            QStringList tenants;
            for (const auto& tenant : snapshot.tenants) {
                if (candidate.provider && tenant->zone && !context.inZone(candidate, tenant->zone) &&
                    servesIn(alias, tenant->zone, context))
                    tenants.append(tenant->name);
            }
            if (!tenants.isEmpty())
                hits.append(
                    {inAlias(a, "fallback", i), {candidate.label, alias.name, tenants.join(QStringLiteral(", "))}});
        }
    }
    return hits;
}

QVector<LintHit> withoutPrice(const PolicySnapshot& snapshot, const CheckContext&)
{
    QVector<LintHit> hits;
    QStringList seen;
    eachCandidate(snapshot, [&](const Alias& alias, const Candidate& candidate, const QString& path) {
        if (!candidate.prices.empty() || seen.contains(candidate.label))
            return;
        seen.append(candidate.label);
        const bool limited =
            alias.costCeiling ||
            std::any_of(snapshot.budgets.begin(), snapshot.budgets.end(), [&](const BudgetPolicy& budget) {
                return budget.atLimit != AtLimit::Warn &&
                       (budget.scope.alias.isEmpty() || budget.scope.alias == alias.name) &&
                       (budget.scope.provider.isEmpty() || budget.scope.provider == candidate.provider->name);
            });
        hits.append({path + QStringLiteral(".model"),
            {candidate.label, limited ? QStringLiteral("its calls are refused where a budget or a ceiling applies")
                                      : QStringLiteral("what its calls cost is not known")}});
    });
    return hits;
}

QVector<LintHit> retiredModel(const PolicySnapshot& snapshot, const CheckContext& context)
{
    QVector<LintHit> hits;
    eachCandidate(snapshot, [&](const Alias& alias, const Candidate& candidate, const QString& path) {
        if (candidate.facts && candidate.facts->retires.isValid() && candidate.facts->retires <= context.today)
            hits.append({path + QStringLiteral(".model"),
                {candidate.label, candidate.facts->retires.toString(Qt::ISODate), alias.name}});
    });
    return hits;
}

QVector<LintHit> unusedProvider(const PolicySnapshot& snapshot, const CheckContext&)
{
    QVector<LintHit> hits;
    for (std::size_t i = 0; i < snapshot.providers.size(); ++i) {
        bool used = false;
        eachCandidate(snapshot, [&](const Alias&, const Candidate& candidate, const QString&) {
            used = used || candidate.provider == snapshot.providers[i].get();
        });
        if (!used)
            hits.append({entry("providers", i, "name"), {snapshot.providers[i]->name}});
    }
    return hits;
}

QVector<LintHit> unusedZone(const PolicySnapshot& snapshot, const CheckContext&)
{
    QVector<LintHit> hits;
    for (std::size_t i = 0; i < snapshot.zones.size(); ++i) {
        const Zone* zone = snapshot.zones[i].get();
        const bool used = std::any_of(snapshot.tenants.begin(), snapshot.tenants.end(), [zone](const auto& tenant) {
            return tenant->zone == zone || (tenant->contract && tenant->contract->zone == zone);
        });
        if (!used)
            hits.append({entry("zones", i, "name"), {zone->name}});
    }
    return hits;
}

QVector<LintHit> weightlessCandidate(const PolicySnapshot& snapshot, const CheckContext&)
{
    QVector<LintHit> hits;
    for (std::size_t a = 0; a < snapshot.aliases.size(); ++a) {
        const Alias& alias = *snapshot.aliases[a];
        for (std::size_t i = 0; i < alias.candidates.size(); ++i) {
            if (alias.candidates[i].weight == 0)
                hits.append(
                    {inAlias(a, "candidates", i) + QStringLiteral(".weight"), {alias.candidates[i].label, alias.name}});
        }
    }
    return hits;
}

QVector<LintHit> tenantWithoutZone(const PolicySnapshot& snapshot, const CheckContext&)
{
    QVector<LintHit> hits;
    for (std::size_t i = 0; i < snapshot.tenants.size(); ++i) {
        if (!snapshot.tenants[i]->zone && !snapshot.zones.empty())
            hits.append({entry("tenants", i, "zone"), {snapshot.tenants[i]->name}});
    }
    return hits;
}

QVector<LintHit> undecidedCache(const PolicySnapshot& snapshot, const CheckContext&)
{
    QVector<LintHit> hits;
    for (std::size_t a = 0; a < snapshot.aliases.size(); ++a) {
        if (snapshot.aliases[a]->cache.exactTtl &&
            snapshot.aliases[a]->cache.semantic.choice == SemanticChoice::Undecided)
            hits.append({entry("aliases", a, "cache"), {snapshot.aliases[a]->name}});
    }
    return hits;
}

QVector<LintHit> cacheReviewDue(const PolicySnapshot& snapshot, const CheckContext& context)
{
    QVector<LintHit> hits;
    for (std::size_t a = 0; a < snapshot.aliases.size(); ++a) {
        const SemanticCache& semantic = snapshot.aliases[a]->cache.semantic;
        if (semantic.reviewBy.isValid() && semantic.reviewBy < context.today)
            hits.append({entry("aliases", a, "cache.semantic.review_by"),
                {snapshot.aliases[a]->name, semantic.reviewBy.toString(Qt::ISODate), semantic.owner}});
    }
    return hits;
}

const std::vector<LintRow>& ownRows()
{
    static const std::vector<LintRow> rows{
        {"zone_beyond_contract", Severity::Block,
            "Tenant %1 would be served in %2, which allows more than its contract %3 promised (%4).",
            "Name the contract's zone, or one that lies within it.", zoneBeyondContract},
        {"zone_cuts_off", Severity::Block,
            "No alias has a candidate inside zone %2, so every call of tenant %1 would be refused.",
            "Add a provider whose region and retention the zone allows.", tenantWithoutAny},
        {"zone_unserved", Severity::Warn,
            "Alias %1 can be reached only outside the zones of %2; their calls to it are refused.",
            "Add a candidate inside those zones.", aliasOutsideZones},
        {"fallback_outside_zone", Severity::Note,
            "The step to %1 of alias %2 lies outside the zones of %3 and is passed over for them.", "",
            fallbackOutsideZones},
        {"tenant_without_zone", Severity::Warn,
            "Tenant %1 has no zone, so none of its calls is served: where there are zones, a missing one refuses.",
            "Add zone: NAME.", tenantWithoutZone},
        {"price_missing", Severity::Warn, "The price book has no price for %1; %2.",
            "Add it to a price book of your own (prices: {book: FILE}).", withoutPrice},
        {"model_retired", Severity::Warn, "%1 was retired on %2; alias %3 passes it over.", "Name its successor.",
            retiredModel},
        {"candidate_without_weight", Severity::Note,
            "%1 has the weight 0 in alias %2, so it is drawn only when a lever gives it one.", "", weightlessCandidate},
        {"provider_unused", Severity::Note, "Provider %1 is no candidate of any alias.", "", unusedProvider},
        {"zone_unused", Severity::Note, "Zone %1 is no tenant's.", "", unusedZone},
        {"cache_undecided", Severity::Note,
            "Whether alias %1 may answer from similar questions is not decided; it behaves as off.",
            "Add semantic: {choice: off, reason: ..., owner: ..., decided: DATE, review_by: DATE}.", undecidedCache},
        {"cache_review_due", Severity::Warn,
            "The choice on the semantic cache of alias %1 was due for review on %2 (%3).", "", cacheReviewDue},
    };
    return rows;
}

} // namespace

QVector<api::Finding> lint(const ConfigFile& file, const PolicySnapshot& snapshot, const CheckContext& context)
{
    QVector<api::Finding> findings;
    for (const std::vector<LintRow>* rows : {&ownRows(), &limitRows()}) {
        for (const LintRow& row : *rows) {
            for (const LintHit& hit : row.find(snapshot, context)) {
                QString sentence = QString::fromUtf8(row.sentence);
                // filled from the last on, so that a word with a % in it is not filled again
                for (qsizetype i = hit.words.size(); i > 0; --i)
                    sentence.replace(QStringLiteral("%") + QString::number(i), hit.words[i - 1]);
                findings.append(
                    findingAt(file, row.severity, row.rule, hit.path, sentence, QString::fromUtf8(row.suggestion)));
            }
        }
    }
    return findings;
}

QStringList lintRules()
{
    QStringList rules;
    for (const std::vector<LintRow>* rows : {&ownRows(), &limitRows()}) {
        for (const LintRow& row : *rows)
            rules.append(QString::fromLatin1(row.rule));
    }
    return rules;
}

} // namespace gateway::config
