// RecordRetention: removes records that are older than audit.retention, where the config states one. Old calls go in
// small pieces on the filing thread, one after the other and between what is filed; what budgets, summaries and reports
// add up stays as sums (store/record_purge.h). Control thread; the store must outlive it.
#pragma once

#include "api/content.h"
#include "base/clock.h"
#include "config/policy_snapshot.h"
#include "store/record_purge.h"
#include "store/store.h"

#include <QObject>

namespace gateway::engine {

class RecordRetention : public QObject
{
    Q_OBJECT
public:
    static constexpr qint64 kPiece = 500; // calls
    static constexpr std::chrono::seconds kEvery{60};

    RecordRetention(store::Store& store, const Clock& clock);
    ~RecordRetention() override;

    void setPolicy(const config::AuditPolicy& policy);
    // Nothing that began later may go, whatever the policy says: a budget counts it from the calls themselves.
    void keepSince(std::optional<qint64> ms) { m_keepSince = ms; }
    void tick();  // about once a second
    void start(); // now

    // What began before may go; nothing: nothing may.
    std::optional<qint64> removeUntilMs() const;
    api::RecordRetention status(const store::RecordAge& age) const;

Q_SIGNALS:
    void removed(qint64 calls); // a run is over in which calls went

private:
    void nextPiece(qint64 beforeMs);
    void pieceRemoved(bool committed, const store::RemovedPiece& piece, qint64 beforeMs);

    store::Store& m_store;
    const Clock& m_clock;
    config::AuditPolicy m_policy;
    std::optional<qint64> m_keepSince;
    Monotonic m_next{0};
    bool m_isRunning = false;
    qint64 m_inRun = 0;
    bool m_failed = false; // the last piece could not be removed
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace gateway::engine
