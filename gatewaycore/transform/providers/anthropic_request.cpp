#include "transform/providers/anthropic_request.h"

#include "transform/effort.h"
#include "transform/field_name.h"
#include "transform/providers/anthropic_content.h"
#include "transform/providers/anthropic_tools.h"
#include "transform/providers/request_parts.h"

#include <algorithm>
#include <array>

namespace gateway::transform {
namespace {

constexpr qint64 kLimitOfUnknownModel = 8192;

// What the caller's word for a service tier is here.
struct TierWord
{
    const char* asked;
    const char* word; // nullptr: nothing like it
    bool exact;
};
constexpr std::array kTiers{
    TierWord{"auto", "auto", true},
    TierWord{"default", "standard_only", true},
    TierWord{"standard", "standard_only", true},
    TierWord{"standard_only", "standard_only", true},
    TierWord{"priority", "auto", false},
};

} // namespace

AnthropicRequest::AnthropicRequest(const UnifiedRequest& request, const Target& target, Losses& losses)
    : m_request(request),
      m_target(target),
      m_facts(claudeFacts(target.model())),
      m_losses(losses),
      m_marks(request, losses),
      m_reasoning(request, m_facts, losses)
{
}

std::optional<CallError> AnthropicRequest::refusal() const
{
    if (m_request.operation == Operation::Embed)
        return invalidRequest(QStringLiteral("The provider has no embeddings."), "input");
    if (auto refused = refusedShape(m_request, "Anthropic"))
        return refused;
    if (auto refused = refusedTools(m_request, "Anthropic"))
        return refused;
    return std::nullopt;
}

std::variant<QByteArray, CallError> AnthropicRequest::body(QByteArrayView head)
{
    if (auto error = refusal())
        return *error;
    const bool counts = m_request.operation == Operation::CountTokens;
    QByteArray out;
    JsonWriter json(out);
    json.beginObject();
    out.append(head.data(), head.size());
    JsonWriter rest(out);
    if (!head.isEmpty())
        out += ',';
    if (!counts)
        writeLimit(rest);
    // marks are counted in the order of the prompt: tools, instructions, conversation
    QByteArray tools;
    JsonWriter toolsJson(tools);
    AnthropicTools(m_request, m_facts, m_marks, m_losses).write(toolsJson);
    const bool systemTurns = m_facts.systemTurns && m_target.kind() == config::ProviderKind::Anthropic;
    AnthropicContent content(m_request, m_facts, systemTurns, m_marks, m_losses);
    if (auto error = content.read())
        return *error;
    if (m_request.cacheAll)
        CacheMarks::writeControl(rest, *m_request.cacheAll, "cache_control", m_losses);
    if (!tools.isEmpty())
        rest.raw(tools);
    rest.memberRawIf("system", content.system());
    rest.memberRaw("messages", content.messages());
    m_reasoning.writeThinking(rest, m_limit, content.lacksThinking());
    writeOutput(rest);
    if (!counts) {
        writeSampling(rest);
        writeStops(rest);
        writeAccount(rest);
        if (m_request.stream)
            rest.memberBool("stream", true);
    }
    dropOthers(m_request, m_losses);
    rest.endObject();
    return out;
}

void AnthropicRequest::writeLimit(JsonWriter& json)
{
    const config::ModelFacts* facts = m_target.candidate.facts;
    if (m_request.maxOutputTokens) {
        m_limit = *m_request.maxOutputTokens;
    } else if (m_target.outputLimit) {
        m_limit = *m_target.outputLimit;
    } else if (facts && facts->maxOutputTokens) {
        m_limit = *facts->maxOutputTokens;
    } else {
        m_limit = kLimitOfUnknownModel;
        m_losses.change("max_tokens", "the provider wants a limit, none was stated, the model's is not known: 8192");
    }
    json.member("max_tokens", m_limit);
}

void AnthropicRequest::writeOutput(JsonWriter& json)
{
    const std::optional<Effort> step = m_reasoning.effort();
    const OutputFormat& format = m_request.format;
    bool schema = format.kind == OutputFormat::Kind::JsonSchema;
    if (format.kind == OutputFormat::Kind::JsonObject)
        m_losses.drop("response_format", "the provider knows JSON by a schema only");
    if (schema && !m_facts.schemas) {
        m_losses.drop("response_format", "the model does not keep to schemas");
        schema = false;
    }
    if (schema && !format.description.isEmpty())
        m_losses.drop("response_format.json_schema.description");
    if (schema && format.strict == false)
        m_losses.change("response_format.json_schema.strict", "the provider always keeps to the schema");
    if (!step && !schema)
        return;
    json.key("output_config").beginObject();
    if (step)
        json.member("effort", effortWord(Dialect::Anthropic, *step));
    if (schema) {
        json.key("format")
            .beginObject()
            .member("type", "json_schema")
            .memberRaw("schema", format.schema.isEmpty() ? QByteArrayView("{}") : QByteArrayView(format.schema))
            .endObject();
    }
    json.endObject();
}

void AnthropicRequest::writeSampling(JsonWriter& json)
{
    struct Row
    {
        const char* field;
        const QByteArray& value;
    };
    const std::array rows{
        Row{"temperature", m_request.temperature}, Row{"top_p", m_request.topP}, Row{"top_k", m_request.topK}};
    const char* reason = !m_facts.sampling      ? "the model refuses sampling parameters"
                         : m_reasoning.thinks() ? "the model takes no sampling parameters while it thinks"
                                                : nullptr;
    for (const Row& row : rows) {
        if (row.value.isEmpty())
            continue;
        if (reason) {
            m_losses.drop(row.field, reason);
            continue;
        }
        if (&row.value == &m_request.topP && !m_request.temperature.isEmpty()) {
            m_losses.drop(row.field, "the model takes temperature or top_p, not both");
            continue;
        }
        m_samples = true;
        if (&row.value == &m_request.temperature && row.value.toDouble() > 1.0) {
            m_losses.change(row.field, "the provider's scale ends at 1");
            json.memberRaw(row.field, "1");
        } else {
            json.memberRaw(row.field, row.value);
        }
    }
    if (!m_request.frequencyPenalty.isEmpty())
        m_losses.drop("frequency_penalty");
    if (!m_request.presencePenalty.isEmpty())
        m_losses.drop("presence_penalty");
    if (!m_request.seed.isEmpty())
        m_losses.drop("seed");
}

void AnthropicRequest::writeStops(JsonWriter& json)
{
    QByteArray list;
    JsonWriter listJson(list);
    listJson.beginArray();
    for (const QByteArray& stop : m_request.stop) {
        if (stop.trimmed().isEmpty())
            m_losses.drop("stop", "the provider takes no stop sequence of spaces only");
        else
            listJson.string(stop);
    }
    listJson.endArray();
    if (list != "[]")
        json.memberRaw("stop_sequences", list);
}

void AnthropicRequest::writeAccount(JsonWriter& json)
{
    if (m_request.endUser.size() > 256)
        m_losses.drop("user", "the provider takes at most 256 characters");
    else if (!m_request.endUser.isEmpty())
        json.key("metadata").beginObject().member("user_id", m_request.endUser).endObject();
    if (!m_request.serviceTier.isEmpty()) {
        const auto row = std::find_if(
            kTiers.begin(), kTiers.end(), [&](const TierWord& tier) { return m_request.serviceTier == tier.asked; });
        if (row == kTiers.end())
            m_losses.drop("service_tier", "the provider has no such tier");
        else
            json.member("service_tier", row->word);
        if (row != kTiers.end() && !row->exact)
            m_losses.change("service_tier", "the provider uses its priority where the account has it");
    }
    if (!m_request.verbosity.isEmpty() && m_request.verbosity != "medium")
        m_losses.drop("verbosity");
    if (!m_request.promptCacheKey.isEmpty())
        m_losses.drop("prompt_cache_key");
}

} // namespace gateway::transform
