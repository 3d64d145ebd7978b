// Upstream texts that are passed on carry no key, whole or in its ends, and no control characters.
#include "transform/call_error.h"

#include <QTest>

class TestRedact : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keys_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("mustNotContain");
        const QByteArray key = "sk-proj-AbCdEf0123456789xyz";
        QTest::newRow("whole") << "bad key: " + key + "!" << key;
        QTest::newRow("starred") << QByteArray("Incorrect API key: sk-proj-****************9xyz") << QByteArray("9xyz");
        QTest::newRow("first half") << "begins " + key.left(8) << key.left(8);
        QTest::newRow("last part") << "ends " + key.right(8) << key.right(8);
        QTest::newRow("someone else's") << QByteArray("sk-ant-api03-0123456789abcdefghij is wrong")
                                        << QByteArray("0123456789abcdefghij");
        QTest::newRow("bearer") << QByteArray("header Authorization: Bearer tok_12345") << QByteArray("tok_12345");
        QTest::newRow("temporary AWS key") << QByteArray("id ASIAIOSFODNN7EXAMPLE") << QByteArray("FODNN7EXAMPLE");
        QTest::newRow("Google token") << QByteArray("token ya29.a0Short.Token_x-1 ") << QByteArray("Token_x");
        QTest::newRow("gateway key") << QByteArray("sbx_ab12_0123456789abcdef0123456789abcdef")
                                     << QByteArray("0123456789abcdef");
        QTest::newRow("long token") << "x=" + QByteArray(64, 'Q') << QByteArray(20, 'Q');
        QTest::newRow("line feed") << QByteArray("a\r\nSet-Cookie: b") << QByteArray("\n");
    }
    void keys()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, mustNotContain);
        const QString out = gateway::transform::redact(text, "sk-proj-AbCdEf0123456789xyz");
        QVERIFY2(!out.toUtf8().contains(mustNotContain), qPrintable(out));
    }
    void plainTextStays()
    {
        const QByteArray text = "Unknown parameter: 'temprature'. Did you mean 'temperature'?";
        QCOMPARE(gateway::transform::redact(text, "sk-x"), QString::fromUtf8(text));
    }
    void longTextIsCut() { QVERIFY(gateway::transform::redact(QByteArray("ab ").repeated(5000), {}).size() <= 401); }
};

QTEST_APPLESS_MAIN(TestRedact)
#include "tst_redact.moc"
