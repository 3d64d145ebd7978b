// The tables of incidents and their notes. Functions for Store::submit: they run on the store thread inside its
// transaction. What the engine observed and what people said are written apart.
#pragma once

#include "api/incident.h"

#include <optional>
#include <vector>

class QSqlDatabase;

namespace gateway::store {

struct IncidentRow
{
    api::Incident incident;
    QString lastReason; // of the last opening of a breaker
};

// What was observed; a known one is brought up to date, what people said of it stays.
bool putIncident(QSqlDatabase& database, const IncidentRow& row);
// Owner, acknowledgedBy and acknowledgedAt of this incident. False also if there is none.
bool putAcknowledgement(QSqlDatabase& database, const api::Incident& incident);
// False for one that has all the notes it can have; nothing if it cannot be written.
std::optional<bool> addIncidentNote(QSqlDatabase& database, const QString& id, const api::IncidentNote& note);
// With their notes, oldest first; all that are open, and the newest others up to `most`. Nothing if one is unreadable.
std::optional<std::vector<IncidentRow>> lastIncidents(QSqlDatabase& database, int most);

} // namespace gateway::store
