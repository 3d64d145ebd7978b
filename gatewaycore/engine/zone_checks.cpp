#include "engine/zone_checks.h"

#include "observability/log.h"
#include "store/database.h"
#include "store/zone_repository.h"

#include <QElapsedTimer>

namespace gateway::engine {
namespace {

using api::Failure;
using api::StandingCheck;
using observability::log;
using observability::LogLevel;

constexpr std::chrono::milliseconds kSlice{150};
constexpr std::chrono::minutes kScheduledPatience{10};
constexpr int kRemembered = 200; // runs: a week of them by the hour, and what the first of each day found
constexpr qint64 kDayMs = 24 * ZoneChecks::kEveryMs;

QString subjectOf(const QString& tenant)
{
    return QStringLiteral("zone:") + tenant;
}

} // namespace

struct ZoneChecks::Run
{
    Asked asked;
    Done done;
    ZoneQuestion question;
    store::ZoneScan scan;
    QElapsedTimer elapsed;
};

ZoneChecks::ZoneChecks(Parts& parts, QObject& context, Tell tell)
    : m_parts(parts), m_context(context), m_tell(std::move(tell))
{
}

ZoneChecks::~ZoneChecks() = default;

ZoneChecks::Due ZoneChecks::isDue(qint64 lastMs, qint64 nowMs)
{
    if (lastMs > 0 && nowMs >= lastMs && nowMs - lastMs < kEveryMs)
        return {};
    const bool firstOfDay = lastMs / kDayMs != nowMs / kDayMs;
    return {true, nowMs - (firstOfDay ? kFarBackMs : kLookBackMs)};
}

void ZoneChecks::load()
{
    m_parts.store->submitAndWait([this](QSqlDatabase& database) {
        const auto runs = store::zoneChecks(database, kRemembered);
        if (!runs)
            return true;
        for (const api::ZoneCheckRun& run : *runs) {
            if (run.trigger == QLatin1String("scheduled"))
                m_lastMs = std::max(m_lastMs, run.at.toMSecsSinceEpoch());
        }
        for (const api::ZoneCheckRun& run : *runs) {
            if (run.outside == 0)
                continue;
            const auto kept = store::zoneCheck(database, run.number);
            for (const api::TenantZoneCheck& tenant : kept ? kept->check.tenants : QVector<api::TenantZoneCheck>()) {
                isNew(*kept, tenant);
                if (tenant.outside > 0 && m_paged[tenant.tenant].incident.isEmpty())
                    m_paged[tenant.tenant].incident = kept->incident;
            }
        }
        if (runs->isEmpty())
            return true;
        if (const auto last = store::zoneCheck(database, runs->first().number)) {
            for (const api::TenantZoneCheck& tenant : last->check.tenants)
                m_lastVerdicts.insert(tenant.tenant, tenant.verdict);
        }
        return true;
    });
}

void ZoneChecks::upkeep()
{
    if (m_scheduledRuns || m_parts.config.current()->zones.empty())
        return; // nothing is promised
    const qint64 nowMs = m_parts.clock.wallMs();
    const Due due = isDue(m_lastMs, nowMs);
    if (!due.isDue)
        return;
    m_scheduledRuns = true;
    m_lastMs = nowMs;
    Asked asked;
    asked.sinceMs = std::max<qint64>(0, due.sinceMs);
    asked.untilMs = nowMs + 1;
    asked.trigger = QStringLiteral("scheduled");
    asked.patience = kScheduledPatience;
    asked.keep = true;
    run(std::move(asked), [this](const api::Result<StandingCheck>& check) {
        m_scheduledRuns = false;
        if (!check)
            log(LogLevel::Error, "zone.check.failed", {{"message", check.error().message}});
    });
}

ZoneQuestion ZoneChecks::questionOf(const Asked& asked) const
{
    ZoneQuestion question;
    question.snapshot = m_parts.config.current();
    question.tenants = asked.tenants;
    question.sinceMs = asked.sinceMs;
    question.untilMs = asked.untilMs;
    question.nowMs = m_parts.clock.wallMs();
    for (const api::CredentialInfo& credential : m_parts.credentials->list()) {
        if (credential.revokedAt ||
            (credential.expiresAt && credential.expiresAt->toMSecsSinceEpoch() <= question.nowMs))
            continue;
        QStringList& aliases = question.aliasesOf[credential.tenant];
        aliases += credential.aliases.isEmpty() ? QStringList(QStringLiteral("*")) : credential.aliases;
    }
    return question;
}

void ZoneChecks::run(Asked asked, Done done)
{
    const auto run = std::make_shared<Run>();
    run->asked = std::move(asked);
    run->done = std::move(done);
    run->question = questionOf(run->asked);
    run->scan.sinceMs = run->asked.sinceMs;
    run->scan.untilMs = run->asked.untilMs;
    run->scan.tenants = run->asked.tenants;
    run->elapsed.start();
    readOn(run);
}

// A slice on the reading thread, then back here: who else wants to read has his turn in between.
void ZoneChecks::readOn(const std::shared_ptr<Run>& run)
{
    m_parts.reader->later<api::Done>([run](const QString& file) { return advance(run->scan, file, kSlice); },
        [this, alive = std::weak_ptr<bool>(m_alive), run](const api::Result<api::Done>& read) {
            if (alive.expired())
                return;
            if (!read)
                return run->done(read.error());
            if (run->scan.isDone() || run->elapsed.elapsed() >= run->asked.patience.count())
                return report(run);
            readOn(run);
        });
}

void ZoneChecks::report(const std::shared_ptr<Run>& run)
{
    m_parts.reader->later<StandingCheck>(
        [run](const QString& file) { return readZoneReport(run->question, run->scan, file); },
        [this, alive = std::weak_ptr<bool>(m_alive), run](const api::Result<StandingCheck>& read) {
            if (alive.expired())
                return;
            if (!read)
                return run->done(read.error());
            StandingCheck check = *read;
            check.trigger = run->asked.trigger;
            check.by = run->asked.by;
            if (m_chainState)
                check.chain = m_chainState();
            if (check.chain == QLatin1String("broken")) {
                check.gaps.append({QStringLiteral("chain_broken"), 1,
                    QStringLiteral("The tamper-evident log does not verify, so the record may not be whole.")});
                if (check.check.verdict != QLatin1String("FAIL"))
                    check.check.verdict = QStringLiteral("INCOMPLETE");
            }
            if (run->asked.keep)
                keep(run, std::move(check));
            else
                run->done(std::move(check));
        });
}

// Somebody is told before it is kept: a disk that is full must not keep a page from going out.
void ZoneChecks::keep(const std::shared_ptr<Run>& run, StandingCheck check)
{
    check.incident = page(check);
    for (const api::TenantZoneCheck& tenant : check.check.tenants)
        m_lastVerdicts.insert(tenant.tenant, tenant.verdict);
    const auto number = std::make_shared<qint64>(0);
    const QString tenant = run->asked.tenants.join(u',');
    const auto put = [check, tenant, number](QSqlDatabase& database) {
        const auto kept = store::putZoneCheck(database, check, tenant);
        *number = kept.value_or(0);
        return kept.has_value();
    };
    m_parts.store->submit(store::Store::together(put, run->asked.alongside),
        [this, context = &m_context, alive = std::weak_ptr<bool>(m_alive), run, check, number](bool committed) {
            if (alive.expired())
                return;
            QMetaObject::invokeMethod(
                context,
                [this, alive, run, check, number, committed]() mutable {
                    if (alive.expired())
                        return;
                    if (!committed)
                        return run->done(api::failure(Failure::Unavailable,
                            QStringLiteral("The check ran (%1), but its result could not be kept.")
                                .arg(check.check.verdict)));
                    check.number = *number;
                    m_tell(QStringLiteral("zone.checked"),
                        {{QStringLiteral("number"), check.number}, {QStringLiteral("verdict"), check.check.verdict},
                            {QStringLiteral("sentence"), check.sentence}, {QStringLiteral("trigger"), check.trigger}});
                    run->done(std::move(check));
                },
                Qt::QueuedConnection);
        });
}

bool ZoneChecks::isNew(const StandingCheck& check, const api::TenantZoneCheck& tenant)
{
    Paged& known = m_paged[tenant.tenant];
    bool found = false;
    for (const api::ZoneRow& row : check.rows) {
        const QString attempt = row.call + u'/' + QString::number(row.number);
        if (row.tenant == tenant.tenant && !known.attempts.contains(attempt)) {
            known.attempts.insert(attempt);
            found = true;
        }
    }
    // more than the rows can name: then the number tells
    if (check.outside > check.rows.size() && tenant.outside > known.outside)
        found = true;
    known.outside = std::max(known.outside, tenant.outside);
    return found;
}

// The id of the first incident; empty: nothing to page for.
QString ZoneChecks::page(const StandingCheck& check)
{
    QString first;
    observability::Incidents& incidents = m_parts.watch->incidentRegister();
    for (const api::TenantZoneCheck& tenant : check.check.tenants) {
        const bool found = isNew(check, tenant);
        if (!found) {
            // nothing that nobody was told of; what could not be judged is no reason to end anything
            if (tenant.verdict != QLatin1String("INCOMPLETE"))
                incidents.quiet(subjectOf(tenant.tenant));
            if (tenant.outside > 0 && first.isEmpty())
                first = m_paged[tenant.tenant].incident;
            continue;
        }
        QStringList endpoints;
        for (const api::ZoneRow& row : check.rows) {
            const QString endpoint = row.region.isEmpty() ? row.provider : row.provider + u'@' + row.region;
            if (row.tenant == tenant.tenant && !endpoints.contains(endpoint))
                endpoints.append(endpoint);
        }
        const QString id = incidents.page({subjectOf(tenant.tenant), QStringLiteral("page"),
            QStringLiteral("Calls of %1 went outside their privacy zone").arg(tenant.tenant),
            tenant.sentence + QStringLiteral(" Acknowledge it when somebody looks at it: it does not end by itself."),
            endpoints});
        m_paged[tenant.tenant].incident = id;
        if (first.isEmpty())
            first = id;
        log(LogLevel::Error, "zone.violation",
            {{"tenant", tenant.tenant}, {"attempts", tenant.outside}, {"incident", id}});
        m_tell(QStringLiteral("zone.violation"),
            {{QStringLiteral("tenant"), tenant.tenant}, {QStringLiteral("severity"), QStringLiteral("page")},
                {QStringLiteral("incident"), id}, {QStringLiteral("outside"), tenant.outside},
                {QStringLiteral("attempts"), tenant.attempts}, {QStringLiteral("sentence"), tenant.sentence},
                {QStringLiteral("calls"), QJsonArray::fromStringList(tenant.outsideCalls)}});
    }
    if (!first.isEmpty())
        m_parts.incidents->save(false);
    return first;
}

} // namespace gateway::engine
