// kill -9 in the middle of promotions and rollbacks, round after round: afterwards one revision is in force, it is what
// was answered last or the one that was just on its way, and the log says of each change truthfully whether it
// happened. Real programs on real sockets.
#include "program.h"
#include "raw_client.h"

#include "api/local_engine.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <thread>

using namespace gateway;
using namespace gateway::test;

namespace {

constexpr int kRounds = 6; // SIGNALBOX_KILL_ROUNDS: as many as asked for

const QByteArray kConfig = "signalbox: 1\n"
                           "server: {gateway: \"127.0.0.1:0\", admin: \"127.0.0.1:0\"}\n"
                           "providers:\n"
                           "  - {name: up, kind: simulator, region: eu-west-1, retention: zero}\n"
                           "aliases:\n"
                           "  - {name: fast, purpose: tests, owner: o0, candidates: [{provider: up, model: "
                           "sim-small-2026-09-01}]}\n"
                           "tenants:\n"
                           "  - {name: acme}\n";

struct Answer
{
    int status = 0; // 0: none was heard
    QJsonObject body;
};

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
        const bool isPost = method == "POST";
        const QByteArray text = isPost ? QJsonDocument(body).toJson(QJsonDocument::Compact) : QByteArray();
        if (isPost)
            headers += "Content-Type: application/json\r\n";
        const RawReply reply = rawCall(m_port, httpRequest(method, "/api/v1/" + path, headers, text));
        if (reply.status == 0 || !reply.complete)
            return {};
        return {reply.status, QJsonDocument::fromJson(reply.body).object()};
    }
    QString draft(int number, const QByteArray& key) const
    {
        const QByteArray text = QByteArray(kConfig).replace("owner: o0", "owner: o" + QByteArray::number(number));
        return ask("POST", "config/drafts", key, {{QStringLiteral("yaml"), QString::fromUtf8(text)}})
            .body.value(QLatin1String("id"))
            .toString();
    }
    int revision() const { return ask("GET", "status").body.value(QLatin1String("revision")).toInt(); }
    QString settle(const QByteArray& key) const
    {
        return ask("POST", "operations/" + key + "/settle").body.value(QLatin1String("state")).toString();
    }

private:
    quint16 m_port;
    QByteArray m_token;
};

} // namespace

class TestKillPromote : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void killed_data();
    void killed();

private:
    std::unique_ptr<Program> startEngine(const QString& data);
    static QVector<int> inForce(const QString& data);

    QTemporaryDir m_directory;
    QRandomGenerator m_random{20261123};
};

void TestKillPromote::initTestCase()
{
    QFile config(m_directory.filePath(QStringLiteral("signalbox.yaml")));
    QVERIFY(config.open(QIODevice::WriteOnly));
    config.write(kConfig);
}

std::unique_ptr<Program> TestKillPromote::startEngine(const QString& data)
{
    auto engine = std::make_unique<Program>(QStringLiteral("signalboxd"),
        QStringList{QStringLiteral("--config"), m_directory.filePath(QStringLiteral("signalbox.yaml")),
            QStringLiteral("--data-dir"), data, QStringLiteral("--workers"), QStringLiteral("2")});
    if (engine->waitForReady())
        return engine;
    qWarning("%s", qPrintable(engine->log()));
    return nullptr;
}

QVector<int> TestKillPromote::inForce(const QString& data)
{
    QVector<int> numbers;
    const QString name = QStringLiteral("look");
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), name);
        database.setDatabaseName(data + QStringLiteral("/signalbox.db"));
        if (database.open()) {
            QSqlQuery query(database);
            query.exec(QStringLiteral("SELECT number FROM config_revisions WHERE in_force = 1"));
            while (query.next())
                numbers.append(query.value(0).toInt());
        }
    }
    QSqlDatabase::removeDatabase(name);
    return numbers;
}

void TestKillPromote::killed_data()
{
    QTest::addColumn<int>("round");
    const int asked = qEnvironmentVariableIntValue("SIGNALBOX_KILL_ROUNDS");
    for (int round = 1; round <= (asked > 0 ? asked : kRounds); ++round)
        QTest::addRow("%d", round) << round;
}

void TestKillPromote::killed()
{
    QFETCH(int, round);
    const QString data = m_directory.filePath(QStringLiteral("data-%1").arg(round));
    std::unique_ptr<Program> engine = startEngine(data);
    QVERIFY(engine);

    // One promotion after the other, a rollback now and then; the kill falls on one of them.
    struct Step
    {
        QByteArray key;
        int number = 0; // of the revision, if it was answered
        int status = 0;
    };
    std::vector<Step> steps;
    std::atomic<int> answered = 0;
    {
        const Admin admin(*engine, data);
        std::thread client([&] {
            for (int number = 1; number < 60; ++number) {
                const QByteArray name = QByteArray::number(number);
                const bool isBack = number % 4 == 0;
                const QString draft = isBack ? QString() : admin.draft(number, "draft-" + name);
                if (!isBack && draft.isEmpty())
                    return;
                steps.push_back({"step-" + name});
                const Answer answer =
                    isBack ? admin.ask("POST", "config/rollback", steps.back().key)
                           : admin.ask("POST", "config/promote", steps.back().key, {{QStringLiteral("draft"), draft}});
                steps.back().status = answer.status;
                steps.back().number =
                    answer.body.value(QLatin1String("revision")).toObject().value(QLatin1String("number")).toInt();
                if (answer.status == 0)
                    return;
                ++answered;
            }
        });
        const int enough = 2 + int(m_random.bounded(6));
        while (answered < enough)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        std::this_thread::sleep_for(std::chrono::microseconds(m_random.bounded(15'000)));
        engine->kill9();
        client.join();
    }
    int last = 1; // answered to be in force
    for (const Step& step : steps) {
        QVERIFY2(step.status == 200 || step.status == 0, step.key.constData());
        if (step.status == 200)
            last = step.number;
    }

    engine = startEngine(data);
    QVERIFY(engine);
    const Admin admin(*engine, data);
    const int now = admin.revision();
    // what was answered is in force, or the one after it, whose answer nobody heard
    QVERIFY2(now == last || now == last + 1, qPrintable(QStringLiteral("%1 after %2").arg(now).arg(last)));
    QCOMPARE(inForce(data), QVector<int>{now});
    // the log and the revision agree about the one that was on its way
    if (!steps.empty() && steps.back().status == 0) {
        const QString state = admin.settle(steps.back().key);
        QCOMPARE(state, now == last + 1 ? QStringLiteral("applied") : QStringLiteral("not_applied"));
    }
    // what is in force is the text that the history has under this number
    const QJsonObject revision = admin.ask("GET", "config/revisions/" + QByteArray::number(now)).body;
    QCOMPARE(revision.value(QLatin1String("is_in_force")).toBool(), true);
    const QJsonObject standing = admin.ask("GET", "config/standing").body;
    QCOMPARE(standing.value(QLatin1String("hash")), revision.value(QLatin1String("hash")));
    // every revision before has its end where the next one begins
    const QJsonArray all = admin.ask("GET", "config/revisions").body.value(QLatin1String("items")).toArray();
    for (qsizetype i = 1; i < all.size(); ++i) {
        if (!all[i].toObject().value(QLatin1String("in_force_from")).isNull())
            QVERIFY(!all[i].toObject().value(QLatin1String("in_force_until")).isNull());
    }
    // and it goes on
    const QString draft = admin.draft(100, "after");
    const Answer promoted = admin.ask("POST", "config/promote", "after-it", {{QStringLiteral("draft"), draft}});
    QVERIFY2(promoted.status == 200, QJsonDocument(promoted.body).toJson().constData());
    QVERIFY(admin.revision() > now);
}

QTEST_GUILESS_MAIN(TestKillPromote)
#include "tst_kill_promote.moc"
