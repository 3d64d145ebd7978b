// LeverControl: the operator's hand on the running engine. It keeps the levers (drained providers, shifted weights,
// forced breakers, drills), makes each durable before it counts, ends it at its expiry, and lets a drained provider
// come back in stages. What is in force is an immutable LeverSet; changed() says that there is a new one. Thread:
// control. The store must outlive it.
#pragma once

#include "api/result.h"
#include "base/random.h"
#include "engine/live_state.h"
#include "fallback/lever.h"
#include "store/store.h"

#include <QHash>
#include <QObject>
#include <QTimer>

#include <functional>

namespace gateway::engine {

class LeverControl : public QObject
{
    Q_OBJECT
public:
    LeverControl(store::Store& store, LiveState& live, const Clock& clock, RandomSource& random);

    api::Outcome load(); // at start: what was in force when the engine ended, less what has expired since
    const fallback::LeverSetPtr& inForce() const { return m_inForce; }
    std::vector<fallback::Lever> all() const; // also those that have ended, newest first, at most kRemembered

    void reapply(); // after a new config: a candidate that came back has a breaker that knows nothing of a force

    using Done = std::function<void(api::Result<fallback::Lever>)>;
    // Id and times are filled in; durable before `done`, and `alongside` (may be empty) in the same transaction.
    void apply(fallback::Lever lever, store::Store::Work alongside, Done done);
    void end(const QString& id, store::Store::Work alongside, Done done); // undo; a drain then fails back in stages

    // Attempts of a provider since then, for the stages of a fail-back.
    using Attempts = std::function<std::pair<qint64, qint64>(const QString& provider, qint64 sinceMs)>; // made, failed
    void setAttempts(Attempts attempts) { m_attempts = std::move(attempts); }

Q_SIGNALS:
    void changed();

private:
    static constexpr int kRemembered = 200;
    void tick();
    bool advance(); // what the time has changed; false: nothing
    void publish();
    void save(const fallback::Lever& lever, store::Store::Work alongside, std::function<void(bool)> done);
    void force(const fallback::Lever& lever); // tells the candidate's breaker

    store::Store& m_store;
    LiveState& m_live;
    const Clock& m_clock;
    RandomSource& m_random;
    Attempts m_attempts;
    std::vector<fallback::Lever> m_levers; // oldest first
    fallback::LeverSetPtr m_inForce = std::make_shared<fallback::LeverSet>();
    QTimer m_timer;
};

} // namespace gateway::engine
