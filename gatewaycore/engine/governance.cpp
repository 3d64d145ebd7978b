#include "engine/governance.h"

#include "engine/desk_replay.h"

namespace gateway::engine {

struct Governance::Rooms
{
    Parts& parts;
    Gateway& gateway;
    admin::Desks desks;
    std::unique_ptr<DeskReplay> replay = nullptr;
};

namespace {

constexpr auto kCatchUp = std::chrono::milliseconds(3000); // with the record; then what is there is read

std::unique_ptr<DeskReplay> makeReplay(Parts& parts)
{
    DeskReplay::Services services{parts.clock, parts.store->databaseFile(), [&parts] { return parts.config.current(); },
        [&parts] { return parts.credentials->book(); }, [&parts] { parts.store->waitUntilFiled(kCatchUp); }, {}, {}};
    return std::make_unique<DeskReplay>(std::move(services));
}

} // namespace

Governance::Governance(Parts& parts, Gateway& gateway) : m_rooms(new Rooms{parts, gateway, {}}) {}

Governance::~Governance() = default;

std::optional<api::Error> Governance::start(admin::EventHub&)
{
    m_rooms->replay = makeReplay(m_rooms->parts);
    m_rooms->desks.replay = m_rooms->replay.get();
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
