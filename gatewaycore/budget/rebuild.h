// At start: every account of the ledger is told what the record says of its current window. Runs when calls left open
// by the last run are in the record (audit/recover_open_calls.h) and before the workers begin; after a reload for the
// accounts that are new (`only`). Control thread. On an error the ledger is not right and no call may start.
#pragma once

#include "api/result.h"
#include "budget/ledger.h"

namespace gateway::store {
class SpendReader;
}

namespace gateway::budget {

// All accounts, or those whose ids are listed.
api::Outcome rebuild(Ledger& ledger, store::SpendReader& reader, const QStringList& only = {});

} // namespace gateway::budget
