// Governance: the desks of an engine (admin/desks.h) and what keeps them up to date. The gateway tells it of four
// things: that the parts are up, that a config came into force, that calls are in the database, and that time passes.
// Each desk is made in governance.cpp and lives in a room of its own; they know each other only through what they are
// given there. Thread: control, except where marked. Must not outlive the parts.
#pragma once

#include "admin/desks.h"
#include "engine/parts.h"

#include <memory>
#include <vector>

namespace gateway::admin {
class EventHub;
}

namespace gateway::engine {

class Gateway;

class Governance
{
public:
    Governance(Parts& parts, Gateway& gateway);
    ~Governance();
    Q_DISABLE_COPY_MOVE(Governance)

    // The record, the credentials and the workers are there; the admin listener is not yet.
    std::optional<api::Error> start(admin::EventHub& events);
    // Another config is in force on the control thread and has been sent to the workers; or the same with other keys.
    void configInForce();
    void callsFiled(const std::vector<std::shared_ptr<const api::Call>>& calls);
    void upkeep(); // about once a second

    admin::Desks desks() const;

private:
    struct Rooms;
    std::unique_ptr<Rooms> m_rooms;
};

} // namespace gateway::engine
