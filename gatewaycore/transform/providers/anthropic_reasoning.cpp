#include "transform/providers/anthropic_reasoning.h"

#include "transform/effort.h"
#include "transform/providers/request_parts.h"

#include <algorithm>

namespace gateway::transform {
namespace {

constexpr qint64 kLeastBudget = 1024;

} // namespace

bool AnthropicReasoning::forcesTool() const
{
    return m_facts.forcedTools && m_request.toolChoice &&
           (m_request.toolChoice->mode == ToolChoice::Mode::Required ||
               m_request.toolChoice->mode == ToolChoice::Mode::Named);
}

bool AnthropicReasoning::wantsThinkingOff() const
{
    const Reasoning& asked = m_request.reasoning;
    return asked.effort == Effort::None || asked.budgetTokens == 0 || asked.enabled == false;
}

bool AnthropicReasoning::wantsThinking() const
{
    const Reasoning& asked = m_request.reasoning;
    return !wantsThinkingOff() && (asked.effort || asked.budgetTokens || asked.enabled);
}

void AnthropicReasoning::writeThinking(JsonWriter& json, qint64 limit, bool lacksThinking)
{
    const bool off = wantsThinkingOff();
    // a model that thinks anyway is told how to show it
    const bool speaksOfIt = wantsThinking() || m_request.reasoning.showThoughts;
    const char* kind = nullptr;
    switch (m_facts.thinking) {
    case ClaudeThinking::None:
        if (wantsThinking())
            m_losses.drop(askedReasoning(m_request.reasoning), "the model does not think");
        return;
    case ClaudeThinking::Budget:
        if (wantsThinking())
            writeBudget(json, limit, lacksThinking);
        return;
    case ClaudeThinking::OptIn:
        kind = wantsThinking() ? "adaptive" : nullptr;
        break;
    case ClaudeThinking::ByDefault:
        kind = off ? "disabled" : speaksOfIt ? "adaptive" : nullptr;
        break;
    case ClaudeThinking::BetweenTools:
        kind = off ? "between_tools" : speaksOfIt ? "adaptive" : nullptr;
        if (off)
            m_losses.change(
                askedReasoning(m_request.reasoning), "the model always thinks between tools: the least is asked for");
        break;
    case ClaudeThinking::Always:
        kind = speaksOfIt && !off ? "adaptive" : nullptr;
        if (off)
            m_losses.change(
                askedReasoning(m_request.reasoning), "the model always thinks: the least effort is asked for");
        break;
    }
    if (kind && QByteArrayView(kind) == QByteArrayView("adaptive") && forcesTool()) {
        m_losses.drop(askedReasoning(m_request.reasoning), "the model does not think when it is made to call a tool");
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
        m_losses.change("thinking.budget_tokens", "the model takes an effort instead of a number of tokens");
}

// Older models: a number of tokens, at least 1024 and less than the output's limit.
void AnthropicReasoning::writeBudget(JsonWriter& json, qint64 limit, bool lacksThinking)
{
    const Reasoning& asked = m_request.reasoning;
    const char* hindrance = nullptr;
    if (forcesTool())
        hindrance = "the model does not think when it is made to call a tool";
    else if (lacksThinking)
        hindrance = "the model thinks only where its earlier thinking of this turn comes back, and it is not there";
    else if (!m_request.messages.empty() && m_request.messages.back().role == Role::Assistant)
        hindrance = "the model does not think where it goes on with an assistant's message";
    else if (limit > 0 && limit <= kLeastBudget)
        hindrance = "the output's limit leaves no room for thinking";
    if (hindrance) {
        m_losses.drop(askedReasoning(m_request.reasoning), hindrance);
        return;
    }
    const bool stated = asked.budgetTokens.value_or(0) > 0;
    const qint64 wanted = stated ? *asked.budgetTokens : thinkingBudget(asked.effort.value_or(Effort::Medium));
    // a quarter of the limit is left for the answer
    const qint64 most = limit > 0 ? limit - std::max<qint64>(1, std::min(limit / 4, limit - kLeastBudget)) : wanted;
    const qint64 budget = std::max(kLeastBudget, std::min(wanted, most));
    if (stated && budget != wanted)
        m_losses.change("thinking.budget_tokens", "the model takes 1024 tokens or more, and less than max_tokens");
    m_thinks = true;
    json.key("thinking").beginObject().member("type", "enabled").member("budget_tokens", budget).endObject();
}

std::optional<Effort> AnthropicReasoning::step() const
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

std::optional<Effort> AnthropicReasoning::effort()
{
    const std::optional<Effort> said = step();
    const std::optional<Effort> asked = m_request.reasoning.effort;
    if (said && asked && !wantsThinkingOff() && (*said != *asked || !isExact(Dialect::Anthropic, *said)))
        m_losses.change("reasoning_effort", "the model has no such step: the nearest is asked for");
    return said;
}

} // namespace gateway::transform
