// The simulator's Anthropic dialect: its lifecycle against the golden transcripts, and the checks it makes of requests.
#include "sim_testing.h"

#include <QTest>

using namespace gateway;
using namespace gateway::simulator;
using namespace gateway::simulator::testing;

namespace {

const QByteArray kTools =
    ",\"tools\":[{\"name\":\"get_weather\",\"input_schema\":{\"type\":\"object\",\"properties\":{\"city\":{\"type\":"
    "\"string\"}}}}]";

SimRequest message(const QByteArray& model, const QByteArray& more = {},
    const QByteArray& messages = "[{\"role\":\"user\",\"content\":\"hello\"}]",
    const QByteArray& version = "2026-10-21")
{
    return post("/v1/messages", "{\"model\":\"" + model + "\",\"max_tokens\":500,\"messages\":" + messages + more + "}",
        {{"anthropic-version", version}});
}

QString reasonOf(const Script& script)
{
    return jsonOf(script)[u"error"][u"message"].toString();
}

// A conversation in which the simulator has called two tools, thinking before.
QJsonArray conversation(Simulator& simulator)
{
    const QJsonObject answer = jsonOf(simulator.answer(message("sim-tools-think", kTools)).script);
    QJsonArray results;
    for (const QJsonValue& block : answer[u"content"].toArray()) {
        if (block[u"type"].toString() == QLatin1String("tool_use"))
            results.append(QJsonObject{{QStringLiteral("type"), QStringLiteral("tool_result")},
                {QStringLiteral("tool_use_id"), block[u"id"]}, {QStringLiteral("content"), QStringLiteral("12")}});
    }
    return {QJsonObject{
                {QStringLiteral("role"), QStringLiteral("user")}, {QStringLiteral("content"), QStringLiteral("hi")}},
        QJsonObject{
            {QStringLiteral("role"), QStringLiteral("assistant")}, {QStringLiteral("content"), answer[u"content"]}},
        QJsonObject{{QStringLiteral("role"), QStringLiteral("user")}, {QStringLiteral("content"), results}}};
}

} // namespace

class TestSimAnthropic : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void lifecycleIsTheDocumentedOne();
    void argumentsComeOnlyInPieces();
    void usageLeavesTheCacheOut();
    void refusalHasDetails();
    void stopSequenceIsNamed();
    void conversationIsAccepted();
    void conversationIsChecked_data();
    void conversationIsChecked();
    void requestIsChecked_data();
    void requestIsChecked();
    void errorsHaveTheirType_data();
    void errorsHaveTheirType();
    void errorComesInTheStream();
    void tokensAreCounted();
    void vertexNamesTheModelInThePath();
    void keyMayComeEitherWay();
    void modelsHaveALifecycle();

private:
    SystemClock m_clock;
    Simulator m_simulator{Profile::immediate(), m_clock};
};

void TestSimAnthropic::lifecycleIsTheDocumentedOne()
{
    const auto names = [&](const QByteArray& model, const QByteArray& more = {}) {
        return namesOf(eventsOf(bodyOf(m_simulator.answer(message(model, ",\"stream\":true" + more)).script)));
    };
    QCOMPARE(names("sim-x"), namesOf(eventsOf(corpus(QStringLiteral("anthropic/stream.sse")))));
    // in the transcript a text stands before the two calls; here the first block is a call
    QCOMPARE(names("sim-tools", kTools),
        QStringLiteral("message_start content_block_start ping content_block_delta content_block_stop "
                       "content_block_start content_block_delta content_block_stop message_delta message_stop"));
    QCOMPARE(names("sim-nodone-x").section(QLatin1Char(' '), -1), QStringLiteral("content_block_stop"));
}

void TestSimAnthropic::argumentsComeOnlyInPieces()
{
    const QByteArray body = bodyOf(m_simulator.answer(message("sim-tools-think", ",\"stream\":true" + kTools)).script);
    QByteArray pieces;
    QByteArray signature;
    QByteArray thinking;
    for (const SseEvent& event : eventsOf(body)) {
        const QJsonObject json = event.json();
        QCOMPARE(json[u"type"].toString().toUtf8(), event.name);
        if (json[u"content_block"][u"type"].toString() == QLatin1String("tool_use"))
            QVERIFY(json[u"content_block"][u"input"].toObject().isEmpty());
        if (json[u"index"].toInt() == 1)
            pieces += json[u"delta"][u"partial_json"].toString().toUtf8();
        thinking += json[u"delta"][u"thinking"].toString().toUtf8();
        signature += json[u"delta"][u"signature"].toString().toUtf8();
    }
    QCOMPARE(pieces, QByteArray("{\"city\":\"Swindon\"}"));
    QVERIFY(!thinking.isEmpty() && !signature.isEmpty());
}

void TestSimAnthropic::usageLeavesTheCacheOut()
{
    const QJsonObject usage =
        jsonOf(m_simulator.answer(message("sim-cached-500-written-70-tokens-9")).script)[u"usage"].toObject();
    QCOMPARE(usage[u"input_tokens"].toInt(), 8);
    QCOMPARE(usage[u"cache_read_input_tokens"].toInt(), 500);
    QCOMPARE(usage[u"cache_creation_input_tokens"].toInt(), 70);
    QCOMPARE(usage[u"cache_creation"][u"ephemeral_5m_input_tokens"].toInt(), 70);
    QCOMPARE(usage[u"output_tokens"].toInt(), 9);
    const QList<SseEvent> events =
        eventsOf(bodyOf(m_simulator.answer(message("sim-cached-500-think-tokens-9", ",\"stream\":true")).script));
    QCOMPARE(events.first().json()[u"message"][u"usage"][u"output_tokens"].toInt(), 1);
    const QJsonValue last = events[events.size() - 2].json()[u"usage"];
    QCOMPARE(last[u"cache_read_input_tokens"].toInt(), 500);
    QCOMPARE(last[u"output_tokens"].toInt(), 9 + last[u"output_tokens_details"][u"thinking_tokens"].toInt());
    QVERIFY(!bodyOf(m_simulator.answer(message("sim-nousage")).script).contains("\"usage\""));
}

void TestSimAnthropic::refusalHasDetails()
{
    const QJsonObject answer = jsonOf(m_simulator.answer(message("sim-refusal")).script);
    QCOMPARE(answer[u"stop_reason"].toString(), QStringLiteral("refusal"));
    QCOMPARE(answer[u"stop_details"][u"type"].toString(), QStringLiteral("refusal"));
    QVERIFY(!answer[u"stop_details"][u"explanation"].toString().isEmpty());
}

void TestSimAnthropic::stopSequenceIsNamed()
{
    const QJsonObject answer = jsonOf(m_simulator
                                          .answer(message("m", ",\"stop_sequences\":[\"three\"]",
                                              "[{\"role\":\"user\",\"content\":\"echo: one two three four\"}]"))
                                          .script);
    QCOMPARE(answer[u"stop_reason"].toString(), QStringLiteral("stop_sequence"));
    QCOMPARE(answer[u"stop_sequence"].toString(), QStringLiteral("three"));
    QCOMPARE(answer[u"content"][0][u"text"].toString(), QStringLiteral("one two "));
}

void TestSimAnthropic::conversationIsAccepted()
{
    const Script script = m_simulator.answer(message("m", kTools, compact(conversation(m_simulator)))).script;
    QVERIFY2(script.status == 200, bodyOf(script));
    QCOMPARE(jsonOf(script)[u"content"][0][u"text"].toString(), QStringLiteral("The tool said: 12"));
}

void TestSimAnthropic::conversationIsChecked_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::addColumn<QString>("reason");
    QTest::newRow("changed thinking") << QByteArray("First the block") << QByteArray("First, the block")
                                      << QStringLiteral("Invalid `signature`");
    QTest::newRow("foreign signature") << QByteArray("\"signature\":\"") << QByteArray("\"signature\":\"x")
                                       << QStringLiteral("Invalid `signature`");
    QTest::newRow("text before the results")
        << QByteArray("[{\"content\":\"12\"")
        << QByteArray("[{\"type\":\"text\",\"text\":\"here:\"},{\"content\":\"12\"")
        << QStringLiteral("without `tool_result` blocks immediately after");
    QTest::newRow("foreign id") << QByteArray("\"tool_use_id\":\"toolu_") << QByteArray("\"tool_use_id\":\"call_")
                                << QStringLiteral("unexpected `tool_use_id`");
    QTest::newRow("input no object") << QByteArray("\"input\":{\"city\":\"Swindon\"}") << QByteArray("\"input\":\"{}\"")
                                     << QStringLiteral("valid dictionary");
    QTest::newRow("unknown role") << QByteArray("\"role\":\"assistant\"") << QByteArray("\"role\":\"tool\"")
                                  << QStringLiteral("role");
}

void TestSimAnthropic::conversationIsChecked()
{
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    QFETCH(QString, reason);
    QByteArray messages = compact(conversation(m_simulator));
    QVERIFY2(messages.contains(from), messages);
    messages.replace(messages.indexOf(from), from.size(), to);
    const Script script = m_simulator.answer(message("m", kTools, messages)).script;
    QCOMPARE(script.status, 400);
    QVERIFY2(reasonOf(script).contains(reason), qPrintable(reasonOf(script)));
}

void TestSimAnthropic::requestIsChecked_data()
{
    QTest::addColumn<QByteArray>("version");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("reason"); // empty: accepted
    const auto row = [](const char* name, const char* version, const QByteArray& fields, const char* reason) {
        QTest::newRow(name) << QByteArray(version) << QByteArray("{\"model\":\"m\"" + fields + "}")
                            << QString::fromLatin1(reason);
    };
    const QByteArray hello = ",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]";
    const QByteArray good = ",\"max_tokens\":10" + hello;
    const QByteArray mark = "\"cache_control\":{\"type\":\"ephemeral\"}";
    const QByteArray block = "{\"type\":\"text\",\"text\":\"x\"," + mark + "}";
    row("no version", "", good, "anthropic-version: header is required");
    row("unknown version", "2024-01-01", good, "not a valid version");
    row("no max_tokens", "2026-10-21", hello, "max_tokens: Field required");
    row("temperature, new", "2026-10-21", good + ",\"temperature\":1.0", "temperature");
    row("top_k, new", "2026-10-21", good + ",\"top_k\":4", "top_k");
    row("temperature, old", "2023-06-01", good + ",\"temperature\":1.0", "");
    row("unknown field", "2023-06-01", good + ",\"max_completion_tokens\":4", "Extra inputs");
    row("assistant first", "2026-10-21", ",\"max_tokens\":1,\"messages\":[{\"role\":\"assistant\",\"content\":\"x\"}]",
        "first message");
    row("four breakpoints", "2026-10-21",
        ",\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":[" + QList<QByteArray>(4, block).join(',') +
            "]}]",
        "");
    row("five breakpoints", "2026-10-21",
        ",\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":[" + QList<QByteArray>(4, block).join(',') +
            "]}]," + mark,
        "maximum of 4");
    row("document of the assistant, new", "2026-10-21",
        ",\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"assistant\",\"content\":[{"
        "\"type\":\"document\",\"source\":{}}]}]",
        "document");
    row("tool without a schema", "2026-10-21", good + ",\"tools\":[{\"name\":\"a\"}]", "input_schema");
    row("tool in OpenAI's form", "2026-10-21",
        good + ",\"tools\":[{\"type\":\"custom\",\"function\":{\"name\":\"a\"}}]", "name: Field required");
    row("empty text", "2026-10-21",
        ",\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"\"}]}]",
        "non-empty");
    row("thinking and a forced tool", "2023-06-01",
        ",\"max_tokens\":5000" + hello + kTools +
            ",\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2000},\"tool_choice\":{\"type\":\"any\"}",
        "forces tool use");
    row("budget above max_tokens", "2023-06-01", good + ",\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2000}",
        "max_tokens");
    row("system message", "2026-10-21",
        ",\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"system\",\"content\":\"y\"}"
        "]",
        "");
}

void TestSimAnthropic::requestIsChecked()
{
    QFETCH(QByteArray, version);
    QFETCH(QByteArray, body);
    QFETCH(QString, reason);
    const HeaderList headers = version.isEmpty() ? HeaderList() : HeaderList{{"anthropic-version", version}};
    const Script script = m_simulator.answer(post("/v1/messages", body, headers)).script;
    QCOMPARE(script.status, reason.isEmpty() ? 200 : 400);
    if (!reason.isEmpty()) {
        QCOMPARE(jsonOf(script)[u"error"][u"type"].toString(), QStringLiteral("invalid_request_error"));
        QVERIFY2(reasonOf(script).contains(reason), qPrintable(reasonOf(script)));
    }
}

void TestSimAnthropic::errorsHaveTheirType_data()
{
    QTest::addColumn<int>("status");
    for (const int status : {401, 402, 403, 404, 413, 429, 500, 504, 529})
        QTest::addRow("%d", status) << status;
}

void TestSimAnthropic::errorsHaveTheirType()
{
    QFETCH(int, status);
    const Script script = m_simulator.answer(message("sim-retry-7-" + QByteArray::number(status))).script;
    const QJsonObject golden =
        QJsonDocument::fromJson(corpus(QStringLiteral("anthropic/error_%1.json").arg(status))).object();
    QCOMPARE(script.status, status);
    QCOMPARE(jsonOf(script)[u"type"], golden[u"type"]);
    QCOMPARE(jsonOf(script)[u"error"][u"type"], golden[u"error"][u"type"]);
    QCOMPARE(headerOf(script, "request-id"), jsonOf(script)[u"request_id"].toString().toUtf8());
    QCOMPARE(headerOf(script, "retry-after"), status == 429 || status == 529 ? QByteArray("7") : QByteArray());
}

void TestSimAnthropic::errorComesInTheStream()
{
    const Script script = m_simulator.answer(message("sim-error-4", ",\"stream\":true")).script;
    const QList<SseEvent> events = eventsOf(bodyOf(script));
    QCOMPARE(script.status, 200);
    QCOMPARE(events.size(), 5);
    QCOMPARE(events.last().name, QByteArray("error"));
    QCOMPARE(events.last().json()[u"error"][u"type"].toString(), QStringLiteral("overloaded_error"));
}

void TestSimAnthropic::tokensAreCounted()
{
    const Script script = m_simulator
                              .answer(post("/v1/messages/count_tokens",
                                  "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}",
                                  {{"anthropic-version", "2026-10-21"}}))
                              .script;
    QCOMPARE(jsonOf(script)[u"input_tokens"].toInt(), 8);
}

void TestSimAnthropic::vertexNamesTheModelInThePath()
{
    const QByteArray path = "/v1/projects/p/locations/global/publishers/anthropic/models/sim-tokens-2:streamRawPredict";
    const QByteArray rest = "\"max_tokens\":9,\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
    Script script = m_simulator.answer(post(path, "{\"anthropic_version\":\"vertex-2023-10-16\"," + rest)).script;
    QCOMPARE(script.status, 200);
    QCOMPARE(eventsOf(bodyOf(script)).last().name, QByteArray("message_stop"));
    script = m_simulator.answer(post(path, "{" + rest)).script;
    QCOMPARE(script.status, 400);
    script =
        m_simulator.answer(post(path, "{\"anthropic_version\":\"vertex-2023-10-16\",\"model\":\"m\"," + rest)).script;
    QCOMPARE(script.status, 400);
}

void TestSimAnthropic::keyMayComeEitherWay()
{
    Profile profile = Profile::immediate();
    profile.requiredKey = "sk-ant-1234";
    Simulator simulator(profile, m_clock);
    const auto status = [&](const QByteArray& name, const QByteArray& value) {
        SimRequest request = message("m");
        request.headers.append({name, value});
        return simulator.answer(request).script.status;
    };
    QCOMPARE(status("x-api-key", "sk-ant-1234"), 200);
    QCOMPARE(status("authorization", "Bearer sk-ant-1234"), 200);
    QCOMPARE(status("x-goog-api-key", "sk-ant-1234"), 401);
    QCOMPARE(status("x-api-key", "sk-ant-9999"), 401);
}

void TestSimAnthropic::modelsHaveALifecycle()
{
    SimRequest request = post("/v1/models", {}, {{"anthropic-version", "2026-10-21"}});
    request.method = "GET";
    const QJsonObject list = jsonOf(m_simulator.answer(request).script);
    const QJsonObject golden = QJsonDocument::fromJson(corpus(QStringLiteral("anthropic/models.json"))).object();
    QCOMPARE(list.keys(), golden.keys());
    QCOMPARE(list[u"data"][0].toObject().keys(), golden[u"data"][0].toObject().keys());
}

QTEST_GUILESS_MAIN(TestSimAnthropic)
#include "tst_sim_anthropic.moc"
