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
// config has the same scope, period and time zone; the new limit holds from the next call on.
//
// Time: the ledger looks at its clock itself, through SteadyWall, and rolls an account into its new window when it is
// asked. It never rolls back. What settles after its window is over counts nowhere: neither here nor when the spend is
// rebuilt from the record (store/spend_reader.h), where an attempt belongs to the window it began in.
#pragma once

#include "api/limit_facts.h"
#include "api/money.h"
#include "base/clock.h"
#include "budget/steady_wall.h"
#include "budget/window.h"
#include "config/budget_policy.h"

#include <QStringList>

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
    api::Money amount() const { return m_amount; } // the upper bound asked for; also without any budget

    // The attempt is over and cost this. `known` false: nobody can say, the amount given stands in for it (as a rule
    // amount(), the whole reservation). A negative cost is nonsense and counts as not known, at the amount reserved.
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
    std::optional<api::Money> upperBound; // empty (or negative): no price is known
    std::optional<api::Money> learned;    // what budgets with estimate: learned reserve instead
    bool degraded = false; // a degraded step asks: one that does not fit a budget that degrades is refused
};

struct Decision
{
    Admission admission = Admission::Admitted;
    bool priceUnknown = false; // no price is known: refused if a budget that refuses or degrades applies
    bool overWarned = false;   // admitted although a budget with at_limit: warn is used up
    Reservation reservation;   // if admitted
    api::LimitFacts limit;     // if not: scope, unit, limit, used, reserved, estimate, reset_at of the tightest budget
    api::Money available;      // if not: what fits all budgets now (not negative)
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
    // For a config that is tried beside the one in force: all budgets in force, and those that differ or are new in
    // addition, with numbers of their own that begin at what is spent now. They live as long as the index and its calls
    // and are in no status.
    BudgetIndexPtr beside(std::span<const config::BudgetPolicy> tried);

    // Any thread. Takes nothing unless admitted. Of several budgets the hardest verdict holds. A call that costs
    // nothing passes whatever is used up.
    Decision reserve(const BudgetIndex& index, const Spender& spender, const Asked& asked);
    // An attempt that was admitted without a price (only warning budgets, or none, apply); reserve() does not count it.
    void countUnpriced(const BudgetIndex& index, const Spender& spender);

    // At start, and for accounts that a new config brings: what the record says was spent in the account's current
    // window. Before the workers get the index.
    void restore(const QString& account, api::Money settled, qint64 calls, qint64 unpriced);
    // A higher (or lower) limit until then; 0 ends it. False for an unknown account, a negative limit, a past end.
    bool raise(const QString& account, api::Money limit, qint64 untilMs);

    std::vector<AccountStatus> status() const;

private:
    friend class Reservation;
    void settle(Reservation& reservation, std::optional<api::Money> cost, bool known); // no cost: all is given back
    std::shared_ptr<Account> accountOf(const QString& id) const;

    mutable std::mutex m_mutex; // guards all that follows, and the accounts' numbers
    mutable SteadyWall m_wall;
    std::vector<std::shared_ptr<Account>> m_accounts; // configured, in the order of the config
    std::vector<std::weak_ptr<Account>> m_formerly;   // of earlier configs, while a call still knows them
};

} // namespace gateway::budget
