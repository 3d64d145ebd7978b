// What JsonWriter writes is what a parser reads back, whatever stands in the texts; and the day utcDay() names.
#include "base/json_writer.h"
#include "base/utc_day.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <limits>

using namespace gateway;

class TestJsonWriter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void texts_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("empty") << QString();
        QTest::newRow("plain") << QStringLiteral("us-east-1");
        QTest::newRow("quote") << QStringLiteral("a\"b");
        QTest::newRow("backslash") << QStringLiteral("a\\");
        QTest::newRow("control") << QStringLiteral("a\nb\x01");
        QTest::newRow("umlaut") << QStringLiteral("gr\u00fcn");
        QTest::newRow("umlaut and quote") << QStringLiteral("\u00fc\"");
        QTest::newRow("long") << QString(1000, QLatin1Char('x'));
    }
    // In each of the ways a text can get there, with something before and behind it.
    void texts()
    {
        QFETCH(QString, text);
        QByteArray json;
        JsonWriter out(json);
        out.beginObject().member("a", text).member("b", QByteArrayView(text.toUtf8())).key("c").string(text);
        out.member("d", QStringView(text)).member("e", qint64(7)).endObject();
        QCOMPARE(QJsonDocument::fromJson(json).object(),
            (QJsonObject{{QStringLiteral("a"), text}, {QStringLiteral("b"), text}, {QStringLiteral("c"), text},
                {QStringLiteral("d"), text}, {QStringLiteral("e"), 7}}));
    }

    void numbers()
    {
        QByteArray json;
        JsonWriter out(json);
        out.beginObject().member("least", std::numeric_limits<qint64>::min());
        out.member("most", std::numeric_limits<qint64>::max()).member("none", qint64(0));
        out.memberPlain("why", "drawn by score ", std::numeric_limits<qint64>::min()).key("in").beginArray();
        out.number(-1).beginObject().memberPlain("x", "", 5).endObject().number(2).endArray().endObject();
        QCOMPARE(json, QByteArray("{\"least\":-9223372036854775808,\"most\":9223372036854775807,\"none\":0,"
                                  "\"why\":\"drawn by score -9223372036854775808\",\"in\":[-1,{\"x\":\"5\"},2]}"));
    }

    void days()
    {
        constexpr qint64 kDay = 86'400'000;
        for (const qint64 ms : {qint64(0), kDay - 1, kDay, qint64(-1), -kDay, -kDay - 1, qint64(1'795'412'345'678),
                 qint64(951'782'399'999), qint64(951'782'400'000)})
            QCOMPARE(utcDay(ms), QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).date());
    }
};

QTEST_APPLESS_MAIN(TestJsonWriter)
#include "tst_json_writer.moc"
