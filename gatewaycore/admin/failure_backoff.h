// FailureBackoff: after five failed authentications under one key (a peer, an account) the next must wait before it is
// even looked at: 1 s, then twice as long each time up to 60 s. A success, or ten quiet minutes, clear it. Knows 1,024
// keys; beyond that the oldest is forgotten (guessing 256 random bits is not made easier by that). Thread: control.
#pragma once

#include "base/clock.h"

#include <QByteArray>
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

    // One key for all that one host can call itself: the whole of loopback, an IPv4 address, an IPv6 /64.
    static QByteArray keyOf(const QHostAddress& peer);

    // Time until the key may try again; zero: now.
    std::chrono::milliseconds wait(const QByteArray& key) const;
    void failed(const QByteArray& key);
    void succeeded(const QByteArray& key) { m_peers.remove(key); }
    std::chrono::milliseconds wait(const QHostAddress& peer) const { return wait(keyOf(peer)); }
    void failed(const QHostAddress& peer) { failed(keyOf(peer)); }
    void succeeded(const QHostAddress& peer) { succeeded(keyOf(peer)); }
    int peers() const { return int(m_peers.size()); }

private:
    struct Peer
    {
        int failures = 0;
        Monotonic last{0};
        Monotonic until{0};
    };

    const Clock& m_clock;
    QHash<QByteArray, Peer> m_peers;
};

} // namespace gateway::admin
