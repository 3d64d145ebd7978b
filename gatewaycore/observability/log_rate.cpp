#include "observability/log_rate.h"

#include <utility>

namespace gateway::observability {

LogRate::Verdict LogRate::admit(std::string_view event, Monotonic now)
{
    const std::lock_guard lock(m_mutex);
    // past the bound all further events share one allowance
    std::string key(event);
    auto found = m_events.find(key);
    if (found == m_events.end())
        found =
            m_events.try_emplace(m_events.size() < kEvents ? std::move(key) : std::string(), Event{now, 0, 0}).first;
    Event& state = found->second;
    if (now - state.windowBegan >= m_window) {
        state.windowBegan = now;
        state.written = 0;
    }
    if (state.written >= m_lines) {
        ++state.heldBack;
        ++m_heldBack;
        return {};
    }
    ++state.written;
    return {true, std::exchange(state.heldBack, 0)};
}

qint64 LogRate::heldBackInAll() const
{
    const std::lock_guard lock(m_mutex);
    return m_heldBack;
}

} // namespace gateway::observability
