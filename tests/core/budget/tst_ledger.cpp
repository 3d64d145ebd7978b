// The ledger: exactly as many as fit, all budgets or none, what each end of an attempt leaves, windows, raises, words
// of a refusal, and that many budgets cost a call nothing.
#include "budget/ledger.h"
#include "budget/ledger_index.h"

#include <QTest>

#include <atomic>
#include <barrier>
#include <thread>

using namespace gateway;
using namespace gateway::budget;
using api::Money;
using config::AtLimit;
using config::BudgetPeriod;
using config::BudgetPolicy;
using std::chrono::milliseconds;

namespace {

constexpr qint64 kNow = 1'795'305'600'000; // 2026-11-22T00:00:00Z, a Sunday
constexpr qint64 kHour = 3'600'000;

Money nano(qint64 amount)
{
    return Money::fromNano(amount);
}

BudgetPolicy allow(
    const Spender& scope, qint64 amount, AtLimit atLimit = AtLimit::Refuse, BudgetPeriod period = BudgetPeriod::Day)
{
    BudgetPolicy policy;
    policy.scope = scope;
    policy.amount = nano(amount);
    policy.atLimit = atLimit;
    policy.period = period;
    return policy;
}

Spender tenant(const char* name)
{
    Spender spender;
    spender.tenant = QString::fromLatin1(name);
    return spender;
}

Spender alias(const char* name)
{
    Spender spender;
    spender.alias = QString::fromLatin1(name);
    return spender;
}

const Spender kSpender{QStringLiteral("acme"), QStringLiteral("search"), QStringLiteral("bot"), QStringLiteral("chat"),
    QStringLiteral("sim")};

Asked ask(qint64 amount)
{
    Asked asked;
    asked.upperBound = nano(amount);
    return asked;
}

struct Fixture
{
    ManualClock clock{kNow};
    Ledger ledger{clock};
    BudgetIndexPtr index;

    explicit Fixture(const std::vector<BudgetPolicy>& budgets) : index(ledger.configure(budgets)) {}
    Decision reserve(qint64 amount, const Spender& spender = kSpender)
    {
        return ledger.reserve(*index, spender, ask(amount));
    }
    AccountStatus status(std::size_t at = 0) const { return ledger.status()[at]; }
};

} // namespace

Q_DECLARE_METATYPE(std::vector<gateway::config::BudgetPolicy>)

class TestLedger : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // A config that is tried: the money in force is counted once and never exceeded; what it lowers holds for its own
    // calls; nothing of what is in force changes.
    void aTriedConfigStandsBeside()
    {
        Fixture f({allow(tenant("acme"), 100), allow(alias("chat"), 1'000)});
        Decision before = f.reserve(10);
        before.reservation.settle(nano(10));
        const std::vector<BudgetPolicy> tried{
            allow(tenant("acme"), 40), allow(alias("chat"), 5'000), allow({}, 1'000'000)};
        const BudgetIndexPtr beside = f.ledger.beside(tried);
        QCOMPARE(f.ledger.status().size(), std::size_t(2));
        QCOMPARE(f.ledger.status()[0].limit, nano(100));
        // lowered: 10 are spent, so 30 are left on this side
        Decision first = f.ledger.reserve(*beside, kSpender, ask(30));
        QCOMPARE(int(first.admission), int(Admission::Admitted));
        QCOMPARE(int(f.ledger.reserve(*beside, kSpender, ask(1)).admission), int(Admission::Refused));
        first.reservation.settle(nano(30));
        QCOMPARE(f.ledger.status()[0].settled, nano(40)); // counted where it is in force
        // raised, and still not past what is in force
        QCOMPARE(int(f.ledger.reserve(*beside, {{}, {}, {}, QStringLiteral("chat"), {}}, ask(2'000)).admission),
            int(Admission::Refused));
        // the other side has what is left of 100
        QCOMPARE(int(f.reserve(60).admission), int(Admission::Admitted));
        QCOMPARE(int(f.reserve(61).admission), int(Admission::Refused));
    }

    void exactlyAsManyAsFit_data()
    {
        QTest::addColumn<std::vector<BudgetPolicy>>("budgets");
        using Budgets = std::vector<BudgetPolicy>;
        QTest::newRow("one") << Budgets{allow(tenant("acme"), 1'000)};
        QTest::newRow("two overlapping") << Budgets{allow(alias("chat"), 1'500), allow(tenant("acme"), 1'009)};
        QTest::newRow("three, the whole gateway the tightest")
            << Budgets{allow(tenant("acme"), 2'000), allow(alias("chat"), 3'000), allow({}, 1'000)};
        QTest::newRow("one scope, two periods") << Budgets{
            allow(tenant("acme"), 1'000), allow(tenant("acme"), 5'000, AtLimit::Refuse, BudgetPeriod::Month)};
    }
    void exactlyAsManyAsFit()
    {
        QFETCH(std::vector<BudgetPolicy>, budgets);
        Fixture f(budgets);
        constexpr int kThreads = 512;
        std::atomic<int> admitted = 0;
        std::barrier begin(kThreads);
        std::barrier asked(kThreads);
        std::vector<std::jthread> threads;
        for (int i = 0; i < kThreads; ++i) {
            threads.emplace_back([&, i] {
                begin.arrive_and_wait();
                Decision decision = f.reserve(10);
                admitted += decision.admission == Admission::Admitted ? 1 : 0;
                asked.arrive_and_wait(); // nobody gives back before all have asked
                if (i % 3 == 0)
                    decision.reservation.settle(nano(10));
                else if (i % 3 == 1)
                    decision.reservation.settle(nano(4));
            });
        }
        threads.clear();
        QCOMPARE(admitted.load(), 100);
        for (const AccountStatus& status : f.ledger.status()) {
            QCOMPARE(status.reserved, nano(0));
            QCOMPARE(status.openReservations, 0);
            QVERIFY(status.settled <= nano(1'000));
        }
    }

    // Room that comes back is used again, and never twice: threads that reserve, settle less and go round.
    void neverOverTheLimitUnderChurn()
    {
        Fixture f({allow(tenant("acme"), 100'000), allow(alias("chat"), 90'000)});
        std::atomic<qint64> spent = 0;
        std::atomic<bool> over = false;
        {
            std::vector<std::jthread> threads;
            for (int t = 0; t < 8; ++t) {
                threads.emplace_back([&, t] {
                    for (int i = 0; i < 4'000; ++i) {
                        Decision decision = f.reserve(100 + t);
                        if (decision.admission != Admission::Admitted)
                            continue;
                        if (i % 4) {
                            decision.reservation.settle(nano(i % 50));
                            spent += i % 50;
                        }
                        if (i % 64 == 0) {
                            for (const AccountStatus& status : f.ledger.status())
                                over = over || *status.settled.plus(status.reserved) > status.limit;
                        }
                    }
                });
            }
        }
        QVERIFY(!over);
        QCOMPARE(f.status(0).settled.nano(), spent.load());
        QCOMPARE(f.status(1).settled.nano(), spent.load());
        QVERIFY(spent <= 90'000 && spent > 80'000);
        QVERIFY(f.status(1).refusals > 0);
    }

    void allOrNone()
    {
        Fixture f({allow(tenant("acme"), 1'000), allow(alias("chat"), 5)});
        const Decision decision = f.reserve(10);
        QCOMPARE(int(decision.admission), int(Admission::Refused));
        QVERIFY(!decision.reservation.isOpen());
        QCOMPARE(f.status(0).reserved, nano(0));
        QCOMPARE(f.status(0).refusals, 0);
        QCOMPARE(f.status(1).refusals, 1);
        Spender other = kSpender;
        other.alias = QStringLiteral("code");
        QCOMPARE(int(f.reserve(10, other).admission), int(Admission::Admitted));
        other.tenant = QStringLiteral("umbrella");
        const Decision free = f.reserve(10, other); // no budget is theirs
        QCOMPARE(int(free.admission), int(Admission::Admitted));
        QVERIFY(!free.reservation.isOpen());
        QCOMPARE(free.reservation.amount(), nano(10));
    }

    void whatAnAttemptLeaves()
    {
        Fixture f({allow(tenant("acme"), 1'000)});
        Decision decision = f.reserve(100);
        QCOMPARE(f.status().reserved, nano(100));
        QCOMPARE(f.status().openReservations, 1);
        decision.reservation.settle(nano(30));
        QVERIFY(!decision.reservation.isOpen());
        decision.reservation.settle(nano(30)); // once
        QCOMPARE(f.status().settled, nano(30));
        QCOMPARE(f.status().reserved, nano(0));
        QCOMPARE(f.status().settledCalls, 1);
        f.reserve(100); // dropped at once
        QCOMPARE(f.status().reserved, nano(0));
        QCOMPARE(f.status().settledCalls, 1);
        Decision moved = f.reserve(100);
        Reservation kept = std::move(moved.reservation);
        moved.reservation = Reservation();
        QCOMPARE(f.status().reserved, nano(100));
        kept.settle(kept.amount(), false);
        QCOMPARE(f.status().settled, nano(130));
        QCOMPARE(f.status().unpriced, 1);
        f.reserve(100).reservation.settle(nano(150)); // the provider went beyond its limit
        QCOMPARE(f.status().overruns, 1);
        QCOMPARE(f.status().settled, nano(280));
        f.reserve(100).reservation.settle(nano(-5)); // nonsense
        QCOMPARE(f.status().settled, nano(380));
        QCOMPARE(f.status().unpriced, 2);
    }

    void whatCostsNothingPasses()
    {
        Fixture f({allow(tenant("acme"), 10), allow(alias("chat"), 0, AtLimit::Degrade)});
        Spender other = kSpender;
        other.alias.clear();
        f.reserve(10, other).reservation.settle(nano(50)); // used up, and overrun
        Decision decision = f.reserve(0);
        QCOMPARE(int(decision.admission), int(Admission::Admitted));
        decision.reservation.settle(nano(0));
        QCOMPARE(f.status().settled, nano(50));
        QCOMPARE(f.status().settledCalls, 2);
        QCOMPARE(int(f.reserve(1).admission), int(Admission::Refused));
    }

    void unknownPrice()
    {
        Fixture f({allow(tenant("acme"), 1'000), allow(alias("chat"), 1'000, AtLimit::Warn)});
        Asked asked; // no price
        Decision decision = f.ledger.reserve(*f.index, kSpender, asked);
        QCOMPARE(int(decision.admission), int(Admission::Refused));
        QVERIFY(decision.priceUnknown);
        QVERIFY(decision.limit.estimate.isEmpty());
        asked.upperBound = nano(-1);
        QVERIFY(f.ledger.reserve(*f.index, kSpender, asked).priceUnknown);
        asked.upperBound.reset();
        Spender warned = kSpender;
        warned.tenant.clear();
        decision = f.ledger.reserve(*f.index, warned, asked);
        QCOMPARE(int(decision.admission), int(Admission::Admitted));
        QVERIFY(decision.priceUnknown && !decision.reservation.isOpen());
        f.ledger.countUnpriced(*f.index, warned);
        QCOMPARE(f.status(0).unpriced, 0);
        QCOMPARE(f.status(1).unpriced, 1);
        warned.alias.clear();
        QCOMPARE(int(f.ledger.reserve(*f.index, warned, asked).admission), int(Admission::Admitted));
    }

    void unknownPriceAndADegradingBudget()
    {
        Fixture f({allow(tenant("acme"), 1'000, AtLimit::Degrade)});
        QCOMPARE(int(f.ledger.reserve(*f.index, kSpender, {}).admission), int(Admission::Refused));
    }

    void degradeAndWarn()
    {
        Fixture f({allow(tenant("acme"), 100, AtLimit::Degrade), allow(alias("chat"), 50, AtLimit::Warn)});
        Decision first = f.reserve(60);
        QCOMPARE(int(first.admission), int(Admission::Admitted));
        QVERIFY(first.overWarned);
        Decision second = f.reserve(60);
        QCOMPARE(int(second.admission), int(Admission::Degrade));
        QCOMPARE(second.available, nano(40));
        Asked cheaper = ask(40);
        cheaper.degraded = true;
        Decision third = f.ledger.reserve(*f.index, kSpender, cheaper);
        QCOMPARE(int(third.admission), int(Admission::Admitted));
        QCOMPARE(f.status().reserved, nano(100));
        cheaper.upperBound = nano(1);
        QCOMPARE(int(f.ledger.reserve(*f.index, kSpender, cheaper).admission), int(Admission::Refused));
        QCOMPARE(f.status().refusals, 1);
    }

    void theHardestVerdictHolds()
    {
        Fixture f(
            {allow(alias("chat"), 20, AtLimit::Degrade), allow(tenant("acme"), 50), allow({}, 10, AtLimit::Warn)});
        const Decision decision = f.reserve(60);
        QCOMPARE(int(decision.admission), int(Admission::Refused));
        QVERIFY(decision.limit.scope.contains(QLatin1String("acme")));
        QCOMPARE(decision.available, nano(20)); // what would pass both
        QCOMPARE(int(f.reserve(20).admission), int(Admission::Admitted));
    }

    void wordsOfARefusal()
    {
        Spender scope = tenant("acme");
        scope.alias = QStringLiteral("chat");
        Fixture f({allow(scope, 2'000'000'000, AtLimit::Refuse, BudgetPeriod::Month)});
        f.reserve(1'500'000'000).reservation.settle(nano(1'250'000'000));
        const Decision open = f.reserve(500'000'000);
        const Decision decision = f.reserve(300'000'000);
        QCOMPARE(decision.limit.scope, QStringLiteral("tenant acme, alias chat, month"));
        QCOMPARE(decision.limit.unit, QStringLiteral("usd"));
        QCOMPARE(decision.limit.limit, QStringLiteral("2"));
        QCOMPARE(decision.limit.used, QStringLiteral("1.25"));
        QCOMPARE(decision.limit.reserved, QStringLiteral("0.5"));
        QCOMPARE(decision.limit.estimate, QStringLiteral("0.3"));
        QCOMPARE(decision.limit.resetAt->toString(Qt::ISODate), QStringLiteral("2026-12-01T00:00:00Z"));
        QCOMPARE(decision.available, nano(250'000'000));
        QCOMPARE(int(f.reserve(250'000'000).admission), int(Admission::Admitted));
    }

    void learnedReservesLess()
    {
        BudgetPolicy learning = allow(tenant("acme"), 1'000);
        learning.estimate = config::EstimateMode::Learned;
        Fixture f({learning, allow(alias("chat"), 10'000)});
        Asked asked = ask(1'000);
        asked.learned = nano(100);
        std::vector<Decision> open;
        for (int i = 0; i < 10; ++i)
            open.push_back(f.ledger.reserve(*f.index, kSpender, asked));
        QCOMPARE(int(open.back().admission), int(Admission::Admitted));
        QCOMPARE(f.status(0).reserved, nano(1'000));
        QCOMPARE(f.status(1).reserved, nano(10'000)); // the other reserves the bound
        QCOMPARE(int(f.ledger.reserve(*f.index, kSpender, asked).admission), int(Admission::Refused));
        open.front().reservation.settle(nano(150));
        QCOMPARE(f.status(0).overruns, 1);
        QCOMPARE(f.status(1).overruns, 0);
        open.clear();
        asked.learned = nano(0); // still not nothing
        const Decision least = f.ledger.reserve(*f.index, kSpender, asked);
        QCOMPARE(f.status(0).reserved, nano(1));
        asked.learned = nano(5'000); // and never more than the bound
        const Decision most = f.ledger.reserve(*f.index, kSpender, asked);
        QCOMPARE(int(most.admission), int(Admission::Refused));
        QCOMPARE(most.limit.estimate, QStringLiteral("0.000001"));
    }

    void windows()
    {
        Fixture f({allow(tenant("acme"), 100)});
        f.reserve(80).reservation.settle(nano(80));
        Decision over = f.reserve(20);
        QCOMPARE(int(f.reserve(1).admission), int(Admission::Refused));
        f.clock.advance(milliseconds(24 * kHour - 1));
        QCOMPARE(int(f.reserve(1).admission), int(Admission::Refused));
        f.clock.advance(milliseconds(1));
        Decision next = f.reserve(100); // all of the new window, although one of the old is still open
        QCOMPARE(int(next.admission), int(Admission::Admitted));
        over.reservation.settle(nano(20));
        QCOMPARE(f.status().settled, nano(0));
        QCOMPARE(f.status().reserved, nano(100));
        QCOMPARE(f.status().openReservations, 1);
        QCOMPARE(f.status().window.startMs, kNow + 24 * kHour);
        f.clock.advance(milliseconds(30 * 24 * kHour)); // nobody asked for a month
        QCOMPARE(f.status().reserved, nano(0));
        next.reservation.settle(nano(100));
        QCOMPARE(f.status().settled, nano(0));
    }

    void aClockSetBackGrantsNothing()
    {
        Fixture f({allow(tenant("acme"), 100)});
        f.clock.advance(milliseconds(23 * kHour));
        f.reserve(100).reservation.settle(nano(100));
        f.clock.advance(milliseconds(kHour)); // midnight
        f.reserve(60).reservation.settle(nano(60));
        f.clock.setWall(f.clock.wallMs() - 2 * kHour); // yesterday again
        for (int i = 0; i < 3; ++i) {
            QCOMPARE(int(f.reserve(41).admission), int(Admission::Refused));
            f.clock.advance(milliseconds(60'000)); // confirmed meanwhile
        }
        QCOMPARE(f.status().settled, nano(60));
        QCOMPARE(f.status().window.startMs, kNow + 24 * kHour);
        f.clock.advance(milliseconds(2 * kHour)); // midnight a second time: no second reset
        QCOMPARE(int(f.reserve(41).admission), int(Admission::Refused));
        f.clock.advance(milliseconds(24 * kHour));
        QCOMPARE(int(f.reserve(100).admission), int(Admission::Admitted));
    }

    void aClockAheadForAMomentGrantsNothing()
    {
        Fixture f({allow(tenant("acme"), 100)});
        f.reserve(100).reservation.settle(nano(100));
        f.clock.setWall(kNow + 40 * 24 * kHour);
        QCOMPARE(int(f.reserve(1).admission), int(Admission::Refused));
        f.clock.advance(milliseconds(59'000));
        QCOMPARE(int(f.reserve(1).admission), int(Admission::Refused));
        f.clock.setWall(kNow + 59'000);
        QCOMPARE(int(f.reserve(1).admission), int(Admission::Refused));
        QCOMPARE(f.status().window.startMs, kNow);
    }

    void limitsChangeAtOnce()
    {
        Fixture f({allow(tenant("acme"), 100)});
        Decision open = f.reserve(60);
        const BudgetIndexPtr higher = f.ledger.configure(std::vector{allow(tenant("acme"), 200)});
        QCOMPARE(f.status().reserved, nano(60));                           // the same account
        QCOMPARE(int(f.reserve(140).admission), int(Admission::Admitted)); // a call that began with the old config too
        f.ledger.configure(std::vector{allow(tenant("acme"), 10)});
        QCOMPARE(int(f.ledger.reserve(*higher, kSpender, ask(1)).admission), int(Admission::Refused));
        open.reservation.settle(nano(5));
        QCOMPARE(int(f.ledger.reserve(*higher, kSpender, ask(5)).admission), int(Admission::Admitted));

        f.ledger.configure({});
        QVERIFY(f.ledger.status().empty());
        f.ledger.configure(std::vector{allow(tenant("acme"), 10)}); // back while an index still knows it
        QCOMPARE(f.status().settled, nano(5));
    }

    void raise()
    {
        Fixture f({allow(tenant("acme"), 100)});
        const QString id = f.status().id;
        f.reserve(100).reservation.settle(nano(100));
        QVERIFY(!f.ledger.raise(QStringLiteral("bgt_nobody"), nano(1), kNow + kHour));
        QVERIFY(!f.ledger.raise(id, nano(-1), kNow + kHour));
        QVERIFY(!f.ledger.raise(id, nano(500), kNow));
        QVERIFY(f.ledger.raise(id, nano(150), kNow + kHour));
        QCOMPARE(f.status().limit, nano(150));
        QCOMPARE(*f.status().raisedTo, nano(150));
        QCOMPARE(int(f.reserve(50).admission), int(Admission::Admitted));
        f.clock.advance(milliseconds(kHour));
        QCOMPARE(f.status().limit, nano(100));
        QVERIFY(!f.status().raisedTo);
        QCOMPARE(int(f.reserve(1).admission), int(Admission::Refused));
        QVERIFY(f.ledger.raise(id, nano(150), kNow + 2 * kHour));
        QVERIFY(f.ledger.raise(id, nano(0), 0));
        QCOMPARE(f.status().limit, nano(100));
    }

    void restored()
    {
        Fixture f({allow(tenant("acme"), 100)});
        f.ledger.restore(f.status().id, nano(90), 7, 2);
        f.ledger.restore(QStringLiteral("bgt_nobody"), nano(90), 7, 2);
        QCOMPARE(f.status().settledCalls, 7);
        QCOMPARE(f.status().unpriced, 2);
        QCOMPARE(int(f.reserve(11).admission), int(Admission::Refused));
        QCOMPARE(int(f.reserve(10).admission), int(Admission::Admitted));
    }

    void softMarks()
    {
        BudgetPolicy policy = allow(tenant("acme"), 100);
        policy.softPercents = {50, 80, 95};
        Fixture f({policy});
        QCOMPARE(f.status().softMark, 0);
        Decision half = f.reserve(50);
        QCOMPARE(f.status().softMark, 50);
        const Decision more = f.reserve(45);
        QCOMPARE(f.status().softMark, 95);
        half.reservation.settle(nano(0));
        QCOMPARE(f.status().softMark, 0);
    }

    void hugeAmounts()
    {
        Fixture f({allow(tenant("acme"), INT64_MAX), allow({}, 1, AtLimit::Warn)});
        Decision first = f.reserve(INT64_MAX);
        QCOMPARE(int(first.admission), int(Admission::Admitted));
        QCOMPARE(int(f.reserve(1).admission), int(Admission::Refused));
        first.reservation.settle(nano(INT64_MAX));
        QCOMPARE(f.status(1).settled, nano(INT64_MAX));
        Spender other;
        f.reserve(5, other).reservation.settle(nano(5)); // saturates, does not wrap
        QCOMPARE(f.status(1).settled, nano(INT64_MAX));
        const Decision a = f.reserve(INT64_MAX, other);
        QCOMPARE(int(f.reserve(INT64_MAX, other).admission), int(Admission::Refused)); // cannot even be counted
    }

    void idsAreStableAndApart()
    {
        const BudgetPolicy a = allow(tenant("acme"), 100);
        BudgetPolicy b = allow(alias("acme"), 100);
        QVERIFY(accountId(a) != accountId(b));
        b = a;
        b.amount = nano(7);
        b.atLimit = AtLimit::Warn;
        b.softPercents = {1};
        QCOMPARE(accountId(a), accountId(b));
        b.timeZone = "Europe/Berlin";
        QVERIFY(accountId(a) != accountId(b));
        b = a;
        b.period = BudgetPeriod::Week;
        QVERIFY(accountId(a) != accountId(b));
        // as written by the first version: a changed id would forget every raise
        QCOMPARE(accountId(a), QStringLiteral("bgt_8d8b3765eba2"));
    }

    void theIndexFindsThemAll()
    {
        std::vector<BudgetPolicy> policies;
        for (int i = 0; i < 5'000; ++i)
            policies.push_back(allow(tenant(qPrintable(QStringLiteral("t%1").arg(i))), 100));
        for (unsigned shape = 0; shape < 32; ++shape) { // every set of members once for kSpender, once for another
            for (const bool mine : {true, false}) {
                Spender scope;
                const auto set = [&](unsigned bit, QString Spender::*member) {
                    if (shape & 1U << bit)
                        scope.*member = mine ? kSpender.*member : QStringLiteral("other");
                };
                set(0, &Spender::tenant);
                set(1, &Spender::feature);
                set(2, &Spender::agent);
                set(3, &Spender::alias);
                set(4, &Spender::provider);
                if (mine || shape != 0)
                    policies.push_back(allow(scope, 100));
            }
        }
        Fixture f(policies);
        QCOMPARE(f.index->shapes(), std::size_t(32));
        QCOMPARE(f.index->find(kSpender).size(), 32);
        QCOMPARE(f.index->find(Spender()).size(), 1);
        QCOMPARE(f.index->find(tenant("t4999")).size(), 2);
        for (const auto* account : f.index->find(tenant("t4999")))
            QVERIFY((*account)->scope.tenant.isEmpty() || (*account)->scope.tenant == QLatin1String("t4999"));
    }
};

QTEST_APPLESS_MAIN(TestLedger)
#include "tst_ledger.moc"
