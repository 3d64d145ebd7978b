// Old records go, and nothing that is still counted goes with them: budgets, summaries, the ledger's report and
// reconciliations say after a removal what they said before it.
#include "store_fixture.h"

#include "budget/ledger_report.h"
#include "engine/record_retention.h"
#include "store/call_reader.h"
#include "store/call_summary_reader.h"
#include "store/record_purge.h"
#include "store/spend_reader.h"
#include "store/spend_report_reader.h"

#include <QTemporaryDir>

#include <random>

using namespace gateway;

namespace {

constexpr qint64 kNow = 1'795'305'600'000; // 2026-11-22T00:00:00Z
constexpr qint64 kHour = 3'600'000;
constexpr qint64 kDay = 24 * kHour;

} // namespace

class TestRecordRetention : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<store::Store> m_store;

    QString file() const { return m_store->databaseFile(); }
    void put(const QString& id, qint64 startedMs, qint64 costNano = 5, const char* tenant = "acme", bool proved = true)
    {
        auto call = sampleCall(id, startedMs);
        call->tenant = QString::fromLatin1(tenant);
        call->featureProved = proved;
        call->cost = api::Money::fromNano(costNano);
        call->attempts[1].cost = api::Money::fromNano(costNano);
        m_store->record(call, nullptr, 0);
    }
    void fold()
    {
        for (bool more = true; more;) {
            std::promise<bool> told;
            m_store->fold(100'000, [&told](bool left) { told.set_value(left); });
            more = told.get_future().get();
        }
        QCOMPARE(ask(file(), QStringLiteral("SELECT (SELECT max(seq) FROM calls) = (SELECT value FROM meta WHERE key = "
                                            "'spend_folded')")),
            QStringLiteral("1"));
    }
    std::optional<store::RemovedPiece> remove(qint64 beforeMs, qint64 most = 1000)
    {
        std::optional<store::RemovedPiece> piece;
        m_store->submitAndWait([&](QSqlDatabase& database) {
            piece = store::removeCalls(database, beforeMs, kNow, most);
            return piece.has_value();
        });
        return piece;
    }
    qint64 count(const char* table) const
    {
        return ask(file(), QStringLiteral("SELECT count(*) FROM ") + QLatin1String(table)).toLongLong();
    }
    // All that is added up over calls, as text.
    QStringList sums() const
    {
        QStringList all;
        auto spend = store::SpendReader::open(file());
        for (const qint64 from : {kNow - 400 * kDay, kNow - 60 * kDay, kNow - kDay}) {
            for (const char* tenant : {"", "acme", "globex"}) {
                config::UsageScope scope;
                scope.tenant = QString::fromLatin1(tenant);
                const auto spent = (*spend)->spent(scope, from, kNow + kDay);
                all.append(
                    QStringLiteral("%1 %2 %3").arg(spent->settled.nano()).arg(spent->calls).arg(spent->unpriced));
            }
        }
        auto report = store::SpendReportReader::open(file());
        const auto recorded = (*report)->recorded(kNow - 400 * kDay, kNow + kDay);
        for (const store::RecordedRow& row : *recorded) {
            all.append(QStringLiteral("%1 %2 %3 %4: %5 %6 %7 %8 %9")
                           .arg(row.provider, row.model, row.modelReported, row.month)
                           .arg(row.attempts)
                           .arg(row.inputTokens)
                           .arg(row.cost.nano())
                           .arg(row.unpriced)
                           .arg(row.disconnects));
            all.append(QStringLiteral("%1 %2 %3 %4 %5 %6")
                           .arg(row.outputTokens)
                           .arg(row.unpricedTokens)
                           .arg(row.disconnectCost.nano())
                           .arg(row.disconnectMore.nano())
                           .arg(row.retries)
                           .arg(row.retryMore.nano()));
        }
        const auto spentRows = (*report)->spend(kNow - 400 * kDay, kNow + kDay);
        for (const store::SpendRow& row : *spentRows)
            all.append(QStringLiteral("%1 %2 %3 %4 %5")
                           .arg(row.tenant, row.feature)
                           .arg(row.calls)
                           .arg(row.proved.nano())
                           .arg(row.claimed.nano()));
        all.append(QString::number(*(*report)->unpricedCalls(kNow - 400 * kDay, kNow + kDay)));
        return all;
    }

private Q_SLOTS:
    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        m_store = openStore(m_directory->path());
        QVERIFY(m_store);
    }
    void cleanup() { m_store.reset(); }

    void sumsStay()
    {
        std::mt19937_64 random(7);
        for (int i = 0; i < 600; ++i) {
            const qint64 age = qint64(random() % (90 * kDay));
            put(QStringLiteral("c%1").arg(i), kNow - age, qint64(random() % 1000), i % 3 == 0 ? "globex" : "acme",
                i % 2 == 0);
        }
        put(QStringLiteral("newest"), kNow);
        QVERIFY(isFiled(*m_store));
        fold();
        const QStringList before = sums();
        qint64 removed = 0;
        while (true) {
            const auto piece = remove(kNow, 50);
            QVERIFY(piece.has_value());
            if (piece->calls == 0)
                break;
            QVERIFY(piece->calls <= 50);
            removed += piece->calls;
            QCOMPARE(sums(), before);
        }
        QCOMPARE(removed, qint64(600)); // all but the newest
        QCOMPARE(count("calls"), qint64(1));
        QCOMPARE(count("attempts"), qint64(2));
        QCOMPARE(ask(file(), QStringLiteral("SELECT sum(calls) FROM record_purges")), QStringLiteral("600"));
        QCOMPARE(ask(file(), QStringLiteral("SELECT sum(attempts) FROM record_purges")), QStringLiteral("1200"));
    }

    // In the order they came, up to the first that must stay: what is missing is a range of numbers.
    void aRangeGoes()
    {
        for (int i = 0; i < 10; ++i)
            put(QStringLiteral("old%1").arg(i), kNow - 40 * kDay + i);
        put(QStringLiteral("young"), kNow - kDay);
        put(QStringLiteral("late"), kNow - 40 * kDay); // came after a young one: it waits for it
        put(QStringLiteral("newest"), kNow);
        QVERIFY(isFiled(*m_store));
        fold();
        const auto piece = remove(kNow - 30 * kDay);
        QVERIFY(piece.has_value());
        QCOMPARE(piece->calls, qint64(10));
        QCOMPARE(piece->firstSeq, qint64(1));
        QCOMPARE(piece->lastSeq, qint64(10));
        QCOMPARE(piece->oldestMs, kNow - 40 * kDay);
        QCOMPARE(piece->newestMs, kNow - 40 * kDay + 9);
        QCryptographicHash hash(QCryptographicHash::Sha256);
        for (int i = 0; i < 10; ++i)
            hash.addData(QStringLiteral("old%1\n").arg(i).toUtf8());
        QCOMPARE(piece->digest, hash.result());
        QCOMPARE(remove(kNow - 30 * kDay)->calls, qint64(0));
        QCOMPARE(remove(kNow)->calls, qint64(2)); // young and late
        auto reader = store::CallReader::open(file());
        QVERIFY((*reader)->find(QStringLiteral("newest")).ok());
        QVERIFY(!(*reader)->find(QStringLiteral("late")).ok());
    }

    void whatIsNotFoldedStays()
    {
        for (int i = 0; i < 20; ++i)
            put(QStringLiteral("c%1").arg(i), kNow - 40 * kDay);
        QVERIFY(isFiled(*m_store));
        QCOMPARE(remove(kNow)->calls, qint64(0));
        fold();
        QCOMPARE(remove(kNow)->calls, qint64(19));
    }

    // A clock that was wrong for a moment does not keep everything for ever.
    void aCallOfTheFutureHoldsUpNobody()
    {
        put(QStringLiteral("a"), kNow - 40 * kDay);
        put(QStringLiteral("future"), kNow + 900 * kDay);
        put(QStringLiteral("b"), kNow - 40 * kDay);
        put(QStringLiteral("newest"), kNow);
        QVERIFY(isFiled(*m_store));
        fold();
        QCOMPARE(remove(kNow - 30 * kDay)->calls, qint64(3));
    }

    // Numbers go on from the newest: after a restart nothing is taken for folded that is not.
    void numbersGoOnAfterARestart()
    {
        for (int i = 0; i < 10; ++i)
            put(QStringLiteral("c%1").arg(i), kNow - 40 * kDay);
        QVERIFY(isFiled(*m_store));
        fold();
        QCOMPARE(remove(kNow)->calls, qint64(9));
        const QStringList before = sums();
        m_store.reset();
        m_store = openStore(m_directory->path());
        QCOMPARE(sums(), before);
        put(QStringLiteral("next"), kNow, 77);
        QVERIFY(isFiled(*m_store));
        QCOMPARE(ask(file(), QStringLiteral("SELECT seq FROM calls WHERE id = 'next'")), QStringLiteral("11"));
        auto spend = store::SpendReader::open(file());
        QCOMPARE((*spend)->spent({}, kNow, kNow + kDay)->settled.nano(), qint64(77));
    }

    // The whole walk: pieces until nothing is left, nothing without a stated retention, a day at least.
    void theEngineRemovesInPieces()
    {
        ManualClock clock(kNow);
        for (int i = 0; i < 1700; ++i)
            put(QStringLiteral("c%1").arg(i), kNow - 10 * kDay + i);
        put(QStringLiteral("newest"), kNow);
        QVERIFY(isFiled(*m_store));
        fold();
        engine::RecordRetention retention(*m_store, clock);
        config::AuditPolicy policy;
        policy.retention = std::chrono::hours(48);
        retention.setPolicy(policy);
        retention.start();
        QCOMPARE(m_store->submitAndWait([](QSqlDatabase&) { return true; }), true);
        QCOMPARE(count("calls"), qint64(1701));
        QVERIFY(!retention.removeUntilMs());

        policy.retentionStated = true;
        retention.setPolicy(policy);
        retention.keepSince(kNow - 11 * kDay); // a budget counts them from the calls themselves
        QCOMPARE(retention.removeUntilMs().value_or(0), kNow - 11 * kDay);
        retention.keepSince(std::nullopt);
        QCOMPARE(retention.removeUntilMs().value_or(0), kNow - 2 * kDay);
        qint64 removed = 0;
        connect(&retention, &engine::RecordRetention::removed, this, [&removed](qint64 calls) { removed = calls; });
        retention.start();
        QTRY_COMPARE(removed, qint64(1700));
        QCOMPARE(count("calls"), qint64(1));
        const auto age = [this] {
            std::optional<store::RecordAge> found;
            m_store->submitAndWait([&found](QSqlDatabase& database) {
                found = store::recordAge(database);
                return true;
            });
            return found.value_or(store::RecordAge());
        }();
        const api::RecordRetention status = retention.status(age);
        QCOMPARE(status.removed, qint64(1700));
        QCOMPARE(status.hours, qint64(48));
        QVERIFY(status.oldest && status.oldest->toMSecsSinceEpoch() == kNow);
        QVERIFY(status.sentence.contains(QStringLiteral("48 h")));
    }

    // What was removed is not in the file any more.
    void bytesAreGone()
    {
        put(QStringLiteral("goes-with-this-id-4711"), kNow - 40 * kDay);
        put(QStringLiteral("newest"), kNow);
        QVERIFY(isFiled(*m_store));
        fold();
        QCOMPARE(remove(kNow)->calls, qint64(1));
        const QString path = file();
        m_store.reset(); // checkpoints
        QFile database(path);
        QVERIFY(database.open(QIODevice::ReadOnly));
        QVERIFY(!database.readAll().contains("goes-with-this-id-4711"));
    }
};

QTEST_GUILESS_MAIN(TestRecordRetention)
#include "tst_record_retention.moc"
