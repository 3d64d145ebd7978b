// Levers: what an operator (or a drill) changed at run time without touching the config: a provider drained, the weight
// of a candidate shifted, a drill's simulated failure. Each has a reason, an owner and an end. A LeverSet is immutable;
// a new one is made on the control thread for every change and swapped into the workers like a snapshot. Forced
// breakers are kept here too, and applied to CandidateHealth.
//
// After a drain ends the provider comes back in stages: 1, 10, 100 % of its calls, a minute each (FailBack), and stays
// on a stage while its attempts fail, so that the whole herd does not run into a provider that is not well yet.
#pragma once

#include "config/policy_snapshot.h"
#include "fallback/candidate_health.h"

#include <QDateTime>
#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace gateway::fallback {

enum class LeverKind
{
    Drain,   // provider: gets no calls
    Weight,  // alias + candidate label: another weight
    Breaker, // candidate label: forced state
    Drill,   // provider, for a share of the calls of an alias or tenant: treated as failed
};
QString nameOf(LeverKind kind); // drain weight breaker drill
std::optional<LeverKind> leverKindFromName(QStringView name);

struct Lever
{
    QString id; // "lev_..."
    LeverKind kind = LeverKind::Drain;
    QString provider;                          // Drain, Drill
    QString candidate;                         // Weight, Breaker: provider/model@region
    QString alias;                             // Weight; Drill: empty = every alias
    QString tenant;                            // Drill: empty = every tenant
    int weight = 0;                            // Weight
    int percent = 100;                         // Drill
    BreakerState breaker = BreakerState::Open; // Breaker
    QString reason;
    QString by;
    qint64 setAtMs = 0;
    qint64 endsAtMs = 0;  // always stated: nothing stays forgotten
    qint64 endedAtMs = 0; // 0: in force; else when it was undone or ran out
    int stagePercent = 0; // Drain that has ended: the stage of its fail-back, 0 before; 100: over
    qint64 stageSinceMs = 0;
};

// By its times: neither undone nor run out.
bool isInForce(const Lever& lever, qint64 nowMs);

// As a call asks it.
class LeverSet
{
public:
    explicit LeverSet(std::vector<Lever> levers = {});
    const std::vector<Lever>& levers() const { return m_levers; }
    bool isEmpty() const { return m_levers.empty(); }

    enum class Drained
    {
        No,
        Yes,
        FailingBack, // drained for this call, because its stage lets only some through
    };
    // `dice` is the call's seed: the same call has the same answer, and one let through at a stage of a fail-back is
    // let through at every later stage.
    Drained drained(const QString& provider, quint64 dice, qint64 nowMs) const;
    // The one set last, if there are several.
    std::optional<int> weight(const QString& alias, const QString& candidate, qint64 nowMs) const;
    // The drill this call takes part in with this provider, or nullptr.
    const Lever* drill(
        const QString& provider, const QString& alias, const QString& tenant, quint64 dice, qint64 nowMs) const;

private:
    std::vector<Lever> m_levers;
};

using LeverSetPtr = std::shared_ptr<const LeverSet>;

} // namespace gateway::fallback
