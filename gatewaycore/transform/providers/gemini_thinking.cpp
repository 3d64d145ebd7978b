#include "transform/providers/gemini_thinking.h"

#include "transform/effort.h"
#include "transform/providers/request_parts.h"

#include <algorithm>
#include <array>

namespace gateway::transform::gemini {
namespace {

enum class Control
{
    None,
    Budget,
    Level,
};

// The first prefix that fits. Levels: which of the four a model takes (Google, "Thinking", 2026-11). A model that is
// not here is newer than this table: levels, the three that all take.
struct Model
{
    const char* prefix;
    Control control;
    qint64 least; // budgets, in tokens
    qint64 most;
    bool canStop;
    bool minimal; // levels
    bool medium;
};
constexpr std::array kModels{
    Model{"gemini-2.5-pro", Control::Budget, 128, 32'768, false, false, false},
    Model{"gemini-2.5-flash-lite", Control::Budget, 512, 24'576, true, false, false},
    Model{"gemini-2.5-flash-image", Control::None, 0, 0, false, false, false},
    Model{"gemini-2.5-flash", Control::Budget, 1, 24'576, true, false, false},
    Model{"gemini-2.", Control::None, 0, 0, false, false, false},
    Model{"gemini-1.", Control::None, 0, 0, false, false, false},
    Model{"gemma", Control::None, 0, 0, false, false, false},
    Model{"gemini-3-pro", Control::Level, 0, 0, false, false, false},
    Model{"gemini-3.1-pro", Control::Level, 0, 0, false, false, true},
    Model{"gemini-3-flash", Control::Level, 0, 0, false, true, true},
    Model{"gemini-3.1-flash", Control::Level, 0, 0, false, true, true},
    Model{"gemini-3.5-flash", Control::Level, 0, 0, false, true, true},
    Model{"gemini-3.6-flash", Control::Level, 0, 0, false, true, true},
    Model{"", Control::Level, 0, 0, false, false, true},
};

const Model& modelFor(QByteArrayView name)
{
    return *std::find_if(
        kModels.begin(), kModels.end() - 1, [&](const Model& row) { return name.startsWith(row.prefix); });
}

struct Level
{
    QByteArray word;
    bool exact;
};
Level levelOf(Effort effort, const Model& model)
{
    if (effort == Effort::None)
        return {model.minimal ? QByteArray("MINIMAL") : QByteArray("LOW"), false};
    const QByteArray word = effortWord(Dialect::Gemini, effort);
    if (word == "MINIMAL" && !model.minimal)
        return {"LOW", false};
    if (word == "MEDIUM" && !model.medium)
        return {"HIGH", false};
    return {word, isExact(Dialect::Gemini, effort)};
}

void writeLevel(JsonWriter& json, const Reasoning& reasoning, const Model& model, Losses& losses)
{
    std::optional<Effort> effort = reasoning.effort;
    if (!effort && reasoning.budgetTokens && *reasoning.budgetTokens >= 0) {
        effort = effortForBudget(*reasoning.budgetTokens);
        losses.change("thinking.budget_tokens", "the model takes a level of thinking, not a number of tokens");
    } else if (!effort && reasoning.enabled == false) {
        effort = Effort::None;
    }
    if (!effort)
        return; // dynamic: the model's own choice
    const Level level = levelOf(*effort, model);
    json.member("thinkingLevel", level.word);
    if (!level.exact)
        losses.change(askedReasoning(reasoning), "the model has no such level of thinking: the nearest one is taken");
}

void writeBudget(JsonWriter& json, const Reasoning& reasoning, const Model& model, Losses& losses)
{
    std::optional<qint64> wanted = reasoning.budgetTokens;
    if (!wanted && reasoning.effort)
        wanted = thinkingBudget(*reasoning.effort);
    else if (!wanted && reasoning.enabled)
        wanted = *reasoning.enabled ? -1 : 0; // -1: the model's own choice
    if (!wanted)
        return;
    qint64 budget = *wanted;
    if (budget > 0 || (budget == 0 && !model.canStop))
        budget = std::clamp(budget, model.least, model.most);
    json.member("thinkingBudget", std::max<qint64>(-1, budget));
    if (budget != *wanted)
        losses.change(reasoning.budgetTokens ? "thinking.budget_tokens" : "reasoning_effort",
            "it is outside of what the model takes: the nearest number of thinking tokens is taken");
}

} // namespace

void writeThinking(JsonWriter& json, const Reasoning& reasoning, QByteArrayView name, Losses& losses)
{
    if (!reasoning.effort && !reasoning.budgetTokens && !reasoning.enabled && !reasoning.showThoughts)
        return;
    const Model& model = modelFor(name);
    if (model.control == Control::None) {
        const bool wantsSome = reasoning.enabled.value_or(false) || reasoning.budgetTokens.value_or(0) != 0 ||
                               reasoning.effort.value_or(Effort::None) != Effort::None;
        if (wantsSome)
            losses.drop(askedReasoning(reasoning), "the model does not think");
        return;
    }
    QByteArray config;
    JsonWriter inside(config);
    inside.beginObject();
    if (model.control == Control::Level)
        writeLevel(inside, reasoning, model, losses);
    else
        writeBudget(inside, reasoning, model, losses);
    if (reasoning.showThoughts)
        inside.memberBool("includeThoughts", *reasoning.showThoughts);
    inside.endObject();
    if (config != "{}")
        json.memberRaw("thinkingConfig", config);
}

bool checksSignatures(QByteArrayView model)
{
    return modelFor(model).control == Control::Level;
}

} // namespace gateway::transform::gemini
