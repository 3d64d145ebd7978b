#include "admin/failure_backoff.h"

#include <algorithm>

namespace gateway::admin {

std::chrono::milliseconds FailureBackoff::wait(const QHostAddress& peer) const
{
    const auto found = m_peers.constFind(peer);
    const Monotonic now = m_clock.monotonic();
    if (found == m_peers.constEnd() || found->until <= now)
        return std::chrono::milliseconds(0);
    return std::chrono::ceil<std::chrono::milliseconds>(found->until - now);
}

void FailureBackoff::failed(const QHostAddress& peer)
{
    const Monotonic now = m_clock.monotonic();
    if (!m_peers.contains(peer) && m_peers.size() >= kPeers) {
        const auto older = [](const Peer& a, const Peer& b) { return a.last < b.last; };
        m_peers.erase(std::min_element(m_peers.begin(), m_peers.end(), older));
    }
    Peer& entry = m_peers[peer];
    if (now - entry.last >= kForget)
        entry = {};
    entry.last = now;
    ++entry.failures;
    if (entry.failures < kFree)
        return;
    const int doublings = std::min(entry.failures - kFree, 10);
    entry.until = now + std::min<Monotonic>(kFirst * (1 << doublings), kLongest);
}

} // namespace gateway::admin
