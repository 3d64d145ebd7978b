// Nothing disappears in silence: for every provider dialect here and every field of a unified request, set alone on a
// minimal request, the translation carries its value, or names it as lost, or refuses.
#include "provider_bench.h"
#include "transform/providers/bedrock.h"
#include "transform/providers/cohere.h"
#include "transform/providers/ollama.h"

#include <QTest>

#include <functional>

using namespace bench;

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
    };
}

Tool namedTool(const QByteArray& name)
{
    Tool tool = bench::tool(name);
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
        {"system cache", [marked](R& r) { r.system = {marked}; }, {"cachePoint"}, "cache_control"},
        {"text", part(text("more-77")), {"more-77"}, "messages"},
        {"text cache", part(marked), {"cachePoint"}, "cache_control"},
        {"text signature", part(signedText), {"sig-sig"}, "signature"},
        {"image", part(media(Part::Kind::Image, "image/png", "QUJD")), {"QUJD"}, "messages"},
        {"image detail", part(detailed), {"\"high\""}, "detail"},
        {"image by URL", part(fromUrl(Part::Kind::Image, "https://e.x/77.png")), {"https://e.x/77.png"}, "messages"},
        {"document", part(media(Part::Kind::Document, "application/pdf", "QUJD", "name-77.pdf")), {"QUJD"}, "messages"},
        {"text document", part(media(Part::Kind::Document, "text/plain", "aGVsbG8tNzc=", "name-77.txt")),
            {"aGVsbG8tNzc=", "hello-77"}, "messages"},
        {"document's name", part(media(Part::Kind::Document, "text/plain", "aGVsbG8tNzc=", "name-77.txt")), {"name-77"},
            "filename"},
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
            {"\"status\":\"error\""}, "is_error"},
        {"free-text call",
            [custom](R& r) {
                r.tools = {namedTool("f")};
                r.messages.push_back(assistant({custom}));
            },
            {}, "arguments"},
        {"system in between",
            [](R& r) {
                r.messages.push_back({Role::System, {text("mid-77")}, {}});
            },
            {R"("role":"system","content":"mid-77")"}, "role"},
        {"participant's name", [](R& r) { r.messages[0].name = "bob-77"; }, {"bob-77"}, "name"},
        {"max_tokens", [](R& r) { r.maxOutputTokens = 7777; }, {"7777"}, "max_tokens"},
        {"n", [](R& r) { r.choices = 2; }, {}, "n"},
        {"tools", [](R& r) { r.tools = {namedTool("f77")}; }, {"f77"}, "tools"},
        {"strict tool",
            [](R& r) {
                r.tools = {namedTool("f")};
                r.tools[0].strict = true;
            },
            {"\"strict\":true", "\"strict_tools\":true"}, "strict"},
        {"custom tool",
            [](R& r) {
                r.tools = {namedTool("f")};
                r.tools[0].kind = Tool::Kind::Custom;
            },
            {}, "tools"},
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
            {"cachePoint"}, "cache_control"},
        {"tool choice required",
            [](R& r) {
                r.tools = {namedTool("f")};
                r.toolChoice = ToolChoice{Mode::Required, {}, {}};
            },
            {"REQUIRED", "\"any\""}, "tool_choice"},
        {"tool choice named",
            [](R& r) {
                r.tools = {namedTool("f"), namedTool("g")};
                r.toolChoice = ToolChoice{Mode::Named, "g", {}};
            },
            {R"("tool":{"name":"g"})"}, "tool_choice"},
        {"tool choice allowed",
            [](R& r) {
                r.tools = {namedTool("f"), namedTool("g")};
                r.toolChoice = ToolChoice{Mode::Auto, {}, {"g"}};
            },
            {}, "tool_choice"},
        {"one tool at a time",
            [](R& r) {
                r.tools = {namedTool("f")};
                r.parallelTools = false;
            },
            {"disable_parallel_tool_use"}, "parallel_tool_calls"},
        {"json object", [](R& r) { r.format.kind = OutputFormat::Kind::JsonObject; },
            {"json_object", "\"format\":\"json\""}, "response_format"},
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
            {"desc-77"}, "description"},
        {"schema not strict",
            [](R& r) {
                r.format.kind = OutputFormat::Kind::JsonSchema;
                r.format.schema = "{}";
                r.format.strict = false;
            },
            {}, "strict"},
        {"effort", [](R& r) { r.reasoning.effort = Effort::High; },
            {"\"effort\":\"high\"", "\"think\":\"high\"", "\"maxReasoningEffort\":\"high\""}, "reasoning_effort"},
        {"thinking budget", [](R& r) { r.reasoning.budgetTokens = 7777; }, {"7777"}, "thinking.budget_tokens"},
        {"thinking on", [](R& r) { r.reasoning.enabled = true; }, {"\"enabled\"", "\"adaptive\"", "\"think\":true"},
            "thinking.type"},
        {"hide thoughts", [](R& r) { r.reasoning.showThoughts = false; }, {"omitted"}, "include_thoughts"},
        {"temperature", [](R& r) { r.temperature = "0.77"; }, {"0.77"}, "temperature"},
        {"top_p", [](R& r) { r.topP = "0.77"; }, {"0.77"}, "top_p"},
        {"top_k", [](R& r) { r.topK = "77"; }, {"77"}, "top_k"},
        {"frequency_penalty", [](R& r) { r.frequencyPenalty = "0.77"; }, {"0.77"}, "frequency_penalty"},
        {"presence_penalty", [](R& r) { r.presencePenalty = "0.77"; }, {"0.77"}, "presence_penalty"},
        {"seed", [](R& r) { r.seed = "7777"; }, {"7777"}, "seed"},
        {"stop", [](R& r) { r.stop = {"stop-77"}; }, {"stop-77"}, "stop"},
        {"verbosity", [](R& r) { r.verbosity = "low"; }, {}, "verbosity"},
        {"service_tier", [](R& r) { r.serviceTier = "flex"; }, {"\"flex\""}, "service_tier"},
        {"user", [](R& r) { r.endUser = "u-77"; }, {"u-77"}, "user"},
        {"prompt_cache_key", [](R& r) { r.promptCacheKey = "k-77"; }, {"k-77"}, "prompt_cache_key"},
        {"cache everything", [](R& r) { r.cacheAll = CacheLife::Default; }, {"cachePoint"}, "cache_control"},
        {"logit_bias", other("logit_bias", R"({"1":-100})"), {}, "logit_bias"},
        {"logprobs", other("logprobs", "true"), {}, "logprobs"},
        {"metadata", other("metadata", R"({"k":"v-77"})"), {"v-77"}, "metadata"},
        {"prediction", other("prediction", R"({"type":"content","content":"p"})"), {}, "prediction"},
        {"safetySettings", other("safetySettings", R"([{"category":"c"}])"), {}, "safetySettings"},
        {"a field of tomorrow", other("hyper_mode", "7"), {}, "hyper_mode"},
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
    const Bench bench(row.kind, row.model);
    UnifiedRequest request = hello();
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
        const Bench bench(row.kind, row.model);
        UnifiedRequest request = hello();
        request.system = {text("s")};
        request.maxOutputTokens = 5000;
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

QTEST_APPLESS_MAIN(TestCapabilityLosses)
#include "tst_capability_losses.moc"
