#include "transform/providers/ollama_request.h"

#include "base/json_writer.h"
#include "transform/effort.h"
#include "transform/field_name.h"
#include "transform/json_view.h"
#include "transform/providers/request_parts.h"

#include <algorithm>
#include <array>

namespace gateway::transform {
namespace {

using Mode = ToolChoice::Mode;

constexpr char kProvider[] = "Ollama";

constexpr std::array kDropped{
    ScalarField{&UnifiedRequest::verbosity, "verbosity"},
    ScalarField{&UnifiedRequest::endUser, "user"},
    ScalarField{&UnifiedRequest::promptCacheKey, "prompt_cache_key"},
};

// Members of "options", by the same name as in most dialects. Not num_ctx: the size of the context is the operator's.
constexpr std::array kOptions{
    ScalarField{&UnifiedRequest::temperature, "temperature"},
    ScalarField{&UnifiedRequest::topP, "top_p"},
    ScalarField{&UnifiedRequest::topK, "top_k"},
    ScalarField{&UnifiedRequest::seed, "seed"},
    ScalarField{&UnifiedRequest::frequencyPenalty, "frequency_penalty"},
    ScalarField{&UnifiedRequest::presencePenalty, "presence_penalty"},
};

class OllamaChat
{
public:
    OllamaChat(const UnifiedRequest& request, Losses& losses)
        : m_request(request), m_losses(losses), m_refs(request), m_json(m_body)
    {
    }
    std::variant<QByteArray, CallError> write(QByteArrayView model, std::optional<qint64> outputLimit);

private:
    // What a message of Ollama has room for: one text, and images beside it.
    struct Content
    {
        QByteArray text;
        std::vector<QByteArray> images;
    };

    bool writeMessage(const Message& message, std::size_t index);
    bool writeResult(const Part& part, std::size_t message, std::size_t index);
    bool add(Content& content, const Part& part, const QByteArray& field);
    void writeContent(const Content& content);
    void writeCalls(const Message& message, std::size_t index);
    void writeTools();
    void writeFormat();
    void writeThink();
    void writeOptions(std::optional<qint64> limit);

    const UnifiedRequest& m_request;
    Losses& m_losses;
    const CallRefs m_refs;
    QByteArray m_body;
    JsonWriter m_json;
    std::optional<CallError> m_error;
};

std::variant<QByteArray, CallError> OllamaChat::write(QByteArrayView model, std::optional<qint64> outputLimit)
{
    m_json.beginObject().member("model", model).key("messages").beginArray();
    if (!m_request.system.empty()) {
        Content content;
        for (std::size_t i = 0; i < m_request.system.size(); ++i) {
            if (!add(content, m_request.system[i], indexed("system", i)))
                return *m_error;
        }
        m_json.beginObject().member("role", "system");
        writeContent(content);
        m_json.endObject();
    }
    for (std::size_t i = 0; i < m_request.messages.size(); ++i) {
        if (!writeMessage(m_request.messages[i], i))
            return *m_error;
    }
    m_json.endArray();
    m_json.memberBool("stream", m_request.stream); // it streams where nothing is said
    writeTools();
    writeFormat();
    writeThink();
    writeOptions(m_request.maxOutputTokens ? m_request.maxOutputTokens : outputLimit);
    m_json.endObject();

    if (!isUsualTier(m_request.serviceTier))
        m_losses.drop("service_tier");
    dropScalars(m_request, kDropped, m_losses);
    dropCacheMarks(m_request, m_losses);
    dropMessageExtras(m_request, m_losses, false);
    dropOthers(m_request, m_losses);
    return m_body;
}

bool OllamaChat::add(Content& content, const Part& part, const QByteArray& field)
{
    QByteArray text;
    switch (part.kind) {
    case Part::Kind::Text:
    case Part::Kind::Refusal:
        text = part.text;
        break;
    case Part::Kind::Image:
        if (part.data.isEmpty()) {
            m_error = invalidRequest(QStringLiteral("Ollama takes images only as bytes in the request."), field);
            return false;
        }
        content.images.push_back(part.data);
        return true;
    case Part::Kind::Document:
        if (const std::optional<QByteArray> inside = documentAsText(part, field, m_losses)) {
            text = *inside;
            break;
        }
        m_error = invalidRequest(QStringLiteral("Ollama takes documents as texts only."), field);
        return false;
    case Part::Kind::Audio:
    case Part::Kind::ToolCall:
    case Part::Kind::ToolResult:
    case Part::Kind::Thinking:
        m_error = invalidRequest(QStringLiteral("Ollama takes texts and images only."), field);
        return false;
    }
    content.text += (content.text.isEmpty() || text.isEmpty() ? "" : "\n") + text;
    return true;
}

void OllamaChat::writeContent(const Content& content)
{
    m_json.member("content", content.text);
    if (content.images.empty())
        return;
    m_json.key("images").beginArray();
    for (const QByteArray& image : content.images)
        m_json.string(image);
    m_json.endArray();
}

bool OllamaChat::writeMessage(const Message& message, std::size_t index)
{
    const bool assistant = message.role == Role::Assistant;
    Content content;
    QByteArray thinking;
    bool any = false;
    bool calls = false;
    for (std::size_t j = 0; j < message.parts.size(); ++j) {
        const Part& part = message.parts[j];
        if (part.kind == Part::Kind::ToolResult && !assistant) {
            if (!writeResult(part, index, j)) // a message of its own, before the rest of the turn
                return false;
        } else if (part.kind == Part::Kind::ToolCall && assistant) {
            calls = true;
        } else if (part.kind == Part::Kind::Thinking) {
            if (assistant && part.signer == Signer::Unknown && !part.redacted && part.signature.isEmpty())
                thinking += part.text;
            else
                m_losses.drop(partField(index, j), "thinking goes back to the provider that signed it only");
        } else {
            if (!add(content, part, partField(index, j)))
                return false;
            any = true;
        }
    }
    if (!any && !calls && thinking.isEmpty())
        return true;
    m_json.beginObject();
    m_json.member("role", assistant ? "assistant" : message.role == Role::System ? "system" : "user");
    writeContent(content);
    m_json.memberIf("thinking", thinking);
    if (calls)
        writeCalls(message, index);
    m_json.endObject();
    return true;
}

void OllamaChat::writeCalls(const Message& message, std::size_t index)
{
    m_json.key("tool_calls").beginArray();
    for (std::size_t j = 0; j < message.parts.size(); ++j) {
        const Part& part = message.parts[j];
        if (part.kind != Part::Kind::ToolCall)
            continue;
        const CallRefs::Ref& ref = m_refs.of(index, j);
        m_json.beginObject().member("id", ref.id).key("function").beginObject().member("name", ref.name);
        m_json.memberRaw("arguments", argumentsObject(part, partField(index, j, "arguments"), m_losses));
        m_json.endObject().endObject();
    }
    m_json.endArray();
}

bool OllamaChat::writeResult(const Part& part, std::size_t message, std::size_t index)
{
    const QByteArray field = partField(message, index);
    const CallRefs::Ref& ref = m_refs.of(message, index);
    Content content;
    if (part.isError) {
        content.text = "Error:";
        m_losses.change(field + ".is_error", "it stands in the result's text");
    }
    for (const Part& inner : part.content) {
        if (!add(content, inner, field))
            return false;
    }
    m_json.beginObject().member("role", "tool");
    writeContent(content);
    // models know results by the tool's name; the id is for servers behind Ollama that want it
    m_json.memberIf("tool_name", ref.name).member("tool_call_id", ref.id).endObject();
    return true;
}

void OllamaChat::writeTools()
{
    if (m_request.parallelTools == false && !m_request.tools.empty())
        m_losses.drop("parallel_tool_calls");
    const Mode mode = m_request.toolChoice ? m_request.toolChoice->mode : Mode::Auto;
    if (m_request.tools.empty() || mode == Mode::None)
        return; // it has no word for "none": tools that are not offered are not called
    const std::vector<const Tool*> offered = offeredTools(m_request, m_losses);
    if (mode == Mode::Required)
        m_losses.drop("tool_choice", "the provider lets the model choose whether it calls a tool");
    else if (mode == Mode::Named)
        m_losses.change("tool_choice", "only the named tool is offered; the model chooses whether it calls it");
    m_json.key("tools").beginArray();
    for (const Tool* tool : offered) {
        if (mode == Mode::Named && tool->name != m_request.toolChoice->name)
            continue;
        if (tool->strict == true)
            m_losses.drop(toolField(m_request, *tool, "strict"));
        m_json.beginObject().member("type", "function").key("function").beginObject().member("name", tool->name);
        m_json.memberIf("description", tool->description);
        m_json.memberRaw("parameters",
            tool->schema.isEmpty() ? QByteArrayView(R"({"type":"object","properties":{}})") : tool->schema);
        m_json.endObject().endObject();
    }
    m_json.endArray();
}

void OllamaChat::writeFormat()
{
    const OutputFormat& format = m_request.format;
    if (format.kind == OutputFormat::Kind::JsonObject) {
        m_json.member("format", "json");
    } else if (format.kind == OutputFormat::Kind::JsonSchema) {
        m_json.memberRaw("format", format.schema.isEmpty() ? QByteArrayView(R"("json")") : format.schema);
        if (!format.description.isEmpty())
            m_losses.drop("response_format.json_schema.description");
        if (format.strict == false)
            m_losses.change("response_format.json_schema.strict", "the provider holds to a schema always");
    }
}

void OllamaChat::writeThink()
{
    const Reasoning& reasoning = m_request.reasoning;
    if (reasoning.showThoughts == false)
        m_losses.drop("include_thoughts", "the provider shows its thinking");
    const bool off = reasoning.effort == Effort::None || reasoning.enabled == false || reasoning.budgetTokens == 0;
    if (off) {
        m_json.memberBool("think", false);
    } else if (reasoning.effort || reasoning.budgetTokens) {
        const Effort effort = reasoning.effort.value_or(effortForBudget(reasoning.budgetTokens.value_or(0)));
        if (reasoning.budgetTokens)
            m_losses.change("thinking.budget_tokens", "carried as an effort: the provider takes no budget");
        if (reasoning.effort && !isExact(Dialect::Ollama, effort))
            m_losses.change("reasoning_effort", "the provider's nearest step");
        const QByteArray word = effortWord(Dialect::Ollama, effort);
        m_json.member("think", word.isEmpty() ? QByteArray("low") : word);
    } else if (reasoning.enabled) {
        m_json.memberBool("think", true);
    }
}

void OllamaChat::writeOptions(std::optional<qint64> limit)
{
    QByteArray options;
    JsonWriter json(options);
    json.beginObject();
    for (const ScalarField& row : kOptions)
        json.memberRawIf(row.name, m_request.*row.value);
    if (limit)
        json.member("num_predict", *limit);
    if (!m_request.stop.empty()) {
        json.key("stop").beginArray();
        for (const QByteArray& stop : m_request.stop)
            json.string(stop);
        json.endArray();
    }
    json.endObject();
    if (options != "{}")
        m_json.memberRaw("options", options);
}

} // namespace

std::variant<QByteArray, CallError> ollamaChatBody(
    const UnifiedRequest& request, QByteArrayView model, std::optional<qint64> outputLimit, Losses& losses)
{
    if (auto refused = refusedShape(request, kProvider))
        return *refused;
    if (auto refused = refusedTools(request, kProvider))
        return *refused;
    return OllamaChat(request, losses).write(model, outputLimit);
}

std::variant<QByteArray, CallError> ollamaEmbedBody(const UnifiedRequest& request, QByteArrayView model, Losses& losses)
{
    if (auto refused = refusedShape(request, kProvider))
        return *refused;
    const EmbedRequest& embed = request.embed;
    QByteArray body;
    JsonWriter json(body);
    json.beginObject().member("model", model).key("input").beginArray();
    for (const QByteArray& text : embed.texts)
        json.string(text);
    json.endArray();
    if (embed.dimensions)
        json.member("dimensions", *embed.dimensions);
    json.memberBool("truncate", false); // a text that is too long is an error, not half an embedding
    json.endObject();
    if (!embed.purpose.isEmpty())
        losses.drop("input_type");
    if (!embed.title.isEmpty())
        losses.drop("title");
    if (!embed.user.isEmpty())
        losses.drop("user");
    dropOthers(request, losses);
    return body;
}

} // namespace gateway::transform
