#include "engine/governance.h"

namespace gateway::engine {

struct Governance::Rooms
{
    Parts& parts;
    Gateway& gateway;
    admin::Desks desks;
};

Governance::Governance(Parts& parts, Gateway& gateway) : m_rooms(new Rooms{parts, gateway, {}}) {}

Governance::~Governance() = default;

std::optional<api::Error> Governance::start(admin::EventHub&)
{
    return std::nullopt;
}

void Governance::configInForce() {}

void Governance::callsFiled(const std::vector<std::shared_ptr<const api::Call>>&) {}

void Governance::upkeep() {}

admin::Desks Governance::desks() const
{
    return m_rooms->desks;
}

} // namespace gateway::engine
