#include "engine/governance.h"

#include "engine/desk_chain.h"
#include "engine/gateway.h"

namespace gateway::engine {

struct Governance::Rooms
{
    Parts& parts;
    Gateway& gateway;
    admin::Desks desks;
    std::unique_ptr<ChainRoom> chain = {};
};

Governance::Governance(Parts& parts, Gateway& gateway) : m_rooms(new Rooms{parts, gateway, {}}) {}

Governance::~Governance() = default;

std::optional<api::Error> Governance::start(admin::EventHub& events)
{
    m_rooms->chain = std::make_unique<ChainRoom>(m_rooms->parts, events, m_rooms->gateway);
    m_rooms->desks.chain = m_rooms->chain.get();
    return std::nullopt;
}

void Governance::configInForce()
{
    m_rooms->chain->configInForce();
}

void Governance::callsFiled(const std::vector<std::shared_ptr<const api::Call>>& calls)
{
    m_rooms->chain->callsFiled(qint64(calls.size()));
}

void Governance::upkeep()
{
    m_rooms->chain->upkeep();
}

admin::Desks Governance::desks() const
{
    return m_rooms->desks;
}

} // namespace gateway::engine
