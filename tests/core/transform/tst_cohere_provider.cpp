// The provider dialect of Cohere v2: requests and what is lost, embeddings, answers, streams cut into single bytes,
// usage and errors.
#include "dialect_fixture.h"

#include "transform/providers/cohere.h"

#include <QTest>

using namespace gateway;
using namespace gateway::transform;
using namespace gateway::transform::test;

namespace {

Sent sent(const UnifiedRequest& request, std::optional<qint64> outputLimit = {})
{
    Asked bench(config::ProviderKind::Cohere, "command-a-plus-05-2026", "/base");
    bench.outputLimit = outputLimit;
    return send(cohereProvider(), bench, request);
}

QByteArray sse(const QByteArray& type, const QByteArray& members)
{
    return "event: " + type + "\ndata: {\"type\":\"" + type + "\"" + (members.isEmpty() ? "" : ',' + members) + "}\n\n";
}

const QByteArray kStart = sse("message-start", R"("id":"m1","delta":{"message":{"role":"assistant"}})");
const QByteArray kText =
    sse("content-start", R"("index":0,"delta":{"message":{"content":{"type":"text","text":""}}})") +
    sse("content-delta", "\"index\":0,\"delta\":{\"message\":{\"content\":{\"text\":\"Gr\xc3\xbcn\"}}}") +
    sse("content-end", R"("index":0)");
const QByteArray kEnd = sse("message-end",
    R"("id":"m1","delta":{"finish_reason":"COMPLETE","usage":{"billed_units":{"input_tokens":5,"output_tokens":2},)"
    R"("tokens":{"input_tokens":70,"output_tokens":4}}})");

Streamed streamed(const QByteArray& bytes, qsizetype piece = 1 << 20)
{
    Asked bench(config::ProviderKind::Cohere, "command-a");
    return stream(cohereProvider(), bench, bytes, piece);
}

std::variant<Answer, CallError> answered(const QByteArray& body, Operation operation = Operation::Generate)
{
    Asked bench(config::ProviderKind::Cohere, "command-a");
    return cohereProvider().readAnswer(operation, body, bench.target());
}

} // namespace

class TestCohereProvider : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whole();
    void conversation();
    void content();
    void toolChoice_data();
    void toolChoice();
    void numbers_data();
    void numbers();
    void reasoning_data();
    void reasoning();
    void format();
    void losses();
    void refusals();
    void embeddings();
    void answer();
    void usage_data();
    void usage();
    void fullStream();
    void cutAnywhere();
    void badStreams_data();
    void badStreams();
    void errors_data();
    void errors();
};

void TestCohereProvider::whole()
{
    UnifiedRequest request;
    request.system = {text("be brief")};
    request.messages = {user({text("weather?")})};
    request.stream = true;
    request.maxOutputTokens = 500;
    request.temperature = "0.30";
    request.topP = "0.9";
    request.topK = "40";
    request.seed = "7";
    request.frequencyPenalty = "0.5";
    request.presencePenalty = "0";
    request.stop = {"END"};
    request.tools = {tool("weather", R"({"type":"object","z":1,"a":12345678901234567890})")};
    request.tools[0].strict = true;
    const Sent got = sent(request);
    QCOMPARE(got.path, QByteArray("/base/v2/chat"));
    QCOMPARE(got.body,
        QByteArray(R"({"model":"command-a-plus-05-2026","stream":true,)"
                   R"("messages":[{"role":"system","content":"be brief"},{"role":"user","content":"weather?"}],)"
                   R"("tools":[{"type":"function","function":{"name":"weather","description":"does weather",)"
                   R"("parameters":{"type":"object","z":1,"a":12345678901234567890}}}],"strict_tools":true,)"
                   R"("max_tokens":500,"temperature":0.30,"p":0.9,"k":40,"seed":7,"frequency_penalty":0.5,)"
                   R"("presence_penalty":0,"stop_sequences":["END"]})"));
    QCOMPARE(got.losses, QByteArray());
    QCOMPARE(rawAt(sent(hello(), 99).body, "max_tokens"), QByteArray("99"));
}

void TestCohereProvider::conversation()
{
    UnifiedRequest request;
    request.messages = {user({text("go")}),
        assistant(
            {thinking("hm", {}, Signer::Unknown), text("I look"), call("t1", "f", R"({"n":1})"), call("", "g", "")}),
        user({result("t1", "one"), result("", "two"), text("and?")}), {Role::System, {text("now short")}, {}},
        assistant({thinking("hm", "s", Signer::Anthropic), text("done")}), user({text("thanks")})};
    request.messages[2].parts[1].name = "g";
    request.messages[2].parts[1].isError = true;
    const Sent got = sent(request);
    QCOMPARE(rawAt(got.body, "messages"),
        QByteArray(R"([{"role":"user","content":"go"},)"
                   R"({"role":"assistant","tool_plan":"hm\u000aI look","tool_calls":[)"
                   R"({"id":"t1","type":"function","function":{"name":"f","arguments":"{\"n\":1}"}},)"
                   R"({"id":"call_1","type":"function","function":{"name":"g","arguments":"{}"}}]},)"
                   R"({"role":"tool","tool_call_id":"t1","content":"one"},)"
                   R"({"role":"tool","tool_call_id":"call_1","content":"Error: two"},)"
                   R"({"role":"user","content":"and?"},{"role":"system","content":"now short"},)"
                   R"({"role":"assistant","content":"done"},{"role":"user","content":"thanks"}])"));
    QCOMPARE(got.losses, QByteArray("changed messages[2].content[1].is_error, dropped messages[4].content[0]"));
}

void TestCohereProvider::content()
{
    UnifiedRequest request = hello();
    Part remote = fromUrl(Part::Kind::Image, "https://example.com/a.png");
    remote.detail = "original";
    Part local = media(Part::Kind::Image, "image/png", "QUJD");
    local.detail = "low";
    request.messages[0].parts = {
        text("see"), local, remote, media(Part::Kind::Document, "text/plain", "aGVsbG8=", "a.txt")};
    const Sent got = sent(request);
    QCOMPARE(rawAt(got.body, "messages.0.content"),
        QByteArray(R"([{"type":"text","text":"see"},)"
                   R"({"type":"image_url","image_url":{"url":"data:image/png;base64,QUJD","detail":"low"}},)"
                   R"({"type":"image_url","image_url":{"url":"https://example.com/a.png","detail":"high"}},)"
                   R"({"type":"text","text":"a.txt:\u000ahello"}])"));
    QCOMPARE(got.losses, QByteArray("changed messages[0].content[2].detail, changed messages[0].content[3]"));
}

void TestCohereProvider::toolChoice_data()
{
    QTest::addColumn<int>("mode");
    QTest::addColumn<QByteArray>("choice");
    QTest::addColumn<int>("tools");
    QTest::addColumn<QByteArray>("losses");
    using Mode = ToolChoice::Mode;
    QTest::newRow("auto") << int(Mode::Auto) << QByteArray() << 2 << QByteArray();
    QTest::newRow("none") << int(Mode::None) << QByteArray("\"NONE\"") << 2 << QByteArray();
    QTest::newRow("required") << int(Mode::Required) << QByteArray("\"REQUIRED\"") << 2 << QByteArray();
    QTest::newRow("named") << int(Mode::Named) << QByteArray("\"REQUIRED\"") << 1 << QByteArray("changed tool_choice");
}

void TestCohereProvider::toolChoice()
{
    QFETCH(int, mode);
    QFETCH(QByteArray, choice);
    QFETCH(int, tools);
    QFETCH(QByteArray, losses);
    UnifiedRequest request = hello();
    request.tools = {tool("f"), tool("g", "")};
    request.toolChoice = ToolChoice{ToolChoice::Mode(mode), "g", {}};
    const Sent got = sent(request);
    QCOMPARE(rawAt(got.body, "tool_choice"), choice);
    QCOMPARE(rawAt(got.body, "tools").count("\"function\":"), tools);
    QVERIFY(rawAt(got.body, "tools")
                .contains(R"("name":"g","description":"does g","parameters":{"type":"object","properties":{}})"));
    QCOMPARE(got.losses, losses);
    request.toolChoice.reset();
    request.parallelTools = false;
    request.tools[0].strict = true;
    QCOMPARE(sent(request).losses, QByteArray("changed tools[1].strict, dropped parallel_tool_calls"));
}

void TestCohereProvider::numbers_data()
{
    QTest::addColumn<QByteArray>("field");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("sent"); // name and value
    QTest::addColumn<bool>("changed");
    QTest::newRow("p of all") << QByteArray("top_p") << QByteArray("1") << QByteArray("p 0.99") << true;
    QTest::newRow("p of nothing") << QByteArray("top_p") << QByteArray("0") << QByteArray("p 0.01") << true;
    QTest::newRow("k too wide") << QByteArray("top_k") << QByteArray("1000") << QByteArray("k 500") << true;
    QTest::newRow("OpenAI's penalty") << QByteArray("frequency_penalty") << QByteArray("1.5")
                                      << QByteArray("frequency_penalty 1") << true;
    QTest::newRow("a reward") << QByteArray("presence_penalty") << QByteArray("-0.5")
                              << QByteArray("presence_penalty 0") << true;
    QTest::newRow("a wide seed") << QByteArray("seed") << QByteArray("18446744073709551615")
                                 << QByteArray("seed 18446744073709551615") << false;
}

void TestCohereProvider::numbers()
{
    QFETCH(QByteArray, field);
    QFETCH(QByteArray, value);
    QFETCH(QByteArray, sent);
    QFETCH(bool, changed);
    UnifiedRequest request = hello();
    (field == "top_p"               ? request.topP
        : field == "top_k"          ? request.topK
        : field == "seed"           ? request.seed
        : field.startsWith("frequ") ? request.frequencyPenalty
                                    : request.presencePenalty) = value;
    const Sent got = ::sent(request);
    QCOMPARE(sent.split(' ').first() + ' ' + rawAt(got.body, sent.split(' ').first()), sent);
    QCOMPARE(got.losses, changed ? "changed " + field : QByteArray());
}

void TestCohereProvider::reasoning_data()
{
    QTest::addColumn<int>("effort"); // -1: none stated
    QTest::addColumn<int>("budget");
    QTest::addColumn<int>("enabled");
    QTest::addColumn<QByteArray>("thinking");
    QTest::addColumn<QByteArray>("losses");
    QTest::newRow("nothing") << -1 << -1 << -1 << QByteArray() << QByteArray();
    QTest::newRow("effort") << int(Effort::Low) << -1 << -1 << QByteArray(R"({"type":"enabled","token_budget":2048})")
                            << QByteArray("changed reasoning_effort");
    QTest::newRow("none") << int(Effort::None) << -1 << -1 << QByteArray(R"({"type":"disabled"})") << QByteArray();
    QTest::newRow("budget") << -1 << 300 << -1 << QByteArray(R"({"type":"enabled","token_budget":300})")
                            << QByteArray();
    QTest::newRow("no budget") << -1 << 0 << -1 << QByteArray(R"({"type":"disabled"})") << QByteArray();
    QTest::newRow("on") << -1 << -1 << 1 << QByteArray(R"({"type":"enabled"})") << QByteArray();
    QTest::newRow("off") << -1 << -1 << 0 << QByteArray(R"({"type":"disabled"})") << QByteArray();
}

void TestCohereProvider::reasoning()
{
    QFETCH(int, effort);
    QFETCH(int, budget);
    QFETCH(int, enabled);
    QFETCH(QByteArray, thinking);
    QFETCH(QByteArray, losses);
    UnifiedRequest request = hello();
    if (effort >= 0)
        request.reasoning.effort = Effort(effort);
    if (budget >= 0)
        request.reasoning.budgetTokens = budget;
    if (enabled >= 0)
        request.reasoning.enabled = enabled == 1;
    QCOMPARE(rawAt(sent(request).body, "thinking"), thinking);
    QCOMPARE(sent(request).losses, losses);
    request.reasoning.showThoughts = false;
    QVERIFY(sent(request).losses.startsWith("dropped include_thoughts"));
}

void TestCohereProvider::format()
{
    UnifiedRequest request = hello();
    request.format.kind = OutputFormat::Kind::JsonObject;
    QCOMPARE(rawAt(sent(request).body, "response_format"), QByteArray(R"({"type":"json_object"})"));
    request.format.kind = OutputFormat::Kind::JsonSchema;
    request.format.schema = R"({"b":1.10,"a":2})";
    request.format.description = "d";
    request.format.strict = false;
    QCOMPARE(rawAt(sent(request).body, "response_format"),
        QByteArray(R"({"type":"json_object","json_schema":{"b":1.10,"a":2}})"));
    QCOMPARE(sent(request).losses, QByteArray("dropped response_format.json_schema.description, changed "
                                              "response_format.json_schema.strict"));
}

void TestCohereProvider::losses()
{
    UnifiedRequest request = hello();
    request.serviceTier = "flex";
    request.verbosity = "low";
    request.endUser = "u";
    request.promptCacheKey = "k";
    request.cacheAll = CacheLife::Default;
    request.messages[0].name = "bob";
    request.messages[0].parts[0].cacheMark = CacheLife::Default;
    request.stop = {"1", "2", "3", "4", "5", "6"};
    request.others = {{"logit_bias", R"({"1":2})"}, {"metadata", "{}"}};
    const Sent got = sent(request);
    QCOMPARE(got.losses,
        QByteArray("changed stop, dropped service_tier, dropped verbosity, dropped user, dropped prompt_cache_key, "
                   "dropped cache_control, dropped messages[0].content[0].cache_control, dropped messages[0].name, "
                   "dropped logit_bias"));
    QCOMPARE(rawAt(got.body, "stop_sequences"), QByteArray(R"(["1","2","3","4","5"])"));
}

void TestCohereProvider::refusals()
{
    const auto code = [](const UnifiedRequest& request) {
        const Sent got = sent(request);
        return got.error ? got.error->code : api::ErrorCode::None;
    };
    UnifiedRequest request = hello();
    request.choices = 2;
    QCOMPARE(code(request), api::ErrorCode::InvalidRequest);
    request = hello();
    request.others = {{"logprobs", "true"}};
    QCOMPARE(code(request), api::ErrorCode::InvalidRequest);
    request = hello();
    request.messages[0].parts = {media(Part::Kind::Document, "application/pdf", "QQ==")};
    QCOMPARE(code(request), api::ErrorCode::InvalidRequest);
    request.messages[0].parts = {media(Part::Kind::Document, "text/plain", "gIA=")}; // no UTF-8
    QCOMPARE(code(request), api::ErrorCode::InvalidRequest);
    request.messages[0].parts = {media(Part::Kind::Audio, "audio/wav", "QQ==")};
    QCOMPARE(code(request), api::ErrorCode::InvalidRequest);
    request = hello();
    request.tools = {tool("f")};
    request.tools[0].kind = Tool::Kind::Hosted;
    QCOMPARE(code(request), api::ErrorCode::InvalidRequest);
    request = hello();
    request.operation = Operation::CountTokens;
    QCOMPARE(code(request), api::ErrorCode::InvalidRequest);
    QVERIFY(!cohereProvider().canCountTokens());
}

void TestCohereProvider::embeddings()
{
    UnifiedRequest request;
    request.operation = Operation::Embed;
    request.embed.texts = {"a", "b\n"};
    request.embed.dimensions = 512;
    Sent got = sent(request);
    QCOMPARE(got.path, QByteArray("/base/v2/embed"));
    QCOMPARE(got.body,
        QByteArray(R"({"model":"command-a-plus-05-2026","input_type":"search_document","embedding_types":["float"],)"
                   R"("texts":["a","b\u000a"],"output_dimension":512,"truncate":"NONE"})"));
    QCOMPARE(got.losses, QByteArray("changed input_type"));
    request.embed.purpose = "search_query";
    request.embed.title = "t";
    request.embed.user = "u";
    got = sent(request);
    QCOMPARE(rawAt(got.body, "input_type"), QByteArray("\"search_query\""));
    QCOMPARE(got.losses, QByteArray("dropped title, dropped user"));
    request.embed.texts.assign(97, "x");
    QVERIFY(sent(request).error->text().contains(QStringLiteral("96")));
    request.embed.texts.assign(96, "x");
    QVERIFY(!sent(request).error);
    request.embed.tokenArrays = {"[1,2]"};
    QCOMPARE(sent(request).error->code, api::ErrorCode::InvalidRequest);

    const auto result = answered(
        R"({"id":"e1","embeddings":{"float":[[0.5,-1e-3],[3,1e-300]]},"meta":{"billed_units":{"input_tokens":9}}})",
        Operation::Embed);
    const Answer& answer = std::get<Answer>(result);
    QCOMPARE(answer.embeddings.size(), std::size_t(2));
    QCOMPARE(answer.embeddings[0], (std::vector<float>{0.5F, -0.001F}));
    QCOMPARE(answer.embeddings[1], (std::vector<float>{3.0F, 0.0F}));
    QCOMPARE(answer.facts.tokens.inUncached, 9);
    for (const char* bad : {R"({"embeddings":{"float":[["x"]]}})", R"({"embeddings":{"float":7}})", "{}", "[",
             R"({"embeddings":{"float":[7]}})"})
        QVERIFY2(std::holds_alternative<CallError>(answered(bad, Operation::Embed)), bad);
}

void TestCohereProvider::answer()
{
    const auto result = answered(
        R"({"id":"m1","finish_reason":"COMPLETE","message":{"role":"assistant","tool_plan":"I look",)"
        R"("content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"Hi"}],"citations":[{"start":0}],)"
        R"("tool_calls":[{"id":"t1","type":"function","function":{"name":"f","arguments":"{\"z\":1.0}"}},)"
        R"({"id":"t2","type":"function","function":{"name":"g","arguments":"{}"}}]}})");
    const Answer& answer = std::get<Answer>(result);
    QCOMPARE(describe(answer.parts),
        QByteArray("thinking I look\nthinking hm\ntext Hi\ncall t1 f {\"z\":1.0}\ncall t2 g {}\n"));
    QCOMPARE(answer.facts.id, QByteArray("m1"));
    QCOMPARE(answer.facts.stop, StopReason::ToolUse);
    QCOMPARE(answer.facts.tokens.source, api::TokenSource::None);
    for (const auto& [word, reason] : {std::pair("MAX_TOKENS", StopReason::Length),
             std::pair("STOP_SEQUENCE", StopReason::StopSequence), std::pair("COMPLETE", StopReason::Stop)}) {
        const auto other = answered(QByteArray(R"({"message":{"content":"x"},"finish_reason":")") + word + "\"}");
        QCOMPARE(std::get<Answer>(other).facts.stop, reason);
        QCOMPARE(describe(std::get<Answer>(other).parts), QByteArray("text x\n"));
    }
    for (const char* bad : {R"({"message":{"content":[]},"finish_reason":"ERROR"})", "{}", "", R"({"message":"no"})",
             R"({"message":{"content":[]},"finish_reason":"TIMEOUT"})"})
        QVERIFY2(std::holds_alternative<CallError>(answered(bad)), bad);
}

void TestCohereProvider::usage_data()
{
    QTest::addColumn<QByteArray>("usage");
    QTest::addColumn<QList<qint64>>("buckets"); // uncached, read, out; empty: nothing stated
    QTest::newRow("billed counts") << QByteArray(R"({"billed_units":{"input_tokens":5,"output_tokens":2},)"
                                                 R"("tokens":{"input_tokens":70,"output_tokens":4}})")
                                   << QList<qint64>{5, 0, 2};
    QTest::newRow("only tokens") << QByteArray(R"({"tokens":{"input_tokens":70,"output_tokens":4}})")
                                 << QList<qint64>{70, 0, 4};
    QTest::newRow("cached") << QByteArray(
                                   R"({"billed_units":{"input_tokens":50,"output_tokens":2},"cached_tokens":20})")
                            << QList<qint64>{30, 20, 2};
    QTest::newRow("more cached than billed")
        << QByteArray(R"({"billed_units":{"input_tokens":5,"output_tokens":2},"cached_tokens":64})")
        << QList<qint64>{0, 5, 2};
    QTest::newRow("an explicit zero") << QByteArray(R"({"billed_units":{"input_tokens":0,"output_tokens":0},)"
                                                    R"("tokens":{"input_tokens":9,"output_tokens":9}})")
                                      << QList<qint64>{0, 0, 0};
    QTest::newRow("nothing") << QByteArray("{}") << QList<qint64>{};
    QTest::newRow("wrong types") << QByteArray(R"({"billed_units":[],"tokens":{"input_tokens":"7"}})")
                                 << QList<qint64>{};
}

void TestCohereProvider::usage()
{
    QFETCH(QByteArray, usage);
    QFETCH(QList<qint64>, buckets);
    const auto result = answered(R"({"message":{},"finish_reason":"COMPLETE","usage":)" + usage + '}');
    const api::Tokens tokens = std::get<Answer>(result).facts.tokens;
    if (buckets.isEmpty()) {
        QCOMPARE(tokens.source, api::TokenSource::None);
        return;
    }
    QCOMPARE((QList<qint64>{tokens.inUncached, tokens.inCacheRead, tokens.outText}), buckets);
    QCOMPARE(tokens.source, api::TokenSource::Reported);
}

void TestCohereProvider::fullStream()
{
    const QByteArray bytes =
        kStart + sse("tool-plan-delta", R"("delta":{"message":{"tool_plan":"I "}})") +
        sse("tool-plan-delta", R"("delta":{"message":{"tool_plan":"look"}})") +
        sse("content-start", R"("index":0,"delta":{"message":{"content":{"type":"thinking","thinking":"h"}}})") +
        sse("content-delta", R"("index":0,"delta":{"message":{"content":{"thinking":"m"}}})") +
        sse("content-end", R"("index":0)") + kText +
        sse("citation-start", R"("index":0,"delta":{"message":{"citations":{"start":0}}})") +
        sse("citation-end", R"("index":0)") + sse("debug", R"("prompt":"x")") +
        sse("tool-call-start",
            R"("index":0,"delta":{"message":{"tool_calls":{"id":"t1","type":"function","function":{"name":"f","arguments":""}}}})") +
        sse("tool-call-delta", R"("index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"{\"a\""}}}})") +
        sse("tool-call-delta", R"("index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":":1}"}}}})") +
        sse("tool-call-end", R"("index":0)") +
        sse("tool-call-start",
            R"("index":1,"delta":{"message":{"tool_calls":{"id":"t2","type":"function","function":{"name":"g","arguments":"{}"}}}})") +
        sse("tool-call-end", R"("index":1)") + kEnd + "data: [DONE]\n\n";
    const QByteArray expected = "begin m1 \n0 begin thinking\n0 + I \n0 + look\n0 end\n"
                                "1 begin thinking\n1 + h\n1 + m\n1 end\n2 begin text\n2 + Gr\xc3\xbcn\n2 end\n"
                                "3 begin call t1 f\n3 + {\"a\"\n3 + :1}\n3 end\n4 begin call t2 g\n4 + {}\n4 end\n";
    for (const qsizetype piece : {qsizetype(1), qsizetype(29), bytes.size()}) {
        const Streamed got = streamed(bytes, piece);
        QCOMPARE(got.events, expected);
        QCOMPARE(got.end, QByteArray("ended"));
        QCOMPARE(got.facts.stop, StopReason::ToolUse); // "COMPLETE", promoted
        QCOMPARE(got.facts.tokens.inUncached, 5);
        QCOMPARE(got.facts.id, QByteArray("m1"));
    }
}

void TestCohereProvider::cutAnywhere()
{
    const QByteArray bytes = kStart + kText + kEnd;
    for (qsizetype length = 1; length < bytes.size(); ++length)
        QCOMPARE(streamed(bytes.left(length)).end, QByteArray("cut"));
    QCOMPARE(streamed(bytes).end, QByteArray("ended"));
    QCOMPARE(streamed(kStart + kText + "data: [DONE]\n\n").end, QByteArray("cut"));
}

void TestCohereProvider::badStreams_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("end");
    QTest::newRow("not JSON") << kStart + "data: {\n\n" << QByteArray("error transform_error");
    QTest::newRow("an error at the end") << kStart + kText +
                                                sse("message-end",
                                                    R"("delta":{"error":"broke","finish_reason":"ERROR"})")
                                         << QByteArray("error provider_unavailable");
    QTest::newRow("timeout") << kStart + sse("message-end", R"("delta":{"finish_reason":"TIMEOUT"})")
                             << QByteArray("error provider_unavailable");
    QTest::newRow("an error body") << kStart + "data: {\"id\":\"x\",\"message\":\"broke\"}\n\n"
                                   << QByteArray("error provider_unavailable");
    QTest::newRow("arguments without a call")
        << kStart +
               sse("tool-call-delta", R"("index":3,"delta":{"message":{"tool_calls":{"function":{"arguments":"{"}}}})")
        << QByteArray("error transform_error");
    QTest::newRow("wrong types") << kStart + sse("content-delta", R"("index":"x","delta":[])") +
                                        sse("tool-plan-delta", R"("delta":7)") + sse("message-end", R"("delta":0)")
                                 << QByteArray("cut");
    QTest::newRow("an end without a reason")
        << kStart + kText + sse("message-end", R"("delta":{})") << QByteArray("cut");
}

void TestCohereProvider::badStreams()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, end);
    QCOMPARE(streamed(bytes).end, end);
    QCOMPARE(streamed(bytes, 1).end, end);
}

void TestCohereProvider::errors_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<bool>("retriable");
    const auto row = [](int status, const char* message, const char* code, bool retriable) {
        QTest::addRow("%d %s", status, message)
            << status << R"({"id":"x","message":")" + QByteArray(message) + "\"}" << QByteArray(code) << retriable;
    };
    row(400, "invalid request: bad field", "provider_bad_request", false);
    row(400, "too many tokens: the total number of tokens exceeds", "context_too_long", false);
    row(401, "invalid api token", "provider_auth", false);
    row(402, "please add a payment method", "provider_auth", false);
    row(404, "model 'command-x' not found", "model_retired", false);
    row(422, "unprocessable", "provider_bad_request", false);
    row(429, "rate limit exceeded", "provider_throttled", true);
    row(429, "You are using a Trial key, which is limited to 1000 API calls / month.", "provider_throttled", false);
    row(498, "deny-listed token", "content_refused", false);
    row(499, "request cancelled", "provider_unavailable", true);
    row(500, "internal server error", "provider_unavailable", true);
    row(503, "unavailable", "provider_overloaded", true);
    row(504, "timeout", "provider_unavailable", true);
}

void TestCohereProvider::errors()
{
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, code);
    QFETCH(bool, retriable);
    Asked bench(config::ProviderKind::Cohere, "m");
    const CallError error = cohereProvider().readError(status, head(), body, bench.target());
    QCOMPARE(QByteArray(api::facts(error.code).name), code);
    QCOMPARE(error.mayRetry(), retriable);
    const CallError blank = cohereProvider().readError(status, head(), "<html>", bench.target());
    QVERIFY(!blank.text().isEmpty());
    const CallError leaking =
        cohereProvider().readError(400, head(), R"({"message":"sk-secret-provider-key is bad"})", bench.target());
    QVERIFY(!leaking.text().contains(QStringLiteral("provider-key")));
}

QTEST_APPLESS_MAIN(TestCohereProvider)
#include "tst_cohere_provider.moc"
