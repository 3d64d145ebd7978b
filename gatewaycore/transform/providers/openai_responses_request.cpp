// A Responses request written from a request of another dialect. It is stateless: nothing is stored, and a model's
// reasoning comes back encrypted where it was asked to reason.
#include "base/json_writer.h"
#include "transform/effort.h"
#include "transform/field_name.h"
#include "transform/json_view.h"
#include "transform/parts.h"
#include "transform/providers/chat_quirks.h"
#include "transform/providers/openai_responses.h"
#include "transform/providers/openai_responses_answer.h"
#include "transform/providers/openai_terms.h"
#include "transform/providers/request_parts.h"

#include <QSet>

#include <algorithm>

namespace gateway::transform {
namespace {

using config::ProviderKind;

class RequestWriter
{
public:
    RequestWriter(const UnifiedRequest& request, const Target& target, Losses& losses)
        : m_request(request), m_target(target), m_losses(losses), m_refs(request), m_toolTypes(request), m_json(m_out)
    {
    }

    OutgoingOrError write()
    {
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

    void refuse(const char* what, const QByteArray& field)
    {
        if (!m_wrong)
            m_wrong = invalidRequest(
                QStringLiteral("%1 cannot be given %2.").arg(m_target.provider().name, QString::fromLatin1(what)),
                field);
    }

    void writeInput()
    {
        const bool plain = m_request.system.size() == 1 && m_request.system.front().kind == Part::Kind::Text &&
                           !m_request.system.front().cacheMark;
        if (plain)
            m_json.member("instructions", m_request.system.front().text);
        m_json.key("input").beginArray();
        if (!plain && !m_request.system.empty())
            writeMessage("developer", m_request.system, "system");
        for (std::size_t i = 0; i < m_request.messages.size(); ++i) {
            const Message& message = m_request.messages[i];
            if (!message.name.isEmpty())
                m_losses.drop(indexed("messages", i, "name"));
            if (message.role == Role::Assistant)
                writeAssistant(message, i);
            else
                writeOthers(message, i);
        }
        m_json.endArray();
    }

    // Results first: they answer the calls of the turn before.
    void writeOthers(const Message& message, std::size_t index)
    {
        bool said = false;
        for (std::size_t i = 0; i < message.parts.size(); ++i) {
            if (message.parts[i].kind == Part::Kind::ToolResult)
                writeResult(message.parts[i], m_refs.of(index, i).id, partField(index, i));
            else
                said = true;
        }
        if (said)
            writeMessage(message.role == Role::System ? "developer" : "user", message.parts,
                indexed("messages", index, "content"));
    }

    // All but results, which are items of their own.
    void writeMessage(const char* role, const std::vector<Part>& parts, const QByteArray& place)
    {
        m_json.beginObject().member("type", "message").member("role", role).key("content").beginArray();
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if (parts[i].kind != Part::Kind::ToolResult)
                writePart(parts[i], indexed(place, i));
        }
        m_json.endArray().endObject();
    }

    void noteSignature(const Part& part, const QByteArray& field)
    {
        if (!part.signature.isEmpty())
            m_losses.drop(field + ".signature", "only who signed it takes a signature back");
    }

    void writePart(const Part& part, const QByteArray& field)
    {
        switch (part.kind) {
        case Part::Kind::Text:
        case Part::Kind::Refusal:
            noteSignature(part, field);
            m_json.beginObject().member("type", "input_text").member("text", part.text);
            break;
        case Part::Kind::Image:
            writeImage(part, field);
            break;
        case Part::Kind::Document:
            writeFile(part, field);
            break;
        case Part::Kind::Audio:
            return refuse("audio", field);
        case Part::Kind::ToolCall:
        case Part::Kind::ToolResult:
        case Part::Kind::Thinking:
            return m_losses.drop(field, "it belongs to another role");
        }
        if (m_wrong)
            return; // nothing of this is sent
        writeMark(part.cacheMark, field + ".cache_control");
        m_json.endObject();
    }

    void writeImage(const Part& part, const QByteArray& field)
    {
        if (!part.fileId.isEmpty())
            return refuse("an image that another provider keeps", field);
        m_json.beginObject().member("type", "input_image");
        m_json.member("image_url", part.url.isEmpty() ? dataUrl(part, "image/png") : part.url);
        m_json.member("detail", part.detail.isEmpty() ? QByteArray("auto") : part.detail);
    }

    void writeFile(const Part& part, const QByteArray& field)
    {
        if (!part.fileId.isEmpty())
            return refuse("a file that another provider keeps", field);
        if (!part.url.isEmpty()) {
            m_json.beginObject().member("type", "input_file").member("file_url", part.url);
        } else if (part.mediaType.startsWith("text/")) { // plain documents are text here
            const std::optional<QByteArray> text = documentAsText(part, field, m_losses);
            if (!text)
                return refuse("a text file that is not UTF-8", field);
            m_json.beginObject().member("type", "input_text").member("text", *text);
        } else {
            m_json.beginObject().member("type", "input_file");
            m_json.member("filename", part.fileName.isEmpty() ? QByteArray("document.pdf") : part.fileName);
            m_json.member("file_data", dataUrl(part, "application/pdf"));
        }
    }

    void writeMark(const std::optional<CacheLife>& life, const QByteArray& field)
    {
        if (!life)
            return;
        if (!takesBreakpoints(m_target))
            return m_losses.drop(field, "the model caches by itself");
        m_json.key("prompt_cache_breakpoint").beginObject().member("mode", "explicit");
        m_json.memberIf("ttl", openAiCacheLife(*life, field, m_losses)).endObject();
    }

    // What was said in one turn is one item after the other.
    void writeAssistant(const Message& message, std::size_t index)
    {
        std::vector<const Part*> said;
        for (std::size_t i = 0; i < message.parts.size(); ++i) {
            const Part& part = message.parts[i];
            const QByteArray field = partField(index, i);
            if (part.cacheMark)
                m_losses.drop(field + ".cache_control", "the provider marks no earlier answers");
            if (part.kind != Part::Kind::Thinking)
                noteSignature(part, field);
            if (part.kind == Part::Kind::Text || part.kind == Part::Kind::Refusal) {
                said.push_back(&part);
                continue;
            }
            writeSaid(said);
            if (part.kind == Part::Kind::ToolCall)
                writeCall(part, m_refs.of(index, i).id);
            else if (part.kind == Part::Kind::Thinking)
                writeThinking(part, field);
            else
                m_losses.drop(field, "the provider takes no media of earlier answers");
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

    void writeThinking(const Part& part, const QByteArray& field)
    {
        if (part.signer != Signer::OpenAi || part.signature.isEmpty() || !signsAsOpenAi(m_target.kind()))
            return m_losses.drop(field, "only its own provider takes thinking back");
        m_json.beginObject().member("type", "reasoning").key("summary").beginArray();
        if (!part.text.isEmpty())
            m_json.beginObject().member("type", "summary_text").member("text", part.text).endObject();
        m_json.endArray().member("encrypted_content", part.signature).endObject();
        m_hasReasoning = true;
    }

    void writeCall(const Part& part, const QByteArray& id)
    {
        m_json.beginObject().member("type", part.custom ? "custom_tool_call" : "function_call");
        m_json.member("call_id", id).member("name", part.name);
        m_json.member(part.custom ? "input" : "arguments",
            part.arguments.isEmpty() && !part.custom ? QByteArray("{}") : part.arguments);
        m_json.endObject();
        if (part.custom)
            m_customCalls.insert(id);
    }

    void writeResult(const Part& part, const QByteArray& id, const QByteArray& field)
    {
        const bool custom = part.custom || m_customCalls.contains(id);
        m_json.beginObject().member("type", custom ? "custom_tool_call_output" : "function_call_output");
        m_json.member("call_id", id).key("output");
        const bool plain = std::all_of(part.content.begin(), part.content.end(),
            [](const Part& one) { return one.kind == Part::Kind::Text && !one.cacheMark; });
        if (part.isError)
            m_losses.change(field + ".is_error", "it stands in the result's text");
        if (plain) {
            QByteArray text = part.isError ? "Error: " : "";
            for (const Part& one : part.content)
                text += one.text;
            m_json.string(text);
        } else {
            m_json.beginArray();
            if (part.isError)
                m_json.beginObject().member("type", "input_text").member("text", "Error:").endObject();
            for (std::size_t i = 0; i < part.content.size(); ++i)
                writePart(part.content[i], indexed(field + ".content", i));
            m_json.endArray();
        }
        m_json.endObject();
        if (part.cacheMark)
            m_losses.drop(field + ".cache_control", "the provider marks no tool results");
    }

    void writeTools()
    {
        if (!m_request.tools.empty()) {
            m_json.key("tools").beginArray();
            for (std::size_t i = 0; i < m_request.tools.size(); ++i)
                writeTool(m_request.tools[i], i);
            m_json.endArray();
        }
        if (m_request.toolChoice)
            writeChoice(*m_request.toolChoice);
        if (m_request.parallelTools)
            m_json.memberBool("parallel_tool_calls", *m_request.parallelTools);
    }

    void writeTool(const Tool& tool, std::size_t index)
    {
        if (tool.cacheMark)
            m_losses.drop(indexed("tools", index, "cache_control"), "the provider marks no tools");
        m_json.beginObject().member("type", tool.kind == Tool::Kind::Custom ? "custom" : "function");
        m_json.member("name", tool.name).memberIf("description", tool.description);
        if (tool.kind == Tool::Kind::Custom) {
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
        const JsonText text = JsonText::parse(raw);
        const JsonView tool = text.root;
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

    void writeNamed(const QByteArray& name)
    {
        m_json.beginObject().member("type", m_toolTypes.of(name)).member("name", name).endObject();
    }

    void writeChoice(const ToolChoice& choice)
    {
        const char* const word = openAiChoiceWord(choice.mode);
        m_json.key("tool_choice");
        if (choice.mode == ToolChoice::Mode::Named) {
            writeNamed(choice.name);
        } else if (choice.allowed.empty()) {
            m_json.string(word);
        } else {
            m_json.beginObject().member("type", "allowed_tools").member("mode", word).key("tools").beginArray();
            for (const QByteArray& name : choice.allowed)
                writeNamed(name);
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
        const std::optional<Effort> effort = openAiEffort(asked, true, m_losses);
        if (!effort && asked.enabled == true)
            m_losses.drop("thinking.type", "the model thinks as it is used to");
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
            m_json.memberIf("ttl", openAiCacheLife(*m_request.cacheAll, "cache_control", m_losses)).endObject();
        }
        dropOthers(m_request, m_losses);
    }

    void writeTier()
    {
        const QByteArray tier = isXai() ? QByteArray() : openAiTier(m_request.serviceTier);
        m_json.memberIf("service_tier", tier);
        if (tier.isEmpty() && !isUsualTier(m_request.serviceTier))
            m_losses.drop("service_tier", "the provider has no such tier");
    }

    const UnifiedRequest& m_request;
    const Target& m_target;
    Losses& m_losses;
    QByteArray m_out;
    const CallRefs m_refs;
    const OpenAiToolTypes m_toolTypes;
    JsonWriter m_json;
    std::optional<CallError> m_wrong;
    QSet<QByteArray> m_customCalls;
    bool m_hasReasoning = false;
};

} // namespace

OutgoingOrError openAiResponsesRequest(const UnifiedRequest& request, const Target& target, Losses& losses)
{
    const QByteArray name = target.provider().name.toUtf8();
    if (request.operation != Operation::Generate)
        return invalidRequest(QStringLiteral("%1 is asked for answers only here.").arg(target.provider().name));
    if (auto refused = refusedShape(request, name))
        return *refused;
    if (auto refused = refusedTools(request, name, true))
        return *refused;
    return RequestWriter(request, target, losses).write();
}

} // namespace gateway::transform
