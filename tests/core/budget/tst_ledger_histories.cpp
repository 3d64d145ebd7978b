// Random histories against a model that keeps every attempt in a list and adds up: reserve, settle, release, limit
// changes, raises, new windows, clocks that jump for a moment, crashes with a restore from what the record would say.
// SIGNALBOX_SEED and SIGNALBOX_HISTORIES repeat or prolong a run.
#include "budget/ledger.h"

#include <QTest>

#include <random>

using namespace gateway;
using namespace gateway::budget;
using api::Money;
using config::AtLimit;
using config::BudgetPeriod;
using config::BudgetPolicy;
using std::chrono::milliseconds;

namespace {

constexpr qint64 kNow = 1'795'305'600'000;
constexpr qint64 kHour = 3'600'000;

struct Entry // an attempt as the model knows it
{
    Spender spender;
    qint64 begunMs = 0;
    qint64 amount = 0; // reserved while it is open, then the cost
    bool open = true;
};

// The sums of a budget, told from nothing but the list.
struct Sums
{
    qint64 settled = 0;
    qint64 reserved = 0;
};

class History
{
public:
    explicit History(quint32 seed) : m_dice(seed), m_clock(kNow + roll(400) * 24 * kHour) {}

    void run(int steps)
    {
        for (std::size_t i = 0; i < 4; ++i)
            m_policies.push_back(somePolicy(i));
        restart();
        for (m_step = 0; m_step < steps && m_wrong.isEmpty(); ++m_step) {
            step();
            compare();
        }
        m_reservations.clear();
    }
    QString wrong() const { return m_wrong; }
    int admitted() const { return m_admitted; }
    int refused() const { return m_refused; }

private:
    qint64 roll(qint64 most) { return std::uniform_int_distribution<qint64>(0, most)(m_dice); }

    BudgetPolicy somePolicy(std::size_t i)
    {
        BudgetPolicy policy;
        if (i == 0 || i == 1)
            policy.scope.tenant = QStringLiteral("t0");
        if (i == 1 || i == 2)
            policy.scope.alias = QStringLiteral("a0");
        policy.period = BudgetPeriod(roll(3));
        policy.timeZone = roll(1) ? "Europe/Berlin" : "Australia/Lord_Howe";
        policy.amount = Money::fromNano(roll(5'000));
        policy.atLimit = i == 3 ? AtLimit::Warn : i == 2 ? AtLimit::Degrade : AtLimit::Refuse;
        return policy;
    }

    static bool covers(const BudgetPolicy& policy, const Spender& spender)
    {
        return (policy.scope.tenant.isEmpty() || policy.scope.tenant == spender.tenant) &&
               (policy.scope.alias.isEmpty() || policy.scope.alias == spender.alias);
    }

    Sums sumsOf(const BudgetPolicy& policy) const
    {
        const Window window = windowAt(policy.period, policy.timeZone, m_truth());
        Sums sums;
        for (const Entry& entry : m_entries) {
            if (covers(policy, entry.spender) && window.contains(entry.begunMs))
                (entry.open ? sums.reserved : sums.settled) += entry.amount;
        }
        return sums;
    }

    qint64 limitOf(std::size_t i) const
    {
        return m_raiseEnds[i] > m_truth() ? m_raisedTo[i] : m_policies[i].amount.nano();
    }

    qint64 m_truth() const { return m_jumpedFrom ? m_clock.wallMs() - m_jumpBy : m_clock.wallMs(); }

    void restart() // also the first start
    {
        endJump(); // a process that begins has no earlier time to hold against its clock
        m_index.reset();
        for (auto& [reservation, entry] : m_reservations) {
            m_entries[entry].open = false; // found open: recorded at what was reserved
            (void)reservation;
        }
        // the old process is gone: nothing it held may reach the new ledger
        auto lost = std::move(m_reservations);
        m_reservations.clear();
        lost.clear();
        m_ledger = std::make_unique<Ledger>(m_clock);
        m_index = m_ledger->configure(m_policies);
        const auto accounts = m_ledger->status();
        for (std::size_t i = 0; i < accounts.size(); ++i) {
            m_ledger->restore(accounts[i].id, Money::fromNano(sumsOf(m_policies[i]).settled), 0, 0);
            m_raiseEnds[i] = 0;
        }
    }

    void endJump()
    {
        if (!m_jumpedFrom)
            return;
        m_clock.setWall(m_truth());
        m_jumpedFrom = false;
        m_ledger->status(); // seen right again, so that another jump like it is a new one
    }

    void reserve()
    {
        Spender spender;
        spender.tenant = QStringLiteral("t%1").arg(roll(1));
        spender.alias = QStringLiteral("a%1").arg(roll(1));
        Asked asked;
        const qint64 amount = roll(9) == 0 ? 0 : roll(700);
        asked.upperBound = Money::fromNano(amount);
        asked.degraded = roll(3) == 0;
        Admission expected = Admission::Admitted;
        for (std::size_t i = 0; i < m_policies.size(); ++i) {
            const Sums sums = sumsOf(m_policies[i]);
            if (!covers(m_policies[i], spender) || amount == 0 || sums.settled + sums.reserved + amount <= limitOf(i) ||
                m_policies[i].atLimit == AtLimit::Warn)
                continue;
            const bool degrade = m_policies[i].atLimit == AtLimit::Degrade && !asked.degraded;
            expected = std::max(expected, degrade ? Admission::Degrade : Admission::Refused);
        }
        Decision decision = m_ledger->reserve(*m_index, spender, asked);
        if (decision.admission != expected)
            fail(QStringLiteral("asked for %1: decided %2, expected %3")
                     .arg(amount)
                     .arg(int(decision.admission))
                     .arg(int(expected)));
        if (decision.admission != Admission::Admitted) {
            ++m_refused;
            // what it says would fit does fit
            asked.upperBound = decision.available;
            if (m_ledger->reserve(*m_index, spender, asked).admission != Admission::Admitted)
                fail(QStringLiteral("what is said to be available is not admitted"));
            return;
        }
        ++m_admitted;
        m_entries.push_back({spender, m_truth(), amount, true});
        m_reservations.emplace_back(std::move(decision.reservation), m_entries.size() - 1);
    }

    void endOne()
    {
        if (m_reservations.empty())
            return;
        const auto at = m_reservations.begin() + roll(qint64(m_reservations.size()) - 1);
        Entry& entry = m_entries[at->second];
        entry.open = false;
        const int how = int(roll(9));
        if (how == 0) {
            entry.amount = 0; // released
        } else if (how == 1) {
            at->first.settle(at->first.amount(), false); // nobody knows
        } else {
            entry.amount = roll(entry.amount);
            at->first.settle(Money::fromNano(entry.amount));
        }
        m_reservations.erase(at);
    }

    void step()
    {
        const qint64 what = roll(99);
        if (what < 50) {
            reserve();
        } else if (what < 80) {
            endOne();
        } else if (what < 85) {
            m_policies[std::size_t(roll(3))].amount = Money::fromNano(roll(5'000));
            m_index = m_ledger->configure(m_policies);
        } else if (what < 88) {
            const auto i = std::size_t(roll(3));
            m_raisedTo[i] = roll(8'000);
            m_raiseEnds[i] = roll(3) ? m_truth() + 1 + roll(3 * kHour) : 0;
            if (!m_ledger->raise(m_ledger->status()[i].id, Money::fromNano(m_raisedTo[i]), m_raiseEnds[i]))
                fail(QStringLiteral("a raise was not taken"));
        } else if (what < 94) {
            endJump();
            m_clock.advance(milliseconds(roll(3) ? roll(kHour) : roll(40 * 24 * kHour)));
        } else if (what < 97) {
            // a clock that is wrong for less than a minute, seen or not
            endJump();
            m_jumpBy = (roll(1) ? 1 : -1) * (600'000 + roll(800 * 24 * kHour));
            m_clock.setWall(m_clock.wallMs() + m_jumpBy);
            m_jumpedFrom = true;
            m_jumpLeft = 59'000;
        } else if (what < 99) {
            if (m_jumpedFrom && m_jumpLeft > 0) {
                const qint64 by = roll(m_jumpLeft);
                m_jumpLeft -= by;
                m_clock.advance(milliseconds(by));
            }
        } else {
            restart();
        }
    }

    void compare()
    {
        const auto accounts = m_ledger->status();
        for (std::size_t i = 0; i < accounts.size(); ++i) {
            const Sums sums = sumsOf(m_policies[i]);
            if (accounts[i].settled.nano() != sums.settled || accounts[i].reserved.nano() != sums.reserved ||
                accounts[i].limit.nano() != limitOf(i))
                fail(QStringLiteral("budget %1: settled %2, reserved %3, limit %4; expected %5, %6, %7")
                         .arg(i)
                         .arg(accounts[i].settled.nano())
                         .arg(accounts[i].reserved.nano())
                         .arg(accounts[i].limit.nano())
                         .arg(sums.settled)
                         .arg(sums.reserved)
                         .arg(limitOf(i)));
        }
    }

    void fail(const QString& what)
    {
        if (m_wrong.isEmpty())
            m_wrong = QStringLiteral("step %1: %2").arg(m_step).arg(what);
    }

    std::mt19937 m_dice;
    ManualClock m_clock;
    bool m_jumpedFrom = false;
    qint64 m_jumpBy = 0;
    qint64 m_jumpLeft = 0;
    std::vector<BudgetPolicy> m_policies;
    std::array<qint64, 4> m_raisedTo{};
    std::array<qint64, 4> m_raiseEnds{};
    std::unique_ptr<Ledger> m_ledger;
    BudgetIndexPtr m_index;
    std::vector<Entry> m_entries;
    std::vector<std::pair<Reservation, std::size_t>> m_reservations;
    QString m_wrong;
    int m_step = 0;
    int m_admitted = 0;
    int m_refused = 0;
};

} // namespace

class TestLedgerHistories : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void noBoundIsBroken()
    {
        const quint32 seed = qEnvironmentVariable("SIGNALBOX_SEED", QStringLiteral("20261122")).toUInt();
        const int histories = qEnvironmentVariable("SIGNALBOX_HISTORIES", QStringLiteral("1000")).toInt();
        qInfo("SIGNALBOX_SEED=%u", seed);
        int admitted = 0;
        int refused = 0;
        for (int i = 0; i < histories; ++i) {
            History history(seed + quint32(i));
            history.run(200);
            QVERIFY2(history.wrong().isEmpty(),
                qPrintable(QStringLiteral("SIGNALBOX_SEED=%1: %2").arg(seed + quint32(i)).arg(history.wrong())));
            admitted += history.admitted();
            refused += history.refused();
        }
        QVERIFY(admitted > 20 * histories && refused > 10 * histories); // both sides were tried
    }
};

QTEST_APPLESS_MAIN(TestLedgerHistories)
#include "tst_ledger_histories.moc"
