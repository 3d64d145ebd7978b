// Time comes in through constructors, so that a test moves it instead of waiting for it. Wall time is for people and
// records, monotonic time for intervals. Any thread.
#pragma once

#include <QtGlobal>

#include <atomic>
#include <chrono>

namespace gateway {

using Monotonic = std::chrono::nanoseconds; // since an arbitrary start, never set back

class Clock
{
public:
    virtual ~Clock() = default;
    virtual qint64 wallMs() const = 0; // UTC, milliseconds since 1970
    virtual Monotonic monotonic() const = 0;
};

class SystemClock final : public Clock
{
public:
    qint64 wallMs() const override
    {
        using namespace std::chrono;
        return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
    }
    Monotonic monotonic() const override { return std::chrono::steady_clock::now().time_since_epoch(); }
};

// Moved by tests; both times advance together unless the wall is set on its own (a clock jump).
class ManualClock final : public Clock
{
public:
    explicit ManualClock(qint64 wallMs = 1'795'305'600'000) : m_wallMs(wallMs) {}
    qint64 wallMs() const override { return m_wallMs; }
    Monotonic monotonic() const override { return Monotonic(m_monotonicNs); }
    void advance(std::chrono::milliseconds by)
    {
        m_wallMs += by.count();
        m_monotonicNs += std::chrono::nanoseconds(by).count();
    }
    void setWall(qint64 wallMs) { m_wallMs = wallMs; }

private:
    std::atomic<qint64> m_wallMs;
    std::atomic<qint64> m_monotonicNs = 0;
};

} // namespace gateway
