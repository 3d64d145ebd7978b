#include "admin/failure_backoff.h"

#include <algorithm>

namespace gateway::admin {

QByteArray FailureBackoff::keyOf(const QHostAddress& peer)
{
    bool isV4 = false;
    const quint32 v4 = peer.toIPv4Address(&isV4); // of ::ffff:a.b.c.d too
    if (peer.isLoopback() || (isV4 && QHostAddress(v4).isLoopback()))
        return QByteArrayLiteral("loopback");
    if (isV4)
        return QHostAddress(v4).toString().toLatin1();
    const Q_IPV6ADDR v6 = peer.toIPv6Address();
    return QByteArray(reinterpret_cast<const char*>(v6.c), 8).toHex();
}

std::chrono::milliseconds FailureBackoff::wait(const QByteArray& key) const
{
    const auto found = m_peers.constFind(key);
    const Monotonic now = m_clock.monotonic();
    if (found == m_peers.constEnd() || found->until <= now)
        return std::chrono::milliseconds(0);
    return std::chrono::ceil<std::chrono::milliseconds>(found->until - now);
}

void FailureBackoff::failed(const QByteArray& key)
{
    const Monotonic now = m_clock.monotonic();
    if (!m_peers.contains(key) && m_peers.size() >= kPeers) {
        const auto older = [](const Peer& a, const Peer& b) { return a.last < b.last; };
        m_peers.erase(std::min_element(m_peers.begin(), m_peers.end(), older));
    }
    Peer& entry = m_peers[key];
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
