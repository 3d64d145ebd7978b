// Chain: which candidate a call tries next. The first step is the routed candidate; then come the alias's other
// eligible candidates (equals: nothing is given up by going there), then the configured fallback steps. After a failure
// it says: repeat after a pause, go on to the next step, or give up. Rules (contract.md, wire.md section 5):
//   - the request's own fault (invalid, content refused) ends the call: nobody is asked to overlook it;
//   - too long a context goes on only to a candidate with a context known to be larger;
//   - a key refused, a model gone, a certificate wrong: this candidate will not do, go on, never repeat;
//   - transient failures go on at once where the next step is an equal; where it is degraded, or there is none, the
//   same
//     candidate is repeated at most kRepetitions times, while the provider's retry budget allows and the pause fits;
//   - after the first content byte there is no next: the caller of this class does not ask.
// A value that lives as long as its call; the worker's thread. Decides, does nothing.
#pragma once

#include "api/error_code.h"
#include "config/policy_snapshot.h"
#include "fallback/retry_budget.h"

#include <optional>
#include <vector>

namespace gateway::fallback {

struct ChainStep
{
    const config::Candidate* candidate = nullptr; // nullptr: cached or refuse
    std::optional<config::FallbackKind> kind;     // empty: the routed candidate itself
    bool degraded() const { return kind == config::FallbackKind::SmallerModel || kind == config::FallbackKind::Cached; }
};

// What a candidate that takes the place of `from` is, told from where it lies.
config::FallbackKind kindOf(const config::Candidate& from, const config::Candidate& to);

struct Failed
{
    api::ErrorCode code = api::ErrorCode::Internal;
    bool retriable = false;
    bool outOfTime = false; // its share of the time ran out: repeating it would take as long again
    std::optional<std::chrono::milliseconds> retryAfter;
    std::chrono::milliseconds longestPause{0}; // that still fits
    quint32 random = 0;
};

class Chain
{
public:
    static constexpr int kRepetitions = 2;

    Chain() = default;
    explicit Chain(std::vector<ChainStep> steps) : m_steps(std::move(steps)) {}

    // The step to try; nullptr: there is none left.
    const ChainStep* step() const { return m_at < m_steps.size() ? &m_steps[m_at] : nullptr; }
    const std::vector<ChainStep>& steps() const { return m_steps; }
    bool hasNext() const; // a further step that has a candidate, or a cache, to try
    bool isRepetition() const { return m_repetitions > 0; }
    bool moved() const { return m_at > 0; }
    std::size_t position() const { return m_at; } // of step() in steps()

    // The worst case of this step's time, out of what remains: half of it while a later step may still need some.
    std::optional<std::chrono::milliseconds> share(std::optional<std::chrono::milliseconds> remaining) const;

    struct Next
    {
        enum class Do
        {
            Attempt, // step() says what
            GiveUp
        };
        Do what = Do::GiveUp;
        std::chrono::milliseconds pause{0}; // before it
    };
    Next after(const Failed& failed, RetryBudget& retries);
    bool skip(); // the step cannot be tried at all; false: none is left

private:
    enum class Class
    {
        Final,
        LargerContext,
        Elsewhere,
        Transient
    };
    static Class classOf(const Failed& failed);
    Next goOn();

    std::vector<ChainStep> m_steps;
    std::size_t m_at = 0;
    int m_repetitions = 0; // of the current step
};

} // namespace gateway::fallback
