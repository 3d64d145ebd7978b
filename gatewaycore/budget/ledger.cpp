#include "budget/ledger.h"

#include "budget/ledger_index.h"

#include <algorithm>

namespace gateway::budget {
namespace {

using api::Money;
using config::AtLimit;
using config::EstimateMode;

// A copy of what a refusal must say, taken under the lock and put into words after it.
struct Verdict
{
    Admission admission = Admission::Admitted;
    std::shared_ptr<Account> account; // its scope is constant; its policy is not read without the lock
    config::BudgetPeriod period{};
    qint64 limit = 0;
    qint64 settled = 0;
    qint64 reserved = 0;
    qint64 available = INT64_MAX;
    qint64 need = 0;
    qint64 resetMs = 0;
};

api::LimitFacts factsOf(const Verdict& verdict, bool priceKnown)
{
    api::LimitFacts facts;
    facts.scope = describe(verdict.account->scope) + QStringLiteral(", ") + nameOf(verdict.period);
    facts.unit = QStringLiteral("usd");
    facts.limit = Money::fromNano(verdict.limit).toDecimal();
    facts.used = Money::fromNano(verdict.settled).toDecimal();
    facts.reserved = Money::fromNano(verdict.reserved).toDecimal();
    if (priceKnown)
        facts.estimate = Money::fromNano(verdict.need).toDecimal();
    facts.resetAt = QDateTime::fromMSecsSinceEpoch(verdict.resetMs, Qt::UTC);
    return facts;
}

// What this budget takes of the call: never nothing of one that costs something.
qint64 needOf(const config::BudgetPolicy& policy, const Asked& asked)
{
    const qint64 most = asked.upperBound->nano();
    if (policy.estimate != EstimateMode::Learned || !asked.learned || most == 0)
        return most;
    return std::clamp<qint64>(asked.learned->nano(), 1, most);
}

void add(qint64& to, qint64 amount) // saturating: a total that large refuses everything, as it should
{
    if (__builtin_add_overflow(to, amount, &to))
        to = INT64_MAX;
}

} // namespace

Reservation::Reservation(Reservation&& other) noexcept
    : m_ledger(std::exchange(other.m_ledger, nullptr)), m_amount(other.m_amount), m_holds(std::move(other.m_holds))
{
}

Reservation& Reservation::operator=(Reservation&& other) noexcept
{
    if (this != &other) {
        if (m_ledger)
            m_ledger->settle(*this, std::nullopt, true);
        m_ledger = std::exchange(other.m_ledger, nullptr);
        m_amount = other.m_amount;
        m_holds = std::move(other.m_holds);
    }
    return *this;
}

Reservation::~Reservation()
{
    if (m_ledger)
        m_ledger->settle(*this, std::nullopt, true);
}

void Reservation::settle(Money cost, bool known)
{
    if (m_ledger)
        m_ledger->settle(*this, cost, known);
}

Ledger::Ledger(const Clock& clock) : m_wall(clock) {}

Ledger::~Ledger() = default;

BudgetIndexPtr Ledger::configure(std::span<const config::BudgetPolicy> budgets)
{
    const std::lock_guard lock(m_mutex);
    const qint64 now = m_wall.nowMs();
    std::vector<std::shared_ptr<Account>> known = m_accounts;
    for (const auto& former : m_formerly) {
        if (auto account = former.lock())
            known.push_back(std::move(account));
    }
    std::vector<std::shared_ptr<Account>> accounts;
    for (const config::BudgetPolicy& policy : budgets) {
        const QString id = accountId(policy);
        const auto found = std::find_if(known.begin(), known.end(), [&](const auto& each) { return each->id == id; });
        std::shared_ptr<Account> account = found != known.end() ? *found : std::make_shared<Account>(policy, now);
        account->policy = policy;
        account->roll(now);
        accounts.push_back(std::move(account));
    }
    m_formerly.clear();
    for (const auto& account : known) {
        if (std::find(accounts.begin(), accounts.end(), account) == accounts.end())
            m_formerly.push_back(account);
    }
    m_accounts = std::move(accounts);
    return std::make_shared<const BudgetIndex>(m_accounts);
}

BudgetIndexPtr Ledger::beside(std::span<const config::BudgetPolicy> tried)
{
    const std::lock_guard lock(m_mutex);
    const qint64 now = m_wall.nowMs();
    std::vector<std::shared_ptr<Account>> accounts = m_accounts;
    for (const config::BudgetPolicy& policy : tried) {
        const QString id = accountId(policy);
        const auto found =
            std::find_if(m_accounts.begin(), m_accounts.end(), [&](const auto& each) { return each->id == id; });
        if (found != m_accounts.end() && (*found)->policy.amount == policy.amount &&
            (*found)->policy.atLimit == policy.atLimit && (*found)->policy.estimate == policy.estimate)
            continue;
        auto own = std::make_shared<Account>(policy, now);
        if (found != m_accounts.end()) {
            (*found)->roll(now);
            own->settled = (*found)->settled;
            own->raisedTo = (*found)->raisedTo;
            own->raiseEndsMs = (*found)->raiseEndsMs;
        }
        accounts.push_back(std::move(own));
    }
    return std::make_shared<const BudgetIndex>(accounts);
}

Decision Ledger::reserve(const BudgetIndex& index, const Spender& spender, const Asked& asked)
{
    Decision decision;
    const bool priceKnown = asked.upperBound && asked.upperBound->nano() >= 0;
    decision.priceUnknown = !priceKnown;
    if (priceKnown)
        decision.reservation.m_amount = *asked.upperBound;
    const BudgetIndex::Found found = index.find(spender);
    if (found.isEmpty())
        return decision;
    if (priceKnown) // what allocates, before the lock
        decision.reservation.m_holds.reserve(std::size_t(found.size()));

    Verdict verdict;
    {
        const std::lock_guard lock(m_mutex);
        const qint64 now = m_wall.nowMs();
        qint64 fits = INT64_MAX;
        for (const std::shared_ptr<Account>* each : found) {
            Account& account = **each;
            account.roll(now);
            const qint64 need = priceKnown ? needOf(account.policy, asked) : 0;
            const qint64 available = account.available(now);
            qint64 reserved = 0;
            const bool countable = !__builtin_add_overflow(account.reserved, need, &reserved);
            if (countable && (priceKnown ? need == 0 || need <= available : account.policy.atLimit == AtLimit::Warn))
                continue;
            Admission admission = Admission::Refused;
            if (countable && account.policy.atLimit == AtLimit::Warn) {
                decision.overWarned = true;
                continue;
            }
            if (account.policy.atLimit == AtLimit::Degrade && priceKnown && !asked.degraded)
                admission = Admission::Degrade;
            fits = std::min(fits, available);
            if (admission == Admission::Refused)
                ++account.refusals;
            if (admission > verdict.admission || (admission == verdict.admission && available < verdict.available))
                verdict = {admission, *each, account.policy.period, account.limit(now), account.settled,
                    account.reserved, available, need, account.window.endMs};
        }
        if (verdict.admission == Admission::Admitted && priceKnown) {
            for (const std::shared_ptr<Account>* each : found) {
                Account& account = **each;
                const qint64 need = needOf(account.policy, asked);
                account.reserved += need;
                ++account.openReservations;
                decision.reservation.m_holds.push_back({*each, Money::fromNano(need), account.window});
            }
            decision.reservation.m_ledger = this;
        }
        verdict.available = std::max<qint64>(fits, 0);
    }
    decision.admission = verdict.admission;
    if (verdict.admission != Admission::Admitted) {
        decision.overWarned = false;
        decision.limit = factsOf(verdict, priceKnown);
        decision.available = Money::fromNano(verdict.available);
    }
    return decision;
}

void Ledger::settle(Reservation& reservation, std::optional<Money> cost, bool known)
{
    {
        const std::lock_guard lock(m_mutex);
        const qint64 now = m_wall.nowMs();
        for (const Reservation::Hold& hold : reservation.m_holds) {
            Account& account = *hold.account;
            account.roll(now);
            if (account.window != hold.window)
                continue; // reserved in a window that is over: its reservation went with it
            account.reserved -= hold.amount.nano();
            --account.openReservations;
            if (!cost)
                continue;
            const bool sane = cost->nano() >= 0;
            add(account.settled, sane ? cost->nano() : reservation.m_amount.nano());
            ++account.settledCalls;
            account.unpriced += known && sane ? 0 : 1;
            account.overruns += *cost > hold.amount ? 1 : 0;
        }
    }
    reservation.m_ledger = nullptr;
    reservation.m_holds.clear();
}

void Ledger::countUnpriced(const BudgetIndex& index, const Spender& spender)
{
    const BudgetIndex::Found found = index.find(spender);
    const std::lock_guard lock(m_mutex);
    const qint64 now = m_wall.nowMs();
    for (const std::shared_ptr<Account>* each : found) {
        (*each)->roll(now);
        ++(*each)->unpriced;
    }
}

std::shared_ptr<Account> Ledger::accountOf(const QString& id) const
{
    const auto found =
        std::find_if(m_accounts.begin(), m_accounts.end(), [&](const auto& account) { return account->id == id; });
    return found != m_accounts.end() ? *found : nullptr;
}

void Ledger::restore(const QString& id, Money settled, qint64 calls, qint64 unpriced)
{
    const std::lock_guard lock(m_mutex);
    if (const auto account = accountOf(id)) {
        account->settled = std::max<qint64>(settled.nano(), 0);
        account->settledCalls = calls;
        account->unpriced = unpriced;
    }
}

bool Ledger::raise(const QString& id, Money limit, qint64 untilMs)
{
    const std::lock_guard lock(m_mutex);
    const auto account = accountOf(id);
    if (!account || limit.nano() < 0 || (untilMs != 0 && untilMs <= m_wall.nowMs()))
        return false;
    account->raisedTo = untilMs == 0 ? std::nullopt : std::optional(limit.nano());
    account->raiseEndsMs = untilMs;
    return true;
}

std::vector<AccountStatus> Ledger::status() const
{
    std::vector<AccountStatus> list;
    const std::lock_guard lock(m_mutex);
    const qint64 now = m_wall.nowMs();
    list.reserve(m_accounts.size());
    for (const auto& account : m_accounts) {
        account->roll(now);
        AccountStatus status;
        status.id = account->id;
        status.policy = account->policy;
        status.window = account->window;
        status.limit = Money::fromNano(account->limit(now));
        status.settled = Money::fromNano(account->settled);
        status.reserved = Money::fromNano(account->reserved);
        status.openReservations = account->openReservations;
        status.settledCalls = account->settledCalls;
        status.refusals = account->refusals;
        status.unpriced = account->unpriced;
        status.overruns = account->overruns;
        if (account->raisedTo && now < account->raiseEndsMs) {
            status.raisedTo = Money::fromNano(*account->raisedTo);
            status.raiseEndsMs = account->raiseEndsMs;
        }
        status.softMark = account->softMark(now);
        list.push_back(std::move(status));
    }
    return list;
}

} // namespace gateway::budget
