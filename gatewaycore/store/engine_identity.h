// Who this engine is: an id made once per data directory and kept in its database, so that a console knows the engine
// again whatever its address is. A copy of the data directory keeps the id: to a console it is the same engine, which
// is what a restored backup wants; two running copies are told apart by their addresses. For Store::submit: it runs on
// the store thread inside its transaction.
#pragma once

#include <QString>

class QSqlDatabase;

namespace gateway::store {

// The id that is kept; `fresh` is kept from now on if there is none. Empty if the database cannot be read or written.
QString engineIdOr(QSqlDatabase& database, const QString& fresh);

} // namespace gateway::store
