// TLS both ways, with certificates made here by the openssl command: what is accepted, and that to a peer who cannot
// prove its name not one byte of a request is sent (reliability.md D10, F12).
#include "scripted_peer.h"
#include "upstream_fixture.h"

#include <QDateTime>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace httptest;

namespace {

const QByteArray kSecret = "Bearer key-in-clear";

// Runs openssl in the directory; false with its words in the log if it fails.
bool openssl(
    const QString& directory, const QStringList& arguments, QByteArray* out = nullptr, const QByteArray& in = {})
{
    QProcess process;
    process.setWorkingDirectory(directory);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(QStringLiteral("openssl"), arguments);
    process.write(in);
    process.closeWriteChannel();
    if (!process.waitForFinished(60000))
        process.kill();
    const QByteArray said = process.readAll();
    if (out)
        *out = said;
    return process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0;
}

void writeFile(const QString& path, const QByteArray& text)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
}

// A TCP relay that keeps what the client side sends, so that a test can search it for bytes that must not be there.
class Tap
{
public:
    explicit Tap(quint16 to)
        : m_peer([this, to](Wire& client, int) {
              Wire server = Wire::to(to);
              while (!m_peer.isStopping()) {
                  const Wire::Got fromClient = client.readSome(5);
                  if (fromClient == Wire::Got::Bytes) {
                      {
                          const std::lock_guard lock(m_mutex);
                          m_seen += client.buffer();
                      }
                      server.send(client.takeBuffer());
                  }
                  const Wire::Got fromServer = server.readSome(5);
                  if (fromServer == Wire::Got::Bytes)
                      client.send(server.takeBuffer());
                  if (fromClient == Wire::Got::End || fromClient == Wire::Got::Reset || fromServer == Wire::Got::End ||
                      fromServer == Wire::Got::Reset)
                      return;
              }
          })
    {
    }
    quint16 port() const { return m_peer.port(); }
    QByteArray seen()
    {
        const std::lock_guard lock(m_mutex);
        return m_seen;
    }

private:
    std::mutex m_mutex;
    QByteArray m_seen;
    ScriptedPeer m_peer;
};

} // namespace

class TestTls : public QObject
{
    Q_OBJECT

    QTemporaryDir m_directory;

    QString file(const char* name) const { return m_directory.filePath(QLatin1String(name)); }

    bool makeCertificate(const char* name, const char* names, const char* issuer, const QStringList& dates)
    {
        const QString base = QLatin1String(name);
        writeFile(file("ext.cnf"), QByteArray("[v3]\nbasicConstraints=critical,CA:") + (issuer ? "FALSE" : "TRUE") +
                                       "\nsubjectAltName=" + names + "\n");
        if (!openssl(m_directory.path(),
                {QStringLiteral("req"), QStringLiteral("-newkey"), QStringLiteral("ec"), QStringLiteral("-pkeyopt"),
                    QStringLiteral("ec_paramgen_curve:P-256"), QStringLiteral("-nodes"), QStringLiteral("-keyout"),
                    base + QStringLiteral(".key"), QStringLiteral("-out"), base + QStringLiteral(".csr"),
                    QStringLiteral("-subj"), QStringLiteral("/CN=signalbox test ") + base}))
            return false;
        if (!issuer) {
            return openssl(m_directory.path(),
                {QStringLiteral("x509"), QStringLiteral("-req"), QStringLiteral("-in"), base + QStringLiteral(".csr"),
                    QStringLiteral("-signkey"), base + QStringLiteral(".key"), QStringLiteral("-days"),
                    QStringLiteral("10"), QStringLiteral("-extfile"), QStringLiteral("ext.cnf"),
                    QStringLiteral("-extensions"), QStringLiteral("v3"), QStringLiteral("-out"),
                    base + QStringLiteral(".pem")});
        }
        // `ca` and not `x509 -req`: only it takes a validity that is over
        writeFile(file("index.txt"), {});
        writeFile(file("index.txt.attr"), "unique_subject = no\n");
        writeFile(file("serial"), QByteArray::number(QDateTime::currentMSecsSinceEpoch()) + "0\n");
        writeFile(file("ca.cnf"),
            "[ca]\ndefault_ca=d\n[d]\nnew_certs_dir=.\ndatabase=index.txt\nserial=serial\ndefault_md=sha256\npolicy=p\n"
            "[p]\ncommonName=supplied\n");
        return openssl(m_directory.path(),
            QStringList{QStringLiteral("ca"), QStringLiteral("-batch"), QStringLiteral("-notext"),
                QStringLiteral("-config"), QStringLiteral("ca.cnf"), QStringLiteral("-cert"),
                QLatin1String(issuer) + QStringLiteral(".pem"), QStringLiteral("-keyfile"),
                QLatin1String(issuer) + QStringLiteral(".key"), QStringLiteral("-in"), base + QStringLiteral(".csr"),
                QStringLiteral("-out"), base + QStringLiteral(".pem"), QStringLiteral("-extfile"),
                QStringLiteral("ext.cnf"), QStringLiteral("-extensions"), QStringLiteral("v3")} +
                dates);
    }

    ServerOptions tlsOptions(const char* name, bool only13 = false)
    {
        ServerOptions options;
        const auto tls =
            Server::tlsConfiguration(file(name) + QStringLiteral(".pem"), file(name) + QStringLiteral(".key"), only13);
        if (!tls)
            qFatal("%s", qPrintable(tls.error().message));
        options.tls = *tls;
        return options;
    }

    UpstreamTarget target(quint16 port, const char* host = "127.0.0.1", const char* ca = "ca.pem")
    {
        UpstreamTarget target = UpstreamHost::plainTarget(port);
        target.tls = true;
        target.host = QLatin1String(host);
        target.caFile = file(ca);
        target.poolKey = "https://" + target.hostField;
        return target;
    }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_directory.isValid());
        QVERIFY(makeCertificate("ca", "DNS:ca", nullptr, {}));
        QVERIFY(makeCertificate("otherca", "DNS:ca", nullptr, {}));
        const QStringList now{QStringLiteral("-days"), QStringLiteral("10")};
        const QStringList past{QStringLiteral("-startdate"), QStringLiteral("20200101000000Z"),
            QStringLiteral("-enddate"), QStringLiteral("20200201000000Z")};
        const QStringList future{QStringLiteral("-startdate"), QStringLiteral("20900101000000Z"),
            QStringLiteral("-enddate"), QStringLiteral("20910101000000Z")};
        QVERIFY(makeCertificate("good", "IP:127.0.0.1,DNS:localhost", "ca", now));
        QVERIFY(makeCertificate("wrongname", "IP:127.0.0.2,DNS:elsewhere.example", "ca", now));
        QVERIFY(makeCertificate("expired", "IP:127.0.0.1,DNS:localhost", "ca", past));
        QVERIFY(makeCertificate("notyet", "IP:127.0.0.1,DNS:localhost", "ca", future));
        QVERIFY(makeCertificate("stranger", "IP:127.0.0.1,DNS:localhost", "otherca", now));
        QVERIFY(makeCertificate("selfsigned", "IP:127.0.0.1,DNS:localhost", nullptr, {}));
    }

    void goesThrough_data()
    {
        QTest::addColumn<QByteArray>("host");
        QTest::addColumn<bool>("only13");
        QTest::newRow("address") << QByteArray("127.0.0.1") << false;
        QTest::newRow("name") << QByteArray("localhost") << false;
        QTest::newRow("1.3 only") << QByteArray("127.0.0.1") << true;
    }
    void goesThrough()
    {
        QFETCH(QByteArray, host);
        QFETCH(bool, only13);
        ServerHost server(tlsOptions("good", only13));
        QVERIFY(server.started);
        Tap tap(server.port());
        UpstreamHost upstream;
        for (int i = 0; i < 5; ++i) {
            UpstreamCall call;
            QVERIFY(upstream.finish(call, target(tap.port(), host.constData())));
            QVERIFY2(call.completes == 1, qPrintable(call.text));
            QCOMPARE(call.body, QByteArray("POST /v1/chat/completions 13"));
        }
        QCOMPARE(server.handler.handled.load(), 5);
        QVERIFY(upstream.open(target(tap.port())) == 1); // and the handshake was made once
        QVERIFY(!tap.seen().isEmpty());
        QVERIFY(!tap.seen().contains("key-in-clear"));
    }

    void refusesToTalk_data()
    {
        QTest::addColumn<QByteArray>("certificate");
        QTest::addColumn<QByteArray>("ca");
        QTest::newRow("wrong name") << QByteArray("wrongname") << QByteArray("ca.pem");
        QTest::newRow("expired") << QByteArray("expired") << QByteArray("ca.pem");
        QTest::newRow("not yet valid") << QByteArray("notyet") << QByteArray("ca.pem");
        QTest::newRow("another authority") << QByteArray("stranger") << QByteArray("ca.pem");
        QTest::newRow("self-signed") << QByteArray("selfsigned") << QByteArray("ca.pem");
        QTest::newRow("authority file missing") << QByteArray("good") << QByteArray("missing.pem");
        QTest::newRow("authority file empty") << QByteArray("good") << QByteArray("index.txt");
    }
    void refusesToTalk()
    {
        QFETCH(QByteArray, certificate);
        QFETCH(QByteArray, ca);
        ServerHost server(tlsOptions(certificate.constData()));
        QVERIFY(server.started);
        Tap tap(server.port());
        UpstreamHost upstream;
        const auto to = target(tap.port(), "127.0.0.1", ca.constData());
        UpstreamCall call;
        QVERIFY(upstream.finish(call, to));
        QCOMPARE(call.completes.load(), 0);
        QCOMPARE(call.failures.load(), 1);
        QCOMPARE(call.failure, UpstreamFailure::Tls);
        QVERIFY(!call.text.isEmpty());
        QCOMPARE(call.heads.load(), 0);
        QCOMPARE(upstream.open(to), 0);
        QCOMPARE(server.handler.handled.load(), 0); // no request, not even an encrypted one
        QVERIFY(!tap.seen().contains("POST"));
        QVERIFY(!tap.seen().contains("key-in-clear"));
    }

    void repairedAuthorityFileCounts()
    {
        ServerHost server(tlsOptions("good"));
        UpstreamHost upstream;
        const auto to = target(server.port(), "127.0.0.1", "late.pem");
        UpstreamCall first;
        QVERIFY(upstream.finish(first, to));
        QCOMPARE(first.failure, UpstreamFailure::Tls);
        QVERIFY(QFile::copy(file("ca.pem"), file("late.pem")));
        UpstreamCall second;
        QVERIFY(upstream.finish(second, to));
        QVERIFY2(second.completes == 1, qPrintable(second.text));
    }

    void plainPeerGetsNoRequest()
    {
        // a plain server where TLS is expected: it sees a handshake and nothing else
        QByteArray seen;
        std::mutex mutex;
        ScriptedPeer peer([&](Wire& wire, int) {
            wire.readSome();
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            wire.readToEnd(200);
            const std::lock_guard lock(mutex);
            seen = wire.buffer();
        });
        UpstreamHost upstream;
        UpstreamCall call;
        QVERIFY(upstream.finish(call, target(peer.port())));
        QCOMPARE(call.failures.load(), 1);
        QCOMPARE(call.failure, UpstreamFailure::Tls);
        QVERIFY(eventually([&] {
            const std::lock_guard lock(mutex);
            return !seen.isEmpty();
        }));
        QVERIFY(!seen.contains("POST"));
        QVERIFY(!seen.contains("key-in-clear"));
    }

    void peerClosesOrStallsInTheHandshake()
    {
        ScriptedPeer closing([](Wire& wire, int) { wire.readSome(); });
        UpstreamHost upstream;
        UpstreamCall closed;
        QVERIFY(upstream.finish(closed, target(closing.port())));
        QCOMPARE(closed.failure, UpstreamFailure::Tls);

        ScriptedPeer* self = nullptr;
        ScriptedPeer stalling([&](Wire& wire, int) { self->linger(wire); });
        self = &stalling;
        UpstreamTimeouts timeouts;
        timeouts.connect = 300ms;
        UpstreamCall stalled;
        QVERIFY(upstream.finish(stalled, target(stalling.port()), timeouts));
        QCOMPARE(stalled.failure, UpstreamFailure::ConnectTimeout);
        QCOMPARE(stalled.completes.load(), 0);
    }

    void serverClosesAStalledHandshake()
    {
        ServerOptions options = tlsOptions("good");
        options.connection.handshake = 300ms;
        ServerHost server(options);
        Wire silent = server.connect();
        Wire half = server.connect();
        QVERIFY(half.send("\x16\x03\x01\x02"));
        QVERIFY(silent.readToEnd() != Wire::Got::Nothing);
        QVERIFY(half.readToEnd() != Wire::Got::Nothing);
        Wire plain = server.connect();
        plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        QVERIFY(plain.readToEnd() != Wire::Got::Nothing);
        QVERIFY(!plain.buffer().contains("HTTP/1.1"));
        QVERIFY(eventually([&] { return server.connections() == 0; }));
        QCOMPARE(server.handler.handled.load(), 0);
    }

    void serverRefusesOldVersions()
    {
        ServerHost server(tlsOptions("good"));
        ServerHost strict(tlsOptions("good", true));
        const auto shake = [&](quint16 port, const char* version, QByteArray* said) {
            return openssl(m_directory.path(),
                {QStringLiteral("s_client"), QStringLiteral("-connect"), QStringLiteral("127.0.0.1:%1").arg(port),
                    QLatin1String(version), QStringLiteral("-cipher"), QStringLiteral("DEFAULT@SECLEVEL=0")},
                said);
        };
        QByteArray said;
        QVERIFY2(shake(server.port(), "-tls1_2", &said), said.constData());
        QVERIFY2(shake(server.port(), "-tls1_3", &said), said.constData());
        QVERIFY(!shake(server.port(), "-tls1_1", &said));
        QVERIFY(!shake(server.port(), "-tls1", &said));
        QVERIFY2(shake(strict.port(), "-tls1_3", &said), said.constData());
        QVERIFY(!shake(strict.port(), "-tls1_2", &said));
    }

    void upstreamRefusesOldVersions()
    {
        for (const char* version : {"-tls1_1", "-tls1"}) {
            // s_server cannot say which port it got: take one that was free a moment ago
            quint16 port = 0;
            {
                ScriptedPeer free([](Wire&, int) {});
                port = free.port();
            }
            QProcess old;
            old.setWorkingDirectory(m_directory.path());
            old.setProcessChannelMode(QProcess::MergedChannels);
            old.start(QStringLiteral("openssl"),
                {QStringLiteral("s_server"), QStringLiteral("-accept"), QString::number(port), QStringLiteral("-cert"),
                    QStringLiteral("good.pem"), QStringLiteral("-key"), QStringLiteral("good.key"),
                    QLatin1String(version), QStringLiteral("-cipher"), QStringLiteral("DEFAULT@SECLEVEL=0"),
                    QStringLiteral("-www")});
            QVERIFY(old.waitForStarted());
            QVERIFY(eventually([&] { return Wire::to(port).isOpen(); }));
            UpstreamHost upstream;
            UpstreamCall call;
            QVERIFY(upstream.finish(call, target(port)));
            QCOMPARE(call.completes.load(), 0);
            QCOMPARE(call.failure, UpstreamFailure::Tls);
            old.kill();
            old.waitForFinished();
        }
    }

    void backPressureHoldsUnderTls()
    {
        // TLS has a second buffer that a naive count of unsent bytes does not see
        constexpr qint64 kTotal = 32 << 20;
        struct Source final : ExchangeListener
        {
            std::unique_ptr<Exchange> exchange;
            qint64 given = 0;
            void more()
            {
                const QByteArray piece(64 * 1024, 's');
                while (given < kTotal && !exchange->isBufferFull()) {
                    exchange->send(piece);
                    given += piece.size();
                }
                if (given == kTotal)
                    exchange->finishStream();
            }
            void callerLeft() override {}
            void callerReady() override { more(); }
        } source;
        ServerHost server(tlsOptions("good"));
        server.handler.onRequest = [&](std::unique_ptr<Exchange> exchange) {
            source.exchange = std::move(exchange);
            source.exchange->setListener(&source);
            source.exchange->beginStream(200, {});
            source.more();
        };
        server.beforeWheel = [&] { source.exchange.reset(); };
        UpstreamHost upstream;
        UpstreamCall call;
        call.keepBody = false;
        call.onHead = [&] { call.exchange->pause(); };
        upstream.start(call, target(server.port()));
        QVERIFY(eventually([&] { return call.heads.load() == 1; }));
        qint64 before = -1;
        QVERIFY(eventually([&] {
            std::this_thread::sleep_for(200ms);
            const qint64 now = server.worker.ask([&] { return source.given; });
            return std::exchange(before, now) == now;
        }));
        QVERIFY2(before < 16 << 20, qPrintable(QString::number(before)));
        upstream.worker.run([&] { call.exchange->resume(); });
        QVERIFY(eventually([&] { return call.ended(); }));
        QVERIFY2(call.completes == 1, qPrintable(call.text));
        QCOMPARE(call.received.load(), kTotal);
        upstream.drop(call);
    }

    void closingAnswersArriveWhole()
    {
        ServerHost server(tlsOptions("good"));
        const QByteArray big(3 << 20, 'b');
        server.handler.onRequest = [&](std::unique_ptr<Exchange> exchange) {
            Response response = plain(200, big);
            response.close = true;
            exchange->respond(response);
        };
        UpstreamHost upstream;
        for (int i = 0; i < 5; ++i) {
            UpstreamCall call;
            QVERIFY(upstream.finish(call, target(server.port())));
            QVERIFY2(call.completes == 1, qPrintable(call.text));
            QCOMPARE(call.body.size(), big.size());
        }
        QVERIFY(eventually([&] { return server.connections() == 0; }));
    }

    void earlyRefusalArrivesWhileTheCallerSends()
    {
        ServerHost server(tlsOptions("good"));
        server.handler.onHead = [](const RequestHead&) { return std::optional(plain(401, "who are you")); };
        UpstreamHost upstream;
        for (int i = 0; i < 5; ++i) {
            UpstreamCall call;
            QVERIFY(
                upstream.finish(call, target(server.port()), {}, UpstreamHost::simplePost(QByteArray(8 << 20, 'b'))));
            QVERIFY2(call.completes == 1, qPrintable(call.text));
            QCOMPARE(call.status.load(), 401);
        }
        QCOMPARE(server.handler.handled.load(), 0);
    }

    void filesThatAreNoCertificate()
    {
        QVERIFY(!Server::tlsConfiguration(file("missing.pem"), file("good.key"), false).ok());
        QVERIFY(!Server::tlsConfiguration(file("good.pem"), file("missing.key"), false).ok());
        QVERIFY(!Server::tlsConfiguration(file("good.key"), file("good.key"), false).ok());
        QVERIFY(!Server::tlsConfiguration(file("good.pem"), file("good.pem"), false).ok());
    }
};

QTEST_GUILESS_MAIN(TestTls)
#include "tst_tls.moc"
