// SteadyWall: wall time for windows of money, which a clock set wrong must not move. Small steps (up to five minutes
// against monotonic time: NTP, a leap second) are followed at once. A larger jump is believed only when a second look,
// at least a minute of monotonic time later, still sees it; until then time goes on from the last instant believed. So
// a clock that is wrong for a moment opens no new window, and one that is right after a long sleep is followed a minute
// after the first look. Believed time may go back after a confirmed step back; windows do not (ledger.h).
// Not thread-safe: its owner's mutex guards it.
#pragma once

#include "base/clock.h"

namespace gateway::budget {

class SteadyWall
{
public:
    static constexpr std::chrono::milliseconds kFollowed{5 * 60'000};
    static constexpr std::chrono::nanoseconds kConfirmedAfter{std::chrono::seconds(60)};

    explicit SteadyWall(const Clock& clock);
    qint64 nowMs();
    bool doubts() const { return m_doubting; } // a jump was seen and is not confirmed yet

private:
    const Clock& m_clock;
    qint64 m_believedMs; // at m_at
    Monotonic m_at;
    bool m_doubting = false;
    qint64 m_claimedMs = 0; // what the clock said at m_claimedAt, the first look at a jump
    Monotonic m_claimedAt{};
};

} // namespace gateway::budget
