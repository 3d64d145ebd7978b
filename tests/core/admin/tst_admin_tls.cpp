// The admin listener over TLS: 1.3 and nothing older, its own certificate that it keeps, and client certificates that
// count only where they verify and the config names them.
#include "admin/admin_listener.h"
#include "admin/memory_change_log.h"
#include "admin/principal_book.h"
#include "engine/listen_address.h"
#include "fake_engine.h"
#include "http/self_signed.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QProcess>
#include <QSslCertificate>
#include <QSslKey>
#include <QSslSocket>
#include <QTemporaryDir>
#include <QTest>

using namespace gateway;
using test::kToken;

namespace {

bool openssl(const QString& directory, const QString& command)
{
    QProcess process;
    process.setWorkingDirectory(directory);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(QStringLiteral("openssl"), command.split(u' '));
    return process.waitForFinished(60'000) && process.exitCode() == 0;
}

// An authority and a client certificate of it: NAME.pem, NAME.key.
bool makeClient(const QString& directory, const QString& authority, const QString& name)
{
    const QString key = QStringLiteral("-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes ");
    return (QFile::exists(directory + u'/' + authority + QStringLiteral(".pem")) ||
               openssl(directory, QStringLiteral("req -x509 %1-keyout %2.key -out %2.pem -days 30 -subj /CN=%2")
                                      .arg(key, authority))) &&
           openssl(directory, QStringLiteral("req %1-keyout %2.key -out %2.csr -subj /CN=%2").arg(key, name)) &&
           openssl(directory,
               QStringLiteral("x509 -req -in %1.csr -CA %2.pem -CAkey %2.key -CAcreateserial -days 30 -out %1.pem")
                   .arg(name, authority));
}

QSslCertificate certificateIn(const QString& file)
{
    return QSslCertificate::fromPath(file).value(0);
}

QString fingerprint(const QString& file)
{
    return QString::fromLatin1(certificateIn(file).digest(QCryptographicHash::Sha256).toHex());
}

struct Asked
{
    bool encrypted = false;
    int status = 0;
    QByteArray body;
    QSsl::SslProtocol protocol = QSsl::UnknownProtocol;
};

// All in one thread: client and listener take turns in its event loop.
struct Room
{
    QTemporaryDir directory;
    test::FakeEngine engine;
    admin::EventHub events{1};
    admin::MemoryChangeLog changes{engine.clock};
    SystemClock clock;
    SodiumRandom random;
    admin::PrincipalBook principals{nullptr, test::fakePepper(), engine.clock, random};
    admin::Router router{engine, events, changes, &principals};
    http::TimerWheel wheel;
    std::unique_ptr<admin::AdminListener> listener;
    QString own; // the certificate's file

    QString file(const char* name) const { return directory.filePath(QLatin1String(name)); }
    bool start(const QString& clientCa = {})
    {
        const auto made =
            http::selfSigned(directory.path(), {QStringLiteral("localhost"), QStringLiteral("127.0.0.1")});
        if (!made)
            return false;
        own = made->path;
        config::Listener configured{QStringLiteral("127.0.0.1"), 0, config::TlsFiles{own, own, true, clientCa, {}}};
        auto options = engine::listenOptions(configured, {}, true);
        if (!options)
            return false;
        admin::AdminListenerOptions admin;
        admin.tls = options->tls;
        admin.token = Secret(kToken);
        admin.principals = &principals;
        listener = std::make_unique<admin::AdminListener>(std::move(admin), router, wheel, clock);
        return listener->start().ok();
    }
    Asked ask(const QByteArray& target, const QByteArray& headers, const char* client = nullptr,
        QSsl::SslProtocol protocol = QSsl::SecureProtocols)
    {
        QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
        configuration.setCaCertificates({certificateIn(own)});
        configuration.setProtocol(protocol);
        if (client) {
            QFile key(directory.filePath(QLatin1String(client) + QStringLiteral(".key")));
            if (!key.open(QIODevice::ReadOnly))
                return {};
            configuration.setPrivateKey(QSslKey(&key, QSsl::Ec));
            configuration.setLocalCertificate(
                certificateIn(directory.filePath(QLatin1String(client) + QStringLiteral(".pem"))));
        }
        QSslSocket socket;
        socket.setSslConfiguration(configuration);
        socket.connectToHostEncrypted(
            QStringLiteral("localhost"), listener->port(), QIODevice::ReadWrite, QAbstractSocket::IPv4Protocol);
        Asked asked;
        QTest::qWaitFor(
            [&] { return socket.isEncrypted() || socket.state() == QAbstractSocket::UnconnectedState; }, 10'000);
        asked.encrypted = socket.isEncrypted();
        if (!asked.encrypted)
            return asked;
        asked.protocol = socket.sessionProtocol();
        socket.write("GET " + target + " HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n" + headers + "\r\n");
        QByteArray all;
        QTest::qWaitFor(
            [&] {
                all += socket.readAll();
                return socket.state() == QAbstractSocket::UnconnectedState;
            },
            10'000);
        all += socket.readAll();
        asked.status = all.mid(9, 3).toInt();
        asked.body = all.mid(all.indexOf("\r\n\r\n") + 4);
        return asked;
    }
};

const QByteArray kBearer = "authorization: Bearer " + kToken + "\r\n";

} // namespace

class TestAdminTls : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void onlyTls13();
    void clientCertificates();
    void aCertificateIsNotAskedForWithoutAnAuthority();
    void anotherCertificateIsUsedFromNowOn();
    void theOwnCertificateIsKept();
    void theOwnCertificateNamesWhatItIsFor();
    void anOpenKeyFileIsRefused_data();
    void anOpenKeyFileIsRefused();
};

void TestAdminTls::onlyTls13()
{
    Room room;
    QVERIFY(room.start());
    const Asked good = room.ask("/api/v1/whoami", kBearer);
    QCOMPARE(good.status, 200);
    QCOMPARE(int(good.protocol), int(QSsl::TlsV1_3));
    QVERIFY(!room.ask("/healthz", {}, nullptr, QSsl::TlsV1_2).encrypted);
    QCOMPARE(room.ask("/api/v1/whoami", {}).status, 401);
}

void TestAdminTls::clientCertificates()
{
    Room room;
    QVERIFY(makeClient(room.directory.path(), QStringLiteral("ca"), QStringLiteral("probe")));
    QVERIFY(makeClient(room.directory.path(), QStringLiteral("ca"), QStringLiteral("stranger")));
    QVERIFY(makeClient(room.directory.path(), QStringLiteral("otherca"), QStringLiteral("forged")));
    room.principals.setGrants({
        {QStringLiteral("probe"), api::Role::Viewer, {QStringLiteral("acme")}, fingerprint(room.file("probe.pem"))},
        {QStringLiteral("forged"), api::Role::Admin, {}, fingerprint(room.file("forged.pem"))},
    });
    QVERIFY(room.start(room.file("ca.pem")));
    const Asked probe = room.ask("/api/v1/whoami", {}, "probe");
    QCOMPARE(probe.status, 200);
    const auto who = api::whoAmIFromJson(QJsonDocument::fromJson(probe.body).object());
    QVERIFY(who.ok());
    QCOMPARE(who->name, QStringLiteral("probe"));
    QCOMPARE(who->by, QStringLiteral("certificate"));
    QCOMPARE(who->tenants, QStringList{QStringLiteral("acme")});
    QVERIFY(!who->mayDo(QStringLiteral("GET"), QStringLiteral("/api/v1/limits"))); // bound
    QCOMPARE(room.ask("/api/v1/whoami", {}, "stranger").status, 401);              // of the CA, and nobody of ours
    QCOMPARE(room.ask("/api/v1/whoami", {}, "forged").status, 401);                // named by the config, of another CA
    QCOMPARE(room.ask("/api/v1/whoami", {}).status, 401);
    QCOMPARE(room.ask("/api/v1/whoami", kBearer).status, 200); // a token needs no certificate
    room.principals.setGrants({});
    QCOMPARE(room.ask("/api/v1/whoami", {}, "probe").status, 401);
}

void TestAdminTls::aCertificateIsNotAskedForWithoutAnAuthority()
{
    Room room;
    QVERIFY(makeClient(room.directory.path(), QStringLiteral("ca"), QStringLiteral("probe")));
    room.principals.setGrants({{QStringLiteral("probe"), api::Role::Admin, {}, fingerprint(room.file("probe.pem"))}});
    QVERIFY(room.start());
    QCOMPARE(room.ask("/api/v1/whoami", {}, "probe").status, 401);
}

void TestAdminTls::anotherCertificateIsUsedFromNowOn()
{
    Room room;
    QVERIFY(room.start());
    QCOMPARE(room.ask("/healthz", {}).status, 200);
    QTemporaryDir elsewhere;
    const auto other = http::selfSigned(elsewhere.path(), {QStringLiteral("localhost")});
    QVERIFY(other.ok());
    const auto tls = http::Server::tlsConfiguration(other->path, other->path, true);
    QVERIFY(tls.ok());
    room.listener->setTls(*tls);
    QVERIFY(!room.ask("/healthz", {}).encrypted); // the client knows the old one only
    room.own = other->path;
    QCOMPARE(room.ask("/healthz", {}).status, 200);
}

void TestAdminTls::theOwnCertificateIsKept()
{
    QTemporaryDir directory;
    const auto first = http::selfSigned(directory.path(), {QStringLiteral("a.example")});
    QVERIFY(first.ok() && first->isNew);
    const QString before = fingerprint(first->path);
    const auto again = http::selfSigned(directory.path(), {QStringLiteral("b.example")});
    QVERIFY(again.ok() && !again->isNew);
    QCOMPARE(fingerprint(again->path), before);
    QCOMPARE(int(QFile::permissions(first->path) &
                 (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther)),
        0);
    QTemporaryDir other;
    QVERIFY(fingerprint(http::selfSigned(other.path(), {})->path) != before);
    QCOMPARE(QDir(directory.path()).entryList(QDir::Files | QDir::Hidden).size(), 1); // no drafts left
}

void TestAdminTls::theOwnCertificateNamesWhatItIsFor()
{
    QTemporaryDir directory;
    const auto made = http::selfSigned(
        directory.path(), {QStringLiteral("gw.example"), QStringLiteral("127.0.0.1"), QStringLiteral("::1"),
                              QStringLiteral("gw.example"), QString(), QStringLiteral("evil,DNS:other.example")});
    QVERIFY(made.ok());
    const QSslCertificate certificate = certificateIn(made->path);
    const auto names = certificate.subjectAlternativeNames();
    QCOMPARE(names.values(QSsl::DnsEntry), QList<QString>{QStringLiteral("gw.example")});
    QCOMPARE(names.values(QSsl::IpAddressEntry).size(), 2);
    QCOMPARE(int(certificate.publicKey().algorithm()), int(QSsl::Ec));
    QCOMPARE(certificate.publicKey().length(), 256);
    QVERIFY(certificate.isSelfSigned());
    QVERIFY(certificate.effectiveDate() < QDateTime::currentDateTimeUtc());
    QVERIFY(certificate.expiryDate() > QDateTime::currentDateTimeUtc().addYears(9));
}

void TestAdminTls::anOpenKeyFileIsRefused_data()
{
    QTest::addColumn<QString>("what");
    QTest::newRow("others may read") << QStringLiteral("mode");
    QTest::newRow("a link") << QStringLiteral("link");
    QTest::newRow("a directory") << QStringLiteral("directory");
}

void TestAdminTls::anOpenKeyFileIsRefused()
{
    QFETCH(QString, what);
    QTemporaryDir directory;
    const QString path = directory.filePath(QStringLiteral("admin-tls.pem"));
    if (what == QLatin1String("mode")) {
        QVERIFY(http::selfSigned(directory.path(), {}).ok());
        QVERIFY(QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup));
    } else if (what == QLatin1String("link")) {
        QVERIFY(QFile::link(QStringLiteral("/dev/null"), path));
    } else {
        QVERIFY(QDir(directory.path()).mkdir(QStringLiteral("admin-tls.pem")));
    }
    QVERIFY(!http::selfSigned(directory.path(), {}).ok());
}

QTEST_GUILESS_MAIN(TestAdminTls)
#include "tst_admin_tls.moc"
