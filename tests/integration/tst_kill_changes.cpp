// kill -9 in the middle of 100 changes with keys, round after round: afterwards every key can be settled, what the log
// says agrees with what is there, and a change that is asked for again under its key is there once. And two clients
// with one key at once. Real programs on real sockets.
#include "program.h"
#include "raw_client.h"

#include "api/local_engine.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

#include <mutex>
#include <thread>

using namespace gateway;
using namespace gateway::test;

namespace {

constexpr int kRounds = 3; // SIGNALBOX_KILL_ROUNDS: as many as asked for
constexpr int kChanges = 100;
constexpr int kClients = 8;

constexpr const char* kConfig = R"(signalbox: 1
server: {gateway: "127.0.0.1:0", admin: "127.0.0.1:0"}
providers:
  - {name: up, kind: simulator, region: eu-west-1, retention: zero}
aliases:
  - {name: fast, purpose: tests, owner: tests, candidates: [{provider: up, model: sim-small-2026-09-01}]}
tenants:
  - {name: acme}
)";

struct Answer
{
    int status = 0; // 0: none was heard
    QJsonObject body;
};

// What the admin API of an engine answers; from any thread.
class Admin
{
public:
    Admin(const Program& engine, const QString& dataDirectory) : m_port(portOf(engine.field("admin")))
    {
        const auto token = api::readToken(api::tokenFile(dataDirectory));
        m_token = token ? *token : QByteArray();
    }
    Answer ask(const QByteArray& method, const QByteArray& path, const QByteArray& key = {},
        const QJsonObject& body = {}) const
    {
        QByteArray headers = "Authorization: Bearer " + m_token + "\r\nConnection: close\r\n";
        if (!key.isEmpty())
            headers += "Idempotency-Key: " + key + "\r\nx-signalbox-reason: " + key + "\r\n";
        const QByteArray text = body.isEmpty() ? QByteArray() : QJsonDocument(body).toJson(QJsonDocument::Compact);
        if (!text.isEmpty())
            headers += "Content-Type: application/json\r\n";
        const RawReply reply = rawCall(m_port, httpRequest(method, path, headers, text));
        if (reply.status == 0 || !reply.complete)
            return {};
        return {reply.status, QJsonDocument::fromJson(reply.body).object()};
    }
    // Half of the changes are credentials, half are drills; each carries its key as note or reason.
    Answer change(int number, const QByteArray& key) const
    {
        if (number % 2 == 0)
            return ask("POST", "/api/v1/credentials", key,
                {{QStringLiteral("tenant"), QStringLiteral("acme")},
                    {QStringLiteral("aliases"), QJsonArray{QStringLiteral("*")}},
                    {QStringLiteral("note"), QString::fromLatin1(key)}});
        return ask("POST", "/api/v1/drills", key,
            {{QStringLiteral("provider"), QStringLiteral("up")}, {QStringLiteral("percent"), 1},
                {QStringLiteral("duration_s"), 3600}});
    }
    // How often each key's change is there.
    QHash<QByteArray, int> effects() const
    {
        QHash<QByteArray, int> found;
        const auto count = [&found, this](const char* path, const char* field) {
            const Answer answer = ask("GET", path);
            for (const QJsonValue& item : answer.body.value(QLatin1String("items")).toArray())
                ++found[item.toObject().value(QLatin1String(field)).toString().toLatin1()];
        };
        count("/api/v1/credentials", "note");
        count("/api/v1/failovers", "reason");
        return found;
    }
    QString settle(const QByteArray& key) const
    {
        return ask("POST", "/api/v1/operations/" + key + "/settle").body.value(QLatin1String("state")).toString();
    }

private:
    quint16 m_port;
    QByteArray m_token;
};

QByteArray keyOf(int round, int number)
{
    return QStringLiteral("round-%1-change-%2").arg(round).arg(number).toLatin1();
}

} // namespace

class TestKillChanges : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void killed_data();
    void killed();
    void twoClientsWithOneKey();
    void cleanupTestCase();

private:
    std::unique_ptr<Program> startEngine(const QString& data);

    QTemporaryDir m_directory;
    QRandomGenerator m_random{20261122};
    int m_unheard = 0; // changes that were applied while their client heard nothing
    int m_given = 0;   // and those that were not
};

void TestKillChanges::initTestCase()
{
    QFile config(m_directory.filePath(QStringLiteral("signalbox.yaml")));
    QVERIFY(config.open(QIODevice::WriteOnly));
    config.write(kConfig);
}

std::unique_ptr<Program> TestKillChanges::startEngine(const QString& data)
{
    auto engine = std::make_unique<Program>(QStringLiteral("signalboxd"),
        QStringList{QStringLiteral("--config"), m_directory.filePath(QStringLiteral("signalbox.yaml")),
            QStringLiteral("--data-dir"), data, QStringLiteral("--workers"), QStringLiteral("1")});
    if (engine->waitForReady())
        return engine;
    qWarning("%s", qPrintable(engine->log()));
    return nullptr;
}

void TestKillChanges::killed_data()
{
    QTest::addColumn<int>("round");
    const int asked = qEnvironmentVariableIntValue("SIGNALBOX_KILL_ROUNDS");
    for (int round = 1; round <= (asked > 0 ? asked : kRounds); ++round)
        QTest::addRow("%d", round) << round;
}

void TestKillChanges::killed()
{
    QFETCH(int, round);
    const QString data = m_directory.filePath(QStringLiteral("data-%1").arg(round));
    std::unique_ptr<Program> engine = startEngine(data);
    QVERIFY(engine);

    // The clients take the changes one after the other; the kill falls when some have been answered.
    std::atomic<int> next = 0;
    std::atomic<int> answered = 0;
    std::vector<Answer> answers(kChanges);
    {
        const Admin admin(*engine, data);
        std::vector<std::thread> clients;
        for (int i = 0; i < kClients; ++i) {
            clients.emplace_back([&] {
                for (int number = next++; number < kChanges; number = next++) {
                    answers[std::size_t(number)] = admin.change(number, keyOf(round, number));
                    answered += answers[std::size_t(number)].status != 0;
                }
            });
        }
        const int enough = 5 + int(m_random.bounded(60));
        while (answered < enough && next < kChanges)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        engine->kill9();
        for (std::thread& client : clients)
            client.join();
    }

    engine = startEngine(data);
    QVERIFY(engine);
    const Admin admin(*engine, data);
    const QHash<QByteArray, int> before = admin.effects();
    for (int number = 0; number < kChanges; ++number) {
        const QByteArray key = keyOf(round, number);
        const int status = answers[std::size_t(number)].status;
        const QString what = QStringLiteral("%1, answered %2, there %3 times")
                                 .arg(QString::fromLatin1(key))
                                 .arg(status)
                                 .arg(before.value(key));
        QVERIFY2(status == 0 || status == 201, qPrintable(what));
        QVERIFY2(before.value(key) <= 1, qPrintable(what));
        QVERIFY2(status == 0 || before.value(key) == 1, qPrintable(what)); // what was answered is there
        if (number % 4 < 2) {                                              // the client asks what became of it
            const QString state = admin.settle(key);
            const QString expected = before.value(key) == 1 ? QStringLiteral("applied") : QStringLiteral("not_applied");
            QVERIFY2(state == expected, qPrintable(what + QStringLiteral(", settled as ") + state));
        }
        m_unheard += status == 0 && before.value(key) == 1;
        m_given += status == 0 && before.value(key) == 0;
    }
    // The client sends everything again, twice: what was settled stays as it was told, the rest is there once.
    for (int turn = 0; turn < 2; ++turn) {
        for (int number = 0; number < kChanges; ++number) {
            const Answer again = admin.change(number, keyOf(round, number));
            QVERIFY2(again.status == 201 || again.status == 409, qPrintable(QString::number(again.status)));
        }
    }
    const QHash<QByteArray, int> after = admin.effects();
    for (int number = 0; number < kChanges; ++number) {
        const QByteArray key = keyOf(round, number);
        const int expected = number % 4 < 2 ? before.value(key) : 1;
        QVERIFY2(after.value(key) == expected, qPrintable(QStringLiteral("%1 is there %2 times and not %3")
                                                              .arg(QString::fromLatin1(key))
                                                              .arg(after.value(key))
                                                              .arg(expected)));
    }
    // The log has no gaps, and agrees.
    const QJsonArray log = admin.ask("GET", "/api/v1/audit?limit=1000").body.value(QLatin1String("items")).toArray();
    QSet<QString> applied;
    for (int i = 0; i < log.size(); ++i) {
        const QJsonObject entry = log[i].toObject();
        QCOMPARE(entry.value(QLatin1String("sequence")).toInteger(), qint64(log.size() - i));
        if (entry.value(QLatin1String("outcome")).toString() == QLatin1String("applied")) {
            const QString key = entry.value(QLatin1String("operation")).toString();
            QVERIFY2(!applied.contains(key), qPrintable(key + QStringLiteral(" was applied twice")));
            applied.insert(key);
        }
    }
    for (int number = 0; number < kChanges; ++number) {
        const QByteArray key = keyOf(round, number);
        QCOMPARE(applied.contains(QString::fromLatin1(key)), after.value(key) == 1);
    }
    QCOMPARE(engine->stop(), 0);
}

void TestKillChanges::twoClientsWithOneKey()
{
    const QString data = m_directory.filePath(QStringLiteral("data-two"));
    std::unique_ptr<Program> engine = startEngine(data);
    QVERIFY(engine);
    const Admin admin(*engine, data);
    for (int turn = 0; turn < 50; ++turn) {
        const QByteArray key = keyOf(0, turn);
        Answer first;
        Answer second;
        std::thread one([&] { first = admin.change(turn, key); });
        std::thread two([&] { second = admin.change(turn, key); });
        one.join();
        two.join();
        for (const Answer& answer : {first, second})
            QVERIFY2(answer.status == 201 || answer.status == 409, qPrintable(QString::number(answer.status)));
        QVERIFY(first.status == 201 || second.status == 201);
        if (first.status == second.status)
            QCOMPARE(first.body, second.body); // the same answer, also the same key
        QCOMPARE(admin.settle(key), QStringLiteral("applied"));
    }
    const QHash<QByteArray, int> effects = admin.effects();
    for (int turn = 0; turn < 50; ++turn)
        QCOMPARE(effects.value(keyOf(0, turn)), 1);
    QCOMPARE(engine->stop(), 0);
}

void TestKillChanges::cleanupTestCase()
{
    qInfo("changes without an answer: %d were applied, %d were not", m_unheard, m_given);
    QVERIFY2(m_unheard + m_given > 0, "no kill fell into the middle; the test shows nothing");
}

QTEST_GUILESS_MAIN(TestKillChanges)
#include "tst_kill_changes.moc"
