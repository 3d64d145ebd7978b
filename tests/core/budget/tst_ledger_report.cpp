// The report from a record with calls of every kind, and the rows a reconciliation reads from it.
#include "budget/ledger_report.h"
#include "store/bill_repository.h"
#include "store/spend_report_reader.h"
#include "store/store.h"

#include <QTemporaryDir>
#include <QTest>

using namespace gateway;
using namespace gateway::budget;
using api::Money;

namespace {

constexpr qint64 kNow = 1'795'305'600'000; // 2026-11-22T00:00:00Z

QDateTime at(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC);
}

} // namespace

class TestLedgerReport : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<store::Store> m_store;
    std::unique_ptr<store::SpendReportReader> m_reader;
    int m_made = 0;

    std::shared_ptr<api::Call> call(const char* alias, qint64 startedMs = kNow)
    {
        auto made = std::make_shared<api::Call>();
        made->id = QStringLiteral("req_%1").arg(++m_made);
        made->startedAt = at(startedMs);
        made->tenant = QStringLiteral("acme");
        made->alias = QString::fromLatin1(alias);
        made->outcome = api::CallOutcome::Answered;
        return made;
    }
    static api::Attempt attempt(std::optional<qint64> reserved, std::optional<qint64> cost)
    {
        api::Attempt made;
        made.provider = QStringLiteral("openai-eu");
        made.model = QStringLiteral("m");
        made.result = api::AttemptResult::Answered;
        made.streamEnd = api::StreamEnd::NotStreamed;
        made.startUs = made.sentUs = 5;
        made.tokens.inUncached = 10;
        made.tokens.outText = 2;
        if (reserved)
            made.costEstimated = Money::fromNano(*reserved);
        if (cost)
            made.cost = Money::fromNano(*cost);
        return made;
    }
    void put(const std::shared_ptr<api::Call>& made) { m_store->record(made, nullptr, 0); }
    void put(const char* alias, const api::Attempt& only)
    {
        auto made = call(alias);
        made->attempts = {only};
        made->cost = only.cost;
        put(made);
    }
    void flush()
    {
        QVERIFY(m_store->submitAndWait([](QSqlDatabase&) { return true; }));
    }
    api::LedgerReport reported()
    {
        flush();
        const auto made = report(*m_reader, at(kNow - 1'000), at(kNow + 1'000));
        if (!made)
            qFatal("%s", qPrintable(made.error().message));
        return *made;
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
        auto reader = store::SpendReportReader::open(m_store->databaseFile());
        QVERIFY(reader.ok());
        m_reader = std::move(*reader);
    }
    void cleanup()
    {
        m_reader.reset();
        m_store.reset();
    }

    void accuracy()
    {
        for (int i = 1; i <= 100; ++i)
            put("chat", attempt(1'000, i * 5)); // 0.5 % to 50 %
        put("chat", attempt(1'000, 3'000));     // beyond its reservation
        api::Attempt unknown = attempt(1'000, 1'000);
        unknown.costKnown = false;
        put("chat", unknown); // says nothing of the estimate
        put("other", attempt(10, 10));
        put("free", attempt(0, 0));
        put("late", attempt(10, 10));
        auto outside = call("chat", kNow + 1'000);
        outside->attempts = {attempt(1, 1)};
        put(outside);
        api::Attempt neverSent = attempt(10, 0);
        neverSent.sentUs = -1;
        put("chat", neverSent);
        const api::LedgerReport report = reported();
        QCOMPARE(report.reservations.size(), 3); // none of "free": nothing was reserved
        const api::ReservationAccuracy& chat = report.reservations[0];
        QCOMPARE(chat.alias, QStringLiteral("chat"));
        QCOMPARE(chat.n, 101);
        QCOMPARE(chat.reserved.nano(), qint64(101'000));
        QCOMPARE(chat.actual.nano(), qint64(5 * 5050 + 3'000));
        QCOMPARE(*chat.ratioP50, 0.255);
        QCOMPARE(*chat.ratioP95, 0.48);
        QCOMPARE(report.overruns, 1);
        QCOMPARE(report.overspend.nano(), qint64(2'000));
    }

    void refusalsThatFitted()
    {
        for (int i = 0; i < 120; ++i)
            put("chat", attempt(1'000, 200)); // a fifth of what is reserved
        const auto refuse = [&](const char* alias, const char* used, const char* estimate) {
            auto made = call(alias);
            made->outcome = api::CallOutcome::Refused;
            made->error = api::ErrorCode::BudgetHard;
            api::LimitFacts limit;
            limit.unit = QStringLiteral("usd");
            limit.limit = QStringLiteral("10");
            limit.used = QString::fromLatin1(used);
            limit.reserved = QStringLiteral("1");
            limit.estimate = QString::fromLatin1(estimate);
            made->decision.insert(QStringLiteral("limit"), api::toJson(limit));
            put(made);
        };
        refuse("chat", "8", "5");        // 1 left, would have cost 1
        refuse("chat", "8.000001", "5"); // a little too much
        refuse("chat", "8", "");         // no estimate: no price was known
        refuse("other", "0", "9.5");     // nothing learned of it
        auto otherwise = call("chat");
        otherwise->outcome = api::CallOutcome::Refused;
        otherwise->error = api::ErrorCode::QuotaCaller;
        put(otherwise);
        const api::LedgerReport report = reported();
        QCOMPARE(report.refusals, 4);
        QCOMPARE(report.refusalsThatFitted, 1);
    }

    void unpricedAndSpend()
    {
        put("chat", attempt(std::nullopt, std::nullopt));
        auto neverSent = call("chat");
        neverSent->attempts = {attempt(std::nullopt, std::nullopt)};
        neverSent->attempts[0].sentUs = -1;
        put(neverSent);
        const auto spend = [&](const char* tenant, const char* feature, bool proved, qint64 cost) {
            auto made = call("chat");
            made->tenant = QString::fromLatin1(tenant);
            made->feature = QString::fromLatin1(feature);
            made->featureProved = proved;
            made->attempts = {attempt(cost, cost)};
            made->cost = Money::fromNano(cost);
            put(made);
        };
        spend("acme", "search", true, 5);
        spend("acme", "search", false, 7); // another credential of the same tenant
        spend("acme", "", false, 11);
        spend("umbrella", "search", false, 100);
        const api::LedgerReport report = reported();
        QCOMPARE(report.unpricedCalls, 1);
        QCOMPARE(report.proved.nano(), qint64(16));
        QCOMPARE(report.claimed.nano(), qint64(107));
        QCOMPARE(report.spend[0].tenant, QStringLiteral("umbrella"));
        QCOMPARE(report.spend[1].feature, QStringLiteral("search"));
        QCOMPARE(report.spend[1].proved.nano(), qint64(5));
        QCOMPARE(report.spend[1].claimed.nano(), qint64(7));
        QCOMPARE(report.spend[1].calls, 2);
        QCOMPARE(report.spend[2].feature, QString());
        QCOMPARE(report.spend[2].calls, 3);
    }

    void nothingRecorded()
    {
        const api::LedgerReport report = reported();
        QVERIFY(report.reservations.isEmpty() && report.spend.isEmpty());
        QCOMPARE(report.refusals, 0);
    }

    void rowsForABill()
    {
        put("chat", attempt(100, 40));
        api::Attempt reported = attempt(100, 30);
        reported.modelReported = QStringLiteral("m-2026");
        put("chat", reported);
        auto retried = call("chat", kNow + 9 * 24 * 3'600'000LL - 1); // the last millisecond of November
        api::Attempt failed = attempt(100, 0);
        failed.result = api::AttemptResult::Failed;
        api::Attempt cut = attempt(100, 60);
        cut.number = 2;
        cut.startUs = 2'000; // of December
        cut.result = api::AttemptResult::Failed;
        cut.streamEnd = api::StreamEnd::Truncated;
        api::Attempt lost = attempt(100, 100);
        lost.sentUs = -1;
        lost.startUs = -1;
        lost.costKnown = false;
        api::Attempt skipped = attempt(std::nullopt, std::nullopt);
        skipped.sentUs = -1;
        retried->attempts = {failed, cut, lost, skipped};
        put(retried);
        put("chat", attempt(100, std::nullopt));
        flush();
        const auto rows = m_reader->recorded(kNow, kNow + 30 * 24 * 3'600'000LL);
        QVERIFY(rows.ok());
        QCOMPARE(rows->size(), std::size_t(3));
        const store::RecordedRow& november = (*rows)[0];
        QCOMPARE(november.month, QStringLiteral("2026-11"));
        QCOMPARE(november.modelReported, QString());
        QCOMPARE(november.attempts, 4); // priced, failed, lost, unpriced
        QCOMPARE(november.cost.nano(), qint64(140));
        QCOMPARE(november.inputTokens, 40);
        QCOMPARE(november.unpriced, 1);
        QCOMPARE(november.unpricedTokens, 12);
        QCOMPARE(november.disconnects, 1);
        QCOMPARE(november.disconnectCost.nano(), qint64(100));
        QCOMPARE(november.disconnectMore.nano(), qint64(0));
        QCOMPARE(november.retries, 1);
        QCOMPARE(november.retryMore.nano(), qint64(100));
        const store::RecordedRow& december = (*rows)[1];
        QCOMPARE(december.month, QStringLiteral("2026-12"));
        QCOMPARE(december.disconnects, 1);
        QCOMPARE(december.disconnectMore.nano(), qint64(40));
        QCOMPARE((*rows)[2].modelReported, QStringLiteral("m-2026"));
    }

    void billsAreKeptOnce()
    {
        store::BillRow row{QStringLiteral("hash"), 2, QStringLiteral("bill.csv"), kNow, QStringLiteral("2026-11"),
            QStringLiteral("openai"), QStringLiteral("m"), 7, std::nullopt, 9, -5};
        QVERIFY(m_store->submitAndWait([&](QSqlDatabase& database) {
            store::BillRow next = row;
            next.line = 3;
            next.month = QStringLiteral("2026-12");
            return store::insertBill(database, {row, next}) && store::insertBill(database, {row, next});
        }));
        std::optional<std::vector<store::BillRow>> rows;
        QVERIFY(m_store->submitAndWait([&](QSqlDatabase& database) {
            rows = store::billsOf(database, QStringLiteral("2026-11"), QStringLiteral("2026-12"));
            return rows.has_value();
        }));
        QCOMPARE(rows->size(), std::size_t(2));
        const store::BillRow& read = rows->front();
        QCOMPARE(read.file, row.file);
        QCOMPARE(*read.requests, qint64(7));
        QVERIFY(!read.inputTokens);
        QCOMPARE(*read.outputTokens, qint64(9));
        QCOMPARE(read.amountNano, qint64(-5));
    }
};

QTEST_GUILESS_MAIN(TestLedgerReport)
#include "tst_ledger_report.moc"
