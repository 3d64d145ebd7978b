#include "engine/governance.h"

#include "admin/event_hub.h"
#include "engine/desk_rollout.h"
#include "engine/gateway.h"

namespace gateway::engine {

struct Governance::Rooms
{
    Parts& parts;
    Gateway& gateway;
    admin::Desks desks;
    std::unique_ptr<Rollout> rollout;
};

Governance::Governance(Parts& parts, Gateway& gateway) : m_rooms(new Rooms{parts, gateway, {}, {}}) {}

Governance::~Governance() = default;

std::optional<api::Error> Governance::start(admin::EventHub& events)
{
    m_rooms->rollout = std::make_unique<Rollout>(rolloutServices(m_rooms->parts, m_rooms->gateway, events));
    if (const api::Outcome loaded = m_rooms->rollout->load(); !loaded)
        return part("canaries", loaded.error());
    m_rooms->desks.rollout = m_rooms->rollout.get();
    return std::nullopt;
}

void Governance::configInForce()
{
    m_rooms->rollout->configInForce();
}

void Governance::callsFiled(const std::vector<std::shared_ptr<const api::Call>>& calls)
{
    m_rooms->rollout->add(calls);
}

void Governance::upkeep()
{
    m_rooms->rollout->tick();
}

admin::Desks Governance::desks() const
{
    return m_rooms->desks;
}

} // namespace gateway::engine
