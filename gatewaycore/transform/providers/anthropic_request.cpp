#include "transform/providers/anthropic_request.h"

#include "transform/body_edit.h"
#include "transform/effort.h"

#include <algorithm>
#include <array>

namespace gateway::transform {
namespace {

constexpr qint64 kLimitOfUnknownModel = 8192;
constexpr qint64 kLeastBudget = 1024;

// Fields of other dialects that would change what comes back, or name what another provider keeps: a request with one
// of them is refused. The last part of the name counts.
struct Refused
{
    const char* field;
    const char* onlyIfItSays; // nullptr: anything but null, false, 0, "", [] and {}
    const char* sentence;
};
constexpr std::array kRefused{
    Refused{"logprobs", nullptr, "The provider gives no log probabilities."},
    Refused{"top_logprobs", nullptr, "The provider gives no log probabilities."},
    Refused{"responseLogprobs", nullptr, "The provider gives no log probabilities."},
    Refused{"audio", nullptr, "The provider's models do not speak."},
    Refused{"modalities", "audio", "The provider's models do not speak."},
    Refused{"responseModalities", "AUDIO", "The provider's models do not speak."},
    Refused{"responseModalities", "IMAGE", "The provider's models do not draw."},
    Refused{"speechConfig", nullptr, "The provider's models do not speak."},
    Refused{"previous_response_id", nullptr, "The provider does not keep earlier responses."},
    Refused{"conversation", nullptr, "The provider does not keep conversations."},
    Refused{"background", nullptr, "The provider does not answer in the background."},
    Refused{"cachedContent", nullptr, "The provider does not have the cached content that the request names."},
};

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

bool saysNothing(QByteArrayView raw)
{
    constexpr std::array kNothing{"null", "false", "0", "\"\"", "[]", "{}"};
    return std::any_of(
        kNothing.begin(), kNothing.end(), [raw](const char* word) { return raw == QByteArrayView(word); });
}

QByteArrayView lastName(QByteArrayView field)
{
    return field.sliced(field.lastIndexOf('.') + 1);
}

CallError invalid(QString message, QByteArrayView field)
{
    CallError error;
    error.code = api::ErrorCode::InvalidRequest;
    error.message = std::move(message);
    error.parameter = QString::fromUtf8(field);
    return error;
}

} // namespace

AnthropicRequest::AnthropicRequest(const UnifiedRequest& request, const Target& target, Losses& losses)
    : m_request(request),
      m_target(target),
      m_facts(claudeFacts(target.model())),
      m_losses(losses),
      m_marks(request, losses)
{
}

std::optional<CallError> AnthropicRequest::refusal() const
{
    if (m_request.operation == Operation::Embed)
        return invalid(QStringLiteral("The provider has no embeddings."), "input");
    if (m_request.choices > 1)
        return invalid(QStringLiteral("The provider gives one answer to a request."), "n");
    for (std::size_t i = 0; i < m_request.tools.size(); ++i) {
        if (m_request.tools[i].kind == Tool::Kind::Custom)
            return invalid(QStringLiteral("The provider's tools take JSON, not free text."),
                "tools[" + QByteArray::number(qsizetype(i)) + ']');
    }
    for (const OtherField& other : m_request.others) {
        for (const Refused& row : kRefused) {
            const bool says = row.onlyIfItSays ? other.raw.contains(row.onlyIfItSays) : !saysNothing(other.raw);
            if (lastName(other.name) == QByteArrayView(row.field) && says)
                return invalid(QLatin1String(row.sentence), other.name);
        }
    }
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
    const auto& messages = m_request.messages;
    std::vector<QByteArray> called;
    for (const Message& message : messages) {
        for (const Part& part : message.parts) {
            if (part.kind == Part::Kind::ToolCall && std::find(called.begin(), called.end(), part.name) == called.end())
                called.push_back(part.name);
        }
    }
    writeTools(toolsJson, called);
    const bool systemTurns = m_facts.systemTurns && m_target.kind() == config::ProviderKind::Anthropic;
    AnthropicContent content(m_request, m_facts, systemTurns, m_marks, m_losses);
    if (auto error = content.read())
        return *error;
    if (m_request.cacheAll) {
        CacheMarks::writeControl(rest, *m_request.cacheAll, "cache_control", m_losses);
    }
    if (!tools.isEmpty())
        rest.raw(tools);
    rest.memberRawIf("system", content.system());
    rest.memberRaw("messages", content.messages());
    writeThinking(rest, content.lacksThinking());
    writeOutput(rest);
    if (!counts) {
        writeSampling(rest);
        writeStops(rest);
        writeAccount(rest);
        if (m_request.stream)
            rest.memberBool("stream", true);
    }
    reportOthers();
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

void AnthropicRequest::writeTools(JsonWriter& json, const std::vector<QByteArray>& calledTools)
{
    const std::vector<QByteArray>* allowed =
        m_request.toolChoice && !m_request.toolChoice->allowed.empty() ? &m_request.toolChoice->allowed : nullptr;
    std::vector<QByteArray> written;
    QByteArray list;
    JsonWriter listJson(list);
    listJson.beginArray();
    for (std::size_t i = 0; i < m_request.tools.size(); ++i) {
        const Tool& tool = m_request.tools[i];
        const QByteArray field = "tools[" + QByteArray::number(qsizetype(i)) + ']';
        if (tool.kind != Tool::Kind::Function) {
            m_losses.drop(field, "the provider does not run this tool");
            continue;
        }
        if (allowed && std::find(allowed->begin(), allowed->end(), tool.name) == allowed->end())
            continue;
        writeTool(listJson, tool, field);
        written.push_back(tool.name);
    }
    if (allowed)
        m_losses.change("tool_choice", "the provider has no list of allowed tools: the others are not shown to it");
    const bool declares = !written.empty();
    if (!declares) {
        // a conversation with calls of tools is refused where no tool is declared; none of these may be called
        for (const QByteArray& name : calledTools) {
            listJson.beginObject()
                .member("name", name)
                .key("input_schema")
                .beginObject()
                .member("type", "object")
                .endObject()
                .endObject();
        }
    }
    listJson.endArray();
    if (list == "[]")
        return;
    json.memberRaw("tools", list);
    if (declares)
        writeToolChoice(json, true);
    else
        json.key("tool_choice").beginObject().member("type", "none").endObject();
}

void AnthropicRequest::writeTool(JsonWriter& json, const Tool& tool, const QByteArray& field)
{
    json.beginObject().member("name", tool.name).memberIf("description", tool.description);
    const JsonView schema(tool.schema);
    if (schema.type() != JsonType::Object) {
        json.key("input_schema").beginObject().member("type", "object").key("properties").beginObject().endObject();
        json.endObject();
    } else if (schema.member("type").isMissing()) {
        BodyEdit edit(tool.schema);
        edit.addMember(schema, "type", "\"object\"");
        json.memberRaw("input_schema", edit.apply());
    } else {
        json.memberRaw("input_schema", tool.schema);
    }
    if (tool.strict.value_or(false)) {
        if (m_facts.schemas)
            json.memberBool("strict", true);
        else
            m_losses.drop(field + ".strict", "the model does not keep to schemas strictly");
    }
    m_marks.write(json, tool.cacheMark, field);
    json.endObject();
}

bool AnthropicRequest::forcesTool() const
{
    return m_facts.forcedTools && m_request.toolChoice &&
           (m_request.toolChoice->mode == ToolChoice::Mode::Required ||
               m_request.toolChoice->mode == ToolChoice::Mode::Named);
}

void AnthropicRequest::writeToolChoice(JsonWriter& json, bool hasTools)
{
    const bool single = m_request.parallelTools == false;
    if (!hasTools || (!m_request.toolChoice && !single))
        return;
    ToolChoice choice = m_request.toolChoice.value_or(ToolChoice{});
    const bool forced = choice.mode == ToolChoice::Mode::Required || choice.mode == ToolChoice::Mode::Named;
    if (forced && !m_facts.forcedTools) {
        m_losses.change("tool_choice", "the model cannot be made to call a tool: it may");
        choice.mode = ToolChoice::Mode::Auto;
    }
    json.key("tool_choice").beginObject();
    switch (choice.mode) {
    case ToolChoice::Mode::Auto:
        json.member("type", "auto");
        break;
    case ToolChoice::Mode::None:
        json.member("type", "none");
        break;
    case ToolChoice::Mode::Required:
        json.member("type", "any");
        break;
    case ToolChoice::Mode::Named:
        json.member("type", "tool").member("name", choice.name);
        break;
    }
    if (single && choice.mode != ToolChoice::Mode::None)
        json.memberBool("disable_parallel_tool_use", true);
    json.endObject();
}

bool AnthropicRequest::wantsThinkingOff() const
{
    const Reasoning& asked = m_request.reasoning;
    return asked.effort == Effort::None || asked.budgetTokens == 0 || asked.enabled == false;
}

bool AnthropicRequest::wantsThinking() const
{
    const Reasoning& asked = m_request.reasoning;
    return !wantsThinkingOff() && (asked.effort || asked.budgetTokens || asked.enabled);
}

void AnthropicRequest::writeThinking(JsonWriter& json, bool lacksThinking)
{
    const bool off = wantsThinkingOff();
    const char* kind = nullptr;
    switch (m_facts.thinking) {
    case ClaudeThinking::None:
        if (wantsThinking())
            m_losses.drop("reasoning_effort", "the model does not think");
        return;
    case ClaudeThinking::Budget:
        if (wantsThinking())
            writeBudget(json, lacksThinking);
        return;
    case ClaudeThinking::OptIn:
        kind = wantsThinking() ? "adaptive" : nullptr;
        break;
    case ClaudeThinking::ByDefault:
        kind = off ? "disabled" : wantsThinking() ? "adaptive" : nullptr;
        break;
    case ClaudeThinking::BetweenTools:
        kind = off ? "between_tools" : wantsThinking() ? "adaptive" : nullptr;
        if (off)
            m_losses.change("reasoning_effort", "the model always thinks between tools: the least is asked for");
        break;
    case ClaudeThinking::Always:
        kind = wantsThinking() ? "adaptive" : nullptr;
        if (off)
            m_losses.change("reasoning_effort", "the model always thinks: the least effort is asked for");
        break;
    }
    if (kind && QByteArrayView(kind) == QByteArrayView("adaptive") && forcesTool()) {
        m_losses.drop("reasoning_effort", "the model does not think when it is made to call a tool");
        kind = nullptr;
    }
    const bool adaptive = kind && QByteArrayView(kind) == QByteArrayView("adaptive");
    m_thinks = adaptive;
    if (!kind)
        return;
    json.key("thinking").beginObject().member("type", kind);
    if (adaptive && m_request.reasoning.showThoughts)
        json.member("display", *m_request.reasoning.showThoughts ? "summarized" : "omitted");
    json.endObject();
    if (adaptive && m_request.reasoning.budgetTokens && !m_request.reasoning.effort)
        m_losses.change("reasoning.budget_tokens", "the model takes an effort instead of a number of tokens");
}

// Older models: a number of tokens, at least 1024 and less than the output's limit.
void AnthropicRequest::writeBudget(JsonWriter& json, bool lacksThinking)
{
    const Reasoning& asked = m_request.reasoning;
    const char* hindrance = nullptr;
    if (forcesTool())
        hindrance = "the model does not think when it is made to call a tool";
    else if (lacksThinking)
        hindrance = "the model thinks only where its earlier thinking of this turn comes back, and it is not there";
    else if (m_limit > 0 && m_limit <= kLeastBudget)
        hindrance = "the output's limit leaves no room for thinking";
    if (hindrance) {
        m_losses.drop("reasoning_effort", hindrance);
        return;
    }
    const bool stated = asked.budgetTokens.value_or(0) > 0;
    const qint64 wanted = stated ? *asked.budgetTokens : thinkingBudget(asked.effort.value_or(Effort::Medium));
    // a quarter of the limit is left for the answer
    const qint64 most =
        m_limit > 0 ? m_limit - std::max<qint64>(1, std::min(m_limit / 4, m_limit - kLeastBudget)) : wanted;
    const qint64 budget = std::max(kLeastBudget, std::min(wanted, most));
    if (stated && budget != wanted)
        m_losses.change("reasoning.budget_tokens", "the model takes 1024 tokens or more, and less than max_tokens");
    m_thinks = true;
    json.key("thinking").beginObject().member("type", "enabled").member("budget_tokens", budget).endObject();
}

std::optional<Effort> AnthropicRequest::effort() const
{
    const Reasoning& asked = m_request.reasoning;
    std::optional<Effort> effort = asked.effort;
    if (wantsThinkingOff())
        effort = m_facts.thinking == ClaudeThinking::Always ? std::optional(Effort::Low) : std::nullopt;
    else if (!effort && asked.budgetTokens.value_or(0) > 0)
        effort = effortForBudget(*asked.budgetTokens);
    if (!effort)
        return std::nullopt;
    switch (m_facts.effort) {
    case ClaudeEffort::None:
        return std::nullopt;
    case ClaudeEffort::ToHigh:
        return std::min(*effort, Effort::High);
    case ClaudeEffort::NoXHigh:
        return *effort == Effort::XHigh ? Effort::High : *effort;
    case ClaudeEffort::All:
        break;
    }
    return effort;
}

void AnthropicRequest::writeOutput(JsonWriter& json)
{
    const std::optional<Effort> step = effort();
    const bool off = wantsThinkingOff();
    if (step && !off && m_request.reasoning.effort &&
        (*step != *m_request.reasoning.effort || !isExact(Dialect::Anthropic, *step)))
        m_losses.change("reasoning_effort", "the model has no such step: the nearest is asked for");
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
    const char* reason = !m_facts.sampling ? "the model refuses sampling parameters"
                         : m_thinks        ? "the model takes no sampling parameters while it thinks"
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

void AnthropicRequest::reportOthers()
{
    for (const OtherField& other : m_request.others) {
        const bool onlyText = lastName(other.name) == QByteArrayView("modalities") ||
                              lastName(other.name) == QByteArrayView("responseModalities");
        if (!saysNothing(other.raw) && !onlyText)
            m_losses.drop(other.name);
    }
}

} // namespace gateway::transform
