// What Bedrock is sent: paths, turns, tools, media, thinking, caches and limits of Converse, and what is said to be
// lost.
#include "dialect_fixture.h"

#include "transform/providers/bedrock.h"

#include <QTest>

using namespace gateway;
using namespace gateway::transform;
using namespace gateway::transform::test;

namespace {

constexpr char kHaiku[] = "anthropic.claude-haiku-4-5-20251001-v1:0"; // thinks by budget
constexpr char kOpus[] = "us.anthropic.claude-opus-5-5-v1:0";         // adaptive, no sampling
constexpr char kLlama[] = "us.meta.llama4-maverick-17b-instruct-v1:0";

Sent sent(const UnifiedRequest& request, const char* model = kHaiku, std::optional<qint64> outputLimit = {})
{
    Asked bench(config::ProviderKind::Bedrock, model);
    bench.outputLimit = outputLimit;
    return send(bedrockProvider(), bench, request);
}

} // namespace

class TestBedrockRequest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void paths_data();
    void paths();
    void whole();
    void outputLimit();
    void turns();
    void resultsFirst();
    void blankTexts();
    void media_data();
    void media();
    void documents();
    void toolConfigForHistory();
    void toolChoice_data();
    void toolChoice();
    void oddTools();
    void thinkingBack();
    void reasoning_data();
    void reasoning();
    void sampling();
    void cachePoints();
    void tierAndMetadata();
    void structuredOutput();
    void losses();
    void refusals_data();
    void refusals();
    void countTokens();
};

void TestBedrockRequest::paths_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("path");
    QTest::newRow("colon") << QByteArray("amazon.nova-2-lite-v1:0") << QByteArray("/model/amazon.nova-2-lite-v1%3A0");
    QTest::newRow("profile") << QByteArray("us.anthropic.claude-opus-5-v1:0")
                             << QByteArray("/model/us.anthropic.claude-opus-5-v1%3A0");
    QTest::newRow("arn")
        << QByteArray("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.x.y-v1:0")
        << QByteArray("/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fus.x.y-v1%3A0");
    QTest::newRow("hostile") << QByteArray("a/../b?c#d e%") << QByteArray("/model/a%2F..%2Fb%3Fc%23d%20e%25");
}

void TestBedrockRequest::paths()
{
    QFETCH(QByteArray, model);
    QFETCH(QByteArray, path);
    Asked bench(config::ProviderKind::Bedrock, model, "/prefix");
    UnifiedRequest request = hello();
    QCOMPARE(send(bedrockProvider(), bench, request).path, "/prefix" + path + "/converse");
    request.stream = true;
    QCOMPARE(send(bedrockProvider(), bench, request).path, "/prefix" + path + "/converse-stream");
    request.operation = Operation::CountTokens;
    QCOMPARE(send(bedrockProvider(), bench, request).path, "/prefix" + path + "/count-tokens");
}

void TestBedrockRequest::whole()
{
    UnifiedRequest request;
    request.system = {text("be brief")};
    request.messages = {user({text("weather?")})};
    request.maxOutputTokens = 500;
    request.temperature = "0.70";
    request.topP = "0.9";
    request.topK = "40";
    request.stop = {"END", "\n\n"};
    request.tools = {tool("weather", R"({"type":"object","z":1,"a":12345678901234567890})")};
    request.tools[0].strict = true;
    request.toolChoice = ToolChoice{ToolChoice::Mode::Auto, {}, {}};
    const Sent got = sent(request);
    QCOMPARE(got.body,
        QByteArray(R"({"messages":[{"role":"user","content":[{"text":"weather?"}]}],)"
                   R"("system":[{"text":"be brief"}],)"
                   R"("toolConfig":{"tools":[{"toolSpec":{"name":"weather","description":"does weather",)"
                   R"("inputSchema":{"json":{"type":"object","z":1,"a":12345678901234567890}},"strict":true}}],)"
                   R"("toolChoice":{"auto":{}}},)"
                   R"("inferenceConfig":{"maxTokens":500,"temperature":0.70,"topP":0.9,)"
                   R"("stopSequences":["END","\u000a\u000a"]},)"
                   R"("additionalModelRequestFields":{"top_k":40}})"));
    QCOMPARE(got.losses, QByteArray());
}

void TestBedrockRequest::outputLimit()
{
    QCOMPARE(rawAt(sent(hello(), kHaiku, 777).body, "inferenceConfig.maxTokens"), QByteArray("777"));
    UnifiedRequest request = hello();
    request.maxOutputTokens = 10;
    QCOMPARE(rawAt(sent(request, kHaiku, 777).body, "inferenceConfig.maxTokens"), QByteArray("10"));
    QCOMPARE(rawAt(sent(hello()).body, "inferenceConfig"), QByteArray());
}

void TestBedrockRequest::turns()
{
    UnifiedRequest request;
    request.messages = {user({text("a")}), user({text("b")}), assistant({text("c")}), assistant({text("d")}),
        {Role::System, {text("e")}, {}}, user({text("f")})};
    const Sent got = sent(request);
    QCOMPARE(rawAt(got.body, "messages"), QByteArray(R"([{"role":"user","content":[{"text":"a"},{"text":"b"}]},)"
                                                     R"({"role":"assistant","content":[{"text":"c"},{"text":"d"}]},)"
                                                     R"({"role":"user","content":[{"text":"e"},{"text":"f"}]}])"));
    QCOMPARE(got.losses, QByteArray("changed messages[4].role"));
}

// wire.md 9.19: all results of a parallel call in one user turn, and before everything else in it.
void TestBedrockRequest::resultsFirst()
{
    UnifiedRequest request;
    request.tools = {tool("f")};
    request.messages = {user({text("go")}),
        assistant({text("ok"), call("t1", "f", R"({"n":1})"), call("t2", "f", R"({"n":2})")}), user({text("early")}),
        user({result("t1", "one")}), user({result("t2", ""), text("late")})};
    request.messages[4].parts[0].isError = true;
    QCOMPARE(rawAt(sent(request).body, "messages.2"),
        QByteArray(R"({"role":"user","content":[{"toolResult":{"toolUseId":"t1","content":[{"text":"one"}]}},)"
                   R"({"toolResult":{"toolUseId":"t2","content":[{"text":""}],"status":"error"}},)"
                   R"({"text":"early"},{"text":"late"}]})"));
    QCOMPARE(rawAt(sent(request).body, "messages.1.content"),
        QByteArray(R"([{"text":"ok"},{"toolUse":{"toolUseId":"t1","name":"f","input":{"n":1}}},)"
                   R"({"toolUse":{"toolUseId":"t2","name":"f","input":{"n":2}}}])"));
    QCOMPARE(sent(request).losses, QByteArray());
    QCOMPARE(sent(request, kLlama).losses, QByteArray("dropped messages[4].content[0].is_error"));
}

void TestBedrockRequest::blankTexts()
{
    UnifiedRequest request;
    request.system = {text("")};
    request.messages = {user({text("a"), text("")}), assistant({text("")}), user({text(" \n"), text("b")})};
    const Sent got = sent(request);
    QCOMPARE(got.body, QByteArray(R"({"messages":[{"role":"user","content":[{"text":"a"},{"text":"b"}]}]})"));
    QCOMPARE(got.losses, QByteArray("changed messages[2].content[0]"));
}

void TestBedrockRequest::media_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("data");
    QTest::addColumn<QByteArray>("block"); // empty: refused
    const int image = int(Part::Kind::Image);
    const int audio = int(Part::Kind::Audio);
    QTest::newRow("png") << image << QByteArray("image/png") << QByteArray("QUJD")
                         << QByteArray(R"({"image":{"format":"png","source":{"bytes":"QUJD"}}})");
    QTest::newRow("jpg") << image << QByteArray("image/jpg") << QByteArray("QUJD")
                         << QByteArray(R"({"image":{"format":"jpeg","source":{"bytes":"QUJD"}}})");
    QTest::newRow("by its bytes") << image << QByteArray() << QByteArray("R0lGODlh")
                                  << QByteArray(R"({"image":{"format":"gif","source":{"bytes":"R0lGODlh"}}})");
    QTest::newRow("tiff") << image << QByteArray("image/tiff") << QByteArray("QUJD") << QByteArray();
    QTest::newRow("unknown bytes") << image << QByteArray() << QByteArray("QUJD") << QByteArray();
    QTest::newRow("no bytes") << image << QByteArray("image/png") << QByteArray() << QByteArray();
    QTest::newRow("wav") << audio << QByteArray("audio/wav") << QByteArray("QUJD")
                         << QByteArray(R"({"audio":{"format":"wav","source":{"bytes":"QUJD"}}})");
    QTest::newRow("midi") << audio << QByteArray("audio/midi") << QByteArray("QUJD") << QByteArray();
}

void TestBedrockRequest::media()
{
    QFETCH(int, kind);
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, data);
    QFETCH(QByteArray, block);
    UnifiedRequest request = hello();
    request.messages[0].parts.push_back(test::media(Part::Kind(kind), type, data));
    const Sent got = sent(request);
    QCOMPARE(got.error.has_value(), block.isEmpty());
    if (got.error) {
        QCOMPARE(got.error->code, api::ErrorCode::InvalidRequest);
        QCOMPARE(got.error->parameter, QStringLiteral("messages[0].content[1]"));
    } else {
        QCOMPARE(rawAt(got.body, "messages.0.content.1"), block);
    }
}

void TestBedrockRequest::documents()
{
    UnifiedRequest request;
    const auto kind = Part::Kind::Document;
    request.messages = {user({test::media(kind, "application/pdf", "QQ==", "Bericht 2026.pdf"),
        test::media(kind, "text/csv", "QQ==", "../a__b?.csv"), test::media(kind, "text/plain; charset=utf-8", "QQ=="),
        test::media(kind, {}, "QQ==", "notes.md"), test::media(kind, "application/pdf", "Qg==", "Bericht 2026.pdf"),
        fromUrl(kind, "s3://bucket/key.pdf")})};
    const Sent got = sent(request);
    // outside the macro: moc reads neither "//" nor "\\" in a raw string there
    const QByteArray blocks =
        QByteArray(R"([{"document":{"format":"pdf","name":"Bericht 2026","source":{"bytes":"QQ=="}}},)"
                   R"({"document":{"format":"csv","name":"-a-b-","source":{"bytes":"QQ=="}}},)"
                   R"({"document":{"format":"txt","name":"document","source":{"bytes":"QQ=="}}},)"
                   R"({"document":{"format":"md","name":"notes","source":{"bytes":"QQ=="}}},)"
                   R"({"document":{"format":"pdf","name":"Bericht 2026 2","source":{"bytes":"Qg=="}}},)"
                   R"({"document":{"format":"pdf","name":"document 2",)"
                   R"("source":{"s3Location":{"uri":"s3://bucket/key.pdf"}}}},{"text":"."}])");
    QCOMPARE(rawAt(got.body, "messages.0.content"), blocks);
    QCOMPARE(got.losses, QByteArray("changed messages[0].content[1].filename, changed messages"));
    request.messages[0].parts = {fromUrl(kind, "https://example.com/a.pdf"), text("x")};
    QCOMPARE(sent(request).error->code, api::ErrorCode::InvalidRequest);
    request.messages[0].parts = {test::media(kind, "application/zip", "QQ==")};
    QCOMPARE(sent(request).error->code, api::ErrorCode::InvalidRequest);
}

void TestBedrockRequest::toolConfigForHistory()
{
    UnifiedRequest request;
    request.messages = {user({text("go")}), assistant({call("t1", "f", "{}"), call("t2", "g", "")}),
        user({result("t1", "1"), result("t2", "2")})};
    const Sent claude = sent(request);
    QCOMPARE(rawAt(claude.body, "toolConfig"),
        QByteArray(R"({"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{"type":"object"}}}},)"
                   R"({"toolSpec":{"name":"g","inputSchema":{"json":{"type":"object"}}}}]})"));
    QCOMPARE(rawAt(claude.body, "additionalModelRequestFields"), QByteArray(R"({"tool_choice":{"type":"none"}})"));
    QCOMPARE(claude.losses, QByteArray("changed tools"));
    QCOMPARE(sent(request, kLlama).losses, QByteArray("changed tools, dropped tool_choice"));
    // results whose calls nobody knows
    request.messages = {user({result("t1", "1")})};
    QCOMPARE(sent(request).error->code, api::ErrorCode::InvalidRequest);
}

void TestBedrockRequest::toolChoice_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<int>("mode");
    QTest::addColumn<int>("parallel"); // -1: not stated
    QTest::addColumn<QByteArray>("choice");
    QTest::addColumn<QByteArray>("additional");
    QTest::addColumn<QByteArray>("losses");
    using Mode = ToolChoice::Mode;
    const QByteArray claude = kHaiku;
    const QByteArray llama = kLlama;
    QTest::newRow("auto") << claude << int(Mode::Auto) << -1 << QByteArray(R"({"auto":{}})") << QByteArray()
                          << QByteArray();
    QTest::newRow("required") << claude << int(Mode::Required) << -1 << QByteArray(R"({"any":{}})") << QByteArray()
                              << QByteArray();
    QTest::newRow("named") << llama << int(Mode::Named) << -1 << QByteArray(R"({"tool":{"name":"f"}})") << QByteArray()
                           << QByteArray();
    QTest::newRow("none") << claude << int(Mode::None) << -1 << QByteArray()
                          << QByteArray(R"({"tool_choice":{"type":"none"}})") << QByteArray();
    QTest::newRow("one at a time")
        << claude << int(Mode::Named) << 0 << QByteArray()
        << QByteArray(R"({"tool_choice":{"type":"tool","name":"f","disable_parallel_tool_use":true}})") << QByteArray();
    QTest::newRow("many at a time") << claude << int(Mode::Auto) << 1 << QByteArray(R"({"auto":{}})") << QByteArray()
                                    << QByteArray();
    QTest::newRow("one at a time, not Claude") << llama << int(Mode::Auto) << 0 << QByteArray(R"({"auto":{}})")
                                               << QByteArray() << QByteArray("dropped parallel_tool_calls");
}

void TestBedrockRequest::toolChoice()
{
    QFETCH(QByteArray, model);
    QFETCH(int, mode);
    QFETCH(int, parallel);
    QFETCH(QByteArray, choice);
    QFETCH(QByteArray, additional);
    QFETCH(QByteArray, losses);
    UnifiedRequest request = hello();
    request.tools = {tool("f"), tool("g")};
    request.toolChoice = ToolChoice{ToolChoice::Mode(mode), "f", {}};
    if (parallel >= 0)
        request.parallelTools = parallel == 1;
    const Sent got = sent(request, model.constData());
    QCOMPARE(rawAt(got.body, "toolConfig.toolChoice"), choice);
    QCOMPARE(rawAt(got.body, "additionalModelRequestFields"), additional);
    QCOMPARE(got.losses, losses);
    // nobody may call and nobody has: a model without the word for it is not told of tools at all
    request.toolChoice->mode = ToolChoice::Mode::None;
    QCOMPARE(rawAt(sent(request, kLlama).body, "toolConfig"), QByteArray());
    // allowed_tools
    request.toolChoice = ToolChoice{ToolChoice::Mode::Required, {}, {"g"}};
    QCOMPARE(rawAt(sent(request).body, "toolConfig.tools.0.toolSpec.name"), QByteArray("\"g\""));
    QVERIFY(sent(request).losses.contains("changed tool_choice"));
}

// Ids and arguments of other dialects: none at all (Gemini), characters that Bedrock refuses, broken JSON, free text.
void TestBedrockRequest::oddTools()
{
    UnifiedRequest request;
    request.tools = {tool("f"), tool("g")};
    request.messages = {assistant({call("", "f", "{}"), call("", "g", "{}"), call("a b", "f", "not json")}),
        user({result("", ""), result("", ""), result("a b", "")})};
    request.messages[1].parts[0].name = "g";
    request.messages[1].parts[1].name = "f";
    const Sent got = sent(request);
    QCOMPARE(rawAt(got.body, "messages.0.content.0.toolUse.toolUseId"), QByteArray("\"call_1\""));
    QCOMPARE(rawAt(got.body, "messages.1.content.0.toolResult.toolUseId"), QByteArray("\"call_2\""));
    QCOMPARE(rawAt(got.body, "messages.1.content.1.toolResult.toolUseId"), QByteArray("\"call_1\""));
    const QByteArray made = rawAt(got.body, "messages.0.content.2.toolUse.toolUseId");
    QVERIFY(made.startsWith("\"call_") && made.size() == 39);
    QCOMPARE(rawAt(got.body, "messages.1.content.2.toolResult.toolUseId"), made);
    QCOMPARE(rawAt(got.body, "messages.0.content.2.toolUse.input"), QByteArray(R"({"input":"not json"})"));
    QCOMPARE(got.losses, QByteArray("changed messages[0].content[2].arguments"));

    request.tools[0].name = "has.dots";
    QCOMPARE(sent(request).error->parameter, QStringLiteral("tools[0].name"));
    request.tools = {tool("f")};
    request.tools[0].kind = Tool::Kind::Custom;
    QCOMPARE(sent(request).error->code, api::ErrorCode::InvalidRequest);
    request.tools[0].kind = Tool::Kind::Hosted;
    QCOMPARE(sent(request).error->parameter, QStringLiteral("tools[0]"));
}

// wire.md 9.10: byte for byte, in its place, to its signer only.
void TestBedrockRequest::thinkingBack()
{
    UnifiedRequest request;
    Part redacted = thinking({}, "b3BhcXVl", Signer::Bedrock);
    redacted.redacted = true;
    request.messages = {user({text("q")}),
        assistant({thinking("hm\n", "c2ln+/=", Signer::Bedrock), redacted, text("a")}), user({text("q2")})};
    QCOMPARE(rawAt(sent(request).body, "messages.1.content"),
        QByteArray(R"([{"reasoningContent":{"reasoningText":{"text":"hm\u000a","signature":"c2ln+/="}}},)"
                   R"({"reasoningContent":{"redactedContent":"b3BhcXVl"}},{"text":"a"}])"));
    QCOMPARE(sent(request).losses, QByteArray());

    request.messages[1].parts = {thinking("hm", "s", Signer::Anthropic), thinking("hm", "s", Signer::Google),
        thinking("hm", "", Signer::Unknown), text("a")};
    QCOMPARE(sent(request).losses, QByteArray("dropped messages[1].content[1], dropped messages[1].content[2]"));
    QVERIFY(sent(request, kLlama).losses.startsWith("dropped messages[1].content[0]"));
    // a turn of nothing else is no turn
    request.messages[1].parts = {thinking("hm", "s", Signer::OpenAi)};
    QCOMPARE(rawAt(sent(request).body, "messages.1"), QByteArray());
}

void TestBedrockRequest::reasoning_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("ask"); // effort, or a budget, or on/off; "+forced", "+hide", "+show"
    QTest::addColumn<QByteArray>("additional");
    QTest::addColumn<QByteArray>("effort");
    QTest::addColumn<QByteArray>("losses");
    const auto row = [](const char* name, const char* model, const char* ask, const char* additional,
                         const char* effort, const char* losses) {
        QTest::newRow(name) << QByteArray(model) << QByteArray(ask) << QByteArray(additional) << QByteArray(effort)
                            << QByteArray(losses);
    };
    const char* nova = "us.amazon.nova-2-lite-v1:0";
    const char* gpt = "openai.gpt-oss-120b-1:0";
    const char* profile = "arn:aws:bedrock:eu-west-1:1:application-inference-profile/abc";
    const char* fable = "global.anthropic.claude-fable-5-1-v1:0";
    row("claude, effort", kOpus, "high", R"({"thinking":{"type":"adaptive"}})", "\"high\"", "");
    row("claude, nearest effort", kOpus, "minimal", R"({"thinking":{"type":"adaptive"}})", "\"low\"",
        "changed reasoning_effort");
    row("claude, budget", kOpus, "8000", R"({"thinking":{"type":"adaptive"}})", "\"medium\"",
        "changed thinking.budget_tokens");
    row("claude, on", kOpus, "on", R"({"thinking":{"type":"adaptive"}})", "", "");
    row("claude, shown", kOpus, "on+show", R"({"thinking":{"type":"adaptive","display":"summarized"}})", "", "");
    row("claude, hidden", kOpus, "max+hide", R"({"thinking":{"type":"adaptive","display":"omitted"}})", "\"max\"", "");
    row("claude, off", kOpus, "none", R"({"thinking":{"type":"disabled"}})", "", "");
    row("claude that cannot be off", fable, "none", "", "", "dropped reasoning_effort");
    row("claude, forced", kOpus, "xhigh+forced", "", "\"high\"", "dropped thinking.type, changed reasoning_effort");
    row("older claude, effort", kHaiku, "low", R"({"thinking":{"type":"enabled","budget_tokens":2048}})", "",
        "changed reasoning_effort");
    row("older claude, budget", kHaiku, "2500", R"({"thinking":{"type":"enabled","budget_tokens":2500}})", "", "");
    row("older claude, budget over the limit", kHaiku, "9000",
        R"({"thinking":{"type":"enabled","budget_tokens":2976}})", "", "changed thinking.budget_tokens");
    row("older claude, off", kHaiku, "none", "", "", "");
    row("older claude, forced", kHaiku, "low+forced", "", "", "dropped reasoning_effort");
    row("oldest claude", "anthropic.claude-3-5-sonnet-20241022-v2:0", "low", "", "", "dropped reasoning_effort");
    row("nova", nova, "max", R"({"reasoningConfig":{"type":"enabled","maxReasoningEffort":"high"}})", "",
        "changed reasoning_effort");
    row("nova, off", nova, "off", R"({"reasoningConfig":{"type":"disabled"}})", "", "");
    row("gpt-oss", gpt, "medium", R"({"reasoning_effort":"medium"})", "", "");
    row("gpt-oss, off", gpt, "none", "", "", "dropped reasoning_effort");
    row("a profile", profile, "high", "", "\"high\"", "");
    row("llama", kLlama, "high", "", "", "dropped reasoning_effort");
}

void TestBedrockRequest::reasoning()
{
    QFETCH(QByteArray, model);
    QFETCH(QByteArray, ask);
    QFETCH(QByteArray, additional);
    QFETCH(QByteArray, effort);
    QFETCH(QByteArray, losses);
    UnifiedRequest request = hello();
    request.maxOutputTokens = 4000;
    if (ask.contains("+forced")) {
        request.tools = {tool("f")};
        request.toolChoice = ToolChoice{ToolChoice::Mode::Required, {}, {}};
    }
    if (ask.contains("+show") || ask.contains("+hide"))
        request.reasoning.showThoughts = ask.contains("+show");
    const QByteArray word = ask.split('+').first();
    const QList<QByteArray> steps{"none", "minimal", "low", "medium", "high", "xhigh", "max"};
    if (word == "on" || word == "off")
        request.reasoning.enabled = word == "on";
    else if (word.toInt() > 0)
        request.reasoning.budgetTokens = word.toInt();
    else
        request.reasoning.effort = Effort(steps.indexOf(word));
    const Sent got = sent(request, model.constData());
    QCOMPARE(rawAt(got.body, "additionalModelRequestFields"), additional);
    QCOMPARE(rawAt(got.body, "outputConfig.effort"), effort);
    QCOMPARE(got.losses, losses);
}

void TestBedrockRequest::sampling()
{
    UnifiedRequest request = hello();
    request.temperature = "1.5";
    request.topP = "0.5";
    request.topK = "7";
    QCOMPARE(rawAt(sent(request).body, "inferenceConfig"), QByteArray(R"({"temperature":1,"topP":0.5})"));
    QCOMPARE(sent(request).losses, QByteArray("changed temperature"));
    QCOMPARE(rawAt(sent(request, kOpus).body, "inferenceConfig"), QByteArray());
    QCOMPARE(sent(request, kOpus).losses, QByteArray("dropped top_k, dropped temperature, dropped top_p"));
    QCOMPARE(rawAt(sent(request, "amazon.nova-2-lite-v1:0").body, "additionalModelRequestFields"),
        QByteArray(R"({"inferenceConfig":{"topK":7}})"));
    QCOMPARE(sent(request, kLlama).losses, QByteArray("dropped top_k, changed temperature"));
    request.reasoning.budgetTokens = 2000; // an older Claude that thinks takes none of them
    QCOMPARE(sent(request).losses, QByteArray("dropped top_k, dropped temperature, dropped top_p"));
    // and does not think where the history lacks the thinking before its last call
    request = hello();
    request.tools = {tool("f")};
    request.messages = {user({text("q")}), assistant({call("t", "f", "{}")}), user({result("t", "1")})};
    request.reasoning.effort = Effort::Low;
    QCOMPARE(rawAt(sent(request).body, "additionalModelRequestFields"), QByteArray());
    QCOMPARE(sent(request).losses, QByteArray("dropped reasoning_effort"));
    request.messages[1].parts.insert(request.messages[1].parts.begin(), thinking("t", "s", Signer::Bedrock));
    QVERIFY(rawAt(sent(request).body, "additionalModelRequestFields.thinking").contains("2048"));
}

void TestBedrockRequest::cachePoints()
{
    UnifiedRequest request = hello();
    request.system = {text("s")};
    request.system[0].cacheMark = CacheLife::Hour1;
    request.tools = {tool("f")};
    request.tools[0].cacheMark = CacheLife::Default;
    request.messages[0].parts[0].cacheMark = CacheLife::Minutes5;
    request.cacheAll = CacheLife::Minutes30;
    const Sent got = sent(request);
    QCOMPARE(rawAt(got.body, "system"), QByteArray(R"([{"text":"s"},{"cachePoint":{"type":"default","ttl":"1h"}}])"));
    QCOMPARE(rawAt(got.body, "toolConfig.tools.1"), QByteArray(R"({"cachePoint":{"type":"default"}})"));
    QCOMPARE(rawAt(got.body, "messages.0.content"),
        QByteArray(
            R"([{"text":"hi"},{"cachePoint":{"type":"default"}},{"cachePoint":{"type":"default","ttl":"1h"}}])"));
    QCOMPARE(got.losses, QByteArray("changed cache_control"));
    QVERIFY(!sent(request, kLlama).body.contains("cachePoint"));
    QCOMPARE(sent(request, kLlama).losses, QByteArray("dropped system[0].cache_control, dropped "
                                                      "messages[0].content[0].cache_control, dropped cache_control, "
                                                      "dropped tools[0].cache_control"));
    // four and no more
    request = hello();
    request.messages[0].parts.assign(5, text("x"));
    for (Part& part : request.messages[0].parts)
        part.cacheMark = CacheLife::Default;
    QCOMPARE(sent(request).body.count("cachePoint"), 4);
    QCOMPARE(sent(request).losses, QByteArray("dropped messages[0].content[4].cache_control"));
}

void TestBedrockRequest::tierAndMetadata()
{
    UnifiedRequest request = hello();
    for (const char* usual : {"auto", "default", "standard_only"}) {
        request.serviceTier = usual;
        QCOMPARE(sent(request).losses, QByteArray());
        QCOMPARE(rawAt(sent(request).body, "serviceTier"), QByteArray());
    }
    request.serviceTier = "flex";
    QCOMPARE(rawAt(sent(request).body, "serviceTier"), QByteArray(R"({"type":"flex"})"));
    request.serviceTier = "fast";
    QCOMPARE(rawAt(sent(request).body, "serviceTier"), QByteArray(R"({"type":"priority"})"));
    QCOMPARE(sent(request).losses, QByteArray("changed service_tier"));
    request.serviceTier = "scale";
    QCOMPARE(sent(request).losses, QByteArray("dropped service_tier"));

    request = hello();
    request.endUser = "u-1";
    request.others = {{"metadata", R"({"team":"a","cost":"x y"})"}};
    QCOMPARE(rawAt(sent(request).body, "requestMetadata"), QByteArray(R"({"user":"u-1","team":"a","cost":"x y"})"));
    QCOMPARE(sent(request).losses, QByteArray());
    request.endUser = "u\"1";
    request.others = {{"metadata", R"({"team":7})"}};
    QCOMPARE(rawAt(sent(request).body, "requestMetadata"), QByteArray());
    QCOMPARE(sent(request).losses, QByteArray("dropped user, dropped metadata"));
}

void TestBedrockRequest::structuredOutput()
{
    UnifiedRequest request = hello();
    request.format.kind = OutputFormat::Kind::JsonSchema;
    request.format.name = "answer";
    request.format.description = "d";
    request.format.schema = R"({"type":"object","b":1.10,"a":"\n"})";
    const QByteArray config = QByteArray(
        R"({"textFormat":{"type":"json_schema","structure":{"jsonSchema":)"
        R"({"schema":"{\"type\":\"object\",\"b\":1.10,\"a\":\"\\n\"}","name":"answer","description":"d"}}}})");
    QCOMPARE(rawAt(sent(request).body, "outputConfig"), config);
    QCOMPARE(sent(request).losses, QByteArray());
    request.format.strict = false;
    QCOMPARE(sent(request).losses, QByteArray("changed response_format.json_schema.strict"));
    request.format = {};
    request.format.kind = OutputFormat::Kind::JsonObject;
    QCOMPARE(sent(request).losses, QByteArray("dropped response_format"));
}

void TestBedrockRequest::losses()
{
    UnifiedRequest request = hello();
    request.seed = "7";
    request.frequencyPenalty = "0.1";
    request.presencePenalty = "0.1";
    request.verbosity = "low";
    request.promptCacheKey = "k";
    request.messages[0].name = "bob";
    request.messages[0].parts[0].signature = "x";
    request.others = {
        {"logit_bias", R"({"1":2})"}, {"store", "false"}, {"user_profile_id", "\"p\""}, {"audio", "null"}};
    QCOMPARE(sent(request).losses,
        QByteArray("dropped frequency_penalty, dropped presence_penalty, dropped seed, dropped verbosity, dropped "
                   "prompt_cache_key, dropped messages[0].name, dropped messages[0].content[0].signature, dropped "
                   "logit_bias, dropped user_profile_id"));
}

void TestBedrockRequest::refusals_data()
{
    QTest::addColumn<QByteArray>("field");
    QTest::addColumn<QByteArray>("value");
    for (const auto& [field, value] : {std::pair("logprobs", "true"), std::pair("top_logprobs", "3"),
             std::pair("audio", R"({"voice":"x"})"), std::pair("modalities", R"(["text","audio"])"),
             std::pair("generationConfig.responseLogprobs", "true"), std::pair("previous_response_id", "\"r\""),
             std::pair("background", "true"), std::pair("cachedContent", "\"c\"")})
        QTest::newRow(field) << QByteArray(field) << QByteArray(value);
}

void TestBedrockRequest::refusals()
{
    QFETCH(QByteArray, field);
    QFETCH(QByteArray, value);
    UnifiedRequest request = hello();
    request.others = {{field, value}};
    const Sent got = sent(request);
    QVERIFY(got.error);
    QCOMPARE(got.error->code, api::ErrorCode::InvalidRequest);
    QCOMPARE(got.error->parameter, QString::fromUtf8(field));
    QVERIFY(got.error->text().endsWith(u'.'));
    request.others = {{field, "null"}};
    QVERIFY(!sent(request).error);
    request.others = {{"modalities", R"(["text"])"}};
    QVERIFY(!sent(request).error);

    request = hello();
    request.choices = 2;
    QCOMPARE(sent(request).error->parameter, QStringLiteral("n"));
    request.choices = 1;
    request.messages[0].parts = {fromUrl(Part::Kind::Image, "https://example.com/a.png")};
    QCOMPARE(sent(request).error->code, api::ErrorCode::InvalidRequest);
    request.operation = Operation::Embed;
    QCOMPARE(sent(request).error->code, api::ErrorCode::InvalidRequest);

    Asked bench(config::ProviderKind::Bedrock, kHaiku);
    Losses losses;
    const OutgoingOrError passed = bedrockProvider().passOn(CallRequest(), bench.target(), losses);
    QCOMPARE(std::get<CallError>(passed).code, api::ErrorCode::TransformError);
}

void TestBedrockRequest::countTokens()
{
    UnifiedRequest request = hello();
    request.operation = Operation::CountTokens;
    request.system = {text("s")};
    request.temperature = "1";
    QCOMPARE(sent(request).body,
        QByteArray(R"({"input":{"converse":{"messages":[{"role":"user","content":[{"text":"hi"}]}],)"
                   R"("system":[{"text":"s"}]}}})"));
    QVERIFY(bedrockProvider().canCountTokens());
}

QTEST_APPLESS_MAIN(TestBedrockRequest)
#include "tst_bedrock_request.moc"
