// Observation: what the committed calls say of a canary and its control, by step. A call's arm is the revision in its
// record; its step is the one it began in. Calls of excluded tenants, of other revisions and from before the canary
// count in neither arm. What a call does not say (no first token, a cost nobody knows) is counted as unknown and is no
// value. At 100 percent there is no control beside it, so those calls are held against the control of the step before.
// Not thread-safe; lives on the control thread.
#pragma once

#include "api/call.h"
#include "api/canary.h"
#include "rollout/assignment.h"
#include "rollout/sequential_test.h"

#include <QSet>

#include <array>
#include <functional>
#include <vector>

namespace gateway::rollout {

// How a call counts. Errors: failed or indeterminate, and refused because no provider was able to answer.
enum class Harm
{
    Error,
    Refusal,
    Truncation,
};
constexpr int kHarms = 3;

struct ArmTally
{
    qint64 calls = 0;
    std::array<qint64, kHarms> harms{};
    qint64 answered = 0;
    qint64 failed = 0; // by outcome, as refused
    qint64 refused = 0;
    qint64 cancelled = 0;
    Cells firstToken;
    qint64 firstTokenUnknown = 0; // answered calls without one
    Moments cost;                 // US dollars of answered calls, each at most kCostCap times the mean so far
    qint64 costUnknown = 0;
};

struct StepTally
{
    int percent = 0;
    ArmTally control;
    ArmTally canary;
};

class Observation
{
public:
    static constexpr double kCostCap = 20; // times the mean: one call does not make a revision dearer
    // A first token below this is as good as any: it fills the first cell.
    static constexpr qint64 kSmallestFirstTokenUs = 20'000;

    // `outside`: how many attempts of this call went where the zone in force does not allow.
    using Outside = std::function<int(const api::Call&)>;
    Observation(int baseRevision, int revision, api::StickyBy by, const QStringList& exclude, Outside outside);

    void beginStep(int percent, qint64 nowMs);
    void add(const api::Call& call);

    // Steps with what is compared in them: a step at 100 % has gone into the one before it, if there is one.
    const std::vector<StepTally>& compared() const { return m_compared; }
    qint64 filed(std::size_t step, bool canary) const;
    api::CanaryArm arm(bool canary) const;
    qint64 canaryCalls() const { return m_arms[1].calls; }
    qint64 outside() const { return m_arms[1].outside; }
    api::StickyBy stickyBy() const { return m_by; }

    static double firstTokenMs(double cell); // of a cell on the scale of first tokens

private:
    struct Whole
    {
        qint64 calls = 0;
        qint64 outside = 0;
        QSet<QString> callers;
        QSet<QString> tenants;
    };
    struct Step
    {
        int percent = 0;
        qint64 sinceMs = 0;
        std::size_t compared = 0;
        std::array<qint64, 2> filed{};
    };
    void count(ArmTally& arm, const api::Call& call);

    const std::array<int, 2> m_revisions; // control, canary
    const api::StickyBy m_by;
    const QSet<QString> m_exclude;
    const Outside m_outside;
    std::vector<Step> m_steps;
    std::vector<StepTally> m_compared;
    std::array<Whole, 2> m_arms;
    Moments m_cost; // of both arms, as they came: for the cap
};

} // namespace gateway::rollout
