// Service accounts: what is read from a key file, what is refused, and an assertion whose signature the public key
// confirms and whose claims are those of RFC 7523.
#include "credential/service_account.h"

#include "rsa_key.h"

#include <QTest>

#include <functional>

using namespace gateway;
using namespace gateway::credential;
using namespace keytest;

class TestServiceAccount : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reads();
    void refuses_data();
    void refuses();
    void otherKeys_data();
    void otherKeys();
    void tokenUris_data();
    void tokenUris();
    void signs();
    void badKeys_data();
    void badKeys();
};

void TestServiceAccount::reads()
{
    const Secret key(bytesOf(accountObject()));
    QVERIFY(isServiceAccount(key));
    QCOMPARE(projectOf(key), QByteArray("acme-prod"));
    const auto account = parseServiceAccount(key);
    QVERIFY(account);
    QCOMPARE(account->clientEmail, QByteArray("gateway@acme-prod.iam.gserviceaccount.com"));
    QCOMPARE(account->privateKeyId, QByteArray("k-17"));
    QCOMPARE(account->projectId, QByteArray("acme-prod"));
    QCOMPARE(account->tokenUri, QUrl(QStringLiteral("https://oauth2.googleapis.com/token")));
    // Google's own server, where the file names none
    QJsonObject object = accountObject();
    object.remove(QStringLiteral("token_uri"));
    QCOMPARE(parseServiceAccount(Secret(bytesOf(object)))->tokenUri.host(), QStringLiteral("oauth2.googleapis.com"));
}

void TestServiceAccount::refuses_data()
{
    QTest::addColumn<QString>("without");
    for (const char* field : {"type", "client_email", "private_key"})
        QTest::newRow(field) << QString::fromLatin1(field);
}

void TestServiceAccount::refuses()
{
    QFETCH(QString, without);
    QJsonObject object = accountObject();
    object.remove(without);
    const auto account = parseServiceAccount(Secret(bytesOf(object)));
    QVERIFY(!account);
    QVERIFY(!account.error().message.contains(QLatin1String("BEGIN")));
}

void TestServiceAccount::otherKeys_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::newRow("a token") << QByteArray("ya29.a0Af");
    QTest::newRow("an API key") << QByteArray("AIzaSy");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("other JSON") << QByteArray(R"({"type":"authorized_user"})");
    QTest::newRow("cut JSON") << QByteArray(R"({"type":"service_account")");
    QTest::newRow("huge") << "{\"type\":\"service_account\",\"x\":\"" + QByteArray(100'000, 'a') + "\"}";
}

void TestServiceAccount::otherKeys()
{
    QFETCH(QByteArray, key);
    QVERIFY(!isServiceAccount(Secret(key)));
    QVERIFY(!parseServiceAccount(Secret(key)));
}

void TestServiceAccount::tokenUris_data()
{
    QTest::addColumn<QString>("uri");
    QTest::addColumn<bool>("taken");
    const auto row = [](const char* uri, bool taken) { QTest::newRow(uri) << QString::fromLatin1(uri) << taken; };
    row("https://oauth2.googleapis.com/token", true);
    row("https://sts.example.org:8443/token?x=1", true);
    row("http://127.0.0.1:8080/token", true);
    row("http://localhost/token", true);
    row("http://[::1]:80/token", true);
    row("http://oauth2.googleapis.com/token", false);
    row("http://127.0.0.1.example.org/token", false);
    row("http://10.0.0.1/token", false);
    row("https://user:secret@oauth2.googleapis.com/token", false);
    row("file:///etc/passwd", false);
    row("https:///token", false);
    row("token", false);
    row("", false);
}

void TestServiceAccount::tokenUris()
{
    QFETCH(QString, uri);
    QFETCH(bool, taken);
    QCOMPARE(parseServiceAccount(Secret(bytesOf(accountObject(uri)))).ok(), taken);
}

void TestServiceAccount::signs()
{
    const auto account = parseServiceAccount(Secret(bytesOf(accountObject())));
    QVERIFY(account);
    const auto assertion = signedAssertion(*account, kCloudPlatformScope, 1'795'305'600);
    QVERIFY(assertion);
    QCOMPARE(assertion->count('.'), 2);
    QVERIFY(!assertion->contains('=') && !assertion->contains('+') && !assertion->contains('/'));
    QVERIFY(isSigned(*assertion, rsaKey().get()));
    QByteArray forged = *assertion;
    forged[30] = forged[30] == 'A' ? 'B' : 'A';
    QVERIFY(!isSigned(forged, rsaKey().get()));
    const Key other(EVP_RSA_gen(2048));
    QVERIFY(!isSigned(*assertion, other.get()));
    const QJsonObject header = pieceOf(*assertion, 0);
    QCOMPARE(header.value(QStringLiteral("alg")).toString(), QStringLiteral("RS256"));
    QCOMPARE(header.value(QStringLiteral("typ")).toString(), QStringLiteral("JWT"));
    QCOMPARE(header.value(QStringLiteral("kid")).toString(), QStringLiteral("k-17"));
    const QJsonObject claims = pieceOf(*assertion, 1);
    QCOMPARE(
        claims.value(QStringLiteral("iss")).toString(), QStringLiteral("gateway@acme-prod.iam.gserviceaccount.com"));
    QCOMPARE(claims.value(QStringLiteral("aud")).toString(), QStringLiteral("https://oauth2.googleapis.com/token"));
    QCOMPARE(claims.value(QStringLiteral("scope")).toString(),
        QStringLiteral("https://www.googleapis.com/auth/cloud-platform"));
    QCOMPARE(claims.value(QStringLiteral("iat")).toInteger(), 1'795'305'600);
    QCOMPARE(claims.value(QStringLiteral("exp")).toInteger(), 1'795'309'200);
}

void TestServiceAccount::badKeys_data()
{
    QTest::addColumn<QByteArray>("pem");
    QTest::newRow("nonsense") << QByteArray("nonsense");
    QByteArray cut = pemOf(rsaKey().get());
    cut.truncate(cut.size() / 2);
    QTest::newRow("cut") << cut;
    const Key elliptic(EVP_EC_gen("P-256"));
    QTest::newRow("another kind") << pemOf(elliptic.get());
    // encrypted: must fail at once, not ask a terminal
    BIO* const bio = BIO_new(BIO_s_mem());
    char password[] = "x";
    PEM_write_bio_PKCS8PrivateKey(bio, rsaKey().get(), EVP_aes_128_cbc(), password, 1, nullptr, nullptr);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    QTest::newRow("encrypted") << QByteArray(data, size);
    BIO_free(bio);
}

void TestServiceAccount::badKeys()
{
    QFETCH(QByteArray, pem);
    QJsonObject object = accountObject();
    object.insert(QStringLiteral("private_key"), QString::fromLatin1(pem));
    const auto account = parseServiceAccount(Secret(bytesOf(object)));
    QVERIFY(account);
    const auto assertion = signedAssertion(*account, kCloudPlatformScope, 1);
    QVERIFY(!assertion);
    QVERIFY(!assertion.error().message.contains(QString::fromLatin1(pem)));
}

QTEST_GUILESS_MAIN(TestServiceAccount)
#include "tst_service_account.moc"
