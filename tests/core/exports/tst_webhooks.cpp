// Webhooks over real sockets: who speaks can be checked (openssl computes the signature a second time), a delivery
// keeps its id however often it is tried, a storm becomes a digest, and a hostile receiver gets nothing but our
// patience.
#include "export_fixture.h"

#include "exports/back_off.h"
#include "exports/webhook_signature.h"

#include <QProcess>
#include <QStandardPaths>

using namespace exporttest;

namespace {

const QStringList kIncidents{QStringLiteral("incident.opened"), QStringLiteral("incident.closed")};

QJsonObject incident(const char* id)
{
    return {{QStringLiteral("id"), QLatin1String(id)}, {QStringLiteral("provider"), QStringLiteral("openai-eu")},
        {QStringLiteral("severity"), QStringLiteral("high")},
        {QStringLiteral("sentence"), QStringLiteral("It is bad.")}};
}

// HMAC-SHA256 by the openssl program: none of our code, none of Qt's.
QByteArray opensslHmac(const QByteArray& key, const QByteArray& message)
{
    QProcess openssl;
    openssl.start(QStringLiteral("openssl"),
        {QStringLiteral("dgst"), QStringLiteral("-sha256"), QStringLiteral("-mac"), QStringLiteral("HMAC"),
            QStringLiteral("-macopt"), QStringLiteral("hexkey:") + QString::fromLatin1(key.toHex()),
            QStringLiteral("-r")});
    openssl.write(message);
    openssl.closeWriteChannel();
    openssl.waitForFinished();
    return openssl.readAllStandardOutput().left(64);
}

} // namespace

class TestWebhooks : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void deliveryIsSigned();
    void onlyWhatWasAskedFor();
    void retriesKeepTheDelivery_data();
    void retriesKeepTheDelivery();
    void otherDeliveriesDoNotWait();
    void redirectIsNotFollowed();
    void slowReceiver();
    void hostileAnswers_data();
    void hostileAnswers();
    void givenUpInTheEnd();
    void listIsBounded();
    void stormBecomesADigest();
    void digestFitsIntoTheHour();
    void secretStaysSecret();
    void secretThatIsTooShort();
    void ownFailureIsNotToldToItself();
    void changedHookTakesItsDeliveriesAlong();
    void testDelivery();
    void backOffDoublesAndListens();
};

void TestWebhooks::deliveryIsSigned()
{
    Fixture f;
    f.hook(kIncidents);
    f.exports->tell(QStringLiteral("incident.opened"), incident("inc_1"));
    QTRY_VERIFY(f.got(1));
    const ReceivedRequest& request = f.requests.at(0);
    QVERIFY(request.head.startsWith("POST /hooks/secret-path HTTP/1.1\r\n"));
    const QByteArray stamp = fieldOf(request, "x-signalbox-timestamp");
    QVERIFY(std::abs(stamp.toLongLong() - f.clock.wallMs() / 1000) < 60);
    const QByteArray signature = fieldOf(request, "x-signalbox-signature");
    QVERIFY(signature.startsWith("v1="));
    if (QStandardPaths::findExecutable(QStringLiteral("openssl")).isEmpty())
        QSKIP("the openssl program is not installed");
    const QByteArray key = "secret of HOOK 0123456789";
    QCOMPARE(signature.mid(3), opensslHmac(key, stamp + '.' + request.body));
    QVERIFY(signature.mid(3) != opensslHmac(key, stamp + '.' + request.body + ' '));

    const QJsonObject body = jsonOf(request.body);
    QCOMPARE(body.value(QLatin1String("id")).toString().toLatin1(), fieldOf(request, "x-signalbox-delivery"));
    QVERIFY(body.value(QLatin1String("id")).toString().startsWith(QLatin1String("dlv_")));
    QCOMPARE(body.value(QLatin1String("type")).toString(), QStringLiteral("incident.opened"));
    QCOMPARE(body.value(QLatin1String("data")).toObject(), incident("inc_1"));
    QCOMPARE(body.value(QLatin1String("engine")).toObject().value(QLatin1String("name")).toString(),
        QStringLiteral("edge-1"));
    QTRY_COMPARE(f.status("pager").state, QStringLiteral("ok"));
    QCOMPARE(f.status("pager").sent, 1);
    QCOMPARE(f.status("pager").target, QStringLiteral("http://127.0.0.1:%1/...").arg(f.receiver.port()));
}

void TestWebhooks::onlyWhatWasAskedFor()
{
    Fixture f;
    f.hook({QStringLiteral("incident.closed")});
    f.exports->tell(QStringLiteral("incident.opened"), incident("inc_1"));
    f.exports->tell(QStringLiteral("provider.health"), {});
    f.exports->tell(QStringLiteral("incident.closed"), incident("inc_1"));
    QTRY_COMPARE(f.status("pager").sent, 1);
    QVERIFY(f.got(1));
    QCOMPARE(f.requests.size(), 1);
    QVERIFY(f.requests.at(0).body.contains("incident.closed"));
}

void TestWebhooks::retriesKeepTheDelivery_data()
{
    QTest::addColumn<QByteArray>("refusal");
    QTest::addColumn<int>("then");
    QTest::newRow("500") << answer(500) << int(Hangup::Stay);
    QTest::newRow("404") << answer(404) << int(Hangup::Stay);
    QTest::newRow("429") << answer(429, "{}", "retry-after: 0\r\n") << int(Hangup::Stay);
    QTest::newRow("closed") << QByteArray() << int(Hangup::Fin);
    QTest::newRow("reset") << QByteArray() << int(Hangup::Reset);
}

void TestWebhooks::retriesKeepTheDelivery()
{
    QFETCH(QByteArray, refusal);
    QFETCH(int, then);
    Fixture f;
    f.receiver.setAnswer({refusal, Hangup(then)});
    f.hook(kIncidents);
    f.exports->tell(QStringLiteral("incident.opened"), incident("inc_1"));
    QTRY_VERIFY(f.got(3));
    f.receiver.setAnswer({answer(204, {}), Hangup::Stay});
    QTRY_COMPARE(f.status("pager").sent, 1);
    QVERIFY(f.got(3));
    const QByteArray secret = "secret of HOOK 0123456789";
    for (const ReceivedRequest& request : f.requests) {
        QCOMPARE(fieldOf(request, "x-signalbox-delivery"), fieldOf(f.requests.at(0), "x-signalbox-delivery"));
        QCOMPARE(request.body, f.requests.at(0).body);
        QCOMPARE(fieldOf(request, "x-signalbox-signature"), // of this attempt's time
            webhookSignature(Secret(secret), fieldOf(request, "x-signalbox-timestamp").toLongLong(), request.body));
    }
    QCOMPARE(f.status("pager").dropped, 0);
}

// One delivery that waits for its next attempt does not hold up the others.
void TestWebhooks::otherDeliveriesDoNotWait()
{
    ExportLimits limits = shortLimits();
    limits.firstRetry = limits.hookLongestRetry = std::chrono::hours(1);
    Fixture f(limits);
    f.receiver.setAnswer({answer(500), Hangup::Stay});
    f.hook(kIncidents);
    f.exports->tell(QStringLiteral("incident.opened"), incident("inc_1"));
    QTRY_COMPARE(f.status("pager").state, QStringLiteral("failing"));
    f.receiver.setAnswer({answer(200), Hangup::Stay});
    f.exports->tell(QStringLiteral("incident.opened"), incident("inc_2"));
    QTRY_COMPARE(f.status("pager").sent, 1);
    QCOMPARE(f.status("pager").queued, 1);
}

void TestWebhooks::redirectIsNotFollowed()
{
    ScriptedUpstream elsewhere;
    elsewhere.setAnswer({answer(200), Hangup::Stay});
    Fixture f;
    f.receiver.setAnswer(
        {answer(302, "{}", "location: " + urlOf(elsewhere, "/stolen").toLatin1() + "\r\n"), Hangup::Stay});
    f.hook(kIncidents);
    f.exports->tell(QStringLiteral("incident.opened"), incident("inc_1"));
    QTRY_COMPARE(f.status("pager").state, QStringLiteral("failing"));
    QVERIFY(f.status("pager").lastError.contains(QLatin1String("redirect")));
    QTRY_VERIFY(f.got(2));
    QCOMPARE(elsewhere.connections(), 0);
    QCOMPARE(f.status("pager").sent, 0);
}

void TestWebhooks::slowReceiver()
{
    ExportLimits limits = shortLimits();
    limits.answer = std::chrono::milliseconds(100);
    Fixture f(limits);
    f.receiver.setAnswer({QByteArray("HTTP/1.1 200 OK\r\ncontent-le"), Hangup::Stay});
    f.hook(kIncidents);
    f.exports->tell(QStringLiteral("incident.opened"), incident("inc_1"));
    QTRY_COMPARE(f.status("pager").state, QStringLiteral("failing"));
    // on a busy machine the connection itself may be what takes longer than that
    const QString why = f.status("pager").lastError;
    QVERIFY2(why.contains(QLatin1String("no answer within")) || why.contains(QLatin1String("could not be reached")),
        qPrintable(why));
    f.receiver.setAnswer({answer(200), Hangup::Stay});
    QTRY_COMPARE(f.status("pager").sent, 1);
}

void TestWebhooks::hostileAnswers_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("taken");
    QTest::newRow("endless body") << "HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\n\r\n" + QByteArray(1 << 20, 'x')
                                  << true;
    QTest::newRow("endless head") << "HTTP/1.1 200 OK\r\n" + QByteArray("x: y\r\n").repeated(20'000) << false;
    QTest::newRow("smuggled")
        << QByteArray("HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n") << false;
    QTest::newRow("status 99") << QByteArray("HTTP/1.1 99 X\r\ncontent-length: 0\r\n\r\n") << false;
    QTest::newRow("zeros") << QByteArray(4096, '\0') << false;
}

void TestWebhooks::hostileAnswers()
{
    QFETCH(QByteArray, bytes);
    QFETCH(bool, taken);
    Fixture f;
    f.receiver.setAnswer({bytes, Hangup::Fin});
    f.hook(kIncidents);
    f.exports->tell(QStringLiteral("incident.opened"), incident("inc_1"));
    QTRY_VERIFY(f.status("pager").state != QLatin1String("waiting"));
    QCOMPARE(f.status("pager").state == QLatin1String("ok"), taken);
}

void TestWebhooks::givenUpInTheEnd()
{
    ExportLimits limits = shortLimits();
    limits.hookGiveUp = std::chrono::milliseconds(200);
    Fixture f(limits);
    f.receiver.setAnswer({answer(500), Hangup::Stay});
    f.hook(kIncidents);
    f.exports->tell(QStringLiteral("incident.opened"), incident("inc_1"));
    QTRY_COMPARE(f.status("pager").dropped, 1);
    QCOMPARE(f.status("pager").queued, 0);
    QVERIFY(f.status("pager").sentence.contains(QLatin1String("given up")));
}

void TestWebhooks::listIsBounded()
{
    ExportLimits limits = shortLimits();
    limits.deliveries = 5;
    limits.firstRetry = limits.hookLongestRetry = std::chrono::hours(1);
    Fixture f(limits);
    f.receiver.setAnswer({answer(500), Hangup::Stay});
    f.hook(kIncidents);
    for (int i = 0; i < 12; ++i) {
        f.exports->tell(QStringLiteral("incident.opened"), incident("inc"));
        QTRY_VERIFY(f.got(i + 1));
    }
    QTRY_COMPARE(f.status("pager").dropped, 7);
    QTRY_COMPARE(f.status("pager").queued, 5);
}

void TestWebhooks::stormBecomesADigest()
{
    ExportLimits limits = shortLimits();
    limits.hookPerWindow = 10;
    limits.hookDigests = 2;
    limits.digestDelay = std::chrono::milliseconds(600);
    limits.digestEvents = 30;
    Fixture f(limits);
    f.hook(kIncidents);
    for (int i = 0; i < 100; ++i)
        f.exports->tell(
            i % 2 ? QStringLiteral("incident.closed") : QStringLiteral("incident.opened"), incident("inc_9"));
    QTRY_VERIFY(f.got(9));
    QTRY_COMPARE(f.status("pager").sent, 9);
    const QJsonObject digest = jsonOf(f.requests.at(8).body);
    QCOMPARE(digest.value(QLatin1String("type")).toString(), QStringLiteral("digest"));
    const QJsonObject data = digest.value(QLatin1String("data")).toObject();
    const QJsonObject counts = data.value(QLatin1String("counts")).toObject();
    QCOMPARE(
        counts.value(QLatin1String("incident.opened")).toInt() + counts.value(QLatin1String("incident.closed")).toInt(),
        92);
    QCOMPARE(data.value(QLatin1String("events")).toArray().size(), 30);
    QCOMPARE(data.value(QLatin1String("left_out")).toInt(), 62);
    for (int i = 0; i < 8; ++i)
        QVERIFY(!f.requests.at(i).body.contains("digest"));
}

// However long the storm: no more than the hour's number of deliveries, and nothing untold.
void TestWebhooks::digestFitsIntoTheHour()
{
    ExportLimits limits = shortLimits();
    limits.hookPerWindow = 4;
    limits.hookDigests = 2;
    limits.digestDelay = std::chrono::milliseconds(50);
    limits.hookWindow = std::chrono::milliseconds(3000);
    Fixture f(limits);
    f.hook(kIncidents);
    const Monotonic begun = f.clock.monotonic();
    int told = 0;
    while (f.clock.monotonic() - begun < std::chrono::milliseconds(1500)) {
        f.exports->tell(QStringLiteral("incident.opened"), incident("inc"));
        ++told;
        QTest::qWait(20);
    }
    f.got(0);
    QVERIFY(f.requests.size() <= 4);
    const auto counted = [&f] {
        f.got(0);
        int sum = 0;
        for (const ReceivedRequest& request : std::as_const(f.requests)) {
            const QJsonObject body = jsonOf(request.body);
            const QJsonObject counts =
                body.value(QLatin1String("data")).toObject().value(QLatin1String("counts")).toObject();
            sum += counts.isEmpty() ? 1 : counts.value(QLatin1String("incident.opened")).toInt();
        }
        return sum;
    };
    QTRY_COMPARE_WITH_TIMEOUT(counted(), told, 20'000);
}

void TestWebhooks::secretStaysSecret()
{
    Fixture f;
    f.receiver.setAnswer({answer(500), Hangup::Stay});
    f.hook(kIncidents);
    f.exports->tell(QStringLiteral("incident.opened"), incident("inc_1"));
    QTRY_COMPARE(f.status("pager").state, QStringLiteral("failing"));
    QVERIFY(f.got(1));
    const QByteArray secret = "0123456789";
    const QByteArray path = "secret-path";
    for (const ReceivedRequest& request : f.requests)
        QVERIFY(!request.head.contains(secret) && !request.body.contains(secret));
    const QByteArray shown = QJsonDocument(api::toJson(f.status("pager"))).toJson();
    QVERIFY(!shown.contains(secret) && !shown.contains(path));
}

void TestWebhooks::secretThatIsTooShort()
{
    Fixture f;
    f.hook(kIncidents, QStringLiteral("env:SHORT"));
    QCOMPARE(f.status("pager").state, QStringLiteral("off"));
    QVERIFY(f.status("pager").sentence.contains(QLatin1String("shorter than 16")));
    f.hook(kIncidents, QStringLiteral("env:UNSET"));
    QCOMPARE(f.status("pager").state, QStringLiteral("off"));
    f.exports->tell(QStringLiteral("incident.opened"), incident("inc_1"));
    f.hook(kIncidents);
    QCOMPARE(f.status("pager").state, QStringLiteral("waiting"));
}

void TestWebhooks::ownFailureIsNotToldToItself()
{
    Fixture f;
    f.hook({QStringLiteral("export.failing")});
    f.exports->tell(QStringLiteral("export.failing"), {{QStringLiteral("name"), QStringLiteral("pager")}});
    f.exports->tell(QStringLiteral("export.failing"), {{QStringLiteral("name"), QStringLiteral("otlp-traces")}});
    QTRY_COMPARE(f.status("pager").sent, 1);
    QVERIFY(f.got(1));
    QCOMPARE(f.requests.size(), 1);
    QVERIFY(f.requests.at(0).body.contains("otlp-traces"));
}

void TestWebhooks::changedHookTakesItsDeliveriesAlong()
{
    ExportLimits limits = shortLimits();
    limits.firstRetry = limits.hookLongestRetry = std::chrono::milliseconds(300);
    Fixture f(limits);
    f.receiver.setAnswer({answer(500), Hangup::Stay});
    f.hook(kIncidents);
    f.exports->tell(QStringLiteral("incident.opened"), incident("inc_1"));
    QTRY_COMPARE(f.status("pager").state, QStringLiteral("failing"));
    f.receiver.setAnswer({answer(200), Hangup::Stay});
    f.got(0);
    f.requests.clear();
    f.hook(kIncidents, QStringLiteral("env:OTHER"));
    QTRY_VERIFY(f.got(1));
    QCOMPARE(fieldOf(f.requests.at(0), "x-signalbox-signature"),
        webhookSignature(Secret(QByteArrayLiteral("secret of OTHER 0123456789")),
            fieldOf(f.requests.at(0), "x-signalbox-timestamp").toLongLong(), f.requests.at(0).body));
}

void TestWebhooks::testDelivery()
{
    Fixture f;
    f.hook(kIncidents);
    std::optional<api::Result<api::ExportTest>> result;
    f.exports->test(QStringLiteral("pager"), [&](const api::Result<api::ExportTest>& came) { result = came; });
    QTRY_VERIFY(result);
    QVERIFY((*result)->ok);
    QCOMPARE((*result)->httpStatus, std::optional<int>(200));
    QVERIFY(f.got(1));
    QCOMPARE(jsonOf(f.requests.at(0).body).value(QLatin1String("type")).toString(), QStringLiteral("test"));
    QCOMPARE(f.status("pager").sent, 0); // a test counts nowhere
}

void TestWebhooks::backOffDoublesAndListens()
{
    using std::chrono::milliseconds;
    struct Zeros final : RandomSource
    {
        void fill(std::span<unsigned char> bytes) override { std::fill(bytes.begin(), bytes.end(), byte); }
        unsigned char byte = 0;
    } random;
    BackOff wait(milliseconds(1000), milliseconds(600'000));
    for (const int expected : {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600})
        QCOMPARE(wait.next(random), milliseconds(expected * 1000));
    for (int i = 0; i < 100'000; ++i)
        wait.next(random);
    QCOMPARE(wait.next(random), milliseconds(600'000));
    wait.reset();
    random.byte = 255;
    QVERIFY(wait.next(random) < milliseconds(1250)); // by chance up to a quarter more
    wait.reset();
    random.byte = 0;
    QCOMPARE(wait.next(random, retryAfter("30")), milliseconds(30'000));
    QCOMPARE(retryAfter("99999999"), std::optional(milliseconds(300'000)));
    for (const char* odd : {"", "-1", "soon", "Wed, 21 Oct 2026 07:28:00 GMT", "99999999999999999999999"})
        QVERIFY2(!retryAfter(odd), odd);
}

QTEST_GUILESS_MAIN(TestWebhooks)
#include "tst_webhooks.moc"
