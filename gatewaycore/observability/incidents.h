// Incidents: the register of trouble with providers. One incident per provider at a time. It opens when a breaker of
// one of the provider's candidates opens by itself, gathers the candidates concerned and the calls harmed or rescued
// meanwhile, and closes when all its breakers have been closed for kQuiet: a breaker that flaps, or that tries its
// probes every minute of a long outage, stays one incident. What failed in the minute before the opening belongs to it,
// for that is what opened the breaker.
//   A forced breaker opens no incident; forced closed counts as closed, for somebody vouches for it.
//   A half-open breaker without calls never closes, and its incident stays: nobody knows that it works again.
//   What no breaker tells of (a call outside its privacy zone, an audit that nobody signed) is paged: an incident of
//   its own, whose `provider` is the subject ("zone:acme"). It does not close because it has become quiet: somebody has
//   to acknowledge it first.
// Who looks after an incident and what people note of it are kept with it. The register itself is memory;
// engine/incident_keeper makes it durable: it takes what has changed, and at start hands back what was there. One that
// was open then goes on: it closes by the same rule, unless a breaker opens again.
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
#include <optional>
#include <vector>

namespace gateway::observability {

class Incidents
{
public:
    static constexpr std::chrono::minutes kQuiet{5};
    static constexpr std::chrono::seconds kBefore{60}; // longer than a breaker's window
    static constexpr int kKept = 100;                  // the oldest closed ones are forgotten here

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
    // incident.opened .closed .acknowledged .noted; with its last note only
    using Told = std::function<void(const QString& event, const api::Incident&)>;

    struct Saved
    {
        api::Incident incident; // with all its notes
        QString lastReason;
    };

    explicit Incidents(const Clock& clock, Told told = {}) : m_clock(clock), m_told(std::move(told)) {}

    // Which candidates there are, after every new config. One that is gone can no longer close its breaker, so it
    // counts as closed; news of others are not heard.
    void setCandidates(const QSet<QString>& candidates);
    void breakerChanged(const BreakerChange& change);
    void add(const api::Call& call); // every finished one

    struct Page
    {
        QString subject; // "KIND:NAME"; one open incident for each
        QString severity;
        QString title;
        QString sentence;
        QStringList concerned; // candidates, or whatever it is about
    };
    QString page(const Page& page);        // opens one, or brings the open one up to date; its id
    void quiet(const QString& subject);    // it was looked for and is not there now: closes when it is acknowledged
    void resolved(const QString& subject); // somebody saw to it: closes

    void tick(); // now and then: closes what has been quiet

    // Newest first, at most kKept, each with its last note only. find() has them all.
    QVector<api::Incident> list() const;
    std::optional<Saved> find(const QString& id) const;

    // What people say of one; false if it is not there (any more). Durable already when it comes here.
    bool acknowledge(const QString& id, const QString& owner, const QString& by, const QDateTime& at);
    bool addNote(const QString& id, const api::IncidentNote& note);

    void load(const std::vector<Saved>& saved); // at start, oldest first
    // What is to be saved: what opened or closed since it was last taken, or all that changed.
    std::vector<Saved> takeUnsaved(bool all);
    void saveAgain(const QString& id); // it could not be

private:
    struct Case
    {
        api::Incident incident;
        QSet<QString> troubled;  // candidates whose breakers are not closed
        Monotonic quietSince{0}; // when troubled became empty
        QString lastReason;      // of the last opening
        bool isPage = false;
        bool isOver = false; // of a page: it was not found again
    };
    void close(std::map<QString, Case>::iterator one);
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
    api::Incident* findMutable(const QString& id);
    void tell(const char* event, const api::Incident& incident) const;
    QDateTime now() const;

    const Clock& m_clock;
    const Told m_told;
    QSet<QString> m_candidates;
    QHash<QString, qint64> m_changes;            // by candidate
    std::map<QString, Case> m_open;              // by provider
    std::deque<Saved> m_closed;                  // newest first
    QHash<QString, bool> m_unsaved;              // by id; true: at once
    QHash<QString, std::deque<HarmAt>> m_before; // by provider: one entry a second, kBefore long
    qint64 m_lastId = 0;
};

} // namespace gateway::observability
