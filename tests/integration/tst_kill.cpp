// kill -9 in the middle of 200 calls, twenty times over: what a caller saw answered is in the record exactly once, the
// database is whole, what the provider accepted and nobody was told of is listed as indeterminate, and no id comes
// twice. Real programs on real sockets; the simulator, which is not killed, is the witness of what was really asked.
#include "engine_fixture.h"
#include "raw_client.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRandomGenerator>
#include <QSet>
#include <QTest>

#include <mutex>
#include <thread>

using namespace gateway::test;

namespace {

constexpr int kRounds = 20;
constexpr int kCalls = 200;

struct Seen
{
    QString id;
    bool answered = false; // completely, as far as the caller can tell
    bool stream = false;
};

// Runs the calls on threads of their own; each thread makes one after the other until the gateway is gone.
class Load
{
public:
    Load(quint16 port, QByteArray key, int round) : m_port(port), m_key(std::move(key)), m_round(round)
    {
        for (int i = 0; i < kCalls; ++i)
            m_threads.emplace_back([this, i] { callAgainAndAgain(i); });
    }
    ~Load() { join(); }
    Q_DISABLE_COPY_MOVE(Load)

    void join()
    {
        m_stopping = true;
        for (std::thread& thread : m_threads) {
            if (thread.joinable())
                thread.join();
        }
    }
    QList<Seen> seen()
    {
        const std::lock_guard lock(m_mutex);
        return m_seen;
    }
    int answered() const { return m_answered; }

private:
    void callAgainAndAgain(int number)
    {
        for (int turn = 0; !m_stopping; ++turn) {
            const bool stream = (number + turn) % 2 == 0;
            const QByteArray prompt =
                QStringLiteral("round %1, call %2, turn %3").arg(m_round).arg(number).arg(turn).toUtf8();
            const RawReply reply = rawCall(m_port, chatRequest(m_key, "fast", stream, prompt));
            if (reply.status == 0)
                return;
            const bool whole =
                reply.status == 200 && reply.complete && (!stream || reply.body.endsWith("data: [DONE]\n\n"));
            const std::lock_guard lock(m_mutex);
            m_seen.append({QString::fromUtf8(reply.header("x-request-id")), whole, stream});
            m_answered += whole;
            if (reply.closed)
                return;
        }
    }

    const quint16 m_port;
    const QByteArray m_key;
    const int m_round;
    std::atomic<bool> m_stopping = false;
    std::atomic<int> m_answered = 0;
    std::mutex m_mutex;
    QList<Seen> m_seen; // guarded by m_mutex
    std::vector<std::thread> m_threads;
};

QSet<QString> idsTheProviderTook(quint16 simulatorPort, int& posts)
{
    const RawReply reply = rawCall(simulatorPort, httpRequest("GET", "/sim/ledger", {}, {}));
    const QJsonObject ledger = QJsonDocument::fromJson(reply.body).object();
    posts = ledger.value(QLatin1String("posts")).toInt();
    QSet<QString> ids;
    for (const QJsonValue& entry : ledger.value(QLatin1String("entries")).toArray())
        ids.insert(entry[u"x_request_id"].toString());
    return ids;
}

} // namespace

class TestKill : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void killed_data();
    void killed();
    void cleanupTestCase();

private:
    std::unique_ptr<Program> startEngine();
    QString issueKey();
    QJsonObject verifiedLog(int& exitCode) const; // by the program an auditor uses, without the engine

    QTemporaryDir m_directory;
    QString m_data;
    std::unique_ptr<Program> m_simulator;
    std::unique_ptr<Program> m_engine;
    QByteArray m_key;
    QRandomGenerator m_random{20261122};
    QSet<QString> m_everAnswered;
    qint64 m_indeterminate = 0;
};

void TestKill::initTestCase()
{
    m_data = m_directory.filePath(QStringLiteral("data"));
    QFile profile(m_directory.filePath(QStringLiteral("profile.yaml")));
    QVERIFY(profile.open(QIODevice::WriteOnly));
    // slow enough that a kill always finds calls in every phase
    profile.write(
        "seed: 3\nfirst_byte: {median: 30ms, p95: 90ms}\ntokens_per_second: 400\nanswer_tokens: {min: 5, max: 40}\n");
    profile.close();
    m_simulator = std::make_unique<Program>(
        QStringLiteral("signalbox-sim"), QStringList{QStringLiteral("--listen"), QStringLiteral("127.0.0.1:0"),
                                             QStringLiteral("--profile"), profile.fileName()});
    QVERIFY2(m_simulator->waitForReady(), qPrintable(m_simulator->log()));

    QFile config(m_directory.filePath(QStringLiteral("signalbox.yaml")));
    QVERIFY(config.open(QIODevice::WriteOnly));
    config.write(oneProviderConfig(m_simulator->field("base_url"), "sim-small-2026-09-01"));
    config.close();

    m_engine = startEngine();
    QVERIFY2(m_engine, "the engine did not start");
    const QString wrong = issueKey();
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
}

std::unique_ptr<Program> TestKill::startEngine()
{
    auto engine = std::make_unique<Program>(QStringLiteral("signalboxd"),
        QStringList{QStringLiteral("--config"), m_directory.filePath(QStringLiteral("signalbox.yaml")),
            QStringLiteral("--data-dir"), m_data, QStringLiteral("--gateway"), QStringLiteral("127.0.0.1:0"),
            QStringLiteral("--admin"), QStringLiteral("127.0.0.1:0")});
    if (!engine->waitForReady()) {
        qWarning("%s", qPrintable(engine->log()));
        return nullptr;
    }
    return engine;
}

QString TestKill::issueKey()
{
    const Finished issued = runProgram(QStringLiteral("signalboxctl"),
        {QStringLiteral("credential"), QStringLiteral("issue"), QStringLiteral("--tenant"), QStringLiteral("acme"),
            QStringLiteral("--aliases"), QStringLiteral("*"), QStringLiteral("--json"), QStringLiteral("--reason"),
            QStringLiteral("test"), QStringLiteral("--data-dir"), m_data});
    m_key = QJsonDocument::fromJson(issued.output).object().value(QLatin1String("key")).toString().toUtf8();
    return m_key.isEmpty() ? QString::fromUtf8(issued.output + issued.log) : QString();
}

QJsonObject TestKill::verifiedLog(int& exitCode) const
{
    const Finished verified = runProgram(QStringLiteral("signalboxctl"),
        {QStringLiteral("audit"), QStringLiteral("verify"), m_data, QStringLiteral("--json")}, 60'000);
    exitCode = verified.exitCode;
    return QJsonDocument::fromJson(verified.output).object();
}

void TestKill::killed_data()
{
    QTest::addColumn<int>("round");
    for (int round = 1; round <= kRounds; ++round)
        QTest::addRow("%d", round) << round;
}

void TestKill::killed()
{
    QFETCH(int, round);
    QVERIFY2(m_engine, "an earlier round left no engine");
    rawCall(portOf(m_simulator->field("url")), httpRequest("DELETE", "/sim/ledger", {}, {}));

    // 200 callers at once; the kill falls 0 to 200 ms after the first of them has been answered.
    auto load = std::make_unique<Load>(portOf(m_engine->field("gateway")), m_key, round);
    QTRY_VERIFY_WITH_TIMEOUT(load->answered() > 0, 20'000);
    QTest::qWait(m_random.bounded(200));
    m_engine->kill9();
    load->join();
    const QList<Seen> seen = load->seen();

    // what is filed is under the log, whenever it was cut: rows and entries come together or not at all
    int exitCode = -1;
    const QJsonObject log = verifiedLog(exitCode);
    const QByteArray words = QJsonDocument(log).toJson(QJsonDocument::Compact);
    QVERIFY2(exitCode == 0 || exitCode == 7, words.constData());
    QCOMPARE(log.value(QLatin1String("finding_count")).toInt(-1), 0);

    m_engine = startEngine();
    QVERIFY2(m_engine, "the engine did not start again");
    const RecordFile record(m_data);
    QVERIFY(record.isOpen());
    QCOMPARE(record.integrity(), QStringLiteral("ok"));
    const QMap<QString, QList<RecordedCall>> calls = record.callsById();

    int posts = 0;
    const QSet<QString> taken = idsTheProviderTook(portOf(m_simulator->field("url")), posts);
    QVERIFY2(!taken.contains(QString()), "a call reached the provider without our request id");
    QCOMPARE(taken.size(), posts); // no call was asked twice

    int answered = 0;
    for (const Seen& one : seen) {
        if (!one.answered)
            continue;
        ++answered;
        QVERIFY2(!m_everAnswered.contains(one.id), qPrintable(one.id + QStringLiteral(" came twice")));
        m_everAnswered.insert(one.id);
        const QList<RecordedCall> recorded = calls.value(one.id);
        QVERIFY2(recorded.size() == 1,
            qPrintable(QStringLiteral("%1 is recorded %2 times").arg(one.id).arg(recorded.size())));
        QCOMPARE(recorded.first().outcome, QStringLiteral("answered"));
    }
    int indeterminate = 0;
    for (const QString& id : taken) {
        const QList<RecordedCall> recorded = calls.value(id);
        QVERIFY2(recorded.size() == 1,
            qPrintable(
                QStringLiteral("the provider took %1, the record holds it %2 times").arg(id).arg(recorded.size())));
        indeterminate += recorded.first().outcome == QLatin1String("indeterminate");
    }
    for (const QList<RecordedCall>& recorded : calls)
        QCOMPARE(recorded.size(), 1);
    m_indeterminate += indeterminate;
    qInfo("round %d: %d POSTs, %d answered, %d indeterminate", round, posts, answered, indeterminate);
    QVERIFY2(answered > 0, "a round without an answered call shows nothing");
}

void TestKill::cleanupTestCase()
{
    QVERIFY2(m_indeterminate > 0, "no kill ever found an open call; the test shows nothing");
    QVERIFY(m_engine);
    QCOMPARE(m_engine->stop(), 0);
    QCOMPARE(m_simulator->stop(), 0);
    // ended in good order: all is signed and anchored, over all the kills
    int exitCode = -1;
    const QJsonObject log = verifiedLog(exitCode);
    QVERIFY2(exitCode == 0, QJsonDocument(log).toJson(QJsonDocument::Compact).constData());
    const RecordFile record(m_data);
    QVERIFY(log.value(QLatin1String("rows")).toInteger() >= record.callCount());
}

QTEST_GUILESS_MAIN(TestKill)
#include "tst_kill.moc"
