#include "transform/providers/bedrock_request.h"

#include "transform/field_name.h"
#include "transform/providers/bedrock_blocks.h"
#include "transform/providers/bedrock_models.h"
#include "transform/providers/bedrock_turns.h"
#include "transform/providers/request_parts.h"

#include <algorithm>
#include <array>

namespace gateway::transform {
namespace {

using Mode = ToolChoice::Mode;
using Family = BedrockModel::Family;

constexpr char kProvider[] = "Bedrock";

// Converse has no field for these, whatever the model.
constexpr std::array kDropped{
    ScalarField{&UnifiedRequest::frequencyPenalty, "frequency_penalty"},
    ScalarField{&UnifiedRequest::presencePenalty, "presence_penalty"},
    ScalarField{&UnifiedRequest::seed, "seed"},
    ScalarField{&UnifiedRequest::verbosity, "verbosity"},
    ScalarField{&UnifiedRequest::promptCacheKey, "prompt_cache_key"},
};

// serviceTier.type by the callers' words; the usual tiers ask for nothing.
struct Tier
{
    const char* asked;
    const char* type;
};
constexpr std::array kTiers{
    Tier{"flex", "flex"},
    Tier{"priority", "priority"},
    Tier{"fast", "priority"},
    Tier{"reserved", "reserved"},
};

// requestMetadata takes these characters and lengths.
bool isMetadataText(QByteArrayView text)
{
    return text.size() <= 256 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               QByteArrayView(" :_@$#=/+,-.").contains(c);
    });
}

bool hasToolParts(const UnifiedRequest& request)
{
    for (const Message& message : request.messages) {
        for (const Part& part : message.parts) {
            if (part.kind == Part::Kind::ToolCall || part.kind == Part::Kind::ToolResult)
                return true;
        }
    }
    return false;
}

// The step under way: the last assistant message called a tool, and Claude wants the thinking before that call back.
bool lacksThinking(const UnifiedRequest& request)
{
    for (auto message = request.messages.rbegin(); message != request.messages.rend(); ++message) {
        if (message->role != Role::Assistant)
            continue;
        const bool called = std::any_of(message->parts.begin(), message->parts.end(),
            [](const Part& part) { return part.kind == Part::Kind::ToolCall; });
        const bool thought = std::any_of(message->parts.begin(), message->parts.end(), [](const Part& part) {
            return part.kind == Part::Kind::Thinking && !part.signature.isEmpty() &&
                   (part.signer == Signer::Bedrock || part.signer == Signer::Anthropic);
        });
        return called && !thought;
    }
    return false;
}

class BedrockBody
{
public:
    BedrockBody(const UnifiedRequest& request, QByteArrayView model, std::optional<qint64> outputLimit, Losses& losses)
        : m_request(request),
          m_model(bedrockModel(model)),
          m_losses(losses),
          m_refs(request),
          m_blocks(m_model, losses),
          m_turns(request, m_refs, m_blocks, losses),
          m_maxTokens(request.maxOutputTokens ? request.maxOutputTokens : outputLimit)
    {
    }

    std::variant<QByteArray, CallError> write();

private:
    bool readTools();
    void writeConversation(JsonWriter& json) const;
    QByteArray additionalFields();
    void writeInference(JsonWriter& json);
    void writeOutput(JsonWriter& json);
    void writeTier(JsonWriter& json);
    void writeMetadata(JsonWriter& json);
    void reportLosses();
    bool fail(CallError error)
    {
        m_error = std::move(error);
        return false;
    }
    bool needsTools() const { return !m_request.tools.empty() || hasToolParts(m_request); }
    // Nobody may be called: the caller says so, or offers none although the history has some.
    bool toolsAreOff() const
    {
        return m_request.tools.empty() || (m_request.toolChoice && m_request.toolChoice->mode == Mode::None);
    }
    bool toolIsForced() const
    {
        return !toolsAreOff() && m_request.toolChoice && m_request.toolChoice->mode != Mode::Auto;
    }

    const UnifiedRequest& m_request;
    const BedrockModel m_model;
    Losses& m_losses;
    const CallRefs m_refs;
    BedrockBlocks m_blocks;
    BedrockTurns m_turns;
    const std::optional<qint64> m_maxTokens;

    QByteArray m_toolConfig;
    QByteArray m_additional;
    ThinkingResult m_thinking;
    std::optional<CallError> m_error;
};

std::variant<QByteArray, CallError> BedrockBody::write()
{
    if (auto wrong = m_turns.read())
        return *wrong;
    if (!readTools())
        return *m_error;
    m_additional = additionalFields();

    QByteArray body;
    JsonWriter json(body);
    if (m_request.operation == Operation::CountTokens) {
        json.beginObject().key("input").beginObject().key("converse").beginObject();
        writeConversation(json);
        json.memberRawIf("additionalModelRequestFields", m_additional);
        json.endObject().endObject().endObject();
        return body;
    }
    json.beginObject();
    writeConversation(json);
    writeInference(json);
    json.memberRawIf("additionalModelRequestFields", m_additional);
    writeOutput(json);
    writeTier(json);
    writeMetadata(json);
    json.endObject();
    reportLosses();
    return body;
}

bool BedrockBody::readTools()
{
    if (!needsTools())
        return true;
    if (toolsAreOff() && !hasToolParts(m_request) && m_model.family != Family::Claude)
        return true; // none may be called and the history has none: they need not be told of
    JsonWriter json(m_toolConfig);
    json.beginObject().key("tools").beginArray();
    const std::vector<const Tool*> offered = offeredTools(m_request, m_losses);
    for (const Tool* one : offered) {
        const Tool& tool = *one;
        if (!isBedrockToolName(tool.name))
            return fail(invalidRequest(
                QStringLiteral("Bedrock takes names of tools of up to 64 letters, digits, - and _ only."),
                toolField(m_request, tool, "name")));
        json.beginObject().key("toolSpec").beginObject().member("name", tool.name);
        json.memberIf("description", tool.description);
        json.key("inputSchema").beginObject();
        json.memberRaw("json", tool.schema.isEmpty() ? QByteArrayView(R"({"type":"object"})") : tool.schema);
        json.endObject();
        if (tool.strict == true)
            json.memberBool("strict", true);
        json.endObject().endObject();
        if (tool.cacheMark) {
            const QByteArray mark = m_blocks.cachePoint(*tool.cacheMark, toolField(m_request, tool, "cache_control"));
            if (!mark.isEmpty())
                json.raw(mark);
        }
    }
    if (m_request.tools.empty()) {
        m_losses.change("tools", "the tools of the history are declared without parameters: the provider wants them");
        for (const QByteArray& name : m_refs.functions())
            json.beginObject()
                .key("toolSpec")
                .beginObject()
                .member("name", name)
                .key("inputSchema")
                .beginObject()
                .memberRaw("json", R"({"type":"object"})")
                .endObject()
                .endObject()
                .endObject();
        if (m_refs.functions().empty())
            return fail(invalidRequest(
                QStringLiteral("The conversation has results of tools without their calls, which Bedrock refuses."),
                "messages"));
    }
    json.endArray();
    const bool claude = m_model.family == Family::Claude;
    if (!toolsAreOff() && m_request.toolChoice && !(claude && m_request.parallelTools == false)) {
        json.key("toolChoice").beginObject();
        if (m_request.toolChoice->mode == Mode::Named)
            json.key("tool").beginObject().member("name", m_request.toolChoice->name).endObject();
        else
            json.key(m_request.toolChoice->mode == Mode::Required ? "any" : "auto").beginObject().endObject();
        json.endObject();
    } else if (toolsAreOff() && !claude) {
        m_losses.drop("tool_choice", "the model cannot be kept from calling the tools of the history");
    }
    json.endObject();
    return true;
}

void BedrockBody::writeConversation(JsonWriter& json) const
{
    m_turns.write(json);
    json.memberRawIf("toolConfig", m_toolConfig);
}

// What the model's maker has words for and Converse has not.
QByteArray BedrockBody::additionalFields()
{
    QByteArray fields;
    JsonWriter json(fields);
    json.beginObject();
    const bool claude = m_model.family == Family::Claude;
    ThinkingContext context;
    context.maxTokens = m_maxTokens;
    context.toolIsForced = toolIsForced();
    context.historyLacksThinking = lacksThinking(m_request);
    m_thinking = writeThinking(m_model, m_request.reasoning, context, json, m_losses);

    if (!m_request.topK.isEmpty()) {
        if (claude && m_model.sampling && !m_thinking.thinks)
            json.memberRaw("top_k", m_request.topK);
        else if (m_model.family == Family::Nova)
            json.key("inferenceConfig").beginObject().memberRaw("topK", m_request.topK).endObject();
        else
            m_losses.drop("top_k", "the model does not take it here");
    }
    // Claude's own tool_choice, for what Converse's cannot say
    if (claude && !m_toolConfig.isEmpty() && toolsAreOff()) {
        json.key("tool_choice").beginObject().member("type", "none").endObject();
    } else if (!toolsAreOff() && m_request.parallelTools == false) {
        if (claude) {
            const Mode mode = m_request.toolChoice ? m_request.toolChoice->mode : Mode::Auto;
            json.key("tool_choice").beginObject();
            json.member("type", mode == Mode::Named ? "tool" : mode == Mode::Required ? "any" : "auto");
            if (mode == Mode::Named)
                json.member("name", m_request.toolChoice->name);
            json.memberBool("disable_parallel_tool_use", true).endObject();
        } else {
            m_losses.drop("parallel_tool_calls");
        }
    }
    json.endObject();
    return fields == "{}" ? QByteArray() : fields;
}

void BedrockBody::writeInference(JsonWriter& json)
{
    QByteArray config;
    JsonWriter inner(config);
    inner.beginObject();
    if (m_maxTokens)
        inner.member("maxTokens", *m_maxTokens);
    const bool sampling = m_model.sampling && !(m_model.family == Family::Claude && m_thinking.thinks);
    if (!sampling) {
        constexpr std::array dropped{
            ScalarField{&UnifiedRequest::temperature, "temperature"}, ScalarField{&UnifiedRequest::topP, "top_p"}};
        dropScalars(m_request, dropped, m_losses);
    } else {
        if (m_request.temperature.toDouble() > 1) {
            m_losses.change("temperature", "the provider's highest is 1");
            inner.memberRaw("temperature", "1");
        } else {
            inner.memberRawIf("temperature", m_request.temperature);
        }
        inner.memberRawIf("topP", m_request.topP);
    }
    if (!m_request.stop.empty()) {
        inner.key("stopSequences").beginArray();
        for (const QByteArray& stop : m_request.stop)
            inner.string(stop);
        inner.endArray();
    }
    inner.endObject();
    if (config != "{}")
        json.memberRaw("inferenceConfig", config);
}

void BedrockBody::writeOutput(JsonWriter& json)
{
    const OutputFormat& format = m_request.format;
    if (format.kind == OutputFormat::Kind::JsonObject)
        m_losses.drop("response_format", "the provider gives JSON to a schema only");
    const bool schema = format.kind == OutputFormat::Kind::JsonSchema;
    if (!schema && m_thinking.effort.isEmpty())
        return;
    json.key("outputConfig").beginObject();
    if (schema) {
        if (format.strict == false)
            m_losses.change("response_format.json_schema.strict", "the provider holds to a schema always");
        json.key("textFormat").beginObject().member("type", "json_schema").key("structure").beginObject();
        json.key("jsonSchema").beginObject().member("schema", format.schema);
        json.memberIf("name", format.name).memberIf("description", format.description);
        json.endObject().endObject().endObject();
    }
    json.memberIf("effort", m_thinking.effort);
    json.endObject();
}

void BedrockBody::writeTier(JsonWriter& json)
{
    if (isUsualTier(m_request.serviceTier))
        return;
    for (const Tier& tier : kTiers) {
        if (m_request.serviceTier == tier.asked) {
            json.key("serviceTier").beginObject().member("type", tier.type).endObject();
            if (m_request.serviceTier != tier.type)
                m_losses.change("service_tier", "the provider's nearest tier");
            return;
        }
    }
    m_losses.drop("service_tier", "the provider has no such tier");
}

void BedrockBody::writeMetadata(JsonWriter& json)
{
    std::vector<std::pair<QByteArray, QByteArray>> pairs;
    if (isMetadataText(m_request.endUser) && !m_request.endUser.isEmpty())
        pairs.emplace_back("user", m_request.endUser);
    else if (!m_request.endUser.isEmpty())
        m_losses.drop("user", "the provider takes fewer characters in metadata");
    for (const OtherField& field : m_request.others) {
        if (field.name != "metadata")
            continue;
        const JsonText text = JsonText::parse(field.raw);
        bool good = !text.error && text.root.type() == JsonType::Object;
        text.root.eachMember([&](QByteArrayView key, JsonView value) {
            const std::optional<QByteArray> word = value.text();
            good = good && word && isMetadataText(key) && isMetadataText(*word) && pairs.size() < 16 && key != "user";
            if (good)
                pairs.emplace_back(key.toByteArray(), *word);
            return good;
        });
        if (!good)
            m_losses.drop("metadata", "the provider takes sixteen short plain texts as metadata");
    }
    if (pairs.empty())
        return;
    json.key("requestMetadata").beginObject();
    for (const auto& [key, value] : pairs)
        json.member(key, value);
    json.endObject();
}

void BedrockBody::reportLosses()
{
    dropScalars(m_request, kDropped, m_losses);
    dropMessageExtras(m_request, m_losses, false);
    dropOthers(m_request, m_losses, "metadata");
}

} // namespace

std::variant<QByteArray, CallError> bedrockBody(
    const UnifiedRequest& request, QByteArrayView model, std::optional<qint64> outputLimit, Losses& losses)
{
    if (request.operation == Operation::Embed)
        return invalidRequest(QStringLiteral("Bedrock's Converse gives no embeddings."));
    if (auto refused = refusedShape(request, kProvider))
        return *refused;
    if (auto refused = refusedTools(request, kProvider))
        return *refused;
    return BedrockBody(request, model, outputLimit, losses).write();
}

} // namespace gateway::transform
