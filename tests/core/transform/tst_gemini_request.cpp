// Requests of other dialects in Gemini's words: every field of the unified form, what is lost, what is refused, and
// where it goes. The mistakes of wire.md section 9 that concern it: 11 (signatures), 12 (schemas).
#include "gemini_fixture.h"
#include "transform/providers/gemini_schema.h"

using namespace geminitest;

class TestGeminiRequest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyField();
    void conversation();
    void signatures_data();
    void signatures();
    void results_data();
    void results();
    void media();
    void toolChoice_data();
    void toolChoice();
    void schemas_data();
    void schemas();
    void thinking_data();
    void thinking();
    void losses();
    void refusals_data();
    void refusals();
    void paths_data();
    void paths();
    void passOn_data();
    void passOn();
    void embeddings_data();
    void embeddings();
    void countTokens();
};

void TestGeminiRequest::everyField()
{
    UnifiedRequest request = saying("Hi");
    request.system = {text("Be brief."), text("Be kind.")};
    request.maxOutputTokens = 200;
    request.temperature = "0.30000000000000000001";
    request.topP = "0.9";
    request.topK = "40";
    request.frequencyPenalty = "0.1";
    request.presencePenalty = "-0.1";
    request.seed = "7";
    request.stop = {"END", "\n\n"};
    request.serviceTier = "flex";
    request.format.kind = OutputFormat::Kind::JsonSchema;
    request.format.name = "answer";
    request.format.schema = R"({"type":"object","properties":{"z":{"type":"string"},"a":{"type":"number"}}})";
    request.format.strict = true;
    request.reasoning.effort = Effort::Low;
    request.reasoning.showThoughts = true;
    Tool tool;
    tool.name = "look";
    tool.description = "Looks.";
    tool.schema =
        R"({"type":"object","properties":{"q":{"type":"string","exclusiveMinimum":1}},"additionalProperties":false})";
    request.tools = {tool};
    request.toolChoice = ToolChoice{};
    request.parallelTools = true;
    QByteArray lost;
    QCOMPARE(translated(request, Door(), &lost),
        QByteArray(
            R"({"systemInstruction":{"parts":[{"text":"Be brief."},{"text":"Be kind."}]},)"
            R"("contents":[{"role":"user","parts":[{"text":"Hi"}]}],)"
            R"("tools":[{"functionDeclarations":[{"name":"look","description":"Looks.","parametersJsonSchema":)"
            R"({"type":"object","properties":{"q":{"type":"string","exclusiveMinimum":1}},"additionalProperties":false}}]}],)"
            R"("toolConfig":{"functionCallingConfig":{"mode":"AUTO"}},)"
            R"("generationConfig":{"maxOutputTokens":200,"temperature":0.30000000000000000001,"topP":0.9,"topK":40,)"
            R"("frequencyPenalty":0.1,"presencePenalty":-0.1,"seed":7,"stopSequences":["END","\u000a\u000a"],)"
            R"("responseMimeType":"application/json","responseJsonSchema":)"
            R"({"type":"object","properties":{"z":{"type":"string"},"a":{"type":"number"}}},)"
            R"("thinkingConfig":{"thinkingLevel":"LOW","includeThoughts":true}},"serviceTier":"flex"})"));
    QCOMPARE(lost, QByteArray());
}

void TestGeminiRequest::conversation()
{
    UnifiedRequest request = saying("Weather?");
    request.messages.push_back({Role::Assistant, {text("I look."), call("c1", "look", R"({"b":1,"a":2})")}, {}});
    request.messages.push_back({Role::Assistant, {call("c2", "look")}, {}}); // a parallel call in a message of its own
    request.messages.push_back({Role::User, {result("c1", "rain")}, {}});
    request.messages.push_back({Role::User, {text("Go on."), result("c2", R"({"sky":"blue"})")}, {}});
    request.messages.push_back({Role::System, {text("Answer in French.")}, {}});
    QByteArray lost;
    QCOMPARE(translated(request, Door("gemini-2.5-flash"), &lost),
        QByteArray(
            R"({"contents":[{"role":"user","parts":[{"text":"Weather?"}]},)"
            R"({"role":"model","parts":[{"text":"I look."},)"
            R"({"functionCall":{"id":"c1","name":"look","args":{"b":1,"a":2}}},)"
            R"({"functionCall":{"id":"c2","name":"look","args":{}}}]},)"
            R"({"role":"user","parts":[{"functionResponse":{"id":"c1","name":"look","response":{"result":"rain"}}},)"
            R"({"functionResponse":{"id":"c2","name":"look","response":{"sky":"blue"}}}]},)"
            R"({"role":"user","parts":[{"text":"Go on."},{"text":"Answer in French."}]}]})"));
    QCOMPARE(lost, QByteArray("~messages[5].role"));
    // only an instruction: it must be somebody's message
    UnifiedRequest bare;
    bare.system = {text("Say hi.")};
    QCOMPARE(
        translated(bare, Door(), &lost), QByteArray(R"({"contents":[{"role":"user","parts":[{"text":"Say hi."}]}]})"));
    QCOMPARE(lost, QByteArray("~system"));
}

void TestGeminiRequest::signatures_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<int>("signer"); // of the call's signature; -1: none
    QTest::addColumn<QByteArray>("first");
    QTest::addColumn<QByteArray>("lost");
    const QByteArray skip = R"(,"thoughtSignature":"skip_thought_signature_validator")";
    QTest::newRow("google's comes back") << QByteArray("gemini-3.8-flash") << int(Signer::Google)
                                         << QByteArray(R"(,"thoughtSignature":"c2ln+/==")") << QByteArray();
    QTest::newRow("google's, old model") << QByteArray("gemini-2.5-pro") << int(Signer::Google)
                                         << QByteArray(R"(,"thoughtSignature":"c2ln+/==")") << QByteArray();
    QTest::newRow("none") << QByteArray("gemini-3.8-flash") << -1 << skip << QByteArray();
    QTest::newRow("none, old model") << QByteArray("gemini-2.5-pro") << -1 << QByteArray() << QByteArray();
    QTest::newRow("another's") << QByteArray("gemini-3.8-flash") << int(Signer::Anthropic) << skip
                               << QByteArray("-messages[1].content[0].signature");
}

void TestGeminiRequest::signatures()
{
    QFETCH(QByteArray, model);
    QFETCH(int, signer);
    QFETCH(QByteArray, first);
    QFETCH(QByteArray, lost);
    UnifiedRequest request = saying("Go");
    Part signedCall = call("c1", "a");
    if (signer >= 0) {
        signedCall.signature = "c2ln+/==";
        signedCall.signer = Signer(signer);
    }
    request.messages.push_back({Role::Assistant, {signedCall, call("c2", "b")}, {}});
    request.messages.push_back({Role::User, {result("c1", "x"), result("c2", "y")}, {}});
    QByteArray noted;
    const Door door(model.constData());
    const QByteArray body = translated(request, door, &noted);
    // the first call of the step only; the parallel one has none
    QVERIFY2(body.contains(R"({"functionCall":{"id":"c1","name":"a","args":{}})" + first +
                           R"(},{"functionCall":{"id":"c2","name":"b","args":{}}}])"),
        body);
    QCOMPARE(noted, lost);
}

void TestGeminiRequest::results_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isError");
    QTest::addColumn<QByteArray>("response");
    QTest::newRow("text") << QByteArray("rain") << false << QByteArray(R"({"result":"rain"})");
    QTest::newRow("empty") << QByteArray() << false << QByteArray(R"({"result":""})");
    QTest::newRow("object") << QByteArray(R"( {"b":1,"a":12345678901234567890} )") << false
                            << QByteArray(R"({"b":1,"a":12345678901234567890})");
    QTest::newRow("list") << QByteArray("[1]") << false << QByteArray(R"({"result":"[1]"})");
    QTest::newRow("error") << QByteArray("no such city") << true << QByteArray(R"({"error":"no such city"})");
    QTest::newRow("error object") << QByteArray(R"({"code":5})") << true << QByteArray(R"({"error":"{\"code\":5}"})");
    QTest::newRow("$ref inside") << QByteArray(R"({"a":[{"$ref":"#/x"}]})") << false
                                 << QByteArray(R"({"result":"{\"a\":[{\"$ref\":\"#/x\"}]}"})");
}

void TestGeminiRequest::results()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, isError);
    QFETCH(QByteArray, response);
    UnifiedRequest request = saying("Go");
    request.messages.push_back({Role::Assistant, {call("c1", "look")}, {}});
    request.messages.push_back({Role::User, {result("c1", text.constData(), isError)}, {}});
    const QByteArray body = translated(request, Door());
    QVERIFY2(body.contains(R"("functionResponse":{"id":"c1","name":"look","response":)" + response + "}}"), body);
    // Vertex knows calls by their order, and its API refuses ids
    const QByteArray vertex = translated(request, Door("gemini-3.8-flash", config::ProviderKind::Vertex));
    QVERIFY2(vertex.contains(R"("functionResponse":{"name":"look","response":)" + response + "}}"), vertex);
    QVERIFY(!vertex.contains("\"id\""));
}

void TestGeminiRequest::media()
{
    UnifiedRequest request;
    Part image;
    image.kind = Part::Kind::Image;
    image.data = "iVBORw0KGgoAAA==";
    image.detail = "high";
    Part byUrl;
    byUrl.kind = Part::Kind::Image;
    byUrl.url = "https://example.org/cat.WEBP?x=1";
    Part pdf;
    pdf.kind = Part::Kind::Document;
    pdf.mediaType = "application/pdf";
    pdf.data = "JVBERi0=";
    pdf.fileName = "a.pdf";
    Part audio;
    audio.kind = Part::Kind::Audio;
    audio.mediaType = "audio/mp3";
    audio.data = "AAAA";
    request.messages.push_back({Role::User, {image, byUrl, pdf, audio}, QByteArrayLiteral("anna")});
    QByteArray lost;
    QCOMPARE(translated(request, Door(), &lost),
        QByteArray(R"({"contents":[{"role":"user","parts":[)"
                   R"({"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgoAAA=="}},)"
                   R"({"fileData":{"mimeType":"image/webp","fileUri":"https://example.org/cat.WEBP?x=1"}},)"
                   R"({"inlineData":{"mimeType":"application/pdf","data":"JVBERi0="}},)"
                   R"({"inlineData":{"mimeType":"audio/mp3","data":"AAAA"}}]}]})"));
    QCOMPARE(lost, QByteArray("-messages[0].name -messages[0].content[0].detail -messages[0].content[2].filename"));
    // in a tool's result: inside it for Gemini 3 and later, beside it for older models
    UnifiedRequest tool = saying("Go");
    tool.messages.push_back({Role::Assistant, {call("c1", "shot")}, {}});
    Part answer = result("c1", "here");
    image.detail.clear();
    answer.content.push_back(image);
    tool.messages.push_back({Role::User, {answer}, {}});
    const QByteArray inside =
        R"({"result":"here"},"parts":[{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgoAAA=="}}]}})";
    QVERIFY(translated(tool, Door(), &lost).contains(inside));
    QCOMPARE(lost, QByteArray());
    const QByteArray beside =
        R"({"result":"here"}}},{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgoAAA=="}}]})";
    QVERIFY(translated(tool, Door("gemini-2.5-pro"), &lost).contains(beside));
    QCOMPARE(lost, QByteArray("~messages[2].content[0].content"));
}

void TestGeminiRequest::toolChoice_data()
{
    using Mode = ToolChoice::Mode;
    QTest::addColumn<int>("mode");
    QTest::addColumn<QByteArrayList>("allowed");
    QTest::addColumn<bool>("strict");
    QTest::addColumn<QByteArray>("config");
    const auto config = [](const char* inside) {
        return QByteArray(R"("toolConfig":{"functionCallingConfig":)") + inside + '}';
    };
    QTest::newRow("auto") << int(Mode::Auto) << QByteArrayList() << false << config(R"({"mode":"AUTO"})");
    QTest::newRow("auto, strict") << int(Mode::Auto) << QByteArrayList() << true << config(R"({"mode":"VALIDATED"})");
    QTest::newRow("auto, some") << int(Mode::Auto) << QByteArrayList{"b", "a"} << false
                                << config(R"({"mode":"VALIDATED","allowedFunctionNames":["b","a"]})");
    QTest::newRow("none") << int(Mode::None) << QByteArrayList() << false << config(R"({"mode":"NONE"})");
    QTest::newRow("required") << int(Mode::Required) << QByteArrayList() << false << config(R"({"mode":"ANY"})");
    QTest::newRow("required, some") << int(Mode::Required) << QByteArrayList{"a"} << false
                                    << config(R"({"mode":"ANY","allowedFunctionNames":["a"]})");
    QTest::newRow("named") << int(Mode::Named) << QByteArrayList() << false
                           << config(R"({"mode":"ANY","allowedFunctionNames":["b"]})");
}

void TestGeminiRequest::toolChoice()
{
    QFETCH(int, mode);
    QFETCH(QByteArrayList, allowed);
    QFETCH(bool, strict);
    QFETCH(QByteArray, config);
    UnifiedRequest request = saying("Go");
    for (const char* name : {"a", "b"}) {
        Tool tool;
        tool.name = name;
        tool.strict = strict;
        request.tools.push_back(tool);
    }
    ToolChoice choice;
    choice.mode = ToolChoice::Mode(mode);
    choice.name = "b";
    choice.allowed.assign(allowed.begin(), allowed.end());
    request.toolChoice = choice;
    request.parallelTools = false;
    QByteArray lost;
    const QByteArray body = translated(request, Door(), &lost);
    QVERIFY2(body.contains(config), body);
    QCOMPARE(lost, QByteArray("-parallel_tool_calls"));
}

void TestGeminiRequest::schemas_data()
{
    QTest::addColumn<QByteArray>("schema");
    QTest::addColumn<QByteArray>("sent");
    const auto same = [](const char* name, const char* schema) {
        QTest::newRow(name) << QByteArray(schema) << QByteArray(schema);
    };
    same("keywords stay", R"({"$defs":{"n":{"$ref":"#/$defs/n"}},"uniqueItems":true,"patternProperties":{"^x":{}}})");
    same("a property named const", R"({"properties":{"const":{"type":"string"},"$ref":{"type":"string"}}})");
    same("const as data", R"({"enum":[{"const":1}],"default":{"const":2}})");
    same("const beside an enum", R"({"const":1,"enum":[1,2]})");
    same("a boolean", "true");
    QTest::newRow("const") << QByteArray(R"({"type":"string","const":"a"})")
                           << QByteArray(R"({"type":"string","enum":["a"]})");
    QTest::newRow("only const") << QByteArray(R"({"const":null})") << QByteArray(R"({"enum":[null]})");
    QTest::newRow("deep")
        << QByteArray(R"({"anyOf":[{"const":1.50},{"items":{"const":{"k":[1]}}}],"properties":{"const":{"const":2}}})")
        << QByteArray(
               R"({"anyOf":[{"enum":[1.50]},{"items":{"enum":[{"k":[1]}]}}],"properties":{"const":{"enum":[2]}}})");
}

void TestGeminiRequest::schemas()
{
    QFETCH(QByteArray, schema);
    QFETCH(QByteArray, sent);
    QCOMPARE(gemini::schemaForGoogle(schema), sent);
    QVERIFY(!JsonText::parse(sent).error);
}

void TestGeminiRequest::thinking_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<Reasoning>("reasoning");
    QTest::addColumn<QByteArray>("config");
    QTest::addColumn<QByteArray>("lost");
    const auto effort = [](Effort step) { return Reasoning{step, {}, {}, {}}; };
    const auto budget = [](qint64 tokens) { return Reasoning{{}, tokens, {}, {}}; };
    const auto enabled = [](bool on) { return Reasoning{{}, {}, on, {}}; };
    const auto row = [](const char* name, const char* model, const Reasoning& reasoning, const char* config,
                         const char* lost) {
        QTest::newRow(name) << QByteArray(model) << reasoning << QByteArray(config) << QByteArray(lost);
    };
    row("level", "gemini-3.8-flash", effort(Effort::Medium), R"({"thinkingLevel":"MEDIUM"})", "");
    row("level max", "gemini-3.8-flash", effort(Effort::Max), R"({"thinkingLevel":"HIGH"})", "~reasoning_effort");
    row("level minimal", "gemini-3.5-flash", effort(Effort::Minimal), R"({"thinkingLevel":"MINIMAL"})", "");
    row("no minimal", "gemini-3.8-flash", effort(Effort::Minimal), R"({"thinkingLevel":"LOW"})", "~reasoning_effort");
    row("no medium", "gemini-3-pro-preview", effort(Effort::Medium), R"({"thinkingLevel":"HIGH"})",
        "~reasoning_effort");
    row("cannot stop", "gemini-3.1-pro-preview", effort(Effort::None), R"({"thinkingLevel":"LOW"})",
        "~reasoning_effort");
    row("off", "gemini-3.5-flash", enabled(false), R"({"thinkingLevel":"MINIMAL"})", "~thinking.type");
    row("adaptive", "gemini-3.5-flash", enabled(true), "", "");
    row("tokens as a level", "gemini-4-ultra", budget(2000), R"({"thinkingLevel":"LOW"})", "~thinking.budget_tokens");
    row("budget", "gemini-2.5-flash", budget(2000), R"({"thinkingBudget":2000})", "");
    row("budget off", "gemini-2.5-flash", enabled(false), R"({"thinkingBudget":0})", "");
    row("budget cannot stop", "gemini-2.5-pro", budget(0), R"({"thinkingBudget":128})", "~thinking.budget_tokens");
    row("budget too much", "gemini-2.5-flash", budget(99'999), R"({"thinkingBudget":24576})",
        "~thinking.budget_tokens");
    row("budget from effort", "gemini-2.5-pro", effort(Effort::Medium), R"({"thinkingBudget":8192})", "");
    row("budget adaptive", "gemini-2.5-pro", enabled(true), R"({"thinkingBudget":-1})", "");
    row("does not think", "gemini-2.0-flash", effort(Effort::High), "", "-reasoning_effort");
    row("need not think", "gemini-2.0-flash", effort(Effort::None), "", "");
}

void TestGeminiRequest::thinking()
{
    QFETCH(QByteArray, model);
    QFETCH(Reasoning, reasoning);
    QFETCH(QByteArray, config);
    QFETCH(QByteArray, lost);
    UnifiedRequest request = saying("Go");
    request.reasoning = reasoning;
    QByteArray noted;
    const Door door(model.constData());
    const QByteArray body = translated(request, door, &noted);
    const QByteArray expected =
        config.isEmpty() ? QByteArray() : R"(,"generationConfig":{"thinkingConfig":)" + config + "}";
    QCOMPARE(body, R"({"contents":[{"role":"user","parts":[{"text":"Go"}]}])" + expected + "}");
    QCOMPARE(noted, lost);
}

void TestGeminiRequest::losses()
{
    UnifiedRequest request = saying("Go");
    request.messages[0].parts[0].cacheMark = CacheLife::Minutes5;
    Part foreign;
    foreign.kind = Part::Kind::Thinking;
    foreign.text = "hm";
    foreign.signature = "sig";
    foreign.signer = Signer::Anthropic;
    Part refusal;
    refusal.kind = Part::Kind::Refusal;
    refusal.text = "No.";
    request.messages.push_back({Role::Assistant, {foreign, refusal}, {}});
    request.verbosity = "low";
    request.endUser = "u1";
    request.promptCacheKey = "k";
    request.cacheAll = CacheLife::Default;
    request.serviceTier = "scale";
    request.seed = "99999999999";
    request.stop = {"1", "2", "3", "4", "5", "6"};
    request.others = {
        {"logit_bias", R"({"5":1})"}, {"store", "false"}, {"metadata", R"({"a":"b"})"}, {"top_logprobs", "0"}};
    QByteArray lost;
    const QByteArray body = translated(request, Door(), &lost);
    const QList<QByteArray> names = lost.split(' ');
    for (const char* name : {"-messages[0].content[0].cache_control", "-messages[1].content[0]",
             "~messages[1].content[1]", "-verbosity", "-user", "-prompt_cache_key", "-cache_control", "-service_tier",
             "-seed", "~stop", "-logit_bias", "-metadata"})
        QVERIFY2(names.contains(name), lost + " lacks " + name);
    QCOMPARE(names.size(), 12);
    QVERIFY(!body.contains("hm"));
    QVERIFY(body.contains(R"("stopSequences":["1","2","3","4","5"])"));
}

void TestGeminiRequest::refusals_data()
{
    QTest::addColumn<UnifiedRequest>("request");
    UnifiedRequest several = saying("x");
    several.choices = 2;
    QTest::newRow("choices") << several;
    UnifiedRequest logprobs = saying("x");
    logprobs.others = {{"logprobs", "true"}};
    QTest::newRow("logprobs") << logprobs;
    UnifiedRequest state = saying("x");
    state.others = {{"previous_response_id", "\"resp_1\""}};
    QTest::newRow("state") << state;
    UnifiedRequest custom = saying("x");
    custom.tools.resize(1);
    custom.tools[0].kind = Tool::Kind::Custom;
    QTest::newRow("custom tool") << custom;
    UnifiedRequest hosted = custom;
    hosted.tools[0].kind = Tool::Kind::Hosted;
    QTest::newRow("hosted tool") << hosted;
    UnifiedRequest file;
    Part document;
    document.kind = Part::Kind::Document;
    document.fileId = "file-1";
    file.messages.push_back({Role::User, {document}, {}});
    QTest::newRow("file id") << file;
    UnifiedRequest orphan = saying("x");
    orphan.messages.push_back({Role::User, {result("c9", "y")}, {}});
    QTest::newRow("result of no call") << orphan;
    QTest::newRow("nothing") << UnifiedRequest();
    UnifiedRequest tokens;
    tokens.operation = Operation::Embed;
    tokens.embed.tokenArrays = {"[1,2]"};
    QTest::newRow("token arrays") << tokens;
}

void TestGeminiRequest::refusals()
{
    QFETCH(UnifiedRequest, request);
    const QByteArray body = translated(request, Door());
    QVERIFY2(body.startsWith("error: invalid_request "), body);
}

void TestGeminiRequest::paths_data()
{
    using Kind = config::ProviderKind;
    QTest::addColumn<int>("kind");
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("basePath");
    QTest::addColumn<QByteArray>("project");
    QTest::addColumn<bool>("stream");
    QTest::addColumn<QByteArray>("path");
    QTest::newRow("gemini") << int(Kind::Gemini) << QByteArray("gemini-3.8-flash") << QByteArray() << QByteArray()
                            << false << QByteArray("/v1beta/models/gemini-3.8-flash:generateContent");
    QTest::newRow("stream") << int(Kind::Gemini) << QByteArray("models/gemini-3.8-flash") << QByteArray("/proxy")
                            << QByteArray() << true
                            << QByteArray("/proxy/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse");
    QTest::newRow("encoded") << int(Kind::Gemini) << QByteArray("a b/../c?d:e") << QByteArray() << QByteArray() << false
                             << QByteArray("/v1beta/models/a%20b%2F..%2Fc%3Fd%3Ae:generateContent");
    QTest::newRow("vertex") << int(Kind::Vertex) << QByteArray("gemini-3.8-flash") << QByteArray() << QByteArray("acme")
                            << true
                            << QByteArray("/v1/projects/acme/locations/europe-west4/publishers/google/models/"
                                          "gemini-3.8-flash:streamGenerateContent?alt=sse");
    QTest::newRow("project in the base URL")
        << int(Kind::Vertex) << QByteArray("gemini-3.8-flash") << QByteArray("/v1/projects/p/locations/global")
        << QByteArray() << false
        << QByteArray("/v1/projects/p/locations/global/publishers/google/models/gemini-3.8-flash:generateContent");
    QTest::newRow("no project") << int(Kind::Vertex) << QByteArray("gemini-3.8-flash") << QByteArray() << QByteArray()
                                << false << QByteArray("error");
}

void TestGeminiRequest::paths()
{
    QFETCH(int, kind);
    QFETCH(QByteArray, model);
    QFETCH(QByteArray, basePath);
    QFETCH(QByteArray, project);
    QFETCH(bool, stream);
    QFETCH(QByteArray, path);
    Door door(model.constData(), config::ProviderKind(kind));
    door.provider.basePath = basePath;
    door.project = project;
    UnifiedRequest request = saying("x");
    request.stream = stream;
    Losses losses;
    QCOMPARE(pathOf(geminiProvider().translate(request, door.target(), losses)), path);
}

void TestGeminiRequest::passOn_data()
{
    QTest::addColumn<bool>("vertex");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("sent"); // without a limit; empty: untouched
    QTest::addColumn<QByteArray>("limited");
    QTest::newRow("plain")
        << false << QByteArray(R"( {"contents" : [{"parts":[{"text":"x"}]}], "new_field": 1.50 } )") << QByteArray()
        << QByteArray(
               R"( {"generationConfig":{"maxOutputTokens":99},"contents" : [{"parts":[{"text":"x"}]}], "new_field": 1.50 } )");
    QTest::newRow("config")
        << false << QByteArray(R"({"generationConfig":{"topK":1},"contents":[{"role":"user","parts":[]}]})")
        << QByteArray()
        << QByteArray(
               R"({"generationConfig":{"maxOutputTokens":99,"topK":1},"contents":[{"role":"user","parts":[]}]})");
    QTest::newRow("snake case") << false << QByteArray(R"({"generation_config":{},"contents":[{"parts":[]}]})")
                                << QByteArray()
                                << QByteArray(
                                       R"({"generation_config":{"maxOutputTokens":99},"contents":[{"parts":[]}]})");
    QTest::newRow("vertex wants roles")
        << true << QByteArray(R"({"contents":[{"parts":[]},{"role":"model","parts":[]}]})")
        << QByteArray(R"({"contents":[{"role":"user","parts":[]},{"role":"model","parts":[]}]})")
        << QByteArray(
               R"({"generationConfig":{"maxOutputTokens":99},"contents":[{"role":"user","parts":[]},{"role":"model","parts":[]}]})");
}

void TestGeminiRequest::passOn()
{
    QFETCH(bool, vertex);
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, sent);
    QFETCH(QByteArray, limited);
    Door door("gemini-3.8-flash", vertex ? config::ProviderKind::Vertex : config::ProviderKind::Gemini);
    const CallRequest request = accepted(geminiGenerate(), body);
    Losses losses;
    QCOMPARE(bodyOf(geminiProvider().passOn(request, door.target(), losses)), sent.isEmpty() ? body : sent);
    door.outputLimit = 99;
    QCOMPARE(bodyOf(geminiProvider().passOn(request, door.target(), losses)), limited);
    QVERIFY(losses.isEmpty());
}

void TestGeminiRequest::embeddings_data()
{
    using Kind = config::ProviderKind;
    QTest::addColumn<int>("kind");
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<int>("texts");
    QTest::addColumn<QByteArray>("verb");
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("gemini")
        << int(Kind::Gemini) << QByteArray("gemini-embedding-001") << 2 << QByteArray(":batchEmbedContents")
        << QByteArray(
               R"({"requests":[{"model":"models/gemini-embedding-001","content":{"parts":[{"text":"t0"}]},"taskType":"RETRIEVAL_QUERY","outputDimensionality":64},)"
               R"({"model":"models/gemini-embedding-001","content":{"parts":[{"text":"t1"}]},"taskType":"RETRIEVAL_QUERY","outputDimensionality":64}]})");
    QTest::newRow("predict")
        << int(Kind::Vertex) << QByteArray("text-embedding-005") << 2 << QByteArray(":predict")
        << QByteArray(
               R"({"instances":[{"content":"t0","task_type":"RETRIEVAL_QUERY"},{"content":"t1","task_type":"RETRIEVAL_QUERY"}],"parameters":{"outputDimensionality":64}})");
    QTest::newRow("one")
        << int(Kind::Vertex) << QByteArray("gemini-embedding-2") << 1 << QByteArray(":embedContent")
        << QByteArray(
               R"({"content":{"parts":[{"text":"t0"}]},"embedContentConfig":{"taskType":"RETRIEVAL_QUERY","outputDimensionality":64}})");
    QTest::newRow("one at a time")
        << int(Kind::Vertex) << QByteArray("gemini-embedding-2") << 2 << QByteArray("error")
        << QByteArray("error: invalid_request The model embeds one text at a time, and the request has 2.");
}

void TestGeminiRequest::embeddings()
{
    QFETCH(int, kind);
    QFETCH(QByteArray, model);
    QFETCH(int, texts);
    QFETCH(QByteArray, verb);
    QFETCH(QByteArray, body);
    const Door door(model.constData(), config::ProviderKind(kind));
    UnifiedRequest request;
    request.operation = Operation::Embed;
    for (int i = 0; i < texts; ++i)
        request.embed.texts.push_back("t" + QByteArray::number(i));
    request.embed.purpose = "search_query";
    request.embed.dimensions = 64;
    request.embed.user = "u";
    Losses losses;
    const OutgoingOrError out = geminiProvider().translate(request, door.target(), losses);
    QCOMPARE(bodyOf(out), body);
    QVERIFY2(pathOf(out).endsWith(verb), pathOf(out));
    if (verb != "error")
        QCOMPARE(lossText(losses), QByteArray("-user"));
}

void TestGeminiRequest::countTokens()
{
    UnifiedRequest request = saying("x");
    request.operation = Operation::CountTokens;
    request.system = {text("s")};
    const QByteArray input =
        R"("systemInstruction":{"parts":[{"text":"s"}]},"contents":[{"role":"user","parts":[{"text":"x"}]}])";
    QCOMPARE(translated(request, Door()),
        QByteArray(R"({"generateContentRequest":{"model":"models/gemini-3.8-flash",)") + input + "}}");
    QCOMPARE(translated(request, Door("gemini-3.8-flash", config::ProviderKind::Vertex)), '{' + input + '}');
    Losses losses;
    const Door door;
    QVERIFY(pathOf(geminiProvider().translate(request, door.target(), losses)).endsWith(":countTokens"));
    // same dialect: the alias in the body becomes the model
    const CallRequest same = accepted(geminiCountTokens(),
        R"({"generateContentRequest":{"model":"models/fast","contents":[{"parts":[]}]}})", "countTokens");
    QCOMPARE(bodyOf(geminiProvider().passOn(same, door.target(), losses)),
        QByteArray(R"({"generateContentRequest":{"model":"models/gemini-3.8-flash","contents":[{"parts":[]}]}})"));
}

QTEST_GUILESS_MAIN(TestGeminiRequest)
#include "tst_gemini_request.moc"
