// The callers' surface /v1/messages: requests of both API versions read cheaply and whole, answers, errors, lists of
// models; wire.md section 9 items 3, 5, 6, 10, 19.
#include "anthropic_fixture.h"

#include "transform/signature.h"

using api::ErrorCode;

namespace {

constexpr const char* kMessages = R"("messages":[{"role":"user","content":"x"}])";

UnifiedRequest unified(const QByteArray& body)
{
    return test::unified(parsed(body));
}

UnifiedRequest conversation(const QByteArray& messages, const QByteArray& more = {})
{
    return unified("{\"model\":\"m\",\"max_tokens\":5," + more + "\"messages\":" + messages + "}");
}

QStringList kept(const UnifiedRequest& request)
{
    QStringList names;
    for (const OtherField& other : request.others)
        names.append(QString::fromUtf8(other.name));
    return names;
}

} // namespace

class TestAnthropicMessages : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parses();
    void features();
    void badRequests_data();
    void badRequests();
    void countRequests();
    void unifies();
    void reasoning_data();
    void reasoning();
    void toolChoice_data();
    void toolChoice();
    void blocks();
    void toolLoop();
    void signatures();
    void systemTurns();
    void others();
    void badConversations_data();
    void badConversations();
    void roundTrip();
    void answers();
    void answerStops_data();
    void answerStops();
    void answersOfOthers();
    void counted();
    void errors_data();
    void errors();
    void errorFacts();
    void heartbeat();
    void models();
};

void TestAnthropicMessages::parses()
{
    const CallRequest request = parsed(
        R"({"max_tokens":0,"model":"fast","stream":true,"service_tier":"auto","temperature":1,"tools":[{"name":"f","input_schema":{}}],"output_config":{"format":{"type":"json_schema","schema":{}}},"messages":[{"role":"user","content":"x"}],"x_unknown":{"deep":[1]}})",
        anthropicMessages(), Head("2026-10-21", "a-1,b-2"));
    QCOMPARE(request.alias, QStringLiteral("fast"));
    QCOMPARE(request.operation, Operation::Generate);
    QVERIFY(request.stream);
    QCOMPARE(request.maxOutputTokens.value_or(-1), 0);
    QCOMPARE(request.apiVersion, QByteArray("2026-10-21"));
    QCOMPARE(request.betas, QByteArray("a-1,b-2"));
    QCOMPARE(request.serviceTier, QByteArray("auto"));
    QCOMPARE(request.features, Features(Feature::Tools) | Feature::JsonSchema);
    QCOMPARE(request.surface->name(), "anthropic.messages");
    QCOMPARE(request.surface->dialect(), Dialect::Anthropic);
}

void TestAnthropicMessages::features()
{
    const CallRequest request = parsed(
        R"({"model":"m","max_tokens":1,"tools":[{"type":"web_search_20260318","name":"web_search"}],"container":"c1","messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":""}},{"type":"image","source":{"type":"url","url":"https://e.test"}},{"type":"document","source":{"type":"file","file_id":"file_1"}},{"type":"tool_result","tool_use_id":"t","content":[{"type":"image","source":{"type":"url","url":"https://e.test"}},{"type":"document","source":{"type":"text","data":"x"}}]}]}]})");
    QCOMPARE(request.features, Features(Feature::HostedTools) | Feature::Stateful | Feature::ImagesInline |
                                   Feature::ImagesByUrl | Feature::FileIds | Feature::Documents);
    QCOMPARE(request.namedImages, 2);
    QVERIFY(request.namesOther);
}

void TestAnthropicMessages::badRequests_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("parameter");
    const QByteArray rest = QByteArray("\"max_tokens\":1,") + kMessages + "}";
    QTest::newRow("not json") << QByteArray("{") << QString();
    QTest::newRow("list") << QByteArray("[]") << QString();
    QTest::newRow("no model") << "{" + rest << QStringLiteral("model");
    QTest::newRow("model number") << "{\"model\":1," + rest << QStringLiteral("model");
    QTest::newRow("no messages") << QByteArray("{\"model\":\"m\",\"max_tokens\":1}") << QStringLiteral("messages");
    QTest::newRow("messages empty") << QByteArray("{\"model\":\"m\",\"max_tokens\":1,\"messages\":[]}")
                                    << QStringLiteral("messages");
    QTest::newRow("no max_tokens") << QByteArray("{\"model\":\"m\",") + kMessages + "}" << QStringLiteral("max_tokens");
    QTest::newRow("max_tokens null") << QByteArray("{\"model\":\"m\",\"max_tokens\":null,") + kMessages + "}"
                                     << QStringLiteral("max_tokens");
    QTest::newRow("max_tokens -1") << QByteArray("{\"model\":\"m\",\"max_tokens\":-1,") + kMessages + "}"
                                   << QStringLiteral("max_tokens");
    QTest::newRow("max_tokens 1.5") << QByteArray("{\"model\":\"m\",\"max_tokens\":1.5,") + kMessages + "}"
                                    << QStringLiteral("max_tokens");
    QTest::newRow("stream text") << "{\"model\":\"m\",\"stream\":\"yes\"," + rest << QStringLiteral("stream");
    QTest::newRow("tools object") << "{\"model\":\"m\",\"tools\":{}," + rest << QStringLiteral("tools");
}

void TestAnthropicMessages::badRequests()
{
    QFETCH(QByteArray, body);
    QFETCH(QString, parameter);
    const Head head;
    const auto result = anthropicMessages().parse({}, head.head, body);
    QVERIFY(std::holds_alternative<CallError>(result));
    const CallError& error = std::get<CallError>(result);
    QCOMPARE(error.code, ErrorCode::InvalidRequest);
    QCOMPARE(error.parameter, parameter);
}

void TestAnthropicMessages::countRequests()
{
    const CallRequest request =
        parsed(R"({"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]})", anthropicCountTokens());
    QCOMPARE(request.operation, Operation::CountTokens);
    QVERIFY(!request.stream);
    QVERIFY(!request.maxOutputTokens);
    QCOMPARE(anthropicCountTokens().name(), "anthropic.count_tokens");
    const auto made = anthropicCountTokens().unify(request);
    QCOMPARE(std::get<UnifiedRequest>(made).operation, Operation::CountTokens);
}

void TestAnthropicMessages::unifies()
{
    const UnifiedRequest request = unified(
        R"({"model":"m","max_tokens":100,"stream":true,"system":[{"type":"text","text":"a","cache_control":{"type":"ephemeral","ttl":"1h"}},{"type":"text","text":"b"}],"temperature":0.50,"top_p":0.9,"top_k":40,"stop_sequences":["X","Y"],"metadata":{"user_id":"u1"},"cache_control":{"type":"ephemeral"},"service_tier":"standard_only","output_config":{"effort":"xhigh","format":{"type":"json_schema","schema":{"z":1,"a":2}}},"tools":[{"name":"f","description":"d","input_schema":{"z":{},"a":{}},"strict":true,"cache_control":{"type":"ephemeral","ttl":"5m"}},{"type":"web_search_20260318","name":"web_search","max_uses":2}],"speed":"standard","messages":[{"role":"user","content":"h\u00fc"},{"role":"assistant","content":[{"type":"text","text":"yes"}]}]})");
    QVERIFY(request.stream);
    QCOMPARE(request.maxOutputTokens.value_or(0), 100);
    QCOMPARE(request.system.size(), std::size_t(2));
    QVERIFY(request.system[0].cacheMark == CacheLife::Hour1);
    QCOMPARE(request.temperature, QByteArray("0.50"));
    QCOMPARE(request.topP, QByteArray("0.9"));
    QCOMPARE(request.topK, QByteArray("40"));
    QCOMPARE(request.stop.size(), std::size_t(2));
    QCOMPARE(request.endUser, QByteArray("u1"));
    QVERIFY(request.cacheAll == CacheLife::Default);
    QCOMPARE(request.serviceTier, QByteArray("standard_only"));
    QVERIFY(request.reasoning.effort == Effort::XHigh);
    QCOMPARE(request.format.schema, QByteArray(R"({"z":1,"a":2})"));
    QVERIFY(request.format.strict == true);
    QCOMPARE(request.tools.size(), std::size_t(2));
    QCOMPARE(request.tools[0].schema, QByteArray(R"({"z":{},"a":{}})"));
    QVERIFY(request.tools[0].strict == true);
    QVERIFY(request.tools[0].cacheMark == CacheLife::Minutes5);
    QCOMPARE(request.tools[1].kind, Tool::Kind::Hosted);
    QVERIFY(request.tools[1].raw.contains("max_uses"));
    QCOMPARE(request.messages[0].parts[0].text, QByteArray("h\xc3\xbc"));
    QCOMPARE(request.messages[1].role, Role::Assistant);
    QVERIFY(request.others.empty());
}

void TestAnthropicMessages::reasoning_data()
{
    QTest::addColumn<QByteArray>("thinking");
    QTest::addColumn<int>("enabled"); // -1: not stated
    QTest::addColumn<int>("budget");
    QTest::addColumn<int>("shown");
    QTest::newRow("adaptive") << QByteArray(R"({"type":"adaptive","display":"summarized"})") << 1 << 0 << 1;
    QTest::newRow("omitted") << QByteArray(R"({"type":"adaptive","display":"omitted"})") << 1 << 0 << 0;
    QTest::newRow("enabled") << QByteArray(R"({"type":"enabled","budget_tokens":2048})") << 1 << 2048 << -1;
    QTest::newRow("disabled") << QByteArray(R"({"type":"disabled"})") << 0 << 0 << -1;
    QTest::newRow("between") << QByteArray(R"({"type":"between_tools"})") << 0 << 0 << -1;
    QTest::newRow("null") << QByteArray("null") << -1 << 0 << -1;
}

void TestAnthropicMessages::reasoning()
{
    QFETCH(QByteArray, thinking);
    QFETCH(int, enabled);
    QFETCH(int, budget);
    QFETCH(int, shown);
    const auto asInt = [](std::optional<bool> value) { return value ? int(*value) : -1; };
    const Reasoning made =
        conversation(R"([{"role":"user","content":"x"}])", "\"thinking\":" + thinking + ",").reasoning;
    QCOMPARE(asInt(made.enabled), enabled);
    QCOMPARE(made.budgetTokens.value_or(0), budget);
    QCOMPARE(asInt(made.showThoughts), shown);
}

void TestAnthropicMessages::toolChoice_data()
{
    QTest::addColumn<QByteArray>("choice");
    QTest::addColumn<int>("mode");
    QTest::addColumn<bool>("single");
    using Mode = ToolChoice::Mode;
    QTest::newRow("auto") << QByteArray(R"({"type":"auto","disable_parallel_tool_use":true})") << int(Mode::Auto)
                          << true;
    QTest::newRow("any") << QByteArray(R"({"type":"any","disable_parallel_tool_use":false})") << int(Mode::Required)
                         << false;
    QTest::newRow("tool") << QByteArray(R"({"type":"tool","name":"f"})") << int(Mode::Named) << false;
    QTest::newRow("none") << QByteArray(R"({"type":"none"})") << int(Mode::None) << false;
}

void TestAnthropicMessages::toolChoice()
{
    QFETCH(QByteArray, choice);
    QFETCH(int, mode);
    QFETCH(bool, single);
    const UnifiedRequest made = conversation(R"([{"role":"user","content":"x"}])", "\"tool_choice\":" + choice + ",");
    QCOMPARE(int(made.toolChoice->mode), mode);
    QCOMPARE(made.parallelTools == false, single);
    if (mode == int(ToolChoice::Mode::Named))
        QCOMPARE(made.toolChoice->name, QByteArray("f"));
}

void TestAnthropicMessages::blocks()
{
    const UnifiedRequest request = conversation(
        R"([{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBO"},"cache_control":{"type":"ephemeral"}},{"type":"image","source":{"type":"url","url":"https://e.test/a"}},{"type":"document","title":"T","source":{"type":"base64","media_type":"application/pdf","data":"JVBE"},"context":"c","citations":{"enabled":true}},{"type":"document","source":{"type":"text","media_type":"text/plain","data":"plain"}},{"type":"document","source":{"type":"content","content":[{"type":"text","text":"inner"}]}},{"type":"document","source":{"type":"file","file_id":"file_1"}},{"type":"search_result","source":"s","title":"t","content":[{"type":"text","text":"found"}]},{"type":"container_upload","file_id":"f"}]}])");
    const std::vector<Part>& parts = request.messages[0].parts;
    QCOMPARE(parts.size(), std::size_t(7));
    QCOMPARE(parts[0].mediaType, QByteArray("image/png"));
    QCOMPARE(parts[0].data, QByteArray("iVBO"));
    QVERIFY(parts[0].cacheMark == CacheLife::Default);
    QCOMPARE(parts[1].url, QByteArray("https://e.test/a"));
    QCOMPARE(parts[2].kind, Part::Kind::Document);
    QCOMPARE(parts[2].fileName, QByteArray("T"));
    QCOMPARE(parts[3].data, QByteArray("plain").toBase64());
    QCOMPARE(parts[4].text, QByteArray("inner"));
    QCOMPARE(parts[5].fileId, QByteArray("file_1"));
    QCOMPARE(parts[6].text, QByteArray("t\ns\nfound"));
    QCOMPARE(kept(request),
        QStringList(
            {QStringLiteral("messages[0].content[2].context"), QStringLiteral("messages[0].content[2].citations"),
                QStringLiteral("messages[0].content[6].type"), QStringLiteral("messages[0].content[7]")}));
}

void TestAnthropicMessages::toolLoop()
{
    const UnifiedRequest request = conversation(
        R"([{"role":"user","content":"w"},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{"z":1.0,"b":2},"caller":{"type":"direct"}},{"type":"tool_use","id":"b","name":"g","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"b","is_error":true,"content":[{"type":"text","text":"no"},{"type":"image","source":{"type":"url","url":"https://e.test"}}]},{"type":"tool_result","tool_use_id":"a","content":"yes"},{"type":"tool_result","tool_use_id":"zz"},{"type":"text","text":"go on"}]}])");
    const std::vector<Part>& calls = request.messages[1].parts;
    QCOMPARE(calls[0].arguments, QByteArray(R"({"z":1.0,"b":2})"));
    QCOMPARE(calls[1].callId, QByteArray("b"));
    const std::vector<Part>& results = request.messages[2].parts;
    QCOMPARE(results.size(), std::size_t(4));
    QVERIFY(results[0].isError);
    QCOMPARE(results[0].name, QByteArray("g")); // who asks by name needs it
    QCOMPARE(results[0].content.size(), std::size_t(2));
    QCOMPARE(results[1].content[0].text, QByteArray("yes"));
    QVERIFY(results[2].content.empty());
    QVERIFY(request.others.empty());
}

void TestAnthropicMessages::signatures()
{
    const QByteArray google = sealed({"g-sig", Signer::Google, SignaturePlace::NextPart});
    const QByteArray openai = sealed({"o-sig", Signer::OpenAi, SignaturePlace::Redacted});
    const UnifiedRequest request = conversation(
        R"([{"role":"user","content":"w"},{"role":"assistant","content":[{"type":"thinking","thinking":"own","signature":"EqQ+/=="},{"type":"redacted_thinking","data":"Emw="},{"type":"redacted_thinking","data":")" +
        openai + R"("},{"type":"thinking","thinking":"","signature":")" + google +
        R"("},{"type":"tool_use","id":"a","name":"f","input":{}},{"type":"thinking","thinking":"unsigned","signature":""},{"type":"text","text":"t"}]}])");
    const std::vector<Part>& parts = request.messages[1].parts;
    QCOMPARE(parts.size(), std::size_t(6));
    QCOMPARE(parts[0].signature, QByteArray("EqQ+/=="));
    QCOMPARE(parts[0].signer, Signer::Anthropic);
    QCOMPARE(parts[0].text, QByteArray("own"));
    QVERIFY(parts[1].redacted);
    QCOMPARE(parts[1].signer, Signer::Anthropic);
    QCOMPARE(parts[1].signature, QByteArray("Emw="));
    QVERIFY(parts[2].redacted);
    QCOMPARE(parts[2].signer, Signer::OpenAi);
    QCOMPARE(parts[2].signature, QByteArray("o-sig"));
    QCOMPARE(parts[3].kind, Part::Kind::ToolCall);
    QCOMPARE(parts[3].signature, QByteArray("g-sig"));
    QCOMPARE(parts[3].signer, Signer::Google);
    QCOMPARE(parts[4].signer, Signer::Unknown);
    QVERIFY(parts[5].signature.isEmpty());
}

void TestAnthropicMessages::systemTurns()
{
    const UnifiedRequest request = conversation(
        R"([{"role":"system","content":"second"},{"role":"user","content":"x"},{"role":"system","content":[{"type":"text","text":"third"}]}])",
        R"("system":"first",)");
    QCOMPARE(request.system.size(), std::size_t(2));
    QCOMPARE(request.system[0].text, QByteArray("first"));
    QCOMPARE(request.system[1].text, QByteArray("second"));
    QCOMPARE(request.messages.size(), std::size_t(2));
    QCOMPARE(request.messages[1].role, Role::System);
}

void TestAnthropicMessages::others()
{
    const UnifiedRequest request = conversation(
        R"([{"role":"user","content":[{"type":"text","text":"x","citations":[{"a":1}]}]},{"role":"assistant","content":[{"type":"server_tool_use","id":"s","name":"web_search","input":{}},{"type":"text","text":"y","citations":[]}]}])",
        R"("container":"c","mcp_servers":[{"a":1}],"inference_geo":null,"speed":"fast","context_management":{"edits":[1]},"metadata":{"user_id":"u","team":"t"},"tools":[{"name":"f","input_schema":{},"defer_loading":true,"eager_input_streaming":false}],"x_new":1,)");
    QCOMPARE(kept(request),
        QStringList({QStringLiteral("container"), QStringLiteral("mcp_servers"), QStringLiteral("speed"),
            QStringLiteral("context_management"), QStringLiteral("metadata.team"),
            QStringLiteral("tools[0].defer_loading"), QStringLiteral("x_new"),
            QStringLiteral("messages[0].content[0].citations"), QStringLiteral("messages[1].content[0]")}));
    QCOMPARE(request.others[3].raw, QByteArray(R"({"edits":[1]})"));
}

void TestAnthropicMessages::badConversations_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("parameter");
    const auto turns = [](const char* messages) { return QByteArray("\"messages\":[") + messages + "]"; };
    const auto with = [](const char* member) { return QByteArray(member) + "," + kMessages; };
    QTest::newRow("role") << turns(R"({"role":"tool","content":"x"})") << QStringLiteral("messages[0].role");
    QTest::newRow("text turn") << turns("\"x\"") << QStringLiteral("messages[0].role");
    QTest::newRow("content") << turns(R"({"role":"user","content":5})") << QStringLiteral("messages[0].content");
    QTest::newRow("block text") << turns(R"({"role":"user","content":["x"]})")
                                << QStringLiteral("messages[0].content[0].type");
    QTest::newRow("text missing") << turns(R"({"role":"user","content":[{"type":"text"}]})")
                                  << QStringLiteral("messages[0].content[0].text");
    QTest::newRow("source") << turns(R"({"role":"user","content":[{"type":"image","source":{"type":"odd"}}]})")
                            << QStringLiteral("messages[0].content[0].source");
    QTest::newRow("ttl")
        << turns(R"({"role":"user","content":[{"type":"text","text":"x","cache_control":{"ttl":"2h"}}]})")
        << QStringLiteral("messages[0].content[0].cache_control.ttl");
    QTest::newRow("result id") << turns(R"({"role":"user","content":[{"type":"tool_result"}]})")
                               << QStringLiteral("messages[0].content[0].tool_use_id");
    QTest::newRow("system") << with("\"system\":5") << QStringLiteral("system");
    QTest::newRow("thinking") << with(R"("thinking":{"type":"odd"})") << QStringLiteral("thinking.type");
    QTest::newRow("budget") << with(R"("thinking":{"type":"enabled","budget_tokens":-3})")
                            << QStringLiteral("thinking.budget_tokens");
    QTest::newRow("effort") << with(R"("output_config":{"effort":"huge"})") << QStringLiteral("output_config.effort");
    QTest::newRow("format") << with(R"("output_config":{"format":{"type":"json_object"}})")
                            << QStringLiteral("output_config.format");
    QTest::newRow("choice") << with(R"("tool_choice":{"type":"odd"})") << QStringLiteral("tool_choice.type");
    QTest::newRow("schema") << with(R"("tools":[{"name":"f"}])") << QStringLiteral("tools[0].input_schema");
    QTest::newRow("temperature") << with(R"("temperature":"hot")") << QStringLiteral("temperature");
    QTest::newRow("stops") << with(R"("stop_sequences":[5])") << QStringLiteral("stop_sequences");
}

void TestAnthropicMessages::badConversations()
{
    QFETCH(QByteArray, body);
    QFETCH(QString, parameter);
    const CallRequest request = parsed("{\"model\":\"m\",\"max_tokens\":5," + body + "}");
    const auto made = anthropicMessages().unify(request);
    QVERIFY(std::holds_alternative<CallError>(made));
    QCOMPARE(std::get<CallError>(made).parameter, parameter);
    QCOMPARE(std::get<CallError>(made).code, ErrorCode::InvalidRequest);

    const CallRequest prewarm = parsed(R"({"model":"m","max_tokens":0,"messages":[{"role":"user","content":"x"}]})");
    QVERIFY(std::holds_alternative<CallError>(anthropicMessages().unify(prewarm)));
}

// Read whole and written again by the provider dialect, nothing is lost (9.10, 9.19).
void TestAnthropicMessages::roundTrip()
{
    const Asked asked("claude-opus-4-8");
    const QByteArray messages =
        R"([{"role":"user","content":[{"type":"text","text":"w","cache_control":{"type":"ephemeral","ttl":"1h"}}]},{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"EqQ+/="},{"type":"tool_use","id":"toolu_1","name":"f","input":{"z":1.50,"a":[]}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"ok","is_error":true},{"type":"text","text":"and?"}]},{"role":"system","content":[{"type":"text","text":"short"}]}])";
    const QByteArray body =
        R"({"model":"claude-opus-4-8","max_tokens":5,"cache_control":{"type":"ephemeral"},"tools":[{"name":"f","description":"d","input_schema":{"type":"object","z":1},"strict":true}],"tool_choice":{"type":"any","disable_parallel_tool_use":true},"system":[{"type":"text","text":"s"}],"messages":)" +
        messages +
        R"(,"output_config":{"effort":"max","format":{"type":"json_schema","schema":{"b":1,"a":2}}},"stop_sequences":["X"],"metadata":{"user_id":"u"},"service_tier":"auto","stream":true})";
    Losses losses;
    const UnifiedRequest request = unified(body);
    const Outgoing out = sent(anthropicProvider().translate(request, asked.target(), losses));
    // forced to call a tool it does not think: the effort stays, thinking is not turned on
    QCOMPARE(out.body, body);
    QCOMPARE(lost(losses), QStringList({QStringLiteral("reasoning_effort")}));
}

void TestAnthropicMessages::answers()
{
    Answer answer;
    Part thinking;
    thinking.kind = Part::Kind::Thinking;
    thinking.text = "t";
    thinking.signature = "s";
    thinking.signer = Signer::OpenAi;
    Part words;
    words.text = "hi";
    Part call;
    call.kind = Part::Kind::ToolCall;
    call.name = "f";
    call.arguments = R"({"z":1.0,"a":2})";
    Part cut = call;
    cut.callId = "c2";
    cut.arguments = "{\"a";
    answer.parts = {thinking, words, call, cut};
    answer.facts.model = QStringLiteral("gpt-6-sol");
    answer.facts.stop = StopReason::ToolUse;
    answer.facts.tokens.inUncached = 10;
    answer.facts.tokens.inCacheRead = 20;
    answer.facts.tokens.inCacheWrite5m = 3;
    answer.facts.tokens.inCacheWrite1h = 4;
    answer.facts.tokens.outText = 5;
    answer.facts.tokens.outReasoning = 6;
    const CallRequest request;
    QCOMPARE(anthropicMessages().answerBody(request, answer, context()),
        R"({"id":"msg_call1","type":"message","role":"assistant","model":"gpt-6-sol","content":[{"type":"thinking","thinking":"t","signature":")" +
            sealed({"s", Signer::OpenAi, SignaturePlace::Thinking}) +
            R"("},{"type":"text","text":"hi"},{"type":"tool_use","id":"toolu_call1_2","name":"f","input":{"z":1.0,"a":2}},{"type":"tool_use","id":"c2","name":"f","input":{"input":"{\"a"}}],"stop_reason":"tool_use","stop_sequence":null,"stop_details":null,"usage":{"input_tokens":10,"cache_creation_input_tokens":7,"cache_read_input_tokens":20,"cache_creation":{"ephemeral_5m_input_tokens":3,"ephemeral_1h_input_tokens":4},"output_tokens":11,"output_tokens_details":{"thinking_tokens":6},"server_tool_use":null}})");
}

void TestAnthropicMessages::answerStops_data()
{
    QTest::addColumn<int>("stop");
    QTest::addColumn<QByteArray>("word");
    QTest::newRow("none") << int(StopReason::None) << QByteArray("end_turn");
    QTest::newRow("stop") << int(StopReason::Stop) << QByteArray("end_turn");
    QTest::newRow("sequence") << int(StopReason::StopSequence) << QByteArray("stop_sequence");
    QTest::newRow("length") << int(StopReason::Length) << QByteArray("max_tokens");
    QTest::newRow("context") << int(StopReason::ContextFull) << QByteArray("model_context_window_exceeded");
    QTest::newRow("tool") << int(StopReason::ToolUse) << QByteArray("tool_use");
    QTest::newRow("safety") << int(StopReason::Safety) << QByteArray("refusal");
    QTest::newRow("pause") << int(StopReason::Pause) << QByteArray("pause_turn");
}

void TestAnthropicMessages::answerStops()
{
    QFETCH(int, stop);
    QFETCH(QByteArray, word);
    Answer answer;
    answer.facts.stop = StopReason(stop);
    answer.facts.stopSequence = "END";
    answer.facts.stopCategory = "bio";
    const CallRequest request;
    const QByteArray body = anthropicMessages().answerBody(request, answer, context());
    QCOMPARE(at(body, "stop_reason").text().value_or(QByteArray()), word);
    QCOMPARE(rawAt(body, "stop_sequence"), word == "stop_sequence" ? QByteArray("\"END\"") : QByteArray("null"));
    QCOMPARE(rawAt(body, "stop_details"), word == "refusal"
                                              ? QByteArray(R"({"type":"refusal","category":"bio","explanation":null})")
                                              : QByteArray("null"));
    QCOMPARE(at(body, "model").text().value_or(QByteArray()), QByteArray("fast"));
}

void TestAnthropicMessages::answersOfOthers()
{
    Answer answer;
    Part refusal;
    refusal.kind = Part::Kind::Refusal;
    refusal.text = "no";
    Part call;
    call.kind = Part::Kind::ToolCall;
    call.name = "f";
    call.callId = "x";
    call.arguments = "{}";
    call.signature = "g";
    call.signer = Signer::Google;
    answer.parts = {refusal, call};
    answer.facts.stop = StopReason::Stop;
    const CallRequest request;
    const QByteArray body = anthropicMessages().answerBody(request, answer, context());
    QCOMPARE(rawAt(body, "content[0]"), QByteArray(R"({"type":"text","text":"no"})"));
    QCOMPARE(rawAt(body, "content[1].signature"), '"' + sealed({"g", Signer::Google, SignaturePlace::NextPart}) + '"');
    QCOMPARE(rawAt(body, "content[2].type"), QByteArray("\"tool_use\""));
    QCOMPARE(rawAt(body, "stop_reason"), QByteArray("\"refusal\""));
}

void TestAnthropicMessages::counted()
{
    Answer answer;
    answer.countedTokens = 17;
    const CallRequest request;
    QCOMPARE(anthropicCountTokens().answerBody(request, answer, context()), QByteArray(R"({"input_tokens":17})"));
}

void TestAnthropicMessages::errors_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("type");
    QTest::newRow("invalid") << int(ErrorCode::InvalidRequest) << 400 << QByteArray("invalid_request_error");
    QTest::newRow("unauthenticated") << int(ErrorCode::Unauthenticated) << 401 << QByteArray("authentication_error");
    QTest::newRow("cost ceiling") << int(ErrorCode::CostCeiling) << 402 << QByteArray("billing_error");
    QTest::newRow("scope") << int(ErrorCode::ScopeDenied) << 403 << QByteArray("permission_error");
    QTest::newRow("alias") << int(ErrorCode::AliasUnknown) << 404 << QByteArray("not_found_error");
    QTest::newRow("idempotency") << int(ErrorCode::IdempotencyConflict) << 409 << QByteArray("conflict_error");
    QTest::newRow("budget") << int(ErrorCode::BudgetHard) << 429 << QByteArray("rate_limit_error");
    QTest::newRow("throttled") << int(ErrorCode::ProviderThrottled) << 429 << QByteArray("rate_limit_error");
    QTest::newRow("overloaded") << int(ErrorCode::ProviderOverloaded) << 529 << QByteArray("overloaded_error");
    QTest::newRow("unavailable") << int(ErrorCode::ProviderUnavailable) << 502 << QByteArray("api_error");
    QTest::newRow("deadline") << int(ErrorCode::DeadlineExceeded) << 504 << QByteArray("timeout_error");
    QTest::newRow("exhausted") << int(ErrorCode::ChainExhausted) << 503 << QByteArray("api_error");
    QTest::newRow("internal") << int(ErrorCode::Internal) << 500 << QByteArray("api_error");
}

void TestAnthropicMessages::errors()
{
    QFETCH(int, code);
    QFETCH(int, status);
    QFETCH(QByteArray, type);
    CallError error;
    error.code = ErrorCode(code);
    QCOMPARE(anthropicMessages().errorStatus(error), status);
    const QByteArray body = anthropicMessages().errorBody(error, u"r1");
    QVERIFY(!JsonText::parse(body).error);
    QCOMPARE(rawAt(body, "type"), QByteArray("\"error\""));
    QCOMPARE(at(body, "error.type").text().value_or(QByteArray()), type);
    QVERIFY(!at(body, "error.message").isEmptyText());
    QCOMPARE(rawAt(body, "request_id"), QByteArray("\"r1\""));
    QCOMPARE(rawAt(body, "error.signalbox.request_id"), QByteArray("\"r1\""));
    QCOMPARE(rawAt(body, "error.signalbox.code"), rawAt(body, "error.details.error_code"));
}

void TestAnthropicMessages::errorFacts()
{
    CallError error;
    error.code = ErrorCode::QuotaCaller;
    error.message = QStringLiteral("No \"more\".");
    error.hint = QStringLiteral("Wait.");
    error.parameter = QStringLiteral("max_tokens");
    error.retryAfterMs = 1500;
    const QByteArray body = anthropicMessages().errorBody(error, u"r1");
    QCOMPARE(at(body, "error.message").text().value_or(QByteArray()), QByteArray("No \"more\"."));
    QCOMPARE(rawAt(body, "error.details.parameter"), QByteArray("\"max_tokens\""));
    QCOMPARE(rawAt(body, "error.signalbox.retry_after_ms"), QByteArray("1500"));
    QCOMPARE(rawAt(body, "error.signalbox.hint"), QByteArray("\"Wait.\""));
}

void TestAnthropicMessages::heartbeat()
{
    QCOMPARE(anthropicMessages().heartbeat(), QByteArray("event: ping\ndata: {\"type\": \"ping\"}\n\n"));
    const CallRequest request;
    QCOMPARE(QByteArray(anthropicMessages().streamType(request)), QByteArray("text/event-stream"));
}

void TestAnthropicMessages::models()
{
    const QByteArray list = anthropicModelList({QStringLiteral("fast"), QStringLiteral("good")});
    QVERIFY(!JsonText::parse(list).error);
    QCOMPARE(rawAt(list, "data[0].id"), QByteArray("\"fast\""));
    QCOMPARE(rawAt(list, "data[1].type"), QByteArray("\"model\""));
    QCOMPARE(rawAt(list, "data[0].created_at"), QByteArray("\"1970-01-01T00:00:00Z\""));
    QCOMPARE(rawAt(list, "has_more"), QByteArray("false"));
    QCOMPARE(rawAt(list, "first_id"), QByteArray("\"fast\""));
    QCOMPARE(rawAt(list, "last_id"), QByteArray("\"good\""));
    const QByteArray none = anthropicModelList({});
    QCOMPARE(none, QByteArray(R"({"data":[],"has_more":false,"first_id":null,"last_id":null})"));
    QCOMPARE(rawAt(anthropicModel(QStringLiteral("fast")), "display_name"), QByteArray("\"fast\""));
}

QTEST_APPLESS_MAIN(TestAnthropicMessages)
#include "tst_anthropic_messages.moc"
