// A chat completion request written from a request of another dialect.
#include "transform/effort.h"
#include "transform/json_writer.h"
#include "transform/providers/openai_chat.h"

#include <algorithm>
#include <array>

namespace gateway::transform {
namespace {

CallError refusal(QString message)
{
    CallError error;
    error.code = api::ErrorCode::InvalidRequest;
    error.message = std::move(message);
    return error;
}

// Whose signatures a speaker can be given back: OpenRouter passes anybody's on, Google's compatible endpoint its own.
bool takesSignature(const ChatQuirks& quirks, const Part& part)
{
    return part.signer == Signer::Google ? quirks.has(ChatField::GoogleSignatures)
                                         : quirks.has(ChatField::ReasoningDetails);
}

const char* lifeWord(CacheLife life)
{
    switch (life) {
    case CacheLife::Default:
        return "";
    case CacheLife::Minutes5:
    case CacheLife::Minutes30:
        return "30m"; // the shortest there is
    case CacheLife::Hour1:
    case CacheLife::Hours12:
        return "12h";
    }
    Q_UNREACHABLE();
}

bool isExactLife(CacheLife life)
{
    return life == CacheLife::Default || life == CacheLife::Minutes30 || life == CacheLife::Hours12;
}

class RequestWriter
{
public:
    RequestWriter(const UnifiedRequest& request, const Target& target, Losses& losses)
        : m_request(request), m_target(target), m_quirks(chatQuirks(target.kind())), m_losses(losses), m_json(m_out)
    {
    }

    OutgoingOrError write()
    {
        m_json.beginObject().member("model", m_target.model());
        m_json.key("messages").beginArray();
        if (!m_request.system.empty())
            writeSystem(m_request.system, {});
        for (const Message& message : m_request.messages)
            writeMessage(message);
        m_json.endArray();
        writeTools();
        writeFormat();
        writeLimits();
        writeSampling();
        writeReasoning();
        writeRest();
        m_json.endObject();
        if (m_wrong)
            return *m_wrong;
        return Outgoing{m_target.provider().basePath + m_quirks.chatPath, m_out, {}};
    }

private:
    bool has(ChatField field) const { return m_quirks.has(field); }

    // Carried only where the provider knows it; else noted under the caller's name for it.
    bool carry(ChatField field, bool asked, const char* name)
    {
        if (!asked)
            return false;
        if (!has(field))
            m_losses.drop(name);
        return has(field);
    }

    void refuse(const char* what)
    {
        if (!m_wrong)
            m_wrong = refusal(
                QStringLiteral("%1 cannot be given %2.").arg(m_target.provider().name, QString::fromLatin1(what)));
    }

    void writeSystem(const std::vector<Part>& parts, const QByteArray& name)
    {
        m_json.beginObject().member("role", "system").memberIf("name", name).key("content");
        writeContent(parts);
        m_json.endObject();
    }

    void writeMessage(const Message& message)
    {
        if (message.role == Role::System)
            return writeSystem(message.parts, message.name);
        if (message.role == Role::Assistant)
            return writeAssistant(message);
        // results first: they answer the calls of the turn before
        std::vector<Part> said;
        for (const Part& part : message.parts) {
            if (part.kind == Part::Kind::ToolResult)
                writeResult(part);
            else
                said.push_back(part);
        }
        if (said.empty())
            return;
        m_json.beginObject().member("role", "user").memberIf("name", message.name).key("content");
        writeContent(said);
        m_json.endObject();
    }

    // One plain text stays one: servers of this dialect know that form best.
    void writeContent(const std::vector<Part>& parts)
    {
        const bool plain = std::all_of(parts.begin(), parts.end(),
            [&](const Part& part) { return part.kind == Part::Kind::Text && !marks(part); });
        if (parts.size() == 1 && plain) {
            m_json.string(parts.front().text);
            return;
        }
        m_json.beginArray();
        for (const Part& part : parts)
            writePart(part);
        m_json.endArray();
    }

    bool marks(const Part& part) const { return part.cacheMark && has(ChatField::PromptCache); }

    void writePart(const Part& part)
    {
        switch (part.kind) {
        case Part::Kind::Text:
        case Part::Kind::Refusal:
            m_json.beginObject().member("type", "text").member("text", part.text);
            break;
        case Part::Kind::Image:
            writeImage(part);
            break;
        case Part::Kind::Document:
            writeFile(part);
            break;
        case Part::Kind::Audio:
            if (!has(ChatField::Audio))
                return refuse("audio");
            m_json.beginObject().member("type", "input_audio").key("input_audio").beginObject();
            m_json.member("data", part.data).member("format", part.mediaType.mid(part.mediaType.indexOf('/') + 1));
            m_json.endObject();
            break;
        default:
            return;
        }
        writeMark(part);
        m_json.endObject();
    }

    void writeMark(const Part& part)
    {
        if (!part.cacheMark)
            return;
        if (!has(ChatField::PromptCache))
            return m_losses.drop("cache_control");
        if (!isExactLife(*part.cacheMark))
            m_losses.change("cache_control.ttl", "the provider keeps caches 30 minutes or 12 hours");
        m_json.key("prompt_cache_breakpoint").beginObject().memberIf("ttl", lifeWord(*part.cacheMark)).endObject();
    }

    void writeImage(const Part& part)
    {
        if (!part.fileId.isEmpty())
            return refuse("an image that another provider keeps");
        QByteArray url = part.url;
        if (url.isEmpty())
            url = "data:" + (part.mediaType.isEmpty() ? QByteArray("image/png") : part.mediaType) + ";base64," +
                  part.data;
        else if (!has(ChatField::ImageUrls))
            return refuse("an image by its address");
        m_json.beginObject().member("type", "image_url").key("image_url").beginObject();
        m_json.member("url", url).memberIf("detail", part.detail).endObject();
    }

    void writeFile(const Part& part)
    {
        if (part.data.isEmpty() || !has(ChatField::Files))
            return refuse(part.data.isEmpty() ? "a file that is only named" : "files");
        if (part.mediaType.startsWith("text/") || part.mediaType == "text") { // plain documents are text here
            m_json.beginObject().member("type", "text").member("text", QByteArray::fromBase64(part.data));
            return;
        }
        const QByteArray type = part.mediaType.isEmpty() ? QByteArray("application/pdf") : part.mediaType;
        m_json.beginObject().member("type", "file").key("file").beginObject();
        m_json.member("filename", part.fileName.isEmpty() ? QByteArray("document.pdf") : part.fileName)
            .member("file_data", "data:" + type + ";base64," + part.data)
            .endObject();
    }

    QByteArray callIdOf(const Part& part)
    {
        QByteArray id = part.callId;
        if (id.isEmpty()) // Gemini and Ollama have none: the nth call is answered by the nth result
            id = "call_" + QByteArray::number(part.kind == Part::Kind::ToolCall ? m_calls++ : m_results++);
        return m_target.kind() == config::ProviderKind::Mistral ? mistralToolId(id) : id;
    }

    void writeAssistant(const Message& message)
    {
        QByteArray text;
        QByteArray thinking;
        QByteArray refused;
        std::vector<const Part*> calls;
        std::vector<const Part*> signatures;
        for (const Part& part : message.parts) {
            if (part.kind == Part::Kind::Text)
                text += part.text;
            else if (part.kind == Part::Kind::Refusal)
                refused += part.text;
            else if (part.kind == Part::Kind::ToolCall)
                calls.push_back(&part);
            else if (part.kind == Part::Kind::Thinking) {
                thinking += part.text;
                if (!part.signature.isEmpty() && takesSignature(m_quirks, part))
                    signatures.push_back(&part);
            } else if (part.kind != Part::Kind::ToolResult) {
                m_losses.drop("media of an earlier answer");
            }
            if (part.cacheMark)
                m_losses.drop("cache_control", "the provider marks no earlier answers");
        }
        m_json.beginObject().member("role", "assistant").memberIf("name", message.name);
        if (text.isEmpty() && !calls.empty())
            m_json.memberNull("content");
        else
            m_json.member("content", text);
        m_json.memberIf("refusal", refused);
        writeThinking(thinking, signatures, message);
        if (!calls.empty()) {
            m_json.key("tool_calls").beginArray();
            for (const Part* call : calls)
                writeCall(*call);
            m_json.endArray();
        }
        m_json.endObject();
    }

    void writeThinking(const QByteArray& thinking, const std::vector<const Part*>& signatures, const Message& message)
    {
        const bool any = std::any_of(message.parts.begin(), message.parts.end(),
            [](const Part& part) { return part.kind == Part::Kind::Thinking; });
        if (!any)
            return;
        if (!signatures.empty()) {
            m_json.key("reasoning_details").beginArray();
            for (const Part* part : signatures) {
                m_json.beginObject().member("type", part->redacted ? "reasoning.encrypted" : "reasoning.text");
                if (part->redacted)
                    m_json.member("data", part->signature);
                else
                    m_json.member("text", part->text).member("signature", part->signature);
                m_json.member("format", part->signer == Signer::OpenAi ? "openai-responses-v1" : "anthropic-claude-v1");
                m_json.endObject();
            }
            m_json.endArray();
        } else if (has(ChatField::ReasoningInput)) {
            m_json.memberIf("reasoning_content", thinking);
        } else {
            m_losses.drop("thinking", "only its own provider takes thinking back");
        }
    }

    void writeCall(const Part& call)
    {
        if (call.custom && !has(ChatField::CustomTools))
            return refuse("free-text tools");
        m_json.beginObject().member("id", callIdOf(call)).member("type", call.custom ? "custom" : "function");
        m_json.key(call.custom ? "custom" : "function").beginObject().member("name", call.name);
        m_json.member(call.custom ? "input" : "arguments", call.arguments).endObject();
        if (!call.signature.isEmpty() && call.signer == Signer::Google && has(ChatField::GoogleSignatures)) {
            m_json.key("extra_content").beginObject().key("google").beginObject();
            m_json.member("thought_signature", call.signature).endObject().endObject();
        }
        m_json.endObject();
    }

    void writeResult(const Part& result)
    {
        std::vector<Part> texts;
        for (const Part& part : result.content) {
            if (part.kind == Part::Kind::Text)
                texts.push_back(part);
            else
                m_losses.drop("tool_result media", "a tool's result is text here");
        }
        if (result.isError)
            m_losses.change("tool_result.is_error", "it stands in the result's text");
        m_json.beginObject().member("role", "tool").member("tool_call_id", callIdOf(result)).key("content");
        if (result.isError) {
            Part mark;
            mark.text = "Error:";
            texts.insert(texts.begin(), mark);
        }
        if (texts.empty())
            m_json.string("");
        else
            writeContent(texts);
        m_json.endObject();
        if (result.cacheMark)
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
        if (m_request.parallelTools && carry(ChatField::ParallelTools, true, "parallel_tool_calls"))
            m_json.memberBool("parallel_tool_calls", *m_request.parallelTools);
    }

    void writeTool(const Tool& tool)
    {
        if (tool.kind == Tool::Kind::Hosted)
            return refuse("tools that another provider runs");
        if (tool.kind == Tool::Kind::Custom) {
            if (!has(ChatField::CustomTools))
                return refuse("free-text tools");
            m_json.beginObject().member("type", "custom").key("custom").beginObject().member("name", tool.name);
            m_json.memberIf("description", tool.description);
            m_json.memberRawIf("format", formatOfCustom(tool.raw)).endObject().endObject();
            return;
        }
        if (tool.cacheMark)
            m_losses.drop("tools[].cache_control", "the provider marks no tools");
        m_json.beginObject().member("type", "function").key("function").beginObject().member("name", tool.name);
        m_json.memberIf("description", tool.description).memberRawIf("parameters", tool.schema);
        if (tool.strict && carry(ChatField::StrictTools, true, "tools[].strict"))
            m_json.memberBool("strict", *tool.strict);
        m_json.endObject().endObject();
    }

    // Responses has the format flat; a grammar stands one level deeper in chat.
    static QByteArray formatOfCustom(const QByteArray& raw)
    {
        const JsonView format = JsonView(raw).member("format");
        if (format.type() != JsonType::Object || format.member("type").text() != QByteArray("grammar"))
            return format.raw().toByteArray();
        QByteArray out;
        JsonWriter json(out);
        json.beginObject().member("type", "grammar").key("grammar").beginObject();
        json.memberRawIf("syntax", format.member("syntax").raw());
        json.memberRawIf("definition", format.member("definition").raw()).endObject().endObject();
        return out;
    }

    void writeChoice(const ToolChoice& choice)
    {
        static constexpr const char* kWords[] = {"auto", "none", "required"};
        if (choice.mode == ToolChoice::Mode::Named) {
            m_json.key("tool_choice").beginObject().member("type", "function").key("function").beginObject();
            m_json.member("name", choice.name).endObject().endObject();
        } else if (!choice.allowed.empty() && has(ChatField::AllowedTools)) {
            m_json.key("tool_choice").beginObject().member("type", "allowed_tools").key("allowed_tools").beginObject();
            m_json.member("mode", kWords[int(choice.mode)]).key("tools").beginArray();
            for (const QByteArray& name : choice.allowed) {
                m_json.beginObject().member("type", "function").key("function").beginObject();
                m_json.member("name", name).endObject().endObject();
            }
            m_json.endArray().endObject().endObject();
        } else {
            if (!choice.allowed.empty())
                m_losses.drop("tool_choice.allowed_tools", "the provider lets the model choose among all tools");
            m_json.member("tool_choice", kWords[int(choice.mode)]);
        }
    }

    void writeFormat()
    {
        const OutputFormat& format = m_request.format;
        if (format.kind == OutputFormat::Kind::Text)
            return;
        const bool schema = format.kind == OutputFormat::Kind::JsonSchema && has(ChatField::JsonSchema);
        if (format.kind == OutputFormat::Kind::JsonSchema && !schema)
            m_losses.change("response_format", "the provider promises JSON, not a schema");
        m_json.key("response_format").beginObject().member("type", schema ? "json_schema" : "json_object");
        if (schema) {
            m_json.key("json_schema").beginObject();
            m_json.member("name", format.name.isEmpty() ? QByteArray("answer") : format.name);
            m_json.memberIf("description", format.description).memberRaw("schema", format.schema);
            if (format.strict)
                m_json.memberBool("strict", *format.strict);
            m_json.endObject();
        }
        m_json.endObject();
    }

    void writeLimits()
    {
        const std::optional<qint64> limit =
            m_request.maxOutputTokens ? m_request.maxOutputTokens : m_target.outputLimit;
        if (limit)
            m_json.member(m_quirks.limitField, *limit);
        if (m_request.choices > 1)
            m_json.member("n", m_request.choices);
        if (!m_request.stream)
            return;
        m_json.memberBool("stream", true);
        if (has(ChatField::StreamUsage))
            m_json.key("stream_options").beginObject().memberBool("include_usage", true).endObject();
    }

    void writeSampling()
    {
        struct Number
        {
            const char* name;
            const QByteArray& value;
            ChatField field;
            bool always;
        };
        const Number numbers[] = {
            {"temperature", m_request.temperature, ChatField::Penalties, true},
            {"top_p", m_request.topP, ChatField::Penalties, true},
            {"top_k", m_request.topK, ChatField::TopK, false},
            {"frequency_penalty", m_request.frequencyPenalty, ChatField::Penalties, false},
            {"presence_penalty", m_request.presencePenalty, ChatField::Penalties, false},
        };
        const bool refuses = refusesSampling(m_target.kind(), m_target.model());
        for (const Number& number : numbers) {
            if (number.value.isEmpty())
                continue;
            if (refuses)
                m_losses.drop(number.name, "the model takes no sampling parameters");
            else if (number.always || carry(number.field, true, number.name))
                m_json.memberRaw(number.name, number.value);
        }
        if (carry(ChatField::Seed, !m_request.seed.isEmpty(), "seed"))
            m_json.memberRaw(m_quirks.seedField, m_request.seed);
        if (!m_request.stop.empty()) {
            m_json.key("stop").beginArray();
            for (const QByteArray& stop : m_request.stop)
                m_json.string(stop);
            m_json.endArray();
        }
    }

    void writeReasoning()
    {
        const Reasoning& reasoning = m_request.reasoning;
        std::optional<Effort> effort = reasoning.effort;
        if (!effort && reasoning.enabled == false)
            effort = Effort::None;
        if (!effort && reasoning.budgetTokens) {
            effort = effortForBudget(*reasoning.budgetTokens);
            if (has(ChatField::ReasoningEffort))
                m_losses.change("thinking budget", "the provider takes an effort, not a number");
        }
        if (effort && carry(ChatField::ReasoningEffort, true, "reasoning effort"))
            m_json.member("reasoning_effort", effortWord(Dialect::OpenAiChat, *effort));
    }

    void writeRest()
    {
        if (carry(ChatField::Verbosity, !m_request.verbosity.isEmpty(), "verbosity"))
            m_json.member("verbosity", m_request.verbosity);
        writeTier();
        if (carry(ChatField::EndUser, !m_request.endUser.isEmpty(), "user"))
            m_json.member("user", m_request.endUser);
        if (carry(ChatField::PromptCacheKey, !m_request.promptCacheKey.isEmpty(), "prompt_cache_key"))
            m_json.member("prompt_cache_key", m_request.promptCacheKey);
        if (m_request.cacheAll && carry(ChatField::PromptCache, true, "cache_control")) {
            m_json.key("prompt_cache_options").beginObject().member("mode", "implicit");
            m_json.memberIf("ttl", lifeWord(*m_request.cacheAll)).endObject();
        }
        for (const OtherField& field : m_request.others)
            m_losses.drop(field.name);
    }

    // Tiers have other names elsewhere; what this provider does not offer is not asked for.
    void writeTier()
    {
        static constexpr const char* kTiers[] = {"auto", "default", "flex", "scale", "priority", "fast"};
        if (m_request.serviceTier.isEmpty())
            return;
        const QByteArray tier = m_request.serviceTier == "standard"        ? QByteArray("default")
                                : m_request.serviceTier == "standard_only" ? QByteArray("default")
                                                                           : m_request.serviceTier;
        const bool known =
            std::any_of(std::begin(kTiers), std::end(kTiers), [&](const char* one) { return tier == one; });
        if (!known || !has(ChatField::ServiceTier))
            return m_losses.drop("service_tier", "the provider has no such tier");
        m_json.member("service_tier", tier);
    }

    const UnifiedRequest& m_request;
    const Target& m_target;
    const ChatQuirks& m_quirks;
    Losses& m_losses;
    QByteArray m_out;
    JsonWriter m_json;
    std::optional<CallError> m_wrong;
    int m_calls = 0;
    int m_results = 0;
};

} // namespace

OutgoingOrError openAiChatRequest(const UnifiedRequest& request, const Target& target, Losses& losses)
{
    if (request.operation == Operation::CountTokens)
        return refusal(QStringLiteral("%1 does not count tokens.").arg(target.provider().name));
    return RequestWriter(request, target, losses).write();
}

} // namespace gateway::transform
