#include "transform/providers/openai_terms.h"

#include "transform/effort.h"

#include <algorithm>
#include <array>

namespace gateway::transform {
namespace {

using config::ProviderKind;

struct Life
{
    CacheLife life;
    const char* ttl; // "": not stated
    bool exact;
};
constexpr std::array kLives{
    Life{CacheLife::Default, "", true},
    Life{CacheLife::Minutes5, "30m", false}, // the shortest there is
    Life{CacheLife::Minutes30, "30m", true},
    Life{CacheLife::Hour1, "12h", false},
    Life{CacheLife::Hours12, "12h", true},
};

constexpr std::array kNoBreakpoints{
    "gpt-3", "gpt-4", "gpt-5-", "gpt-5.1", "gpt-5.2", "gpt-5.3", "gpt-5.4", "gpt-5.5", "o1", "o3", "o4", "codex-"};

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

} // namespace

void nameModel(BodyEdit& edit, const CallRequest& request, const Target& target)
{
    const QByteArray model = jsonString(target.model());
    if (request.model.isMissing())
        edit.addMember(request.root, "model", model);
    else
        edit.replace(request.model, model);
}

QByteArray openAiCacheLife(CacheLife life, const QByteArray& field, Losses& losses)
{
    const auto row = std::find_if(kLives.begin(), kLives.end(), [life](const Life& one) { return one.life == life; });
    if (!row->exact)
        losses.change(field, "the provider keeps caches 30 minutes or 12 hours");
    return row->ttl;
}

bool takesBreakpoints(const Target& target)
{
    const QByteArrayView model = target.model();
    return target.kind() != ProviderKind::Xai && model != QByteArrayView("gpt-5") &&
           std::none_of(kNoBreakpoints.begin(), kNoBreakpoints.end(),
               [model](const char* prefix) { return model.startsWith(prefix); });
}

QByteArray openAiTier(QByteArrayView asked)
{
    for (const Tier& tier : kTiers) {
        if (asked == QByteArrayView(tier.word))
            return tier.ours;
    }
    return {};
}

const char* openAiChoiceWord(ToolChoice::Mode mode)
{
    static constexpr const char* kWords[] = {"auto", "none", "required", "required"};
    return kWords[int(mode)];
}

OpenAiToolTypes::OpenAiToolTypes(const UnifiedRequest& request)
{
    for (const Tool& tool : request.tools) {
        if (tool.kind == Tool::Kind::Custom)
            m_custom.insert(tool.name);
    }
}

std::optional<Effort> openAiEffort(const Reasoning& reasoning, bool carries, Losses& losses)
{
    if (reasoning.effort)
        return reasoning.effort;
    if (reasoning.enabled == false)
        return Effort::None;
    if (reasoning.budgetTokens) {
        if (carries)
            losses.change("thinking.budget_tokens", "the provider takes an effort, not a number of tokens");
        return effortForBudget(*reasoning.budgetTokens);
    }
    return std::nullopt;
}

} // namespace gateway::transform
