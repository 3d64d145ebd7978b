// Change: one change that somebody asked for, on its way through the engine. Its intent is durable before the handler
// begins; the effect is written in the same transaction as its mark (`alongside`), so that after a crash the log says
// truthfully whether it happened. Control thread makes it; `alongside` runs on the store thread.
#pragma once

#include "admin/principal.h"

#include <functional>

class QSqlDatabase;

namespace gateway::admin {

struct Change
{
    Principal by;
    QString reason;
    QString operation;   // the Idempotency-Key; empty: none was given
    qint64 sequence = 0; // of its entry in the audit log; 0 while there is none (tests)
    // Whoever makes the effect durable calls this inside the same transaction; false rolls both back. Empty: nothing to
    // mark. An effect that is not in the database (a probe) leaves it alone, and its change is "unknown" after a crash.
    std::function<bool(QSqlDatabase&)> alongside;
};

} // namespace gateway::admin
