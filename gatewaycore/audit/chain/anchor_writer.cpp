#include "audit/chain/anchor_writer.h"

#include <chrono>

namespace gateway::audit {
namespace {

constexpr auto kBetweenTries = std::chrono::seconds(5);

} // namespace

AnchorWriter::AnchorWriter(QString file, qint64 anchored)
    : m_file(std::move(file)), m_pushed(anchored), m_anchored(anchored), m_thread([this] { run(); })
{
}

AnchorWriter::~AnchorWriter()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stop = true;
    }
    m_wake.notify_one();
    m_thread.join();
}

void AnchorWriter::push(const LogHead& head)
{
    {
        const std::lock_guard lock(m_mutex);
        if (head.number <= m_pushed)
            return;
        m_pushed = head.number;
        m_waiting.push_back(head);
    }
    m_wake.notify_one();
}

AnchorWriter::State AnchorWriter::state() const
{
    const std::lock_guard lock(m_mutex);
    return {m_anchored, qint64(m_waiting.size()), m_trouble};
}

void AnchorWriter::run()
{
    std::unique_lock lock(m_mutex);
    while (true) {
        m_wake.wait(lock, [this] { return m_stop || !m_waiting.empty(); });
        if (m_waiting.empty())
            return;
        const QVector<LogHead> heads(m_waiting.begin(), m_waiting.end());
        const bool isLast = m_stop;
        lock.unlock();
        const api::Outcome appended = appendToAnchor(m_file, heads);
        lock.lock();
        m_trouble = appended ? QString() : appended.error().message;
        if (appended) {
            m_anchored = heads.last().number;
            m_waiting.erase(m_waiting.begin(), m_waiting.begin() + heads.size());
            continue;
        }
        if (isLast)
            return; // the next start appends them
        m_wake.wait_for(lock, kBetweenTries, [this] { return m_stop; });
    }
}

} // namespace gateway::audit
