// Nothing disappears in silence: for every provider dialect and every field of a unified request, set alone on a
// minimal request, the translation carries its value, or names it as lost (all dialects by the same name), or refuses.
// And the capability matrix says the same of each feature as the dialects do.
#include "dialect_fixture.h"

#include "transform/capability.h"
#include "transform/providers/anthropic.h"
#include "transform/providers/bedrock.h"
#include "transform/providers/cohere.h"
#include "transform/providers/gemini.h"
#include "transform/providers/ollama.h"
#include "transform/providers/openai_chat.h"
#include "transform/providers/openai_responses.h"

#include <functional>

using namespace gateway;
using namespace gateway::transform;
using namespace gateway::transform::test;

namespace {

struct FieldRow
{
    const char* name;
    std::function<void(UnifiedRequest&)> set;
    std::vector<QByteArray> carried; // any of these in the body: it was carried
    QByteArray lossPart;             // in the name of the loss
};

struct ProviderRow
{
    const char* name;
    const ProviderDialect& dialect;
    config::ProviderKind kind;
    const char* model;
};

struct AskedOf : Asked
{
    explicit AskedOf(const ProviderRow& row) : Asked(row.kind, row.model)
    {
        project = "acme"; // vertex has both
        provider.region = QStringLiteral("europe-west4");
    }
};

std::vector<ProviderRow> providers()
{
    using config::ProviderKind;
    return {
        {"bedrock claude haiku", bedrockProvider(), ProviderKind::Bedrock, "anthropic.claude-haiku-4-5-20251001-v1:0"},
        {"bedrock claude opus", bedrockProvider(), ProviderKind::Bedrock, "us.anthropic.claude-opus-5-5-v1:0"},
        {"bedrock llama", bedrockProvider(), ProviderKind::Bedrock, "us.meta.llama4-maverick-17b-instruct-v1:0"},
        {"bedrock nova", bedrockProvider(), ProviderKind::Bedrock, "amazon.nova-2-lite-v1:0"},
        {"bedrock profile", bedrockProvider(), ProviderKind::Bedrock,
            "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc"},
        {"cohere", cohereProvider(), ProviderKind::Cohere, "command-a-plus-05-2026"},
        {"ollama", ollamaProvider(), ProviderKind::Ollama, "qwen3:8b"},
        {"anthropic haiku", anthropicProvider(), ProviderKind::Anthropic, "claude-haiku-4-5"},
        {"anthropic sonnet", anthropicProvider(), ProviderKind::Anthropic, "claude-sonnet-5"},
        {"anthropic opus", anthropicProvider(), ProviderKind::Anthropic, "claude-opus-5-5"},
        {"vertex claude", anthropicProvider(), ProviderKind::Vertex, "claude-opus-4-8"},
        {"gemini 3", geminiProvider(), ProviderKind::Gemini, "gemini-3.8-flash"},
        {"gemini 2.5", geminiProvider(), ProviderKind::Gemini, "gemini-2.5-flash"},
        {"vertex", geminiProvider(), ProviderKind::Vertex, "gemini-3.1-pro-preview"},
        {"openai chat", openAiChatProvider(), ProviderKind::OpenAi, "gpt-6-sol"},
        {"openai chat, older", openAiChatProvider(), ProviderKind::AzureOpenAi, "gpt-4.1"},
        {"mistral", openAiChatProvider(), ProviderKind::Mistral, "mistral-medium-latest"},
        {"groq", openAiChatProvider(), ProviderKind::Groq, "gpt-oss-120b"},
        {"deepseek", openAiChatProvider(), ProviderKind::DeepSeek, "deepseek-v4-pro"},
        {"xai", openAiChatProvider(), ProviderKind::Xai, "grok-4.7"},
        {"openrouter", openAiChatProvider(), ProviderKind::OpenRouter, "some/model"},
        {"compatible", openAiChatProvider(), ProviderKind::OpenAiCompatible, "local"},
        {"simulator", openAiChatProvider(), ProviderKind::Simulator, "sim-1"},
        {"responses", openAiResponsesProvider(), ProviderKind::OpenAi, "gpt-6-sol"},
        {"responses, older", openAiResponsesProvider(), ProviderKind::AzureOpenAi, "gpt-5.4"},
        {"responses, xai", openAiResponsesProvider(), ProviderKind::Xai, "grok-4.7"},
    };
}

Tool namedTool(const QByteArray& name)
{
    Tool tool = test::tool(name);
    tool.description = "d-" + name;
    return tool;
}

const std::vector<FieldRow>& fields()
{
    using R = UnifiedRequest;
    using Mode = ToolChoice::Mode;
    const auto part = [](Part extra) { return [extra](R& r) { r.messages[0].parts.push_back(extra); }; };
    const auto other = [](const char* name, const char* raw) {
        return [name, raw](R& r) { r.others = {{name, raw}}; };
    };
    Part marked = text("marked");
    marked.cacheMark = CacheLife::Hour1;
    Part detailed = media(Part::Kind::Image, "image/png", "QUJD");
    detailed.detail = "high";
    Part signedText = text("x");
    signedText.signature = "sig-sig";
    Part byFile;
    byFile.kind = Part::Kind::Document;
    byFile.fileId = "file-77";
    Part failed = result("t1", "r-r");
    failed.isError = true;
    Part custom = call("t1", "f", "free text");
    custom.custom = true;
    static const std::vector<FieldRow> rows{
        {"system", [](R& r) { r.system = {text("sys-77")}; }, {"sys-77"}, "system"},
        {"system cache", [marked](R& r) { r.system = {marked}; },
            {"cachePoint", "\"cache_control\":{", "prompt_cache_breakpoint"}, "system[0].cache_control"},
        {"text", part(text("more-77")), {"more-77"}, "messages[0].content[1]"},
        {"text cache", part(marked), {"cachePoint", "\"cache_control\":{", "prompt_cache_breakpoint"},
            "messages[0].content[1].cache_control"},
        {"text signature", part(signedText), {"sig-sig"}, "messages[0].content[1].signature"},
        {"image", part(media(Part::Kind::Image, "image/png", "QUJD")), {"QUJD"}, "messages"},
        {"image detail", part(detailed), {"\"high\""}, "messages[0].content[1].detail"},
        {"image by URL", part(fromUrl(Part::Kind::Image, "https://e.x/77.png")), {"https://e.x/77.png"}, "messages"},
        {"document", part(media(Part::Kind::Document, "application/pdf", "QUJD", "name-77.pdf")), {"QUJD"}, "messages"},
        {"text document", part(media(Part::Kind::Document, "text/plain", "aGVsbG8tNzc=", "name-77.txt")),
            {"aGVsbG8tNzc=", "hello-77"}, "messages"},
        {"document's name", part(media(Part::Kind::Document, "text/plain", "aGVsbG8tNzc=", "name-77.txt")), {"name-77"},
            "messages[0].content[1]"},
        {"file id", part(byFile), {"file-77"}, "messages"},
        {"audio", part(media(Part::Kind::Audio, "audio/wav", "QUJD")), {"QUJD"}, "messages"},
        {"refusal",
            [](R& r) {
                Part refusal = text("cannot-77");
                refusal.kind = Part::Kind::Refusal;
                r.messages.push_back(assistant({refusal}));
            },
            {"cannot-77"}, "messages"},
        {"unsigned thinking",
            [](R& r) {
                r.messages.push_back(assistant({thinking("hm-77", {}, Signer::Unknown), text("a")}));
            },
            {"hm-77"}, "messages[1].content[0]"},
        {"Google's thinking",
            [](R& r) {
                r.messages.push_back(assistant({thinking("hm-77", "s", Signer::Google), text("a")}));
            },
            {"hm-77"}, "messages[1].content[0]"},
        {"Bedrock's thinking",
            [](R& r) {
                r.messages.push_back(assistant({thinking("hm-77", "sig-77", Signer::Bedrock), text("a")}));
            },
            {"sig-77"}, "messages[1].content[0]"},
        {"failed result",
            [failed](R& r) {
                r.tools = {namedTool("f")};
                r.messages.push_back(assistant({call("t1", "f", "{}")}));
                r.messages.push_back(user({failed}));
            },
            {"\"status\":\"error\"", "\"is_error\":true", "\"response\":{\"error\":"},
            "messages[2].content[0].is_error"},
        {"free-text call",
            [custom](R& r) {
                r.tools = {namedTool("f")};
                r.messages.push_back(assistant({custom}));
            },
            {R"("name":"f","input":"free text")"}, "messages[1].content[0].arguments"},
        {"system in between",
            [](R& r) {
                r.messages.push_back({Role::System, {text("mid-77")}, {}});
            },
            {R"("role":"system","content":"mid-77")", R"("role":"system","content":[{"type":"text","text":"mid-77")",
                R"("role":"developer","content":[{"type":"input_text","text":"mid-77")"},
            "messages[1].role"},
        {"participant's name", [](R& r) { r.messages[0].name = "bob-77"; }, {"bob-77"}, "messages[0].name"},
        {"max_tokens", [](R& r) { r.maxOutputTokens = 7777; }, {"7777"}, "max_tokens"},
        {"n", [](R& r) { r.choices = 2; }, {}, "n"},
        {"tools", [](R& r) { r.tools = {namedTool("f77")}; }, {"f77"}, "tools"},
        {"strict tool",
            [](R& r) {
                r.tools = {namedTool("f")};
                r.tools[0].strict = true;
            },
            {"\"strict\":true", "\"strict_tools\":true", "VALIDATED"}, "tools[0].strict"},
        {"custom tool",
            [](R& r) {
                r.tools = {namedTool("f")};
                r.tools[0].kind = Tool::Kind::Custom;
            },
            {R"("type":"custom")"}, "tools"},
        {"hosted tool",
            [](R& r) {
                r.tools = {namedTool("f")};
                r.tools[0].kind = Tool::Kind::Hosted;
            },
            {}, "tools"},
        {"tool cache",
            [](R& r) {
                r.tools = {namedTool("f")};
                r.tools[0].cacheMark = CacheLife::Hour1;
            },
            {"cachePoint", "\"cache_control\":{", "prompt_cache_breakpoint"}, "tools[0].cache_control"},
        {"tool choice required",
            [](R& r) {
                r.tools = {namedTool("f")};
                r.toolChoice = ToolChoice{Mode::Required, {}, {}};
            },
            {"REQUIRED", "\"any\"", "\"ANY\"", "\"tool_choice\":\"required\""}, "tool_choice"},
        {"tool choice named",
            [](R& r) {
                r.tools = {namedTool("f"), namedTool("g")};
                r.toolChoice = ToolChoice{Mode::Named, "g", {}};
            },
            {R"("tool":{"name":"g"})", R"("tool_choice":{"type":"tool","name":"g"})",
                R"("mode":"ANY","allowedFunctionNames":["g"])",
                R"("tool_choice":{"type":"function","function":{"name":"g"}})",
                R"("tool_choice":{"type":"function","name":"g"})"},
            "tool_choice"},
        {"tool choice allowed",
            [](R& r) {
                r.tools = {namedTool("f"), namedTool("g")};
                r.toolChoice = ToolChoice{Mode::Auto, {}, {"g"}};
            },
            {R"("allowedFunctionNames":["g"])", "allowed_tools"}, "tool_choice"},
        {"one tool at a time",
            [](R& r) {
                r.tools = {namedTool("f")};
                r.parallelTools = false;
            },
            {"disable_parallel_tool_use", "\"parallel_tool_calls\":false"}, "parallel_tool_calls"},
        {"json object", [](R& r) { r.format.kind = OutputFormat::Kind::JsonObject; },
            {"json_object", "\"format\":\"json\"", "\"responseMimeType\":\"application/json\""}, "response_format"},
        {"json schema",
            [](R& r) {
                r.format.kind = OutputFormat::Kind::JsonSchema;
                r.format.schema = R"({"title":"t77"})";
            },
            {"t77"}, "response_format"},
        {"schema's description",
            [](R& r) {
                r.format.kind = OutputFormat::Kind::JsonSchema;
                r.format.schema = "{}";
                r.format.description = "desc-77";
            },
            {"desc-77"}, "response_format"},
        {"schema not strict",
            [](R& r) {
                r.format.kind = OutputFormat::Kind::JsonSchema;
                r.format.schema = "{}";
                r.format.strict = false;
            },
            {"\"strict\":false"}, "response_format"},
        {"effort", [](R& r) { r.reasoning.effort = Effort::High; },
            {"\"effort\":\"high\"", "\"think\":\"high\"", "\"maxReasoningEffort\":\"high\"",
                "\"reasoning_effort\":\"high\"", "\"thinkingLevel\":\"HIGH\"", "\"thinkingBudget\":16384",
                "\"budget_tokens\":"},
            "reasoning_effort"},
        {"thinking budget", [](R& r) { r.reasoning.budgetTokens = 7777; }, {"7777"}, "thinking.budget_tokens"},
        {"thinking on", [](R& r) { r.reasoning.enabled = true; },
            {"\"enabled\"", "\"adaptive\"", "\"think\":true", "\"thinkingBudget\":-1"}, "thinking.type"},
        {"hide thoughts", [](R& r) { r.reasoning.showThoughts = false; }, {"omitted", "\"includeThoughts\":false"},
            "include_thoughts"},
        {"temperature", [](R& r) { r.temperature = "0.77"; }, {"0.77"}, "temperature"},
        {"top_p", [](R& r) { r.topP = "0.77"; }, {"0.77"}, "top_p"},
        {"top_k", [](R& r) { r.topK = "77"; }, {"77"}, "top_k"},
        {"frequency_penalty", [](R& r) { r.frequencyPenalty = "0.77"; }, {"0.77"}, "frequency_penalty"},
        {"presence_penalty", [](R& r) { r.presencePenalty = "0.77"; }, {"0.77"}, "presence_penalty"},
        {"seed", [](R& r) { r.seed = "7777"; }, {"7777"}, "seed"},
        {"stop", [](R& r) { r.stop = {"stop-77"}; }, {"stop-77"}, "stop"},
        {"verbosity", [](R& r) { r.verbosity = "low"; }, {"\"verbosity\":\"low\""}, "verbosity"},
        {"service_tier", [](R& r) { r.serviceTier = "flex"; }, {"\"flex\""}, "service_tier"},
        {"user", [](R& r) { r.endUser = "u-77"; }, {"u-77"}, "user"},
        {"prompt_cache_key", [](R& r) { r.promptCacheKey = "k-77"; }, {"k-77"}, "prompt_cache_key"},
        {"cache everything", [](R& r) { r.cacheAll = CacheLife::Default; },
            {"cachePoint", "\"cache_control\":{", "prompt_cache_options"}, "cache_control"},
        {"logit_bias", other("logit_bias", R"({"1":-100})"), {}, "logit_bias"},
        {"logprobs", other("logprobs", "true"), {}, "logprobs"},
        {"metadata", other("metadata", R"({"k":"v-77"})"), {"v-77"}, "metadata"},
        {"prediction", other("prediction", R"({"type":"content","content":"p"})"), {}, "prediction"},
        {"safetySettings", other("safetySettings", R"([{"category":"c"}])"), {}, "safetySettings"},
        {"a field of tomorrow", other("hyper_mode", "7"), {}, "hyper_mode"},
    };
    return rows;
}

// What a model does anyway needs no word, and nothing is lost: Gemini 3 always thinks; Responses shows no thoughts
// unless it is asked to, and neither does Claude unless it thinks.
bool isGranted(const ProviderRow& provider, const QByteArray& field)
{
    const QByteArray name(provider.name);
    if (field == "thinking on")
        return name == "gemini 3" || name == "vertex";
    return field == "hide thoughts" &&
           (name.startsWith("responses") || name == "anthropic haiku" || name == "vertex claude");
}

UnifiedRequest minimal()
{
    UnifiedRequest request = hello();
    request.maxOutputTokens = 20'000; // some want a limit, and to invent one would be a change
    return request;
}

// A feature of the matrix as a request has it, and what a loss of it is called.
struct FeatureRow
{
    Feature feature;
    std::function<void(UnifiedRequest&)> set;
    QByteArray field;
};

const std::vector<FeatureRow>& featureRows()
{
    using R = UnifiedRequest;
    const auto part = [](Part extra) { return [extra](R& r) { r.messages[0].parts.push_back(extra); }; };
    const auto other = [](const char* name, const char* raw) {
        return [name, raw](R& r) { r.others = {{name, raw}}; };
    };
    const auto tools = [](Tool::Kind kind) {
        return [kind](R& r) {
            r.tools = {namedTool("f")};
            r.tools[0].kind = kind;
        };
    };
    Part kept;
    kept.kind = Part::Kind::Document;
    kept.fileId = "file-77";
    static const std::vector<FeatureRow> rows{
        {Feature::Tools, tools(Tool::Kind::Function), "tools"},
        {Feature::CustomTools, tools(Tool::Kind::Custom), "tools"},
        {Feature::HostedTools, tools(Tool::Kind::Hosted), "tools"},
        {Feature::JsonSchema,
            [](R& r) {
                r.format.kind = OutputFormat::Kind::JsonSchema;
                r.format.schema = R"({"type":"object"})";
            },
            "response_format"},
        {Feature::ImagesInline, part(media(Part::Kind::Image, "image/png", "QUJD")), "messages[0].content[1]"},
        {Feature::ImagesByUrl, part(fromUrl(Part::Kind::Image, "https://e.x/77.png")), "messages[0].content[1]"},
        {Feature::Documents, part(media(Part::Kind::Document, "application/pdf", "QUJD")), "messages[0].content[1]"},
        {Feature::FileIds, part(kept), "messages[0].content[1]"},
        {Feature::AudioIn, part(media(Part::Kind::Audio, "audio/wav", "QUJD")), "messages[0].content[1]"},
        {Feature::AudioOut, other("audio", R"({"voice":"v"})"), "audio"},
        {Feature::Choices, [](R& r) { r.choices = 2; }, "n"},
        {Feature::Logprobs, other("logprobs", "true"), "logprobs"},
        {Feature::Prediction, other("prediction", R"({"type":"content","content":"p"})"), "prediction"},
        {Feature::Stateful, other("previous_response_id", R"("resp_1")"), "previous_response_id"},
        {Feature::Embeddings,
            [](R& r) {
                r.operation = Operation::Embed;
                r.embed.texts = {"one"};
            },
            "texts"},
        {Feature::TokenArrays,
            [](R& r) {
                r.operation = Operation::Embed;
                r.embed.tokenArrays = {"[1,2]"};
            },
            "texts"},
    };
    return rows;
}

} // namespace

class TestCapabilityLosses : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingInSilence_data();
    void nothingInSilence();
    void plainRequestsLoseNothing();
    void matrix_data();
    void matrix();
};

void TestCapabilityLosses::nothingInSilence_data()
{
    QTest::addColumn<int>("provider");
    QTest::addColumn<int>("field");
    const std::vector<ProviderRow> all = providers();
    for (std::size_t p = 0; p < all.size(); ++p) {
        for (std::size_t f = 0; f < fields().size(); ++f)
            QTest::addRow("%s: %s", all[p].name, fields()[f].name) << int(p) << int(f);
    }
}

void TestCapabilityLosses::nothingInSilence()
{
    QFETCH(int, provider);
    QFETCH(int, field);
    const ProviderRow row = providers()[std::size_t(provider)];
    const FieldRow& what = fields()[std::size_t(field)];
    const AskedOf bench(row);
    UnifiedRequest request = minimal();
    what.set(request);
    const Sent got = send(row.dialect, bench, request);
    if (got.error) {
        QCOMPARE(got.error->code, api::ErrorCode::InvalidRequest);
        QVERIFY(got.error->text().endsWith(u'.'));
        return;
    }
    const bool carried = std::any_of(
        what.carried.begin(), what.carried.end(), [&got](const QByteArray& value) { return got.body.contains(value); });
    const bool reported = got.losses.contains(what.lossPart);
    if (!carried && isGranted(row, what.name)) {
        QCOMPARE(got.losses, QByteArray());
        return;
    }
    QVERIFY2(carried || reported, (got.body + "\n" + got.losses).constData());
    // exactly this field: a loss of anything else is noise (a change may stand beside what was carried)
    if (!carried) {
        const QList<QByteArray> losses = got.losses.split(',');
        for (const QByteArray& loss : losses)
            QVERIFY2(loss.contains(what.lossPart), got.losses.constData());
    }
    QVERIFY(!JsonText::parse(got.body).error);
}

// And the other way round: what every provider can do is not reported.
void TestCapabilityLosses::plainRequestsLoseNothing()
{
    for (const ProviderRow& row : providers()) {
        const AskedOf bench(row);
        UnifiedRequest request = hello();
        request.system = {text("s")};
        request.maxOutputTokens = 5000;
        if (row.dialect.dialect() != Dialect::OpenAiResponses)
            request.stop = {"x"};
        request.tools = {namedTool("f")};
        request.toolChoice = ToolChoice{};
        request.parallelTools = true;
        request.serviceTier = "auto";
        request.others = {{"store", "false"}, {"logprobs", "false"}, {"logit_bias", "{}"}};
        request.messages = {user({text("q")}), assistant({call("t1", "f", R"({"a":1})")}), user({result("t1", "r")})};
        const Sent got = send(row.dialect, bench, request);
        QVERIFY2(!got.error, row.name);
        QCOMPARE(got.losses, QByteArray());
    }
}

void TestCapabilityLosses::matrix_data()
{
    QTest::addColumn<int>("provider");
    QTest::addColumn<int>("feature");
    const std::vector<ProviderRow> all = providers();
    const std::vector<CapabilityRow> names = capabilityRows();
    QCOMPARE(names.size(), featureRows().size());
    for (std::size_t p = 0; p < all.size(); ++p) {
        for (std::size_t f = 0; f < names.size(); ++f) {
            QCOMPARE(int(featureRows()[f].feature), int(names[f].feature));
            QTest::addRow("%s: %s", all[p].name, names[f].name) << int(p) << int(f);
        }
    }
}

// What the matrix says No to is refused, Yes goes over without a loss of it, Lossy is reported.
void TestCapabilityLosses::matrix()
{
    QFETCH(int, provider);
    QFETCH(int, feature);
    const ProviderRow row = providers()[std::size_t(provider)];
    const FeatureRow& what = featureRows()[std::size_t(feature)];
    const Dialect caller = row.dialect.dialect() == Dialect::Anthropic ? Dialect::Gemini : Dialect::Anthropic;
    const AskedOf asked(row);
    UnifiedRequest request = minimal();
    what.set(request);
    const Sent got = send(row.dialect, asked, request);
    const QByteArray all = ", " + got.losses;
    const bool reported = all.contains(", dropped " + what.field) || all.contains(", changed " + what.field);
    switch (carries(row.dialect, row.kind, caller, what.feature)) {
    case Carried::No:
        QVERIFY2(got.error, (got.body + '\n' + got.losses).constData());
        QCOMPARE(got.error->code, api::ErrorCode::InvalidRequest);
        break;
    case Carried::Yes:
        QVERIFY2(!got.error, got.error ? qPrintable(got.error->text()) : "");
        QVERIFY2(!reported, got.losses.constData());
        break;
    case Carried::Lossy:
        QVERIFY2(!got.error, got.error ? qPrintable(got.error->text()) : "");
        QVERIFY2(reported, got.losses.constData());
        break;
    }
}

QTEST_APPLESS_MAIN(TestCapabilityLosses)
#include "tst_capability_losses.moc"
