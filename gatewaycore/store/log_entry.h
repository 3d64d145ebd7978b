// Appending to the log (audit/chain/entry.h) from a change: inside any Work's transaction, so that what was done and
// its entry are there together or not at all. Nothing is kept in memory between calls: a Work that is rolled back takes
// its entries with it. False: it could not be written; the Work says no then. Filing thread.
//
// There are two ways to be under the log:
//  - something happened: appendToLog(database, LogKind::Revision, "12", canonical bytes). The content is kept in the
//  log.
//  - a row of a watched table was written: after EVERY insert or update of the row, in the same Work,
//    appendRowToLog(database, "config_drafts", key). The verifier compares the row as it is with its last entry, so any
//    other change of any of its columns is found; so is a row without an entry. Before a row is removed knowingly:
//    appendRowGoneToLog. Tables are registered with their columns in log_tables.cpp, one line each; a column that is
//    added later needs a new line (see there).
#pragma once

#include "audit/chain/entry.h"

#include <QVariant>

class QSqlDatabase;

namespace gateway::store {

using audit::LogKind;

// Genesis, Revision, Purge, Note: what the log keeps itself. `id` has at most 200 bytes.
bool appendToLog(QSqlDatabase& database, LogKind kind, const QString& id, const QByteArray& content);

bool appendRowToLog(QSqlDatabase& database, const char* table, const QVariant& key, LogKind kind = LogKind::Row);
bool appendRowGoneToLog(QSqlDatabase& database, const char* table, const QVariant& key, const QString& why);

} // namespace gateway::store
