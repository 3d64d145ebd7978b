// The admin listener from outside, over raw sockets: who gets in, who does not, and the event stream's own rules.
#include "api/http_transport.h"
#include "fake_engine.h"
#include "raw_client.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

using namespace gateway;
using test::kToken;

namespace {

QByteArray get(const QByteArray& target, const QByteArray& headers = "authorization: Bearer " + kToken + "\r\n",
    const QByteArray& host = "127.0.0.1")
{
    return "GET " + target + " HTTP/1.1\r\nhost: " + host + "\r\n" + headers + "\r\n";
}

int statusOf(const test::ControlRoom& room, const QByteArray& request)
{
    return gateway::test::rawCall(room.port(), request).status;
}

// Reads from an open event stream until it holds `wanted`.
bool readUntil(QTcpSocket& socket, QByteArray& seen, const QByteArray& wanted)
{
    QDeadlineTimer deadline(10'000);
    while (!seen.contains(wanted) && !deadline.hasExpired()) {
        socket.waitForReadyRead(100);
        seen.append(socket.readAll());
    }
    return seen.contains(wanted);
}

} // namespace

class TestAdminListener : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyRouteNeedsTheToken_data();
    void everyRouteNeedsTheToken();
    void spellingsDoNotOpenDoors_data();
    void spellingsDoNotOpenDoors();
    void hostsAndOrigins_data();
    void hostsAndOrigins();
    void healthNeedsNoToken();
    void failuresMakeAPeerWait();
    void heldConnectionsKeepNobodyOut();
    void bodiesAreChecked_data();
    void bodiesAreChecked();
    void answersAreNotCachedAndNotSniffed();
    void eventsStreamResumesAndBeats();
    void eventsRejectBadQueries_data();
    void eventsRejectBadQueries();
    void theTransportReconnectsAndResumes();
    void remoteAddressesNeedTls();
    void noTokenNoListener();
};

void TestAdminListener::everyRouteNeedsTheToken_data()
{
    QTest::addColumn<QByteArray>("headers");
    QTest::newRow("none") << QByteArray();
    QTest::newRow("wrong") << QByteArray("authorization: Bearer " + QByteArray(64, 'b') + "\r\n");
    QTest::newRow("cut off") << QByteArray("authorization: Bearer " + kToken.left(63) + "\r\n");
    QTest::newRow("longer") << QByteArray("authorization: Bearer " + kToken + "a\r\n");
    QTest::newRow("empty") << QByteArray("authorization: Bearer \r\n");
    QTest::newRow("another scheme") << QByteArray("authorization: Basic " + kToken + "\r\n");
    QTest::newRow("no scheme") << QByteArray("authorization: " + kToken + "\r\n");
    QTest::newRow("twice") << QByteArray(
        "authorization: Bearer " + kToken + "\r\nauthorization: Bearer " + kToken + "\r\n");
    QTest::newRow("cookie") << QByteArray("cookie: token=" + kToken + "\r\n");
    QTest::newRow("data plane header") << QByteArray("x-api-key: " + kToken + "\r\n");
    QTest::newRow("data plane key") << QByteArray("authorization: Bearer sbx_c1_secret\r\n");
}

void TestAdminListener::everyRouteNeedsTheToken()
{
    QFETCH(QByteArray, headers);
    QList<QByteArray> targets{"/metrics", "/api/v1/nothing", "/", "/api/v1/events?since=0"};
    for (const admin::Route& route : admin::routes())
        targets.append(QByteArray(route.path).replace("{id}", "c1").replace("{name}", "openai-eu"));
    for (qsizetype i = 0; i < targets.size(); i += 4) {
        test::ControlRoom room; // a fresh one: five failures would make us wait
        for (const QByteArray& target : targets.mid(i, 4))
            QVERIFY2(statusOf(room, get(target, headers)) == 401, target.constData());
    }
}

void TestAdminListener::spellingsDoNotOpenDoors_data()
{
    QTest::addColumn<QByteArray>("target");
    for (const char* target :
        {"/healthz/../api/v1/status", "/healthz/..%2fapi/v1/status", "/healthz;/api/v1/status", "//api/v1/status",
            "/api/v1/status/", "/%61pi/v1/status", "/healthz%2f..%2fapi%2fv1%2fstatus", "/readyz/../metrics",
            "/healthz/", "/HEALTHZ", "/%68ealthz", "/healthz%00", "/metrics/../healthz", "/api/v1/../../healthz"})
        QTest::newRow(target) << QByteArray(target);
}

void TestAdminListener::spellingsDoNotOpenDoors()
{
    QFETCH(QByteArray, target);
    test::ControlRoom room;
    const int without = statusOf(room, get(target, {}));
    QVERIFY2(without == 401 || without == 400, qPrintable(QString::number(without)));
    const int with = statusOf(room, get(target));
    // an encoded letter is the same path; everything else is no path of ours
    QCOMPARE(with, target == "/%61pi/v1/status" ? 200 : with);
    QVERIFY(with == 200 ? target == "/%61pi/v1/status" : with == 400 || with == 404);
}

void TestAdminListener::hostsAndOrigins_data()
{
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<QByteArray>("origin");
    QTest::addColumn<int>("status");
    QTest::newRow("address") << QByteArray("127.0.0.1") << QByteArray() << 200;
    QTest::newRow("address and port") << QByteArray("127.0.0.1:4181") << QByteArray() << 200;
    QTest::newRow("localhost") << QByteArray("LocalHost:1") << QByteArray() << 200;
    QTest::newRow("v6") << QByteArray("[::1]:4181") << QByteArray() << 200;
    QTest::newRow("configured") << QByteArray("gw.example") << QByteArray() << 200;
    QTest::newRow("rebound name") << QByteArray("evil.example") << QByteArray() << 403;
    QTest::newRow("name that contains ours") << QByteArray("localhost.evil.example") << QByteArray() << 403;
    QTest::newRow("name that ends in ours") << QByteArray("evil-gw.example") << QByteArray() << 403;
    QTest::newRow("v6 without its bracket") << QByteArray("[::1") << QByteArray() << 403;
    QTest::newRow("trailing dot") << QByteArray("localhost.") << QByteArray() << 403;
    QTest::newRow("listed origin") << QByteArray("127.0.0.1") << QByteArray("https://console.example") << 200;
    QTest::newRow("any origin") << QByteArray("127.0.0.1") << QByteArray("https://evil.example") << 403;
    QTest::newRow("own origin") << QByteArray("127.0.0.1") << QByteArray("http://127.0.0.1") << 403;
    QTest::newRow("null origin") << QByteArray("127.0.0.1") << QByteArray("null") << 403;
}

void TestAdminListener::hostsAndOrigins()
{
    QFETCH(QByteArray, host);
    QFETCH(QByteArray, origin);
    QFETCH(int, status);
    test::ControlRoom room;
    QByteArray headers = "authorization: Bearer " + kToken + "\r\n";
    if (!origin.isEmpty())
        headers += "origin: " + origin + "\r\n";
    QCOMPARE(statusOf(room, get("/api/v1/status", headers, host)), status);
    if (status == 403)
        QCOMPARE(
            statusOf(room, get("/healthz", origin.isEmpty() ? QByteArray() : "origin: " + origin + "\r\n", host)), 403);
}

void TestAdminListener::healthNeedsNoToken()
{
    test::ControlRoom room;
    QCOMPARE(statusOf(room, get("/healthz", {})), 200);
    QCOMPARE(statusOf(room, get("/readyz", {})), 200);
    room.run([&] { room.parts().engine.ready = false; });
    QCOMPARE(statusOf(room, get("/healthz", {})), 200);
    QCOMPARE(statusOf(room, get("/readyz", {})), 503);
    const auto metrics = gateway::test::rawCall(room.port(), get("/metrics"));
    QCOMPARE(metrics.status, 200);
    QVERIFY(metrics.header("content-type").startsWith("text/plain; version=0.0.4"));
    QCOMPARE(metrics.body, QByteArray("gateway_ready 1\n"));
}

void TestAdminListener::failuresMakeAPeerWait()
{
    test::ControlRoom room;
    for (int i = 0; i < admin::FailureBackoff::kFree; ++i)
        QCOMPARE(statusOf(room, get("/api/v1/status", {})), 401);
    const auto reply = gateway::test::rawCall(room.port(), get("/api/v1/status", {}));
    QCOMPARE(reply.status, 429);
    QVERIFY(reply.header("retry-after").toInt() >= 1);
    QCOMPARE(statusOf(room, get("/api/v1/status")), 200); // on loopback the owner is never kept waiting by others
    QCOMPARE(statusOf(room, get("/healthz", {})), 200);
}

// More connections than there is room for, some silent, some with half a request: whoever comes next is served, and a
// stream that is open goes on.
void TestAdminListener::heldConnectionsKeepNobodyOut()
{
    test::ControlRoom room;
    QTcpSocket stream;
    stream.connectToHost(QHostAddress::LocalHost, room.port());
    QVERIFY(stream.waitForConnected());
    stream.write(get("/api/v1/events?since=0"));
    QByteArray seen;
    QVERIFY(readUntil(stream, seen, "event: hello"));
    std::vector<std::unique_ptr<QTcpSocket>> held;
    for (int i = 0; i < 400; ++i) {
        held.push_back(std::make_unique<QTcpSocket>());
        held.back()->connectToHost(QHostAddress::LocalHost, room.port());
        QVERIFY(held.back()->waitForConnected());
        if (i % 2 == 0) {
            held.back()->write("GET /api/v1/status HTTP/1.1\r\nhost: local");
            held.back()->flush();
        }
    }
    QCOMPARE(statusOf(room, get("/api/v1/whoami")), 200);
    room.run([&] { room.parts().events.publish(QStringLiteral("later"), {}); });
    QVERIFY(readUntil(stream, seen, "event: later"));
}

void TestAdminListener::bodiesAreChecked_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("status");
    const QByteArray good = R"({"yaml":"signalbox: 1"})";
    QTest::newRow("good") << QByteArray("application/json") << good << 200;
    QTest::newRow("good with charset") << QByteArray("application/json; charset=utf-8") << good << 200;
    QTest::newRow("form") << QByteArray("application/x-www-form-urlencoded") << QByteArray("yaml=1") << 400;
    QTest::newRow("text") << QByteArray("text/plain") << good << 400;
    QTest::newRow("no json") << QByteArray("application/json") << QByteArray("{") << 400;
    QTest::newRow("array") << QByteArray("application/json") << QByteArray("[1]") << 400;
    QTest::newRow("unknown field") << QByteArray("application/json") << QByteArray(R"({"yaml":"","x":1})") << 400;
    QTest::newRow("deep") << QByteArray("application/json") << QByteArray(100'000, '[') << 400;
}

void TestAdminListener::bodiesAreChecked()
{
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, body);
    QFETCH(int, status);
    test::ControlRoom room;
    const QByteArray headers = "authorization: Bearer " + kToken + "\r\ncontent-type: " + type +
                               "\r\ncontent-length: " + QByteArray::number(body.size()) + "\r\n";
    QCOMPARE(
        statusOf(room, "POST /api/v1/config/check HTTP/1.1\r\nhost: localhost\r\n" + headers + "\r\n" + body), status);
    const QByteArray huge =
        "authorization: Bearer " + kToken + "\r\ncontent-type: application/json\r\ncontent-length: 999999999\r\n";
    QCOMPARE(statusOf(room, "POST /api/v1/config/check HTTP/1.1\r\nhost: localhost\r\n" + huge + "\r\n"), 413);
}

void TestAdminListener::answersAreNotCachedAndNotSniffed()
{
    test::ControlRoom room;
    for (const QByteArray& target : {QByteArray("/api/v1/status"), QByteArray("/api/v1/nothing")}) {
        const auto reply = gateway::test::rawCall(room.port(), get(target));
        QCOMPARE(reply.header("content-type"), QByteArray("application/json"));
        QCOMPARE(reply.header("cache-control"), QByteArray("no-store"));
        QCOMPARE(reply.header("x-content-type-options"), QByteArray("nosniff"));
        QVERIFY(!QJsonDocument::fromJson(reply.body).object().isEmpty());
    }
    QCOMPARE(gateway::test::rawCall(room.port(), get("/api/v1/status", {})).header("www-authenticate"),
        QByteArray("Bearer"));
}

void TestAdminListener::eventsStreamResumesAndBeats()
{
    test::ControlRoom room;
    room.run([&] {
        for (int i = 1; i <= 5; ++i)
            room.parts().events.publish(
                QStringLiteral("test.event"), {{QStringLiteral("text"), QStringLiteral("line\nbreak %1").arg(i)}});
    });
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, room.port());
    QVERIFY(socket.waitForConnected());
    socket.write(get("/api/v1/events?since=3"));
    QByteArray seen;
    QVERIFY(readUntil(socket, seen, "id: 5\n"));
    QVERIFY(seen.contains("content-type: text/event-stream"));
    QVERIFY(seen.contains("event: hello\ndata: {\"sequence\":3}"));
    QVERIFY(seen.contains("id: 4\n") && !seen.contains("id: 3\n"));
    QVERIFY(seen.contains("line\\nbreak 5"));
    QVERIFY(readUntil(socket, seen, "\n: here"));
    room.run([&] { room.parts().events.publish(QStringLiteral("later"), {}); });
    QVERIFY(readUntil(socket, seen, "id: 6\nevent: later\n"));

    QTcpSocket resumed;
    resumed.connectToHost(QHostAddress::LocalHost, room.port());
    QVERIFY(resumed.waitForConnected());
    resumed.write(get("/api/v1/events", "authorization: Bearer " + kToken + "\r\nlast-event-id: 5\r\n"));
    QByteArray again;
    QVERIFY(readUntil(resumed, again, "id: 6\n"));
    QVERIFY(!again.contains("id: 5\n"));

    int readers = 0;
    room.run([&] { readers = room.parts().events.readers(); });
    QCOMPARE(readers, 2);
    resumed.abort();
    socket.abort();
    const auto noReaders = [&] {
        room.run([&] { readers = room.parts().events.readers(); });
        return readers == 0;
    };
    QTRY_VERIFY(noReaders());
}

void TestAdminListener::eventsRejectBadQueries_data()
{
    QTest::addColumn<QByteArray>("query");
    for (const char* query :
        {"since=x", "since=-2", "since=1&since=2", "sinse=1", "since=1&x=2", "since=99999999999999999999"})
        QTest::newRow(query) << QByteArray(query);
}

void TestAdminListener::eventsRejectBadQueries()
{
    QFETCH(QByteArray, query);
    test::ControlRoom room;
    QCOMPARE(statusOf(room, get("/api/v1/events?" + query)), 400);
}

void TestAdminListener::theTransportReconnectsAndResumes()
{
    test::ControlRoom room;
    // a relay that we can cut, between the transport and the listener
    QTcpServer relay;
    QVERIFY(relay.listen(QHostAddress::LocalHost));
    QList<QTcpSocket*> open;
    connect(&relay, &QTcpServer::newConnection, this, [&] {
        QTcpSocket* near = relay.nextPendingConnection();
        auto* far = new QTcpSocket(near);
        far->connectToHost(QHostAddress::LocalHost, room.port());
        connect(near, &QTcpSocket::readyRead, far, [near, far] { far->write(near->readAll()); });
        connect(far, &QTcpSocket::readyRead, near, [near, far] {
            if (near->isOpen())
                near->write(far->readAll());
        });
        open.append(near);
    });
    api::HttpTransportOptions options;
    options.base = QUrl(QStringLiteral("http://127.0.0.1:%1").arg(relay.serverPort()));
    options.token = kToken;
    options.firstReconnect = std::chrono::milliseconds(10);
    api::HttpTransport transport(options);
    const auto stream = transport.subscribe(0);
    QVector<qint64> numbers;
    connect(stream.get(), &api::EventStream::eventsArrived, this, [&](const QVector<api::Event>& events) {
        for (const api::Event& event : events)
            numbers.append(event.sequence);
    });
    QSignalSpy gaps(stream.get(), &api::EventStream::gapFound);
    const auto publish = [&](int count) {
        room.run([&] {
            for (int i = 0; i < count; ++i)
                room.parts().events.publish(QStringLiteral("e"), {});
        });
    };
    publish(3);
    QTRY_COMPARE(numbers.size(), 3);
    for (QTcpSocket* socket : std::exchange(open, {}))
        socket->abort();
    publish(4);
    QTRY_COMPARE(numbers.size(), 7);
    for (qsizetype i = 0; i < numbers.size(); ++i)
        QCOMPARE(numbers[i], i + 1);
    QCOMPARE(gaps.count(), 0);
}

void TestAdminListener::remoteAddressesNeedTls()
{
    test::FakeEngine engine;
    admin::EventHub events;
    admin::MemoryChangeLog changes(engine.clock);
    admin::Router router(engine, events, changes);
    http::TimerWheel wheel;
    for (const char* host : {"0.0.0.0", "192.0.2.1", "::"}) {
        admin::AdminListenerOptions options;
        options.host = QString::fromLatin1(host);
        options.token = Secret(kToken);
        admin::AdminListener listener(options, router, wheel, engine.clock);
        const auto started = listener.start();
        QVERIFY2(!started.ok() && started.error().failure == api::Failure::Invalid, host);
    }
}

void TestAdminListener::noTokenNoListener()
{
    test::FakeEngine engine;
    admin::EventHub events;
    admin::MemoryChangeLog changes(engine.clock);
    admin::Router router(engine, events, changes);
    http::TimerWheel wheel;
    for (const QByteArray& token : {QByteArray(), QByteArray("sk-1234")}) {
        admin::AdminListenerOptions options;
        options.token = Secret(token);
        admin::AdminListener listener(options, router, wheel, engine.clock);
        QVERIFY(!listener.start().ok());
    }
}

QTEST_GUILESS_MAIN(TestAdminListener)
#include "tst_admin_listener.moc"
