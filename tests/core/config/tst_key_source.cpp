// Keys from the environment: what may stand in a header, and which JSON files are taken for a service account.
#include "config/key_source.h"

#include <QTest>

using namespace gateway;
using config::KeySource;

class TestKeySource : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keys_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<bool>("taken");
        QTest::addColumn<bool>("account");
        QTest::newRow("plain") << QByteArray("sk-abc") << true << false;
        QTest::newRow("space") << QByteArray("sk abc") << false << false;
        QTest::newRow("service account")
            << QByteArray(R"({ "type": "service_account", "client_email": "a@b", "private_key": "x" })") << true
            << true;
        // none of these may go to anybody as a bearer token
        QTest::newRow("no type") << QByteArray(R"({"private_key":"x"})") << false << false;
        QTest::newRow("a user's") << QByteArray(R"({"type":"authorized_user","refresh_token":"x"})") << false << false;
        QTest::newRow("external") << QByteArray(R"({"type":"external_account","token_url":"x"})") << false << false;
        QTest::newRow("cut") << QByteArray("{\"type\":\"service_account\"") << false << false;
    }
    void keys()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(bool, taken);
        QFETCH(bool, account);
        const KeySource source([&](const QByteArray&) { return std::optional(bytes); });
        const auto key = source.resolve(QStringLiteral("env:KEY"));
        QCOMPARE(bool(key), taken);
        if (key)
            QCOMPARE(key->isServiceAccount, account);
    }
};

QTEST_APPLESS_MAIN(TestKeySource)
#include "tst_key_source.moc"
