#include "engine/checklist.h"

#include "privacy/zone_rule.h"

#include <QRegularExpression>
#include <QSet>

#include <algorithm>

namespace gateway::engine {
namespace {

using api::ChecklistItem;

constexpr int kDrillDays = 90;
constexpr int kMostSteps = 8; // more than that nobody reads in twenty seconds
constexpr int kNamed = 3;

struct Finding
{
    QString state;
    QString evidence;
};

const QString kMet = QStringLiteral("met");
const QString kNotMet = QStringLiteral("not_met");
const QString kPartly = QStringLiteral("partly");
const QString kUnknown = QStringLiteral("unknown");

// All of them, none of them, some of them; nothing to look at is unknown.
QString stateOf(qint64 good, qint64 all)
{
    if (all == 0)
        return kUnknown;
    return good == all ? kMet : good == 0 ? kNotMet : kPartly;
}

QString some(const QStringList& names)
{
    QString text = names.mid(0, kNamed).join(QStringLiteral(", "));
    if (names.size() > kNamed)
        text += QStringLiteral(" and %1 more").arg(names.size() - kNamed);
    return text;
}

// "3 tenants", "1 tenant"
QString count(qint64 number, const char* one)
{
    return QStringLiteral("%1 %2%3").arg(number).arg(QLatin1String(one), number == 1 ? QString() : QStringLiteral("s"));
}

// Each candidate once, fallback steps too.
std::vector<const config::Candidate*> candidatesOf(const config::PolicySnapshot& snapshot)
{
    std::vector<const config::Candidate*> all;
    QSet<QString> seen;
    const auto add = [&](const config::Candidate& candidate) {
        if (candidate.provider && !seen.contains(candidate.label)) {
            seen.insert(candidate.label);
            all.push_back(&candidate);
        }
    };
    for (const auto& alias : snapshot.aliases) {
        for (const config::Candidate& candidate : alias->candidates)
            add(candidate);
        for (const config::FallbackStep& step : alias->fallback)
            add(step.candidate);
    }
    return all;
}

QVector<api::CredentialInfo> live(const ChecklistFacts& facts)
{
    QVector<api::CredentialInfo> credentials = facts.credentials;
    credentials.removeIf([&](const api::CredentialInfo& credential) {
        return credential.revokedAt || (credential.expiresAt && *credential.expiresAt <= facts.now);
    });
    return credentials;
}

Finding boundary(const ChecklistFacts& facts)
{
    qint64 held = 0;
    for (const auto& provider : facts.snapshot->providers)
        held += provider->keyReference.isEmpty() ? 0 : 1;
    return {facts.snapshot->providers.empty() ? kUnknown : kPartly,
        QStringLiteral("The gateway holds the keys of %1 of %2, and callers hold %3; calls that go around the gateway "
                       "cannot be seen from here.")
            .arg(held)
            .arg(count(qint64(facts.snapshot->providers.size()), "provider"),
                count(live(facts).size(), "live credential"))};
}

// A date or a numbered version at the end: "-2026-09-01", "-20251001", "-0613", "-v2:0", "@001".
Finding aliasesPinned(const ChecklistFacts& facts)
{
    static const QRegularExpression pinned(
        QStringLiteral("(\\d{4}-\\d{2}-\\d{2}|\\d{8}|[-@]\\d{3,4}|-v\\d+(:\\d+)?)$"));
    const auto candidates = candidatesOf(*facts.snapshot);
    QStringList floating;
    for (const config::Candidate* candidate : candidates) {
        if (!pinned.match(candidate->model).hasMatch())
            floating.append(candidate->model);
    }
    const qint64 all = qint64(candidates.size());
    QString evidence = QStringLiteral("%1 of %2 name a dated or numbered version of their model.")
                           .arg(all - floating.size())
                           .arg(count(all, "candidate"));
    if (!floating.isEmpty())
        evidence += QStringLiteral(" Without one: %1.").arg(some(floating));
    return {stateOf(all - floating.size(), all), evidence};
}

Finding routingReadable(const ChecklistFacts& facts)
{
    qint64 good = 0;
    std::size_t longest = 0;
    for (const auto& alias : facts.snapshot->aliases) {
        const std::size_t steps = alias->candidates.size() + alias->fallback.size();
        longest = std::max(longest, steps);
        good += !alias->purpose.isEmpty() && !alias->owner.isEmpty() && steps <= std::size_t(kMostSteps) ? 1 : 0;
    }
    const qint64 all = qint64(facts.snapshot->aliases.size());
    return {stateOf(good, all),
        QStringLiteral("%1 of %2 state a purpose and an owner and have at most %3 steps; the longest has %4.")
            .arg(good)
            .arg(all == 1 ? QStringLiteral("1 alias") : QStringLiteral("%1 aliases").arg(all))
            .arg(kMostSteps)
            .arg(longest)};
}

Finding fallbackLatency(const ChecklistFacts& facts)
{
    qint64 good = 0;
    qint64 withStep = 0;
    qint64 withBudget = 0;
    for (const auto& alias : facts.snapshot->aliases) {
        const bool hasStep = std::any_of(alias->fallback.begin(), alias->fallback.end(),
            [](const config::FallbackStep& step) { return step.candidate.provider != nullptr; });
        const bool hasBudget = std::any_of(alias->latencyBudget.begin(), alias->latencyBudget.end(),
            [](std::chrono::milliseconds budget) { return budget.count() > 0; });
        withStep += hasStep;
        withBudget += hasBudget;
        good += hasStep && hasBudget;
    }
    const qint64 all = qint64(facts.snapshot->aliases.size());
    return {stateOf(good, all),
        QStringLiteral(
            "Of %1 aliases, %2 have a fallback step that can serve and %3 a latency budget that the chain is "
            "fitted into.")
            .arg(all)
            .arg(withStep)
            .arg(withBudget)};
}

Finding zones(const ChecklistFacts& facts)
{
    qint64 zoned = 0;
    qint64 agreed = 0;
    for (const auto& tenant : facts.snapshot->tenants) {
        zoned += tenant->zone ? 1 : 0;
        agreed += tenant->zone && tenant->contract && tenant->contract->zone &&
                          privacy::isWithin(privacy::termsOf(*tenant->zone), privacy::termsOf(*tenant->contract->zone))
                      ? 1
                      : 0;
    }
    const qint64 all = qint64(facts.snapshot->tenants.size());
    return {stateOf(agreed, all),
        QStringLiteral("%1 of %2 have a zone, and for %3 it allows nothing beyond their contract.")
            .arg(zoned)
            .arg(count(all, "tenant"))
            .arg(agreed)};
}

Finding costCeilings(const ChecklistFacts& facts)
{
    qint64 good = 0;
    for (const auto& alias : facts.snapshot->aliases)
        good += alias->costCeiling ? 1 : 0;
    const qint64 all = qint64(facts.snapshot->aliases.size());
    return {stateOf(good, all), QStringLiteral("%1 of %2 aliases have a cost ceiling; %3 configured.")
                                    .arg(good)
                                    .arg(all)
                                    .arg(facts.snapshot->budgets.size() == 1
                                             ? QStringLiteral("1 budget is")
                                             : QStringLiteral("%1 budgets are").arg(facts.snapshot->budgets.size()))};
}

Finding unifiedShape(const ChecklistFacts& facts)
{
    qint64 whole = 0;
    qint64 lossy = 0;
    qint64 none = 0;
    for (const api::CandidateCapabilities& candidate : facts.capabilities) {
        for (const api::FeatureCarriage& feature : candidate.features) {
            for (const QString& how : feature.from) {
                whole += how == QLatin1String("yes");
                lossy += how == QLatin1String("lossy");
                none += how == QLatin1String("no");
            }
        }
    }
    if (whole + lossy + none == 0)
        return {kUnknown, QStringLiteral("No candidate is configured.")};
    return {none == 0 ? kMet : kPartly,
        QStringLiteral("Of %1 pairs of a feature and a caller's dialect, %2 are carried whole, %3 in another form and "
                       "%4 are not routed.")
            .arg(whole + lossy + none)
            .arg(whole)
            .arg(lossy)
            .arg(none)};
}

Finding quotaPlane(const ChecklistFacts& facts)
{
    qint64 good = 0;
    for (const auto& tenant : facts.snapshot->tenants)
        good += tenant->requestsPerMinute || tenant->inputTokensPerMinute || tenant->outputTokensPerMinute ||
                tenant->concurrency;
    qint64 limited = 0;
    for (const auto& provider : facts.snapshot->providers)
        limited += provider->limits.requestsPerMinute || provider->limits.tokensPerMinute;
    const qint64 all = qint64(facts.snapshot->tenants.size());
    return {stateOf(good, all), QStringLiteral("%1 of %2 have a quota, and %3 of %4 a stated limit.")
                                    .arg(good)
                                    .arg(count(all, "tenant"))
                                    .arg(limited)
                                    .arg(count(qint64(facts.snapshot->providers.size()), "provider"))};
}

Finding credentialIsolation(const ChecklistFacts& facts)
{
    const QVector<api::CredentialInfo> all = live(facts);
    qint64 scoped = 0;
    qint64 ending = 0;
    qint64 both = 0;
    for (const api::CredentialInfo& credential : all) {
        const bool isScoped = !credential.aliases.isEmpty() && !credential.aliases.contains(QStringLiteral("*"));
        scoped += isScoped;
        ending += credential.expiresAt.has_value();
        both += isScoped && credential.expiresAt;
    }
    return {stateOf(both, all.size()),
        QStringLiteral("Of %1, each of one tenant, %2 name their aliases and %3 have an end.")
            .arg(count(all.size(), "live credential"))
            .arg(scoped)
            .arg(ending)};
}

Finding costAttribution(const ChecklistFacts& facts)
{
    qint64 unpriced = 0;
    for (const api::CallSummaryRow& row : facts.day.rows)
        unpriced += row.unpriced;
    return {facts.day.total == 0 ? kUnknown
            : unpriced == 0      ? kMet
                                 : kPartly,
        QStringLiteral("Each of the %1 of the last 24 hours has a tenant by its credential; %2 have no known price.")
            .arg(count(facts.day.total, "call"))
            .arg(unpriced)};
}

Finding cacheEligibility(const ChecklistFacts& facts)
{
    QStringList undecided;
    for (const auto& alias : facts.snapshot->aliases) {
        if (alias->cache.semantic.choice == config::SemanticChoice::Undecided)
            undecided.append(alias->name);
    }
    const qint64 all = qint64(facts.snapshot->aliases.size());
    QString evidence = QStringLiteral("Semantic caching is decided, with a reason and an owner, for %1 of %2 aliases.")
                           .arg(all - undecided.size())
                           .arg(all);
    if (!undecided.isEmpty())
        evidence += QStringLiteral(" Undecided, and therefore off: %1.").arg(some(undecided));
    return {stateOf(all - undecided.size(), all), evidence};
}

Finding auditCompleteness(const ChecklistFacts& facts)
{
    qint64 indeterminate = 0;
    for (const api::CallSummaryRow& row : facts.day.rows)
        indeterminate += row.key == QLatin1String("indeterminate") ? row.calls : 0;
    const bool committed = facts.snapshot->audit.acknowledge == config::Acknowledge::Committed;
    const bool isWhole = committed && facts.store.health == api::Health::Ok && indeterminate == 0;
    return {isWhole ? kMet : kPartly,
        QStringLiteral("An answer is %1, the record is %2, and %3 of %4 in 24 hours ended in a way nobody knows.")
            .arg(committed ? QStringLiteral("given after its record is on disk")
                           : QStringLiteral("given before its record is on disk"),
                api::nameOf(facts.store.health))
            .arg(indeterminate)
            .arg(count(facts.day.total, "call"))};
}

Finding providerDashboard(const ChecklistFacts& facts)
{
    qint64 good = 0;
    for (const auto& provider : facts.snapshot->providers)
        good += facts.attemptsOfProvider.value(provider->name) > 0;
    const qint64 all = qint64(facts.snapshot->providers.size());
    return {all == 0 || good == 0 ? kUnknown
            : good == all         ? kMet
                                  : kPartly,
        QStringLiteral("Each provider has its own figures; %1 of %2 had attempts in the last hour.")
            .arg(good)
            .arg(all)};
}

Finding loadAndFailureTest(const ChecklistFacts& facts)
{
    return {kUnknown, QStringLiteral("%1 kept here; a load test is held outside and is not recorded by this engine.")
                          .arg(facts.drills.size() == 1 ? QStringLiteral("1 drill is")
                                                        : QStringLiteral("%1 drills are").arg(facts.drills.size()))};
}

Finding datedDrill(const ChecklistFacts& facts)
{
    const auto last = std::find_if(
        facts.drills.begin(), facts.drills.end(), [](const api::DrillCard& card) { return card.endedAt.has_value(); });
    if (last == facts.drills.end())
        return {kNotMet, QStringLiteral("No finished drill is kept.")};
    const qint64 days = last->endedAt->daysTo(facts.now);
    return {days <= kDrillDays && last->verdict == QLatin1String("pass") ? kMet : kPartly,
        QStringLiteral("The last drill was on %1 (%2) on %3, %4.")
            .arg(last->provider, QString(last->verdict).replace(u'_', u' '),
                last->endedAt->toUTC().date().toString(Qt::ISODate),
                days == 0 ? QStringLiteral("today") : count(days, "day") + QStringLiteral(" ago"))};
}

Finding canaryAndRollback(const ChecklistFacts& facts)
{
    return {kUnknown, QStringLiteral("Revision %1 is in force; this engine has no drafts, canary or rollback yet.")
                          .arg(facts.snapshot->revision)};
}

Finding slosAndRunbooks(const ChecklistFacts& facts)
{
    qint64 holding = 0;
    qint64 broken = 0;
    for (const api::Invariant& invariant : facts.invariants) {
        holding += invariant.state == QLatin1String("holds");
        broken += invariant.state == QLatin1String("broken");
    }
    return {broken > 0 ? kNotMet : kUnknown,
        QStringLiteral(
            "Of %1 standing invariants %2 hold, and broken are %3; runbooks are not recorded by this engine.")
            .arg(facts.invariants.size())
            .arg(holding)
            .arg(broken)};
}

Finding driftReview(const ChecklistFacts&)
{
    return {kUnknown, QStringLiteral("This engine does not measure drift yet, so there is nothing to review.")};
}

Finding deprecations(const ChecklistFacts& facts)
{
    QStringList retired;
    qint64 known = 0;
    QDate nearest;
    const QDate today = facts.now.toUTC().date();
    const auto candidates = candidatesOf(*facts.snapshot);
    for (const config::Candidate* candidate : candidates) {
        if (!candidate->facts || !candidate->facts->retires.isValid())
            continue;
        ++known;
        if (candidate->facts->retires <= today)
            retired.append(candidate->model);
        else if (!nearest.isValid() || candidate->facts->retires < nearest)
            nearest = candidate->facts->retires;
    }
    QString evidence = QStringLiteral("The price book knows a retirement date for %1 of %2")
                           .arg(known)
                           .arg(count(qint64(candidates.size()), "candidate"));
    evidence += nearest.isValid() ? QStringLiteral(", the nearest on %1.").arg(nearest.toString(Qt::ISODate))
                                  : QStringLiteral(".");
    if (!retired.isEmpty())
        return {kNotMet, evidence + QStringLiteral(" Retired already: %1.").arg(some(retired))};
    if (!facts.zoneAudit)
        return {kUnknown, evidence + QStringLiteral(" No tenant has a zone or a contract, so no zone audit is due.")};
    evidence += u' ' + facts.zoneAudit->sentence;
    if (facts.zoneAudit->state == QLatin1String("overdue"))
        return {kNotMet, evidence};
    if (facts.zoneAudit->state != QLatin1String("signed"))
        return {kUnknown, evidence};
    return {known == qint64(candidates.size()) ? kMet : kPartly, evidence};
}

Finding postmortems(const ChecklistFacts& facts)
{
    const auto open = std::count_if(facts.incidents.begin(), facts.incidents.end(),
        [](const api::Incident& incident) { return incident.state == QLatin1String("open"); });
    return {
        kUnknown, QStringLiteral("%1 known here, %2 open; postmortems are not recorded by this engine.")
                      .arg(facts.incidents.size() == 1 ? QStringLiteral("1 incident is")
                                                       : QStringLiteral("%1 incidents are").arg(facts.incidents.size()))
                      .arg(open)};
}

struct Row
{
    const char* id;
    const char* title;
    const char* link;
    Finding (*measure)(const ChecklistFacts&);
};

constexpr Row kRows[]{
    {"boundary", "The gateway is the boundary", "server", boundary},
    {"aliases-pinned", "Aliases name pinned models", "routes", aliasesPinned},
    {"routing-readable", "Routing is read in twenty seconds", "routes", routingReadable},
    {"fallback-latency", "Fallback chains fit their latency budgets", "routes", fallbackLatency},
    {"zones", "Tenants have the zone of their contract", "zones", zones},
    {"cost-ceilings", "Aliases have cost ceilings", "routes", costCeilings},
    {"unified-shape", "One shape for every provider", "routes", unifiedShape},
    {"quota-plane", "Callers have quotas", "budgets", quotaPlane},
    {"credential-isolation", "Credentials are narrow and end", "server", credentialIsolation},
    {"cost-attribution", "Cost is attributed", "budgets", costAttribution},
    {"cache-eligibility", "Caching is decided per alias", "routes", cacheEligibility},
    {"audit-completeness", "The record is complete", "traffic", auditCompleteness},
    {"provider-dashboard", "Each provider is watched", "providers", providerDashboard},
    {"load-failure-test", "Load and failure are tested", "providers", loadAndFailureTest},
    {"dated-drill", "A drill was held lately", "providers", datedDrill},
    {"config-canary", "Config has a canary and a rollback", "server", canaryAndRollback},
    {"slos-runbooks", "Objectives and runbooks", "limits", slosAndRunbooks},
    {"drift-review", "Drift is reviewed weekly", "", driftReview},
    {"deprecations", "Deprecations and zones are reviewed", "zones", deprecations},
    {"postmortems", "Incidents have postmortems", "incidents", postmortems},
};

} // namespace

QVector<api::ChecklistItem> checklistOf(const ChecklistFacts& facts)
{
    QVector<ChecklistItem> items;
    for (const Row& row : kRows) {
        const Finding finding = row.measure(facts);
        items.append({QString::fromLatin1(row.id), int(items.size()) + 1, QString::fromLatin1(row.title), finding.state,
            finding.evidence, QString::fromLatin1(row.link), facts.now});
    }
    return items;
}

} // namespace gateway::engine
