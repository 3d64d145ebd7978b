// Access tokens against a scripted token server: what it is sent (the signature is checked), that many callers make one
// request, when a token is fetched anew, what a failure does, and that a callback never runs from inside get() unless
// the answer is there.
#include "engine/access_tokens.h"

#include "../credential/rsa_key.h"
#include "scripted_upstream.h"

#include <QTest>
#include <QUrlQuery>

using namespace gateway;
using namespace gateway::engine;
using namespace keytest;
using test::ScriptedUpstream;

namespace {

constexpr std::chrono::minutes kMinute{1};

QByteArray answer(int status, const QByteArray& body)
{
    return "HTTP/1.1 " + QByteArray::number(status) +
           " X\r\nContent-Type: application/json\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" +
           body;
}

QByteArray tokenAnswer(const QByteArray& token, int seconds = 3599)
{
    return answer(200, "{\"access_token\":\"" + token + "\",\"expires_in\":" + QByteArray::number(seconds) +
                           ",\"token_type\":\"Bearer\"}");
}

struct Fixture
{
    ScriptedUpstream server;
    ManualClock clock;
    http::TimerWheel wheel;
    http::UpstreamClient client{wheel, clock, http::MessageLimits{}};
    std::unique_ptr<AccessTokens> tokens = std::make_unique<AccessTokens>(wheel, client, clock);
    config::Provider provider;
    QByteArrayList told; // "token:..." or "error:..."
    bool inside = false;
    int toldInside = 0;

    Fixture()
    {
        provider.name = QStringLiteral("vertex-eu");
        provider.key =
            Secret(bytesOf(accountObject(QStringLiteral("http://127.0.0.1:%1/token?v=1").arg(server.port()))));
        server.setAnswer({tokenAnswer("ya29.first"), test::Hangup::Stay});
    }
    void get()
    {
        inside = true;
        tokens->get(provider, [this](const api::Result<QByteArray>& result) {
            toldInside += inside;
            told += result ? "token:" + *result : "error:" + result.error().message.toUtf8();
        });
        inside = false;
    }
    // Asks and waits for the answer.
    QByteArray got()
    {
        const qsizetype before = told.size();
        get();
        return QTest::qWaitFor([&] { return told.size() > before; }, 10'000) ? told.last() : QByteArray("nothing");
    }
    // Waits until the server was asked once more; false: it was not.
    bool asked()
    {
        return QTest::qWaitFor([&] { return !(last = server.takeRequests()).isEmpty(); }, 10'000);
    }
    QList<test::ReceivedRequest> last;
};

} // namespace

class TestAccessTokens : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void exchangesAssertion();
    void oneFetchForAll();
    void keepsAndRefreshes();
    void failures_data();
    void failures();
    void remembersFailure();
    void serverGone();
    void readyToken();
    void forgets();
    void keysAreApart();
    void destroyedWhileWaiting();
    void destroyedFromCallback();
};

void TestAccessTokens::exchangesAssertion()
{
    Fixture f;
    QCOMPARE(f.got(), QByteArray("token:ya29.first"));
    QCOMPARE(f.toldInside, 0);
    const auto requests = f.server.takeRequests();
    QCOMPARE(requests.size(), 1);
    QVERIFY(requests[0].head.startsWith("POST /token?v=1 HTTP/1.1\r\n"));
    QVERIFY(requests[0].head.toLower().contains("content-type: application/x-www-form-urlencoded"));
    QVERIFY(!requests[0].head.toLower().contains("authorization"));
    const QUrlQuery form(QString::fromLatin1(requests[0].body));
    QCOMPARE(form.queryItemValue(QStringLiteral("grant_type"), QUrl::FullyDecoded),
        QStringLiteral("urn:ietf:params:oauth:grant-type:jwt-bearer"));
    const QByteArray assertion = form.queryItemValue(QStringLiteral("assertion")).toLatin1();
    QVERIFY(isSigned(assertion, rsaKey().get()));
    QCOMPARE(pieceOf(assertion, 1).value(QStringLiteral("iat")).toInteger(), f.clock.wallMs() / 1000);
    QVERIFY(!requests[0].body.contains("PRIVATE"));
}

void TestAccessTokens::oneFetchForAll()
{
    Fixture f;
    for (int i = 0; i < 20; ++i)
        f.get();
    QVERIFY(QTest::qWaitFor([&] { return f.told.size() == 20; }, 10'000));
    QCOMPARE(f.told.count("token:ya29.first"), 20);
    QCOMPARE(f.server.takeRequests().size(), 1);
    QCOMPARE(f.toldInside, 0);
    f.get(); // there already
    QCOMPARE(f.toldInside, 1);
    QCOMPARE(f.server.takeRequests().size(), 0);
}

void TestAccessTokens::keepsAndRefreshes()
{
    Fixture f;
    QCOMPARE(f.got(), QByteArray("token:ya29.first"));
    f.server.takeRequests();
    f.server.setAnswer({tokenAnswer("ya29.second"), test::Hangup::Stay});
    f.clock.advance(49 * kMinute); // eleven minutes left
    f.get();
    QCOMPARE(f.told.last(), QByteArray("token:ya29.first"));
    QCOMPARE(f.server.takeRequests().size(), 0);
    f.clock.advance(2 * kMinute); // nine: the old one serves, a new one is on its way
    f.get();
    QCOMPARE(f.told.last(), QByteArray("token:ya29.first"));
    QVERIFY(f.asked());
    QVERIFY(QTest::qWaitFor(
        [&] {
            f.get();
            return f.told.last() == "token:ya29.second";
        },
        10'000));
    // a token that nobody refreshed in time is not used any more
    f.server.setAnswer({tokenAnswer("ya29.third"), test::Hangup::Stay});
    f.clock.advance(56 * kMinute);
    f.toldInside = 0;
    QCOMPARE(f.got(), QByteArray("token:ya29.third"));
    QCOMPARE(f.toldInside, 0);
}

void TestAccessTokens::failures_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("told");
    const QByteArray refused = "error:The token server did not take the service account: status ";
    QTest::newRow("refused") << answer(400, R"({"error":"invalid_grant","error_description":"Invalid JWT of SECRET."})")
                             << refused + "400, invalid_grant.";
    QTest::newRow("html") << answer(500, "<html>SECRET") << refused + "500, no token.";
    QTest::newRow("odd word") << answer(400, R"({"error":"SECRET Bearer x"})") << refused + "400, no token.";
    QTest::newRow("no token") << answer(200, "{}") << refused + "200, no token.";
    QTest::newRow("no time") << answer(200, R"({"access_token":"SECRET"})") << refused + "200, no token.";
    QTest::newRow("negative time") << answer(200, R"({"access_token":"SECRET","expires_in":-5})")
                                   << refused + "200, no token.";
    QTest::newRow("breaks a field") << answer(200, R"({"access_token":"a\r\nSECRET","expires_in":60})")
                                    << refused + "200, no token.";
    QTest::newRow("redirect") << answer(302, "") << refused + "302, no token.";
    QTest::newRow("huge") << answer(200,
                                 R"({"access_token":"SECRET","expires_in":60,"x":")" + QByteArray(100'000, 'a') + "\"}")
                          << refused + "0, no token.";
}

void TestAccessTokens::failures()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, told);
    Fixture f;
    f.server.setAnswer({bytes, test::Hangup::Stay});
    QCOMPARE(f.got(), told);
    QVERIFY(!f.told.last().contains("SECRET"));
}

void TestAccessTokens::remembersFailure()
{
    Fixture f;
    f.server.setAnswer({answer(503, "{}"), test::Hangup::Stay});
    QVERIFY(f.got().startsWith("error:"));
    QCOMPARE(f.server.takeRequests().size(), 1);
    f.server.setAnswer({tokenAnswer("ya29.later"), test::Hangup::Stay});
    f.clock.advance(std::chrono::milliseconds(2900));
    for (int i = 0; i < 3; ++i)
        f.get();
    QVERIFY(QTest::qWaitFor([&] { return f.told.size() == 4; }, 10'000));
    QCOMPARE(f.server.takeRequests().size(), 0);
    QCOMPARE(f.toldInside, 0);                        // an old failure is no answer that is "there"
    f.clock.advance(std::chrono::milliseconds(2100)); // three seconds and at most two of jitter
    QCOMPARE(f.got(), QByteArray("token:ya29.later"));
    // a refresh that fails leaves the old token in use
    f.server.setAnswer({answer(503, "{}"), test::Hangup::Stay});
    f.server.takeRequests();
    f.clock.advance(52 * kMinute);
    f.get();
    QCOMPARE(f.told.last(), QByteArray("token:ya29.later"));
    QVERIFY(f.asked());
    QTest::qWait(150);
    f.get();
    QCOMPARE(f.told.last(), QByteArray("token:ya29.later"));
    QCOMPARE(f.server.takeRequests().size(), 0);
}

void TestAccessTokens::serverGone()
{
    Fixture f;
    f.server.setAnswer({{}, test::Hangup::Fin});
    const QByteArray told = f.got();
    QVERIFY2(told.startsWith("error:The token server of the service account could not be asked: "), told);
    // a key that cannot sign: no request at all
    Fixture broken;
    QJsonObject object = accountObject(QStringLiteral("http://127.0.0.1:%1/token").arg(broken.server.port()));
    object.insert(QStringLiteral("private_key"), QStringLiteral("nonsense"));
    broken.provider.key = Secret(bytesOf(object));
    QVERIFY(broken.got().startsWith("error:The service account's private key"));
    QCOMPARE(broken.toldInside, 0);
    QCOMPARE(broken.server.takeRequests().size(), 0);
}

void TestAccessTokens::readyToken()
{
    Fixture f;
    f.provider.key = Secret("ya29.ready");
    f.get();
    QCOMPARE(f.told, QByteArrayList{"token:ya29.ready"});
    QCOMPARE(f.server.connections(), 0);
}

void TestAccessTokens::forgets()
{
    Fixture f;
    QCOMPARE(f.got(), QByteArray("token:ya29.first"));
    f.server.setAnswer({tokenAnswer("ya29.second"), test::Hangup::Stay});
    f.tokens->forget(f.provider);
    QCOMPARE(f.got(), QByteArray("token:ya29.second"));
}

void TestAccessTokens::keysAreApart()
{
    Fixture f;
    QCOMPARE(f.got(), QByteArray("token:ya29.first"));
    f.server.setAnswer({tokenAnswer("ya29.rotated"), test::Hangup::Stay});
    QJsonObject object = accountObject(QStringLiteral("http://127.0.0.1:%1/token").arg(f.server.port()));
    object.insert(QStringLiteral("private_key_id"), QStringLiteral("k-18"));
    f.provider.key = Secret(bytesOf(object));
    QCOMPARE(f.got(), QByteArray("token:ya29.rotated"));
}

void TestAccessTokens::destroyedWhileWaiting()
{
    Fixture f;
    f.get();
    f.tokens.reset();
    QTest::qWait(100);
    QVERIFY(f.told.isEmpty());
}

void TestAccessTokens::destroyedFromCallback()
{
    Fixture f;
    bool told = false;
    f.tokens->get(f.provider, [&](const api::Result<QByteArray>&) {
        told = true;
        f.tokens.reset();
    });
    f.get();
    QVERIFY(QTest::qWaitFor([&] { return told && !f.told.isEmpty(); }, 10'000));
}

QTEST_GUILESS_MAIN(TestAccessTokens)
#include "tst_access_tokens.moc"
