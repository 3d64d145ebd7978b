#include "store/incident_repository.h"

#include <QJsonDocument>
#include <QSqlQuery>
#include <QVariant>

#include <algorithm>

namespace gateway::store {
namespace {

QString text(const QString& value)
{
    return value.isNull() ? QStringLiteral("") : value; // a null string would be NULL
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

bool readNotes(QSqlDatabase& database, api::Incident& incident)
{
    QSqlQuery query(database);
    if (!run(query, "SELECT at_ms, author, text FROM incident_notes WHERE incident = ? ORDER BY number", {incident.id}))
        return false;
    incident.notes.clear();
    while (query.next())
        incident.notes.append({QDateTime::fromMSecsSinceEpoch(query.value(0).toLongLong(), Qt::UTC),
            query.value(1).toString(), query.value(2).toString()});
    incident.noteCount = int(incident.notes.size());
    return true;
}

} // namespace

bool putIncident(QSqlDatabase& database, const IncidentRow& row)
{
    api::Incident observed = row.incident;
    observed.notes.clear();
    observed.noteCount = 0;
    observed.owner.clear();
    observed.acknowledgedBy.clear();
    observed.acknowledgedAt.reset();
    QSqlQuery query(database);
    return run(query,
        "INSERT INTO incidents (id, provider, opened_ms, closed_ms, last_reason, body) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET closed_ms = excluded.closed_ms, last_reason = excluded.last_reason,"
        " body = excluded.body",
        {text(observed.id), text(observed.provider), observed.openedAt.toMSecsSinceEpoch(),
            observed.closedAt ? observed.closedAt->toMSecsSinceEpoch() : qint64(0), text(row.lastReason),
            QString::fromUtf8(QJsonDocument(api::toJson(observed)).toJson(QJsonDocument::Compact))});
}

bool putAcknowledgement(QSqlDatabase& database, const api::Incident& incident)
{
    QSqlQuery query(database);
    return run(query, "UPDATE incidents SET owner = ?, acknowledged_ms = ?, acknowledged_by = ? WHERE id = ?",
               {text(incident.owner),
                   incident.acknowledgedAt ? incident.acknowledgedAt->toMSecsSinceEpoch() : qint64(0),
                   text(incident.acknowledgedBy), text(incident.id)}) &&
           query.numRowsAffected() == 1;
}

std::optional<bool> addIncidentNote(QSqlDatabase& database, const QString& id, const api::IncidentNote& note)
{
    QSqlQuery query(database);
    if (!run(query, "SELECT coalesce(max(number), 0) FROM incident_notes WHERE incident = ?", {id}) || !query.next())
        return std::nullopt;
    const int last = query.value(0).toInt();
    query.finish();
    if (last >= api::Incident::kNotes)
        return false;
    if (!run(query, "INSERT INTO incident_notes (incident, number, at_ms, author, text) VALUES (?, ?, ?, ?, ?)",
            {id, last + 1, note.at.toMSecsSinceEpoch(), text(note.by), text(note.text)}))
        return std::nullopt;
    return true;
}

std::optional<std::vector<IncidentRow>> lastIncidents(QSqlDatabase& database, int most)
{
    QSqlQuery query(database);
    if (!run(query,
            "SELECT body, last_reason, owner, acknowledged_ms, acknowledged_by FROM incidents"
            " WHERE closed_ms = 0 OR id IN (SELECT id FROM incidents ORDER BY opened_ms DESC, id DESC LIMIT ?)"
            " ORDER BY opened_ms, id",
            {most}))
        return std::nullopt;
    std::vector<IncidentRow> rows;
    while (query.next()) {
        const QJsonDocument body = QJsonDocument::fromJson(query.value(0).toString().toUtf8());
        api::Result<api::Incident> incident = api::incidentFromJson(body.object());
        if (!body.isObject() || !incident)
            return std::nullopt;
        incident->owner = query.value(2).toString();
        if (const qint64 acknowledged = query.value(3).toLongLong(); acknowledged > 0)
            incident->acknowledgedAt = QDateTime::fromMSecsSinceEpoch(acknowledged, Qt::UTC);
        incident->acknowledgedBy = query.value(4).toString();
        rows.push_back({std::move(*incident), query.value(1).toString()});
    }
    query.finish();
    const bool read = std::all_of(
        rows.begin(), rows.end(), [&database](IncidentRow& row) { return readNotes(database, row.incident); });
    return read ? std::optional(std::move(rows)) : std::nullopt;
}

} // namespace gateway::store
