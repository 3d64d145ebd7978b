#include "engine/governance.h"

#include "admin/event_hub.h"
#include "engine/desk_privacy.h"
#include "engine/gateway.h"

namespace gateway::engine {

struct Governance::Rooms
{
    Parts& parts;
    Gateway& gateway;
    admin::Desks desks;
    std::unique_ptr<DeskPrivacy> privacy;
};

Governance::Governance(Parts& parts, Gateway& gateway) : m_rooms(new Rooms{parts, gateway, {}, {}}) {}

Governance::~Governance()
{
    m_rooms->parts.zoneAudit = {};
}

std::optional<api::Error> Governance::start(admin::EventHub& events)
{
    Rooms& rooms = *m_rooms;
    rooms.privacy = std::make_unique<DeskPrivacy>(rooms.parts, rooms.gateway,
        [&events](const QString& event, const QJsonObject& data) { events.publish(event, data); });
    if (const api::Outcome loaded = rooms.privacy->load(); !loaded)
        return part("privacy", loaded.error());
    rooms.desks.privacy = rooms.privacy.get();
    rooms.parts.zoneAudit = [privacy = rooms.privacy.get()] { return privacy->zoneAudits().pending(); };
    return std::nullopt;
}

void Governance::configInForce() {}

void Governance::callsFiled(const std::vector<std::shared_ptr<const api::Call>>&) {}

void Governance::upkeep()
{
    m_rooms->privacy->upkeep();
}

admin::Desks Governance::desks() const
{
    return m_rooms->desks;
}

} // namespace gateway::engine
