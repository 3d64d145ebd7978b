// What the record says was spent: by window, scope and attempt; what a kill left open; and that a large record is read
// in a moment.
#include "audit/open_calls.h"
#include "audit/recover_open_calls.h"
#include "budget/rebuild.h"
#include "store/call_reader.h"
#include "store/spend_fold.h"
#include "store/spend_reader.h"
#include "store/store.h"

#include <QElapsedTimer>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>

#include <random>

using namespace gateway;
using namespace gateway::budget;
using api::Money;

namespace {

constexpr qint64 kNow = 1'795'305'600'000; // 2026-11-22T00:00:00Z
constexpr qint64 kHour = 3'600'000;

struct Made
{
    std::shared_ptr<api::Call> call = std::make_shared<api::Call>();

    Made(const QString& id, qint64 startedMs, qint64 routedUs = 0)
    {
        call->id = id;
        call->startedAt = QDateTime::fromMSecsSinceEpoch(startedMs, Qt::UTC);
        call->tenant = QStringLiteral("acme");
        call->alias = QStringLiteral("chat");
        call->feature = QStringLiteral("search");
        call->agent = QStringLiteral("bot");
        call->routedUs = routedUs;
    }
    Made& attempt(std::optional<qint64> cost, qint64 startUs = -1, const char* provider = "p", bool known = true)
    {
        api::Attempt attempt;
        attempt.provider = QString::fromLatin1(provider);
        attempt.startUs = startUs;
        attempt.sentUs = startUs;
        attempt.costKnown = known;
        if (cost)
            attempt.cost = Money::fromNano(*cost);
        call->attempts.append(attempt);
        return *this;
    }
};

config::BudgetPolicy dayBudget(const Spender& scope, qint64 amount)
{
    config::BudgetPolicy policy;
    policy.scope = scope;
    policy.period = config::BudgetPeriod::Day;
    policy.amount = Money::fromNano(amount);
    return policy;
}

} // namespace

class TestRebuild : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<store::Store> m_store;
    std::unique_ptr<store::SpendReader> m_reader;

    void put(const Made& made) { m_store->record(made.call, nullptr, 0); }
    void flush()
    {
        QVERIFY(m_store->submitAndWait([](QSqlDatabase&) { return true; }));
    }
    store::Spent spent(const Spender& scope, qint64 fromMs = kNow, qint64 toMs = kNow + 24 * kHour)
    {
        const auto read = m_reader->spent(scope, fromMs, toMs);
        if (!read)
            qFatal("%s", qPrintable(read.error().message));
        return *read;
    }

private Q_SLOTS:
    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        store::StoreOptions options;
        options.directory = m_directory->path();
        options.journalBytes = 64 << 10;
        auto store = store::Store::open(options);
        QVERIFY(store.ok());
        m_store = std::move(*store);
        auto reader = store::SpendReader::open(m_store->databaseFile());
        QVERIFY(reader.ok());
        m_reader = std::move(*reader);
    }
    void cleanup()
    {
        m_reader.reset();
        m_store.reset();
    }

    void windowEdges()
    {
        put(Made(QStringLiteral("before"), kNow - 1).attempt(1));
        put(Made(QStringLiteral("first"), kNow).attempt(2));
        put(Made(QStringLiteral("last"), kNow + 24 * kHour - 1).attempt(4));
        put(Made(QStringLiteral("after"), kNow + 24 * kHour).attempt(8));
        put(Made(QStringLiteral("routed within"), kNow - 5, 5'000).attempt(16));
        put(Made(QStringLiteral("routed before"), kNow - 5, 4'999).attempt(32));
        put(Made(QStringLiteral("second attempt within"), kNow - 10, 10).attempt(64, 20).attempt(128, 10'000));
        put(Made(QStringLiteral("never routed"), kNow, -1).attempt(256));
        flush();
        QCOMPARE(spent({}).settled.nano(), qint64(2 + 4 + 16 + 128 + 256));
        QCOMPARE(spent({}).calls, 5);
        QCOMPARE(spent({}, kNow - 24 * kHour, kNow).settled.nano(), qint64(1 + 32 + 64));
    }

    void scopes()
    {
        put(Made(QStringLiteral("a"), kNow).attempt(1, 1, "p").attempt(2, 2, "q"));
        Made other(QStringLiteral("b"), kNow);
        other.call->tenant = QStringLiteral("umbrella");
        other.call->agent = QStringLiteral("other");
        put(other.attempt(4, 1, "p"));
        flush();
        Spender scope;
        scope.tenant = QStringLiteral("acme");
        QCOMPARE(spent(scope).settled.nano(), qint64(3));
        scope.provider = QStringLiteral("q");
        QCOMPARE(spent(scope).settled.nano(), qint64(2));
        scope = {};
        scope.provider = QStringLiteral("p");
        QCOMPARE(spent(scope).settled.nano(), qint64(5));
        scope = {};
        scope.agent = QStringLiteral("other");
        QCOMPARE(spent(scope).settled.nano(), qint64(4));
        scope = {};
        scope.feature = QStringLiteral("search");
        scope.alias = QStringLiteral("chat");
        QCOMPARE(spent(scope).settled.nano(), qint64(7));
        scope.alias = QStringLiteral("x' OR 1=1 --");
        QCOMPARE(spent(scope).calls, 0);
    }

    void whatIsUnpriced()
    {
        put(Made(QStringLiteral("sent"), kNow).attempt(std::nullopt, 5));
        put(Made(QStringLiteral("never sent"), kNow).attempt(std::nullopt));
        put(Made(QStringLiteral("not known"), kNow).attempt(70, -1, "p", false));
        put(Made(QStringLiteral("free"), kNow).attempt(0, 5));
        flush();
        QCOMPARE(spent({}).settled.nano(), qint64(70));
        QCOMPARE(spent({}).calls, 2);
        QCOMPARE(spent({}).unpriced, 2);
    }

    // A kill with a call open: it is recorded at what was reserved, and the ledger starts with that.
    void afterAKill()
    {
        ManualClock clock(kNow + 5 * kHour);
        auto open = audit::OpenCalls::map(m_directory->path(), 1, 4);
        QVERIFY(open.ok());
        Made sent(QStringLiteral("req_open"), kNow + 4 * kHour);
        const int slot = (*open)->region(0).open(*sent.call);
        (*open)->region(0).note(slot, u"p/m@r", Money::fromNano(60));
        put(Made(QStringLiteral("req_done"), kNow).attempt(30, 5));
        open->reset();

        open = audit::OpenCalls::map(m_directory->path(), 1, 4);
        auto calls = store::CallReader::open(m_store->databaseFile());
        QVERIFY(calls.ok());
        QCOMPARE(*audit::recoverOpenCalls(*m_store, **calls, **open, clock.wallMs()), 1);
        flush();
        Spender provider;
        provider.provider = QStringLiteral("p");
        Spender other;
        other.tenant = QStringLiteral("umbrella");
        const std::vector budgets{dayBudget({}, 100), dayBudget(provider, 95), dayBudget(other, 10)};
        Ledger ledger(clock);
        const BudgetIndexPtr index = ledger.configure(budgets);
        QVERIFY(rebuild(ledger, *m_reader).ok());
        const auto accounts = ledger.status();
        QCOMPARE(accounts[0].settled.nano(), qint64(90));
        QCOMPARE(accounts[0].settledCalls, 2);
        QCOMPARE(accounts[0].unpriced, 1);
        QCOMPARE(accounts[1].settled.nano(), qint64(90));
        QCOMPARE(accounts[2].settled.nano(), qint64(0));
        Asked asked;
        asked.upperBound = Money::fromNano(11);
        QCOMPARE(int(ledger.reserve(*index, {}, asked).admission), int(Admission::Refused));
        asked.upperBound = Money::fromNano(10);
        QCOMPARE(int(ledger.reserve(*index, {}, asked).admission), int(Admission::Admitted));

        ledger.restore(accounts[1].id, Money::fromNano(1), 0, 0);
        ledger.restore(accounts[0].id, Money::fromNano(1), 0, 0);
        QVERIFY(rebuild(ledger, *m_reader, {accounts[1].id}).ok());
        QCOMPARE(ledger.status()[0].settled.nano(), qint64(1)); // was not asked for
        QCOMPARE(ledger.status()[1].settled.nano(), qint64(90));
    }

    void aRecordThatCannotBeReadIsAnError()
    {
        QVERIFY(m_store->submitAndWait([](QSqlDatabase& database) {
            return QSqlQuery(database).exec(QStringLiteral("ALTER TABLE attempts RENAME TO lost"));
        }));
        ManualClock clock(kNow);
        Ledger ledger(clock);
        ledger.configure(std::vector{dayBudget({}, 100)});
        QVERIFY(!rebuild(ledger, *m_reader).ok());
    }

    // Folded up to anywhere, in steps of any size: every window and scope reads the same.
    void foldingChangesNothing()
    {
        std::mt19937 dice(11);
        const auto roll = [&](qint64 most) { return std::uniform_int_distribution<qint64>(0, most)(dice); };
        const auto some = [&](const char* what) { return QLatin1String(what) + QString::number(roll(1)); };
        const auto fold = [&](qint64 most) {
            std::optional<qint64> folded;
            m_store->submitAndWait([&](QSqlDatabase& database) {
                folded = store::foldSpend(database, most);
                return folded.has_value();
            });
            return folded.value_or(-1);
        };
        QCOMPARE(fold(10), 0); // nothing there yet
        struct Asked
        {
            Spender scope;
            qint64 from;
            qint64 to;
            store::Spent spent;
        };
        int made = 0;
        for (int round = 0; round < 6; ++round) {
            for (int i = 0; i < 150; ++i) {
                Made call(QStringLiteral("req_%1").arg(++made), kNow + roll(4 * kHour), roll(3'000'000));
                call.call->tenant = some("t");
                call.call->feature = roll(2) ? some("f") : QString();
                call.call->agent = some("g");
                call.call->alias = some("a");
                for (qint64 attempts = roll(2); attempts > 0; --attempts)
                    call.attempt(roll(4) ? std::optional(roll(1'000)) : std::nullopt, roll(3'000'000) - 1'000,
                        roll(1) ? "p" : "q", roll(5) != 0);
                put(call);
            }
            flush();
            std::vector<Asked> asked;
            for (int i = 0; i < 30; ++i) {
                Asked one;
                if (roll(1))
                    one.scope.tenant = some("t");
                if (roll(2) == 0)
                    one.scope.feature = some("f");
                if (roll(2) == 0)
                    one.scope.agent = some("g");
                if (roll(2) == 0)
                    one.scope.alias = some("a");
                if (roll(1))
                    one.scope.provider = QStringLiteral("p");
                one.from = kNow - kHour + roll(20) * store::kQuarterMs;
                one.to = one.from + (1 + roll(20)) * store::kQuarterMs;
                one.spent = spent(one.scope, one.from, one.to);
                // of an odd window nothing is folded: the same calls, read one by one
                QCOMPARE(spent(one.scope, one.from, one.to + 1).settled.nano() -
                             spent(one.scope, one.to, one.to + 1).settled.nano(),
                    one.spent.settled.nano());
                asked.push_back(one);
            }
            const qint64 step = 1 + roll(80);
            QVERIFY(fold(step) == step);
            if (round % 2) {
                while (fold(step) == step) {
                }
            }
            for (const Asked& one : asked) {
                const store::Spent now = spent(one.scope, one.from, one.to);
                QCOMPARE(now.settled.nano(), one.spent.settled.nano());
                QCOMPARE(now.calls, one.spent.calls);
                QCOMPARE(now.unpriced, one.spent.unpriced);
            }
        }
    }

    // 100,000 calls in the window and twenty budgets; the time is printed.
    void aLargeRecord()
    {
        QVERIFY(m_store->submitAndWait([](QSqlDatabase& database) {
            QSqlQuery query(database);
            return query.exec(QStringLiteral(
                       "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)"
                       " INSERT INTO calls (seq, batch, waited_us, id, started_ms, tenant, feature, agent, credential,"
                       " surface, alias, zone, outcome, error_code, served_by, tokens_in, tokens_out, feature_proved,"
                       " idempotency, routed_us, end_us, detail, decision) SELECT i, 1, 0, 'req_' || i,"
                       " 1795305600000 + i * 800, 't' || (i % 10), 'search', 'bot', '', 'openai.chat',"
                       " 'a' || (i % 7), '', 'answered', '', '', 0, 0, 0, '', 100, 0, '{}', '{}' FROM n")) &&
                   query.exec(QStringLiteral(
                       "INSERT INTO attempts (call, number, provider, model, region, result, error_code, start_us,"
                       " sent_us, cost_nano, cost_known, detail) SELECT seq, 1, 'p', 'm', 'r', 'answered', '', 100, "
                       "100,"
                       " seq % 1000, 1, '{}' FROM calls"));
        }));
        std::vector<config::BudgetPolicy> budgets{dayBudget({}, 1)};
        for (int i = 0; i < 19; ++i) {
            Spender scope;
            scope.tenant = QStringLiteral("t%1").arg(i);
            budgets.push_back(dayBudget(scope, 1));
        }
        ManualClock clock(kNow);
        Ledger ledger(clock);
        ledger.configure(budgets);
        QElapsedTimer timer;
        timer.start();
        QVERIFY(rebuild(ledger, *m_reader).ok());
        qInfo("20 budgets from 100,000 calls: %lld ms", timer.elapsed());
        const auto unfolded = ledger.status();
        timer.start();
        QVERIFY(m_store->submitAndWait(
            [](QSqlDatabase& database) { return store::foldSpend(database, 1'000'000) == 100'000; }));
        qInfo("folding them: %lld ms", timer.elapsed());
        timer.start();
        QVERIFY(rebuild(ledger, *m_reader).ok());
        qInfo("20 budgets from the sums: %lld ms", timer.elapsed());
        const auto accounts = ledger.status();
        for (std::size_t i = 0; i < accounts.size(); ++i)
            QCOMPARE(accounts[i].settled, unfolded[i].settled);
        QCOMPARE(accounts[0].settledCalls, 100'000);
        QCOMPARE(accounts[0].settled.nano(), qint64(49'950'000));
        qint64 sum = 0;
        for (std::size_t i = 1; i < accounts.size(); ++i)
            sum += accounts[i].settled.nano();
        QCOMPARE(sum, qint64(49'950'000));
    }
};

QTEST_GUILESS_MAIN(TestRebuild)
#include "tst_rebuild.moc"
