// Incidents: the register of trouble with providers. One incident per provider at a time. It opens when a breaker of
// one of the provider's candidates opens by itself, gathers the candidates concerned and the calls harmed or rescued
// meanwhile, and closes when all its breakers have been closed for kQuiet: a breaker that flaps, or that tries its
// probes every minute of a long outage, stays one incident. What failed in the minute before the opening belongs to it,
// for that is what opened the breaker.
//   A forced breaker opens no incident; forced closed counts as closed, for somebody vouches for it.
//   A half-open breaker without calls never closes, and its incident stays: nobody knows that it works again.
// Kept in memory only: a restart begins with none, and an outage under way then is a new incident. Who looks after an
// incident, notes and hand-over are not its business.
// Thread: control. Callbacks are made from within the calls.
#pragma once

#include "api/call.h"
#include "api/incident.h"
#include "base/clock.h"

#include <QHash>
#include <QSet>
#include <QVector>

#include <chrono>
#include <deque>
#include <functional>
#include <map>

namespace gateway::observability {

class Incidents
{
public:
    static constexpr std::chrono::minutes kQuiet{5};
    static constexpr std::chrono::seconds kBefore{60}; // longer than a breaker's window
    static constexpr int kKept = 100;                  // the oldest closed ones are forgotten

    struct BreakerChange
    {
        enum class State
        {
            Closed,
            Open,
            HalfOpen
        };
        QString candidate; // provider/model@region
        State state = State::Closed;
        bool forced = false;
        QString reason;
        qint64 changes = 0; // of this breaker so far: two workers may tell out of order, and the older news is dropped
    };
    using Told = std::function<void(const QString& event, const api::Incident&)>; // incident.opened incident.closed

    explicit Incidents(const Clock& clock, Told told = {}) : m_clock(clock), m_told(std::move(told)) {}

    // Which candidates there are, after every new config. One that is gone can no longer close its breaker, so it
    // counts as closed; news of others are not heard.
    void setCandidates(const QSet<QString>& candidates);
    void breakerChanged(const BreakerChange& change);
    void add(const api::Call& call); // every finished one
    void tick();                     // now and then: closes what has been quiet

    QVector<api::Incident> list() const; // newest first, at most kKept

private:
    struct Case
    {
        api::Incident incident;
        QSet<QString> troubled;  // candidates whose breakers are not closed
        Monotonic quietSince{0}; // when troubled became empty
        QString lastReason;      // of the last opening
    };
    struct Harm
    {
        qint64 failed = 0;
        qint64 rescued = 0;
    };
    struct HarmAt
    {
        Monotonic at;
        Harm harm;
    };
    Case& openCase(const QString& provider);
    void mended(const QString& candidate);
    void remember(const QString& provider, const Harm& harm);
    Harm before(const QString& provider);
    api::Incident described(const Case& one) const;
    QDateTime now() const;

    const Clock& m_clock;
    const Told m_told;
    QSet<QString> m_candidates;
    QHash<QString, qint64> m_changes;            // by candidate
    std::map<QString, Case> m_open;              // by provider
    std::deque<api::Incident> m_closed;          // newest first
    QHash<QString, std::deque<HarmAt>> m_before; // by provider: one entry a second, kBefore long
    qint64 m_lastId = 0;
};

} // namespace gateway::observability
