#include "budget/steady_wall.h"

namespace gateway::budget {
namespace {

qint64 msBetween(Monotonic from, Monotonic to)
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(to - from).count();
}

bool isStep(qint64 difference) // small enough to follow
{
    return difference <= SteadyWall::kFollowed.count() && difference >= -SteadyWall::kFollowed.count();
}

} // namespace

SteadyWall::SteadyWall(const Clock& clock) : m_clock(clock), m_believedMs(clock.wallMs()), m_at(clock.monotonic()) {}

qint64 SteadyWall::nowMs()
{
    const qint64 wall = m_clock.wallMs();
    const Monotonic at = m_clock.monotonic();
    const qint64 expected = m_believedMs + msBetween(m_at, at);
    const auto believe = [&] {
        m_doubting = false;
        m_believedMs = wall;
        m_at = at;
        return wall;
    };
    if (isStep(wall - expected))
        return believe();
    // another jump while one is in doubt begins anew
    if (!m_doubting || !isStep(wall - (m_claimedMs + msBetween(m_claimedAt, at)))) {
        m_doubting = true;
        m_claimedMs = wall;
        m_claimedAt = at;
        return expected;
    }
    return at - m_claimedAt >= kConfirmedAfter ? believe() : expected;
}

} // namespace gateway::budget
