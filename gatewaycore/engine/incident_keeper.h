// IncidentKeeper: makes the register of incidents durable. What opens or closes is written at once, the counts of an
// open one every few seconds; at start the register gets back what was there. What people say of an incident is durable
// before it counts, in one transaction with the mark of their change. When the database cannot be written the register
// goes on in memory and is written later; acknowledging and noting are refused.
// Thread: control. Store and register must outlive it; `context` lives on the control thread and outlives the store.
#pragma once

#include "api/result.h"
#include "base/clock.h"
#include "observability/incidents.h"
#include "store/store.h"

#include <QObject>

#include <functional>
#include <memory>

namespace gateway::engine {

class IncidentKeeper
{
public:
    IncidentKeeper(store::Store& store, observability::Incidents& incidents, const Clock& clock, QObject& context);
    ~IncidentKeeper(); // writes what changed

    api::Outcome load();
    void save(bool all); // what opened or closed, or all that changed

    using Done = std::function<void(api::Result<api::Incident>)>;
    // Again: the new owner, while who acknowledged first stands. NotFound for an unknown id.
    void acknowledge(
        const QString& id, const QString& owner, const QString& by, store::Store::Work alongside, Done done);
    // Conflict for one that has all the notes it can have.
    void note(const QString& id, const QString& text, const QString& by, store::Store::Work alongside, Done done);

private:
    template <typename Then>
    void submit(store::Store::Work work, Then then);
    void write(std::vector<observability::Incidents::Saved> changed);

    store::Store& m_store;
    observability::Incidents& m_incidents;
    const Clock& m_clock;
    QObject& m_context;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace gateway::engine
