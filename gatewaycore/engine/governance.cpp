#include "engine/governance.h"

#include "admin/event_hub.h"
#include "credential/pepper.h"
#include "engine/desk_config.h"
#include "engine/desk_rollout.h"
#include "engine/draft_book.h"
#include "engine/gateway.h"

#include <QMessageAuthenticationCode>

namespace gateway::engine {

struct Governance::Rooms
{
    Parts& parts;
    Gateway& gateway;
    admin::Desks desks;
    std::unique_ptr<DeskConfig> config = {};
    std::unique_ptr<Rollout> rollout = {};
};

Governance::Governance(Parts& parts, Gateway& gateway) : m_rooms(new Rooms{parts, gateway, {}}) {}

Governance::~Governance()
{
    if (m_rooms->parts.drafts)
        m_rooms->parts.drafts->setCanaryEnder({});
}

namespace {

// What fingerprints of secrets are made under: of this engine, the same over restarts, and good for nothing else.
api::Result<QByteArray> fingerprintKey(const Parts& parts, RandomSource& random)
{
    auto pepper = credential::loadPepper(parts.options.dataDirectory, false, random);
    if (!pepper)
        return pepper.error();
    return QMessageAuthenticationCode::hash("config fingerprints", pepper->reveal(), QCryptographicHash::Sha256);
}

} // namespace

std::optional<api::Error> Governance::start(admin::EventHub& events)
{
    const auto key = fingerprintKey(m_rooms->parts, m_rooms->parts.random);
    if (!key)
        return part("config", key.error());
    m_rooms->config = std::make_unique<DeskConfig>(m_rooms->parts, *key);
    m_rooms->desks.config = m_rooms->config.get();
    m_rooms->rollout = std::make_unique<Rollout>(rolloutServices(m_rooms->parts, m_rooms->gateway, events));
    if (const api::Outcome loaded = m_rooms->rollout->load(); !loaded)
        return part("canaries", loaded.error());
    m_rooms->desks.rollout = m_rooms->rollout.get();
    m_rooms->parts.drafts->setCanaryEnder(
        [rollout = m_rooms->rollout.get()](const QString&, const QString& why) { rollout->interrupt(why); });
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
    m_rooms->parts.drafts->upkeep();
    m_rooms->rollout->tick();
}

admin::Desks Governance::desks() const
{
    return m_rooms->desks;
}

} // namespace gateway::engine
