// Durations, names, dates, suggestions, base URLs and listener addresses: one table each.
#include "config/base_url.h"
#include "config/cut_off.h"
#include "config/scalars.h"

#include <QTest>

using namespace gateway::config;

class TestConfigScalars : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void durations_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("ms"); // -1: not a duration
        const auto row = [](const char* text, qint64 ms) { QTest::newRow(text) << QString::fromLatin1(text) << ms; };
        row("250ms", 250);
        row("2s", 2'000);
        row("5m", 300'000);
        row("1h", 3'600'000);
        row("30d", 2'592'000'000);
        row("0s", 0);
        row("", -1);
        row("5", -1);
        row("ms", -1);
        row("-5s", -1);
        row("5 s", -1);
        row("5S", -1);
        row("1.5s", -1);
        row("5sec", -1);
        row("99999999999999999999s", -1);
        row("9223372036854775807d", -1);
    }
    void durations()
    {
        QFETCH(QString, text);
        QFETCH(qint64, ms);
        const auto duration = durationFromText(text);
        QCOMPARE(duration ? qint64(duration->count()) : -1, ms);
        if (duration && ms > 0)
            QCOMPARE(durationFromText(textOf(*duration)), duration);
    }

    void names_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("good");
        QTest::newRow("usual") << QStringLiteral("fast-summariser") << true;
        QTest::newRow("all kinds") << QStringLiteral("A.z_0-9") << true;
        QTest::newRow("64") << QString(64, u'a') << true;
        QTest::newRow("65") << QString(65, u'a') << false;
        QTest::newRow("empty") << QString() << false;
        QTest::newRow("space") << QStringLiteral("a b") << false;
        QTest::newRow("slash") << QStringLiteral("a/b") << false;
        QTest::newRow("umlaut") << QStringLiteral("\u00e4") << false;
        QTest::newRow("other digits") << QStringLiteral("\u0661") << false;
    }
    void names()
    {
        QFETCH(QString, text);
        QTEST(isName(text), "good");
    }

    void dates_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("good");
        QTest::newRow("good") << QStringLiteral("2026-11-22") << true;
        QTest::newRow("leap day") << QStringLiteral("2028-02-29") << true;
        QTest::newRow("no leap day") << QStringLiteral("2026-02-29") << false;
        QTest::newRow("short") << QStringLiteral("2026-1-2") << false;
        QTest::newRow("time") << QStringLiteral("2026-11-22T00:00") << false;
    }
    void dates()
    {
        QFETCH(QString, text);
        QTEST(dateFromText(text).has_value(), "good");
    }

    void suggestions_data()
    {
        QTest::addColumn<QString>("word");
        QTest::addColumn<QString>("near");
        const auto row = [](const char* word, const char* near) {
            QTest::newRow(word) << QString::fromLatin1(word) << QString::fromLatin1(near);
        };
        row("weigth", "weight");
        row("wieght", "weight");
        row("Weight", "weight");
        row("base-url", "base_url");
        row("baseurl", "base_url");
        row("api_key", "key");
        row("zzz", "");
        row("", "");
    }
    void suggestions()
    {
        QFETCH(QString, word);
        const QStringList known{
            QStringLiteral("name"), QStringLiteral("weight"), QStringLiteral("base_url"), QStringLiteral("key")};
        QTEST(nearestName(word, known), "near");
    }

    void baseUrls_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("origin"); // empty: refused
        QTest::addColumn<QByteArray>("path");
        const auto row = [](const char* url, const char* origin, const char* path) {
            QTest::newRow(url) << QString::fromLatin1(url) << QString::fromLatin1(origin) << QByteArray(path);
        };
        row("https://api.openai.com/v1", "https://api.openai.com:443", "/v1");
        row("https://api.openai.com/v1/", "https://api.openai.com:443", "/v1");
        row("https://api.anthropic.com", "https://api.anthropic.com:443", "");
        row("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080", "/v1");
        row("http://[::1]:8080", "http://::1:8080", "");
        row("https://user:pw@host.example/v1", "", "");
        row("https://host.example/v1?x=1", "", "");
        row("https://host.example/v1#f", "", "");
        row("https://host.example/a/../b", "", "");
        row("https://host.example//b", "", "");
        row("ftp://host.example", "", "");
        row("host.example/v1", "", "");
        row("https://", "", "");
        row("https://host.example:0/v1", "", "");
        row("https://host.example:99999/v1", "", "");
        row("https://0x7f000001/v1", "", "");
        row("https://127.1/v1", "", "");
        row("https://a b/v1", "", "");
    }
    void baseUrls()
    {
        QFETCH(QString, url);
        QFETCH(QString, origin);
        QFETCH(QByteArray, path);
        const auto parsed = parseBaseUrl(url);
        const BaseUrl* good = std::get_if<BaseUrl>(&parsed);
        QCOMPARE(good ? good->origin.key() : QString(), origin);
        if (good)
            QCOMPARE(good->path, path);
    }

    void privateHosts_data()
    {
        QTest::addColumn<QString>("host");
        QTest::addColumn<bool>("ours");
        const auto row = [](const char* host, bool ours) { QTest::newRow(host) << QString::fromLatin1(host) << ours; };
        row("127.0.0.1", true);
        row("::1", true);
        row("localhost", true);
        row("10.1.2.3", true);
        row("172.16.0.1", true);
        row("172.32.0.1", false);
        row("192.168.1.1", true);
        row("fd00::1", true);
        row("mock", true);
        row("vllm.internal", true);
        row("169.254.169.254", false);
        row("8.8.8.8", false);
        row("api.openai.com", false);
        row("10.1.2.3.example.com", false);
        row("localhost.example.com", false);
    }
    void privateHosts()
    {
        QFETCH(QString, host);
        QTEST(isPrivateHost(host), "ours");
    }

    void shortenings_data()
    {
        QTest::addColumn<QByteArray>("after");
        QTest::addColumn<int>("kind");
        const auto row = [](const char* tag, const char* after, Shortening kind) {
            QTest::newRow(tag) << QByteArray(after) << int(kind);
        };
        row("the same", "a:\n  - x: 1\n    y: 2\n  - x: 3\n# end\nb: 1\n# end\n", Shortening::None);
        row("another", "a:\n  - x: 2\n", Shortening::None);
        row("comment gone", "a:\n  - x: 1\n    y: 2\n  - x: 3\n# end\nb: 1\n", Shortening::None);
        row("line break gone", "a:\n  - x: 1\n    y: 2\n  - x: 3\n# end\nb: 1", Shortening::None);
        row("section gone", "a:\n  - x: 1\n    y: 2\n  - x: 3\n", Shortening::AtItem);
        row("entry gone", "a:\n  - x: 1\n    y: 2\n", Shortening::AtItem);
        row("in an entry", "a:\n  - x: 1\n", Shortening::Inside);
        row("before the first entry", "a:\n", Shortening::Inside);
        row("in a line", "a:\n  - x: 1\n    y: 2\n  - x:", Shortening::Inside);
        row("nothing left", "", Shortening::Inside);
    }
    void shortenings()
    {
        QFETCH(QByteArray, after);
        QTEST(int(shortening("a:\n  - x: 1\n    y: 2\n  - x: 3\n# end\nb: 1\n# end\n", after)), "kind");
    }

    void listeners_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("host"); // empty: refused
        QTest::addColumn<int>("port");
        const auto row = [](const char* text, const char* host, int port) {
            QTest::newRow(text) << QString::fromLatin1(text) << QString::fromLatin1(host) << port;
        };
        row("127.0.0.1:4180", "127.0.0.1", 4180);
        row("0.0.0.0:0", "0.0.0.0", 0);
        row("[::1]:4180", "::1", 4180);
        row("localhost:65535", "localhost", 65535);
        row("::1:4180", "", 0);
        row("127.0.0.1", "", 0);
        row(":4180", "", 0);
        row("127.0.0.1:65536", "", 0);
        row("127.0.0.1:+80", "", 0);
        row("127.0.0.1:", "", 0);
        row("999.0.0.1:80", "", 0);
    }
    void listeners()
    {
        QFETCH(QString, text);
        QFETCH(QString, host);
        QFETCH(int, port);
        const auto listener = parseListen(text);
        QCOMPARE(listener ? listener->host : QString(), host);
        if (listener)
            QCOMPARE(int(listener->port), port);
    }
};

QTEST_APPLESS_MAIN(TestConfigScalars)
#include "tst_config_scalars.moc"
