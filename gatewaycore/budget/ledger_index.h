// BudgetIndex: finds the budgets that apply to a call. A budget is filed under which members its scope states and a
// hash of their values; a call asks once per set of members in use (rarely more than a handful), so a budget of each of
// ten thousand tenants costs a call no more than one. Immutable: any thread, no lock. Account: the numbers of one
// budget; guarded by its ledger's mutex. Included by the ledger's own files and by tests only.
#pragma once

#include "budget/ledger.h"

#include <QVarLengthArray>

#include <unordered_map>

namespace gateway::budget {

struct Account
{
    QString id;                  // constant
    config::UsageScope scope;    // constant
    config::BudgetPolicy policy; // the limit and what happens at it may change with a config

    Window window;
    qint64 settled = 0; // nano-USD, in this window, as all that follows
    qint64 reserved = 0;
    qint64 openReservations = 0;
    qint64 settledCalls = 0;
    qint64 refusals = 0;
    qint64 unpriced = 0;
    qint64 overruns = 0;

    std::optional<qint64> raisedTo;
    qint64 raiseEndsMs = 0;

    explicit Account(const config::BudgetPolicy& policy, qint64 nowMs);
    // Into the window of this instant; never back into an earlier one.
    void roll(qint64 nowMs);
    qint64 limit(qint64 nowMs) const;
    qint64 available(qint64 nowMs) const; // below zero after an overrun or a lowered limit
    int softMark(qint64 nowMs) const;
};

// Of scope, period and time zone: "bgt_" and twelve hex digits.
QString accountId(const config::BudgetPolicy& policy);

class BudgetIndex
{
public:
    explicit BudgetIndex(const std::vector<std::shared_ptr<Account>>& accounts);

    using Found = QVarLengthArray<const std::shared_ptr<Account>*, 8>;
    Found find(const Spender& spender) const;
    std::size_t shapes() const { return m_shapes.size(); }

private:
    std::vector<unsigned> m_shapes; // sets of members that some scope states, a bit each
    std::unordered_multimap<std::size_t, std::shared_ptr<Account>> m_accounts; // by hash of shape and values
};

} // namespace gateway::budget
