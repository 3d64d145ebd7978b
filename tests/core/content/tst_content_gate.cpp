// What may be written down of what somebody outside spelled.
#include "content/content_gate.h"
#include "content/retention.h"
#include "transform/field_name.h"
#include "transform/field_words.h"
#include "transform/losses.h"
#include "transform/providers/error_meaning.h"

#include <QTest>

using namespace gateway;

class TestContentGate : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void names_data();
    void names();
    void aliases();
    void upstreamWords_data();
    void upstreamWords();
    void tiers();
    void fieldPaths_data();
    void fieldPaths();
    void quotes_data();
    void quotes();
    void providersWordsGoToTheCallerAlone();
    void lossesNamePlaces();
    void samples();
    void tenantsOverrideEverybody();
};

void TestContentGate::names_data()
{
    QTest::addColumn<QString>("said");
    QTest::addColumn<bool>("kept");
    QTest::newRow("plain") << QStringLiteral("checkout-v2") << true;
    QTest::newRow("mail") << QStringLiteral("jane.doe+x@example.com") << true;
    QTest::newRow("urn") << QStringLiteral("urn:user/17=a") << true;
    QTest::newRow("empty") << QString() << true;
    QTest::newRow("sentence") << QStringLiteral("summarise my letter") << false;
    QTest::newRow("question") << QStringLiteral("why?") << false;
    QTest::newRow("umlaut") << QStringLiteral("m\u00fcller") << false;
    QTest::newRow("line feed") << QStringLiteral("a\nb") << false;
    QTest::newRow("long") << QString(129, u'a') << false;
    QTest::newRow("json") << QStringLiteral("{\"a\":1}") << false;
}

void TestContentGate::names()
{
    QFETCH(QString, said);
    QFETCH(bool, kept);
    const QString name = content::statedName(said);
    QCOMPARE(name == said, kept);
    if (kept)
        return;
    QCOMPARE(name.size(), 17);
    QVERIFY(name.startsWith(u'~'));
    QCOMPARE(content::statedName(said), name); // one caller stays one caller
    QVERIFY(content::statedName(said + QStringLiteral(" ")) != name);
    QCOMPARE(content::statedName(name), content::statedName(name));
}

void TestContentGate::aliases()
{
    QCOMPARE(content::askedAlias(QStringLiteral("gpt-4o:2024/08")), QStringLiteral("gpt-4o:2024/08"));
    QVERIFY(content::askedAlias(QStringLiteral("tell me a story")).startsWith(u'~'));
    QVERIFY(content::askedAlias(QString(65, u'x')).startsWith(u'~'));
}

void TestContentGate::upstreamWords_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("finish");
    QTest::addColumn<QString>("wantedId");
    QTest::addColumn<QString>("wantedModel");
    QTest::addColumn<QString>("wantedFinish");
    const QString other = QStringLiteral("other");
    const auto row = [](const char* name, const char* id, const char* model, const char* finish,
                         const QString& wantedId, const QString& wantedModel, const QString& wantedFinish) {
        QTest::newRow(name) << QString::fromUtf8(id) << QString::fromUtf8(model) << QString::fromUtf8(finish)
                            << wantedId << wantedModel << wantedFinish;
    };
    row("usual", "req_011CSHoEeqs5C35K2UUqR7Fy", "gpt-4o-2024-08-06", "stop",
        QStringLiteral("req_011CSHoEeqs5C35K2UUqR7Fy"), QStringLiteral("gpt-4o-2024-08-06"), QStringLiteral("stop"));
    row("silent", "", "", "", {}, {}, {});
    row("the model itself, though it is in the request", "x1", "gpt-4o", "length", QStringLiteral("x1"),
        QStringLiteral("gpt-4o"), QStringLiteral("length"));
    row("gemini", "x1", "models/m", "MAX_TOKENS", QStringLiteral("x1"), QStringLiteral("models/m"),
        QStringLiteral("MAX_TOKENS"));
    row("a new word", "x1", "m", "paused_by_host", QStringLiteral("x1"), QStringLiteral("m"),
        QStringLiteral("paused_by_host"));
    row("echoes of the request", "SECRETword", "SECRETword", "secretreason", {}, other, other);
    row("a path of the request, escaped there", "pathA/pathB", "pathA/pathB", "x1", {}, other, other);
    row("sentences", "you said this", "you said that", "because you said so", {}, other, other);
    row("digits in a reason", "x1", "m", "stop4711", QStringLiteral("x1"), QStringLiteral("m"), other);
}

void TestContentGate::upstreamWords()
{
    const QByteArray request = "{\"model\":\"gpt-4o\",\"m\":\"SECRETword and secretreason, pathA\\/pathB\"}";
    QFETCH(QString, id);
    QFETCH(QString, model);
    QFETCH(QString, finish);
    api::Attempt attempt;
    attempt.model = QStringLiteral("gpt-4o-2024-08-06");
    attempt.upstreamRequestId = id;
    attempt.modelReported = model;
    attempt.finishReason = finish;
    content::clean(attempt, request);
    QTEST(attempt.upstreamRequestId, "wantedId");
    QTEST(attempt.modelReported, "wantedModel");
    QTEST(attempt.finishReason, "wantedFinish");
}

void TestContentGate::tiers()
{
    QCOMPARE(content::serviceTier("flex"), QStringLiteral("flex"));
    QCOMPARE(content::serviceTier("my prompt"), QStringLiteral("other"));
    QCOMPARE(content::serviceTier("standard4711"), QStringLiteral("other"));
}

void TestContentGate::fieldPaths_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QString>("shown");
    QTest::newRow("one") << QByteArray("seed") << QStringLiteral("seed");
    QTest::newRow("deep") << QByteArray("messages[2].content[0].cache_control")
                          << QStringLiteral("messages[2].content[0].cache_control");
    QTest::newRow("made up") << QByteArray("my secret") << QStringLiteral("?");
    QTest::newRow("made up within") << QByteArray("metadata.my_secret[3].type") << QStringLiteral("metadata.?[3].type");
    QTest::newRow("in brackets") << QByteArray("messages[secret]") << QStringLiteral("messages");
    QTest::newRow("empty") << QByteArray() << QStringLiteral("?");
}

void TestContentGate::fieldPaths()
{
    QFETCH(QByteArray, path);
    QFETCH(QString, shown);
    QCOMPARE(transform::knownFieldPath(path), shown);
    QCOMPARE(transform::isFieldPath(path), shown == QString::fromUtf8(path) && !path.isEmpty());
}

void TestContentGate::quotes_data()
{
    QTest::addColumn<QString>("sentence");
    QTest::addColumn<bool>("ours");
    QTest::newRow("no quote") << QStringLiteral("The body must be a JSON object.") << true;
    QTest::newRow("a field") << QStringLiteral("\"max_tokens\" must be stated.") << true;
    QTest::newRow("two") << QStringLiteral("\"encoding_format\" must be \"float\" or \"base64\".") << true;
    QTest::newRow("a text") << QStringLiteral("The call \"call_4711\" is not open.") << false;
    QTest::newRow("an open quote") << QStringLiteral("The call \"max_tokens is not open.") << false;
}

void TestContentGate::quotes()
{
    QFETCH(QString, sentence);
    QFETCH(bool, ours);
    QCOMPARE(transform::quotesOnlyFields(sentence), ours);
    const transform::CallError error = transform::invalidRequest(sentence);
    QCOMPARE(error.text(), sentence); // the caller is told in either case
    QCOMPARE(error.recordText() == sentence, ours);
}

void TestContentGate::providersWordsGoToTheCallerAlone()
{
    transform::ProviderWords words;
    words.code = "context_length_exceeded";
    words.message = "Your prompt 'the letter to my bank' is too long";
    const transform::CallError error = transform::errorOf(400, words, {});
    QVERIFY(error.text().contains(QStringLiteral("letter to my bank")));
    QVERIFY(!error.recordText().contains(QStringLiteral("bank")));
    QCOMPARE(error.recordText(), error.sentence());
    QVERIFY(!transform::errorOf(500, {}, {}).foreign); // where it said nothing, the words are ours
}

void TestContentGate::lossesNamePlaces()
{
    transform::Losses losses;
    losses.drop("seed");
    losses.drop("tell me about my bank");
    QVERIFY(losses.headerValue().contains("bank"));
    const QJsonArray rows = losses.toJson();
    QCOMPARE(rows[0][QLatin1String("field")].toString(), QStringLiteral("seed"));
    QCOMPARE(rows[1][QLatin1String("field")].toString(), QStringLiteral("?"));
}

void TestContentGate::samples()
{
    int sampled = 0;
    for (int i = 0; i < 20'000; ++i) {
        const QString id = QStringLiteral("call_%1").arg(i);
        sampled += content::isSampled(id, 5);
        QVERIFY(!content::isSampled(id, 5) || content::isSampled(id, 20)); // a larger sample holds the smaller one
        QVERIFY(content::isSampled(id, 100));
        QVERIFY(!content::isSampled(id, 0));
    }
    QVERIFY2(sampled > 850 && sampled < 1150, qPrintable(QString::number(sampled)));
}

void TestContentGate::tenantsOverrideEverybody()
{
    config::PolicySnapshot snapshot;
    snapshot.content.retain = config::Retain::All;
    snapshot.content.ttl = std::chrono::hours(1);
    auto acme = std::make_unique<config::Tenant>();
    acme->name = QStringLiteral("acme");
    acme->content = config::ContentPolicy();
    snapshot.tenantByName.insert(acme->name, acme.get());
    snapshot.tenants.push_back(std::move(acme));
    QVERIFY(!content::keptFor(snapshot, QStringLiteral("acme"), QStringLiteral("c")));
    QCOMPARE(content::keptFor(snapshot, QStringLiteral("globex"), QStringLiteral("c")),
        std::optional(std::chrono::milliseconds(std::chrono::hours(1))));
}

QTEST_APPLESS_MAIN(TestContentGate)
#include "tst_content_gate.moc"
