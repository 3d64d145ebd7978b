// A budget with room for exactly 100 calls and 512 that want it at once: 100 are admitted, on every route, plain and
// streamed, also when the engine is killed in the middle and started again. The simulated provider's own ledger is the
// witness of what was really bought. Real programs, real sockets.
#include "engine_fixture.h"
#include "raw_client.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTest>

#include <thread>

using namespace gateway;
using namespace gateway::test;

namespace {

constexpr int kCalls = 512;
constexpr int kRoom = 100;

// Only output has a price, and every answer has exactly the 10 tokens that were asked for: 0.001 USD a token, 0.01 a
// call.
constexpr char kPrices[] = R"(version: race-1
prices:
  - {provider: up, model: "sim-*", valid_from: 2026-01-01, input_usd_per_million: "0", output_usd_per_million: "1000"}
models:
  - {provider: up, model: sim-tokens-10-first-200, max_output_tokens: 10}
)";

QByteArray configText(const QString& baseUrl, const QString& prices, const QByteArray& scopes)
{
    QByteArray budgets;
    for (const QByteArray& scope : scopes.split(';'))
        budgets += "  - {scope: {" + scope + "}, period: year, amount_usd: '1.00', at_limit: refuse}\n";
    return "signalbox: 1\nproviders:\n  - {name: up, kind: openai-compatible, base_url: '" + baseUrl.toUtf8() +
           "', region: local}\n"
           "aliases:\n  - {name: fast, candidates: [{provider: up, model: sim-tokens-10-first-200, weight: 1}]}\n"
           "tenants:\n  - {name: acme}\nbudgets:\n" +
           budgets + "prices: {book: '" + prices.toUtf8() + "'}\n";
}

struct Tally
{
    std::atomic<int> answered = 0;
    std::atomic<int> refused = 0;
    std::atomic<int> other = 0;
};

// 512 callers, each with a connection of its own, all at once.
void storm(quint16 port, const QByteArray& key, int number, Tally& tally)
{
    const bool stream = number % 2 == 0;
    const QByteArray fields = number % 3 == 0 ? ",\"max_completion_tokens\":10" : ",\"max_tokens\":10";
    const RawReply reply = rawCall(
        port, chatRequest(key, "fast", stream, QByteArray::number(number), {}, fields), std::chrono::seconds(60));
    if (reply.status == 200 && reply.complete && (!stream || reply.body.contains("data: [DONE]")))
        ++tally.answered;
    else if (reply.status == 429 && reply.body.contains("\"budget_hard\""))
        ++tally.refused;
    else
        ++tally.other;
}

int posts(quint16 simulatorPort)
{
    const RawReply reply = rawCall(simulatorPort, httpRequest("GET", "/sim/ledger", {}, {}));
    return QJsonDocument::fromJson(reply.body).object().value(QLatin1String("posts")).toInt();
}

// What the record says was spent, as a stranger with the file would add it up.
qint64 recordedNano(const QString& dataDirectory, const QString& outcome)
{
    qint64 sum = -1;
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("sum"));
        database.setDatabaseName(dataDirectory + QStringLiteral("/signalbox.db"));
        database.setConnectOptions(QStringLiteral("QSQLITE_OPEN_READONLY"));
        if (database.open()) {
            QSqlQuery query(database);
            query.prepare(QStringLiteral("SELECT coalesce(sum(attempts.cost_nano), 0) FROM attempts JOIN calls ON "
                                         "calls.seq = attempts.call WHERE calls.outcome = ?"));
            query.addBindValue(outcome);
            if (query.exec() && query.next())
                sum = query.value(0).toLongLong();
        }
    }
    QSqlDatabase::removeDatabase(QStringLiteral("sum"));
    return sum;
}

} // namespace

class TestBudgetRace : public QObject
{
    Q_OBJECT

    std::unique_ptr<Program> m_simulator;
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Program> m_engine;
    QByteArray m_key;

    QString data() const { return m_directory->filePath(QStringLiteral("data")); }
    void startEngine()
    {
        m_engine = std::make_unique<Program>(QStringLiteral("signalboxd"),
            QStringList{QStringLiteral("--config"), m_directory->filePath(QStringLiteral("signalbox.yaml")),
                QStringLiteral("--data-dir"), data(), QStringLiteral("--gateway"), QStringLiteral("127.0.0.1:0"),
                QStringLiteral("--admin"), QStringLiteral("127.0.0.1:0"), QStringLiteral("--workers"),
                QStringLiteral("2")});
        QVERIFY2(m_engine->waitForReady(), qPrintable(m_engine->log()));
    }
    void startFresh(const QByteArray& scopes)
    {
        m_engine.reset();
        m_directory = std::make_unique<QTemporaryDir>();
        const auto write = [this](const char* name, const QByteArray& text) {
            QFile file(m_directory->filePath(QLatin1String(name)));
            return file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
        };
        QVERIFY(write("prices.yaml", kPrices));
        QVERIFY(write("signalbox.yaml",
            configText(m_simulator->field("base_url"), m_directory->filePath(QStringLiteral("prices.yaml")), scopes)));
        startEngine();
        const Finished issued = runProgram(QStringLiteral("signalboxctl"),
            {QStringLiteral("credential"), QStringLiteral("issue"), QStringLiteral("--tenant"), QStringLiteral("acme"),
                QStringLiteral("--aliases"), QStringLiteral("*"), QStringLiteral("--json"), QStringLiteral("--reason"),
                QStringLiteral("test"), QStringLiteral("--data-dir"), data()});
        m_key = QJsonDocument::fromJson(issued.output).object().value(QLatin1String("key")).toString().toUtf8();
        QVERIFY2(!m_key.isEmpty(), issued.log);
        rawCall(portOf(m_simulator->field("url")), httpRequest("DELETE", "/sim/ledger", {}, {}));
    }
    void runStorm(Tally& tally, int from = 0, int to = kCalls, const std::function<void()>& meanwhile = {})
    {
        const quint16 port = portOf(m_engine->field("gateway"));
        std::vector<std::thread> threads;
        for (int i = from; i < to; ++i)
            threads.emplace_back([&, i] { storm(port, m_key, i, tally); });
        if (meanwhile)
            meanwhile();
        for (std::thread& thread : threads)
            thread.join();
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_simulator = std::make_unique<Program>(
            QStringLiteral("signalbox-sim"), QStringList{QStringLiteral("--listen"), QStringLiteral("127.0.0.1:0")});
        QVERIFY2(m_simulator->waitForReady(), qPrintable(m_simulator->log()));
    }

    void exactly100_data()
    {
        QTest::addColumn<QByteArray>("scopes");
        QTest::newRow("one budget") << QByteArray("tenant: acme");
        QTest::newRow("three that overlap") << QByteArray("tenant: acme;alias: fast;provider: up");
        QTest::newRow("the whole gateway") << QByteArray("");
    }
    void exactly100()
    {
        QFETCH(QByteArray, scopes);
        startFresh(scopes);
        Tally tally;
        runStorm(tally);
        QCOMPARE(tally.answered.load(), kRoom);
        QCOMPARE(tally.refused.load(), kCalls - kRoom);
        QCOMPARE(tally.other.load(), 0);
        QCOMPARE(posts(portOf(m_simulator->field("url"))), kRoom);
        // a stranger with the file does not press: what is in the journal is in the database a moment later (0131)
        QTRY_COMPARE_WITH_TIMEOUT(recordedNano(data(), QStringLiteral("answered")), qint64(1'000'000'000), 20'000);
    }

    // What was in flight when the engine died is charged at its reservation, so what is left is still exactly the rest.
    void killedInTheMiddle()
    {
        for (const int delayMs : {5, 20, 260}) {
            startFresh("tenant: acme");
            Tally first;
            runStorm(first, 0, 60, [&] { // some room is left for those after the restart
                QTest::qWait(delayMs);
                m_engine->kill9();
            });
            startEngine();
            const int bought = posts(portOf(m_simulator->field("url")));
            const qint64 charged = recordedNano(data(), QStringLiteral("answered")) +
                                   recordedNano(data(), QStringLiteral("cancelled")) +
                                   recordedNano(data(), QStringLiteral("indeterminate"));
            QVERIFY2(bought <= kRoom, qPrintable(QString::number(bought)));
            QVERIFY2(charged >= bought * 10'000'000LL, "something was bought that nobody is charged for");
            QVERIFY2(charged <= kRoom * 10'000'000LL, "more is charged than there is");

            Tally second;
            runStorm(second);
            QCOMPARE(second.other.load(), 0);
            QCOMPARE(second.answered.load(), int(kRoom - charged / 10'000'000));
            QVERIFY(posts(portOf(m_simulator->field("url"))) <= kRoom);
            qInfo("killed after %d ms: %d answered before, %d bought, %lld charged, %d answered after", delayMs,
                first.answered.load(), bought, charged / 10'000'000, second.answered.load());
        }
    }

    // A refusal says what would fit; asked again with that, the call is admitted.
    void suggestedLimitIsAdmitted()
    {
        startFresh("tenant: acme");
        const quint16 port = portOf(m_engine->field("gateway"));
        Tally tally;
        runStorm(tally, 0, 99); // 0.99 of 1.00 USD
        QCOMPARE(tally.answered.load(), 99);
        QCOMPARE(rawCall(port, chatRequest(m_key, "fast", false, "x", {}, ",\"max_tokens\":5")).status, 200);
        const RawReply refused = rawCall(port, chatRequest(m_key, "fast", false, "x", {}, ",\"max_tokens\":10"));
        QCOMPARE(refused.status, 429);
        QCOMPARE(refused.header("x-should-retry"), QByteArray("false"));
        QVERIFY(refused.header("retry-after").isEmpty());
        const QJsonObject why = QJsonDocument::fromJson(refused.body)[u"error"][u"signalbox"].toObject();
        QCOMPARE(why[u"code"].toString(), QStringLiteral("budget_hard"));
        QCOMPARE(why[u"limit"].toString(), QStringLiteral("1"));
        QCOMPARE(why[u"used"].toString(), QStringLiteral("0.995"));
        QCOMPARE(why[u"estimate"].toString(), QStringLiteral("0.01"));
        QVERIFY(why[u"formula"].toString().contains(QLatin1String("output tokens")));
        QVERIFY(QDateTime::fromString(why[u"reset_at"].toString(), Qt::ISODate) > QDateTime::currentDateTimeUtc());
        const int fits = why[u"largest_max_output_tokens"].toInt();
        QCOMPARE(fits, 5);
        const QByteArray fields = ",\"max_completion_tokens\":" + QByteArray::number(fits);
        QCOMPARE(rawCall(port, chatRequest(m_key, "fast", false, "x", {}, fields)).status, 200);
    }

    void cleanupTestCase()
    {
        if (m_engine)
            m_engine->stop();
        QCOMPARE(m_simulator->stop(), 0);
    }
};

QTEST_GUILESS_MAIN(TestBudgetRace)
#include "tst_budget_race.moc"
