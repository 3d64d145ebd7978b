#include "replay/tally.h"

#include <QDateTime>

#include <algorithm>

namespace gateway::replay {
namespace {

using api::ReplayEffect;

struct GapRow
{
    Gap gap;
    const char* code;
    const char* sentence;
};
constexpr std::array kGaps{
    GapRow{Gap::NoInputs, "not-recorded", "They were recorded without what the engine knew when it decided."},
    GapRow{Gap::NotRead, "not-read", "Their requests could not be read, which no config changes."},
    GapRow{Gap::Repetition, "repetition", "They repeat an earlier call with its idempotency-key and got its outcome."},
    GapRow{Gap::NoSurface, "unknown-surface", "They came in a dialect that this version does not know."},
};

// From these shares of the calls on, the whole is less sure.
constexpr double kHighReplayed = 0.99;
constexpr double kHighAssumed = 0.01;
constexpr qint64 kHighCalls = 1000;
constexpr double kMediumReplayed = 0.9;
constexpr double kMediumAssumed = 0.1;
constexpr qint64 kMediumCalls = 100;

QString percentOf(qint64 part, qint64 whole)
{
    return whole > 0 ? QString::number(100.0 * double(part) / double(whole), 'f', 1) + QStringLiteral(" %")
                     : QStringLiteral("0 %");
}

QString counted(qint64 count)
{
    QString text = QString::number(count);
    for (qsizetype at = text.size() - 3; at > 0; at -= 3)
        text.insert(at, u',');
    return text;
}

} // namespace

Tally::Tally(const config::PolicySnapshot& snapshot, bool whole, const QStringList& tenants)
    : m_snapshot(snapshot), m_whole(whole), m_budgets(snapshot, tenants)
{
}

void Tally::addGap(Gap gap)
{
    ++m_gaps[std::size_t(gap)];
}

void Tally::add(const ReplayCase& call, const Decision& decision, const QString& refusedByQuota)
{
    const Choice before = choiceOf(call);
    const Choice after = choiceOf(decision);
    const Compared compared{call, before, decision, after, effectOf(before, after)};
    const bool changed = compared.effect != ReplayEffect::Unchanged;
    ++m_replayed;
    ++m_effects[std::size_t(compared.effect)];
    m_changed += changed;
    m_assumed += decision.ground.assumed > 0;
    m_borrowed += decision.ground.assumed == 0 && decision.ground.borrowed > 0;
    const auto side = [](Counts& counts, const QString& name, bool isAfter) {
        Sides& sides = counts[name];
        ++(isAfter ? sides.after : sides.before);
    };
    side(before.isRefused() ? m_refusals : m_candidates, before.name(), false);
    side(after.isRefused() ? m_refusals : m_candidates, after.name(), true);
    if (call.routed)
        side(m_zones, call.zone, false);
    if (decision.routed)
        side(m_zones, decision.zone ? decision.zone->name : QString(), true);
    side(m_aliases, call.alias, false);
    side(m_tenants, call.tenant, false);
    if (changed) {
        side(m_aliases, call.alias, true);
        side(m_tenants, call.tenant, true);
    }
    const CallCost cost = costOf(compared, m_snapshot);
    m_cost.add(compared, cost);
    m_latency.add(compared);
    m_budgets.add(compared, cost);
    if (m_whole)
        m_load.add(compared);
    if (changed && m_changes.size() < api::ReplayRequest::kMostListed)
        list(compared, cost, refusedByQuota);
}

void Tally::list(const Compared& compared, const CallCost& cost, const QString& refusedByQuota)
{
    const ReplayCase& call = compared.call;
    api::ReplayChange change;
    change.call = call.id;
    change.startedAt = QDateTime::fromMSecsSinceEpoch(call.startedMs, Qt::UTC);
    change.tenant = call.tenant;
    change.alias = call.alias;
    change.effect = api::nameOf(compared.effect);
    change.before = compared.before.name();
    change.after = compared.after.name();
    change.reason = reasonOf(call, compared.before, compared.decision, compared.after, refusedByQuota);
    change.zoneBefore = call.routed ? call.zone : QString();
    change.zoneAfter = compared.decision.zone ? compared.decision.zone->name : QString();
    change.costBefore = cost.before;
    change.costAfter = cost.after;
    for (const routing::CandidateVerdict& row : compared.decision.plan.decision.candidates) {
        if (row.candidate == compared.decision.plan.decision.chosen)
            change.boundAfter = row.moment.upperBound;
    }
    m_changes.append(std::move(change));
}

// The largest first; names decide between equals, so that two replays of the same calls say the same.
QVector<api::ReplayCount> Tally::listOf(const Counts& counts)
{
    QVector<api::ReplayCount> rows;
    for (auto one = counts.cbegin(); one != counts.cend(); ++one)
        rows.append({one.key(), one->before, one->after});
    std::sort(rows.begin(), rows.end(), [](const api::ReplayCount& a, const api::ReplayCount& b) {
        const qint64 ofA = std::max(a.before, a.after);
        const qint64 ofB = std::max(b.before, b.after);
        return ofA != ofB ? ofA > ofB : a.name < b.name;
    });
    return rows;
}

void Tally::judge(api::ReplayReport& report) const
{
    const double replayed = report.sampled > 0 ? double(m_replayed) / double(report.sampled) : 0;
    const double assumed = m_replayed > 0 ? double(m_assumed) / double(m_replayed) : 1;
    const auto holds = [&](double least, double most, qint64 calls) {
        return replayed >= least && assumed <= most && m_replayed >= calls;
    };
    report.confidence = holds(kHighReplayed, kHighAssumed, kHighCalls)         ? QStringLiteral("high")
                        : holds(kMediumReplayed, kMediumAssumed, kMediumCalls) ? QStringLiteral("medium")
                                                                               : QStringLiteral("low");
    QStringList& told = report.coverage;
    told.append(QStringLiteral("%1 of %2 calls of the period were decided again (%3).")
                    .arg(counted(m_replayed), counted(report.calls), percentOf(m_replayed, report.calls)));
    if (report.sampled < report.calls)
        told.append(
            QStringLiteral("Every figure is that of %1 calls, spread evenly over the period; load per minute and "
                           "the callers' quotas need all calls and are left out.")
                .arg(counted(report.sampled)));
    for (const api::ReplayGap& gap : std::as_const(report.gaps))
        told.append(QStringLiteral("%1 cannot be decided again: %2").arg(counted(gap.calls), gap.sentence));
    told.append(
        m_borrowed + m_assumed == 0
            ? QStringLiteral("Health, latency and levers of every candidate are as they were recorded with each "
                             "call.")
            : QStringLiteral("Health, latency and levers are as recorded with each call; in %1 calls a candidate "
                             "has those of another call at most 30 s before, in %2 the record knows nothing of a "
                             "candidate, or not its latency: it is assumed healthy and quick enough (%3).")
                  .arg(counted(m_borrowed), counted(m_assumed), percentOf(m_assumed, m_replayed)));
    if (m_whole && !m_snapshot.quotas.empty())
        told.append(
            QStringLiteral("The callers' quotas were filled again from the recorded calls, with full buckets at "
                           "the beginning."));
    if (!m_snapshot.budgets.empty())
        told.append(
            QStringLiteral("Budgets refuse nobody here; beside each stands what these calls alone would cost it."));
    told.append(QStringLiteral("Costs: the recorded tokens at the price of the candidate that would be drawn; another "
                               "model may write more or fewer. Unknown for %1 calls.")
                    .arg(counted(report.cost.unknown)));
    told.append(
        QStringLiteral("Latency: a call that moves gets what its new candidate's answers took in this period; "
                       "unknown for %1 calls. What a provider does under more load nobody can tell from a record.")
            .arg(counted(report.latency.unknown)));
    told.append(
        QStringLiteral("Intervals are 95 %, from how the calls differ among themselves. Nothing is said of which "
                       "attempts would have failed."));
}

void Tally::finish(api::ReplayReport& report) const
{
    report.replayable = m_replayed;
    for (const GapRow& row : kGaps) {
        if (m_gaps[std::size_t(row.gap)] > 0)
            report.gaps.append(
                {QString::fromLatin1(row.code), QString::fromLatin1(row.sentence), m_gaps[std::size_t(row.gap)]});
    }
    for (std::size_t i = 0; i < m_effects.size(); ++i)
        report.effects.append({api::nameOf(ReplayEffect(i)), 0, m_effects[i]});
    report.changed = m_changed;
    report.listed = m_changes.size();
    report.candidates = listOf(m_candidates);
    report.refusals = listOf(m_refusals);
    report.zones = listOf(m_zones);
    report.aliases = listOf(m_aliases);
    report.tenants = listOf(m_tenants);
    report.cost = m_cost.sum();
    report.latency = m_latency.sum();
    if (m_whole)
        report.headroom = m_load.sum(m_snapshot);
    report.budgets = m_budgets.sum();
    report.assumedHealthy = m_assumed;
    judge(report);
    report.sentence =
        m_replayed == 0
            ? QStringLiteral("No call of the period could be decided again.")
            : QStringLiteral("%1 of %2 calls would be decided otherwise: %3 by another candidate, %4 newly refused, %5 "
                             "newly allowed; cost %6 USD.")
                  .arg(counted(m_changed), counted(m_replayed),
                      counted(m_effects[std::size_t(ReplayEffect::OtherCandidate)]),
                      counted(m_effects[std::size_t(ReplayEffect::NewlyRefused)]),
                      counted(m_effects[std::size_t(ReplayEffect::NewlyAllowed)]),
                      (report.cost.delta.nano() > 0 ? QStringLiteral("+") : QString()) + report.cost.delta.toDecimal());
}

} // namespace gateway::replay
