// The provider dialect of Anthropic: requests passed on and translated for each kind of model, what is lost on the way,
// whole answers, errors, and the same on Google's cloud; wire.md section 9 items 10 and 19.
#include "anthropic_fixture.h"

#include "transform/providers/anthropic_models.h"
#include "transform/signature.h"

using api::ErrorCode;
using config::ProviderKind;

namespace {

using test::call;
using test::text;

Part result(const QByteArray& id, const QByteArray& words, const QByteArray& name = {})
{
    Part part;
    part.kind = Part::Kind::ToolResult;
    part.callId = id;
    part.name = name;
    part.content = {text(words)};
    return part;
}

Tool function(const QByteArray& name, const QByteArray& schema = R"({"type":"object","properties":{"z":{},"a":{}}})")
{
    Tool tool;
    tool.name = name;
    tool.schema = schema;
    return tool;
}

UnifiedRequest question()
{
    UnifiedRequest request;
    request.maxOutputTokens = 1000;
    request.messages = {{Role::User, {text("Hello")}, {}}};
    return request;
}

struct Translated
{
    Outgoing out;
    Losses losses;
    std::optional<CallError> error;
};

Translated translated(const UnifiedRequest& request, const Asked& asked)
{
    Translated result;
    auto made = anthropicProvider().translate(request, asked.target(), result.losses);
    if (auto* error = std::get_if<CallError>(&made))
        result.error = std::move(*error);
    else
        result.out = std::move(std::get<Outgoing>(made));
    return result;
}

} // namespace

class TestAnthropicProvider : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void models_data();
    void models();
    void passesOn();
    void passesOnVersions();
    void passesOnThinkingLoop();
    void passesOnWithoutForeignThinking();
    void passesOnToVertex();
    void countsTokens();
    void wholeRequest();
    void outputLimit();
    void mergesTurns();
    void idsOfOthers();
    void instructionsInside();
    void edgesOfConversation();
    void prefill();
    void media();
    void refusedMedia_data();
    void refusedMedia();
    void cacheMarks();
    void tools();
    void toolChoice_data();
    void toolChoice();
    void toolsOfHistory();
    void effort_data();
    void effort();
    void budgets();
    void sampling_data();
    void sampling();
    void thinkingOfOthers();
    void losses();
    void refused_data();
    void refused();
    void outputFormat();
    void answer();
    void badAnswers_data();
    void badAnswers();
    void errors_data();
    void errors();
};

void TestAnthropicProvider::models_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("row");
    QTest::newRow("dated") << QByteArray("claude-opus-4-20250514") << QByteArray("claude-opus-4");
    QTest::newRow("on Google's cloud") << QByteArray("claude-sonnet-4-5@20250929") << QByteArray("claude-sonnet-4-5");
    QTest::newRow("longest") << QByteArray("claude-sonnet-5-5") << QByteArray("claude-sonnet-5-5");
    QTest::newRow("shorter") << QByteArray("claude-sonnet-5") << QByteArray("claude-sonnet-5");
    QTest::newRow("shorter dated") << QByteArray("claude-opus-5-20260724") << QByteArray("claude-opus-5");
    QTest::newRow("newer minor") << QByteArray("claude-opus-4-9") << QByteArray("claude*");
    QTest::newRow("newer") << QByteArray("claude-sonnet-6") << QByteArray("claude*");
    QTest::newRow("unknown") << QByteArray("claude-epic-1-20270101") << QByteArray("claude*");
    QTest::newRow("old") << QByteArray("claude-3-5-sonnet-20241022") << QByteArray("claude-3*");
    QTest::newRow("first to think") << QByteArray("claude-3-7-sonnet-latest") << QByteArray("claude-3-7*");
    QTest::newRow("another maker's") << QByteArray("deepseek-v4-pro") << QByteArray("*");
    QTest::newRow("Bedrock's name") << QByteArray("anthropic.claude-haiku-4-5-20251001-v1:0")
                                    << QByteArray("claude-haiku-4-5");
}

void TestAnthropicProvider::models()
{
    QFETCH(QByteArray, model);
    QFETCH(QByteArray, row);
    QCOMPARE(QByteArray(claudeFacts(model).model), row);
}

// Only the model's name is another; order, spacing, wide numbers and unknown fields are the caller's.
void TestAnthropicProvider::passesOn()
{
    const Asked asked("claude-opus-5-5");
    const QByteArray body =
        R"({ "zeta":1, "model" : "fast","max_tokens":10,"x_new":{"b":12345678901234567890.123,"a":[1, 2]}, "messages":[{"role":"user","content":"h\u00fc"}] })";
    const CallRequest request = parsed(body);
    Losses losses;
    const Outgoing out = sent(anthropicProvider().passOn(request, asked.target(), losses));
    QByteArray expected = body;
    expected.replace("\"fast\"", "\"claude-opus-5-5\"");
    QCOMPARE(out.body, expected);
    QCOMPARE(out.path, QByteArray("/v1/messages"));
    QVERIFY(losses.isEmpty());
}

void TestAnthropicProvider::passesOnVersions()
{
    const Asked asked;
    Losses losses;
    const auto versionOf = [&](const QByteArray& more, const Head& head) {
        const CallRequest request =
            parsed("{\"model\":\"a\",\"max_tokens\":1," + more + R"("messages":[{"role":"user","content":"x"}]})",
                anthropicMessages(), head);
        return sent(anthropicProvider().passOn(request, asked.target(), losses));
    };
    QCOMPARE(fieldOf(versionOf({}, Head("2023-06-01")), "anthropic-version"), QByteArray("2023-06-01"));
    QCOMPARE(fieldOf(versionOf({}, Head("2026-10-21")), "anthropic-version"), QByteArray("2026-10-21"));
    QCOMPARE(fieldOf(versionOf("\"temperature\":1,", Head("2026-10-21")), "anthropic-version"),
        QByteArray("2026-10-21")); // the provider's business
    QCOMPARE(fieldOf(versionOf({}, Head()), "anthropic-version"), QByteArray("2026-10-21"));
    QCOMPARE(fieldOf(versionOf("\"top_k\":5,", Head()), "anthropic-version"), QByteArray("2023-06-01"));
    const Outgoing betas = versionOf({}, Head("2023-06-01", "context-1m-2025-08-07,new-thing-2027-01-01"));
    QCOMPARE(fieldOf(betas, "anthropic-beta"), QByteArray("context-1m-2025-08-07,new-thing-2027-01-01"));
    QCOMPARE(fieldOf(versionOf({}, Head("2023-06-01")), "anthropic-beta"), QByteArray());
}

// 9.10: thinking, its signature and the calls go back byte for byte.
void TestAnthropicProvider::passesOnThinkingLoop()
{
    const Asked asked;
    const QByteArray history =
        R"([{"role":"user","content":"w"},{"role":"assistant","content":[{"type":"thinking","thinking":"a\n\u00e9 b","signature":"EqQB+/=="},{"type":"redacted_thinking","data":"Emw="},{"type":"tool_use","id":"toolu_1","name":"f","input":{"z":1.0,"a":2}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":[{"type":"text","text":"ok"}]}]}])";
    const QByteArray body =
        R"({"model":"m","max_tokens":2048,"thinking":{"type":"adaptive"},"messages":)" + history + "}";
    const CallRequest request = parsed(body);
    Losses losses;
    const Outgoing out = sent(anthropicProvider().passOn(request, asked.target(), losses));
    QCOMPARE(rawAt(out.body, "messages"), history);
    QVERIFY(losses.isEmpty());
}

void TestAnthropicProvider::passesOnWithoutForeignThinking()
{
    const Asked asked;
    const QByteArray google = sealed({"sig", Signer::Google, SignaturePlace::NextPart});
    const QByteArray own = sealed({"mine", Signer::Anthropic, SignaturePlace::Thinking});
    const QByteArray body =
        R"({"model":"m","max_tokens":8,"messages":[{"role":"user","content":"w"},{"role":"assistant","content":[{"type":"thinking","thinking":"","signature":")" +
        google +
        R"("}, {"type":"thinking","thinking":"x","signature":""},{"type":"text","text":"y"}]},{"role":"assistant","content":[{"type":"redacted_thinking","data":")" +
        google + R"("}]},{"role":"user","content":"z"}]})";
    const CallRequest request = parsed(body);
    Losses losses;
    const Outgoing out = sent(anthropicProvider().passOn(request, asked.target(), losses));
    QCOMPARE(rawAt(out.body, "messages"),
        QByteArray(
            R"([{"role":"user","content":"w"},{"role":"assistant","content":[{"type":"text","text":"y"}]},{"role":"user","content":"z"}])"));
    QCOMPARE(lost(losses), QStringList({QStringLiteral("messages[1].content[0]"),
                               QStringLiteral("messages[1].content[1]"), QStringLiteral("messages[2].content[0]")}));
    Q_UNUSED(own)
}

void TestAnthropicProvider::passesOnToVertex()
{
    Asked asked("claude-sonnet-4-5@20250929", ProviderKind::Vertex);
    asked.project = "my-project";
    asked.provider.region = QStringLiteral("global");
    Losses losses;
    const CallRequest request =
        parsed(R"({"model":"m","max_tokens":8,"stream":true,"messages":[{"role":"user","content":"w"}]})");
    const Outgoing out = sent(anthropicProvider().passOn(request, asked.target(), losses));
    QCOMPARE(out.path, QByteArray("/v1/projects/my-project/locations/global/publishers/anthropic/models/"
                                  "claude-sonnet-4-5@20250929:streamRawPredict"));
    QCOMPARE(out.body,
        QByteArray(
            R"({"anthropic_version":"vertex-2023-10-16","max_tokens":8,"stream":true,"messages":[{"role":"user","content":"w"}]})"));
    QCOMPARE(fieldOf(out, "anthropic-version"), QByteArray());

    UnifiedRequest plain = question();
    const Translated made = translated(plain, asked);
    QVERIFY(made.out.path.endsWith("claude-sonnet-4-5@20250929:rawPredict"));
    QCOMPARE(rawAt(made.out.body, "anthropic_version"), QByteArray("\"vertex-2023-10-16\""));
    QVERIFY(at(made.out.body, "model").isMissing());

    plain.operation = Operation::CountTokens;
    const Translated counted = translated(plain, asked);
    QVERIFY(counted.out.path.endsWith("/models/count-tokens:rawPredict"));
    QCOMPARE(rawAt(counted.out.body, "model"), QByteArray("\"claude-sonnet-4-5@20250929\""));
}

void TestAnthropicProvider::countsTokens()
{
    const Asked asked;
    Losses losses;
    const CallRequest request =
        parsed(R"({"model":"m","messages":[{"role":"user","content":"w"}]})", anthropicCountTokens());
    const Outgoing out = sent(anthropicProvider().passOn(request, asked.target(), losses));
    QCOMPARE(out.path, QByteArray("/v1/messages/count_tokens"));
    QCOMPARE(out.body, QByteArray(R"({"model":"claude-sonnet-4-6","messages":[{"role":"user","content":"w"}]})"));

    UnifiedRequest count = question();
    count.operation = Operation::CountTokens;
    count.temperature = "0.5";
    count.tools = {function("f")};
    count.system = {text("Be short.")};
    const Translated made = translated(count, asked);
    QCOMPARE(made.out.path, QByteArray("/v1/messages/count_tokens"));
    QVERIFY(at(made.out.body, "max_tokens").isMissing());
    QVERIFY(at(made.out.body, "temperature").isMissing());
    QVERIFY(!at(made.out.body, "tools[0]").isMissing());
    QVERIFY(!JsonText::parse(made.out.body).error);

    auto answer = anthropicProvider().readAnswer(Operation::CountTokens, R"({"input_tokens":14})", asked.target());
    QCOMPARE(std::get<Answer>(answer).countedTokens.value_or(-1), 14);
    QVERIFY(anthropicProvider().canCountTokens());
}

void TestAnthropicProvider::wholeRequest()
{
    const Asked asked;
    UnifiedRequest request = question();
    request.stream = true;
    request.system = {text("Be \"short\"."), text("Be kind.")};
    request.tools = {function("f")};
    request.tools[0].description = "does f";
    request.tools[0].strict = true;
    request.toolChoice = ToolChoice{};
    request.parallelTools = false;
    request.temperature = "0.70";
    request.stop = {"END", "\n\n", "STOP"};
    request.endUser = "u-1";
    request.serviceTier = "default";
    const Translated made = translated(request, asked);
    QVERIFY(!made.error);
    QCOMPARE(made.out.body,
        QByteArray(
            R"({"model":"claude-sonnet-4-6","max_tokens":1000,"tools":[{"name":"f","description":"does f","input_schema":{"type":"object","properties":{"z":{},"a":{}}},"strict":true}],"tool_choice":{"type":"auto","disable_parallel_tool_use":true},"system":[{"type":"text","text":"Be \"short\"."},{"type":"text","text":"Be kind."}],"messages":[{"role":"user","content":[{"type":"text","text":"Hello"}]}],"temperature":0.70,"stop_sequences":["END","STOP"],"metadata":{"user_id":"u-1"},"service_tier":"standard_only","stream":true})"));
    QCOMPARE(fieldOf(made.out, "anthropic-version"), QByteArray("2023-06-01")); // for the temperature
    QCOMPARE(lost(made.losses), QStringList({QStringLiteral("stop")}));
    QVERIFY(!JsonText::parse(made.out.body).error);

    QCOMPARE(fieldOf(translated(question(), asked).out, "anthropic-version"), QByteArray("2026-10-21"));
}

void TestAnthropicProvider::outputLimit()
{
    Asked asked;
    UnifiedRequest request = question();
    request.maxOutputTokens.reset();
    Translated made = translated(request, asked);
    QCOMPARE(rawAt(made.out.body, "max_tokens"), QByteArray("8192"));
    QCOMPARE(lost(made.losses), QStringList({QStringLiteral("max_tokens")}));
    asked.facts.maxOutputTokens = 64000;
    asked.candidate.facts = &asked.facts;
    made = translated(request, asked);
    QCOMPARE(rawAt(made.out.body, "max_tokens"), QByteArray("64000"));
    QVERIFY(made.losses.isEmpty());
    asked.outputLimit = 500;
    QCOMPARE(rawAt(translated(request, asked).out.body, "max_tokens"), QByteArray("500"));
    request.maxOutputTokens = 77;
    QCOMPARE(rawAt(translated(request, asked).out.body, "max_tokens"), QByteArray("77"));
}

// 9.19
void TestAnthropicProvider::mergesTurns()
{
    const Asked asked;
    UnifiedRequest request = question();
    request.tools = {function("f")};
    request.messages = {
        {Role::User, {text("one")}, {}},
        {Role::User, {text("two")}, {}},
        {Role::Assistant, {text("let me see")}, {}},
        {Role::Assistant, {call("a", "f", R"({"z":1.00,"b":2})"), call("b", "f", {})}, {}},
        {Role::User, {result("a", "1")}, {}},
        {Role::User, {text("and also")}, {}},
        {Role::User, {result("b", "2")}, {}},
    };
    const Translated made = translated(request, asked);
    QCOMPARE(rawAt(made.out.body, "messages"),
        QByteArray(
            R"([{"role":"user","content":[{"type":"text","text":"one"},{"type":"text","text":"two"}]},)"
            R"({"role":"assistant","content":[{"type":"text","text":"let me see"},{"type":"tool_use","id":"a","name":"f","input":{"z":1.00,"b":2}},{"type":"tool_use","id":"b","name":"f","input":{}}]},)"
            R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"1"},{"type":"tool_result","tool_use_id":"b","content":"2"},{"type":"text","text":"and also"}]}])"));
    QVERIFY(made.losses.isEmpty());
}

// Gemini and Ollama have no ids; some have ids that Anthropic refuses.
void TestAnthropicProvider::idsOfOthers()
{
    const Asked asked;
    UnifiedRequest request = question();
    request.tools = {function("f"), function("g")};
    request.messages = {
        {Role::User, {text("q")}, {}},
        {Role::Assistant, {call({}, "f", "{}"), call({}, "g", "{}"), call("call:1", "f", "not json")}, {}},
        {Role::User, {result({}, "G", "g"), result({}, "F", "f"), result("call:1", "C")}, {}},
    };
    const Translated made = translated(request, asked);
    const QByteArray body = made.out.body;
    QCOMPARE(rawAt(body, "messages[1].content[0].id"), QByteArray("\"toolu_sbx_1\""));
    QCOMPARE(rawAt(body, "messages[1].content[1].id"), QByteArray("\"toolu_sbx_2\""));
    QCOMPARE(rawAt(body, "messages[2].content[0].tool_use_id"), QByteArray("\"toolu_sbx_2\""));
    QCOMPARE(rawAt(body, "messages[2].content[1].tool_use_id"), QByteArray("\"toolu_sbx_1\""));
    QCOMPARE(rawAt(body, "messages[2].content[2].tool_use_id"), rawAt(body, "messages[1].content[2].id"));
    QCOMPARE(rawAt(body, "messages[1].content[2].input"), QByteArray(R"({"input":"not json"})"));
    QCOMPARE(lost(made.losses), QStringList({QStringLiteral("messages[1].content[2].arguments")}));
}

void TestAnthropicProvider::instructionsInside()
{
    UnifiedRequest request = question();
    request.system = {text("head")};
    request.messages.push_back({Role::System, {text("from now on")}, {}});
    const Asked newer("claude-opus-5-5");
    Translated made = translated(request, newer);
    QCOMPARE(rawAt(made.out.body, "messages[1]"),
        QByteArray(R"({"role":"system","content":[{"type":"text","text":"from now on"}]})"));
    QVERIFY(made.losses.isEmpty());

    const Asked older;
    made = translated(request, older);
    QCOMPARE(rawAt(made.out.body, "system"),
        QByteArray(R"([{"type":"text","text":"head"},{"type":"text","text":"from now on"}])"));
    QVERIFY(at(made.out.body, "messages[1]").isMissing());
    QCOMPARE(lost(made.losses), QStringList({QStringLiteral("messages[1].role")}));

    const Asked vertex("claude-opus-5-5", ProviderKind::Vertex);
    QCOMPARE(lost(translated(request, vertex).losses), QStringList({QStringLiteral("messages[1].role")}));

    // not between two turns of the user
    request.messages.push_back({Role::User, {text("so?")}, {}});
    QCOMPARE(lost(translated(request, newer).losses), QStringList({QStringLiteral("messages[1].role")}));
}

void TestAnthropicProvider::edgesOfConversation()
{
    const Asked asked;
    UnifiedRequest request = question();
    request.messages = {{Role::Assistant, {text("Welcome")}, {}}, {Role::User, {text("hi"), text("")}, "Ann"}};
    Translated made = translated(request, asked);
    QCOMPARE(
        rawAt(made.out.body, "messages[0]"), QByteArray(R"({"role":"user","content":[{"type":"text","text":"."}]})"));
    QCOMPARE(lost(made.losses), QStringList({QStringLiteral("messages[1].name"), QStringLiteral("messages[0]")}));

    request.messages.clear();
    request.system = {text("Say hello")};
    made = translated(request, asked);
    QCOMPARE(rawAt(made.out.body, "messages"),
        QByteArray(R"([{"role":"user","content":[{"type":"text","text":"Say hello"}]}])"));
    QVERIFY(at(made.out.body, "system").isMissing());
    QCOMPARE(lost(made.losses), QStringList({QStringLiteral("system")}));

    request.system.clear();
    request.messages = {{Role::User, {text("  ")}, {}}};
    QVERIFY(translated(request, asked).error);
}

void TestAnthropicProvider::prefill()
{
    UnifiedRequest request = question();
    request.messages.push_back({Role::Assistant, {text("The answer is: ")}, {}});
    const Asked older("claude-haiku-4-5");
    const Translated made = translated(request, older);
    QCOMPARE(rawAt(made.out.body, "messages[1].content[0].text"), QByteArray("\"The answer is:\""));
    QCOMPARE(lost(made.losses), QStringList({QStringLiteral("messages[1].content[0]")}));
    const Asked newer("claude-opus-4-6");
    const Translated refused = translated(request, newer);
    QVERIFY(refused.error);
    QCOMPARE(refused.error->code, ErrorCode::InvalidRequest);
}

void TestAnthropicProvider::media()
{
    const Asked asked;
    UnifiedRequest request = question();
    Part image;
    image.kind = Part::Kind::Image;
    image.data = "/9j/4AAQ";
    image.detail = "high";
    Part link;
    link.kind = Part::Kind::Image;
    link.url = "https://example.test/a.png";
    Part pdf;
    pdf.kind = Part::Kind::Document;
    pdf.mediaType = "application/pdf";
    pdf.data = "JVBERi0=";
    pdf.fileName = "a.pdf";
    Part note;
    note.kind = Part::Kind::Document;
    note.mediaType = "text/markdown";
    note.data = QByteArray("H\xc3\xbc").toBase64();
    Part shot = result("t", "");
    shot.content = {text("see"), image};
    shot.content[1].detail.clear();
    shot.isError = true;
    request.messages = {{Role::User, {image, link, pdf, note}, {}},
        {Role::Assistant, {call("t", "f", "{}"), image}, {}}, {Role::User, {shot}, {}}};
    const Translated made = translated(request, asked);
    QCOMPARE(rawAt(made.out.body, "messages[0].content"),
        QByteArray(
            R"([{"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"/9j/4AAQ"}},{"type":"image","source":{"type":"url","url":"https:/)"
            R"(/example.test/a.png"}},{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0="},"title":"a.pdf"},{"type":"document","source":{"type":"text","media_type":"text/plain","data":"Hü"}}])"));
    QCOMPARE(rawAt(made.out.body, "messages[2].content[0]"),
        QByteArray(
            R"({"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"see"},{"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"/9j/4AAQ"}}],"is_error":true})"));
    QCOMPARE(lost(made.losses),
        QStringList({QStringLiteral("messages[0].content[0].detail"), QStringLiteral("messages[1].content[1]")}));
}

void TestAnthropicProvider::refusedMedia_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("data");
    QTest::addColumn<QByteArray>("url");
    QTest::addColumn<QByteArray>("fileId");
    const QByteArray none;
    QTest::newRow("audio") << int(Part::Kind::Audio) << QByteArray("audio/wav") << QByteArray("UklG") << none << none;
    QTest::newRow("bmp") << int(Part::Kind::Image) << QByteArray("image/bmp") << QByteArray("Qk0=") << none << none;
    QTest::newRow("unknown bytes") << int(Part::Kind::Image) << none << QByteArray("AAAA") << none << none;
    QTest::newRow("gs") << int(Part::Kind::Image) << none << none << QByteArray("gs://bucket/a.png") << none;
    QTest::newRow("file") << int(Part::Kind::Document) << none << none << none << QByteArray("file-123");
    QTest::newRow("docx") << int(Part::Kind::Document) << QByteArray("application/msword") << QByteArray("AAAA") << none
                          << none;
    QTest::newRow("latin-1") << int(Part::Kind::Document) << QByteArray("text/plain") << QByteArray("\xfc").toBase64()
                             << none << none;
}

void TestAnthropicProvider::refusedMedia()
{
    QFETCH(int, kind);
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, data);
    QFETCH(QByteArray, url);
    QFETCH(QByteArray, fileId);
    Part part;
    part.kind = Part::Kind(kind);
    part.mediaType = type;
    part.data = data;
    part.url = url;
    part.fileId = fileId;
    UnifiedRequest request = question();
    request.messages[0].parts.push_back(part);
    const Asked asked;
    const Translated made = translated(request, asked);
    QVERIFY(made.error);
    QCOMPARE(made.error->code, ErrorCode::InvalidRequest);
    QCOMPARE(made.error->parameter, QStringLiteral("messages[0].content[1]"));
}

void TestAnthropicProvider::cacheMarks()
{
    const Asked asked;
    UnifiedRequest request = question();
    request.tools = {function("f"), function("g")};
    request.tools[1].cacheMark = CacheLife::Hour1;
    request.system = {text("a"), text("b")};
    request.system[1].cacheMark = CacheLife::Default;
    request.messages = {{Role::User, {text("1"), text("2"), text("3")}, {}}};
    for (Part& part : request.messages[0].parts)
        part.cacheMark = CacheLife::Minutes5;
    Translated made = translated(request, asked);
    QVERIFY(at(made.out.body, "tools[1].cache_control").isMissing());
    QCOMPARE(rawAt(made.out.body, "system[1].cache_control"), QByteArray(R"({"type":"ephemeral"})"));
    QCOMPARE(
        rawAt(made.out.body, "messages[0].content[2].cache_control"), QByteArray(R"({"type":"ephemeral","ttl":"5m"})"));
    QCOMPARE(made.out.body.count("cache_control"), 4);
    QCOMPARE(lost(made.losses), QStringList({QStringLiteral("tools[1].cache_control")}));

    request.cacheAll = CacheLife::Minutes30;
    made = translated(request, asked);
    QCOMPARE(rawAt(made.out.body, "cache_control"), QByteArray(R"({"type":"ephemeral","ttl":"1h"})"));
    QCOMPARE(made.out.body.count("cache_control"), 4);
    QCOMPARE(lost(made.losses), QStringList({QStringLiteral("tools[1].cache_control"),
                                    QStringLiteral("system[1].cache_control"), QStringLiteral("cache_control")}));
}

void TestAnthropicProvider::tools()
{
    const Asked old("claude-3-5-haiku-20241022");
    UnifiedRequest request = question();
    request.tools = {function("bare", {}), function("untyped", R"({"properties":{"b":{},"a":{}}})")};
    request.tools[0].strict = true;
    const Translated made = translated(request, old);
    QCOMPARE(rawAt(made.out.body, "tools"),
        QByteArray(
            R"([{"name":"bare","input_schema":{"type":"object","properties":{}}},{"name":"untyped","input_schema":{"type":"object","properties":{"b":{},"a":{}}}}])"));
    QCOMPARE(lost(made.losses), QStringList({QStringLiteral("tools[0].strict")}));
    QVERIFY(at(made.out.body, "tool_choice").isMissing());
    request.tools[1].kind = Tool::Kind::Hosted; // nobody else runs it
    QCOMPARE(translated(request, old).error->parameter, QStringLiteral("tools[1]"));
}

void TestAnthropicProvider::toolChoice_data()
{
    QTest::addColumn<int>("mode");
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("choice");
    QTest::addColumn<bool>("loses");
    using Mode = ToolChoice::Mode;
    const QByteArray older("claude-sonnet-4-6");
    const QByteArray newer("claude-opus-5-5");
    QTest::newRow("auto") << int(Mode::Auto) << older << QByteArray(R"({"type":"auto"})") << false;
    QTest::newRow("none") << int(Mode::None) << older << QByteArray(R"({"type":"none"})") << false;
    QTest::newRow("required") << int(Mode::Required) << older << QByteArray(R"({"type":"any"})") << false;
    QTest::newRow("named") << int(Mode::Named) << older << QByteArray(R"({"type":"tool","name":"g"})") << false;
    QTest::newRow("required, newer") << int(Mode::Required) << newer << QByteArray(R"({"type":"auto"})") << true;
    QTest::newRow("named, newer") << int(Mode::Named) << newer << QByteArray(R"({"type":"auto"})") << true;
}

void TestAnthropicProvider::toolChoice()
{
    QFETCH(int, mode);
    QFETCH(QByteArray, model);
    QFETCH(QByteArray, choice);
    QFETCH(bool, loses);
    const Asked asked(model);
    UnifiedRequest request = question();
    request.tools = {function("f"), function("g")};
    request.toolChoice = ToolChoice{ToolChoice::Mode(mode), "g", {}};
    Translated made = translated(request, asked);
    QCOMPARE(rawAt(made.out.body, "tool_choice"), choice);
    QCOMPARE(lost(made.losses).contains(QStringLiteral("tool_choice")), loses);
    request.toolChoice->allowed = {"f"}; // 9.17: neither lost nor silent
    made = translated(request, asked);
    QCOMPARE(rawAt(made.out.body, "tools[0].name"), QByteArray("\"f\""));
    QVERIFY(at(made.out.body, "tools[1]").isMissing());
    QVERIFY(lost(made.losses).contains(QStringLiteral("tool_choice")));
}

void TestAnthropicProvider::toolsOfHistory()
{
    const Asked asked;
    UnifiedRequest request = question();
    request.messages = {{Role::User, {text("q")}, {}}, {Role::Assistant, {call("a", "f", "{}")}, {}},
        {Role::User, {result("a", "1")}, {}}};
    request.messages[2].parts[0].content[0].cacheMark = CacheLife::Hour1;
    const Translated made = translated(request, asked);
    QCOMPARE(rawAt(made.out.body, "messages[2].content[0].cache_control.ttl"), QByteArray("\"1h\""));
    QCOMPARE(rawAt(made.out.body, "tools"), QByteArray(R"([{"name":"f","input_schema":{"type":"object"}}])"));
    QCOMPARE(rawAt(made.out.body, "tool_choice"), QByteArray(R"({"type":"none"})"));
}

void TestAnthropicProvider::effort_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<int>("effort");
    QTest::addColumn<QByteArray>("thinking");
    QTest::addColumn<QByteArray>("output");
    QTest::addColumn<bool>("loses");
    const QByteArray none;
    const QByteArray adaptive(R"({"type":"adaptive"})");
    const auto step = [](const char* word) { return QByteArray("{\"effort\":\"") + word + "\"}"; };
    QTest::newRow("4.6 high") << QByteArray("claude-opus-4-6") << int(Effort::High) << adaptive << step("high")
                              << false;
    QTest::newRow("4.6 xhigh") << QByteArray("claude-opus-4-6") << int(Effort::XHigh) << adaptive << step("high")
                               << true;
    QTest::newRow("4.6 max") << QByteArray("claude-opus-4-6") << int(Effort::Max) << adaptive << step("max") << false;
    QTest::newRow("4.8 xhigh") << QByteArray("claude-opus-4-8") << int(Effort::XHigh) << adaptive << step("xhigh")
                               << false;
    QTest::newRow("4.8 minimal") << QByteArray("claude-opus-4-8") << int(Effort::Minimal) << adaptive << step("low")
                                 << true;
    QTest::newRow("4.8 none") << QByteArray("claude-opus-4-8") << int(Effort::None) << none << none << false;
    QTest::newRow("5 none") << QByteArray("claude-sonnet-5") << int(Effort::None)
                            << QByteArray(R"({"type":"disabled"})") << none << false;
    QTest::newRow("5.5 none") << QByteArray("claude-sonnet-5-5") << int(Effort::None)
                              << QByteArray(R"({"type":"between_tools"})") << none << true;
    QTest::newRow("always none") << QByteArray("claude-opus-5-5") << int(Effort::None) << none << step("low") << true;
    QTest::newRow("newer none") << QByteArray("claude-opus-9") << int(Effort::None) << none << step("low") << true;
    QTest::newRow("newer medium") << QByteArray("claude-opus-9") << int(Effort::Medium) << adaptive << step("medium")
                                  << false;
    QTest::newRow("older") << QByteArray("claude-haiku-4-5") << int(Effort::Low)
                           << QByteArray(R"({"type":"enabled","budget_tokens":2048})") << none << false;
    QTest::newRow("4.5 opus") << QByteArray("claude-opus-4-5") << int(Effort::Max)
                              << QByteArray(R"({"type":"enabled","budget_tokens":6144})") << step("high") << true;
    QTest::newRow("older none") << QByteArray("claude-haiku-4-5") << int(Effort::None) << none << none << false;
    QTest::newRow("oldest") << QByteArray("claude-3-5-haiku-latest") << int(Effort::Low) << none << none << true;
}

void TestAnthropicProvider::effort()
{
    QFETCH(QByteArray, model);
    QFETCH(int, effort);
    QFETCH(QByteArray, thinking);
    QFETCH(QByteArray, output);
    QFETCH(bool, loses);
    const Asked asked(model);
    UnifiedRequest request = question();
    request.maxOutputTokens = 8192;
    request.reasoning.effort = Effort(effort);
    const Translated made = translated(request, asked);
    QCOMPARE(rawAt(made.out.body, "thinking"), thinking);
    QCOMPARE(rawAt(made.out.body, "output_config"), output);
    QCOMPARE(lost(made.losses).contains(QStringLiteral("reasoning_effort")), loses);
}

void TestAnthropicProvider::budgets()
{
    UnifiedRequest request = question();
    request.reasoning.budgetTokens = 5000;
    request.reasoning.showThoughts = true;
    request.maxOutputTokens = 4096;
    const Asked newer("claude-opus-5");
    Translated made = translated(request, newer);
    QCOMPARE(rawAt(made.out.body, "thinking"), QByteArray(R"({"type":"adaptive","display":"summarized"})"));
    QCOMPARE(rawAt(made.out.body, "output_config.effort"), QByteArray("\"low\""));
    QCOMPARE(lost(made.losses), QStringList({QStringLiteral("thinking.budget_tokens")}));

    const Asked older("claude-haiku-4-5");
    made = translated(request, older);
    QCOMPARE(rawAt(made.out.body, "thinking.budget_tokens"), QByteArray("3072")); // a quarter is left for the answer
    QCOMPARE(lost(made.losses), QStringList({QStringLiteral("thinking.budget_tokens")}));
    request.maxOutputTokens = 1024;
    made = translated(request, older);
    QVERIFY(at(made.out.body, "thinking").isMissing());
    QCOMPARE(lost(made.losses), QStringList({QStringLiteral("thinking.budget_tokens")}));
    request.maxOutputTokens = 1025;
    QCOMPARE(rawAt(translated(request, older).out.body, "thinking.budget_tokens"), QByteArray("1024"));

    // forced calls, and turns whose thinking did not come back, are not thought about
    request.maxOutputTokens = 4096;
    request.tools = {function("f")};
    request.toolChoice = ToolChoice{ToolChoice::Mode::Required, {}, {}};
    QVERIFY(at(translated(request, older).out.body, "thinking").isMissing());
    request.toolChoice.reset();
    request.messages = {{Role::User, {text("q")}, {}}, {Role::Assistant, {call("a", "f", "{}")}, {}},
        {Role::User, {result("a", "1")}, {}}};
    QVERIFY(at(translated(request, older).out.body, "thinking").isMissing());
    request.messages.push_back({Role::Assistant, {text("done")}, {}});
    QVERIFY(at(translated(request, older).out.body, "thinking").isMissing()); // it goes on with "done"
    request.messages.push_back({Role::User, {text("and now")}, {}});
    QVERIFY(!at(translated(request, older).out.body, "thinking").isMissing());
}

void TestAnthropicProvider::sampling_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<bool>("thinks");
    QTest::addColumn<QByteArray>("temperature");
    QTest::addColumn<QByteArray>("topK");
    QTest::addColumn<QByteArray>("version");
    const QByteArray none;
    QTest::newRow("older") << QByteArray("claude-sonnet-4-6") << false << QByteArray("1") << QByteArray("40")
                           << QByteArray("2023-06-01");
    QTest::newRow("older, thinking") << QByteArray("claude-sonnet-4-6") << true << none << none
                                     << QByteArray("2026-10-21");
    QTest::newRow("4.7") << QByteArray("claude-opus-4-7") << false << none << none << QByteArray("2026-10-21");
    QTest::newRow("newest") << QByteArray("claude-sonnet-5-5") << false << none << none << QByteArray("2026-10-21");
    QTest::newRow("unknown") << QByteArray("claude-opus-9") << false << none << none << QByteArray("2026-10-21");
}

void TestAnthropicProvider::sampling()
{
    QFETCH(QByteArray, model);
    QFETCH(bool, thinks);
    QFETCH(QByteArray, temperature);
    QFETCH(QByteArray, topK);
    QFETCH(QByteArray, version);
    const Asked asked(model);
    UnifiedRequest request = question();
    request.temperature = "1.5";
    request.topP = "0.9";
    request.topK = "40";
    if (thinks)
        request.reasoning.enabled = true;
    const Translated made = translated(request, asked);
    QCOMPARE(rawAt(made.out.body, "temperature"), temperature);
    QCOMPARE(rawAt(made.out.body, "top_k"), topK);
    QVERIFY(at(made.out.body, "top_p").isMissing()); // never beside a temperature
    QCOMPARE(fieldOf(made.out, "anthropic-version"), version);
    QVERIFY(lost(made.losses).contains(QStringLiteral("temperature")));
    QVERIFY(lost(made.losses).contains(QStringLiteral("top_p")));
    QCOMPARE(lost(made.losses).contains(QStringLiteral("top_k")), topK.isEmpty());
}

// A signature goes to its signer; nobody else's thinking, and no unsigned one, goes to Anthropic.
void TestAnthropicProvider::thinkingOfOthers()
{
    const Asked asked;
    Part own;
    own.kind = Part::Kind::Thinking;
    own.text = "mine";
    own.signature = "EqQ+/=";
    own.signer = Signer::Anthropic;
    Part hidden = own;
    hidden.redacted = true;
    hidden.text.clear();
    Part google = own;
    google.signer = Signer::Google;
    Part nobody = own;
    nobody.signature.clear();
    nobody.signer = Signer::Unknown;
    Part signedCall = call("t", "f", "{}");
    signedCall.signature = "x";
    signedCall.signer = Signer::Google;
    UnifiedRequest request = question();
    request.tools = {function("f")};
    request.messages.push_back({Role::Assistant, {own, hidden, google, nobody, signedCall}, {}});
    request.messages.push_back({Role::User, {result("t", "r")}, {}});
    const Translated made = translated(request, asked);
    QCOMPARE(rawAt(made.out.body, "messages[1].content"),
        QByteArray(
            R"([{"type":"thinking","thinking":"mine","signature":"EqQ+/="},{"type":"redacted_thinking","data":"EqQ+/="},{"type":"tool_use","id":"t","name":"f","input":{}}])"));
    QCOMPARE(lost(made.losses),
        QStringList({QStringLiteral("messages[1].content[2]"), QStringLiteral("messages[1].content[3]"),
            QStringLiteral("messages[1].content[4].signature")}));
}

void TestAnthropicProvider::losses()
{
    const Asked asked;
    UnifiedRequest request = question();
    request.frequencyPenalty = "0.5";
    request.presencePenalty = "0.5";
    request.seed = "7";
    request.verbosity = "low";
    request.promptCacheKey = "k";
    request.serviceTier = "flex";
    request.endUser = QByteArray(300, 'u');
    request.format.kind = OutputFormat::Kind::JsonObject;
    request.others = {{"logit_bias", "{\"1\":2}"}, {"store", "true"}, {"metadata", "{}"}, {"logprobs", "false"},
        {"modalities", "[\"text\"]"}, {"prediction", "{\"type\":\"content\"}"}};
    const Translated made = translated(request, asked);
    QVERIFY(!made.error);
    QStringList fields = lost(made.losses);
    fields.sort();
    QCOMPARE(fields.join(u' '),
        QStringLiteral("frequency_penalty logit_bias prediction presence_penalty prompt_cache_key response_format seed "
                       "service_tier store user verbosity"));
    QCOMPARE(made.out.body,
        QByteArray(
            R"({"model":"claude-sonnet-4-6","max_tokens":1000,"messages":[{"role":"user","content":[{"type":"text","text":"Hello"}]}]})"));
}

void TestAnthropicProvider::refused_data()
{
    QTest::addColumn<QByteArray>("field");
    QTest::addColumn<QByteArray>("raw");
    QTest::newRow("logprobs") << QByteArray("logprobs") << QByteArray("true");
    QTest::newRow("top_logprobs") << QByteArray("top_logprobs") << QByteArray("3");
    QTest::newRow("gemini logprobs") << QByteArray("generationConfig.responseLogprobs") << QByteArray("true");
    QTest::newRow("audio") << QByteArray("audio") << QByteArray("{\"voice\":\"alloy\"}");
    QTest::newRow("modalities") << QByteArray("modalities") << QByteArray("[\"text\",\"audio\"]");
    QTest::newRow("images") << QByteArray("generationConfig.responseModalities") << QByteArray("[\"IMAGE\"]");
    QTest::newRow("response id") << QByteArray("previous_response_id") << QByteArray("\"r\"");
    QTest::newRow("background") << QByteArray("background") << QByteArray("true");
}

void TestAnthropicProvider::refused()
{
    QFETCH(QByteArray, field);
    QFETCH(QByteArray, raw);
    const Asked asked;
    UnifiedRequest request = question();
    request.others = {{field, raw}};
    const Translated made = translated(request, asked);
    QVERIFY(made.error);
    QCOMPARE(made.error->code, ErrorCode::InvalidRequest);
    QCOMPARE(made.error->parameter, QString::fromUtf8(field));

    request.others.clear();
    request.choices = 2;
    QVERIFY(translated(request, asked).error);
    request.choices = 1;
    request.tools = {function("f")};
    request.tools[0].kind = Tool::Kind::Custom;
    QVERIFY(translated(request, asked).error);
    request.tools.clear();
    request.operation = Operation::Embed;
    QVERIFY(translated(request, asked).error);
}

void TestAnthropicProvider::outputFormat()
{
    UnifiedRequest request = question();
    request.format.kind = OutputFormat::Kind::JsonSchema;
    request.format.name = "answer";
    request.format.schema = R"({"type":"object","properties":{"z":{"type":"number"},"a":{"type":"string"}}})";
    request.format.strict = true;
    const Asked asked;
    Translated made = translated(request, asked);
    QCOMPARE(rawAt(made.out.body, "output_config"),
        R"({"format":{"type":"json_schema","schema":)" + request.format.schema + "}}");
    QVERIFY(made.losses.isEmpty());
    request.format.strict = false;
    request.format.description = "d";
    QCOMPARE(translated(request, asked).losses.all().size(), std::size_t(2));
    const Asked old("claude-opus-4-20250514");
    made = translated(request, old);
    QVERIFY(at(made.out.body, "output_config").isMissing());
    QCOMPARE(lost(made.losses), QStringList({QStringLiteral("response_format")}));
}

void TestAnthropicProvider::answer()
{
    const Asked asked;
    const QByteArray body =
        R"({"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-6","content":[{"type":"thinking","thinking":"t","signature":"s="},{"type":"redacted_thinking","data":"d="},{"type":"server_tool_use","id":"x","name":"web_search","input":{}},{"type":"new_block"},{"type":"text","text":"hi","citations":[]},{"type":"tool_use","id":"toolu_1","name":"f","input":{"z": 1.50,"a":[]}}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":10,"cache_creation_input_tokens":7,"cache_read_input_tokens":0,"output_tokens":20,"output_tokens_details":{"thinking_tokens":5},"service_tier":"priority"}})";
    auto read = anthropicProvider().readAnswer(Operation::Generate, body, asked.target());
    const Answer answer = std::get<Answer>(read);
    QCOMPARE(answer.parts.size(), std::size_t(4));
    QCOMPARE(answer.parts[0].signature, QByteArray("s="));
    QCOMPARE(answer.parts[0].signer, Signer::Anthropic);
    QVERIFY(answer.parts[1].redacted);
    QCOMPARE(answer.parts[1].signature, QByteArray("d="));
    QCOMPARE(answer.parts[2].text, QByteArray("hi"));
    QCOMPARE(answer.parts[3].callId, QByteArray("toolu_1"));
    QCOMPARE(answer.parts[3].arguments, QByteArray(R"({"z": 1.50,"a":[]})"));
    QCOMPARE(answer.facts.stop, StopReason::ToolUse); // 9.3
    QCOMPARE(answer.facts.tokens.inUncached, 10);
    QCOMPARE(answer.facts.tokens.inCacheWrite5m, 7);
    QCOMPARE(answer.facts.tokens.inCacheWrite1h, 0);
    QCOMPARE(answer.facts.tokens.outText, 15);
    QCOMPARE(answer.facts.tokens.outReasoning, 5);
    QCOMPARE(answer.facts.serviceTier, QByteArray("priority"));

    const CallRequest request;
    QByteArray right = body;
    right.replace("end_turn", "tool_use");
    QCOMPARE(anthropicMessages().repaired(request, body, answer.facts), right);
    AnswerFacts good = answer.facts;
    good.finishReason = QStringLiteral("tool_use");
    QCOMPARE(anthropicMessages().repaired(request, right, good), QByteArray());
}

void TestAnthropicProvider::badAnswers_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("code");
    QTest::newRow("empty") << QByteArray() << int(ErrorCode::TransformError);
    QTest::newRow("text") << QByteArray("<html>") << int(ErrorCode::TransformError);
    QTest::newRow("list") << QByteArray("[]") << int(ErrorCode::TransformError);
    QTest::newRow("no content") << QByteArray(R"({"content":"x"})") << int(ErrorCode::TransformError);
    QTest::newRow("error") << QByteArray(R"({"type":"error","error":{"type":"overloaded_error","message":"m"}})")
                           << int(ErrorCode::ProviderOverloaded);
}

void TestAnthropicProvider::badAnswers()
{
    QFETCH(QByteArray, body);
    QFETCH(int, code);
    const Asked asked;
    const auto read = anthropicProvider().readAnswer(Operation::Generate, body, asked.target());
    QVERIFY(std::holds_alternative<CallError>(read));
    QCOMPARE(int(std::get<CallError>(read).code), code);
    QVERIFY(std::holds_alternative<CallError>(
        anthropicProvider().readAnswer(Operation::CountTokens, body, asked.target())));
}

void TestAnthropicProvider::errors_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("error");
    QTest::addColumn<int>("code");
    QTest::addColumn<bool>("retriable");
    const auto plain = [](const char* type, const char* message = "m") {
        return QByteArray("{\"type\":\"") + type + "\",\"message\":\"" + message + "\"}";
    };
    QTest::newRow("400") << 400 << plain("invalid_request_error") << int(ErrorCode::ProviderBadRequest) << false;
    QTest::newRow("spend limit") << 400
                                 << plain("invalid_request_error",
                                        "You have reached your specified API usage limits. You will regain access.")
                                 << int(ErrorCode::ProviderAuth) << false;
    QTest::newRow("too long") << 400
                              << plain("invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum")
                              << int(ErrorCode::ContextTooLong) << false;
    QTest::newRow("401") << 401 << plain("authentication_error") << int(ErrorCode::ProviderAuth) << false;
    QTest::newRow("402") << 402 << plain("billing_error") << int(ErrorCode::ProviderAuth) << false;
    QTest::newRow("403") << 403 << plain("permission_error") << int(ErrorCode::ProviderAuth) << false;
    QTest::newRow("404") << 404 << plain("not_found_error", "model: claude-x") << int(ErrorCode::ModelRetired) << false;
    QTest::newRow("413") << 413 << plain("request_too_large") << int(ErrorCode::ContextTooLong) << false;
    QTest::newRow("429") << 429 << plain("rate_limit_error") << int(ErrorCode::ProviderThrottled) << true;
    QTest::newRow("429 spend")
        << 429
        << QByteArray(
               R"({"type":"rate_limit_error","message":"m","details":{"error_code":"enforced_spend_limit_reached"}})")
        << int(ErrorCode::ProviderThrottled) << false;
    QTest::newRow("500") << 500 << plain("api_error") << int(ErrorCode::ProviderUnavailable) << true;
    QTest::newRow("504") << 504 << plain("timeout_error") << int(ErrorCode::ProviderUnavailable) << true;
    QTest::newRow("529") << 529 << plain("overloaded_error") << int(ErrorCode::ProviderOverloaded) << true;
    QTest::newRow("Google's 429") << 429 << QByteArray(R"({"code":429,"message":"m","status":"RESOURCE_EXHAUSTED"})")
                                  << int(ErrorCode::ProviderThrottled) << true;
}

void TestAnthropicProvider::errors()
{
    QFETCH(int, status);
    QFETCH(QByteArray, error);
    QFETCH(int, code);
    QFETCH(bool, retriable);
    const Asked asked;
    const http::ResponseHead head;
    const QByteArray body = R"({"type":"error","error":)" + error + R"(,"request_id":"req_1"})";
    const CallError read = anthropicProvider().readError(status, head, body, asked.target());
    QCOMPARE(int(read.code), code);
    QCOMPARE(read.mayRetry(), retriable);
    const CallError listed = anthropicProvider().readError(status, head, '[' + body + ']', asked.target());
    QCOMPARE(int(listed.code), code);
    for (const QByteArray& odd : {QByteArray(), QByteArray("<html>"), QByteArray("{}"), QByteArray("{\"error\":5}")})
        QVERIFY(anthropicProvider().readError(status, head, odd, asked.target()).code != ErrorCode::None);

    const QByteArray leaky =
        R"({"error":{"type":"invalid_request_error","message":"bad key sk-ant-api03-1234567890abcdef here"}})";
    QVERIFY(!anthropicProvider()
                 .readError(400, head, leaky, asked.target())
                 .text()
                 .contains(QStringLiteral("1234567890abcdef")));
}

QTEST_APPLESS_MAIN(TestAnthropicProvider)
#include "tst_anthropic_provider.moc"
