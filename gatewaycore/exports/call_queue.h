// CallQueue: finished calls on their way from the store thread to the export thread. Bounded: what finds no room is
// counted and lost, for nobody waits for an export. Any thread, one mutex, held for a few pointer moves.
#pragma once

#include "api/call.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace gateway::exports {

using CallPtr = std::shared_ptr<const api::Call>;

class CallQueue
{
public:
    explicit CallQueue(std::size_t room) : m_room(room) {}

    // Nothing is kept while nobody takes.
    void setOpen(bool open)
    {
        m_open = open;
        if (!open) {
            const std::lock_guard lock(m_mutex);
            m_calls.clear();
        }
    }

    struct Offered
    {
        bool wake = false; // the queue was empty, or has just become worth a batch
        std::size_t lost = 0;
    };
    Offered offer(const std::vector<CallPtr>& calls, std::size_t batch)
    {
        if (!m_open || calls.empty())
            return {};
        const std::lock_guard lock(m_mutex);
        const std::size_t before = m_calls.size();
        const std::size_t taken = std::min(calls.size(), m_room - std::min(m_room, before));
        m_calls.insert(m_calls.end(), calls.begin(), calls.begin() + std::ptrdiff_t(taken));
        return {taken > 0 && (before == 0 || (before < batch && m_calls.size() >= batch)), calls.size() - taken};
    }

    std::vector<CallPtr> take(std::size_t most)
    {
        const std::lock_guard lock(m_mutex);
        const auto end = m_calls.begin() + std::ptrdiff_t(std::min(most, m_calls.size()));
        std::vector<CallPtr> taken(m_calls.begin(), end);
        m_calls.erase(m_calls.begin(), end);
        return taken;
    }

    std::size_t size() const
    {
        const std::lock_guard lock(m_mutex);
        return m_calls.size();
    }

private:
    const std::size_t m_room;
    std::atomic<bool> m_open = false;
    mutable std::mutex m_mutex;
    std::deque<CallPtr> m_calls; // guarded by m_mutex
};

} // namespace gateway::exports
