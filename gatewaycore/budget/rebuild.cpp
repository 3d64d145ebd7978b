#include "budget/rebuild.h"

#include "store/spend_reader.h"

namespace gateway::budget {

api::Outcome rebuild(Ledger& ledger, store::SpendReader& reader, const QStringList& only)
{
    for (const AccountStatus& account : ledger.status()) {
        if (!only.isEmpty() && !only.contains(account.id))
            continue;
        const auto spent = reader.spent(account.policy.scope, account.window.startMs, account.window.endMs);
        if (!spent)
            return spent.error();
        ledger.restore(account.id, spent->settled, spent->calls, spent->unpriced);
    }
    return api::Done{};
}

} // namespace gateway::budget
