#include "content/intake.h"

#include <utility>

namespace gateway::content {

bool Intake::offer(KeptCall call)
{
    if (call.request.size() > kLongest) {
        call.request = call.request.first(kLongest);
        call.requestCut = true;
    }
    const qsizetype bytes = call.request.size() + call.answer.size();
    bool first = false;
    {
        const std::lock_guard lock(m_mutex);
        if (!m_open || m_calls.size() >= kCalls || m_bytes + bytes > kBytes) {
            ++m_dropped;
            return false;
        }
        first = m_calls.empty();
        m_calls.push_back(std::move(call));
        m_bytes += bytes;
    }
    if (first)
        m_wake.notify_one();
    return true;
}

void Intake::setOpen(bool open)
{
    const std::lock_guard lock(m_mutex);
    m_open = open;
}

void Intake::drop(qint64 calls)
{
    const std::lock_guard lock(m_mutex);
    m_dropped += calls;
}

qint64 Intake::dropped() const
{
    const std::lock_guard lock(m_mutex);
    return m_dropped;
}

std::vector<KeptCall> Intake::take(std::chrono::milliseconds most)
{
    std::unique_lock lock(m_mutex);
    m_wake.wait_for(lock, most, [this] { return m_woken || !m_calls.empty(); });
    m_woken = false;
    m_bytes = 0;
    return std::exchange(m_calls, {});
}

void Intake::wake()
{
    {
        const std::lock_guard lock(m_mutex);
        m_woken = true;
    }
    m_wake.notify_one();
}

} // namespace gateway::content
