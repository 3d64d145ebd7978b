#include "fallback/retry_budget.h"

#include <algorithm>

namespace gateway::fallback {

using namespace std::chrono;

namespace {

constexpr milliseconds kFirst{250};
constexpr milliseconds kLongest{8'000};
constexpr qint64 kRepetition = 1'000; // what one costs, in thousandths

} // namespace

void RetryBudget::firstAttempt()
{
    qint64 level = m_level.load(std::memory_order_relaxed);
    while (level < kMost &&
           !m_level.compare_exchange_weak(level, std::min(kMost, level + kPerFirst), std::memory_order_relaxed)) {
    }
}

bool RetryBudget::takeRepetition()
{
    qint64 level = m_level.load(std::memory_order_relaxed);
    while (level >= kRepetition) {
        if (m_level.compare_exchange_weak(level, level - kRepetition, std::memory_order_relaxed))
            return true;
    }
    return false;
}

milliseconds pauseBefore(int repetition, quint32 random, std::optional<milliseconds> retryAfter)
{
    if (retryAfter)
        return std::max(milliseconds(0), *retryAfter);
    const int doublings = std::clamp(repetition - 1, 0, 16);
    const milliseconds most = std::min(kLongest, kFirst * (1 << doublings));
    return milliseconds((quint64(most.count() + 1) * random) >> 32);
}

} // namespace gateway::fallback
