// A chat completion request written from a request of another dialect.
#include "base/json_writer.h"
#include "transform/effort.h"
#include "transform/field_name.h"
#include "transform/json_view.h"
#include "transform/providers/openai_chat.h"
#include "transform/providers/openai_chat_messages.h"
#include "transform/providers/openai_terms.h"
#include "transform/providers/request_parts.h"

namespace gateway::transform {
namespace {

class RequestWriter
{
public:
    RequestWriter(const UnifiedRequest& request, const Target& target, Losses& losses)
        : m_request(request),
          m_target(target),
          m_quirks(chatQuirks(target.kind())),
          m_losses(losses),
          m_toolTypes(request),
          m_json(m_out)
    {
    }

    OutgoingOrError write()
    {
        m_json.beginObject().member("model", m_target.model());
        m_json.key("messages");
        if (auto wrong = ChatMessages(m_json, m_request, m_target, m_losses).write())
            return *wrong;
        writeTools();
        writeFormat();
        writeLimits();
        writeSampling();
        writeReasoning();
        writeRest();
        m_json.endObject();
        return Outgoing{m_target.provider().basePath + m_quirks.chatPath, m_out, {}};
    }

private:
    bool has(ChatField field) const { return m_quirks.has(field); }

    // Carried only where the provider knows it; else noted under the caller's name for it.
    bool carry(ChatField field, bool asked, const QByteArray& name)
    {
        if (!asked)
            return false;
        if (!has(field))
            m_losses.drop(name);
        return has(field);
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
        // several calls at once are what everybody does
        if (m_request.parallelTools && (has(ChatField::ParallelTools) || !*m_request.parallelTools) &&
            carry(ChatField::ParallelTools, true, "parallel_tool_calls"))
            m_json.memberBool("parallel_tool_calls", *m_request.parallelTools);
    }

    void writeTool(const Tool& tool, std::size_t index)
    {
        if (tool.cacheMark)
            m_losses.drop(indexed("tools", index, "cache_control"), "the provider marks no tools");
        if (tool.kind == Tool::Kind::Custom) {
            m_json.beginObject().member("type", "custom").key("custom").beginObject().member("name", tool.name);
            m_json.memberIf("description", tool.description);
            m_json.memberRawIf("format", formatOfCustom(tool.raw)).endObject().endObject();
            return;
        }
        m_json.beginObject().member("type", "function").key("function").beginObject().member("name", tool.name);
        m_json.memberIf("description", tool.description).memberRawIf("parameters", tool.schema);
        if (tool.strict && carry(ChatField::StrictTools, true, indexed("tools", index, "strict")))
            m_json.memberBool("strict", *tool.strict);
        m_json.endObject().endObject();
    }

    // Responses has the format flat; a grammar stands one level deeper in chat.
    static QByteArray formatOfCustom(const QByteArray& raw)
    {
        const JsonText tool = JsonText::parse(raw);
        const JsonView format = tool.root.member("format");
        if (format.type() != JsonType::Object || format.member("type").text() != QByteArray("grammar"))
            return format.raw().toByteArray();
        QByteArray out;
        JsonWriter json(out);
        json.beginObject().member("type", "grammar").key("grammar").beginObject();
        json.memberRawIf("syntax", format.member("syntax").raw());
        json.memberRawIf("definition", format.member("definition").raw()).endObject().endObject();
        return out;
    }

    void writeNamed(const QByteArray& name)
    {
        const char* const type = m_toolTypes.of(name);
        m_json.beginObject().member("type", type).key(type).beginObject().member("name", name).endObject().endObject();
    }

    void writeChoice(const ToolChoice& choice)
    {
        const char* const word = openAiChoiceWord(choice.mode);
        if (choice.mode == ToolChoice::Mode::Named) {
            m_json.key("tool_choice");
            writeNamed(choice.name);
        } else if (!choice.allowed.empty() && has(ChatField::AllowedTools)) {
            m_json.key("tool_choice").beginObject().member("type", "allowed_tools").key("allowed_tools").beginObject();
            m_json.member("mode", word).key("tools").beginArray();
            for (const QByteArray& name : choice.allowed)
                writeNamed(name);
            m_json.endArray().endObject().endObject();
        } else {
            if (!choice.allowed.empty())
                m_losses.change("tool_choice", "the provider lets the model choose among all tools");
            m_json.member("tool_choice", word);
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
        if (format.kind == OutputFormat::Kind::JsonSchema && !schema && !format.description.isEmpty())
            m_losses.drop("response_format.json_schema.description");
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
        const std::optional<Effort> effort = openAiEffort(reasoning, has(ChatField::ReasoningEffort), m_losses);
        if (effort && carry(ChatField::ReasoningEffort, true, askedReasoning(reasoning)))
            m_json.member("reasoning_effort", effortWord(Dialect::OpenAiChat, *effort));
        if (!effort && reasoning.enabled == true)
            m_losses.drop("thinking.type", "the model thinks as it is used to");
        if (reasoning.showThoughts)
            m_losses.drop("include_thoughts");
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
        if (m_request.cacheAll && has(ChatField::PromptCache) && takesBreakpoints(m_target)) {
            m_json.key("prompt_cache_options").beginObject().member("mode", "implicit");
            m_json.memberIf("ttl", openAiCacheLife(*m_request.cacheAll, "cache_control", m_losses)).endObject();
        } else if (m_request.cacheAll) {
            m_losses.drop("cache_control", "the provider caches prompts by itself or not at all");
        }
        dropOthers(m_request, m_losses);
    }

    // What this provider does not offer is not asked for.
    void writeTier()
    {
        const QByteArray tier = openAiTier(m_request.serviceTier);
        if (tier.isEmpty() || tier == "ultrafast" || !has(ChatField::ServiceTier)) { // that one is Responses' only
            if (!isUsualTier(m_request.serviceTier))
                m_losses.drop("service_tier", "the provider has no such tier");
            return;
        }
        m_json.member("service_tier", tier);
    }

    const UnifiedRequest& m_request;
    const Target& m_target;
    const ChatQuirks& m_quirks;
    Losses& m_losses;
    const OpenAiToolTypes m_toolTypes;
    QByteArray m_out;
    JsonWriter m_json;
};

} // namespace

OutgoingOrError openAiChatRequest(const UnifiedRequest& request, const Target& target, Losses& losses)
{
    if (request.operation == Operation::CountTokens)
        return invalidRequest(QStringLiteral("%1 does not count tokens.").arg(target.provider().name));
    const QByteArray name = target.provider().name.toUtf8();
    if (auto refused = refusedShape(request, name))
        return *refused;
    if (auto refused = refusedTools(request, name, chatQuirks(target.kind()).has(ChatField::CustomTools)))
        return *refused;
    return RequestWriter(request, target, losses).write();
}

} // namespace gateway::transform
