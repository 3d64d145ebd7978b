// LogRate: at most so many lines per event and window, so that a storm of one event cannot fill the disk or hide
// others. Knows a bounded number of events (they are constants of the program). Any thread.
#pragma once

#include "base/clock.h"

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace gateway::observability {

class LogRate
{
public:
    struct Verdict
    {
        bool admitted = false;
        qint64 heldBack = 0; // lines of this event not written since the last that was
    };

    explicit LogRate(int lines = 20, std::chrono::seconds window = std::chrono::seconds(10))
        : m_lines(lines), m_window(window)
    {
    }
    Verdict admit(std::string_view event, Monotonic now);
    qint64 heldBackInAll() const;

private:
    struct Event
    {
        Monotonic windowBegan{0};
        int written = 0;
        qint64 heldBack = 0;
    };
    static constexpr std::size_t kEvents = 512;

    const int m_lines;
    const Monotonic m_window;
    mutable std::mutex m_mutex;
    std::unordered_map<std::string, Event> m_events;
    qint64 m_heldBack = 0;
};

} // namespace gateway::observability
