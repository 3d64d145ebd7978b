// The simulator's Gemini dialect: framing, usage, signatures and the checks that reject a whole request.
#include "sim_testing.h"

#include <QTest>

using namespace gateway;
using namespace gateway::simulator;
using namespace gateway::simulator::testing;

namespace {

const QByteArray kHello = "\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"hello\"}]}]";

QByteArray tool(const QByteArray& schema)
{
    return ",\"tools\":[{\"functionDeclarations\":[{\"name\":\"get_weather\"," + schema + "}]}]";
}

const QByteArray kTools = tool("\"parameters\":{\"type\":\"OBJECT\",\"properties\":{\"city\":{\"type\":\"STRING\"}}}");

SimRequest generate(const QByteArray& model, const QByteArray& more = {}, const QByteArray& contents = kHello,
    const QByteArray& verb = "generateContent")
{
    return post("/v1beta/models/" + model + ":" + verb, "{" + contents + more + "}");
}

QString reasonOf(const Script& script)
{
    return jsonOf(script)[u"error"][u"message"].toString();
}

} // namespace

class TestSimGemini : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pathsAreKnown_data();
    void pathsAreKnown();
    void streamIsSseOrAnArray();
    void thoughtsStandApart();
    void callsStopAndAreSigned();
    void signaturesAreChecked_data();
    void signaturesAreChecked();
    void schemasAreChecked_data();
    void schemasAreChecked();
    void requestIsChecked_data();
    void requestIsChecked();
    void refusalHasNoCandidates();
    void errorsTellTheDelayInTheBody();
    void errorComesInTheStream();
    void keyMayComeEitherWay();
    void textIsEmbedded();
    void serviceAccountGetsItsToken();
    void modelsAreListed();

private:
    SystemClock m_clock;
    Simulator m_simulator{Profile::immediate(), m_clock};
};

void TestSimGemini::pathsAreKnown_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<int>("status");
    QTest::newRow("v1") << QByteArray("/v1/models/m:generateContent") << 200;
    QTest::newRow("v1beta") << QByteArray("/v1beta/models/m:generateContent") << 200;
    QTest::newRow("vertex") << QByteArray(
                                   "/v1beta1/projects/p/locations/us-east5/publishers/google/models/m:generateContent")
                            << 200;
    QTest::newRow("vertex v1") << QByteArray("/v1/projects/p/locations/global/publishers/google/models/m:countTokens")
                               << 200;
    QTest::newRow("unknown verb") << QByteArray("/v1beta/models/m:tuneModel") << 404;
    QTest::newRow("no verb") << QByteArray("/v1beta/models/m") << 404;
    QTest::newRow("wrong publisher") << QByteArray(
                                            "/v1/projects/p/locations/global/publishers/google/models/m:rawPredict")
                                     << 404;
}

void TestSimGemini::pathsAreKnown()
{
    QFETCH(QByteArray, path);
    QFETCH(int, status);
    QCOMPARE(m_simulator.answer(post(path, "{" + kHello + "}")).script.status, status);
}

void TestSimGemini::streamIsSseOrAnArray()
{
    const QByteArray path = "/v1beta/models/sim-tokens-4:streamGenerateContent";
    const Script sse = m_simulator.answer(post(path + "?alt=sse", "{" + kHello + "}")).script;
    const QList<SseEvent> events = eventsOf(bodyOf(sse));
    QCOMPARE(events.size(), 4);
    QVERIFY(bodyOf(sse).endsWith("}\r\n\r\n"));
    for (qsizetype i = 0; i < events.size(); ++i)
        QCOMPARE(events[i].json()[u"candidates"][0][u"finishReason"].toString(),
            i == 3 ? QStringLiteral("STOP") : QString());
    QCOMPARE(events.last().json()[u"usageMetadata"][u"totalTokenCount"].toInt(), 12);

    const Script array = m_simulator.answer(post(path, "{" + kHello + "}")).script;
    QCOMPARE(QJsonDocument::fromJson(bodyOf(array)).array().size(), 4);
    QVERIFY(headerOf(array, "content-type").startsWith("application/json"));
}

void TestSimGemini::thoughtsStandApart()
{
    const QByteArray config = ",\"generationConfig\":{\"thinkingConfig\":{\"includeThoughts\":true}}";
    const QJsonObject answer = jsonOf(m_simulator.answer(generate("sim-tokens-5-cached-40", config)).script);
    const QJsonValue usage = answer[u"usageMetadata"];
    QVERIFY(answer[u"candidates"][0][u"content"][u"parts"][0][u"thought"].toBool());
    QCOMPARE(usage[u"promptTokenCount"].toInt(), 48); // with what was cached
    QCOMPARE(usage[u"cachedContentTokenCount"].toInt(), 40);
    QCOMPARE(usage[u"candidatesTokenCount"].toInt(), 5);
    QVERIFY(usage[u"thoughtsTokenCount"].toInt() > 0);
    QCOMPARE(usage[u"totalTokenCount"].toInt(), 48 + 5 + usage[u"thoughtsTokenCount"].toInt());
    // thought about, but not shown
    const QByteArray hidden = ",\"generationConfig\":{\"thinkingConfig\":{\"thinkingLevel\":\"LOW\"}}";
    const QJsonObject quiet = jsonOf(m_simulator.answer(generate("sim-tokens-5", hidden)).script);
    QVERIFY(quiet[u"usageMetadata"][u"thoughtsTokenCount"].toInt() > 0);
    QVERIFY(!compact(quiet).contains("\"thought\":true"));
}

void TestSimGemini::callsStopAndAreSigned()
{
    const QJsonObject answer = jsonOf(m_simulator.answer(generate("sim-tools", kTools)).script);
    const QJsonValue candidate = answer[u"candidates"][0];
    QCOMPARE(candidate[u"finishReason"].toString(), QStringLiteral("STOP"));
    const QJsonArray parts = candidate[u"content"][u"parts"].toArray();
    QCOMPARE(parts.size(), 2);
    QVERIFY(!parts[0][u"thoughtSignature"].toString().isEmpty());
    QVERIFY(parts[1][u"thoughtSignature"].isUndefined());
    QCOMPARE(parts[1][u"functionCall"][u"args"][u"city"].toString(), QStringLiteral("Swindon"));
}

void TestSimGemini::signaturesAreChecked_data()
{
    QTest::addColumn<QByteArray>("signature"); // "own": the issued one
    QTest::addColumn<bool>("laterTurn");
    QTest::addColumn<QString>("reason");
    QTest::newRow("own") << QByteArray("own") << false << QString();
    QTest::newRow("none") << QByteArray() << false << QStringLiteral("missing a thought_signature");
    QTest::newRow("foreign") << QByteArray("Zm9yZWlnbg==") << false << QStringLiteral("Corrupted");
    QTest::newRow("skip") << QByteArray("skip_thought_signature_validator") << false << QString();
    QTest::newRow("none, in a turn that is over") << QByteArray() << true << QString();
    QTest::newRow("foreign, in a turn that is over")
        << QByteArray("Zm9yZWlnbg==") << true << QStringLiteral("Corrupted");
}

void TestSimGemini::signaturesAreChecked()
{
    QFETCH(QByteArray, signature);
    QFETCH(bool, laterTurn);
    QFETCH(QString, reason);
    const QJsonObject answer = jsonOf(m_simulator.answer(generate("sim-tools", kTools)).script);
    QByteArray parts = compact(answer[u"candidates"][0][u"content"][u"parts"]);
    const QByteArray own = answer[u"candidates"][0][u"content"][u"parts"][0][u"thoughtSignature"].toString().toUtf8();
    if (signature.isEmpty())
        parts.replace(",\"thoughtSignature\":\"" + own + "\"", "");
    else if (signature != "own")
        parts.replace(own, signature);
    const QByteArray result = "{\"functionResponse\":{\"name\":\"get_weather\",\"response\":{\"output\":\"12\"}}}";
    const QByteArray contents =
        "\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"hello\"}]},{\"role\":\"model\",\"parts\":" + parts +
        "},{\"role\":\"user\",\"parts\":[" + result + "," + result + "]}" +
        (laterTurn
                ? ",{\"role\":\"model\",\"parts\":[{\"text\":\"12\"}]},{\"role\":\"user\",\"parts\":[{\"text\":\"and?"
                  "\"}]}"
                : "") +
        "]";
    const Script script = m_simulator.answer(generate("m", kTools, contents)).script;
    QVERIFY2(script.status == (reason.isEmpty() ? 200 : 400), bodyOf(script));
    QVERIFY2(reason.isEmpty() || reasonOf(script).contains(reason), qPrintable(reasonOf(script)));
}

void TestSimGemini::schemasAreChecked_data()
{
    QTest::addColumn<QByteArray>("schema");
    QTest::addColumn<QString>("reason");
    const auto parameters = [](const QByteArray& inner) { return "\"parameters\":{\"type\":\"OBJECT\"" + inner + "}"; };
    QTest::newRow("additionalProperties") << parameters(",\"additionalProperties\":false")
                                          << QStringLiteral("\"additionalProperties\" at "
                                                            "'tools[0].function_declarations[0].parameters'");
    QTest::newRow("deep") << parameters(
                                 ",\"properties\":{\"a\":{\"type\":\"ARRAY\",\"items\":{\"anyOf\":[{\"const\":1}]}}}")
                          << QStringLiteral("\"const\" at "
                                            "'tools[0].function_declarations[0].parameters.properties[0].value.items."
                                            "any_of[0]'");
    QTest::newRow("$ref") << parameters(",\"properties\":{\"a\":{\"$ref\":\"#\"}}") << QStringLiteral("\"$ref\"");
    QTest::newRow("list of types") << parameters(",\"properties\":{\"a\":{\"type\":[\"string\",\"null\"]}}")
                                   << QStringLiteral("cannot start list");
    QTest::newRow("property named like a keyword")
        << parameters(",\"properties\":{\"additionalProperties\":{\"type\":\"STRING\"},\"$ref\":{\"type\":\"string\"}}")
        << QString();
    QTest::newRow("JSON schema") << QByteArray(
                                        "\"parametersJsonSchema\":{\"type\":\"object\",\"additionalProperties\":false}")
                                 << QString();
}

void TestSimGemini::schemasAreChecked()
{
    QFETCH(QByteArray, schema);
    QFETCH(QString, reason);
    const Script script = m_simulator.answer(generate("m", tool(schema))).script;
    QVERIFY2(script.status == (reason.isEmpty() ? 200 : 400), bodyOf(script));
    QVERIFY2(reason.isEmpty() || reasonOf(script).contains(reason), qPrintable(reasonOf(script)));
}

void TestSimGemini::requestIsChecked_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("no JSON") << QByteArray("hello");
    QTest::newRow("no contents") << QByteArray("{}");
    QTest::newRow("unknown field") << QByteArray("{\"messages\":[]," + kHello + "}");
    QTest::newRow("unknown config") << QByteArray("{" + kHello + ",\"generationConfig\":{\"max_tokens\":4}}");
    QTest::newRow("role assistant") << QByteArray(
        "{\"contents\":[{\"role\":\"assistant\",\"parts\":[{\"text\":\"x\"}]}]}");
    QTest::newRow("empty part") << QByteArray("{\"contents\":[{\"role\":\"user\",\"parts\":[{}]}]}");
    QTest::newRow("two data") << QByteArray(
        "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"x\",\"inlineData\":{}}]}]}");
    QTest::newRow("level and budget") << QByteArray(
        "{" + kHello + ",\"generationConfig\":{\"thinkingConfig\":{\"thinkingBudget\":1,\"thinkingLevel\":\"LOW\"}}}");
    QTest::newRow("schema without its mime type")
        << QByteArray("{" + kHello + ",\"generationConfig\":{\"responseSchema\":{\"type\":\"OBJECT\"}}}");
    QTest::newRow("allowed names under AUTO") << QByteArray(
        "{" + kHello +
        ",\"toolConfig\":{\"functionCallingConfig\":{\"mode\":\"AUTO\",\"allowedFunctionNames\":[\"a\"]}}}");
    QTest::newRow("answer without a call") << QByteArray(
        "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"functionResponse\":{\"name\":\"a\",\"response\":{}}}]}]}");
    QTest::newRow("response no object") << QByteArray(
        "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"functionResponse\":{\"name\":\"a\",\"response\":\"x\"}}]}]}");
}

void TestSimGemini::requestIsChecked()
{
    QFETCH(QByteArray, body);
    const Script script = m_simulator.answer(post("/v1/models/m:generateContent", body)).script;
    QCOMPARE(script.status, 400);
    QCOMPARE(jsonOf(script)[u"error"][u"status"].toString(), QStringLiteral("INVALID_ARGUMENT"));
}

void TestSimGemini::refusalHasNoCandidates()
{
    const QJsonObject answer = jsonOf(m_simulator.answer(generate("sim-refusal")).script);
    const QJsonObject golden = QJsonDocument::fromJson(corpus(QStringLiteral("gemini/generate_blocked.json"))).object();
    QCOMPARE(answer.keys(), golden.keys());
    QCOMPARE(answer[u"promptFeedback"], golden[u"promptFeedback"]);
    const QJsonObject filtered = jsonOf(m_simulator.answer(generate("sim-filter")).script);
    QCOMPARE(filtered[u"candidates"][0][u"finishReason"].toString(), QStringLiteral("SAFETY"));
}

void TestSimGemini::errorsTellTheDelayInTheBody()
{
    const Script script = m_simulator.answer(generate("sim-429-retry-9")).script;
    QCOMPARE(script.status, 429);
    QVERIFY(headerOf(script, "retry-after").isEmpty());
    QVERIFY(bodyOf(script).contains("\"retryDelay\":\"9s\""));
    QCOMPARE(jsonOf(script)[u"error"][u"status"].toString(), QStringLiteral("RESOURCE_EXHAUSTED"));
    const Script array = m_simulator.answer(generate("sim-503", {}, kHello, "streamGenerateContent")).script;
    QVERIFY(QJsonDocument::fromJson(bodyOf(array)).isArray());
}

void TestSimGemini::errorComesInTheStream()
{
    const QByteArray path = "/v1beta/models/sim-tokens-9-error-2:streamGenerateContent";
    const QList<SseEvent> events =
        eventsOf(bodyOf(m_simulator.answer(post(path + "?alt=sse", "{" + kHello + "}")).script));
    QCOMPARE(events.size(), 3);
    QCOMPARE(events.last().json()[u"error"][u"code"].toInt(), 503);
    const QByteArray array = bodyOf(m_simulator.answer(post(path, "{" + kHello + "}")).script);
    QCOMPARE(QJsonDocument::fromJson(array).array().size(), 3);
}

void TestSimGemini::keyMayComeEitherWay()
{
    Profile profile = Profile::immediate();
    profile.requiredKey = "AIza1234";
    Simulator simulator(profile, m_clock);
    const auto status = [&](const QByteArray& path, const HeaderList& headers) {
        return simulator.answer(post(path, "{" + kHello + "}", headers)).script.status;
    };
    const QByteArray path = "/v1beta/models/m:generateContent";
    const QByteArray vertex = "/v1/projects/p/locations/l/publishers/google/models/m:generateContent";
    QCOMPARE(status(path, {{"x-goog-api-key", "AIza1234"}}), 200);
    QCOMPARE(status(path + "?key=AIza1234", {}), 200);
    QCOMPARE(status(path, {{"authorization", "Bearer AIza1234"}}), 400); // API_KEY_INVALID
    QCOMPARE(status(vertex, {{"authorization", "Bearer AIza1234"}}), 200);
    QCOMPARE(status(vertex, {{"x-goog-api-key", "AIza1234"}}), 401);
}

void TestSimGemini::textIsEmbedded()
{
    const Script one = m_simulator
                           .answer(post("/v1beta/models/m:embedContent",
                               "{\"content\":{\"parts\":[{\"text\":\"a\"}]},\"outputDimensionality\":8}"))
                           .script;
    QCOMPARE(jsonOf(one)[u"embedding"][u"values"].toArray().size(), 8);
    const Script two = m_simulator
                           .answer(post("/v1beta/models/m:batchEmbedContents",
                               "{\"requests\":[{\"model\":\"models/m\",\"content\":{\"parts\":[{\"text\":\"a\"}]}},{"
                               "\"model\":\"models/m\",\"content\":{\"parts\":[{\"text\":\"b\"}]}}]}"))
                           .script;
    QCOMPARE(jsonOf(two)[u"embeddings"].toArray().size(), 2);
    const Script old = m_simulator
                           .answer(post("/v1/projects/p/locations/l/publishers/google/models/m:predict",
                               "{\"instances\":[{\"content\":\"a\"},{\"content\":\"b\"}]}"))
                           .script;
    QCOMPARE(jsonOf(old)[u"predictions"].toArray().size(), 2);
    QCOMPARE(jsonOf(old)[u"predictions"][1][u"embeddings"][u"values"].toArray().size(), 16);
}

void TestSimGemini::serviceAccountGetsItsToken()
{
    const ManualClock noon(1'795'348'800'000);
    Simulator simulator(Profile::immediate(), noon);
    const auto answer = [&](const QByteArray& claims) {
        const auto part = [](const QByteArray& json) {
            return json.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
        };
        const QByteArray assertion = part("{\"alg\":\"RS256\",\"typ\":\"JWT\"}") + "." + part(claims) + ".c2ln";
        return simulator
            .answer(post(
                "/token", "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" + assertion))
            .script;
    };
    const QByteArray who = "{\"iss\":\"a@p.iam\",\"scope\":\"s\",\"aud\":\"t\",\"iat\":1795348800,\"exp\":";
    QVERIFY(jsonOf(answer(who + "1795352400}"))[u"access_token"].toString().startsWith(QLatin1String("ya29.")));
    QCOMPARE(answer(who + "1795352401}").status, 400); // too long
    QCOMPARE(answer(who + "1795348800}").status, 400); // over
    QCOMPARE(answer("{}").status, 400);
}

void TestSimGemini::modelsAreListed()
{
    SimRequest request = post("/v1/models", {}, {{"x-goog-api-key", "k"}});
    request.method = "GET";
    QVERIFY(jsonOf(m_simulator.answer(request).script)[u"models"][0][u"name"].toString().startsWith(
        QLatin1String("models/")));
}

QTEST_GUILESS_MAIN(TestSimGemini)
#include "tst_sim_gemini.moc"
