// The tamper-evident log of a real engine: it signs what it records, gives receipts that are checked without it, passes
// its own verification, and says so when somebody changes the database under it.
#include "engine_fixture.h"
#include "raw_client.h"

#include "api/chain_client.h"
#include "simulator/simulator_server.h"
#include "store/log_receipt.h"

#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QTest>

using namespace gateway;
using namespace gateway::test;

class TestEngineLog : public QObject
{
    Q_OBJECT

    simulator::SimulatorServer m_up{simulator::Profile()};
    std::unique_ptr<EmbeddedEngine> m_engine;

    QByteArray call()
    {
        RawReply reply;
        inThreads(
            1, [&](int) { reply = rawCall(m_engine->port(), chatRequest(m_engine->key(), "fast", false, "hello")); });
        for (const QByteArray& line : reply.head.split('\n')) {
            if (line.toLower().startsWith("x-request-id:"))
                return line.mid(line.indexOf(':') + 1).trimmed();
        }
        return {};
    }
    template <typename T>
    T value(QFuture<api::Result<T>> future)
    {
        const api::Result<T> result = waitFor(std::move(future));
        if (!result)
            qWarning("%s", qPrintable(result.error().message));
        return result ? *result : T();
    }
    api::ChainVerification verified()
    {
        const api::GatewayClient client = m_engine->client();
        return value(api::ChainClient(client).verify());
    }
    bool change(const char* sql)
    {
        bool done = false;
        {
            QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("changer"));
            database.setDatabaseName(m_engine->dataDirectory() + QStringLiteral("/signalbox.db"));
            database.setConnectOptions(QStringLiteral("QSQLITE_BUSY_TIMEOUT=5000"));
            QSqlQuery query(database.open() ? database : QSqlDatabase());
            done = query.exec(QLatin1String(sql));
        }
        QSqlDatabase::removeDatabase(QStringLiteral("changer"));
        return done;
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_up.listen(QStringLiteral("127.0.0.1"), 0)); }
    void init()
    {
        m_engine = std::make_unique<EmbeddedEngine>(oneProviderConfig(m_up.baseUrl(), "sim-tokens-10-fast"));
        QCOMPARE(m_engine->start(), QString());
    }
    void cleanup() { m_engine.reset(); }

    void aReceiptIsCheckedWithoutTheEngine()
    {
        const QByteArray id = call();
        QVERIFY(!id.isEmpty());
        const api::GatewayClient client = m_engine->client();
        const api::Receipt receipt = value(api::ChainClient(client).receipt(QString::fromLatin1(id)));
        const api::ChainKey key = value(api::ChainClient(client).key());
        const store::ReceiptVerdict verdict = store::checkReceipt(receipt.document, {key.fingerprint});
        QVERIFY2(verdict.isGood, qPrintable(verdict.sentence));
        QCOMPARE(verdict.call, QString::fromLatin1(id));
        QVERIFY(verdict.keyIsGiven);
        const auto none = waitFor(api::ChainClient(client).receipt(QStringLiteral("req_none")));
        QVERIFY(!none.ok());
        QCOMPARE(none.error().failure, api::Failure::NotFound);
    }

    void theEngineLooksItsLogThrough()
    {
        for (int i = 0; i < 3; ++i)
            QVERIFY(!call().isEmpty());
        const api::ChainVerification result = verified();
        QVERIFY2(result.verdict == QLatin1String("PASS"), qPrintable(result.sentence));
        QVERIFY(result.rows >= 3);
        QCOMPARE(result.anchored, result.heads);
        const api::GatewayClient client = m_engine->client();
        const api::ChainStanding standing = value(api::ChainClient(client).standing());
        QVERIFY(standing.head.has_value());
        QVERIFY(standing.last.has_value());
        QCOMPARE(standing.anchorState, QStringLiteral("ok"));
        QVERIFY(!standing.anchorIsOutside);
        QCOMPARE(standing.key, result.key);
    }

    void aChangeUnderItIsSaid()
    {
        QVERIFY(!call().isEmpty());
        QCOMPARE(verified().verdict, QStringLiteral("PASS"));
        const api::GatewayClient client = m_engine->client();
        const auto stream = client.subscribe();
        QVector<api::Event> events;
        connect(stream.get(), &api::EventStream::eventsArrived, this,
            [&events](const QVector<api::Event>& more) { events += more; });
        QVERIFY(change("UPDATE calls SET tenant = 'other' WHERE seq = 1"));
        const api::ChainVerification result = verified();
        QCOMPARE(result.verdict, QStringLiteral("FAIL"));
        QCOMPARE(result.findings.first().where, QStringLiteral("calls"));
        QTRY_VERIFY(std::any_of(events.begin(), events.end(),
            [](const api::Event& event) { return event.type == QLatin1String("audit.broken"); }));
        bool told = false;
        for (const api::Part& part : value(client.status()).parts)
            told = told || (part.name == QLatin1String("audit") && part.health == api::Health::Degraded);
        QVERIFY(told);
        // calls go on; and what was is so again
        QVERIFY(!call().isEmpty());
        QVERIFY(change("UPDATE calls SET tenant = 'acme' WHERE seq = 1"));
        QCOMPARE(verified().verdict, QStringLiteral("PASS"));
    }
};

QTEST_GUILESS_MAIN(TestEngineLog)
#include "tst_engine_log.moc"
