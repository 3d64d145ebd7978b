// FailureBackoff: after five failed authentications of one peer it must wait before the next is even looked at: 1 s,
// then twice as long each time up to 60 s. A success, or ten quiet minutes, clear it. Knows 1,024 peers; beyond that
// the oldest is forgotten (guessing 256 random bits is not made easier by that). Thread: control.
#pragma once

#include "base/clock.h"

#include <QHash>
#include <QHostAddress>

namespace gateway::admin {

class FailureBackoff
{
public:
    static constexpr int kFree = 5;
    static constexpr std::chrono::seconds kFirst{1};
    static constexpr std::chrono::seconds kLongest{60};
    static constexpr std::chrono::minutes kForget{10};
    static constexpr int kPeers = 1024;

    explicit FailureBackoff(const Clock& clock) : m_clock(clock) {}

    // Time until the peer may try again; zero: now.
    std::chrono::milliseconds wait(const QHostAddress& peer) const;
    void failed(const QHostAddress& peer);
    void succeeded(const QHostAddress& peer) { m_peers.remove(peer); }
    int peers() const { return int(m_peers.size()); }

private:
    struct Peer
    {
        int failures = 0;
        Monotonic last{0};
        Monotonic until{0};
    };

    const Clock& m_clock;
    QHash<QHostAddress, Peer> m_peers;
};

} // namespace gateway::admin
