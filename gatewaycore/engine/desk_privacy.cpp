#include "engine/desk_privacy.h"

#include "engine/zone.h"
#include "privacy/prover.h"
#include "privacy/timeline.h"
#include "store/database.h"
#include "store/key_reach_reader.h"
#include "store/zone_repository.h"

#include <algorithm>

namespace gateway::engine {
namespace {

using admin::Done;
using api::Failure;

constexpr int kMostChecks = 500;
constexpr qint64 kDayMs = 24 * 3600 * 1000;

// Answers that are read with a connection of their own.
template <typename T, typename Read>
void readLater(Parts& parts, Read read, Done<T> done)
{
    parts.reader->later<T>(
        [read](const QString& file) -> api::Result<T> {
            auto connection = store::openReader(file);
            if (!connection)
                return connection.error();
            return read(**connection);
        },
        std::move(done));
}

QString count(qint64 number, const char* one, const char* many)
{
    return QStringLiteral("%1 %2").arg(number).arg(QLatin1String(number == 1 ? one : many));
}

void describe(api::KeyReach& reach)
{
    if (reach.calls == 0) {
        reach.sentence = QStringLiteral("It touched nothing in this time.");
    } else {
        reach.sentence =
            QStringLiteral("%1 and %2, to %3 in %4, for %5 USD%6.")
                .arg(count(reach.calls, "call", "calls"), count(reach.attempts, "attempt", "attempts"),
                    reach.providers.isEmpty() ? QStringLiteral("no provider")
                                              : reach.providers.join(QStringLiteral(", ")),
                    reach.zones.isEmpty() ? QStringLiteral("no zone") : reach.zones.join(QStringLiteral(", ")),
                    reach.spent.toDecimal(),
                    reach.unpriced > 0 ? QStringLiteral(" and %1 of unknown price").arg(reach.unpriced) : QString());
    }
    if (!reach.complete)
        reach.sentence += QStringLiteral(" The time was too much to read: this is since %1.")
                              .arg(reach.countedSince->toString(Qt::ISODate));
}

} // namespace

DeskPrivacy::DeskPrivacy(Parts& parts, QObject& context, Tell tell)
    : m_parts(parts), m_checks(parts, context, tell), m_audits(parts, context, tell)
{
}

api::Outcome DeskPrivacy::load()
{
    m_checks.load();
    return m_audits.load();
}

void DeskPrivacy::upkeep()
{
    m_checks.upkeep();
    m_audits.upkeep();
}

api::ZoneProof DeskPrivacy::proof(const QStringList& tenants) const
{
    const config::SnapshotPtr snapshot = m_parts.config.current();
    const config::SnapshotPtr canary = m_canary ? m_canary() : nullptr;
    const QDateTime now = QDateTime::fromMSecsSinceEpoch(m_parts.clock.wallMs(), Qt::UTC);
    return privacy::prove({*snapshot, canary.get(), tenants, now}, zoneRules());
}

ZoneChecks::Asked DeskPrivacy::askedOf(const api::ZoneCheckQuery& query, const QStringList& tenants) const
{
    const qint64 nowMs = m_parts.clock.wallMs();
    ZoneChecks::Asked asked;
    asked.untilMs = query.until ? query.until->toMSecsSinceEpoch() : nowMs + 1; // up to and with this millisecond
    asked.sinceMs = query.since ? query.since->toMSecsSinceEpoch() : asked.untilMs - kDayMs;
    asked.tenants = query.tenant.isEmpty() ? tenants : QStringList{query.tenant};
    asked.trigger = QStringLiteral("asked");
    return asked;
}

void DeskPrivacy::check(const api::ZoneCheckQuery& query, const QStringList& tenants, Done<api::StandingCheck> done)
{
    m_checks.run(askedOf(query, tenants), std::move(done));
}

void DeskPrivacy::runCheck(const api::ZoneCheckQuery& query, const admin::Change& change, Done<api::StandingCheck> done)
{
    ZoneChecks::Asked asked = askedOf(query, {});
    asked.trigger = QStringLiteral("run");
    asked.by = change.by.name;
    asked.patience = std::chrono::minutes(2);
    asked.keep = true;
    asked.alongside = change.alongside;
    m_checks.run(std::move(asked), std::move(done));
}

void DeskPrivacy::checks(Done<QVector<api::ZoneCheckRun>> done)
{
    readLater<QVector<api::ZoneCheckRun>>(
        m_parts, [](QSqlDatabase& database) { return store::zoneChecks(database, kMostChecks); }, std::move(done));
}

void DeskPrivacy::keptCheck(qint64 number, Done<api::StandingCheck> done)
{
    readLater<api::StandingCheck>(
        m_parts, [number](QSqlDatabase& database) { return store::zoneCheck(database, number); }, std::move(done));
}

void DeskPrivacy::records(const QStringList& tenants, Done<QVector<api::ZoneRecord>> done)
{
    const auto read = [tenants](QSqlDatabase& database) -> api::Result<QVector<api::ZoneRecord>> {
        const auto revisions = store::readRevisions(database);
        const auto inForce = store::readInForce(database);
        if (!revisions || !inForce)
            return revisions ? inForce.error() : revisions.error();
        return privacy::timeline(*revisions, *inForce, tenants);
    };
    readLater<QVector<api::ZoneRecord>>(m_parts, read, std::move(done));
}

void DeskPrivacy::audits(Done<QVector<api::ZoneAudit>> done)
{
    done(m_audits.audits());
}

void DeskPrivacy::signAudit(
    const api::AuditSignature& signature, const admin::Change& change, Done<api::ZoneAudit> done)
{
    m_audits.sign({signature, change.by.name, proof({}),
                      [this](const QString& tenant) { return m_checks.lastVerdict(tenant); }, change.alongside},
        std::move(done));
}

void DeskPrivacy::exceptions(Done<QVector<api::ZoneException>> done)
{
    done(m_audits.exceptions());
}

void DeskPrivacy::makeException(
    const api::ExceptionRequest& request, const admin::Change& change, Done<api::ZoneException> done)
{
    m_audits.make(request, change.by.name, change.alongside, std::move(done));
}

void DeskPrivacy::credentialReach(
    const QString& id, const QDateTime& since, const QDateTime& until, Done<api::KeyReach> done)
{
    const QVector<api::CredentialInfo> all = m_parts.credentials->list();
    const auto credential =
        std::find_if(all.begin(), all.end(), [&id](const api::CredentialInfo& one) { return one.id == id; });
    const bool known = credential != all.end();
    store::ReachQuestion question;
    question.credential = id;
    question.tenant = known ? credential->tenant : QString();
    question.sinceMs = since.toMSecsSinceEpoch();
    question.untilMs = until.toMSecsSinceEpoch();
    m_parts.reader->later<api::KeyReach>([question](const QString& file) { return store::keyReach(file, question); },
        [known, id, done = std::move(done)](api::Result<api::KeyReach> reach) {
            if (reach && !known && reach->calls == 0)
                return done(
                    api::failure(Failure::NotFound, QStringLiteral("There is no credential %1.").arg(id.left(64)),
                        QStringLiteral("GET /api/v1/credentials lists them.")));
            if (reach)
                describe(*reach);
            done(std::move(reach));
        });
}

void DeskPrivacy::providerReach(
    const QString& name, const QDateTime& since, const QDateTime& until, Done<api::KeyReach> done)
{
    const config::SnapshotPtr snapshot = m_parts.config.current();
    const bool known = std::any_of(snapshot->providers.begin(), snapshot->providers.end(),
        [&name](const auto& provider) { return provider->name == name; });
    store::ReachQuestion question;
    question.provider = name;
    question.sinceMs = since.toMSecsSinceEpoch();
    question.untilMs = until.toMSecsSinceEpoch();
    m_parts.reader->later<api::KeyReach>([question](const QString& file) { return store::keyReach(file, question); },
        [known, name, done = std::move(done)](api::Result<api::KeyReach> reach) {
            if (reach && !known && reach->calls == 0)
                return done(
                    api::failure(Failure::NotFound, QStringLiteral("There is no provider %1.").arg(name.left(64)),
                        QStringLiteral("GET /api/v1/providers lists them.")));
            if (reach)
                describe(*reach);
            done(std::move(reach));
        });
}

} // namespace gateway::engine
