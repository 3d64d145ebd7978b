// The provider dialect of Ollama's native API: requests and what is lost, embeddings, answers, streams of lines cut
// into single bytes, ids of tool calls, usage and errors.
#include "dialect_fixture.h"

#include "transform/providers/ollama.h"

#include <QTest>

using namespace gateway;
using namespace gateway::transform;
using namespace gateway::transform::test;

namespace {

Sent sent(const UnifiedRequest& request, std::optional<qint64> outputLimit = {})
{
    Asked bench(config::ProviderKind::Ollama, "qwen3:8b", "/base");
    bench.outputLimit = outputLimit;
    return send(ollamaProvider(), bench, request);
}

QByteArray line(const QByteArray& members)
{
    return R"({"model":"qwen3:8b","created_at":"2026-11-22T10:00:00.1Z",)" + members + "}\n";
}

QByteArray message(const QByteArray& members)
{
    return line(R"("message":{"role":"assistant",)" + members + R"(},"done":false)");
}

const QByteArray kDone = line(R"("message":{"role":"assistant","content":""},"done_reason":"stop","done":true,)"
                              R"("total_duration":1,"prompt_eval_count":26,"eval_count":9)");

Streamed streamed(const QByteArray& bytes, qsizetype piece = 1 << 20)
{
    Asked bench(config::ProviderKind::Ollama, "qwen3:8b");
    return stream(ollamaProvider(), bench, bytes, piece);
}

std::variant<Answer, CallError> answered(const QByteArray& body, Operation operation = Operation::Generate)
{
    Asked bench(config::ProviderKind::Ollama, "qwen3:8b");
    return ollamaProvider().readAnswer(operation, body, bench.target());
}

} // namespace

class TestOllamaProvider : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whole();
    void conversation();
    void content();
    void toolChoice();
    void think_data();
    void think();
    void format();
    void losses();
    void refusals();
    void embeddings();
    void answer();
    void callIds();
    void fullStream();
    void cutAnywhere();
    void badStreams_data();
    void badStreams();
    void errors_data();
    void errors();
};

void TestOllamaProvider::whole()
{
    UnifiedRequest request;
    request.system = {text("be"), text("brief")};
    request.messages = {user({text("weather?")})};
    request.stream = true;
    request.maxOutputTokens = 500;
    request.temperature = "0.30";
    request.topP = "0.9";
    request.topK = "40";
    request.seed = "12345678901234567890";
    request.frequencyPenalty = "-0.5";
    request.presencePenalty = "0";
    request.stop = {"END"};
    request.tools = {tool("weather", R"({"type":"object","z":1,"a":1.10})")};
    const Sent got = sent(request);
    QCOMPARE(got.path, QByteArray("/base/api/chat"));
    QCOMPARE(got.body,
        QByteArray(R"({"model":"qwen3:8b",)"
                   R"("messages":[{"role":"system","content":"be\u000abrief"},{"role":"user","content":"weather?"}],)"
                   R"("stream":true,)"
                   R"("tools":[{"type":"function","function":{"name":"weather","description":"does weather",)"
                   R"("parameters":{"type":"object","z":1,"a":1.10}}}],)"
                   R"("options":{"temperature":0.30,"top_p":0.9,"top_k":40,"seed":12345678901234567890,)"
                   R"("frequency_penalty":-0.5,"presence_penalty":0,"num_predict":500,"stop":["END"]}})"));
    QCOMPARE(got.losses, QByteArray());
    // it streams where it is not told otherwise
    QCOMPARE(rawAt(sent(hello()).body, "stream"), QByteArray("false"));
    QCOMPARE(rawAt(sent(hello(), 99).body, "options"), QByteArray(R"({"num_predict":99})"));
}

void TestOllamaProvider::conversation()
{
    UnifiedRequest request;
    request.messages = {user({text("go")}),
        assistant({thinking("hm", {}, Signer::Unknown), text("I look"), call("t1", "f", R"({"n":1.0})"),
            call("", "g", "[1]")}),
        user({result("t1", "one"), result("", "two"), text("and?")}), {Role::System, {text("short")}, {}},
        assistant({thinking("hm", "s", Signer::Anthropic), text("done")})};
    request.messages[2].parts[1].name = "g";
    request.messages[2].parts[1].isError = true;
    const Sent got = sent(request);
    QCOMPARE(rawAt(got.body, "messages"),
        QByteArray(R"([{"role":"user","content":"go"},)"
                   R"({"role":"assistant","content":"I look","thinking":"hm","tool_calls":[)"
                   R"({"id":"t1","function":{"name":"f","arguments":{"n":1.0}}},)"
                   R"({"id":"call_1","function":{"name":"g","arguments":{"input":"[1]"}}}]},)"
                   R"({"role":"tool","content":"one","tool_name":"f","tool_call_id":"t1"},)"
                   R"({"role":"tool","content":"Error:\u000atwo","tool_name":"g","tool_call_id":"call_1"},)"
                   R"({"role":"user","content":"and?"},{"role":"system","content":"short"},)"
                   R"({"role":"assistant","content":"done"}])"));
    QCOMPARE(got.losses, QByteArray("changed messages[1].content[3].arguments, changed "
                                    "messages[2].content[1].is_error, dropped messages[4].content[0]"));
}

void TestOllamaProvider::content()
{
    UnifiedRequest request = hello();
    request.messages[0].parts = {text("a"), media(Part::Kind::Image, "image/png", "QUJD"), text("b"),
        media(Part::Kind::Image, "", "REVG"), media(Part::Kind::Document, "text/markdown", "aGVsbG8=")};
    request.messages[0].parts[1].detail = "high";
    const Sent got = sent(request);
    QCOMPARE(rawAt(got.body, "messages.0"),
        QByteArray(R"({"role":"user","content":"a\u000ab\u000ahello","images":["QUJD","REVG"]})"));
    QCOMPARE(got.losses, QByteArray("changed messages[0].content[4], dropped messages[0].content[1].detail"));
}

void TestOllamaProvider::toolChoice()
{
    UnifiedRequest request = hello();
    request.tools = {tool("f"), tool("g", "")};
    using Mode = ToolChoice::Mode;
    request.toolChoice = ToolChoice{Mode::None, {}, {}};
    QCOMPARE(rawAt(sent(request).body, "tools"), QByteArray());
    QCOMPARE(sent(request).losses, QByteArray());
    request.toolChoice->mode = Mode::Required;
    QCOMPARE(sent(request).losses, QByteArray("dropped tool_choice"));
    request.toolChoice = ToolChoice{Mode::Named, "g", {}};
    QVERIFY(!sent(request).body.contains("does f"));
    QCOMPARE(sent(request).losses, QByteArray("changed tool_choice"));
    request.toolChoice = ToolChoice{Mode::Auto, {}, {"f"}};
    QVERIFY(!sent(request).body.contains("does g"));
    QCOMPARE(sent(request).losses, QByteArray("changed tool_choice"));
    request.toolChoice.reset();
    request.parallelTools = false;
    request.tools[1].strict = true;
    QCOMPARE(sent(request).losses, QByteArray("dropped parallel_tool_calls, dropped tools[1].strict"));
}

void TestOllamaProvider::think_data()
{
    QTest::addColumn<int>("effort"); // -1: not stated
    QTest::addColumn<int>("budget");
    QTest::addColumn<int>("enabled");
    QTest::addColumn<QByteArray>("think");
    QTest::addColumn<QByteArray>("losses");
    QTest::newRow("nothing") << -1 << -1 << -1 << QByteArray() << QByteArray();
    QTest::newRow("low") << int(Effort::Low) << -1 << -1 << QByteArray("\"low\"") << QByteArray();
    QTest::newRow("minimal") << int(Effort::Minimal) << -1 << -1 << QByteArray("\"low\"")
                             << QByteArray("changed reasoning_effort");
    QTest::newRow("max") << int(Effort::Max) << -1 << -1 << QByteArray("\"high\"")
                         << QByteArray("changed reasoning_effort");
    QTest::newRow("none") << int(Effort::None) << -1 << -1 << QByteArray("false") << QByteArray();
    QTest::newRow("budget") << -1 << 9000 << -1 << QByteArray("\"medium\"")
                            << QByteArray("changed thinking.budget_tokens");
    QTest::newRow("no budget") << -1 << 0 << -1 << QByteArray("false") << QByteArray();
    QTest::newRow("a budget next to nothing")
        << -1 << 3 << -1 << QByteArray("\"low\"") << QByteArray("changed thinking.budget_tokens");
    QTest::newRow("on") << -1 << -1 << 1 << QByteArray("true") << QByteArray();
    QTest::newRow("off") << -1 << -1 << 0 << QByteArray("false") << QByteArray();
}

void TestOllamaProvider::think()
{
    QFETCH(int, effort);
    QFETCH(int, budget);
    QFETCH(int, enabled);
    QFETCH(QByteArray, think);
    QFETCH(QByteArray, losses);
    UnifiedRequest request = hello();
    if (effort >= 0)
        request.reasoning.effort = Effort(effort);
    if (budget >= 0)
        request.reasoning.budgetTokens = budget;
    if (enabled >= 0)
        request.reasoning.enabled = enabled == 1;
    QCOMPARE(rawAt(sent(request).body, "think"), think);
    QCOMPARE(sent(request).losses, losses);
}

void TestOllamaProvider::format()
{
    UnifiedRequest request = hello();
    request.format.kind = OutputFormat::Kind::JsonObject;
    QCOMPARE(rawAt(sent(request).body, "format"), QByteArray("\"json\""));
    request.format.kind = OutputFormat::Kind::JsonSchema;
    QCOMPARE(rawAt(sent(request).body, "format"), QByteArray("\"json\""));
    request.format.schema = R"({"b":1.10,"a":2})";
    QCOMPARE(rawAt(sent(request).body, "format"), QByteArray(R"({"b":1.10,"a":2})"));
    QCOMPARE(sent(request).losses, QByteArray());
}

void TestOllamaProvider::losses()
{
    UnifiedRequest request = hello();
    request.serviceTier = "flex";
    request.verbosity = "low";
    request.endUser = "u";
    request.promptCacheKey = "k";
    request.reasoning.showThoughts = false;
    request.messages[0].parts[0].cacheMark = CacheLife::Default;
    request.others = {{"logit_bias", R"({"1":2})"}, {"store", "false"}};
    QCOMPARE(sent(request).losses,
        QByteArray("dropped include_thoughts, dropped service_tier, dropped verbosity, dropped user, dropped "
                   "prompt_cache_key, dropped messages[0].content[0].cache_control, dropped logit_bias"));
}

void TestOllamaProvider::refusals()
{
    const auto code = [](const UnifiedRequest& request) {
        const Sent got = sent(request);
        return got.error ? got.error->code : api::ErrorCode::None;
    };
    UnifiedRequest request = hello();
    request.choices = 3;
    QCOMPARE(code(request), api::ErrorCode::InvalidRequest);
    for (const Part& part : {fromUrl(Part::Kind::Image, "https://example.com/a.png"),
             media(Part::Kind::Document, "application/pdf", "QQ=="), media(Part::Kind::Audio, "audio/wav", "QQ==")}) {
        request = hello();
        request.messages[0].parts.push_back(part);
        QCOMPARE(code(request), api::ErrorCode::InvalidRequest);
    }
    request = hello();
    request.tools = {tool("f")};
    request.tools[0].kind = Tool::Kind::Custom;
    QCOMPARE(code(request), api::ErrorCode::InvalidRequest);
    request = hello();
    request.operation = Operation::CountTokens;
    QCOMPARE(code(request), api::ErrorCode::InvalidRequest);
}

void TestOllamaProvider::embeddings()
{
    UnifiedRequest request;
    request.operation = Operation::Embed;
    request.embed.texts = {"a", "b"};
    request.embed.dimensions = 256;
    Sent got = sent(request);
    QCOMPARE(got.path, QByteArray("/base/api/embed"));
    QCOMPARE(got.body, QByteArray(R"({"model":"qwen3:8b","input":["a","b"],"dimensions":256,"truncate":false})"));
    QCOMPARE(got.losses, QByteArray());
    request.embed.purpose = "clustering";
    request.embed.user = "u";
    QCOMPARE(sent(request).losses, QByteArray("dropped input_type, dropped user"));
    request.embed.tokenArrays = {"[1]"};
    QCOMPARE(sent(request).error->code, api::ErrorCode::InvalidRequest);

    const auto result = answered(R"({"model":"m","embeddings":[[1,2.5]],"prompt_eval_count":4})", Operation::Embed);
    QCOMPARE(std::get<Answer>(result).embeddings[0], (std::vector<float>{1.0F, 2.5F}));
    QCOMPARE(std::get<Answer>(result).facts.tokens.inUncached, 4);
    QVERIFY(std::holds_alternative<CallError>(answered(R"({"embeddings":[[null]]})", Operation::Embed)));
    QVERIFY(std::holds_alternative<CallError>(answered(R"({"error":"no such model"})", Operation::Embed)));
}

void TestOllamaProvider::answer()
{
    const auto result = answered(
        line(R"("message":{"role":"assistant","content":"Hi","thinking":"hm","tool_calls":[)"
             R"({"function":{"name":"f","arguments":{"z":1,"a":12345678901234567890}}},)"
             R"({"id":"call_x","function":{"index":1,"name":"g","arguments":{}}}]},"done":true,"done_reason":"stop",)"
             R"("prompt_eval_count":0,"eval_count":5)"));
    const Answer& answer = std::get<Answer>(result);
    const QByteArray id = answer.parts[2].callId;
    QVERIFY(id.startsWith("call_") && id.endsWith("_0"));
    QCOMPARE(describe(answer.parts),
        "thinking hm\ntext Hi\ncall " + id + " f {\"z\":1,\"a\":12345678901234567890}\ncall call_x g {}\n");
    QCOMPARE(answer.facts.stop, StopReason::ToolUse); // "stop", promoted
    QCOMPARE(answer.facts.model, QStringLiteral("qwen3:8b"));
    QCOMPARE(answer.facts.tokens.inUncached, 0);
    QCOMPARE(answer.facts.tokens.outText, 5);
    QCOMPARE(answer.facts.tokens.source, api::TokenSource::Reported);

    const auto plain = answered(R"({"message":{"content":"x"},"done":true})"); // an old server: no reason, no counts
    QCOMPARE(std::get<Answer>(plain).facts.stop, StopReason::Stop);
    QCOMPARE(std::get<Answer>(plain).facts.tokens.source, api::TokenSource::None);
    const auto cut = answered(R"({"message":{"content":"x"},"done":true,"done_reason":"length"})");
    QCOMPARE(std::get<Answer>(cut).facts.stop, StopReason::Length);
    for (const char* bad :
        {"{}", "", "[]", R"({"error":"model not found"})", R"({"message":{"content":"x"},"done":false})"})
        QVERIFY2(std::holds_alternative<CallError>(answered(bad)), bad);
}

// The same bytes give the same ids, and calls of one stream differ however they are spread over its lines.
void TestOllamaProvider::callIds()
{
    const QByteArray call = R"({"function":{"name":"f","arguments":{}}})";
    const QByteArray apart = message(R"("content":"","tool_calls":[)" + call + ']') +
                             message(R"("content":"","tool_calls":[)" + call + ']') + kDone;
    const QByteArray together = message(R"("content":"","tool_calls":[)" + call + ',' + call + ']') + kDone;
    QCOMPARE(streamed(apart).events, streamed(apart, 1).events);
    QCOMPARE(streamed(apart).events, streamed(together).events);
    QVERIFY(streamed(apart).events.contains("_0 f") && streamed(apart).events.contains("_1 f"));
    QByteArray later = apart;
    later.replace("2026-11-22T10:00:00.1Z", "2026-11-22T10:00:01.1Z");
    QVERIFY(streamed(later).events != streamed(apart).events);
}

void TestOllamaProvider::fullStream()
{
    const QByteArray bytes =
        message(R"("content":"","thinking":"h")") + message(R"("content":"","thinking":"m")") +
        message("\"content\":\"Gr\xc3\xbc\"") + "\n" + message(R"("content":"n")") +
        message(R"("content":"","tool_calls":[{"id":"t1","function":{"name":"f","arguments":{"a":1.0}}}])") +
        message(R"("content":"after")") + kDone;
    const QByteArray expected =
        "begin  qwen3:8b\n0 begin thinking\n0 + h\n0 + m\n0 end\n1 begin text\n1 + Gr\xc3\xbc\n"
        "1 + n\n1 end\n2 begin call t1 f\n2 + {\"a\":1.0}\n2 end\n3 begin text\n3 + after\n3 end\n";
    for (const qsizetype piece : {qsizetype(1), qsizetype(23), bytes.size()}) {
        const Streamed got = streamed(bytes, piece);
        QCOMPARE(got.events, expected);
        QCOMPARE(got.end, QByteArray("ended"));
        QCOMPARE(got.facts.stop, StopReason::ToolUse);
        QCOMPARE(got.facts.finishReason, QStringLiteral("stop"));
        QCOMPARE(got.facts.model, QStringLiteral("qwen3:8b"));
        QCOMPARE(got.facts.tokens.inUncached, 26);
        QCOMPARE(got.facts.tokens.outText, 9);
        QCOMPARE(got.contentEvents, 6);
    }
}

void TestOllamaProvider::cutAnywhere()
{
    const QByteArray bytes = message(R"("content":"Hi")") + kDone;
    for (qsizetype length = 1; length < bytes.size(); ++length)
        QCOMPARE(streamed(bytes.left(length)).end, QByteArray("cut"));
    QCOMPARE(streamed(bytes).end, QByteArray("ended"));
}

void TestOllamaProvider::badStreams_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("end");
    const QByteArray start = message(R"("content":"Hi")");
    QTest::newRow("an error line") << start + "{\"error\":\"an error was encountered while running the model\"}\n"
                                   << QByteArray("error provider_unavailable");
    QTest::newRow("too long") << QByteArray("{\"error\":\"the input length exceeds the context length\"}\n")
                              << QByteArray("error context_too_long");
    QTest::newRow("not JSON") << start + "data: {}\n" << QByteArray("error transform_error");
    QTest::newRow("a list") << start + "[]\n" << QByteArray("error transform_error");
    QTest::newRow("wrong types") << start + line(R"("message":7,"done":"yes")") +
                                        line(R"("message":{"content":[],"tool_calls":{"x":1}})")
                                 << QByteArray("cut");
    QTest::newRow("done without a message") << start + line(R"("done":true)") << QByteArray("ended");
}

void TestOllamaProvider::badStreams()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, end);
    QCOMPARE(streamed(bytes).end, end);
    QCOMPARE(streamed(bytes, 1).end, end);
}

void TestOllamaProvider::errors_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<bool>("retriable");
    const auto row = [](int status, const char* message, const char* code, bool retriable) {
        QTest::addRow("%d %s", status, message) << status << QByteArray(message) << QByteArray(code) << retriable;
    };
    row(404, "model 'qwen9' not found, try pulling it first", "model_retired", false);
    row(400, "registry.ollama.ai/library/llama does not support tools", "provider_bad_request", false);
    row(500, "llama does not support thinking", "provider_bad_request", false);
    row(400, "input length exceeds the context length", "context_too_long", false);
    row(503, "server busy, please try again.  maximum pending requests exceeded", "provider_overloaded", true);
    row(500, "llama runner process has terminated", "provider_unavailable", true);
    row(401, "unauthorized", "provider_auth", false);
    row(429, "slow down", "provider_throttled", true);
}

void TestOllamaProvider::errors()
{
    QFETCH(int, status);
    QFETCH(QByteArray, message);
    QFETCH(QByteArray, code);
    QFETCH(bool, retriable);
    Asked bench(config::ProviderKind::Ollama, "m");
    const CallError error =
        ollamaProvider().readError(status, head(), "{\"error\":\"" + message + "\"}", bench.target());
    QCOMPARE(QByteArray(api::facts(error.code).name), code);
    QCOMPARE(error.mayRetry(), retriable);
    QVERIFY(!ollamaProvider().readError(status, head(), {}, bench.target()).text().isEmpty());
}

QTEST_APPLESS_MAIN(TestOllamaProvider)
#include "tst_ollama_provider.moc"
