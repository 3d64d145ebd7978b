// What was written is read back whole; pages neither repeat nor skip; filters filter.
#include "store/call_reader.h"
#include "store_fixture.h"

#include <QTemporaryDir>
#include <QTest>

using namespace gateway;
using namespace gateway::store;

class TestCallReader : public QObject
{
    Q_OBJECT

    QTemporaryDir m_directory;
    std::unique_ptr<Store> m_store;
    std::unique_ptr<CallReader> m_reader;
    static constexpr qint64 kStart = 1'795'305'600'000;

    void put(const std::shared_ptr<api::Call>& call) { m_store->record(call, nullptr, 0); }
    void flush()
    {
        QVERIFY(m_store->submitAndWait([](QSqlDatabase&) { return true; }));
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_store = openStore(m_directory.path());
        QVERIFY(m_store);
        auto reader = CallReader::open(m_store->databaseFile());
        QVERIFY(reader.ok());
        m_reader = std::move(*reader);
        // 300 calls; three share each start time; tenants, aliases, outcomes in turn
        for (int i = 0; i < 300; ++i) {
            auto call = sampleCall(QStringLiteral("req_%1").arg(i, 4, 10, QLatin1Char('0')), kStart + i / 3);
            call->tenant = i % 2 ? QStringLiteral("acme") : QStringLiteral("demo");
            call->alias = i % 5 ? QStringLiteral("chat") : QStringLiteral("sum");
            call->outcome = i % 10 ? api::CallOutcome::Answered : api::CallOutcome::Failed;
            if (i % 4 == 0)
                call->attempts.clear();
            put(call);
        }
        flush();
    }

    void everyFieldComesBack()
    {
        const auto written = sampleCall(QStringLiteral("req_whole"), kStart - 1'000'000);
        put(written);
        flush();
        auto read = m_reader->find(QStringLiteral("req_whole"));
        QVERIFY(read.ok());
        read->commitUs = -1; // the store's own
        QCOMPARE(api::toJson(*read), api::toJson(*written));
        QCOMPARE(read->idempotency, written->idempotency); // not in the JSON
        QCOMPARE(read->attempts.size(), 2);
        QVERIFY(!read->attempts[0].cost);
        QCOMPARE(read->attempts[1].cost->nano(), qint64(0)); // an explicit 0 is not "unpriced"
    }

    void anEmptyCallComesBack()
    {
        auto written = std::make_shared<api::Call>();
        written->id = QStringLiteral("req_empty");
        written->startedAt = QDateTime::fromMSecsSinceEpoch(kStart - 2'000'000, Qt::UTC);
        put(written);
        flush();
        auto read = m_reader->find(QStringLiteral("req_empty"));
        QVERIFY(read.ok());
        read->commitUs = -1;
        QCOMPARE(api::toJson(*read), api::toJson(*written));
    }

    void notFound()
    {
        const auto read = m_reader->find(QStringLiteral("req_none"));
        QVERIFY(!read.ok());
        QCOMPARE(int(read.error().failure), int(api::Failure::NotFound));
        QVERIFY(!*m_reader->contains(QStringLiteral("req_none")));
        QVERIFY(*m_reader->contains(QStringLiteral("req_0000")));
    }

    void pagesNeitherRepeatNorSkip()
    {
        api::CallQuery query;
        query.since = QDateTime::fromMSecsSinceEpoch(kStart, Qt::UTC);
        query.limit = 7;
        QStringList seen;
        qint64 total = 0;
        int arrived = 0;
        do {
            const auto page = m_reader->list(query);
            QVERIFY(page.ok());
            if (total == 0)
                total = page->total;
            for (const api::Call& call : page->calls)
                seen.append(call.id);
            query.before = page->next;
            // newer calls arrive between two pages
            put(sampleCall(QStringLiteral("req_new_%1").arg(arrived), kStart + 10'000 + arrived));
            ++arrived;
            flush();
        } while (!query.before.isEmpty());
        QCOMPARE(total, 300);
        QCOMPARE(seen.size(), 300);
        QStringList expected;
        for (int i = 299; i >= 0; --i)
            expected.append(QStringLiteral("req_%1").arg(i, 4, 10, QLatin1Char('0')));
        QCOMPARE(seen, expected);
    }

    void filters_data()
    {
        QTest::addColumn<api::CallQuery>("query");
        QTest::addColumn<int>("total");
        api::CallQuery window;
        window.since = QDateTime::fromMSecsSinceEpoch(kStart, Qt::UTC);
        window.until = QDateTime::fromMSecsSinceEpoch(kStart + 100, Qt::UTC);
        const auto row = [&](const char* tag, int total, auto change) {
            api::CallQuery query = window;
            change(query);
            QTest::newRow(tag) << query << total;
        };
        row("all", 300, [](api::CallQuery&) {});
        row("since is inclusive", 3,
            [](api::CallQuery& q) { q.since = QDateTime::fromMSecsSinceEpoch(kStart + 99, Qt::UTC); });
        row("until is exclusive", 3,
            [](api::CallQuery& q) { q.until = QDateTime::fromMSecsSinceEpoch(kStart + 1, Qt::UTC); });
        row("tenant", 150, [](api::CallQuery& q) { q.tenant = QStringLiteral("acme"); });
        row("alias", 60, [](api::CallQuery& q) { q.alias = QStringLiteral("sum"); });
        row("both", 30, [](api::CallQuery& q) {
            q.tenant = QStringLiteral("acme");
            q.alias = QStringLiteral("sum");
        });
        row("outcome", 30, [](api::CallQuery& q) { q.outcome = api::CallOutcome::Failed; });
        row("provider", 225, [](api::CallQuery& q) { q.provider = QStringLiteral("p2"); });
        row("nobody", 0, [](api::CallQuery& q) { q.tenant = QStringLiteral("' OR 1=1 --"); });
    }
    void filters()
    {
        QFETCH(api::CallQuery, query);
        QFETCH(int, total);
        query.limit = 1000;
        const auto page = m_reader->list(query);
        QVERIFY(page.ok());
        QCOMPARE(page->total, total);
        QCOMPARE(page->calls.size(), total);
        QVERIFY(page->next.isEmpty());
    }

    void wrongQueries_data()
    {
        QTest::addColumn<QString>("before");
        QTest::addColumn<int>("limit");
        QTest::newRow("no limit") << QString() << 0;
        QTest::newRow("too many") << QString() << 1001;
        QTest::newRow("cursor") << QStringLiteral("yesterday") << 10;
        QTest::newRow("half a cursor") << QStringLiteral("12_") << 10;
    }
    void wrongQueries()
    {
        api::CallQuery query;
        QFETCH(QString, before);
        QFETCH(int, limit);
        query.before = before;
        query.limit = limit;
        const auto page = m_reader->list(query);
        QVERIFY(!page.ok());
        QCOMPARE(int(page.error().failure), int(api::Failure::Invalid));
    }

    void recentIsOldestFirst()
    {
        QStringList ids;
        QVERIFY(m_reader
                    ->recent(QDateTime::fromMSecsSinceEpoch(kStart + 98, Qt::UTC),
                        [&](const api::Call& call) {
                            ids.append(call.id);
                            return ids.size() < 4;
                        })
                    .ok());
        QCOMPARE(ids, (QStringList{QStringLiteral("req_0294"), QStringLiteral("req_0295"), QStringLiteral("req_0296"),
                          QStringLiteral("req_0297")}));
    }

    void aReaderInTheMiddleDoesNotBlockTheWriter()
    {
        CountingSink sink;
        int read = 0;
        QVERIFY(m_reader
                    ->recent(QDateTime::fromMSecsSinceEpoch(0, Qt::UTC),
                        [&](const api::Call&) {
                            if (++read == 5) {
                                m_store->record(sampleCall(QStringLiteral("req_meanwhile"), kStart), &sink, 1);
                                [&] { QTRY_COMPARE(sink.count(audit::Durability::Committed), 1); }();
                            }
                            return true;
                        })
                    .ok());
        QCOMPARE(sink.count(audit::Durability::Committed), 1);
    }

    void theReaderCannotWrite()
    {
        auto connection = openReader(m_store->databaseFile());
        QVERIFY(connection.ok());
        QVERIFY(!QSqlQuery(**connection).exec(QStringLiteral("DELETE FROM calls")));
    }
};

QTEST_GUILESS_MAIN(TestCallReader)
#include "tst_call_reader.moc"
