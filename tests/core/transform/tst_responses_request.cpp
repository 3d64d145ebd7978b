// Requests of the Responses dialect: what the gateway reads to decide, the unified form, the caller's bytes passed on,
// and requests of other dialects written in it.
#include "responses_fixture.h"

#include "transform/signature.h"

using namespace responses;

class TestResponsesRequest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void decides();
    void features_data();
    void features();
    void refuses_data();
    void refuses();
    void unifiesText();
    void unifiesTurns();
    void unifiesFields();
    void unifiesMedia();
    void unifyRefuses_data();
    void unifyRefuses();
    void reasoningGoesHome();
    void others();
    void passesOn_data();
    void passesOn();
    void passesOnWithoutForeignReasoning();
    void passOnRefuses();
    void translates();
    void translatesMedia();
    void translationLoses();
    void translationRefuses();
    void errorBody();
};

void TestResponsesRequest::decides()
{
    const CallRequest request = parsed(
        R"({"input":"Hi","max_output_tokens":70,"model":"fast","stream":true,"service_tier":"flex","x_new":[1.50]})");
    QCOMPARE(request.alias, QStringLiteral("fast"));
    QVERIFY(request.stream);
    QCOMPARE(request.maxOutputTokens.value_or(0), 70);
    QCOMPARE(request.serviceTier, QByteArray("flex"));
    QVERIFY(!request.features);
    QVERIFY(!request.namesOther);
    QCOMPARE(request.surface, &openAiResponses());
}

void TestResponsesRequest::features_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<int>("features");
    QTest::addColumn<qint64>("images");
    QTest::addColumn<bool>("other");
    const auto row = [](const char* name, const char* members, Features features, qint64 images = 0,
                         bool other = false) {
        QTest::newRow(name) << QByteArray(members) << int(features) << images << other;
    };
    row("store is no state", R"("input":"x","store":true)", {});
    row("previous response", R"("input":"x","previous_response_id":"resp_1")", Feature::Stateful, 0, true);
    row("previous response null", R"("input":"x","previous_response_id":null,"conversation":null)", {});
    row("no input, but a conversation", R"("conversation":{"id":"conv_1"})", Feature::Stateful, 0, true);
    row("background", R"("input":"x","background":true)", Feature::Stateful);
    row("not background", R"("input":"x","background":false)", {});
    row("kept prompt", R"("prompt":{"id":"pmpt_1"})", Feature::Stateful, 0, true);
    row("reference", R"("input":[{"type":"item_reference","id":"msg_1"}])", Feature::Stateful, 0, true);
    row("reference without a type", R"("input":[{"id":"msg_1"}])", Feature::Stateful, 0, true);
    row("reference to our own reasoning", R"("input":[{"type":"item_reference","id":"rs_sbx_1"},{"id":"rs_sbx_2"}])",
        {});
    row("compaction", R"("input":[{"type":"compaction","encrypted_content":"x"}])", Feature::Stateful, 0, true);
    row("function", R"("input":"x","tools":[{"type":"function","name":"f"}])", Feature::Tools);
    row("custom and hosted", R"("input":"x","tools":[{"type":"custom","name":"f"},{"type":"web_search"}])",
        Feature::CustomTools | Feature::HostedTools);
    row("schema", R"("input":"x","text":{"format":{"type":"json_schema","name":"n","schema":{}}})",
        Feature::JsonSchema);
    row("logprobs", R"("input":"x","include":["message.output_text.logprobs"])", Feature::Logprobs);
    row("no logprobs", R"("input":"x","top_logprobs":0)", {});
    row("image inline",
        R"("input":[{"role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,AA=="}]}])",
        Feature::ImagesInline);
    row("images by URL",
        R"("input":[{"role":"user","content":[{"type":"input_image","image_url":"https://x/1"},{"type":"input_image","image_url":"https://x/2"}]}])",
        Feature::ImagesByUrl, 2);
    row("image by id", R"("input":[{"role":"user","content":[{"type":"input_image","file_id":"file_1"}]}])",
        Feature::FileIds, 0, true);
    row("file", R"("input":[{"role":"user","content":[{"type":"input_file","file_data":"AA=="}]}])",
        Feature::Documents);
    row("file by URL", R"("input":[{"role":"user","content":[{"type":"input_file","file_url":"https://x"}]}])",
        Feature::Documents, 0, true);
    row("image as a result",
        R"("input":[{"type":"function_call_output","call_id":"c","output":[{"type":"input_image","image_url":"https://x"}]}])",
        Feature::ImagesByUrl, 1);
}

void TestResponsesRequest::features()
{
    QFETCH(QByteArray, members);
    QFETCH(int, features);
    QFETCH(qint64, images);
    QFETCH(bool, other);
    const CallRequest request = parsed("{\"model\":\"m\"," + members + "}");
    QCOMPARE(request.alias, QStringLiteral("m"));
    QCOMPARE(int(request.features), features);
    QCOMPARE(request.namedImages, images);
    QCOMPARE(request.namesOther, other);
}

void TestResponsesRequest::refuses_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("parameter");
    QTest::newRow("not JSON") << QByteArray("{") << QString();
    QTest::newRow("list") << QByteArray("[]") << QString();
    QTest::newRow("no model") << QByteArray(R"({"input":"x"})") << QStringLiteral("model");
    QTest::newRow("no input") << QByteArray(R"({"model":"m"})") << QStringLiteral("input");
    QTest::newRow("empty input") << QByteArray(R"({"model":"m","input":[]})") << QStringLiteral("input");
    QTest::newRow("input is an object") << QByteArray(R"({"model":"m","input":{}})") << QStringLiteral("input");
    QTest::newRow("stream") << QByteArray(R"({"model":"m","input":"x","stream":"yes"})") << QStringLiteral("stream");
    QTest::newRow("limit") << QByteArray(R"({"model":"m","input":"x","max_output_tokens":0})")
                           << QStringLiteral("max_output_tokens");
    QTest::newRow("limit too wide") << QByteArray(
                                           R"({"model":"m","input":"x","max_output_tokens":99999999999999999999})")
                                    << QStringLiteral("max_output_tokens");
}

void TestResponsesRequest::refuses()
{
    QFETCH(QByteArray, body);
    QFETCH(QString, parameter);
    const auto error = refused(body);
    QVERIFY(error);
    QCOMPARE(error->code, api::ErrorCode::InvalidRequest);
    QCOMPARE(error->parameter, parameter);
}

void TestResponsesRequest::unifiesText()
{
    const UnifiedRequest request = unified(R"({"input":"Hi","model":"m","instructions":"Be brief."})");
    QCOMPARE(request.system.size(), 1u);
    QCOMPARE(request.system[0].text, QByteArray("Be brief."));
    QCOMPARE(request.messages.size(), 1u);
    QCOMPARE(request.messages[0].role, Role::User);
    QCOMPARE(request.messages[0].parts[0].text, QByteArray("Hi"));
    QVERIFY(request.others.empty());
}

void TestResponsesRequest::unifiesTurns()
{
    const UnifiedRequest request = unified(R"({"model":"m","instructions":"A","input":[
        {"role":"developer","content":"B"},
        {"role":"user","content":[{"type":"input_text","text":"Weather?","prompt_cache_breakpoint":{"mode":"explicit","ttl":"12h"}}]},
        {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"one"},{"type":"summary_text","text":"two"}],"encrypted_content":"gAAA"},
        {"type":"message","id":"msg_1","role":"assistant","status":"completed","content":[{"type":"output_text","text":"Let me see.","annotations":[]}]},
        {"type":"function_call","id":"fc_1","call_id":"call_a","name":"weather","arguments":"{\"city\": \"K\u00f6ln\", \"n\": 1.50}"},
        {"type":"function_call","call_id":"call_b","name":"time","arguments":""},
        {"type":"custom_tool_call","call_id":"call_c","name":"patch","input":"*** begin"},
        {"type":"function_call_output","call_id":"call_a","output":"{\"t\":7}"},
        {"type":"function_call_output","call_id":"call_b","output":[{"type":"input_text","text":"noon"}]},
        {"type":"custom_tool_call_output","call_id":"call_c","output":"done"},
        {"role":"system","content":"Metric."},
        {"role":"user","content":"Thanks"}]})");
    QCOMPARE(request.system.size(), 2u);
    QCOMPARE(request.system[1].text, QByteArray("B"));
    QCOMPARE(request.messages.size(), 5u);
    QCOMPARE(request.messages[0].parts[0].cacheMark.value(), CacheLife::Hours12);

    const std::vector<Part>& said = request.messages[1].parts;
    QCOMPARE(request.messages[1].role, Role::Assistant);
    QCOMPARE(said.size(), 5u);
    QCOMPARE(said[0].kind, Part::Kind::Thinking);
    QCOMPARE(said[0].text, QByteArray("one\n\ntwo"));
    QCOMPARE(said[0].signature, QByteArray("gAAA"));
    QCOMPARE(said[0].signer, Signer::OpenAi);
    QCOMPARE(said[1].text, QByteArray("Let me see."));
    QCOMPARE(said[2].callId, QByteArray("call_a"));
    QCOMPARE(said[2].arguments, QByteArray("{\"city\": \"Köln\", \"n\": 1.50}")); // not a byte other
    QCOMPARE(said[3].arguments, QByteArray("{}"));
    QVERIFY(said[4].custom);
    QCOMPARE(said[4].arguments, QByteArray("*** begin"));

    // all results of one turn in one message, each with the name of its function
    const std::vector<Part>& results = request.messages[2].parts;
    QCOMPARE(results.size(), 3u);
    QCOMPARE(results[0].name, QByteArray("weather"));
    QCOMPARE(results[0].content[0].text, QByteArray("{\"t\":7}"));
    QCOMPARE(results[1].content[0].text, QByteArray("noon"));
    QVERIFY(results[2].custom);
    QCOMPARE(request.messages[3].role, Role::System);
    QCOMPARE(request.messages[4].parts[0].text, QByteArray("Thanks"));
}

void TestResponsesRequest::unifiesFields()
{
    const UnifiedRequest request = unified(R"({"model":"m","input":"x","stream":true,"max_output_tokens":9,
        "tools":[{"type":"function","name":"f","description":"d","parameters":{"b":1,"a":2.50},"strict":true},
                 {"type":"function","name":"g","parameters":null,"strict":null},
                 {"type":"custom","name":"p","format":{"type":"grammar","syntax":"lark","definition":"x"}},
                 {"type":"web_search"}],
        "tool_choice":{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"}]},
        "parallel_tool_calls":false,
        "text":{"verbosity":"low","format":{"type":"json_schema","name":"n","description":"d","schema":{"z":1,"a":2},"strict":true}},
        "reasoning":{"effort":"xhigh","summary":"auto"},"temperature":0.30,"top_p":1.0,
        "include":["reasoning.encrypted_content"],"user":"u","safety_identifier":"s","prompt_cache_key":"k",
        "prompt_cache_options":{"mode":"implicit","ttl":"30m"},"service_tier":"priority","store":true,
        "truncation":"disabled","background":false,"top_logprobs":0,"stream_options":{"include_obfuscation":false}})");
    QVERIFY(request.stream);
    QCOMPARE(request.maxOutputTokens.value_or(0), 9);
    QCOMPARE(request.tools.size(), 4u);
    QCOMPARE(request.tools[0].schema, QByteArray("{\"b\":1,\"a\":2.50}"));
    QCOMPARE(request.tools[0].strict, std::optional(true));
    QVERIFY(request.tools[1].schema.isEmpty());
    QVERIFY(!request.tools[1].strict);
    QCOMPARE(request.tools[2].kind, Tool::Kind::Custom);
    QCOMPARE(request.tools[3].kind, Tool::Kind::Hosted);
    QCOMPARE(request.toolChoice->mode, ToolChoice::Mode::Required);
    QCOMPARE(request.toolChoice->allowed, std::vector<QByteArray>{"f"});
    QCOMPARE(request.parallelTools, std::optional(false));
    QCOMPARE(request.verbosity, QByteArray("low"));
    QCOMPARE(request.format.kind, OutputFormat::Kind::JsonSchema);
    QCOMPARE(request.format.schema, QByteArray("{\"z\":1,\"a\":2}"));
    QCOMPARE(request.format.strict, std::optional(true));
    QCOMPARE(request.reasoning.effort.value(), Effort::XHigh);
    QCOMPARE(request.reasoning.showThoughts, std::optional(true));
    QCOMPARE(request.temperature, QByteArray("0.30"));
    QCOMPARE(request.topP, QByteArray("1.0"));
    QCOMPARE(request.endUser, QByteArray("s"));
    QCOMPARE(request.promptCacheKey, QByteArray("k"));
    QCOMPARE(request.cacheAll.value(), CacheLife::Minutes30);
    QCOMPARE(request.serviceTier, QByteArray("priority"));
    QVERIFY2(request.others.empty(), request.others.empty() ? "" : request.others[0].name.constData());
}

void TestResponsesRequest::unifiesMedia()
{
    const UnifiedRequest request = unified(R"({"model":"m","input":[{"role":"user","content":[
        {"type":"input_image","image_url":"data:image/webp;base64,AAEC","detail":"high"},
        {"type":"input_image","image_url":"https://x/y.png","detail":"auto"},
        {"type":"input_image","file_id":"file_1","detail":"auto"},
        {"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,JVBE"},
        {"type":"input_file","file_url":"https://x/a.pdf"},
        {"type":"input_audio","input_audio":{"data":"UklG","format":"wav"}}]}]})");
    const std::vector<Part>& parts = request.messages[0].parts;
    QCOMPARE(parts.size(), 6u);
    QCOMPARE(parts[0].mediaType, QByteArray("image/webp"));
    QCOMPARE(parts[0].data, QByteArray("AAEC"));
    QCOMPARE(parts[0].detail, QByteArray("high"));
    QCOMPARE(parts[1].url, QByteArray("https://x/y.png"));
    QCOMPARE(parts[2].fileId, QByteArray("file_1"));
    QCOMPARE(parts[3].mediaType, QByteArray("application/pdf"));
    QCOMPARE(parts[3].fileName, QByteArray("a.pdf"));
    QCOMPARE(parts[4].url, QByteArray("https://x/a.pdf"));
    QCOMPARE(parts[5].mediaType, QByteArray("audio/wav"));
}

void TestResponsesRequest::unifyRefuses_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QString>("parameter");
    const auto row = [](const char* name, const char* members, const char* parameter) {
        QTest::newRow(name) << QByteArray(members) << QString::fromLatin1(parameter);
    };
    row("state", R"("input":"x","previous_response_id":"resp_1")", "previous_response_id");
    row("background", R"("input":"x","background":true)", "background");
    row("reference", R"("input":[{"type":"item_reference","id":"msg_1"}])", "input[0]");
    row("compaction", R"("input":["x",{"type":"compaction"}])", "input[0]");
    row("logprobs", R"("input":"x","top_logprobs":3)", "top_logprobs");
    row("logprobs included", R"("input":"x","include":["message.output_text.logprobs"])", "include");
    row("arguments", R"("input":[{"type":"function_call","call_id":"c","name":"f","arguments":"{\"a\":"}])",
        "input[0].arguments");
    row("arguments that are a list", R"("input":[{"type":"function_call","call_id":"c","name":"f","arguments":"[]"}])",
        "input[0].arguments");
    row("no call id", R"("input":[{"type":"function_call_output","output":"x"}])", "input[0].call_id");
    row("role", R"("input":[{"role":"boss","content":"x"}])", "input[0].role");
    row("content", R"("input":[{"role":"user","content":7}])", "input[0].content");
    row("part", R"("input":[{"role":"user","content":[{"type":"hologram"}]}])", "input[0].content[0].type");
    row("text", R"("input":[{"role":"user","content":[{"type":"input_text","text":1}]}])", "input[0].content[0].text");
    row("effort", R"("input":"x","reasoning":{"effort":"heroic"})", "reasoning.effort");
    row("temperature", R"("input":"x","temperature":"hot")", "temperature");
    row("schema", R"("input":"x","text":{"format":{"type":"json_schema","name":"n"}})", "text.format.schema");
    row("tools", R"("input":"x","tools":{})", "tools");
    row("tool without a name", R"("input":"x","tools":[{"type":"function"}])", "tools[0]");
}

void TestResponsesRequest::unifyRefuses()
{
    QFETCH(QByteArray, members);
    QFETCH(QString, parameter);
    const CallRequest request = parsed("{\"model\":\"m\"," + members + "}");
    const auto result = openAiResponses().unify(request);
    const auto* error = std::get_if<CallError>(&result);
    QVERIFY(error);
    QCOMPARE(error->code, api::ErrorCode::InvalidRequest);
    QCOMPARE(error->parameter, parameter);
    QVERIFY(!error->text().isEmpty());
}

// Signatures that went out in our envelope come back to their signer only, byte for byte.
void TestResponsesRequest::reasoningGoesHome()
{
    const QByteArray thought = sealed({"EqQB+/=", Signer::Anthropic, SignaturePlace::Thinking});
    const QByteArray hidden = sealed({"opaque", Signer::Anthropic, SignaturePlace::Redacted});
    const QByteArray next = sealed({"CiQ\x01", Signer::Google, SignaturePlace::NextPart});
    const UnifiedRequest request = unified(
        R"({"model":"m","input":[{"type":"reasoning","id":"rs_sbx_1","summary":[{"type":"summary_text","text":"hm"}],"encrypted_content":")" +
        thought + R"("},{"type":"reasoning","id":"rs_sbx_2","summary":[],"encrypted_content":")" + hidden +
        R"("},{"type":"reasoning","id":"rs_sbx_3","summary":[],"encrypted_content":")" + next +
        R"("},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},{"type":"reasoning","id":"rs_sbx_4","summary":[]}]})");
    QCOMPARE(request.messages.size(), 1u);
    const std::vector<Part>& parts = request.messages[0].parts;
    QCOMPARE(parts.size(), 3u);
    QCOMPARE(parts[0].signature, QByteArray("EqQB+/="));
    QCOMPARE(parts[0].signer, Signer::Anthropic);
    QCOMPARE(parts[0].text, QByteArray("hm"));
    QVERIFY(parts[1].redacted);
    QCOMPARE(parts[1].signature, QByteArray("opaque"));
    QCOMPARE(parts[2].kind, Part::Kind::ToolCall);
    QCOMPARE(parts[2].signature, QByteArray("CiQ\x01"));
    QCOMPARE(parts[2].signer, Signer::Google);
}

void TestResponsesRequest::others()
{
    const UnifiedRequest request = unified(R"({"model":"m","metadata":{"a":"b"},"truncation":"auto","max_tool_calls":3,
        "moderation":{},"reasoning":{"context":"all_turns"},"include":["web_search_call.results"],"x_new":1.50,
        "tool_choice":{"type":"web_search"},"tools":[{"type":"function","name":"f","defer_loading":true,"async":false}],
        "input":[{"role":"user","content":"x"},
            {"type":"web_search_call","id":"ws_1","status":"completed"},
            {"type":"item_reference","id":"rs_sbx_1"},
            {"type":"message","role":"assistant","phase":"commentary","content":[{"type":"output_text","text":"a","annotations":[{"type":"url_citation"}]}]}]})");
    QStringList names;
    for (const OtherField& field : request.others)
        names.append(QString::fromUtf8(field.name));
    names.sort();
    const QStringList expected{QStringLiteral("include.web_search_call.results"), QStringLiteral("input[1]"),
        QStringLiteral("input[2]"), QStringLiteral("input[3].content[0].annotations"), QStringLiteral("input[3].phase"),
        QStringLiteral("max_tool_calls"), QStringLiteral("metadata"), QStringLiteral("moderation"),
        QStringLiteral("reasoning.context"), QStringLiteral("tool_choice"), QStringLiteral("tools[0].defer_loading"),
        QStringLiteral("truncation"), QStringLiteral("x_new")};
    QCOMPARE(names, expected);
}

void TestResponsesRequest::passesOn_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QByteArray>("base");
    QTest::addColumn<QByteArray>("path");
    QTest::newRow("openai") << int(config::ProviderKind::OpenAi) << QByteArray("/v1") << QByteArray("/v1/responses");
    QTest::newRow("azure") << int(config::ProviderKind::AzureOpenAi) << QByteArray()
                           << QByteArray("/openai/v1/responses");
    QTest::newRow("xai") << int(config::ProviderKind::Xai) << QByteArray("/v1") << QByteArray("/v1/responses");
}

void TestResponsesRequest::passesOn()
{
    QFETCH(int, kind);
    QFETCH(QByteArray, base);
    QFETCH(QByteArray, path);
    const Place place(config::ProviderKind(kind), "gpt-6-luna", base);
    const CallRequest request =
        parsed("{ \"z\":1.5000000000000000000001, \"model\" : \"fast\",\"input\":\"x\",\"max_output_tokens\":null}");
    Losses losses;
    const Target target = place.target();
    auto sent = openAiResponsesProvider().passOn(request, target, losses);
    QVERIFY(std::holds_alternative<Outgoing>(sent));
    QCOMPARE(std::get<Outgoing>(sent).path, path);
    QCOMPARE(std::get<Outgoing>(sent).body, QByteArray("{ \"z\":1.5000000000000000000001, \"model\" : "
                                                       "\"gpt-6-luna\",\"input\":\"x\",\"max_output_tokens\":null}"));
    const Target limited{place.candidate, 500, {}};
    sent = openAiResponsesProvider().passOn(request, limited, losses);
    QVERIFY(std::get<Outgoing>(sent).body.contains("\"max_output_tokens\":500}"));
    QVERIFY(losses.isEmpty());
}

void TestResponsesRequest::passesOnWithoutForeignReasoning()
{
    const Place place(config::ProviderKind::OpenAi);
    const CallRequest request = parsed(
        R"({"model":"m","input":[ {"role":"user","content":"rs_sbx_"}, {"type":"reasoning","id":"rs_sbx_x_0","summary":[]}, {"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAA"},{"type":"reasoning","id":"rs_2","summary":[],"encrypted_content":"sbx1.google.n.AA"},{"type":"item_reference","id":"rs_sbx_y_0"},{"type":"item_reference","id":"msg_1"}]})");
    Losses losses;
    const auto sent = openAiResponsesProvider().passOn(request, place.target(), losses);
    QCOMPARE(std::get<Outgoing>(sent).body,
        QByteArray(
            R"({"model":"gpt-6-luna","input":[{"role":"user","content":"rs_sbx_"},{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAA"},{"type":"item_reference","id":"msg_1"}]})"));
    QCOMPARE(losses.headerValue(), QByteArray("dropped input[1], dropped input[3], dropped input[4]"));
}

void TestResponsesRequest::passOnRefuses()
{
    const CallRequest request = parsed(R"({"model":"m","input":"x","previous_response_id":"resp_1"})");
    Losses losses;
    const Place xai(config::ProviderKind::Xai);
    const Place azure(config::ProviderKind::AzureOpenAi);
    QVERIFY(std::holds_alternative<CallError>(openAiResponsesProvider().passOn(request, xai.target(), losses)));
    QVERIFY(std::holds_alternative<Outgoing>(openAiResponsesProvider().passOn(request, azure.target(), losses)));
}

void TestResponsesRequest::translates()
{
    const UnifiedRequest request = unified(R"({"model":"m","instructions":"A","stream":true,"input":[
        {"role":"user","content":"Weather?"},
        {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"one"}],"encrypted_content":"gAAA"},
        {"type":"message","role":"assistant","content":[{"type":"output_text","text":"Well."},{"type":"refusal","refusal":"No."}]},
        {"type":"function_call","call_id":"call_a","name":"weather","arguments":"{\"n\": 1.50}"},
        {"type":"custom_tool_call","call_id":"call_c","name":"patch","input":"*** begin"},
        {"type":"function_call_output","call_id":"call_a","output":"7"},
        {"type":"custom_tool_call_output","call_id":"call_c","output":"ok"}],
        "tools":[{"type":"function","name":"weather","parameters":{"b":1,"a":2.50},"strict":true},{"type":"custom","name":"patch","format":{"type":"text"}}],
        "tool_choice":{"type":"custom","name":"patch"},"parallel_tool_calls":true,
        "text":{"verbosity":"low","format":{"type":"json_schema","name":"n","schema":{"z":1},"strict":true}},
        "reasoning":{"effort":"max","summary":"auto"},"safety_identifier":"s","prompt_cache_key":"k","service_tier":"flex"})");
    const Place place(config::ProviderKind::OpenAi, "gpt-6-luna");
    const Target target{place.candidate, 300, {}};
    Losses losses;
    const auto sent = openAiResponsesProvider().translate(request, target, losses);
    QVERIFY(std::holds_alternative<Outgoing>(sent));
    QCOMPARE(std::get<Outgoing>(sent).path, QByteArray("/v1/responses"));
    const QByteArray expected =
        R"({"model":"gpt-6-luna","instructions":"A","input":[)"
        R"({"type":"message","role":"user","content":[{"type":"input_text","text":"Weather?"}]},)"
        R"({"type":"reasoning","summary":[{"type":"summary_text","text":"one"}],"encrypted_content":"gAAA"},)"
        R"({"type":"message","role":"assistant","content":[{"type":"output_text","text":"Well."},{"type":"refusal","refusal":"No."}]},)"
        R"({"type":"function_call","call_id":"call_a","name":"weather","arguments":"{\"n\": 1.50}"},)"
        R"({"type":"custom_tool_call","call_id":"call_c","name":"patch","input":"*** begin"},)"
        R"({"type":"function_call_output","call_id":"call_a","output":"7"},)"
        R"({"type":"custom_tool_call_output","call_id":"call_c","output":"ok"}],)"
        R"("tools":[{"type":"function","name":"weather","parameters":{"b":1,"a":2.50},"strict":true},{"type":"custom","name":"patch","format":{"type":"text"}}],)"
        R"("tool_choice":{"type":"custom","name":"patch"},"parallel_tool_calls":true,)"
        R"("text":{"verbosity":"low","format":{"type":"json_schema","name":"n","schema":{"z":1},"strict":true}},)"
        R"("reasoning":{"effort":"max","summary":"auto"},"include":["reasoning.encrypted_content"],)"
        R"("max_output_tokens":300,"stream":true,"store":false,"service_tier":"flex","safety_identifier":"s","prompt_cache_key":"k"})";
    QCOMPARE(std::get<Outgoing>(sent).body, expected);
    QVERIFY2(losses.isEmpty(), losses.headerValue().constData());
}

void TestResponsesRequest::translatesMedia()
{
    UnifiedRequest request;
    Part text;
    text.text = "one";
    text.cacheMark = CacheLife::Hour1;
    request.system = {text, text};
    Part image;
    image.kind = Part::Kind::Image;
    image.data = "AAEC";
    image.mediaType = "image/webp";
    Part file;
    file.kind = Part::Kind::Document;
    file.data = "JVBE";
    Part note;
    note.kind = Part::Kind::Document;
    note.mediaType = "text/plain";
    note.data = QByteArray("plain").toBase64();
    Part result;
    result.kind = Part::Kind::ToolResult;
    result.isError = true;
    result.content = {image};
    Part call;
    call.kind = Part::Kind::ToolCall;
    call.name = "f";
    request.messages = {{Role::Assistant, {call}, {}}, {Role::User, {result, image, file, note}, {}}};
    const Place place(config::ProviderKind::OpenAi, "gpt-6-luna");
    Losses losses;
    const auto sent = openAiResponsesProvider().translate(request, place.target(), losses);
    QVERIFY(std::holds_alternative<Outgoing>(sent));
    const QByteArray mark = R"(,"prompt_cache_breakpoint":{"mode":"explicit","ttl":"12h"}})";
    const QByteArray picture = R"({"type":"input_image","image_url":"data:image/webp;base64,AAEC","detail":"auto"})";
    QCOMPARE(std::get<Outgoing>(sent).body,
        R"({"model":"gpt-6-luna","input":[{"type":"message","role":"developer","content":[{"type":"input_text","text":"one")" +
            mark + R"(,{"type":"input_text","text":"one")" + mark +
            R"(]},{"type":"function_call","call_id":"call_1","name":"f","arguments":"{}"},)"
            R"({"type":"function_call_output","call_id":"call_1","output":[{"type":"input_text","text":"Error:"},)" +
            picture + R"(]},{"type":"message","role":"user","content":[)" + picture +
            R"(,{"type":"input_file","filename":"document.pdf","file_data":"data:application/pdf;base64,JVBE"},{"type":"input_text","text":"plain"}]}],"store":false})");
    QCOMPARE(
        losses.headerValue(), QByteArray("changed system[0].cache_control, changed system[1].cache_control, changed "
                                         "messages[1].content[0].is_error, changed messages[1].content[3]"));

    // a model that knows no breakpoints
    const Place older(config::ProviderKind::OpenAi, "gpt-5.4-mini");
    Losses more;
    const auto plain = openAiResponsesProvider().translate(request, older.target(), more);
    QVERIFY(!std::get<Outgoing>(plain).body.contains("prompt_cache_breakpoint"));
    QVERIFY(more.headerValue().contains("dropped system[0].cache_control"));
}

void TestResponsesRequest::translationLoses()
{
    UnifiedRequest request;
    Part thought;
    thought.kind = Part::Kind::Thinking;
    thought.text = "hm";
    thought.signature = "EqQB";
    thought.signer = Signer::Anthropic;
    Part text;
    text.text = "x";
    request.messages = {{Role::Assistant, {thought, text}, "bot"}};
    request.temperature = "0.5";
    request.topK = "4";
    request.seed = "7";
    request.frequencyPenalty = "1";
    request.presencePenalty = "1";
    request.stop = {"END"};
    request.serviceTier = "batch";
    request.reasoning.budgetTokens = 9000;
    request.others = {{"logit_bias", "{}"}};
    const Place place(config::ProviderKind::Xai, "grok-4.7");
    Losses losses;
    const auto sent = openAiResponsesProvider().translate(request, place.target(), losses);
    QVERIFY(std::holds_alternative<Outgoing>(sent));
    QVERIFY(std::get<Outgoing>(sent).body.contains("\"temperature\":0.5"));
    QVERIFY(std::get<Outgoing>(sent).body.contains("\"effort\":\"medium\""));
    QCOMPARE(losses.headerValue(),
        QByteArray("dropped messages[0].name, dropped messages[0].content[0], changed thinking.budget_tokens, dropped "
                   "top_k, dropped "
                   "frequency_penalty, dropped presence_penalty, dropped seed, dropped stop, dropped service_tier"));
}

void TestResponsesRequest::translationRefuses()
{
    const Place place(config::ProviderKind::OpenAi);
    const auto isRefused = [&](const UnifiedRequest& request) {
        Losses losses;
        const auto sent = openAiResponsesProvider().translate(request, place.target(), losses);
        return std::holds_alternative<CallError>(sent);
    };
    UnifiedRequest several;
    several.choices = 2;
    QVERIFY(isRefused(several));
    UnifiedRequest hosted;
    hosted.tools.push_back({});
    hosted.tools[0].kind = Tool::Kind::Hosted;
    QVERIFY(isRefused(hosted));
    for (const Part::Kind kind : {Part::Kind::Audio, Part::Kind::Image, Part::Kind::Document}) {
        UnifiedRequest media;
        Part part;
        part.kind = kind;
        part.fileId = "file_1";
        media.messages = {{Role::User, {part}, {}}};
        QVERIFY(isRefused(media));
    }
    UnifiedRequest embed;
    embed.operation = Operation::Embed;
    QVERIFY(isRefused(embed));
}

void TestResponsesRequest::errorBody()
{
    CallError error;
    error.code = api::ErrorCode::ProviderThrottled;
    const QByteArray body = openAiResponses().errorBody(error, u"req-1");
    const JsonText text = JsonText::parse(body);
    QVERIFY(!text.error);
    QCOMPARE(textOf(text.root.member("error").member("code")), QByteArray("rate_limit_exceeded"));
    QCOMPARE(textOf(text.root.member("error").member("signalbox").member("request_id")), QByteArray("req-1"));
    QVERIFY(openAiResponses().heartbeat().startsWith(": "));
}

QTEST_APPLESS_MAIN(TestResponsesRequest)
#include "tst_responses_request.moc"
