// Ledger: what every budget has spent and reserved in its window, and the one place that says whether another call
// fits.
//
// A call reserves its upper bound before its first upstream byte, with every budget that applies to it or with none,
// and settles what the attempt really cost afterwards. settled + reserved never exceeds the limit of a refusing budget,
// unless an attempt cost more than its reservation, which is counted (overruns) and shown.
//
// Threads: any; one mutex, held for well under a microsecond, because "all or none" over several accounts that also
// roll their windows must be one step (decisions/0051-ledger-lock.md). configure() and status() on the control thread.
// A BudgetIndex is immutable and finds the budgets of a call without walking through all of them; a call keeps the one
// it began with. Accounts live on as long as an index or a reservation knows them, and keep their numbers when a new
// config has the same scope, period and time zone.
#pragma once

#include "api/limit_facts.h"
#include "api/money.h"
#include "base/clock.h"
#include "budget/window.h"
#include "config/budget_policy.h"

#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace gateway::budget {

class Ledger;
class BudgetIndex; // ledger_index.h
struct Account;    // ledger_index.h
using BudgetIndexPtr = std::shared_ptr<const BudgetIndex>;

// Whose money a call spends; as a UsageScope, but every member stated.
using Spender = config::UsageScope;

// What is held for one attempt. Settled exactly once; one that is destroyed before gives everything back.
class Reservation
{
public:
    Reservation() = default;
    Reservation(Reservation&& other) noexcept;
    Reservation& operator=(Reservation&& other) noexcept;
    ~Reservation();
    bool isOpen() const { return m_ledger != nullptr; }
    api::Money amount() const { return m_amount; } // the upper bound asked for

    // The attempt is over and cost this. `known` false: nobody can say, the amount given stands in for it.
    void settle(api::Money cost, bool known = true);

private:
    friend class Ledger;
    struct Hold
    {
        std::shared_ptr<Account> account;
        api::Money amount;
        Window window;
    };
    Ledger* m_ledger = nullptr;
    api::Money m_amount;
    std::vector<Hold> m_holds;
};

enum class Admission
{
    Admitted,
    Degrade, // a budget with at_limit: degrade is used up: only a cheaper, degraded step may serve
    Refused,
};

struct Asked
{
    std::optional<api::Money> upperBound; // empty: no price is known
    std::optional<api::Money> learned;    // what budgets with estimate: learned reserve instead
    qint64 atMs = 0;                      // wall time
    bool degraded = false;                // a degraded step asks: budgets that degrade let it pass while it fits
};

struct Decision
{
    Admission admission = Admission::Admitted;
    bool priceUnknown = false; // refused because a budget applies and nothing is known of the price
    bool overWarned = false;   // admitted although a budget with at_limit: warn is used up
    Reservation reservation;   // if admitted
    api::LimitFacts limit;     // if not: scope, unit, limit, used, reserved, estimate, reset_at
    api::Money available;      // if not: what the refusing budget has left
};

// One budget as it stands now.
struct AccountStatus
{
    QString id; // stable over restarts: of scope, period and time zone
    config::BudgetPolicy policy;
    Window window;
    api::Money limit; // with a raise in force
    api::Money settled;
    api::Money reserved;
    qint64 openReservations = 0;
    qint64 settledCalls = 0; // attempts settled in this window
    qint64 refusals = 0;
    qint64 unpriced = 0; // attempts that cost nobody knows what
    qint64 overruns = 0; // attempts that cost more than was reserved
    std::optional<api::Money> raisedTo;
    qint64 raiseEndsMs = 0;
    int softMark = 0; // the highest soft percentage that settled + reserved has passed; 0: none
};

class Ledger
{
public:
    explicit Ledger(const Clock& clock);
    ~Ledger();
    Q_DISABLE_COPY_MOVE(Ledger)

    BudgetIndexPtr configure(std::span<const config::BudgetPolicy> budgets);

    // Any thread. Takes nothing unless admitted.
    Decision reserve(const BudgetIndex& index, const Spender& spender, const Asked& asked);
    // An attempt that no budget could be asked about in money (unpriced, and only warning budgets apply).
    void countUnpriced(const BudgetIndex& index, const Spender& spender, qint64 atMs);

    // At start: what the record says was spent in the account's current window, before the workers begin.
    void restore(const QString& account, api::Money settled, qint64 calls, qint64 unpriced);
    // A higher (or lower) limit until then; 0 ends it.
    bool raise(const QString& account, api::Money limit, qint64 untilMs);

    std::vector<AccountStatus> status() const;

private:
    friend class Reservation;
    void settle(Reservation& reservation, api::Money cost, bool known);

    const Clock& m_clock;
    mutable std::mutex m_mutex; // guards the accounts
    std::vector<std::shared_ptr<Account>> m_accounts;
};

} // namespace gateway::budget
