// RetryBudget: repeated attempts at one provider may be at most 10 % of its first attempts, plus a few for a quiet
// gateway, so that an overloaded provider is not buried under our repetitions. Shared by all workers; lock-free.
// And the pause before a repetition: full jitter (a random time up to 250 ms doubled per repetition, at most 8 s), or
// the provider's own Retry-After. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>

#include <QtGlobal>

namespace gateway::fallback {

class RetryBudget
{
public:
    static constexpr qint64 kPerFirst = 100;    // thousandths of a repetition that each first attempt earns
    static constexpr qint64 kMost = 10'000;     // that can be saved up
    static constexpr qint64 kBeginning = 3'000; // three, before anything was earned

    void firstAttempt();
    bool takeRepetition(); // false: not now
    qint64 thousandths() const { return m_level.load(std::memory_order_relaxed); }

private:
    std::atomic<qint64> m_level{kBeginning};
};

// `repetition` counts from 1; `random` is any 32 random bits.
std::chrono::milliseconds pauseBefore(
    int repetition, quint32 random, std::optional<std::chrono::milliseconds> retryAfter);

} // namespace gateway::fallback
