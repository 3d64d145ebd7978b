#include "transform/providers/bedrock_models.h"

#include "transform/effort.h"
#include "transform/providers/request_parts.h"

#include <algorithm>
#include <array>

namespace gateway::transform {
namespace {

using Family = BedrockModel::Family;
using Thinking = BedrockModel::Thinking;

struct Row
{
    const char* inId;
    BedrockModel model;
};

// The first row whose words are in the id counts.
constexpr std::array kModels{
    Row{"claude-3-7", {Family::Claude, Thinking::Budget, true}},
    Row{"claude-3", {Family::Claude, Thinking::None, true}},
    Row{"claude-v2", {Family::Claude, Thinking::None, true}},
    Row{"claude-instant", {Family::Claude, Thinking::None, true}},
    Row{"claude-opus-4-1", {Family::Claude, Thinking::Budget, true}},
    Row{"claude-opus-4-2025", {Family::Claude, Thinking::Budget, true}},
    Row{"claude-sonnet-4-2025", {Family::Claude, Thinking::Budget, true}},
    Row{"claude-opus-4-5", {Family::Claude, Thinking::Budget, true}},
    Row{"claude-sonnet-4-5", {Family::Claude, Thinking::Budget, true}},
    Row{"claude-haiku-4-5", {Family::Claude, Thinking::Budget, true}},
    Row{"claude-opus-4-6", {Family::Claude, Thinking::Adaptive, true}},
    Row{"claude-sonnet-4-6", {Family::Claude, Thinking::Adaptive, true}},
    Row{"claude-opus-4-7", {Family::Claude, Thinking::AdaptiveOnly, false}},
    Row{"claude-opus-4-8", {Family::Claude, Thinking::AdaptiveOnly, false}},
    Row{"claude-fable", {Family::Claude, Thinking::AdaptiveOnly, false}},
    Row{"claude-mythos", {Family::Claude, Thinking::AdaptiveOnly, false}},
    Row{"claude", {Family::Claude, Thinking::Adaptive, false}}, // Sonnet 5 and later
    Row{"anthropic.", {Family::Claude, Thinking::Adaptive, false}},
    Row{"amazon.nova-2", {Family::Nova, Thinking::Effort, true}},
    Row{"amazon.nova", {Family::Nova, Thinking::None, true}},
    Row{"openai.", {Family::GptOss, Thinking::Effort, true}},
    Row{"application-inference-profile/", {Family::Opaque, Thinking::Effort, true}},
    Row{"provisioned-model/", {Family::Opaque, Thinking::Effort, true}},
    Row{"custom-model", {Family::Opaque, Thinking::None, true}},
    Row{"imported-model/", {Family::Opaque, Thinking::None, true}},
    Row{":prompt/", {Family::Opaque, Thinking::Effort, true}},
};

constexpr qint64 kLeastBudget = 1024; // Anthropic's own bound
constexpr qint64 kLeastAnswer = 1024; // left for the answer beside the thinking

// low, medium or high: the ladder of gpt-oss and Nova, which is also Ollama's.
QByteArray threeSteps(Effort effort)
{
    return effortWord(Dialect::Ollama, effort);
}

struct Wish
{
    bool stated = false;
    bool off = false;
    Effort effort = Effort::Medium;
    bool hasEffort = false; // by effort or budget
};

Wish wishOf(const Reasoning& reasoning)
{
    Wish wish;
    wish.stated = reasoning.effort || reasoning.budgetTokens || reasoning.enabled;
    wish.off = reasoning.effort == Effort::None || reasoning.enabled == false || reasoning.budgetTokens == 0;
    wish.hasEffort = reasoning.effort.has_value() || reasoning.budgetTokens.has_value();
    if (reasoning.effort)
        wish.effort = *reasoning.effort;
    else if (reasoning.budgetTokens)
        wish.effort = effortForBudget(*reasoning.budgetTokens);
    return wish;
}

// A budget on a model that takes steps, and a step that is only the nearest.
void noteEffort(const Reasoning& reasoning, Dialect ladder, Losses& losses)
{
    if (reasoning.effort && !isExact(ladder, *reasoning.effort))
        losses.change("reasoning_effort", "the model's nearest step");
    if (reasoning.budgetTokens)
        losses.change("thinking.budget_tokens", "carried as an effort: the model takes no budget");
}

ThinkingResult writeBudget(const Reasoning& reasoning, const Wish& wish, const ThinkingContext& context,
    JsonWriter& additional, Losses& losses)
{
    qint64 budget = reasoning.budgetTokens.value_or(thinkingBudget(wish.effort));
    if (context.historyLacksThinking) {
        dropReasoning(reasoning, losses, "a tool call of the history comes without the thinking that led to it");
        return {};
    }
    const qint64 most = context.maxTokens ? *context.maxTokens - kLeastAnswer : budget;
    if (most < kLeastBudget && context.maxTokens) {
        dropReasoning(reasoning, losses, "the output limit leaves no room to think");
        return {};
    }
    const qint64 fitting = std::clamp(budget, kLeastBudget, std::max(kLeastBudget, most));
    if (reasoning.effort)
        losses.change("reasoning_effort", "carried as a budget of thinking tokens");
    if (reasoning.budgetTokens && fitting != budget)
        losses.change("thinking.budget_tokens", "put between the model's least and the output limit");
    if (reasoning.showThoughts == false)
        losses.drop("include_thoughts", "the model shows its thinking");
    additional.key("thinking").beginObject().member("type", "enabled").member("budget_tokens", fitting).endObject();
    return {{}, true};
}

ThinkingResult writeClaude(const BedrockModel& model, const Reasoning& reasoning, const Wish& wish,
    const ThinkingContext& context, JsonWriter& additional, Losses& losses)
{
    if (!wish.stated) {
        if (reasoning.showThoughts)
            losses.drop("include_thoughts", "the model was not asked to think");
        return {};
    }
    const bool adaptive = model.thinking != Thinking::Budget;
    if (wish.off) {
        if (model.thinking == Thinking::Adaptive)
            additional.key("thinking").beginObject().member("type", "disabled").endObject();
        else if (adaptive)
            dropReasoning(reasoning, losses, "this model decides itself whether it thinks");
        return {};
    }
    if (context.toolIsForced && !adaptive) {
        dropReasoning(reasoning, losses, "the model does not think where it is made to call a tool");
        return {};
    }
    if (!adaptive)
        return writeBudget(reasoning, wish, context, additional, losses);

    noteEffort(reasoning, Dialect::Bedrock, losses);
    ThinkingResult result;
    if (wish.hasEffort)
        result.effort = effortWord(Dialect::Bedrock, wish.effort);
    if (context.toolIsForced) {
        losses.drop("thinking.type", "the model does not think where it is made to call a tool");
        if (wish.effort > Effort::High && wish.hasEffort) {
            losses.change("reasoning_effort", "without thinking the highest step is high");
            result.effort = "high";
        }
        return result;
    }
    additional.key("thinking").beginObject().member("type", "adaptive");
    if (reasoning.showThoughts)
        additional.member("display", *reasoning.showThoughts ? "summarized" : "omitted");
    additional.endObject();
    result.thinks = true;
    return result;
}

} // namespace

BedrockModel bedrockModel(QByteArrayView id)
{
    for (const Row& row : kModels) {
        if (id.contains(row.inId))
            return row.model;
    }
    return {};
}

ThinkingResult writeThinking(const BedrockModel& model, const Reasoning& reasoning, const ThinkingContext& context,
    JsonWriter& additional, Losses& losses)
{
    if (model.thinking == Thinking::None) {
        dropReasoning(reasoning, losses, "the model has no such field");
        return {};
    }
    const Wish wish = wishOf(reasoning);
    if (model.family == Family::Claude)
        return writeClaude(model, reasoning, wish, context, additional, losses);

    if (reasoning.showThoughts)
        losses.drop("include_thoughts");
    if (!wish.stated)
        return {};
    const bool nova = model.family == Family::Nova;
    if (wish.off && nova) {
        additional.key("reasoningConfig").beginObject().member("type", "disabled").endObject();
        return {};
    }
    if (wish.off || (!wish.hasEffort && !nova)) {
        Reasoning rest = reasoning;
        rest.showThoughts.reset();
        dropReasoning(rest, losses, "the model's reasoning cannot be turned on or off, only up and down");
        return {};
    }
    if (model.family == Family::Opaque) {
        noteEffort(reasoning, Dialect::Bedrock, losses);
        return {effortWord(Dialect::Bedrock, wish.effort), false};
    }
    noteEffort(reasoning, Dialect::Ollama, losses);
    if (nova) {
        additional.key("reasoningConfig").beginObject().member("type", "enabled");
        additional.member("maxReasoningEffort", threeSteps(wish.effort)).endObject();
    } else {
        additional.member("reasoning_effort", threeSteps(wish.effort));
    }
    return {};
}

} // namespace gateway::transform
