// The door between the two planes, on a whole engine: an admin token calls no models and a gateway key administers
// nothing; grants, ends and the engine's own certificate over restart and reload.
#include "engine_fixture.h"
#include "raw_client.h"
#include "scripted_upstream.h"

#include "api/http_transport.h"

#include <QFile>
#include <QJsonDocument>
#include <QSslCertificate>
#include <QTest>

using namespace gateway;
using test::waitFor;

namespace {

api::PrincipalRequest request(const char* name, api::Role role)
{
    return {QString::fromLatin1(name), role, {}, {}, {}};
}

const QString kWhy = QStringLiteral("a test");

} // namespace

class TestAdminDoor : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void adminTokensCallNoModels();
    void gatewayKeysAdministerNothing();
    void pairingOverTheWire();
    void grantsAreReadAgain();
    void theCertificateIsKeptAndTold();
};

void TestAdminDoor::adminTokensCallNoModels()
{
    test::EmbeddedEngine engine(test::oneProviderConfig(QStringLiteral("http://127.0.0.1:9/v1")));
    QCOMPARE(engine.start(), QString());
    const auto admin = waitFor(engine.client().issuePrincipal(request("boss", api::Role::Admin), kWhy));
    QVERIFY2(admin.ok(), admin.ok() ? "" : qPrintable(admin.error().message));
    const auto pairing = waitFor(engine.client().startPairing(request("hall", api::Role::Viewer), kWhy));
    QVERIFY(pairing.ok());
    QFile local(engine.dataDirectory() + QStringLiteral("/admin.token"));
    QVERIFY(local.open(QIODevice::ReadOnly));
    const QList<QByteArray> keys{admin->token.toLatin1(), pairing->code.toLatin1(), local.readAll().trimmed()};
    test::inThreads(1, [&](int) {
        for (const QByteArray& key : keys) {
            const auto reply = test::rawCall(engine.port(), test::chatRequest(key, "fast", false, "x"));
            QCOMPARE(reply.status, 401);
            QCOMPARE(reply.body.contains("token of the admin API"), key.startsWith("sb"));
            QVERIFY(!reply.body.contains(key));
            const QByteArray large(70'000, 'y'); // refused before its body
            QCOMPARE(test::rawCall(engine.port(), test::chatRequest(key, "fast", false, large)).status, 401);
            for (const QByteArray& header : {"x-api-key: " + key, "api-key: " + key, "x-goog-api-key: " + key})
                QCOMPARE(
                    test::rawCall(engine.port(), "GET /v1/models HTTP/1.1\r\nhost: localhost\r\n" + header + "\r\n\r\n")
                        .status,
                    401);
            QCOMPARE(
                test::rawCall(engine.port(), "GET /v1beta/models?key=" + key + " HTTP/1.1\r\nhost: localhost\r\n\r\n")
                    .status,
                401);
        }
    });
    QCOMPARE(waitFor(engine.client().calls({}))->total, 0); // nobody's call was recorded
}

void TestAdminDoor::gatewayKeysAdministerNothing()
{
    test::EmbeddedEngine engine(test::oneProviderConfig(QStringLiteral("http://127.0.0.1:9/v1")));
    QCOMPARE(engine.start(), QString());
    const quint16 admin = test::portOf(engine.gateway().adminUrl());
    test::inThreads(1, [&](int) {
        for (const char* path : {"/api/v1/status", "/metrics", "/api/v1/events"}) {
            const auto reply = test::rawCall(admin, QByteArray("GET ") + path +
                                                        " HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer " +
                                                        engine.key() + "\r\n\r\n");
            QCOMPARE(reply.status, 401);
            QVERIFY(reply.body.contains("gateway credential"));
            QVERIFY(!reply.body.contains(engine.key()));
        }
    });
}

void TestAdminDoor::pairingOverTheWire()
{
    test::EmbeddedEngine engine(test::oneProviderConfig(QStringLiteral("http://127.0.0.1:9/v1")));
    QCOMPARE(engine.start(), QString());
    const auto pairing = waitFor(engine.client().startPairing(request("hall", api::Role::Viewer), kWhy));
    QVERIFY(pairing.ok());
    QVERIFY(pairing->link.startsWith(QStringLiteral("signalbox://pair?url=")));
    QVERIFY(pairing->link.contains(pairing->code));
    api::HttpTransportOptions options;
    options.base = QUrl(engine.gateway().adminUrl());
    options.token = pairing->code.toLatin1();
    const api::GatewayClient paired(std::make_shared<api::HttpTransport>(options));
    QVERIFY(!waitFor(paired.status()).ok());
    QVERIFY(!waitFor(paired.whoAmI()).ok());
    const auto claimed = waitFor(paired.claimPairing(kWhy));
    QVERIFY2(claimed.ok(), claimed.ok() ? "" : qPrintable(claimed.error().message));
    QVERIFY(!waitFor(paired.claimPairing(kWhy)).ok());
    options.token = claimed->token.toLatin1();
    const api::GatewayClient hall(std::make_shared<api::HttpTransport>(options));
    const auto who = waitFor(hall.whoAmI());
    QVERIFY2(who.ok(), who.ok() ? "" : qPrintable(who.error().message));
    QCOMPARE(who->name, QStringLiteral("hall"));
    QCOMPARE(int(who->role), int(api::Role::Viewer));
    QVERIFY(waitFor(hall.status()).ok());
    QVERIFY(!waitFor(hall.issuePrincipal(request("x", api::Role::Admin), kWhy)).ok());
    QVERIFY(waitFor(engine.client().revokePrincipal(QStringLiteral("hall"), kWhy)).ok());
    QVERIFY(!waitFor(hall.status()).ok());
}

void TestAdminDoor::grantsAreReadAgain()
{
    const QByteArray config = test::oneProviderConfig(QStringLiteral("http://127.0.0.1:9/v1"));
    test::EmbeddedEngine engine(config + "roles: [{principal: shift, role: operator}]\n");
    QCOMPARE(engine.start(), QString());
    const auto shift = waitFor(engine.client().issuePrincipal(request("shift", api::Role::Operator), kWhy));
    QVERIFY2(shift.ok(), shift.ok() ? "" : qPrintable(shift.error().message));
    api::HttpTransportOptions options;
    options.base = QUrl(engine.gateway().adminUrl());
    options.token = shift->token.toLatin1();
    const api::GatewayClient client(std::make_shared<api::HttpTransport>(options));
    QCOMPARE(int(waitFor(client.whoAmI())->role), int(api::Role::Operator));
    QFile file(engine.file(QStringLiteral("signalbox.yaml")));
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    file.write(config + "roles: [{principal: shift, role: viewer, tenants: [acme]}]\n");
    file.close();
    engine.gateway().reload();
    QTRY_COMPARE(engine.gateway().revision(), 2);
    const auto who = waitFor(client.whoAmI());
    QCOMPARE(int(who->role), int(api::Role::Viewer));
    QCOMPARE(who->tenants, QStringList{QStringLiteral("acme")});
}

void TestAdminDoor::theCertificateIsKeptAndTold()
{
    QByteArray config = test::oneProviderConfig(QStringLiteral("http://127.0.0.1:9/v1"));
    const qsizetype server = config.indexOf("server:");
    config.replace(server, config.indexOf('\n', server) - server,
        "server: {name: eu-1, environment: prod, gateway: \"127.0.0.1:0\", admin: {listen: \"127.0.0.1:0\", tls: "
        "self-signed}}");
    test::EmbeddedEngine engine(config);
    QCOMPARE(engine.start(), QString());
    QVERIFY(engine.gateway().adminUrl().startsWith(QStringLiteral("https://")));
    const auto status = waitFor(engine.client().status());
    QVERIFY(status.ok() && status->certificate);
    const QString pem = engine.dataDirectory() + QStringLiteral("/admin-tls.pem");
    const QSslCertificate certificate = QSslCertificate::fromPath(pem).value(0);
    QCOMPARE(status->certificate->sha256, api::factsOf(certificate).sha256);
    const auto pairing = waitFor(engine.client().startPairing(request("hall", api::Role::Viewer), kWhy));
    QVERIFY(pairing.ok() && pairing->link.contains(QStringLiteral("pin=") + status->certificate->sha256));
    engine.gateway().reload();
    QCOMPARE(waitFor(engine.client().status())->certificate->sha256, status->certificate->sha256);
    // the owner removes it and reloads: another one, shown at once
    QVERIFY(QFile::remove(pem));
    engine.gateway().reload();
    const auto after = waitFor(engine.client().status());
    QVERIFY(after->certificate && after->certificate->sha256 != status->certificate->sha256);
}

QTEST_GUILESS_MAIN(TestAdminDoor)
#include "tst_admin_door.moc"
