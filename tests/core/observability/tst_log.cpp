// Log lines: JSON that parses, fields from the list only, no storm, no secret in any spelling, no waiting worker.
#include "observability/log.h"
#include "observability/log_rate.h"
#include "observability/redactor.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QSemaphore>
#include <QTest>

#include <mutex>

using namespace gateway;
using namespace gateway::observability;

namespace {

const QByteArray kProviderKey = "Zq9vT4mWx7LpR2sKd8Hf3Nb6";
const QByteArray kShortKey = "hunter22";

struct Lines
{
    std::mutex mutex;
    QByteArray bytes;

    std::function<void(QByteArrayView)> writer()
    {
        return [this](QByteArrayView line) {
            const std::lock_guard lock(mutex);
            bytes.append(line);
        };
    }
    QList<QJsonObject> objects()
    {
        QList<QJsonObject> all;
        for (const QByteArray& line : bytes.trimmed().split('\n')) {
            QJsonParseError error;
            all.append(QJsonDocument::fromJson(line, &error).object());
            if (error.error != QJsonParseError::NoError)
                qWarning("not JSON: %s", line.constData());
        }
        return all;
    }
};

QByteArray percentAll(const QByteArray& text)
{
    QByteArray out;
    for (const char c : text)
        out.append('%').append(QByteArray(1, c).toHex().toUpper());
    return out;
}

QByteArray unicodeAll(const QByteArray& text)
{
    QByteArray out;
    for (const char c : text)
        out.append("\\u00").append(QByteArray(1, c).toHex());
    return out;
}

} // namespace

class TestLog : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void linesAreJson();
    void unknownFieldsAreRefused();
    void noSecretComesOut_data();
    void noSecretComesOut();
    void ordinaryTextStays_data();
    void ordinaryTextStays();
    void redactedLinesStayJson();
    void stormsAreHeldBack();
    void aSlowSinkDoesNotHoldTheCaller();
};

void TestLog::linesAreJson()
{
    Lines lines;
    startLog({LogLevel::Debug, 1024, lines.writer()});
    log(LogLevel::Info, "test.json",
        {{"message", QStringLiteral("a \"quoted\" line\nand \x01 more \u20ac")}, {"count", 3}, {"total_ms", 1.5},
            {"state", true}});
    log(LogLevel::Trace, "test.json.below");
    stopLog();
    const auto all = lines.objects();
    QCOMPARE(all.size(), 1);
    QCOMPARE(all[0][QStringLiteral("event")].toString(), QStringLiteral("test.json"));
    QCOMPARE(all[0][QStringLiteral("level")].toString(), QStringLiteral("info"));
    QCOMPARE(all[0][QStringLiteral("message")].toString(), QStringLiteral("a \"quoted\" line\nand \x01 more \u20ac"));
    QCOMPARE(all[0][QStringLiteral("count")].toInt(), 3);
    QCOMPARE(all[0][QStringLiteral("state")].toBool(), true);
    QVERIFY(QDateTime::fromString(all[0][QStringLiteral("time")].toString(), Qt::ISODateWithMs).isValid());
}

void TestLog::unknownFieldsAreRefused()
{
    Lines lines;
    startLog({LogLevel::Info, 1024, lines.writer()});
    log(LogLevel::Info, "test.fields",
        {{"authorization", QStringLiteral("whatever")}, {"prompt", QStringLiteral("Dear")},
            {"tenant", QStringLiteral("acme")}});
    stopLog();
    QVERIFY(!lines.bytes.contains("whatever") && !lines.bytes.contains("Dear") && !lines.bytes.contains("prompt"));
    QCOMPARE(lines.objects()[0][QStringLiteral("fields_refused")].toInt(), 2);
    QCOMPARE(lines.objects()[0][QStringLiteral("tenant")].toString(), QStringLiteral("acme"));
}

void TestLog::noSecretComesOut_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("secret");
    struct Kind
    {
        const char* name;
        QByteArray secret;
    };
    const std::vector<Kind> kinds{{"gateway credential", "sbx_7f3a9c_Gk2LmQ8vXw5TzYb1"},
        {"openai key", "sk-proj-Ab3dEf6hIj9kLm2n"}, {"provider key", kProviderKey}};
    for (const Kind& kind : kinds) {
        const auto row = [&kind](const char* how, const QByteArray& text) {
            QTest::newRow(qPrintable(QStringLiteral("%1, %2").arg(QLatin1String(kind.name), QLatin1String(how))))
                << text << kind.secret;
        };
        row("raw", "the key is " + kind.secret + " and more");
        row("in a header", "authorization: Bearer " + kind.secret);
        row("in a url", "https://host/v1?key=" + kind.secret + "&x=1");
        row("percent encoded", "https://host/v1?k=" + percentAll(kind.secret));
        row("percent encoded twice", percentAll(percentAll(kind.secret)));
        row("unicode escapes", unicodeAll(kind.secret));
        row("one escape", unicodeAll(kind.secret.left(1)) + kind.secret.mid(1));
        row("escape in the middle", kind.secret.left(3) + unicodeAll(kind.secret.mid(3, 1)) + kind.secret.mid(4));
        row("percent inside json", "{\\\"k\\\":\\\"" + percentAll(kind.secret) + "\\\"}");
        row("json in json", "{\\\"key\\\":\\\"" + kind.secret + "\\\"}");
    }
    QTest::newRow("bearer, opaque") << QByteArray("Authorization: bEaReR Opaque.Token~1234/56==")
                                    << QByteArray("Opaque.Token~1234/56");
    QTest::newRow("bearer in a url") << QByteArray("?h=Bearer%20OpaqueToken12345") << QByteArray("OpaqueToken12345");
    QTest::newRow("access_token parameter") << QByteArray("/cb?access_token=short1&b=2") << QByteArray("short1");
    QTest::newRow("hex") << "dump " + kProviderKey.toHex() << kProviderKey.toHex();
    for (int offset = 0; offset < 3; ++offset) {
        const QByteArray encoded = (QByteArray("user:", offset + 3) + kProviderKey).toBase64();
        QTest::newRow(qPrintable(QStringLiteral("base64 at %1").arg(offset))) << "x " + encoded << encoded.mid(8, 20);
    }
    QTest::newRow("a piece of a key") << "cut off: " + kProviderKey.mid(5, 14) << kProviderKey.mid(5, 14);
    QTest::newRow("a short key") << "pw " + kShortKey << kShortKey;
}

void TestLog::noSecretComesOut()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, secret);
    keepOutOfLog(Secret(kProviderKey));
    keepOutOfLog(Secret(kShortKey));
    Lines lines;
    startLog({LogLevel::Info, 1024, lines.writer()});
    const QByteArray event = QByteArray("test.secret.") + QTest::currentDataTag();
    log(LogLevel::Info, event.constData(), {{"message", QString::fromUtf8(text)}, {"tenant", QStringLiteral("acme")}});
    stopLog();
    QVERIFY(lines.bytes.contains("acme"));
    // whatever layer an attacker takes off, the secret must not be under it
    QByteArray seen = lines.bytes;
    for (int round = 0; round < 4; ++round) {
        QVERIFY2(!seen.contains(secret), seen.constData());
        seen = QByteArray::fromPercentEncoding(seen);
        seen.replace("\\\\", "\\");
        for (int c = 0x20; c < 0x7f; ++c)
            seen.replace("\\u00" + QByteArray::number(c, 16), QByteArray(1, char(c)));
    }
    QVERIFY(lines.bytes.contains("[redacted]"));
    QVERIFY(!lines.objects()[0].isEmpty());
}

void TestLog::ordinaryTextStays_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("plain") << QByteArray(
        R"({"event":"provider.unreachable","provider":"openai-eu","detail":"connection refused"})");
    QTest::newRow("words") << QByteArray("ask-me-anything about a risk-free task-list");
    QTest::newRow("percent") << QByteArray("50% of 3 %2x and C:\\\\dir\\\\u12");
    QTest::newRow("ids") << QByteArray("req_01JD9ZK2V5M3N4P6Q7R8S9T0VW");
    QTest::newRow("utf8") << QByteArray("Gr\xc3\xbc\xc3\x9f"
                                        "e \xe2\x82\xac");
}

void TestLog::ordinaryTextStays()
{
    QFETCH(QByteArray, line);
    Redactor redactor;
    redactor.learn(Secret(kProviderKey));
    QCOMPARE(redactor.apply(line), line);
}

void TestLog::redactedLinesStayJson()
{
    Lines lines;
    startLog({LogLevel::Info, 1024, lines.writer()});
    log(LogLevel::Info, "test.stays.json",
        {{"message", QStringLiteral("\\\"Bearer abcdefgh12\\\" \" key=\"quoted\" sk-\\u0041bcdefghijk\\")},
            {"tenant", QStringLiteral("t")}});
    stopLog();
    QCOMPARE(lines.objects()[0][QStringLiteral("tenant")].toString(), QStringLiteral("t"));
}

void TestLog::stormsAreHeldBack()
{
    LogRate rate(3, std::chrono::seconds(10));
    const Monotonic start = std::chrono::seconds(1);
    for (int i = 0; i < 3; ++i)
        QVERIFY(rate.admit("a", start).admitted);
    for (int i = 0; i < 7; ++i)
        QVERIFY(!rate.admit("a", start).admitted);
    QVERIFY(rate.admit("b", start).admitted);
    const auto next = rate.admit("a", start + std::chrono::seconds(10));
    QVERIFY(next.admitted);
    QCOMPARE(next.heldBack, 7);
    QCOMPARE(rate.heldBackInAll(), 7);
    for (int i = 0; i < 10'000; ++i)
        rate.admit(std::to_string(i), start);
    QVERIFY(!rate.admit("never seen before", start).admitted); // the shared allowance is used up: memory is bounded
}

void TestLog::aSlowSinkDoesNotHoldTheCaller()
{
    QSemaphore gate;
    startLog({LogLevel::Info, 16, [&gate](QByteArrayView) { gate.acquire(); }});
    const qint64 before = logLinesDropped();
    for (int i = 0; i < 200; ++i)
        log(LogLevel::Info, qPrintable(QStringLiteral("test.slow.%1").arg(i)));
    QVERIFY(logLinesDropped() - before >= 200 - 16 - 2); // we are here, so nobody waited
    gate.release(1000);
    stopLog();
}

QTEST_GUILESS_MAIN(TestLog)
#include "tst_log.moc"
