#include "engine/governance.h"

#include "engine/desk_content.h"

namespace gateway::engine {

struct Governance::Rooms
{
    Parts& parts;
    Gateway& gateway;
    admin::Desks desks;
    std::unique_ptr<ContentRoom> content;
};

Governance::Governance(Parts& parts, Gateway& gateway) : m_rooms(new Rooms{parts, gateway, {}, {}}) {}

Governance::~Governance() = default;

std::optional<api::Error> Governance::start(admin::EventHub&)
{
    m_rooms->content = std::make_unique<ContentRoom>(m_rooms->parts);
    if (auto error = m_rooms->content->start())
        return part("content", *error);
    m_rooms->desks.content = m_rooms->content.get();
    return std::nullopt;
}

void Governance::configInForce()
{
    m_rooms->content->configInForce();
}

void Governance::callsFiled(const std::vector<std::shared_ptr<const api::Call>>&) {}

void Governance::upkeep()
{
    m_rooms->content->upkeep();
}

admin::Desks Governance::desks() const
{
    return m_rooms->desks;
}

} // namespace gateway::engine
