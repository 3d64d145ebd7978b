#include "engine/governance.h"

#include "credential/pepper.h"
#include "engine/desk_config.h"
#include "engine/draft_book.h"

#include <QMessageAuthenticationCode>

namespace gateway::engine {

struct Governance::Rooms
{
    Parts& parts;
    Gateway& gateway;
    admin::Desks desks;
    std::unique_ptr<DeskConfig> config = {};
};

Governance::Governance(Parts& parts, Gateway& gateway) : m_rooms(new Rooms{parts, gateway, {}}) {}

Governance::~Governance() = default;

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

std::optional<api::Error> Governance::start(admin::EventHub&)
{
    const auto key = fingerprintKey(m_rooms->parts, m_rooms->parts.random);
    if (!key)
        return part("config", key.error());
    m_rooms->config = std::make_unique<DeskConfig>(m_rooms->parts, *key);
    m_rooms->desks.config = m_rooms->config.get();
    return std::nullopt;
}

void Governance::configInForce() {}

void Governance::callsFiled(const std::vector<std::shared_ptr<const api::Call>>&) {}

void Governance::upkeep()
{
    m_rooms->parts.drafts->upkeep();
}

admin::Desks Governance::desks() const
{
    return m_rooms->desks;
}

} // namespace gateway::engine
