// QuotaReplay: the callers' quotas of the other config, filled and emptied by the recorded calls at their recorded
// times with the engine's own quota plane. Buckets begin full, as after a restart; a call holds its place until its
// recorded end. Worth asking only with all calls of a period, in the order of their time: a sample would find every
// bucket full. One thread.
#pragma once

#include "config/policy_snapshot.h"
#include "quota/quota_plane.h"
#include "replay/replay_case.h"

#include <memory>
#include <queue>

namespace gateway::replay {

class QuotaReplay
{
public:
    // `fromMs`: the beginning of the period.
    QuotaReplay(const config::PolicySnapshot& snapshot, qint64 fromMs);
    ~QuotaReplay();
    Q_DISABLE_COPY_MOVE(QuotaReplay)

    bool limitsAnything() const { return m_limits; }
    bool admits(const ReplayCase& call);                     // takes what the call takes; false: refused
    const QString& refusedBy() const { return m_refusedBy; } // of the last one that was: whose quota, in words

private:
    // Recorded time; it does not go back where two calls began in the other order than they are written.
    class RecordedClock final : public Clock
    {
    public:
        qint64 wallMs() const override { return m_ms; }
        Monotonic monotonic() const override { return std::chrono::milliseconds(m_ms); }
        void moveTo(qint64 ms) { m_ms = std::max(m_ms, ms); }

    private:
        qint64 m_ms = 0;
    };
    struct Held
    {
        qint64 endMs = 0;
        quota::Demand used;
        std::shared_ptr<quota::Lease> lease;
        friend bool operator<(const Held& a, const Held& b) { return a.endMs > b.endMs; } // the first to end on top
    };

    RecordedClock m_clock;
    std::unique_ptr<quota::QuotaPlane> m_plane; // outlives what is held
    quota::QuotaIndexPtr m_index;
    std::priority_queue<Held> m_held;
    bool m_limits = false;
    QString m_refusedBy;
};

} // namespace gateway::replay
