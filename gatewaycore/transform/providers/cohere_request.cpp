#include "transform/providers/cohere_request.h"

#include "base/json_writer.h"
#include "transform/effort.h"
#include "transform/field_name.h"
#include "transform/json_view.h"
#include "transform/parts.h"
#include "transform/providers/request_parts.h"

#include <algorithm>
#include <array>

namespace gateway::transform {
namespace {

using Mode = ToolChoice::Mode;

constexpr char kProvider[] = "Cohere";
constexpr std::size_t kMostStops = 5;

constexpr std::array kDropped{
    ScalarField{&UnifiedRequest::verbosity, "verbosity"},
    ScalarField{&UnifiedRequest::endUser, "user"},
    ScalarField{&UnifiedRequest::promptCacheKey, "prompt_cache_key"},
};

// Numbers that go over under another name, within Cohere's bounds.
struct NumberField
{
    QByteArray UnifiedRequest::*value;
    const char* name;   // the caller's
    const char* cohere; // Cohere's
    double least;
    double most;
    const char* leastText;
    const char* mostText;
};
constexpr double kAny = 1e300;
constexpr std::array kNumbers{
    NumberField{&UnifiedRequest::temperature, "temperature", "temperature", 0, kAny, "0", ""},
    NumberField{&UnifiedRequest::topP, "top_p", "p", 0.01, 0.99, "0.01", "0.99"},
    NumberField{&UnifiedRequest::topK, "top_k", "k", 0, 500, "0", "500"},
    NumberField{&UnifiedRequest::seed, "seed", "seed", 0, kAny, "0", ""},
    NumberField{&UnifiedRequest::frequencyPenalty, "frequency_penalty", "frequency_penalty", 0, 1, "0", "1"},
    NumberField{&UnifiedRequest::presencePenalty, "presence_penalty", "presence_penalty", 0, 1, "0", "1"},
};

class CohereChat
{
public:
    CohereChat(const UnifiedRequest& request, Losses& losses)
        : m_request(request), m_losses(losses), m_refs(request), m_json(m_body)
    {
    }
    std::variant<QByteArray, CallError> write(QByteArrayView model, std::optional<qint64> outputLimit);

private:
    bool writeMessages();
    bool writeUser(const Message& message, std::size_t index);
    bool writeResult(const Part& part, std::size_t message, std::size_t index);
    bool writeAssistant(const Message& message, std::size_t index);
    bool writeContent(const std::vector<Part>& parts, std::size_t message);
    std::optional<QByteArray> textOf(const Part& part, const QByteArray& field);
    void writeTools();
    void writeNumbers();
    void writeFormat();
    void writeThinking();
    bool fail(CallError error)
    {
        m_error = std::move(error);
        return false;
    }

    const UnifiedRequest& m_request;
    Losses& m_losses;
    const CallRefs m_refs;
    QByteArray m_body;
    JsonWriter m_json;
    std::optional<CallError> m_error;
};

std::variant<QByteArray, CallError> CohereChat::write(QByteArrayView model, std::optional<qint64> outputLimit)
{
    m_json.beginObject().member("model", model).memberBool("stream", m_request.stream);
    if (!writeMessages())
        return *m_error;
    writeTools();
    if (const auto limit = m_request.maxOutputTokens ? m_request.maxOutputTokens : outputLimit)
        m_json.member("max_tokens", *limit);
    writeNumbers();
    if (!m_request.stop.empty()) {
        if (m_request.stop.size() > kMostStops)
            m_losses.change("stop", "the provider takes five stop sequences: the first five go over");
        m_json.key("stop_sequences").beginArray();
        for (std::size_t i = 0; i < std::min(m_request.stop.size(), kMostStops); ++i)
            m_json.string(m_request.stop[i]);
        m_json.endArray();
    }
    writeFormat();
    writeThinking();
    m_json.endObject();

    if (!isUsualTier(m_request.serviceTier))
        m_losses.drop("service_tier");
    dropScalars(m_request, kDropped, m_losses);
    dropCacheMarks(m_request, m_losses);
    dropMessageExtras(m_request, m_losses, true);
    dropOthers(m_request, m_losses);
    return m_body;
}

bool CohereChat::writeMessages()
{
    m_json.key("messages").beginArray();
    if (!m_request.system.empty()) {
        m_json.beginObject().member("role", "system");
        if (!writeContent(m_request.system, 0))
            return false;
        m_json.endObject();
    }
    for (std::size_t i = 0; i < m_request.messages.size(); ++i) {
        const Message& message = m_request.messages[i];
        const bool good = message.role == Role::Assistant ? writeAssistant(message, i) : writeUser(message, i);
        if (!good)
            return false;
    }
    m_json.endArray();
    return true;
}

// The results of tools are messages of their own, before the rest of the turn.
bool CohereChat::writeUser(const Message& message, std::size_t index)
{
    std::vector<Part> rest;
    for (std::size_t j = 0; j < message.parts.size(); ++j) {
        const Part& part = message.parts[j];
        if (part.kind == Part::Kind::ToolResult) {
            if (!writeResult(part, index, j))
                return false;
        } else if (part.kind == Part::Kind::Thinking || part.kind == Part::Kind::ToolCall) {
            m_losses.drop(partField(index, j), "only the assistant says such things");
        } else {
            rest.push_back(part);
        }
    }
    if (rest.empty())
        return true;
    m_json.beginObject().member("role", message.role == Role::System ? "system" : "user");
    if (!writeContent(rest, index))
        return false;
    m_json.endObject();
    return true;
}

// A string where one text is all there is, else a list of blocks.
bool CohereChat::writeContent(const std::vector<Part>& parts, std::size_t message)
{
    m_json.key("content");
    if (parts.size() == 1 && parts.front().kind == Part::Kind::Text) {
        m_json.string(parts.front().text);
        return true;
    }
    m_json.beginArray();
    for (std::size_t j = 0; j < parts.size(); ++j) {
        const Part& part = parts[j];
        if (part.kind == Part::Kind::Image) {
            const QByteArray type = imageType(part);
            if (part.url.isEmpty() && (part.data.isEmpty() || type.isEmpty()))
                return fail(invalidRequest(
                    QStringLiteral("Cohere takes images as bytes of a known type or by URL."), partField(message, j)));
            m_json.beginObject().member("type", "image_url").key("image_url").beginObject();
            m_json.member("url", part.data.isEmpty() ? part.url : "data:" + type + ";base64," + part.data);
            if (part.detail == "original")
                m_losses.change(partField(message, j, "detail"), "the provider's highest detail");
            m_json.memberIf("detail", part.detail == "original" ? QByteArray("high") : part.detail);
            m_json.endObject().endObject();
            continue;
        }
        const std::optional<QByteArray> text = textOf(part, partField(message, j));
        if (!text)
            return false;
        m_json.beginObject().member("type", "text").member("text", *text).endObject();
    }
    m_json.endArray();
    return true;
}

// Texts, and documents that are texts; everything else is not Cohere's.
std::optional<QByteArray> CohereChat::textOf(const Part& part, const QByteArray& field)
{
    if (part.kind == Part::Kind::Text || part.kind == Part::Kind::Refusal)
        return part.text;
    if (part.kind == Part::Kind::Document) {
        if (const std::optional<QByteArray> text = documentAsText(part, field, m_losses))
            return text;
        fail(invalidRequest(QStringLiteral("Cohere's chat takes documents as texts only."), field));
        return std::nullopt;
    }
    fail(invalidRequest(QStringLiteral("Cohere's chat takes texts and images only."), field));
    return std::nullopt;
}

bool CohereChat::writeResult(const Part& part, std::size_t message, std::size_t index)
{
    const QByteArray field = partField(message, index);
    m_json.beginObject().member("role", "tool").member("tool_call_id", m_refs.of(message, index).id);
    if (part.isError)
        m_losses.change(field + ".is_error", "it stands in the result's text");
    std::vector<QByteArray> texts;
    for (const Part& inner : part.content) {
        const std::optional<QByteArray> text = textOf(inner, field);
        if (!text)
            return false;
        texts.push_back(*text);
    }
    if (texts.empty())
        texts.emplace_back();
    if (part.isError)
        texts.front().prepend("Error: ");
    m_json.key("content");
    if (texts.size() == 1) {
        m_json.string(texts.front());
    } else {
        m_json.beginArray();
        for (const QByteArray& text : texts)
            m_json.beginObject().member("type", "text").member("text", text).endObject();
        m_json.endArray();
    }
    m_json.endObject();
    return true;
}

// Beside tool calls Cohere takes no text: what the assistant said before it called is its tool plan.
bool CohereChat::writeAssistant(const Message& message, std::size_t index)
{
    const bool calls = std::any_of(
        message.parts.begin(), message.parts.end(), [](const Part& part) { return part.kind == Part::Kind::ToolCall; });
    QByteArray plan;
    std::vector<Part> said;
    for (std::size_t j = 0; j < message.parts.size(); ++j) {
        const Part& part = message.parts[j];
        if (part.kind == Part::Kind::ToolCall)
            continue;
        if (part.kind == Part::Kind::Thinking) {
            const bool foreign = part.signer != Signer::Unknown || part.redacted || !part.signature.isEmpty();
            if (foreign || !calls) {
                m_losses.drop(partField(index, j), foreign ? "thinking goes back to the provider that signed it only"
                                                           : "the provider takes no thinking of earlier answers");
                continue;
            }
        } else if (part.kind == Part::Kind::Image || part.kind == Part::Kind::Audio ||
                   part.kind == Part::Kind::ToolResult) {
            return fail(invalidRequest(
                QStringLiteral("Cohere's chat takes texts only as earlier answers."), partField(index, j)));
        }
        if (!calls) {
            said.push_back(part);
            continue;
        }
        const std::optional<QByteArray> text =
            part.kind == Part::Kind::Thinking ? std::optional(part.text) : textOf(part, partField(index, j));
        if (!text)
            return false;
        plan += (plan.isEmpty() || text->isEmpty() ? "" : "\n") + *text;
    }
    if (!calls && said.empty())
        return true;
    m_json.beginObject().member("role", "assistant");
    if (!calls) {
        if (!writeContent(said, index))
            return false;
        m_json.endObject();
        return true;
    }
    m_json.memberIf("tool_plan", plan);
    m_json.key("tool_calls").beginArray();
    for (std::size_t j = 0; j < message.parts.size(); ++j) {
        if (message.parts[j].kind != Part::Kind::ToolCall)
            continue;
        const CallRefs::Ref& ref = m_refs.of(index, j);
        m_json.beginObject().member("id", ref.id).member("type", "function").key("function").beginObject();
        m_json.member("name", ref.name);
        m_json.member("arguments", argumentsObject(message.parts[j], partField(index, j, "arguments"), m_losses));
        m_json.endObject().endObject();
    }
    m_json.endArray().endObject();
    return true;
}

void CohereChat::writeTools()
{
    if (m_request.tools.empty())
        return;
    const std::vector<const Tool*> offered = offeredTools(m_request, m_losses);
    const bool named = m_request.toolChoice && m_request.toolChoice->mode == Mode::Named;
    const bool strict =
        std::any_of(offered.begin(), offered.end(), [](const Tool* tool) { return tool->strict == true; });
    m_json.key("tools").beginArray();
    for (const Tool* tool : offered) {
        if (named && tool->name != m_request.toolChoice->name)
            continue;
        m_json.beginObject().member("type", "function").key("function").beginObject().member("name", tool->name);
        m_json.memberIf("description", tool->description);
        m_json.memberRaw("parameters",
            tool->schema.isEmpty() ? QByteArrayView(R"({"type":"object","properties":{}})") : tool->schema);
        m_json.endObject().endObject();
        if (strict && tool->strict != true)
            m_losses.change(toolField(m_request, *tool, "strict"), "the provider is strict with all tools or none");
    }
    m_json.endArray();
    if (strict)
        m_json.memberBool("strict_tools", true);
    if (m_request.toolChoice && m_request.toolChoice->mode != Mode::Auto)
        m_json.member("tool_choice", m_request.toolChoice->mode == Mode::None ? "NONE" : "REQUIRED");
    if (named && offered.size() > 1)
        m_losses.change("tool_choice", "only the named tool is offered to the model, which must call it");
    if (m_request.parallelTools == false)
        m_losses.drop("parallel_tool_calls");
}

void CohereChat::writeNumbers()
{
    for (const NumberField& row : kNumbers) {
        const QByteArray& text = m_request.*row.value;
        if (text.isEmpty())
            continue;
        const double value = text.toDouble();
        const bool fits = value >= row.least && value <= row.most;
        if (!fits)
            m_losses.change(row.name, "the nearest value that the provider takes");
        m_json.memberRaw(row.cohere, fits ? text : QByteArray(value < row.least ? row.leastText : row.mostText));
    }
}

void CohereChat::writeFormat()
{
    const OutputFormat& format = m_request.format;
    if (format.kind == OutputFormat::Kind::Text)
        return;
    m_json.key("response_format").beginObject().member("type", "json_object");
    if (format.kind == OutputFormat::Kind::JsonSchema) {
        m_json.memberRawIf("json_schema", format.schema);
        if (!format.description.isEmpty())
            m_losses.drop("response_format.json_schema.description");
        if (format.strict == false)
            m_losses.change("response_format.json_schema.strict", "the provider holds to a schema always");
    }
    m_json.endObject();
}

void CohereChat::writeThinking()
{
    const Reasoning& reasoning = m_request.reasoning;
    if (reasoning.showThoughts == false)
        m_losses.drop("include_thoughts", "the provider shows its thinking");
    if (!reasoning.effort && !reasoning.budgetTokens && !reasoning.enabled)
        return;
    const bool off = reasoning.effort == Effort::None || reasoning.enabled == false || reasoning.budgetTokens == 0;
    m_json.key("thinking").beginObject().member("type", off ? "disabled" : "enabled");
    if (!off && reasoning.budgetTokens) {
        m_json.member("token_budget", *reasoning.budgetTokens);
    } else if (!off && reasoning.effort) {
        m_losses.change("reasoning_effort", "carried as a budget of thinking tokens");
        m_json.member("token_budget", thinkingBudget(*reasoning.effort));
    }
    m_json.endObject();
}

} // namespace

std::variant<QByteArray, CallError> cohereChatBody(
    const UnifiedRequest& request, QByteArrayView model, std::optional<qint64> outputLimit, Losses& losses)
{
    if (auto refused = refusedShape(request, kProvider))
        return *refused;
    if (auto refused = refusedTools(request, kProvider))
        return *refused;
    return CohereChat(request, losses).write(model, outputLimit);
}

} // namespace gateway::transform
