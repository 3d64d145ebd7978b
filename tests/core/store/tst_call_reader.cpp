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

    // Each member has a value that no other has: a column that is lost, or swapped with another, is seen.
    void everyMemberComesBack()
    {
        qint64 number = 1000;
        const auto text = [&] { return QStringLiteral("t\u00e9xt \"%1\"\n").arg(++number); };
        const auto tokens = [&] {
            api::Tokens made;
            for (std::int64_t* bucket : {&made.inUncached, &made.inCacheRead, &made.inCacheWrite5m,
                     &made.inCacheWrite30m, &made.inCacheWrite1h, &made.inCacheWrite12h, &made.inAudio, &made.inImage,
                     &made.toolPrompt, &made.outText, &made.outReasoning, &made.outAudio, &made.predictionAccepted,
                     &made.predictionRejected, &made.serverToolCalls})
                *bucket = ++number;
            made.source = api::TokenSource::Estimated;
            return made;
        };
        const auto money = [&] { return api::Money::fromNano((qint64(1) << 60) + ++number); }; // no double holds it
        auto written = std::make_shared<api::Call>();
        written->id = QStringLiteral("req_members");
        written->startedAt = QDateTime::fromMSecsSinceEpoch(kStart - 3'000'001, Qt::UTC);
        for (QString api::Call::*member : {&api::Call::tenant, &api::Call::feature, &api::Call::agent, &api::Call::user,
                 &api::Call::credential, &api::Call::surface, &api::Call::alias, &api::Call::workloadClass,
                 &api::Call::zone, &api::Call::errorDetail, &api::Call::servedBy, &api::Call::fallbackKind,
                 &api::Call::cache, &api::Call::priceBook, &api::Call::idempotency, &api::Call::finishReason})
            (*written).*member = text();
        for (qint64 api::Call::*member : {&api::Call::receivedUs, &api::Call::authenticatedUs, &api::Call::routedUs,
                 &api::Call::firstByteUs, &api::Call::firstTokenUs, &api::Call::endUs, &api::Call::overheadUs,
                 &api::Call::requestBytes, &api::Call::responseBytes})
            (*written).*member = ++number;
        written->revision = int(++number);
        written->httpStatus = int(++number);
        written->outcome = api::CallOutcome::Truncated;
        written->error = api::ErrorCode::StreamTruncated;
        written->streamEnd = api::StreamEnd::Stalled;
        written->degraded = written->featureProved = true;
        written->tokens = tokens();
        written->costEstimated = money();
        written->cost = money();
        written->decision = QJsonObject{{QStringLiteral("why"), text()}};
        for (int i = 1; i <= 2; ++i) {
            api::Attempt attempt;
            attempt.number = i;
            for (QString api::Attempt::*member : {&api::Attempt::provider, &api::Attempt::model, &api::Attempt::region,
                     &api::Attempt::reason, &api::Attempt::upstreamRequestId, &api::Attempt::modelReported,
                     &api::Attempt::finishReason, &api::Attempt::fallbackKind})
                attempt.*member = text();
            for (qint64 api::Attempt::*member :
                {&api::Attempt::startUs, &api::Attempt::connectedUs, &api::Attempt::sentUs, &api::Attempt::firstByteUs,
                    &api::Attempt::firstTokenUs, &api::Attempt::endUs, &api::Attempt::longestGapUs,
                    &api::Attempt::bytesSent, &api::Attempt::bytesReceived})
                attempt.*member = ++number;
            attempt.httpStatus = int(++number);
            attempt.result = api::AttemptResult::Refused;
            attempt.error = api::ErrorCode::ContentRefused;
            attempt.streamEnd = api::StreamEnd::Cancelled;
            attempt.connectionReused = true;
            attempt.costKnown = false;
            attempt.tokens = tokens();
            attempt.costEstimated = money();
            attempt.cost = money();
            written->attempts.append(attempt);
        }
        put(written);
        flush();
        auto read = m_reader->find(written->id);
        QVERIFY(read.ok());
        read->commitUs = -1; // the store's own
        QCOMPARE(api::toJson(*read), api::toJson(*written));
        QCOMPARE(read->idempotency, written->idempotency); // not in the JSON
        QCOMPARE(read->tokens, written->tokens);
        QCOMPARE(read->startedAt, written->startedAt);
        for (int i = 0; i < 2; ++i)
            QCOMPARE(read->attempts[i].tokens, written->attempts[i].tokens);
        // the views show what lies in `detail`, under the names of the columns it once was in
        const QString file = m_store->databaseFile();
        QCOMPARE(ask(file, QStringLiteral("SELECT price_book FROM calls_full WHERE id = 'req_members'")),
            written->priceBook);
        QCOMPARE(ask(file, QStringLiteral("SELECT user || response_bytes || stream FROM calls_full"
                                          " WHERE id = 'req_members'")),
            written->user + QString::number(written->responseBytes) + QStringLiteral("stalled"));
        QCOMPARE(ask(file, QStringLiteral("SELECT reason || bytes_received FROM attempts_full JOIN calls ON call = seq"
                                          " WHERE id = 'req_members' AND number = 2")),
            written->attempts[1].reason + QString::number(written->attempts[1].bytesReceived));
    }

    // Texts that do not fit the writer's buffer, or are no UTF-16.
    void longAndOddTextsComeBack()
    {
        auto written = std::make_shared<api::Call>();
        written->id = QStringLiteral("req_long");
        written->startedAt = QDateTime::fromMSecsSinceEpoch(kStart - 4'000'000, Qt::UTC);
        written->feature = QString(70'000, QLatin1Char('a'));
        written->agent = QString(40'000, QChar(0x00e9));
        written->errorDetail = QString(200'000, QChar(0x20ac));
        written->alias = QString::fromUtf8("\xF0\x9F\x98\x80");
        written->zone = QString(QChar(0xd800)); // half a pair
        put(written);
        flush();
        const auto read = m_reader->find(written->id);
        QVERIFY(read.ok());
        QCOMPARE(read->feature, written->feature);
        QCOMPARE(read->agent, written->agent);
        QCOMPARE(read->errorDetail, written->errorDetail);
        QCOMPARE(read->alias, written->alias);
        QCOMPARE(read->zone.size(), 1);
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
        row("answered", 270, [](api::CallQuery& q) { q.outcome = api::CallOutcome::Answered; });
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

    // A provider of few attempts is looked for by them, one of many from the newest call on: the same pages, and a
    // total that may stop where counting is dear.
    void providersOfFewAndOfMany()
    {
        QTemporaryDir directory;
        auto store = openStore(directory.path());
        constexpr int kMany = 21'000; // calls; each has an attempt at p2
        for (int i = 0; i < kMany; ++i) {
            auto call = sampleCall(QStringLiteral("req_%1").arg(i), kStart + i);
            call->attempts[0].provider = i % 1000 == 0 ? QStringLiteral("rare") : QStringLiteral("p1");
            store->record(call, nullptr, 0);
        }
        QVERIFY(isFiled(*store)); // work would not wait for so many
        auto reader = CallReader::open(store->databaseFile());
        api::CallQuery query;
        query.limit = 5;
        query.provider = QStringLiteral("rare");
        auto page = (*reader)->list(query);
        QVERIFY(page.ok());
        QCOMPARE(page->total, 21);
        QCOMPARE(page->calls.first().id, QStringLiteral("req_20000"));
        query.before = page->next;
        QCOMPARE((*reader)->list(query)->calls.first().id, QStringLiteral("req_15000"));
        query.before.clear();
        query.provider = QStringLiteral("p2");
        page = (*reader)->list(query);
        QCOMPARE(page->total, CallReader::kMostCounted);
        QCOMPARE(page->calls.first().id, QStringLiteral("req_20999"));
        query.provider = QStringLiteral("nobody");
        QCOMPARE((*reader)->list(query)->total, 0);
        query.provider.clear();
        query.outcome = api::CallOutcome::Answered; // all but the others
        QCOMPARE((*reader)->list(query)->total, kMany);
        query.outcome.reset();
        QCOMPARE((*reader)->list(query)->total, kMany);
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
