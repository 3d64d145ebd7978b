#include "engine/governance.h"

#include "admin/event_hub.h"
#include "credential/pepper.h"
#include "engine/desk_chain.h"
#include "engine/desk_config.h"
#include "engine/desk_content.h"
#include "engine/desk_privacy.h"
#include "engine/desk_replay.h"
#include "engine/desk_rollout.h"
#include "engine/draft_book.h"
#include "engine/gateway.h"
#include "engine/zone.h"
#include "privacy/prover.h"

#include <QMessageAuthenticationCode>

namespace gateway::engine {

struct Governance::Rooms
{
    Parts& parts;
    Gateway& gateway;
    admin::Desks desks;
    std::unique_ptr<ChainRoom> chain = {};
    std::unique_ptr<DeskPrivacy> privacy = {};
    std::unique_ptr<DeskConfig> config = {};
    std::unique_ptr<DeskReplay> replay = {};
    std::unique_ptr<Rollout> rollout = {};
    std::unique_ptr<ContentRoom> content = {};
};

namespace {

constexpr auto kCatchUp = std::chrono::milliseconds(3000); // with the record; then what is there is read

std::unique_ptr<DeskReplay> makeReplay(Parts& parts)
{
    DeskReplay::Services services{parts.clock, parts.store->databaseFile(), [&parts] { return parts.config.current(); },
        [&parts] { return parts.credentials->book(); }, [&parts] { parts.store->waitUntilFiled(kCatchUp); },
        [&parts](const QString& id, const admin::Done<QByteArray>& done) {
            const api::Result<api::Draft> draft = parts.drafts->draft(id);
            done(draft ? api::Result<QByteArray>(draft->text.toUtf8()) : draft.error());
        },
        [&parts](int revision, admin::Done<QByteArray> done) { parts.drafts->text(revision, std::move(done)); }};
    return std::make_unique<DeskReplay>(std::move(services));
}

// What a text would let out of a zone keeps it from coming into force.
QVector<api::Finding> proved(const config::ConfigFile& file, const config::PolicySnapshot& snapshot, qint64 nowMs)
{
    QVector<api::Finding> findings;
    const QDateTime now = QDateTime::fromMSecsSinceEpoch(nowMs, Qt::UTC);
    for (const QString& sentence : privacy::findings(privacy::prove({snapshot, nullptr, {}, now}, zoneRules())))
        findings.append(config::findingAt(file, api::Finding::Severity::Block, "zone_violation", {}, sentence));
    return findings;
}

// What the last verification of the log says of the record that the zone check reads.
QString chainState(const ChainRoom& chain)
{
    const std::optional<api::ChainVerification> last = chain.standing().last;
    if (!last || last->verdict == QLatin1String("NO_DATA"))
        return QStringLiteral("unchecked");
    return last->verdict == QLatin1String("FAIL") ? QStringLiteral("broken") : QStringLiteral("verified");
}

// What fingerprints of secrets are made under: of this engine, the same over restarts, and good for nothing else.
api::Result<QByteArray> fingerprintKey(const Parts& parts, RandomSource& random)
{
    auto pepper = credential::loadPepper(parts.options.dataDirectory, false, random);
    if (!pepper)
        return pepper.error();
    return QMessageAuthenticationCode::hash("config fingerprints", pepper->reveal(), QCryptographicHash::Sha256);
}

} // namespace

Governance::Governance(Parts& parts, Gateway& gateway) : m_rooms(new Rooms{parts, gateway, {}}) {}

Governance::~Governance()
{
    m_rooms->parts.zoneAudit = {};
    if (m_rooms->parts.drafts) {
        m_rooms->parts.drafts->setProver({});
        m_rooms->parts.drafts->setCanaryEnder({});
    }
}

std::optional<api::Error> Governance::start(admin::EventHub& events)
{
    Rooms& rooms = *m_rooms;
    rooms.chain = std::make_unique<ChainRoom>(rooms.parts, events, rooms.gateway);
    rooms.privacy = std::make_unique<DeskPrivacy>(rooms.parts, rooms.gateway,
        [&events](const QString& event, const QJsonObject& data) { events.publish(event, data); });
    if (const api::Outcome loaded = rooms.privacy->load(); !loaded)
        return part("privacy", loaded.error());
    rooms.parts.zoneAudit = [privacy = rooms.privacy.get()] { return privacy->zoneAudits().pending(); };
    rooms.privacy->zoneChecks().setChainState([chain = rooms.chain.get()] { return chainState(*chain); });
    const auto key = fingerprintKey(rooms.parts, rooms.parts.random);
    if (!key)
        return part("config", key.error());
    rooms.config = std::make_unique<DeskConfig>(rooms.parts, *key);
    rooms.replay = makeReplay(rooms.parts);
    rooms.rollout = std::make_unique<Rollout>(rolloutServices(rooms.parts, rooms.gateway, events));
    if (const api::Outcome loaded = rooms.rollout->load(); !loaded)
        return part("canaries", loaded.error());
    rooms.parts.drafts->setProver([&parts = rooms.parts](const config::ConfigFile& file, const auto& snapshot) {
        return proved(file, snapshot, parts.clock.wallMs());
    });
    rooms.parts.drafts->setCanaryEnder(
        [rollout = rooms.rollout.get()](const QString&, const QString& why) { rollout->interrupt(why); });
    rooms.privacy->setCanary([&parts = rooms.parts]() -> config::SnapshotPtr {
        return parts.tried ? parts.tried->policy->snapshot : nullptr;
    });
    rooms.content = std::make_unique<ContentRoom>(rooms.parts);
    if (auto error = rooms.content->start())
        return part("content", *error);
    rooms.desks = {rooms.config.get(), rooms.rollout.get(), rooms.replay.get(), rooms.chain.get(), rooms.privacy.get(),
        rooms.content.get()};
    return std::nullopt;
}

void Governance::configInForce()
{
    m_rooms->chain->configInForce();
    m_rooms->rollout->configInForce();
    m_rooms->content->configInForce();
}

void Governance::callsFiled(const std::vector<std::shared_ptr<const api::Call>>& calls)
{
    m_rooms->chain->callsFiled(qint64(calls.size()));
    m_rooms->rollout->add(calls);
}

void Governance::upkeep()
{
    m_rooms->chain->upkeep();
    m_rooms->privacy->upkeep();
    m_rooms->parts.drafts->upkeep();
    m_rooms->rollout->tick();
    m_rooms->content->upkeep();
}

admin::Desks Governance::desks() const
{
    return m_rooms->desks;
}

} // namespace gateway::engine
