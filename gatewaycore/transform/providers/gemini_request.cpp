#include "transform/providers/gemini_request.h"

#include "base/json_writer.h"
#include "transform/json_view.h"
#include "transform/providers/gemini_contents.h"
#include "transform/providers/gemini_path.h"
#include "transform/providers/gemini_schema.h"
#include "transform/providers/gemini_thinking.h"
#include "transform/providers/request_parts.h"

#include <algorithm>
#include <array>

namespace gateway::transform::gemini {
namespace {

constexpr std::size_t kStopSequences = 5; // Google takes no more

// Numbers that have the same meaning there and are written as they came.
struct Number
{
    QByteArray UnifiedRequest::*value;
    const char* name;
};
constexpr std::array kNumbers{
    Number{&UnifiedRequest::temperature, "temperature"},
    Number{&UnifiedRequest::topP, "topP"},
    Number{&UnifiedRequest::topK, "topK"},
    Number{&UnifiedRequest::frequencyPenalty, "frequencyPenalty"},
    Number{&UnifiedRequest::presencePenalty, "presencePenalty"},
};

// Service tiers in other dialects' words, beside those that ask for nothing.
struct Tier
{
    const char* caller;
    const char* ours;
    bool exact;
};
constexpr std::array kTiers{
    Tier{"standard", "standard", true},
    Tier{"flex", "flex", true},
    Tier{"priority", "priority", true},
    Tier{"fast", "priority", false},
};

// true: at least one of them is strict
bool writeTools(JsonWriter& json, const UnifiedRequest& request)
{
    if (request.tools.empty())
        return false;
    bool anyStrict = false;
    json.key("tools").beginArray().beginObject().key("functionDeclarations").beginArray();
    for (const Tool& tool : request.tools) {
        json.beginObject().member("name", tool.name).memberIf("description", tool.description);
        if (!tool.schema.isEmpty())
            json.memberRaw("parametersJsonSchema", schemaForGoogle(tool.schema));
        json.endObject();
        anyStrict = anyStrict || tool.strict.value_or(false);
    }
    json.endArray().endObject().endArray();
    return anyStrict;
}

// Strict tools are VALIDATED: the model may still answer in text, but its calls keep to their schemas.
void writeToolChoice(
    JsonWriter& json, const UnifiedRequest& request, bool anyStrict, QByteArrayView model, Losses& losses)
{
    if (request.tools.empty())
        return;
    if (request.parallelTools == false)
        losses.drop("parallel_tool_calls", "the provider may call several tools at once");
    const ToolChoice choice = request.toolChoice.value_or(ToolChoice());
    std::vector<QByteArray> allowed = choice.allowed;
    const char* mode = nullptr;
    switch (choice.mode) {
    case ToolChoice::Mode::Auto:
        if (!allowed.empty())
            mode = "VALIDATED"; // AUTO takes no list
        else if (anyStrict && checksSignatures(model))
            mode = "VALIDATED";
        else if (request.toolChoice)
            mode = "AUTO";
        break;
    case ToolChoice::Mode::None:
        mode = "NONE";
        allowed.clear();
        break;
    case ToolChoice::Mode::Required:
        mode = "ANY";
        break;
    case ToolChoice::Mode::Named:
        mode = "ANY";
        allowed = {choice.name};
        break;
    }
    for (std::size_t i = 0; i < request.tools.size(); ++i) {
        const bool kept = mode && checksSignatures(model) && QByteArrayView(mode) != QByteArrayView("NONE");
        if (request.tools[i].strict == true && !kept)
            losses.drop(indexed("tools", i, "strict"), "the model is older than strict tools, or calls none");
    }
    if (!mode)
        return;
    json.key("toolConfig").beginObject().key("functionCallingConfig").beginObject().member("mode", mode);
    if (!allowed.empty()) {
        json.key("allowedFunctionNames").beginArray();
        for (const QByteArray& name : allowed)
            json.string(name);
        json.endArray();
    }
    json.endObject().endObject();
}

void writeFormat(JsonWriter& json, const OutputFormat& format, Losses& losses)
{
    if (format.kind == OutputFormat::Kind::Text)
        return;
    json.member("responseMimeType", "application/json");
    if (format.kind != OutputFormat::Kind::JsonSchema)
        return;
    // the schema's name is a label that other dialects demand; the model is not told it
    if (!format.description.isEmpty())
        losses.drop("response_format.json_schema.description");
    if (format.strict == false)
        losses.change("response_format.json_schema.strict", "the provider holds to a schema always");
    if (!format.schema.isEmpty())
        json.memberRaw("responseJsonSchema", schemaForGoogle(format.schema));
}

QByteArray generationConfig(const UnifiedRequest& request, const Target& target, Losses& losses)
{
    QByteArray out;
    JsonWriter json(out);
    json.beginObject();
    if (const auto limit = request.maxOutputTokens ? request.maxOutputTokens : target.outputLimit)
        json.member("maxOutputTokens", *limit);
    for (const Number& row : kNumbers)
        json.memberRawIf(row.name, request.*row.value);
    if (!request.seed.isEmpty()) {
        bool ok = false;
        request.seed.toInt(&ok);
        if (ok)
            json.memberRaw("seed", request.seed);
        else
            losses.drop("seed", "the provider's seeds have 32 bits");
    }
    if (!request.stop.empty()) {
        if (request.stop.size() > kStopSequences)
            losses.change("stop", "the provider takes five stop sequences: the first five are sent");
        json.key("stopSequences").beginArray();
        for (std::size_t i = 0; i < std::min(request.stop.size(), kStopSequences); ++i)
            json.string(request.stop[i]);
        json.endArray();
    }
    writeFormat(json, request.format, losses);
    writeThinking(json, request.reasoning, plainModel(target), losses);
    json.endObject();
    return out;
}

void writeTier(JsonWriter& json, const QByteArray& tier, Losses& losses)
{
    if (tier.isEmpty())
        return;
    for (const Tier& row : kTiers) {
        if (tier.toLower() != row.caller)
            continue;
        json.member("serviceTier", row.ours);
        if (!row.exact)
            losses.change("service_tier", "the provider has no such tier: the nearest one is taken");
        return;
    }
    if (!isUsualTier(tier))
        losses.drop("service_tier", "the provider has no such tier");
}

void noteLeftOut(const UnifiedRequest& request, Losses& losses)
{
    if (!request.verbosity.isEmpty())
        losses.drop("verbosity");
    if (!request.endUser.isEmpty())
        losses.drop("user");
    if (!request.promptCacheKey.isEmpty())
        losses.drop("prompt_cache_key");
}

// What generateContent and countTokens share.
std::optional<CallError> writeInput(
    JsonWriter& json, const UnifiedRequest& request, const Target& target, Losses& losses)
{
    if (auto wrong = refusedShape(request, "Gemini"))
        return wrong;
    if (auto wrong = refusedTools(request, "Gemini"))
        return wrong;
    if (auto wrong = writeConversation(json, request, target, losses))
        return wrong;
    const bool anyStrict = writeTools(json, request);
    writeToolChoice(json, request, anyStrict, plainModel(target), losses);
    dropOthers(request, losses);
    dropCacheMarks(request, losses);
    return std::nullopt;
}

} // namespace

std::variant<QByteArray, CallError> generateBody(const UnifiedRequest& request, const Target& target, Losses& losses)
{
    QByteArray body;
    JsonWriter json(body);
    json.beginObject();
    if (auto wrong = writeInput(json, request, target, losses))
        return *wrong;
    if (const QByteArray config = generationConfig(request, target, losses); config != "{}")
        json.memberRaw("generationConfig", config);
    writeTier(json, request.serviceTier, losses);
    noteLeftOut(request, losses);
    json.endObject();
    return body;
}

std::variant<QByteArray, CallError> countBody(const UnifiedRequest& request, const Target& target, Losses& losses)
{
    QByteArray body;
    JsonWriter json(body);
    json.beginObject();
    // generativelanguage counts instructions and tools only inside a whole request
    if (!isVertex(target))
        json.key("generateContentRequest").beginObject().member("model", "models/" + plainModel(target).toByteArray());
    if (auto wrong = writeInput(json, request, target, losses))
        return *wrong;
    if (!isVertex(target))
        json.endObject();
    json.endObject();
    return body;
}

} // namespace gateway::transform::gemini
