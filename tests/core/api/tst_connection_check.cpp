// The ladder of an attach, on real sockets: each rung fails in its own way, says what to do, and nothing above it is
// tried; what the engine's certificate is can be seen before anything was sent to it.
#include "certificates.h"
#include "link_cutter.h"
#include "scripted_admin.h"

#include "api/connection_check.h"
#include "api/engine_status.h"
#include "api/handshake.h"
#include "api/principal.h"

#include <QSignalSpy>
#include <QTest>
#include <QTimer>

using namespace gateway;
using api::CheckRung;
using test::ScriptedAdmin;
using Answer = ScriptedAdmin::Answer;
using Name = CheckRung::Name;
using State = CheckRung::State;

namespace {

// A whole engine, as far as the ladder looks; a test changes what it needs.
struct Engine
{
    api::WhoAmI who;
    api::EngineStatus status;
    int whoStatus = 200;
    int streamStatus = 200;
    qint64 skewMs = 0;
    bool ends = false;
    QJsonObject raw; // instead of the status

    Engine()
    {
        who.name = QStringLiteral("anna");
        who.role = api::Role::Operator;
        status.version = QStringLiteral("0.5.0");
        status.name = QStringLiteral("gw-1");
        status.environment = QStringLiteral("prod");
        status.apiMajor = api::kApiMajor;
        status.apiMinor = api::kApiMinor;
        status.features = api::knownFeatures();
    }
    Answer operator()(const ScriptedAdmin::Asked& asked)
    {
        Answer answer;
        const QJsonObject error{
            {QStringLiteral("error"), QJsonObject{{QStringLiteral("message"), QStringLiteral("That is refused.")}}}};
        if (asked.path == "/api/v1/whoami") {
            answer.status = whoStatus;
            answer.body = whoStatus == 200 ? toJson(who) : error;
        } else if (asked.path == "/api/v1/status") {
            status.asOf = QDateTime::currentDateTimeUtc().addMSecs(skewMs);
            answer.body = raw.isEmpty() ? toJson(status) : raw;
        } else if (asked.path.startsWith("/api/v1/events")) {
            answer.status = streamStatus;
            answer.body = error;
            if (streamStatus == 200) {
                answer.how = ends ? Answer::How::Silence : Answer::How::Stream;
                answer.raw = "event: hello\ndata: {\"sequence\":7}\n\n";
            }
        } else {
            answer.status = 404;
        }
        return answer;
    }
};

api::HttpTransportOptions optionsFor(quint16 port, const char* scheme = "https", const char* host = "127.0.0.1")
{
    api::HttpTransportOptions options;
    options.base = QUrl(QStringLiteral("%1://%2:%3").arg(QLatin1String(scheme), QLatin1String(host)).arg(port));
    options.token = "sba_a_secret-of-the-ladder";
    options.timeout = std::chrono::milliseconds(1'500);
    return options;
}

void climb(api::ConnectionCheck& check)
{
    QSignalSpy finished(&check, &api::ConnectionCheck::finished);
    check.start();
    QVERIFY(finished.size() == 1 || finished.wait(20'000));
    QCOMPARE(finished.size(), 1);
    QCOMPARE(check.rungs().size(), 8);
    bool failed = false;
    for (const CheckRung& rung : check.rungs()) {
        QVERIFY(rung.state != State::Waiting && rung.state != State::Running);
        QVERIFY2(!failed || rung.state == State::Skipped, "nothing above a failed rung is tried");
        failed = failed || rung.state == State::Failed;
        QCOMPARE(!rung.fix.isEmpty(), rung.state == State::Failed || rung.state == State::Warning);
        QVERIFY(!rung.detail.contains(QStringLiteral("secret-of-the-ladder")));
        QVERIFY(!rung.fix.contains(QStringLiteral("secret-of-the-ladder")));
    }
    QCOMPARE(check.isGood(), !failed);
}

quint16 freePort()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return server.serverPort();
}

const CheckRung& rung(const api::ConnectionCheck& check, Name name)
{
    return check.rungs().at(int(name));
}

} // namespace

// Asks of a rung: its state, and words of what it says.
#define RUNG(check, name, wanted, words)                                                                               \
    do {                                                                                                               \
        QVERIFY2(rung(check, name).state == (wanted), qPrintable(rung(check, name).detail));                           \
        QVERIFY2(rung(check, name).detail.contains(QStringLiteral(words)), qPrintable(rung(check, name).detail));      \
    } while (false)

class TestConnectionCheck : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void everythingIsWell();
    void plainOnThisComputer();
    void withoutTokenTheLadderEndsAfterTls();
    void nothingIsSentToAStranger();
    void addressThatIsNone();
    void nameUnknown();
    void nobodyListens();
    void nobodyAnswers();
    void tls_data();
    void tls();
    void plainHttpOnThePort();
    void tlsThatSaysNothing();
    void expiredButPinned();
    void authentication_data();
    void authentication();
    void olderEngineWithoutRoles();
    void tokenThatExpiresSoon();
    void anotherMajor();
    void somethingMissing();
    void notAnEngine();
    void clocks_data();
    void clocks();
    void streamRefused();
    void streamThatSaysNothing();
    void linkIsCutInTheMiddle();
    void destroyedInTheMiddle();

private:
    test::CertificateMaker m_maker;
    test::TestCertificate m_ca, m_signed, m_self, m_other, m_expired, m_notYet, m_elsewhere;
};

void TestConnectionCheck::initTestCase()
{
    using Time = test::CertificateMaker::Time;
    const QByteArray here = "IP:127.0.0.1,DNS:localhost";
    m_ca = m_maker.selfSigned(QStringLiteral("ca"), "DNS:ca");
    m_signed = m_maker.signedBy(m_ca, QStringLiteral("signed"));
    m_self = m_maker.selfSigned(QStringLiteral("self"));
    m_other = m_maker.selfSigned(QStringLiteral("other"));
    m_expired = m_maker.signedBy(m_ca, QStringLiteral("expired"), here, Time::Past);
    m_notYet = m_maker.signedBy(m_ca, QStringLiteral("notyet"), here, Time::Future);
    m_elsewhere = m_maker.signedBy(m_ca, QStringLiteral("elsewhere"), "DNS:elsewhere.example");
    for (const auto* made : {&m_ca, &m_signed, &m_self, &m_other, &m_expired, &m_notYet, &m_elsewhere})
        QVERIFY(!made->certificate.isNull());
}

void TestConnectionCheck::everythingIsWell()
{
    ScriptedAdmin admin(Engine(), m_self.forServer());
    auto options = optionsFor(admin.port(), "https", "localhost");
    options.pin = m_self.pin();
    api::ConnectionCheck check(options);
    climb(check);
    QVERIFY(check.isGood());
    for (const CheckRung& one : check.rungs()) {
        QVERIFY2(one.state == State::Ok, qPrintable(titleOf(one.name) + one.detail));
        QVERIFY(one.ms >= 0);
        QVERIFY(!titleOf(one.name).isEmpty());
    }
    RUNG(check, Name::Tls, State::Ok, "pin");
    RUNG(check, Name::Auth, State::Ok, "anna");
    QCOMPARE(check.role(), QStringLiteral("operator"));
    QCOMPARE(check.engineName(), QStringLiteral("gw-1"));
    QCOMPARE(check.environment(), QStringLiteral("prod"));
    QCOMPARE(check.offered()->sha256, m_self.pin());
}

void TestConnectionCheck::plainOnThisComputer()
{
    ScriptedAdmin admin{Engine()};
    api::ConnectionCheck check(optionsFor(admin.port(), "http"));
    climb(check);
    QVERIFY(check.isGood());
    QCOMPARE(rung(check, Name::Tls).state, State::Skipped);
    QCOMPARE(rung(check, Name::Stream).state, State::Ok);
}

void TestConnectionCheck::withoutTokenTheLadderEndsAfterTls()
{
    ScriptedAdmin admin(Engine(), m_signed.forServer());
    auto options = optionsFor(admin.port());
    options.ca = {m_ca.certificate};
    options.token.clear();
    api::ConnectionCheck check(options);
    climb(check);
    QVERIFY(check.isGood());
    QCOMPARE(rung(check, Name::Tls).state, State::Ok);
    QCOMPARE(rung(check, Name::Auth).state, State::Skipped);
    QCOMPARE(check.offered()->sha256, m_signed.pin());
    QCOMPARE(admin.received(), QByteArray());
}

void TestConnectionCheck::nothingIsSentToAStranger()
{
    for (const test::TestCertificate* shown : {&m_self, &m_expired, &m_elsewhere}) {
        ScriptedAdmin admin(Engine(), shown->forServer());
        auto options = optionsFor(admin.port());
        options.ca = {m_ca.certificate};
        api::ConnectionCheck check(options);
        climb(check);
        QCOMPARE(rung(check, Name::Tls).state, State::Failed);
        QVERIFY(check.offered().has_value());
        QCOMPARE(check.offered()->sha256, shown->pin()); // it can be compared, though nothing was accepted
        QVERIFY(check.offered()->notAfter.isValid());
        QTest::qWait(20);
        QCOMPARE(admin.received(), QByteArray());
    }
}

void TestConnectionCheck::addressThatIsNone()
{
    api::HttpTransportOptions options;
    options.base = QUrl(QStringLiteral("gw.example:4181"));
    options.token = "t";
    api::ConnectionCheck check(options);
    climb(check);
    RUNG(check, Name::Dns, State::Failed, "not an address");
}

void TestConnectionCheck::nameUnknown()
{
    // .invalid never resolves (RFC 6761)
    api::ConnectionCheck check(optionsFor(4181, "https", "gw.invalid"));
    climb(check);
    RUNG(check, Name::Dns, State::Failed, "gw.invalid");
}

void TestConnectionCheck::nobodyListens()
{
    api::ConnectionCheck check(optionsFor(freePort()));
    climb(check);
    QCOMPARE(rung(check, Name::Dns).state, State::Ok);
    RUNG(check, Name::Tcp, State::Failed, "Nothing listens");
}

void TestConnectionCheck::nobodyAnswers()
{
    // a listener whose backlog is full takes no more connections and says nothing of it
    QTcpServer full;
    full.setListenBacklogSize(1);
    QVERIFY(full.listen(QHostAddress::LocalHost));
    full.pauseAccepting();
    std::vector<std::unique_ptr<QTcpSocket>> fill;
    for (int i = 0; i < 4; ++i) {
        fill.push_back(std::make_unique<QTcpSocket>());
        fill.back()->connectToHost(QHostAddress::LocalHost, full.serverPort());
    }
    QTest::qWait(100);
    auto options = optionsFor(full.serverPort());
    options.timeout = std::chrono::milliseconds(400);
    api::ConnectionCheck check(options);
    climb(check);
    RUNG(check, Name::Tcp, State::Failed, "does not answer");
}

void TestConnectionCheck::tls_data()
{
    QTest::addColumn<QString>("shown");
    QTest::addColumn<bool>("pinned");
    QTest::addColumn<bool>("withCa");
    QTest::addColumn<bool>("old");
    QTest::addColumn<QString>("words");
    QTest::newRow("not trusted") << "signed" << false << false << false << "not trusted";
    QTest::newRow("self-signed") << "self" << false << true << false << "not trusted";
    QTest::newRow("expired") << "expired" << false << true << false << "expired on 2020";
    QTest::newRow("not yet valid") << "notyet" << false << true << false << "future";
    QTest::newRow("for another name") << "elsewhere" << false << true << false << "elsewhere.example";
    QTest::newRow("changed") << "other" << true << false << false << "changed";
    QTest::newRow("TLS too old") << "signed" << false << true << true << "TLS 1.3";
}

void TestConnectionCheck::tls()
{
    QFETCH(QString, shown);
    QFETCH(bool, pinned);
    QFETCH(bool, withCa);
    QFETCH(bool, old);
    QFETCH(QString, words);
    const QHash<QString, const test::TestCertificate*> all{{QStringLiteral("signed"), &m_signed},
        {QStringLiteral("self"), &m_self}, {QStringLiteral("other"), &m_other}, {QStringLiteral("expired"), &m_expired},
        {QStringLiteral("notyet"), &m_notYet}, {QStringLiteral("elsewhere"), &m_elsewhere}};
    ScriptedAdmin admin(Engine(), all[shown]->forServer(old ? QSsl::TlsV1_2 : QSsl::TlsV1_3OrLater));
    auto options = optionsFor(admin.port());
    if (withCa)
        options.ca = {m_ca.certificate};
    if (pinned)
        options.pin = m_self.pin();
    api::ConnectionCheck check(options);
    climb(check);
    QCOMPARE(rung(check, Name::Tcp).state, State::Ok);
    QCOMPARE(rung(check, Name::Tls).state, State::Failed);
    QVERIFY2(rung(check, Name::Tls).detail.contains(words), qPrintable(rung(check, Name::Tls).detail));
    QCOMPARE(check.offered().has_value(), !old);
    QCOMPARE(admin.received(), QByteArray());
}

void TestConnectionCheck::plainHttpOnThePort()
{
    Answer page;
    page.how = Answer::How::Raw;
    page.raw = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
    // speaks before it is asked, as soon as something that is no request comes
    QTcpServer plain;
    QVERIFY(plain.listen(QHostAddress::LocalHost));
    connect(&plain, &QTcpServer::newConnection, this, [&] {
        QTcpSocket* socket = plain.nextPendingConnection();
        connect(socket, &QTcpSocket::readyRead, socket, [socket, page] { socket->write(page.raw); });
    });
    auto options = optionsFor(plain.serverPort());
    options.pin = m_self.pin();
    api::ConnectionCheck check(options);
    climb(check);
    RUNG(check, Name::Tls, State::Failed, "does not speak TLS");
    QVERIFY(rung(check, Name::Tls).fix.contains(QStringLiteral("http://")));
}

void TestConnectionCheck::tlsThatSaysNothing()
{
    QTcpServer mute;
    QVERIFY(mute.listen(QHostAddress::LocalHost));
    auto options = optionsFor(mute.serverPort());
    options.timeout = std::chrono::milliseconds(300);
    api::ConnectionCheck check(options);
    climb(check);
    RUNG(check, Name::Tls, State::Failed, "said nothing");
}

// A pin says who it is; that a date has passed does not change that, and is told.
void TestConnectionCheck::expiredButPinned()
{
    ScriptedAdmin admin(Engine(), m_expired.forServer());
    auto options = optionsFor(admin.port());
    options.pin = m_expired.pin();
    api::ConnectionCheck check(options);
    climb(check);
    RUNG(check, Name::Tls, State::Warning, "expired");
    QVERIFY(check.isGood());
    options.pin = m_other.pin();
    options.nextPin = m_expired.pin();
    api::ConnectionCheck next(options);
    climb(next);
    QCOMPARE(rung(next, Name::Tls).state, State::Warning);
}

void TestConnectionCheck::authentication_data()
{
    QTest::addColumn<int>("status");
    QTest::newRow("unknown token") << 401;
    QTest::newRow("host not allowed") << 403;
    QTest::newRow("held back") << 429;
    QTest::newRow("engine down") << 503;
}

void TestConnectionCheck::authentication()
{
    QFETCH(int, status);
    Engine engine;
    engine.whoStatus = status;
    ScriptedAdmin admin(engine);
    api::ConnectionCheck check(optionsFor(admin.port(), "http"));
    climb(check);
    RUNG(check, Name::Auth, State::Failed, "That is refused.");
    QCOMPARE(admin.asked().size(), 1);
}

void TestConnectionCheck::olderEngineWithoutRoles()
{
    Engine engine;
    engine.whoStatus = 404;
    engine.status.apiMajor = 0;
    ScriptedAdmin admin(engine);
    api::ConnectionCheck check(optionsFor(admin.port(), "http"));
    climb(check);
    QVERIFY(check.isGood());
    QCOMPARE(rung(check, Name::Auth).state, State::Ok);
    RUNG(check, Name::Role, State::Warning, "older");
    QCOMPARE(rung(check, Name::Version).state, State::Warning);
    QCOMPARE(check.role(), QStringLiteral("admin"));
}

void TestConnectionCheck::tokenThatExpiresSoon()
{
    Engine engine;
    engine.who.expiresAt = QDateTime::currentDateTimeUtc().addDays(2);
    engine.who.tenants = QStringList{QStringLiteral("acme")};
    ScriptedAdmin admin(engine);
    api::ConnectionCheck check(optionsFor(admin.port(), "http"));
    climb(check);
    RUNG(check, Name::Role, State::Warning, "acme");
    RUNG(check, Name::Role, State::Warning, "expires");
}

void TestConnectionCheck::anotherMajor()
{
    Engine engine;
    engine.status.apiMajor = api::kApiMajor + 1;
    ScriptedAdmin admin(engine);
    api::ConnectionCheck check(optionsFor(admin.port(), "http"));
    climb(check);
    RUNG(check, Name::Version, State::Failed, "cannot work together");
}

void TestConnectionCheck::somethingMissing()
{
    Engine engine;
    engine.status.features.removeAll(QStringLiteral("audit"));
    ScriptedAdmin admin(engine);
    api::ConnectionCheck check(optionsFor(admin.port(), "http"));
    climb(check);
    RUNG(check, Name::Version, State::Warning, "audit");
    QVERIFY(check.isGood());
}

void TestConnectionCheck::notAnEngine()
{
    Answer page;
    page.how = Answer::How::Raw;
    page.raw = "HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n<html></html";
    ScriptedAdmin admin([page](const ScriptedAdmin::Asked&) { return page; });
    api::ConnectionCheck check(optionsFor(admin.port(), "http"));
    climb(check);
    RUNG(check, Name::Auth, State::Failed, "not a Signalbox engine");
}

void TestConnectionCheck::clocks_data()
{
    QTest::addColumn<qint64>("skewMs");
    QTest::addColumn<State>("state");
    QTest::addColumn<QString>("words");
    QTest::newRow("ahead a little") << qint64(3'000) << State::Ok << "ahead";
    QTest::newRow("ahead") << qint64(60'000) << State::Warning << "ahead";
    QTest::newRow("behind") << qint64(-60'000) << State::Warning << "behind";
    QTest::newRow("far ahead") << qint64(3'600'000) << State::Failed << "ahead";
    QTest::newRow("far behind") << qint64(-86'400'000) << State::Failed << "24 h";
}

void TestConnectionCheck::clocks()
{
    QFETCH(qint64, skewMs);
    QFETCH(State, state);
    QFETCH(QString, words);
    Engine engine;
    engine.skewMs = skewMs;
    ScriptedAdmin admin(engine);
    api::ConnectionCheck check(optionsFor(admin.port(), "http"));
    climb(check);
    const CheckRung& clock = rung(check, Name::Clock);
    QVERIFY2(clock.state == state && clock.detail.contains(words), qPrintable(clock.detail));
}

void TestConnectionCheck::streamRefused()
{
    Engine engine;
    engine.streamStatus = 503;
    ScriptedAdmin admin(engine);
    api::ConnectionCheck check(optionsFor(admin.port(), "http"));
    climb(check);
    RUNG(check, Name::Stream, State::Failed, "That is refused.");
}

void TestConnectionCheck::streamThatSaysNothing()
{
    Engine engine;
    engine.ends = true;
    ScriptedAdmin admin(engine);
    auto options = optionsFor(admin.port(), "http");
    options.timeout = std::chrono::milliseconds(300);
    api::ConnectionCheck check(options);
    climb(check);
    RUNG(check, Name::Stream, State::Failed, "in time");
}

void TestConnectionCheck::linkIsCutInTheMiddle()
{
    ScriptedAdmin admin(Engine(), m_self.forServer());
    // wherever it is cut, the ladder ends, and the rung that was being climbed fails
    for (qint64 after = 0; after < 4'000; after += 190) {
        test::LinkCutter cutter(admin.port());
        cutter.plan({after % 380 == 0 ? test::LinkCutter::Cut::Fin : test::LinkCutter::Cut::Rst,
            test::LinkCutter::Side::FromEngine, after, false});
        auto options = optionsFor(cutter.port());
        options.pin = m_self.pin();
        api::ConnectionCheck check(options);
        climb(check);
    }
}

void TestConnectionCheck::destroyedInTheMiddle()
{
    ScriptedAdmin admin(Engine(), m_self.forServer());
    for (int rungs = 0; rungs < 12; ++rungs) {
        auto options = optionsFor(admin.port());
        options.pin = m_self.pin();
        auto check = std::make_unique<api::ConnectionCheck>(options);
        int seen = 0;
        connect(check.get(), &api::ConnectionCheck::rungChanged, this, [&] {
            if (++seen == rungs)
                check.release()->deleteLater();
        });
        check->start();
        QTRY_VERIFY(!check || check->isFinished());
    }
}

QTEST_GUILESS_MAIN(TestConnectionCheck)
#include "tst_connection_check.moc"
