// The transport to an engine elsewhere, with real sockets and a listener that does what a test wants: who is trusted,
// what leaves before, what becomes of a change whose answer does not come, and that a refused token is not hammered.
#include "certificates.h"
#include "link_cutter.h"
#include "scripted_admin.h"

#include "api/http_transport.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>

using namespace gateway;
using api::AdminReply;
using api::AdminRequest;
using api::Failure;
using api::LinkStatus;
using test::ScriptedAdmin;
using Answer = ScriptedAdmin::Answer;
using How = Answer::How;

namespace {

const QByteArray kToken = "sba_x_this-token-never-leaves-before-the-pin-was-compared";

Answer reply(int status, const QJsonObject& body = {})
{
    Answer answer;
    answer.status = status;
    answer.body = body;
    return answer;
}

Answer how(How kind, const QByteArray& raw = {})
{
    Answer answer;
    answer.how = kind;
    answer.raw = raw;
    return answer;
}

Answer operation(const char* state, int status = 0, const QJsonObject& body = {})
{
    return reply(200, {{QStringLiteral("key"), QStringLiteral("k1")}, {QStringLiteral("state"), QLatin1String(state)},
                          {QStringLiteral("status"), status}, {QStringLiteral("reply"), body}});
}

ScriptedAdmin::Script always(const Answer& answer)
{
    return [answer](const ScriptedAdmin::Asked&) { return answer; };
}

template <typename T>
api::Result<T> await(const QFuture<api::Result<T>>& future)
{
    if (!QTest::qWaitFor([&] { return future.isFinished(); }, 20'000))
        return api::failure(Failure::Internal, QStringLiteral("the future was not finished"));
    return future.result();
}

api::HttpTransportOptions optionsFor(quint16 port, bool tls, const char* host = "127.0.0.1")
{
    api::HttpTransportOptions options;
    options.base = QUrl(QStringLiteral("%1://%2:%3")
                            .arg(tls ? QStringLiteral("https") : QStringLiteral("http"), QLatin1String(host))
                            .arg(port));
    options.token = kToken;
    options.client = "signalbox test";
    options.timeout = std::chrono::milliseconds(5'000);
    options.firstReconnect = std::chrono::milliseconds(20);
    options.lastReconnect = std::chrono::milliseconds(200);
    options.eventSilence = std::chrono::milliseconds(400);
    return options;
}

AdminRequest get(const char* path = "/api/v1/status")
{
    AdminRequest request;
    request.path = QLatin1String(path);
    return request;
}

AdminRequest change()
{
    AdminRequest request;
    request.method = QStringLiteral("POST");
    request.path = QStringLiteral("/api/v1/providers/a/drain");
    request.reason = QStringLiteral("Übung");
    request.idempotencyKey = QStringLiteral("k1");
    request.expectedRevision = 7;
    return request;
}

QByteArray hello(qint64 sequence)
{
    return "event: hello\ndata: {\"sequence\":" + QByteArray::number(sequence) + "}\n\n";
}

QByteArray eventOf(qint64 sequence)
{
    return "id: 1\nevent: x\ndata: {\"sequence\":" + QByteArray::number(sequence) + ",\"type\":\"x\",\"data\":{}}\n\n";
}

} // namespace

class TestHttpTransport : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void whoIsTrusted_data();
    void whoIsTrusted();
    void nothingLeavesBeforeThePinWasCompared();
    void changedCertificateBlocks();
    void pinThatIsNoneTrustsNobody();
    void olderTlsIsRefused();
    void clientCertificateIsShown();
    void tokenStaysOnThisComputerWithoutTls();
    void requestsSayWhatTheyMust();
    void keysAndTokensCannotBreakTheLine();
    void answersThatAreNone_data();
    void answersThatAreNone();
    void changeInDoubt_data();
    void changeInDoubt();
    void changeIsAskedAfterUntilTheEngineAnswers();
    void changeThatWasNeverSentIsNotAskedAfter();
    void changeOpenAtTheEndIsNotKnown();
    void oneKeyTwiceInDoubtIsOneQuestion();
    void patienceEnds();
    void keptConnectionThatEndedCostsNothing();
    void silenceEndsInTime();
    void refusedTokenIsNotHammered();
    void linkTellsRoundTrips();
    void streamComesBackAndTellsGaps();
    void streamNoticesSilence();
    void streamRetriesAtOnceWhenAsked();
    void streamIsPatientWhenRefused();

private:
    test::CertificateMaker m_maker;
    test::TestCertificate m_ca;
    test::TestCertificate m_signed;
    test::TestCertificate m_self;
    test::TestCertificate m_other;
    test::TestCertificate m_expired;
    test::TestCertificate m_elsewhere;
};

void TestHttpTransport::initTestCase()
{
    qRegisterMetaType<QVector<api::Event>>();
    m_ca = m_maker.selfSigned(QStringLiteral("ca"), "DNS:ca");
    m_signed = m_maker.signedBy(m_ca, QStringLiteral("signed"));
    m_self = m_maker.selfSigned(QStringLiteral("self"));
    m_other = m_maker.selfSigned(QStringLiteral("other"));
    m_expired = m_maker.signedBy(m_ca, QStringLiteral("expired"), "IP:127.0.0.1", test::CertificateMaker::Time::Past);
    m_elsewhere = m_maker.signedBy(m_ca, QStringLiteral("elsewhere"), "DNS:elsewhere.example");
    for (const test::TestCertificate* made : {&m_ca, &m_signed, &m_self, &m_other, &m_expired, &m_elsewhere})
        QVERIFY(!made->certificate.isNull() && !made->key.isNull());
}

void TestHttpTransport::whoIsTrusted_data()
{
    QTest::addColumn<QString>("shown");
    QTest::addColumn<QString>("pin");
    QTest::addColumn<QString>("next");
    QTest::addColumn<bool>("withCa");
    QTest::addColumn<LinkStatus::State>("state");
    const QString none;
    QTest::newRow("the CA's") << "signed" << none << none << true << LinkStatus::State::Connected;
    QTest::newRow("the CA's, for another name")
        << "elsewhere" << none << none << true << LinkStatus::State::Reconnecting;
    QTest::newRow("the CA's, expired") << "expired" << none << none << true << LinkStatus::State::Reconnecting;
    QTest::newRow("nobody's, system CA") << "signed" << none << none << false << LinkStatus::State::Reconnecting;
    QTest::newRow("self-signed, no pin") << "self" << none << none << true << LinkStatus::State::Reconnecting;
    QTest::newRow("self-signed, pinned") << "self" << m_self.pin() << none << false << LinkStatus::State::Connected;
    QTest::newRow("pin with colons and upper case")
        << "self" << api::groupedPin(m_self.pin()).replace(u' ', u':') << none << false << LinkStatus::State::Connected;
    QTest::newRow("pinned, though for another name and of an unknown CA")
        << "elsewhere" << m_elsewhere.pin() << none << false << LinkStatus::State::Connected;
    QTest::newRow("another self-signed one than pinned")
        << "other" << m_self.pin() << none << false << LinkStatus::State::CertificateChanged;
    // a CA that signs for the right name does not help against a pin: this one and no other
    QTest::newRow("the CA's, but not the pinned one")
        << "signed" << m_self.pin() << none << true << LinkStatus::State::CertificateChanged;
    QTest::newRow("the announced next one")
        << "other" << m_self.pin() << m_other.pin() << false << LinkStatus::State::Connected;
    QTest::newRow("a next pin alone pins nothing")
        << "other" << none << m_other.pin() << false << LinkStatus::State::Reconnecting;
}

void TestHttpTransport::whoIsTrusted()
{
    QFETCH(QString, shown);
    QFETCH(QString, pin);
    QFETCH(QString, next);
    QFETCH(bool, withCa);
    QFETCH(LinkStatus::State, state);
    const QHash<QString, const test::TestCertificate*> all{{QStringLiteral("signed"), &m_signed},
        {QStringLiteral("self"), &m_self}, {QStringLiteral("other"), &m_other}, {QStringLiteral("expired"), &m_expired},
        {QStringLiteral("elsewhere"), &m_elsewhere}};
    ScriptedAdmin admin(always(reply(200)), all[shown]->forServer());
    auto options = optionsFor(admin.port(), true);
    options.pin = pin;
    options.nextPin = next;
    if (withCa)
        options.ca = {m_ca.certificate};
    api::HttpTransport transport(options);
    const auto answer = await(transport.send(get()));
    const bool good = state == LinkStatus::State::Connected;
    QVERIFY2(answer.ok() == good, answer.ok() ? "" : qPrintable(answer.error().message));
    QCOMPARE(transport.link().state, state);
    QCOMPARE(admin.received().isEmpty(), !good); // not one byte to a peer that was not accepted
    if (state == LinkStatus::State::CertificateChanged || next == all[shown]->pin()) {
        if (!pin.isEmpty())
            QCOMPARE(transport.link().offered->sha256, all[shown]->pin());
    }
    if (!good)
        QCOMPARE(answer.error().failure, Failure::Unreachable);
}

// Many at once, over connections that come up while others wait: none of them may be quicker than the comparison.
void TestHttpTransport::nothingLeavesBeforeThePinWasCompared()
{
    ScriptedAdmin impostor(always(reply(200)), m_other.forServer());
    test::LinkCutter wire(impostor.port()); // counts connections; the impostor only those whose handshake it finished
    auto options = optionsFor(wire.port(), true);
    options.pin = m_self.pin();
    for (int round = 0; round < 10; ++round) {
        api::HttpTransport transport(options);
        const auto stream = transport.subscribe(0);
        QList<QFuture<api::Result<AdminReply>>> open;
        for (int i = 0; i < 12; ++i)
            open.append(transport.send(i % 3 == 0 ? change() : get()));
        for (const auto& future : open)
            QVERIFY(!await(future).ok());
    }
    QVERIFY(wire.connections() >= 10);
    QTest::qWait(50);
    QCOMPARE(impostor.received(), QByteArray());
}

void TestHttpTransport::changedCertificateBlocks()
{
    ScriptedAdmin admin(always(reply(200)), m_self.forServer());
    auto options = optionsFor(admin.port(), true);
    options.pin = m_self.pin();
    api::HttpTransport transport(options);
    QSignalSpy changes(&transport, &api::AdminTransport::linkChanged);
    QVERIFY(await(transport.send(get())).ok());
    admin.setTls(m_other.forServer());
    admin.dropAll();
    api::Result<AdminReply> refused = await(transport.send(get()));
    if (refused.ok()) // the kept connection may still have carried one
        refused = await(transport.send(get()));
    QVERIFY(!refused.ok());
    QCOMPARE(transport.link().state, LinkStatus::State::CertificateChanged);
    QCOMPARE(transport.link().offered->sha256, m_other.pin());
    QVERIFY(transport.link().reason.contains(QStringLiteral("changed")));
    const int before = admin.connections();
    for (int i = 0; i < 5; ++i) {
        const auto held = await(transport.send(change()));
        QVERIFY(!held.ok());
        QCOMPARE(held.error().failure, Failure::Unreachable);
    }
    QCOMPARE(admin.connections(), before); // blocked: nothing even connects
    admin.setTls(m_self.forServer());
    transport.retryNow();
    QVERIFY(await(transport.send(get())).ok());
    QCOMPARE(transport.link().state, LinkStatus::State::Connected);
    QTRY_VERIFY(changes.size() >= 3);
}

void TestHttpTransport::pinThatIsNoneTrustsNobody()
{
    for (const QString& pin : {m_signed.pin().left(40), QStringLiteral("yes"), m_signed.pin() + QStringLiteral("00")}) {
        ScriptedAdmin admin(always(reply(200)), m_signed.forServer());
        auto options = optionsFor(admin.port(), true);
        options.pin = pin;
        options.ca = {m_ca.certificate};
        api::HttpTransport transport(options);
        QVERIFY(!await(transport.send(get())).ok());
        QCOMPARE(admin.received(), QByteArray());
    }
}

void TestHttpTransport::olderTlsIsRefused()
{
    ScriptedAdmin admin(always(reply(200)), m_self.forServer(QSsl::TlsV1_2));
    auto options = optionsFor(admin.port(), true);
    options.pin = m_self.pin();
    api::HttpTransport transport(options);
    const auto answer = await(transport.send(get()));
    QVERIFY(!answer.ok());
    QVERIFY2(answer.error().message.contains(QStringLiteral("TLS 1.3")), qPrintable(answer.error().message));
    QCOMPARE(admin.received(), QByteArray());
}

void TestHttpTransport::clientCertificateIsShown()
{
    QSslConfiguration demanding = m_self.forServer();
    demanding.setPeerVerifyMode(QSslSocket::VerifyPeer);
    demanding.setCaCertificates({m_ca.certificate});
    ScriptedAdmin admin(always(reply(200)), demanding);
    auto options = optionsFor(admin.port(), true);
    options.pin = m_self.pin();
    options.token.clear();
    {
        api::HttpTransport without(options);
        QVERIFY(!await(without.send(get())).ok());
    }
    options.clientCertificate = m_signed.certificate;
    options.clientKey = m_signed.key;
    api::HttpTransport with(options);
    const auto answer = await(with.send(get()));
    QVERIFY2(answer.ok(), answer.ok() ? "" : qPrintable(answer.error().message));
    QVERIFY(!admin.received().contains("authorization"));
}

void TestHttpTransport::tokenStaysOnThisComputerWithoutTls()
{
    api::HttpTransport elsewhere(optionsFor(80, false, "gw.example"));
    const auto answer = await(elsewhere.send(get()));
    QVERIFY(!answer.ok());
    QVERIFY2(answer.error().message.contains(QStringLiteral("TLS")), qPrintable(answer.error().message));
    ScriptedAdmin admin(always(reply(200)));
    auto pinned = optionsFor(admin.port(), false);
    pinned.pin = m_self.pin();
    api::HttpTransport downgraded(pinned);
    QVERIFY(!await(downgraded.send(get())).ok());
    QCOMPARE(admin.received(), QByteArray());
}

void TestHttpTransport::requestsSayWhatTheyMust()
{
    ScriptedAdmin admin(always(reply(200, {{QStringLiteral("a"), 1}})));
    api::HttpTransport transport(optionsFor(admin.port(), false));
    AdminRequest asked = change();
    asked.body = {{QStringLiteral("text"), QStringLiteral("grün")}};
    const auto answer = await(transport.send(asked));
    QVERIFY(answer.ok());
    QCOMPARE(answer->body, QJsonObject({{QStringLiteral("a"), 1}}));
    AdminRequest query = get("/api/v1/calls");
    query.query.addQueryItem(QStringLiteral("tenant"), QStringLiteral("a%26b"));
    QVERIFY(await(transport.send(query)).ok());
    QCOMPARE(admin.asked().size(), 2);
    const auto& sent = admin.asked()[0];
    QCOMPARE(sent.method, QByteArray("POST"));
    QCOMPARE(sent.fields.value("authorization"), "Bearer " + kToken);
    QCOMPARE(sent.fields.value("idempotency-key"), QByteArray("k1"));
    QCOMPARE(sent.fields.value("if-match"), QByteArray("\"7\""));
    QCOMPARE(sent.fields.value("user-agent"), QByteArray("signalbox test"));
    QCOMPARE(QByteArray::fromPercentEncoding(sent.fields.value("x-signalbox-reason")), QByteArray("Übung"));
    QCOMPARE(sent.fields.value("host"), "127.0.0.1:" + QByteArray::number(admin.port()));
    QCOMPARE(sent.body.value(QStringLiteral("text")).toString(), QStringLiteral("grün"));
    QCOMPARE(admin.asked()[1].path, QByteArray("/api/v1/calls?tenant=a%26b"));
    QVERIFY(!admin.asked()[1].fields.contains("if-match"));
}

void TestHttpTransport::keysAndTokensCannotBreakTheLine()
{
    ScriptedAdmin admin(always(reply(200)));
    auto options = optionsFor(admin.port(), false);
    {
        api::HttpTransport transport(options);
        AdminRequest asked = change();
        asked.idempotencyKey = QStringLiteral("k\r\nx-evil: 1");
        QCOMPARE(await(transport.send(asked)).error().failure, Failure::Invalid);
        asked.idempotencyKey = QStringLiteral("../status");
        QCOMPARE(await(transport.send(asked)).error().failure, Failure::Invalid);
    }
    options.token = "a\r\nx-evil: 1";
    api::HttpTransport transport(options);
    const auto answer = await(transport.send(get()));
    QCOMPARE(answer.error().failure, Failure::Invalid);
    QVERIFY(!answer.error().message.contains(QStringLiteral("evil")));
    QCOMPARE(admin.received(), QByteArray());
}

void TestHttpTransport::answersThatAreNone_data()
{
    QTest::addColumn<QByteArray>("raw");
    QTest::addColumn<bool>("good");
    const auto row = [](const char* name, const QByteArray& raw, bool good = false) {
        QTest::newRow(name) << raw << good;
    };
    row("by length", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", true);
    row("in chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", true);
    row("after an interim answer", "HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", true);
    row("not HTTP", "220 mail.example ESMTP\r\n");
    row("HTTP 1.0", "HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\n{}");
    row("two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}");
    row("both framings", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}");
    row("negative length", "HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\n{}");
    row("enormous length", "HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\n{}");
    row("bad chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}");
    row("chunk with more than it says", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n");
    row("bare line feeds", "HTTP/1.1 200 OK\ncontent-length: 2\n\n{}\r\n\r\n");
    row("a page", "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>");
    row("a list", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]");
    row("endless head", "HTTP/1.1 200 OK\r\nx: " + QByteArray(200'000, 'a'));
    row("endless interim", QByteArray("HTTP/1.1 103 Early\r\n\r\n").repeated(50));
    row("switches protocols", "HTTP/1.1 101 Switching\r\n\r\n");
    row("more than was asked for", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n\r\n", true);
}

void TestHttpTransport::answersThatAreNone()
{
    QFETCH(QByteArray, raw);
    QFETCH(bool, good);
    ScriptedAdmin admin(always(how(How::Raw, raw)));
    api::HttpTransport transport(optionsFor(admin.port(), false));
    const auto answer = await(transport.send(get()));
    QVERIFY2(answer.ok() == good, answer.ok() ? "" : qPrintable(answer.error().message));
    if (!good) {
        QCOMPARE(answer.error().failure, Failure::Unreachable);
        QVERIFY(!answer.error().message.contains(u'<'));
    }
}

void TestHttpTransport::changeInDoubt_data()
{
    QTest::addColumn<How>("lost");
    QTest::addColumn<QByteArray>("state");
    QTest::addColumn<int>("status");
    QTest::addColumn<int>("expected"); // the status of the future's answer; 0: an error
    QTest::addColumn<QString>("sentence");
    QTest::addColumn<bool>("applied");
    const auto rows = [](const char* name, How lost) {
        const QByteArray prefix = QByteArray(name) + ", ";
        QTest::newRow((prefix + "applied").constData())
            << lost << QByteArray("applied") << 201 << 201 << QString() << true;
        QTest::newRow((prefix + "applied, its answer gone").constData())
            << lost << QByteArray("applied") << 0 << 0 << QStringLiteral("was applied") << true;
        QTest::newRow((prefix + "never seen").constData())
            << lost << QByteArray("not_applied") << 0 << 0 << QStringLiteral("was not applied") << false;
        QTest::newRow((prefix + "refused").constData())
            << lost << QByteArray("not_applied") << 409 << 409 << QString() << false;
        QTest::newRow((prefix + "unknown").constData())
            << lost << QByteArray("unknown") << 0 << 0 << QStringLiteral("not known") << false;
    };
    rows("closed", How::Close);
    rows("reset", How::Reset);
    rows("silent", How::Silence);
}

void TestHttpTransport::changeInDoubt()
{
    QFETCH(How, lost);
    QFETCH(QByteArray, state);
    QFETCH(int, status);
    QFETCH(int, expected);
    QFETCH(QString, sentence);
    QFETCH(bool, applied);
    int asked = 0;
    ScriptedAdmin admin([&](const ScriptedAdmin::Asked& one) {
        if (!one.path.startsWith("/api/v1/operations/"))
            return how(lost);
        ++asked;
        if (asked == 1)
            return how(How::Close); // the question is lost too
        if (asked == 2)
            return operation("under_way");
        return operation(state.constData(), status, {{QStringLiteral("it"), QStringLiteral("is")}});
    });
    auto options = optionsFor(admin.port(), false);
    options.timeout = std::chrono::milliseconds(300);
    api::HttpTransport transport(options);
    QSignalSpy checking(&transport, &api::AdminTransport::changeChecking);
    QSignalSpy settled(&transport, &api::AdminTransport::changeSettled);
    const auto answer = await(transport.send(change()));
    QCOMPARE(answer.ok(), expected != 0);
    if (expected != 0) {
        QCOMPARE(answer->status, expected);
        QCOMPARE(answer->body.value(QStringLiteral("it")).toString(), QStringLiteral("is"));
    } else {
        QVERIFY2(answer.error().message.contains(sentence), qPrintable(answer.error().message));
        QCOMPARE(answer.error().failure, applied ? Failure::NoData : Failure::Unreachable);
    }
    QCOMPARE(admin.askedFor("/api/v1/providers/a/drain").size(), 1); // sent once, whatever came of it
    QCOMPARE(admin.askedFor("/api/v1/operations/k1/settle").size(), 3);
    QTRY_COMPARE(settled.size(), 1);
    QCOMPARE(checking.size(), 1);
    QCOMPARE(checking[0][0].toString(), QStringLiteral("k1"));
    QCOMPARE(checking[0][1].toString(), QStringLiteral("/api/v1/providers/a/drain"));
    QCOMPARE(settled[0][1].toBool(), applied);
}

void TestHttpTransport::changeIsAskedAfterUntilTheEngineAnswers()
{
    test::LinkCutter* link = nullptr;
    ScriptedAdmin admin([&](const ScriptedAdmin::Asked& one) {
        if (one.path.startsWith("/api/v1/operations/"))
            return operation("applied", 200);
        link->setRefusing(true); // from the moment the change is there nobody listens for a while
        return reply(200);
    });
    test::LinkCutter cutter(admin.port());
    link = &cutter;
    auto options = optionsFor(cutter.port(), false);
    options.timeout = std::chrono::milliseconds(200);
    api::HttpTransport transport(options);
    // and its answer is swallowed
    cutter.plan({test::LinkCutter::Cut::Rst, test::LinkCutter::Side::FromEngine, 1, true});
    QSignalSpy checking(&transport, &api::AdminTransport::changeChecking);
    const auto open = transport.send(change());
    QTRY_COMPARE(checking.size(), 1);
    QTest::qWait(500);
    QVERIFY(!open.isFinished());
    QVERIFY(transport.link().state == LinkStatus::State::Reconnecting);
    cutter.setRefusing(false);
    const auto answer = await(open);
    QVERIFY2(answer.ok(), answer.ok() ? "" : qPrintable(answer.error().message));
    QCOMPARE(admin.askedFor("/api/v1/providers/a/drain").size(), 1);
}

void TestHttpTransport::changeThatWasNeverSentIsNotAskedAfter()
{
    quint16 port = 0;
    {
        QTcpServer nobody;
        QVERIFY(nobody.listen(QHostAddress::LocalHost));
        port = nobody.serverPort();
    }
    api::HttpTransport transport(optionsFor(port, false));
    QSignalSpy checking(&transport, &api::AdminTransport::changeChecking);
    const auto answer = await(transport.send(change()));
    QCOMPARE(answer.error().failure, Failure::Unreachable);
    QVERIFY(answer.error().message.contains(QStringLiteral("Nothing listens")));
    QCOMPARE(checking.size(), 0);
}

void TestHttpTransport::changeOpenAtTheEndIsNotKnown()
{
    ScriptedAdmin admin(always(how(How::Silence)));
    auto options = optionsFor(admin.port(), false);
    for (const bool settling : {false, true}) {
        options.timeout = std::chrono::milliseconds(settling ? 100 : 5'000);
        auto transport = std::make_unique<api::HttpTransport>(options);
        QSignalSpy checking(transport.get(), &api::AdminTransport::changeChecking);
        const auto open = transport->send(change());
        const qsizetype before = admin.asked().size();
        QTRY_VERIFY(settling ? checking.size() == 1 : admin.asked().size() > before);
        transport.reset();
        QVERIFY(open.isFinished());
        QCOMPARE(open.result().error().failure, Failure::Unreachable);
        QVERIFY2(open.result().error().message.contains(QStringLiteral("not known")),
            qPrintable(open.result().error().message));
    }
}

void TestHttpTransport::oneKeyTwiceInDoubtIsOneQuestion()
{
    ScriptedAdmin admin([](const ScriptedAdmin::Asked& one) {
        return one.path.startsWith("/api/v1/operations/") ? operation("applied", 201) : how(How::Close);
    });
    api::HttpTransport transport(optionsFor(admin.port(), false));
    QSignalSpy settled(&transport, &api::AdminTransport::changeSettled);
    const auto first = transport.send(change());
    const auto second = transport.send(change());
    for (const auto& future : {first, second}) {
        const auto answer = await(future);
        QVERIFY2(answer.ok(), answer.ok() ? "" : qPrintable(answer.error().message));
        QCOMPARE(answer->status, 201);
    }
    QTRY_VERIFY(!settled.isEmpty());
}

void TestHttpTransport::patienceEnds()
{
    ScriptedAdmin admin(always(how(How::Close)));
    auto options = optionsFor(admin.port(), false);
    options.settlePatience = std::chrono::milliseconds(300);
    api::HttpTransport transport(options);
    const auto answer = await(transport.send(change()));
    QVERIFY(!answer.ok());
    QVERIFY2(answer.error().message.contains(QStringLiteral("not known")), qPrintable(answer.error().message));
    QCOMPARE(admin.askedFor("/api/v1/providers").size(), 1);
    QVERIFY(admin.askedFor("/api/v1/operations").size() > 1);
}

// An engine closes kept connections when it likes, in order or not. A read meets that and goes out again; a change
// never meets it.
void TestHttpTransport::keptConnectionThatEndedCostsNothing()
{
    int reads = 0;
    int ended = 0;
    ScriptedAdmin admin([&](const ScriptedAdmin::Asked& one) {
        if (one.path.startsWith("/api/v1/operations"))
            return operation("unknown");
        // every third read finds its kept connection closing; the one after that is its repetition, on a fresh one
        if (one.method != "GET" || ++reads % 3 != 0)
            return reply(200);
        return how(++ended % 2 == 0 ? How::Reset : How::Close);
    });
    api::HttpTransport transport(optionsFor(admin.port(), false));
    QSignalSpy checking(&transport, &api::AdminTransport::changeChecking);
    for (int i = 0; i < 10; ++i) {
        AdminRequest asked = change();
        asked.idempotencyKey = QStringLiteral("c%1").arg(i);
        QVERIFY(await(transport.send(get())).ok());
        QVERIFY(await(transport.send(asked)).ok());
    }
    QVERIFY(ended >= 4);
    QCOMPARE(checking.size(), 0);
    QCOMPARE(admin.askedFor("/api/v1/providers").size(), 10);
}

void TestHttpTransport::silenceEndsInTime()
{
    ScriptedAdmin admin(always(how(How::Silence)));
    auto options = optionsFor(admin.port(), false);
    options.timeout = std::chrono::milliseconds(200);
    api::HttpTransport transport(options);
    QList<QFuture<api::Result<AdminReply>>> open;
    for (int i = 0; i < 20; ++i) // more than there are connections: those that wait end too
        open.append(transport.send(get()));
    for (const auto& future : open) {
        const auto answer = await(future);
        QVERIFY(!answer.ok());
        QVERIFY(answer.error().message.contains(QStringLiteral("in time")));
    }
}

void TestHttpTransport::refusedTokenIsNotHammered()
{
    int status = 401;
    ScriptedAdmin admin([&](const ScriptedAdmin::Asked& one) {
        if (status == 200 && one.path.startsWith("/api/v1/events"))
            return how(How::Stream, hello(5));
        return reply(status,
            {{QStringLiteral("error"), QJsonObject{{QStringLiteral("message"), QStringLiteral("wrong token")}}}});
    });
    auto options = optionsFor(admin.port(), false);
    options.lastReconnect = std::chrono::milliseconds(700);
    api::HttpTransport transport(options);
    const auto stream = transport.subscribe(0);
    const auto first = await(transport.send(get()));
    QVERIFY(first.ok()); // an answer, and what it says
    QCOMPARE(first->status, 401);
    QTRY_COMPARE(transport.link().state, LinkStatus::State::NotPermitted);
    QTRY_VERIFY(!admin.askedFor("/api/v1/events").isEmpty());
    const qsizetype before = admin.asked().size();
    for (int i = 0; i < 50; ++i) {
        const auto held = await(transport.send(get()));
        QVERIFY(!held.ok());
        QCOMPARE(held.error().failure, Failure::NotPermitted);
    }
    QVERIFY(admin.asked().size() <= before + 2);
    status = 200; // the token is good again: found out without anybody asking
    QTRY_COMPARE(transport.link().state, LinkStatus::State::Connected);
    QVERIFY(await(transport.send(get())).ok());
}

void TestHttpTransport::linkTellsRoundTrips()
{
    ScriptedAdmin admin(always(reply(200)));
    test::LinkCutter cutter(admin.port());
    cutter.setDelay(20);
    api::HttpTransport transport(optionsFor(cutter.port(), false));
    QCOMPARE(transport.link().state, LinkStatus::State::Connecting);
    QVERIFY(!transport.link().roundTripP50Ms);
    for (int i = 0; i < 5; ++i)
        QVERIFY(await(transport.send(get())).ok());
    const LinkStatus link = transport.link();
    QCOMPARE(link.state, LinkStatus::State::Connected);
    QVERIFY(link.reason.isEmpty());
    QVERIFY(*link.roundTripP50Ms >= 40);
    QVERIFY(*link.roundTripP95Ms >= *link.roundTripP50Ms);
}

void TestHttpTransport::streamComesBackAndTellsGaps()
{
    QList<QByteArray> heads{hello(0) + eventOf(1) + eventOf(2),                    // then it is dropped
        hello(2) + eventOf(3),                                                     // resumed
        hello(3) + "event: gap\ndata: {\"first\":4,\"last\":9}\n\n" + eventOf(10), // told by the engine
        hello(1'000'000) + eventOf(1'000'005)};                                    // another run: numbers only rise
    int at = 0;
    ScriptedAdmin admin([&](const ScriptedAdmin::Asked&) {
        return how(How::Stream, heads.value(std::min<int>(at++, int(heads.size()) - 1)));
    });
    api::HttpTransport transport(optionsFor(admin.port(), false));
    const auto stream = transport.subscribe(0);
    QList<qint64> seen;
    QList<QPair<qint64, qint64>> gaps;
    connect(stream.get(), &api::EventStream::eventsArrived, this, [&](const QVector<api::Event>& events) {
        for (const api::Event& one : events)
            seen.append(one.sequence);
    });
    connect(stream.get(), &api::EventStream::gapFound, this, [&](qint64 first, qint64 last) {
        gaps.append({first, last});
    });
    for (const qsizetype count : {2, 3, 4, 5}) {
        QTRY_COMPARE(seen.size(), count);
        admin.dropAll();
    }
    QCOMPARE(seen, (QList<qint64>{1, 2, 3, 10, 1'000'005}));
    QCOMPARE(gaps, (QList<QPair<qint64, qint64>>{{4, 9}, {11, 1'000'004}}));
    const auto asked = admin.askedFor("/api/v1/events");
    QCOMPARE(asked[0].path, QByteArray("/api/v1/events?since=0"));
    QCOMPARE(asked[1].path, QByteArray("/api/v1/events?since=2"));
    QCOMPARE(asked[3].path, QByteArray("/api/v1/events?since=10"));
}

void TestHttpTransport::streamNoticesSilence()
{
    ScriptedAdmin admin(always(how(How::Stream, hello(0))));
    test::LinkCutter cutter(admin.port());
    api::HttpTransport transport(optionsFor(cutter.port(), false));
    const auto stream = transport.subscribe(0);
    QList<api::EventStream::State> states;
    connect(stream.get(), &api::EventStream::stateChanged, this,
        [&](api::EventStream::State state) { states.append(state); });
    QTRY_VERIFY(states.contains(api::EventStream::State::Live));
    QTimer beat;
    connect(&beat, &QTimer::timeout, this, [&] { admin.toStreams(": here\n\n"); });
    beat.start(50);
    QTest::qWait(900); // more than twice the limit: the heartbeat keeps it
    QVERIFY(!states.contains(api::EventStream::State::Lost));
    cutter.cutNow(test::LinkCutter::Cut::HalfOpen);
    QTRY_VERIFY(states.contains(api::EventStream::State::Lost));
    QCOMPARE(transport.link().state, LinkStatus::State::Reconnecting);
    QVERIFY(transport.link().attempt >= 1);
    QVERIFY(transport.link().nextAttempt.has_value());
    cutter.heal();
    QTRY_COMPARE(states.last(), api::EventStream::State::Live);
    QCOMPARE(transport.link().state, LinkStatus::State::Connected);
    QCOMPARE(transport.link().attempt, 0);
}

void TestHttpTransport::streamRetriesAtOnceWhenAsked()
{
    ScriptedAdmin admin(always(how(How::Stream, hello(0))));
    test::LinkCutter cutter(admin.port());
    auto options = optionsFor(cutter.port(), false);
    options.firstReconnect = std::chrono::hours(1);
    options.lastReconnect = std::chrono::hours(1);
    api::HttpTransport transport(options);
    const auto stream = transport.subscribe(0);
    QSignalSpy states(stream.get(), &api::EventStream::stateChanged);
    const auto last = [&] {
        return states.isEmpty() ? api::EventStream::State::Connecting
                                : states.last()[0].value<api::EventStream::State>();
    };
    QTRY_COMPARE(last(), api::EventStream::State::Live);
    cutter.cutNow(test::LinkCutter::Cut::Rst);
    QTRY_COMPARE(last(), api::EventStream::State::Lost);
    const qint64 wait = QDateTime::currentDateTimeUtc().secsTo(*transport.link().nextAttempt);
    QVERIFY2(wait > 2'600 && wait < 4'600, "an hour, a quarter more or less");
    transport.retryNow();
    QTRY_COMPARE(last(), api::EventStream::State::Live);
}

void TestHttpTransport::streamIsPatientWhenRefused()
{
    Answer refused =
        reply(429, {{QStringLiteral("error"), QJsonObject{{QStringLiteral("message"), QStringLiteral("wait")}}}});
    refused.fields = "retry-after: 2\r\n";
    ScriptedAdmin admin(always(refused));
    api::HttpTransport transport(optionsFor(admin.port(), false));
    const auto stream = transport.subscribe(0);
    QSignalSpy states(stream.get(), &api::EventStream::stateChanged);
    QTRY_VERIFY(
        !states.isEmpty() && states.last()[0].value<api::EventStream::State>() == api::EventStream::State::Lost);
    QCOMPARE(states.last()[1].toString(), QStringLiteral("wait"));
    QVERIFY(QDateTime::currentDateTimeUtc().msecsTo(*transport.link().nextAttempt) > 1'000);
    QTest::qWait(600);
    QCOMPARE(admin.asked().size(), 1);
}

QTEST_GUILESS_MAIN(TestHttpTransport)
#include "tst_http_transport.moc"
