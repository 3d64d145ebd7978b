// The number and content hash of the last config revision in force, so that the same content keeps its number across
// restarts. Functions for Store::submit: they run on the store thread inside its transaction.
#pragma once

#include <QByteArray>

#include <optional>

class QSqlDatabase;

namespace gateway::store {

struct RevisionMark
{
    int revision = 0;
    QByteArray contentHash; // hex
};

std::optional<RevisionMark> readRevisionMark(QSqlDatabase& database); // nothing before the first start
bool writeRevisionMark(QSqlDatabase& database, const RevisionMark& mark);

} // namespace gateway::store
