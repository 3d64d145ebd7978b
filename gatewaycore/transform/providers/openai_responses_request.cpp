// A Responses request written from a request of another dialect. It is stateless: nothing is stored, and a model's
// reasoning comes back encrypted where it was asked to reason.
#include "transform/effort.h"
#include "transform/json_writer.h"
#include "transform/providers/chat_quirks.h"
#include "transform/providers/openai_responses.h"
#include "transform/providers/openai_responses_answer.h"

#include <QSet>

#include <algorithm>
#include <array>

namespace gateway::transform {
namespace {

using config::ProviderKind;

// Service tiers of other dialects in OpenAI's words.
struct Tier
{
    const char* word;
    const char* ours;
};
constexpr std::array kTiers{
    Tier{"auto", "auto"}, Tier{"default", "default"}, Tier{"flex", "flex"}, Tier{"scale", "scale"},
    Tier{"priority", "priority"}, Tier{"fast", "fast"}, Tier{"ultrafast", "ultrafast"},
    Tier{"standard", "default"},      // Gemini
    Tier{"standard_only", "default"}, // Anthropic
};

struct Life
{
    CacheLife life;
    const char* ttl; // "": not stated
    bool exact;
};
constexpr std::array kLives{
    Life{CacheLife::Default, "", true},
    Life{CacheLife::Minutes5, "30m", false},
    Life{CacheLife::Minutes30, "30m", true},
    Life{CacheLife::Hour1, "12h", false},
    Life{CacheLife::Hours12, "12h", true},
};

// Models before gpt-5.6 know no breakpoints: they find what to cache themselves.
constexpr std::array kNoBreakpoints{
    "gpt-3", "gpt-4", "gpt-5-", "gpt-5.1", "gpt-5.2", "gpt-5.3", "gpt-5.4", "gpt-5.5", "o1", "o3", "o4", "codex-"};

bool takesBreakpoints(const Target& target)
{
    const QByteArrayView model = target.model();
    return target.kind() != ProviderKind::Xai && model != QByteArrayView("gpt-5") &&
           std::none_of(kNoBreakpoints.begin(), kNoBreakpoints.end(),
               [model](const char* prefix) { return model.startsWith(prefix); });
}

class RequestWriter
{
public:
    RequestWriter(const UnifiedRequest& request, const Target& target, Losses& losses)
        : m_request(request), m_target(target), m_losses(losses), m_json(m_out)
    {
    }

    OutgoingOrError write()
    {
        if (m_request.operation != Operation::Generate)
            refuse("anything but a request for an answer");
        m_json.beginObject().member("model", m_target.model());
        writeInput();
        writeTools();
        writeText();
        writeReasoning();
        writeSampling();
        writeRest();
        m_json.endObject();
        if (m_wrong)
            return *m_wrong;
        return Outgoing{openAiResponsesPath(m_target), m_out, {}};
    }

private:
    bool isXai() const { return m_target.kind() == ProviderKind::Xai; }

    void refuse(const char* what)
    {
        if (m_wrong)
            return;
        CallError error;
        error.code = api::ErrorCode::InvalidRequest;
        error.message =
            QStringLiteral("%1 cannot be given %2.").arg(m_target.provider().name, QString::fromLatin1(what));
        m_wrong = std::move(error);
    }

    void writeInput()
    {
        const bool plain = m_request.system.size() == 1 && m_request.system.front().kind == Part::Kind::Text &&
                           !m_request.system.front().cacheMark;
        if (plain)
            m_json.member("instructions", m_request.system.front().text);
        m_json.key("input").beginArray();
        if (!plain && !m_request.system.empty())
            writeMessage("developer", m_request.system);
        for (const Message& message : m_request.messages) {
            if (!message.name.isEmpty())
                m_losses.drop("messages[].name");
            if (message.role == Role::Assistant)
                writeAssistant(message);
            else if (message.role == Role::System)
                writeMessage("developer", message.parts);
            else
                writeUser(message);
        }
        m_json.endArray();
    }

    // Results first: they answer the calls of the turn before.
    void writeUser(const Message& message)
    {
        std::vector<Part> said;
        for (const Part& part : message.parts) {
            if (part.kind == Part::Kind::ToolResult)
                writeResult(part);
            else
                said.push_back(part);
        }
        if (!said.empty())
            writeMessage("user", said);
    }

    void writeMessage(const char* role, const std::vector<Part>& parts)
    {
        m_json.beginObject().member("type", "message").member("role", role).key("content").beginArray();
        for (const Part& part : parts)
            writePart(part);
        m_json.endArray().endObject();
    }

    void writePart(const Part& part)
    {
        switch (part.kind) {
        case Part::Kind::Text:
        case Part::Kind::Refusal:
            m_json.beginObject().member("type", "input_text").member("text", part.text);
            break;
        case Part::Kind::Image:
            writeImage(part);
            break;
        case Part::Kind::Document:
            writeFile(part);
            break;
        case Part::Kind::Audio:
            return refuse("audio");
        case Part::Kind::ToolCall:
        case Part::Kind::ToolResult:
        case Part::Kind::Thinking:
            return m_losses.drop("messages[].content", "it belongs to another role");
        }
        writeMark(part.cacheMark);
        m_json.endObject();
    }

    void writeImage(const Part& part)
    {
        if (!part.fileId.isEmpty())
            return refuseOpen("an image that another provider keeps");
        const QByteArray type = part.mediaType.isEmpty() ? QByteArray("image/png") : part.mediaType;
        m_json.beginObject().member("type", "input_image");
        m_json.member("image_url", part.url.isEmpty() ? "data:" + type + ";base64," + part.data : part.url);
        m_json.member("detail", part.detail.isEmpty() ? QByteArray("auto") : part.detail);
    }

    void writeFile(const Part& part)
    {
        if (!part.fileId.isEmpty())
            return refuseOpen("a file that another provider keeps");
        if (!part.url.isEmpty()) {
            m_json.beginObject().member("type", "input_file").member("file_url", part.url);
        } else if (part.mediaType.startsWith("text/")) { // plain documents are text here
            m_json.beginObject().member("type", "input_text").member("text", QByteArray::fromBase64(part.data));
        } else {
            const QByteArray type = part.mediaType.isEmpty() ? QByteArray("application/pdf") : part.mediaType;
            m_json.beginObject().member("type", "input_file");
            m_json.member("filename", part.fileName.isEmpty() ? QByteArray("document.pdf") : part.fileName);
            m_json.member("file_data", "data:" + type + ";base64," + part.data);
        }
    }

    // The object that the caller will end is begun all the same.
    void refuseOpen(const char* what)
    {
        refuse(what);
        m_json.beginObject();
    }

    void writeMark(const std::optional<CacheLife>& life)
    {
        if (!life)
            return;
        if (!takesBreakpoints(m_target))
            return m_losses.drop("cache_control", "the model caches by itself");
        m_json.key("prompt_cache_breakpoint").beginObject().member("mode", "explicit");
        m_json.memberIf("ttl", ttlOf(*life)).endObject();
    }

    const char* ttlOf(CacheLife life)
    {
        for (const Life& row : kLives) {
            if (row.life != life)
                continue;
            if (!row.exact)
                m_losses.change("cache_control.ttl", "the provider keeps caches 30 minutes or 12 hours");
            return row.ttl;
        }
        return "";
    }

    // What was said in one turn is one item after the other.
    void writeAssistant(const Message& message)
    {
        std::vector<const Part*> said;
        for (const Part& part : message.parts) {
            if (part.cacheMark)
                m_losses.drop("cache_control", "the provider marks no earlier answers");
            if (part.kind == Part::Kind::Text || part.kind == Part::Kind::Refusal) {
                said.push_back(&part);
                continue;
            }
            writeSaid(said);
            if (part.kind == Part::Kind::ToolCall)
                writeCall(part);
            else if (part.kind == Part::Kind::Thinking)
                writeThinking(part);
            else
                m_losses.drop("messages[].content", "the provider takes no media of earlier answers");
        }
        writeSaid(said);
    }

    void writeSaid(std::vector<const Part*>& parts)
    {
        if (parts.empty())
            return;
        m_json.beginObject().member("type", "message").member("role", "assistant").key("content").beginArray();
        for (const Part* part : parts) {
            const bool refusal = part->kind == Part::Kind::Refusal;
            m_json.beginObject().member("type", refusal ? "refusal" : "output_text");
            m_json.member(refusal ? "refusal" : "text", part->text).endObject();
        }
        m_json.endArray().endObject();
        parts.clear();
    }

    void writeThinking(const Part& part)
    {
        if (part.signer != Signer::OpenAi || part.signature.isEmpty() || !signsAsOpenAi(m_target.kind()))
            return m_losses.drop("thinking", "only its own provider takes thinking back");
        m_json.beginObject().member("type", "reasoning").key("summary").beginArray();
        if (!part.text.isEmpty())
            m_json.beginObject().member("type", "summary_text").member("text", part.text).endObject();
        m_json.endArray().member("encrypted_content", part.signature).endObject();
        m_hasReasoning = true;
    }

    QByteArray callIdOf(const Part& part)
    {
        if (!part.callId.isEmpty())
            return part.callId;
        // Gemini and Ollama have none: the nth call is answered by the nth result
        return "call_" + QByteArray::number(part.kind == Part::Kind::ToolCall ? m_calls++ : m_results++);
    }

    void writeCall(const Part& part)
    {
        m_json.beginObject().member("type", part.custom ? "custom_tool_call" : "function_call");
        m_json.member("call_id", callIdOf(part)).member("name", part.name);
        m_json.member(part.custom ? "input" : "arguments",
            part.arguments.isEmpty() && !part.custom ? QByteArray("{}") : part.arguments);
        m_json.endObject();
        if (part.custom)
            m_customCalls.insert(part.callId);
    }

    void writeResult(const Part& part)
    {
        const bool custom = part.custom || m_customCalls.contains(part.callId);
        m_json.beginObject().member("type", custom ? "custom_tool_call_output" : "function_call_output");
        m_json.member("call_id", callIdOf(part)).key("output");
        const bool plain = std::all_of(part.content.begin(), part.content.end(),
            [](const Part& one) { return one.kind == Part::Kind::Text && !one.cacheMark; });
        if (part.isError)
            m_losses.change("tool_result.is_error", "it stands in the result's text");
        if (plain) {
            QByteArray text = part.isError ? "Error: " : "";
            for (const Part& one : part.content)
                text += one.text;
            m_json.string(text);
        } else {
            m_json.beginArray();
            if (part.isError)
                m_json.beginObject().member("type", "input_text").member("text", "Error:").endObject();
            for (const Part& one : part.content)
                writePart(one);
            m_json.endArray();
        }
        m_json.endObject();
        if (part.cacheMark)
            m_losses.drop("cache_control", "the provider marks no tool results");
    }

    void writeTools()
    {
        if (!m_request.tools.empty()) {
            m_json.key("tools").beginArray();
            for (const Tool& tool : m_request.tools)
                writeTool(tool);
            m_json.endArray();
        }
        if (m_request.toolChoice)
            writeChoice(*m_request.toolChoice);
        if (m_request.parallelTools)
            m_json.memberBool("parallel_tool_calls", *m_request.parallelTools);
    }

    void writeTool(const Tool& tool)
    {
        if (tool.kind == Tool::Kind::Hosted)
            return refuse("tools that another provider runs");
        if (tool.cacheMark)
            m_losses.drop("tools[].cache_control", "the provider marks no tools");
        m_json.beginObject().member("type", tool.kind == Tool::Kind::Custom ? "custom" : "function");
        m_json.member("name", tool.name).memberIf("description", tool.description);
        if (tool.kind == Tool::Kind::Custom) {
            m_customTools.insert(tool.name);
            m_json.memberRawIf("format", formatOfCustom(tool.raw));
        } else {
            // both are required here: null says that there are none, false that the schema is a hint
            m_json.memberRaw("parameters", tool.schema.isEmpty() ? QByteArray("null") : tool.schema);
            m_json.memberBool("strict", tool.strict.value_or(false));
        }
        m_json.endObject();
    }

    // Chat has a grammar one level deeper.
    static QByteArray formatOfCustom(const QByteArray& raw)
    {
        const JsonView tool(raw);
        const JsonView inner = tool.member("custom");
        const JsonView format = (inner.isMissing() ? tool : inner).member("format");
        const JsonView grammar = format.member("grammar");
        if (grammar.type() != JsonType::Object)
            return format.raw().toByteArray();
        QByteArray out;
        JsonWriter json(out);
        json.beginObject().member("type", "grammar");
        json.memberRawIf("syntax", grammar.member("syntax").raw());
        json.memberRawIf("definition", grammar.member("definition").raw()).endObject();
        return out;
    }

    const char* typeOfTool(const QByteArray& name) const
    {
        return m_customTools.contains(name) ? "custom" : "function";
    }

    void writeChoice(const ToolChoice& choice)
    {
        static constexpr const char* kWords[] = {"auto", "none", "required"};
        m_json.key("tool_choice");
        if (choice.mode == ToolChoice::Mode::Named) {
            m_json.beginObject().member("type", typeOfTool(choice.name)).member("name", choice.name).endObject();
        } else if (choice.allowed.empty()) {
            m_json.string(kWords[int(choice.mode)]);
        } else {
            m_json.beginObject().member("type", "allowed_tools").member("mode", kWords[int(choice.mode)]);
            m_json.key("tools").beginArray();
            for (const QByteArray& name : choice.allowed)
                m_json.beginObject().member("type", typeOfTool(name)).member("name", name).endObject();
            m_json.endArray().endObject();
        }
    }

    void writeText()
    {
        const OutputFormat& format = m_request.format;
        if (format.kind == OutputFormat::Kind::Text && m_request.verbosity.isEmpty())
            return;
        m_json.key("text").beginObject().memberIf("verbosity", m_request.verbosity);
        if (format.kind == OutputFormat::Kind::JsonObject) {
            m_json.key("format").beginObject().member("type", "json_object").endObject();
        } else if (format.kind == OutputFormat::Kind::JsonSchema) {
            m_json.key("format").beginObject().member("type", "json_schema");
            m_json.member("name", format.name.isEmpty() ? QByteArray("answer") : format.name);
            m_json.memberIf("description", format.description).memberRaw("schema", format.schema);
            if (format.strict)
                m_json.memberBool("strict", *format.strict);
            m_json.endObject();
        }
        m_json.endObject();
    }

    void writeReasoning()
    {
        const Reasoning& asked = m_request.reasoning;
        std::optional<Effort> effort = asked.effort;
        if (!effort && asked.budgetTokens) {
            effort = effortForBudget(*asked.budgetTokens);
            m_losses.change("thinking.budget_tokens", "the provider takes an effort, not a number of tokens");
        }
        if (!effort && asked.enabled == false)
            effort = Effort::None;
        if (effort || asked.showThoughts == true) {
            m_json.key("reasoning").beginObject();
            if (effort)
                m_json.member("effort", effortWord(Dialect::OpenAiResponses, *effort));
            if (asked.showThoughts == true)
                m_json.member("summary", "auto");
            m_json.endObject();
        }
        // models that do not reason refuse to be asked for it
        const bool reasons = (effort && *effort != Effort::None) || asked.enabled == true ||
                             asked.showThoughts == true || m_hasReasoning;
        if (reasons)
            m_json.memberRaw("include", R"(["reasoning.encrypted_content"])");
    }

    void writeSampling()
    {
        struct Number
        {
            const char* name;
            QByteArray UnifiedRequest::*member;
            bool known;
        };
        static constexpr Number kNumbers[] = {
            {"temperature", &UnifiedRequest::temperature, true},
            {"top_p", &UnifiedRequest::topP, true},
            {"top_k", &UnifiedRequest::topK, false},
            {"frequency_penalty", &UnifiedRequest::frequencyPenalty, false},
            {"presence_penalty", &UnifiedRequest::presencePenalty, false},
            {"seed", &UnifiedRequest::seed, false},
        };
        const bool refused = refusesSampling(m_target.kind(), m_target.model());
        for (const Number& row : kNumbers) {
            const QByteArray& value = m_request.*row.member;
            if (value.isEmpty())
                continue;
            if (!row.known)
                m_losses.drop(row.name);
            else if (refused)
                m_losses.drop(row.name, "reasoning models take no sampling parameters");
            else
                m_json.memberRaw(row.name, value);
        }
        if (!m_request.stop.empty())
            m_losses.drop("stop", "the provider has no stop sequences here");
        if (m_request.choices > 1)
            refuse("a request for several choices");
    }

    void writeRest()
    {
        const auto limit = m_request.maxOutputTokens ? m_request.maxOutputTokens : m_target.outputLimit;
        if (limit)
            m_json.member("max_output_tokens", *limit);
        if (m_request.stream)
            m_json.memberBool("stream", true);
        m_json.memberBool("store", false);
        writeTier();
        m_json.memberIf(isXai() ? "user" : "safety_identifier", m_request.endUser);
        m_json.memberIf("prompt_cache_key", m_request.promptCacheKey);
        if (m_request.cacheAll && !takesBreakpoints(m_target)) {
            m_losses.drop("cache_control", "the model caches by itself");
        } else if (m_request.cacheAll) {
            m_json.key("prompt_cache_options").beginObject().member("mode", "implicit");
            m_json.memberIf("ttl", ttlOf(*m_request.cacheAll)).endObject();
        }
        for (const OtherField& field : m_request.others)
            m_losses.drop(field.name);
    }

    void writeTier()
    {
        const QByteArray& asked = m_request.serviceTier;
        if (asked.isEmpty())
            return;
        for (const Tier& tier : kTiers) {
            if (asked == tier.word && !isXai()) {
                m_json.member("service_tier", tier.ours);
                return;
            }
        }
        m_losses.drop("service_tier", "the provider has no such tier");
    }

    const UnifiedRequest& m_request;
    const Target& m_target;
    Losses& m_losses;
    QByteArray m_out;
    JsonWriter m_json;
    std::optional<CallError> m_wrong;
    QSet<QByteArray> m_customCalls;
    QSet<QByteArray> m_customTools;
    bool m_hasReasoning = false;
    int m_calls = 0;
    int m_results = 0;
};

} // namespace

OutgoingOrError openAiResponsesRequest(const UnifiedRequest& request, const Target& target, Losses& losses)
{
    return RequestWriter(request, target, losses).write();
}

} // namespace gateway::transform
