// What else speaks OpenAI's dialect in the simulator: Responses, embeddings, Azure's paths, the quirks of other
// backends; and what the ledger keeps.
#include "sim_testing.h"

#include <QTest>
#include <QtEndian>

using namespace gateway;
using namespace gateway::simulator;
using namespace gateway::simulator::testing;

namespace {

const QByteArray kTools =
    ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"get_weather\",\"parameters\":{\"type\":\"object\","
    "\"properties\":{\"city\":{\"type\":\"string\"}}}}}]";
const QByteArray kFlatTools = ",\"tools\":[{\"type\":\"function\",\"name\":\"get_weather\",\"strict\":true,"
                              "\"parameters\":{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}}]";
const QByteArray kCounted = ",\"stream\":true,\"stream_options\":{\"include_usage\":true}";

SimRequest responses(const QByteArray& model, const QByteArray& more = {}, const QByteArray& input = "\"hello\"")
{
    return post("/v1/responses", "{\"model\":\"" + model + "\",\"input\":" + input + more + "}");
}

SimRequest chat(const QByteArray& model, const QByteArray& more = {})
{
    return post("/v1/chat/completions",
        "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]" + more + "}");
}

} // namespace

class TestSimOpenAi : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void responsesLiveTheDocumentedLife_data();
    void responsesLiveTheDocumentedLife();
    void responsesEndWithAll();
    void responsesFailInTheStream();
    void reasoningComesBackSealed();
    void responsesAreChecked_data();
    void responsesAreChecked();
    void embeddingsAreTheSameInBothEncodings();
    void embeddingsAreChecked_data();
    void embeddingsAreChecked();
    void azureFilters();
    void azureWantsItsVersion();
    void quirksBendTheStream();
    void usageIsCountedInside();
    void wishesFindTheirWords();
    void ledgerKeepsWhatCame();

private:
    SystemClock m_clock;
    Simulator m_simulator{Profile::immediate(), m_clock};
    QList<SseEvent> events(const SimRequest& request) { return eventsOf(bodyOf(m_simulator.answer(request).script)); }
};

void TestSimOpenAi::responsesLiveTheDocumentedLife_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QString>("golden");
    QTest::newRow("text") << QByteArray("sim-tokens-4") << QStringLiteral("stream.sse");
    QTest::newRow("tools") << QByteArray("sim-tools") << QStringLiteral("stream_tools.sse");
    QTest::newRow("reasoning") << QByteArray("sim-think-tokens-4") << QStringLiteral("stream_reasoning.sse");
    QTest::newRow("refusal") << QByteArray("sim-refusal") << QStringLiteral("stream_refusal.sse");
    QTest::newRow("length") << QByteArray("sim-length-tokens-4") << QStringLiteral("stream_length.sse");
}

void TestSimOpenAi::responsesLiveTheDocumentedLife()
{
    QFETCH(QByteArray, model);
    QFETCH(QString, golden);
    const QList<SseEvent> got = events(responses(model, ",\"stream\":true" + kFlatTools));
    QCOMPARE(namesOf(got), namesOf(eventsOf(corpus(QStringLiteral("responses/") + golden))));
    for (qsizetype i = 0; i < got.size(); ++i) {
        QCOMPARE(got[i].json()[u"sequence_number"].toInteger(-1), i);
        QCOMPARE(got[i].json()[u"type"].toString().toUtf8(), got[i].name);
    }
}

void TestSimOpenAi::responsesEndWithAll()
{
    const QByteArray model = "sim-think-tools-cached-30-written-4";
    const QJsonObject last =
        events(responses(model, ",\"stream\":true" + kFlatTools)).last().json()[u"response"].toObject();
    const QJsonObject whole = jsonOf(m_simulator.answer(responses(model, kFlatTools)).script);
    QCOMPARE(last.keys(), whole.keys());
    QCOMPARE(last[u"output"].toArray().size(), 3);
    QCOMPARE(last[u"status"].toString(), QStringLiteral("completed"));
    const QJsonValue usage = whole[u"usage"];
    QCOMPARE(usage[u"input_tokens"].toInt(), 8 + 34);
    QCOMPARE(usage[u"input_tokens_details"][u"cached_tokens"].toInt(), 30);
    QCOMPARE(usage[u"input_tokens_details"][u"cache_write_tokens"].toInt(), 4);
    QVERIFY(usage[u"output_tokens_details"][u"reasoning_tokens"].toInt() > 0);
    QCOMPARE(usage[u"total_tokens"].toInt(), usage[u"input_tokens"].toInt() + usage[u"output_tokens"].toInt());
}

void TestSimOpenAi::responsesFailInTheStream()
{
    const QList<SseEvent> got = events(responses("sim-error-5", ",\"stream\":true"));
    QCOMPARE(got.size(), 7);
    QCOMPARE(got[5].name, QByteArray("error"));
    QCOMPARE(got[6].name, QByteArray("response.failed"));
    QCOMPARE(got[6].json()[u"sequence_number"].toInt(), 6);
    QCOMPARE(got[6].json()[u"response"][u"status"].toString(), QStringLiteral("failed"));
}

void TestSimOpenAi::reasoningComesBackSealed()
{
    const QByteArray include = ",\"include\":[\"reasoning.encrypted_content\"]";
    const QJsonObject answer = jsonOf(m_simulator.answer(responses("sim-think-tokens-3", include)).script);
    const QByteArray sealed = answer[u"output"][0][u"encrypted_content"].toString().toUtf8();
    QVERIFY(!sealed.isEmpty());
    QByteArray input = compact(answer[u"output"]);
    QCOMPARE(m_simulator.answer(responses("m", {}, input)).script.status, 200);
    const Script script = m_simulator.answer(responses("m", {}, input.replace(sealed, "gAAAAfresh"))).script;
    QCOMPARE(script.status, 400);
    QCOMPARE(jsonOf(script)[u"error"][u"code"].toString(), QStringLiteral("invalid_encrypted_content"));
}

void TestSimOpenAi::responsesAreChecked_data()
{
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<QByteArray>("more");
    QTest::addColumn<QString>("code");
    const QByteArray hello = "\"hello\"";
    const auto row = [](const char* name, const QByteArray& input, const QByteArray& more, const char* code) {
        QTest::newRow(name) << input << more << QString::fromLatin1(code);
    };
    row("chat's field", hello, ",\"max_tokens\":9", "unknown_parameter");
    row("messages", hello, ",\"messages\":[]", "unknown_parameter");
    row("a store we do not have", hello, ",\"previous_response_id\":\"resp_1\"", "previous_response_not_found");
    row("chat's tool", hello, kTools, "missing_required_parameter");
    row("chat's tool_choice", hello, kFlatTools + ",\"tool_choice\":{\"type\":\"function\",\"function\":{}}",
        "missing_required_parameter");
    row("chat's part", "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"x\"}]}]", {}, "invalid_value");
    row("input_text of the assistant",
        "[{\"role\":\"assistant\",\"content\":[{\"type\":\"input_text\",\"text\":\"x\"}]}]", {}, "invalid_value");
    row("role tool", "[{\"role\":\"tool\",\"content\":\"x\"}]", {}, "invalid_value");
    row("output without a call", "[{\"type\":\"function_call_output\",\"call_id\":\"a\",\"output\":\"x\"}]", {}, "");
    row("call without an output",
        "[{\"type\":\"function_call\",\"call_id\":\"a\",\"name\":\"f\",\"arguments\":\"{}\"}]", {}, "");
    row("arguments an object", "[{\"type\":\"function_call\",\"call_id\":\"a\",\"name\":\"f\",\"arguments\":{}}]", {},
        "missing_required_parameter");
    row("too few tokens", hello, ",\"max_output_tokens\":4", "integer_below_min_value");
    row("no input", "[]", {}, "missing_required_parameter");
}

void TestSimOpenAi::responsesAreChecked()
{
    QFETCH(QByteArray, input);
    QFETCH(QByteArray, more);
    QFETCH(QString, code);
    const Script script = m_simulator.answer(responses("m", more, input)).script;
    QCOMPARE(script.status, 400);
    QCOMPARE(jsonOf(script)[u"error"][u"code"].toString(), code);
}

void TestSimOpenAi::embeddingsAreTheSameInBothEncodings()
{
    const QByteArray body = "{\"model\":\"m\",\"dimensions\":6,\"input\":[\"a\",\"b\",[1,2,3]],\"encoding_format\":\"";
    const QJsonArray floats =
        jsonOf(m_simulator.answer(post("/v1/embeddings", body + "float\"}")).script)[u"data"].toArray();
    const QJsonArray packed =
        jsonOf(m_simulator.answer(post("/v1/embeddings", body + "base64\"}")).script)[u"data"].toArray();
    QCOMPARE(floats.size(), 3);
    double square = 0;
    for (int row = 0; row < 3; ++row) {
        const QByteArray bytes = QByteArray::fromBase64(packed[row][u"embedding"].toString().toLatin1());
        const QJsonArray numbers = floats[row][u"embedding"].toArray();
        QCOMPARE(bytes.size(), 24);
        QCOMPARE(floats[row][u"index"].toInt(), row);
        for (int i = 0; i < 6; ++i) {
            QCOMPARE(float(numbers[i].toDouble()), qFromLittleEndian<float>(bytes.constData() + 4 * i));
            square += row == 0 ? numbers[i].toDouble() * numbers[i].toDouble() : 0;
        }
    }
    QVERIFY(qAbs(square - 1) < 1e-6);
    QVERIFY(floats[0][u"embedding"] != floats[1][u"embedding"]);
}

void TestSimOpenAi::embeddingsAreChecked_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("no input") << QByteArray("{\"model\":\"m\"}");
    QTest::newRow("empty") << QByteArray("{\"model\":\"m\",\"input\":\"\"}");
    QTest::newRow("one of them empty") << QByteArray("{\"model\":\"m\",\"input\":[\"a\",\"\"]}");
    QTest::newRow("an object") << QByteArray("{\"model\":\"m\",\"input\":{}}");
    QTest::newRow("no dimensions") << QByteArray("{\"model\":\"m\",\"input\":\"a\",\"dimensions\":0}");
    QTest::newRow("unknown encoding") << QByteArray("{\"model\":\"m\",\"input\":\"a\",\"encoding_format\":\"hex\"}");
    QTest::newRow("no model") << QByteArray("{\"input\":\"a\"}");
}

void TestSimOpenAi::embeddingsAreChecked()
{
    QFETCH(QByteArray, body);
    QCOMPARE(m_simulator.answer(post("/v1/embeddings", body)).script.status, 400);
}

void TestSimOpenAi::azureFilters()
{
    SimRequest request = chat("sim-tokens-2", ",\"stream\":true");
    request.path = "/openai/v1/chat/completions";
    const QJsonObject first = events(request).first().json();
    const QJsonObject golden = eventsOf(corpus(QStringLiteral("azure/chat_stream.sse"))).first().json();
    QCOMPARE(first.keys(), golden.keys());
    QVERIFY(first[u"choices"].toArray().isEmpty());

    request = chat("sim-policy");
    request.path = "/openai/deployments/sim-policy/chat/completions";
    request.query = "api-version=2026-10-01";
    const QJsonObject error = jsonOf(m_simulator.answer(request).script)[u"error"].toObject();
    QCOMPARE(error[u"code"].toString(), QStringLiteral("content_filter"));
    QCOMPARE(error[u"innererror"][u"code"].toString(), QStringLiteral("ResponsibleAIPolicyViolation"));
}

void TestSimOpenAi::azureWantsItsVersion()
{
    Profile profile = Profile::immediate();
    profile.requiredKey = "azure-key-1";
    Simulator simulator(profile, m_clock);
    SimRequest request = chat("ignored");
    request.path = "/openai/deployments/sim-tokens-2/chat/completions";
    request.headers = {{"api-key", "azure-key-1"}};
    QCOMPARE(simulator.answer(request).script.status, 404);
    request.query = "api-version=2024-10-21";
    const Script script = simulator.answer(request).script;
    QCOMPARE(script.status, 200);
    QCOMPARE(jsonOf(script)[u"model"].toString(), QStringLiteral("sim-tokens-2"));
    request.path = "/v1/chat/completions"; // OpenAI itself knows no api-key
    QCOMPARE(simulator.answer(request).script.status, 401);
}

void TestSimOpenAi::quirksBendTheStream()
{
    const auto body = [&](const QByteArray& model) {
        return bodyOf(m_simulator.answer(chat(model, kCounted + kTools)).script);
    };
    const QByteArray tools = body("sim-tools-quirk-index0-quirk-stoptool");
    QVERIFY(!tools.contains("\"index\":1"));
    QVERIFY(tools.contains("\"finish_reason\":\"stop\""));
    QVERIFY(body("sim-tools").contains("\"tool_calls\":[{\"index\":1"));

    QVERIFY(body("sim-think").contains("\"delta\":{\"reasoning_content\":\""));
    QVERIFY(body("sim-think-quirk-reasoning").contains("\"delta\":{\"reasoning\":\""));

    const QList<SseEvent> last = eventsOf(body("sim-tokens-2-quirk-usagelast"));
    QCOMPARE(last[last.size() - 2].json()[u"choices"][0][u"finish_reason"].toString(), QStringLiteral("stop"));
    QVERIFY(last[last.size() - 2].json()[u"usage"].isObject());

    const QByteArray open = body("sim-tokens-2-quirk-nodonemark");
    QVERIFY(open.contains("\"finish_reason\":\"stop\"") && !open.contains("[DONE]"));
    QVERIFY(body("sim-quirk-keepalive").startsWith(": keep-alive\n\n"));
    QVERIFY(bodyOf(m_simulator.answer(chat("sim-quirk-keepalive")).script).startsWith("\n\n\n{"));

    const Script failed = m_simulator.answer(chat("sim-quirk-200error")).script;
    QCOMPARE(failed.status, 200);
    QCOMPARE(jsonOf(failed)[u"error"][u"code"].toInt(), 502);
    const QList<SseEvent> broken = eventsOf(body("sim-quirk-200error"));
    QCOMPARE(broken[1].json()[u"error"][u"code"].toInt(), 502);
}

void TestSimOpenAi::usageIsCountedInside()
{
    const auto usage = [&](const QByteArray& model) {
        return jsonOf(m_simulator.answer(chat(model)).script)[u"usage"].toObject();
    };
    const QJsonObject openAi = usage("sim-think-cached-30-written-5-tokens-4");
    const int thoughts = openAi[u"completion_tokens_details"][u"reasoning_tokens"].toInt();
    QCOMPARE(openAi[u"prompt_tokens"].toInt(), 8 + 35);
    QCOMPARE(openAi[u"prompt_tokens_details"][u"cached_tokens"].toInt(), 30);
    QCOMPARE(openAi[u"prompt_tokens_details"][u"cache_write_tokens"].toInt(), 5);
    QCOMPARE(openAi[u"completion_tokens"].toInt(), 4 + thoughts);
    const QJsonObject xai = usage("sim-think-tokens-4-quirk-xai");
    QCOMPARE(xai[u"completion_tokens"].toInt(), 4);
    QCOMPARE(xai[u"total_tokens"].toInt(), 8 + 4 + thoughts);
    const QJsonObject deepSeek = usage("sim-cached-30-quirk-hitmiss");
    QCOMPARE(deepSeek[u"prompt_cache_hit_tokens"].toInt(), 30);
    QCOMPARE(deepSeek[u"prompt_cache_miss_tokens"].toInt(), 8);
}

void TestSimOpenAi::wishesFindTheirWords()
{
    QCOMPARE(wishesOf("us.sim-429-v1:0", {}).status.value_or(0), 429);
    QCOMPARE(wishesOf("arn:aws:bedrock:us-east-1:1:inference-profile/eu.sim-cached-7", {}).cached, 7);
    QCOMPARE(wishesOf("assim-429", {}).status.has_value(), false);
    const Wishes wishes = wishesOf("m", {{"x-sim-quirk", "index0"}, {"x-sim-written", "9"}, {"x-sim-think", "1"}});
    QVERIFY(wishes.quirk("index0") && wishes.think);
    QCOMPARE(wishes.written, 9);
}

void TestSimOpenAi::ledgerKeepsWhatCame()
{
    m_simulator.ledger().clear();
    SimRequest request = chat("m", ",\"seed\":12345678901234567890");
    request.query = "key=AIzaSecret1234&x=1";
    request.headers = {
        {"authorization", "Bearer sk-secret-9876"}, {"x-api-key", "sk-ant-5432"}, {"x-trace", "a"}, {"x-trace", "b"}};
    m_simulator.answer(request);
    m_simulator.answer(post("/v2/unknown", "\xff\xfe"));
    const QJsonArray entries = m_simulator.ledger().toJson()[u"entries"].toArray();
    QCOMPARE(entries.size(), 2);
    QCOMPARE(entries[0][u"method"].toString(), QStringLiteral("POST"));
    QCOMPARE(entries[0][u"body"].toString().toUtf8(), request.body);
    QCOMPARE(entries[0][u"query"].toString(), QStringLiteral("key=...1234&x=1"));
    const QJsonArray headers = entries[0][u"headers"].toArray();
    QCOMPARE(headers[0][1].toString(), QStringLiteral("Bearer ...9876"));
    QCOMPARE(headers[1][1].toString(), QStringLiteral("...5432"));
    QCOMPARE(headers[3][1].toString(), QStringLiteral("b"));
    QCOMPARE(entries[1][u"status"].toInt(), 404);
    QCOMPARE(QByteArray::fromBase64(entries[1][u"body_base64"].toString().toLatin1()), QByteArray("\xff\xfe"));
    QVERIFY(!compact(m_simulator.ledger().toJson()).contains("secret"));
}

QTEST_GUILESS_MAIN(TestSimOpenAi)
#include "tst_sim_openai.moc"
