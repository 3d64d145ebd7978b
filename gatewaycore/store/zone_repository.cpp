#include "store/zone_repository.h"

#include <QJsonDocument>
#include <QSqlError>
#include <QSqlQuery>
#include <QVariant>

namespace gateway::store {
namespace {

using api::Failure;

QString text(const QString& value)
{
    return value.isNull() ? QStringLiteral("") : value; // a null string would be NULL
}

QString textOf(const QJsonObject& json)
{
    return QString::fromUtf8(QJsonDocument(json).toJson(QJsonDocument::Compact));
}

QDateTime timeOf(const QVariant& ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms.toLongLong(), Qt::UTC);
}

bool run(QSqlQuery& query, const char* statement, const QVariantList& values)
{
    query.setForwardOnly(true);
    if (!query.prepare(QLatin1String(statement)))
        return false;
    for (const QVariant& value : values)
        query.addBindValue(value);
    return query.exec();
}

api::Error unreadable(const QSqlQuery& query)
{
    return api::failure(
        Failure::Unavailable, QStringLiteral("The zone records cannot be read: %1.").arg(query.lastError().text()));
}

} // namespace

std::optional<qint64> putZoneCheck(QSqlDatabase& database, const api::StandingCheck& check, const QString& tenant)
{
    QSqlQuery query(database);
    if (!run(query, "SELECT coalesce(max(number), 0) + 1 FROM zone_checks", {}) || !query.next())
        return std::nullopt;
    api::StandingCheck kept = check;
    kept.number = query.value(0).toLongLong();
    query.finish();
    if (!run(query,
            "INSERT INTO zone_checks (number, at_ms, since_ms, until_ms, cause, asked_by, tenant, revision, verdict,"
            " sentence, scanned, outside, coverage, incident, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
            "?)",
            {kept.number, kept.check.asOf.toMSecsSinceEpoch(), kept.check.since.toMSecsSinceEpoch(),
                kept.check.until.toMSecsSinceEpoch(), text(kept.trigger), text(kept.by), text(tenant),
                kept.check.revision, text(kept.check.verdict), text(kept.sentence), kept.scanned, kept.outside,
                kept.coveragePercent, text(kept.incident), textOf(api::toJson(kept))}))
        return std::nullopt;
    return kept.number;
}

api::Result<QVector<api::ZoneCheckRun>> zoneChecks(QSqlDatabase& database, int most)
{
    QSqlQuery query(database);
    if (!run(query,
            "SELECT number, at_ms, cause, asked_by, since_ms, until_ms, tenant, revision, verdict, sentence, scanned,"
            " outside, coverage, incident FROM zone_checks ORDER BY number DESC LIMIT ?",
            {most}))
        return unreadable(query);
    QVector<api::ZoneCheckRun> runs;
    while (query.next())
        runs.append({query.value(0).toLongLong(), timeOf(query.value(1)), query.value(2).toString(),
            query.value(3).toString(), timeOf(query.value(4)), timeOf(query.value(5)), query.value(6).toString(),
            query.value(7).toInt(), query.value(8).toString(), query.value(9).toString(), query.value(10).toLongLong(),
            query.value(11).toLongLong(), query.value(12).toInt(), query.value(13).toString()});
    return runs;
}

api::Result<api::StandingCheck> zoneCheck(QSqlDatabase& database, qint64 number)
{
    QSqlQuery query(database);
    if (!run(query, "SELECT body FROM zone_checks WHERE number = ?", {number}))
        return unreadable(query);
    if (!query.next())
        return api::failure(Failure::NotFound, QStringLiteral("There is no zone check %1.").arg(number),
            QStringLiteral("GET /api/v1/zones/checks lists them; `signalboxctl zone history` does too."));
    return api::standingCheckFromJson(QJsonDocument::fromJson(query.value(0).toString().toUtf8()).object());
}

bool putZoneAudit(QSqlDatabase& database, const api::ZoneAudit& audit)
{
    QSqlQuery query(database);
    return run(query, "INSERT INTO zone_audits (quarter, signed_ms, signed_by, body) VALUES (?, ?, ?, ?)",
        {audit.quarter, audit.signedAt ? audit.signedAt->toMSecsSinceEpoch() : qint64(0), text(audit.signedBy),
            textOf(api::toJson(audit))});
}

api::Result<QVector<api::ZoneAudit>> zoneAudits(QSqlDatabase& database)
{
    QSqlQuery query(database);
    if (!run(query, "SELECT body FROM zone_audits ORDER BY quarter DESC", {}))
        return unreadable(query);
    QVector<api::ZoneAudit> audits;
    while (query.next()) {
        auto audit = api::zoneAuditFromJson(QJsonDocument::fromJson(query.value(0).toString().toUtf8()).object());
        if (!audit)
            return audit.error();
        audits.append(std::move(*audit));
    }
    return audits;
}

bool putZoneException(QSqlDatabase& database, const api::ZoneException& exception)
{
    QSqlQuery query(database);
    return run(query,
        "INSERT INTO zone_exceptions (id, tenant, text, made_by, at_ms, expires_ms) VALUES (?, ?, ?, ?, ?, ?)",
        {exception.id, exception.tenant, exception.text, text(exception.by), exception.at.toMSecsSinceEpoch(),
            exception.expiresAt.toMSecsSinceEpoch()});
}

api::Result<QVector<api::ZoneException>> zoneExceptions(QSqlDatabase& database)
{
    QSqlQuery query(database);
    if (!run(query,
            "SELECT id, tenant, text, made_by, at_ms, expires_ms FROM zone_exceptions ORDER BY at_ms DESC, id DESC",
            {}))
        return unreadable(query);
    QVector<api::ZoneException> exceptions;
    while (query.next())
        exceptions.append({query.value(0).toString(), query.value(1).toString(), query.value(2).toString(),
            query.value(3).toString(), timeOf(query.value(4)), timeOf(query.value(5))});
    return exceptions;
}

} // namespace gateway::store
