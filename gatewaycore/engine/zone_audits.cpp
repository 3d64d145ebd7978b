#include "engine/zone_audits.h"

#include "base/ids.h"
#include "observability/log.h"
#include "privacy/quarter.h"
#include "store/zone_history.h"
#include "store/zone_repository.h"

#include <algorithm>
#include <array>

namespace gateway::engine {
namespace {

using api::Failure;

constexpr qint64 kLookEveryMs = 60'000;
constexpr qsizetype kLongestText = 2000;
constexpr int kLongestExceptionDays = 366;

QString subjectOf(const QString& quarter)
{
    return QStringLiteral("zone-audit:") + quarter;
}

QString freshId(RandomSource& random)
{
    std::array<unsigned char, 10> bytes{};
    random.fill(bytes);
    return QStringLiteral("zx_") + QString::fromLatin1(base32Lower(bytes));
}

api::Error notWritten()
{
    return api::failure(Failure::Unavailable, QStringLiteral("The change could not be recorded, so it was not made."));
}

} // namespace

ZoneAudits::ZoneAudits(Parts& parts, QObject& context, Tell tell)
    : m_parts(parts), m_context(context), m_tell(std::move(tell))
{
}

ZoneAudits::~ZoneAudits() = default;

api::Outcome ZoneAudits::load()
{
    std::optional<api::Error> error;
    m_parts.store->submitAndWait([this, &error](QSqlDatabase& database) {
        const auto audits = store::zoneAudits(database);
        const auto exceptions = store::zoneExceptions(database);
        const auto inForce = store::readInForce(database);
        if (!audits || !exceptions || !inForce) {
            error = !audits ? audits.error() : !exceptions ? exceptions.error() : inForce.error();
            return true;
        }
        m_signed = *audits;
        m_exceptions = *exceptions;
        if (!inForce->empty())
            m_first = QDateTime::fromMSecsSinceEpoch(inForce->front().atMs, Qt::UTC).date();
        return true;
    });
    if (error)
        return *error;
    return api::Done{};
}

QVector<api::ZoneAudit> ZoneAudits::audits() const
{
    const config::SnapshotPtr snapshot = m_parts.config.current();
    const bool promised = std::any_of(snapshot->tenants.begin(), snapshot->tenants.end(),
        [](const auto& tenant) { return tenant->zone || tenant->contract; });
    if (!promised && m_signed.isEmpty())
        return {};
    return privacy::auditCalendar(m_first.isValid() ? m_first : now().date(), now(), m_signed);
}

QVector<api::ZoneException> ZoneAudits::exceptions() const
{
    return m_exceptions;
}

std::optional<api::ZoneAudit> ZoneAudits::pending() const
{
    const QVector<api::ZoneAudit> all = audits();
    const auto of = [&all](const char* state) {
        // the oldest stands last
        const auto found = std::find_if(all.rbegin(), all.rend(),
            [state](const api::ZoneAudit& audit) { return audit.state == QLatin1String(state); });
        return found == all.rend() ? nullptr : &*found;
    };
    for (const char* state : {"overdue", "due"}) {
        if (const api::ZoneAudit* audit = of(state))
            return *audit;
    }
    for (const api::ZoneAudit& audit : all) {
        if (audit.state == QLatin1String("signed"))
            return audit;
    }
    return all.isEmpty() ? std::nullopt : std::optional(all.first());
}

void ZoneAudits::upkeep()
{
    const qint64 nowMs = m_parts.clock.wallMs();
    if (m_lookedMs > 0 && nowMs >= m_lookedMs && nowMs - m_lookedMs < kLookEveryMs)
        return;
    m_lookedMs = nowMs;
    for (const api::ZoneAudit& audit : audits()) {
        if (audit.state != QLatin1String("overdue") || m_told.contains(audit.quarter))
            continue;
        m_told.append(audit.quarter);
        const QString id = m_parts.watch->incidentRegister().page({subjectOf(audit.quarter), QStringLiteral("high"),
            QStringLiteral("The zone audit of %1 is overdue").arg(audit.quarter),
            audit.sentence + QStringLiteral(" Signing it ends this incident."), {}});
        m_parts.incidents->save(false);
        observability::log(observability::LogLevel::Warning, "zone.audit_overdue", {{"message", audit.sentence}});
        m_tell(QStringLiteral("zone.audit_overdue"),
            {{QStringLiteral("quarter"), audit.quarter}, {QStringLiteral("incident"), id},
                {QStringLiteral("sentence"), audit.sentence},
                {QStringLiteral("due_at"), audit.dueAt.toString(Qt::ISODateWithMs)}});
    }
}

QString ZoneAudits::exceptionFor(const QString& tenant) const
{
    const QDateTime at = now();
    const auto found = std::find_if(m_exceptions.begin(), m_exceptions.end(),
        [&](const api::ZoneException& exception) { return exception.tenant == tenant && exception.expiresAt > at; });
    return found == m_exceptions.end() ? QString() : found->id;
}

// What whoever signs puts his name to; or why it cannot be signed.
api::Result<api::ZoneAudit> ZoneAudits::look(const Signed& asked) const
{
    const QVector<api::ZoneAudit> all = audits();
    QString quarter = asked.signature.quarter;
    if (quarter.isEmpty()) {
        const auto oldest = std::find_if(all.rbegin(), all.rend(),
            [](const api::ZoneAudit& audit) { return audit.state != QLatin1String("signed"); });
        if (oldest != all.rend())
            quarter = oldest->quarter;
    }
    const auto known =
        std::find_if(all.begin(), all.end(), [&](const api::ZoneAudit& audit) { return audit.quarter == quarter; });
    if (known == all.end())
        return api::failure(Failure::Conflict,
            quarter.isEmpty() ? QStringLiteral("There is no audit to sign.")
                              : QStringLiteral("There is no audit of %1 to sign.").arg(quarter.left(16)),
            QStringLiteral("GET /api/v1/zones/audits lists them; `signalboxctl zone audit list` does too."));
    if (known->state == QLatin1String("signed"))
        return api::failure(Failure::Conflict,
            QStringLiteral("The zone audit of %1 was signed by %2 already.").arg(quarter, known->signedBy));
    if (asked.signature.comment.trimmed().isEmpty() || asked.signature.comment.size() > kLongestText)
        return api::failure(
            Failure::Invalid, QStringLiteral("A signature says what was looked at: \"comment\" has 1 to %1 characters.")
                                  .arg(kLongestText));

    api::ZoneAudit audit = *known;
    const bool isLate = audit.state == QLatin1String("overdue");
    audit.state = QStringLiteral("signed");
    audit.signedBy = asked.by;
    audit.signedAt = now();
    audit.comment = asked.signature.comment.trimmed();
    audit.revision = asked.proof.revision;
    QStringList uncovered;
    for (const api::TenantProof& proof : asked.proof.tenants) {
        api::AuditedTenant row{proof.tenant, proof.contractReference, proof.contractZone, proof.configuredZone,
            proof.effectiveZone, proof.verdict, asked.lastVerdict(proof.tenant), {}, exceptionFor(proof.tenant)};
        if (proof.verdict == QLatin1String("VIOLATION"))
            row.deviation = proof.sentence;
        else if (row.check == QLatin1String("FAIL"))
            row.deviation = QStringLiteral("The last zero-rows check failed for %1.").arg(proof.tenant);
        if (!row.deviation.isEmpty() && row.exception.isEmpty())
            uncovered.append(row.deviation);
        audit.tenants.append(row);
    }
    if (!uncovered.isEmpty())
        return api::failure(Failure::Conflict,
            QStringLiteral("It cannot be signed while a tenant deviates: %1").arg(uncovered.join(u' ')),
            QStringLiteral("Correct it, or make an exception that somebody answers for until a day (POST "
                           "/api/v1/zones/exceptions)."));
    const QDateTime at = now();
    for (const api::ZoneException& exception : m_exceptions) {
        if (exception.expiresAt > at)
            audit.exceptions.append(exception);
    }
    audit.sentence = QStringLiteral("%1 signed for %2 tenants at revision %3%4.")
                         .arg(audit.signedBy)
                         .arg(audit.tenants.size())
                         .arg(audit.revision)
                         .arg(isLate ? QStringLiteral(", after it was due") : QString());
    return audit;
}

template <typename Then>
void ZoneAudits::submit(store::Store::Work work, Then then)
{
    m_parts.store->submit(std::move(work),
        [context = &m_context, alive = std::weak_ptr<bool>(m_alive), then = std::move(then)](bool committed) {
            if (alive.expired())
                return;
            QMetaObject::invokeMethod(
                context,
                [alive, then, committed] {
                    if (!alive.expired())
                        then(committed);
                },
                Qt::QueuedConnection);
        });
}

void ZoneAudits::sign(Signed asked, std::function<void(api::Result<api::ZoneAudit>)> done)
{
    const api::Result<api::ZoneAudit> audit = look(asked);
    if (!audit)
        return done(audit.error());
    const auto put = [audit = *audit](QSqlDatabase& database) { return store::putZoneAudit(database, audit); };
    submit(store::Store::together(put, std::move(asked.alongside)),
        [this, audit = *audit, done = std::move(done)](bool committed) {
            if (!committed)
                return done(notWritten());
            m_signed.prepend(audit);
            m_parts.watch->incidentRegister().resolved(subjectOf(audit.quarter));
            m_parts.incidents->save(false);
            m_tell(QStringLiteral("zone.audit_signed"),
                {{QStringLiteral("quarter"), audit.quarter}, {QStringLiteral("by"), audit.signedBy},
                    {QStringLiteral("sentence"), audit.sentence}});
            done(audit);
        });
}

void ZoneAudits::make(const api::ExceptionRequest& request, const QString& by, store::Store::Work alongside,
    std::function<void(api::Result<api::ZoneException>)> done)
{
    if (!m_parts.config.current()->tenantByName.contains(request.tenant))
        return done(api::failure(
            Failure::Invalid, QStringLiteral("No tenant named %1 is configured.").arg(request.tenant.left(64))));
    if (request.text.trimmed().isEmpty() || request.text.size() > kLongestText)
        return done(api::failure(Failure::Invalid,
            QStringLiteral("An exception says what it excepts: \"text\" has 1 to %1 characters.").arg(kLongestText)));
    const QDateTime at = now();
    if (!request.expiresAt || *request.expiresAt <= at || *request.expiresAt > at.addDays(kLongestExceptionDays))
        return done(api::failure(
            Failure::Invalid, QStringLiteral("An exception ends: \"expires_at\" lies ahead, at most a year.")));
    const api::ZoneException exception{
        freshId(m_parts.random), request.tenant, request.text.trimmed(), by, at, *request.expiresAt};
    const auto put = [exception](QSqlDatabase& database) { return store::putZoneException(database, exception); };
    submit(
        store::Store::together(put, std::move(alongside)), [this, exception, done = std::move(done)](bool committed) {
            if (!committed)
                return done(notWritten());
            m_exceptions.prepend(exception);
            done(exception);
        });
}

} // namespace gateway::engine
