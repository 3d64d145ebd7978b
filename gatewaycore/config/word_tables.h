// The closed word lists of the config file, as tables. Used by names.cpp and the compiler only.
#pragma once

#include "config/policy_snapshot.h"

#include <array>
#include <utility>

namespace gateway::config {

inline constexpr std::array kProviderKinds{
    std::pair{"openai", ProviderKind::OpenAi},
    std::pair{"azure-openai", ProviderKind::AzureOpenAi},
    std::pair{"anthropic", ProviderKind::Anthropic},
    std::pair{"gemini", ProviderKind::Gemini},
    std::pair{"vertex", ProviderKind::Vertex},
    std::pair{"bedrock", ProviderKind::Bedrock},
    std::pair{"mistral", ProviderKind::Mistral},
    std::pair{"cohere", ProviderKind::Cohere},
    std::pair{"groq", ProviderKind::Groq},
    std::pair{"deepseek", ProviderKind::DeepSeek},
    std::pair{"xai", ProviderKind::Xai},
    std::pair{"openrouter", ProviderKind::OpenRouter},
    std::pair{"ollama", ProviderKind::Ollama},
    std::pair{"openai-compatible", ProviderKind::OpenAiCompatible},
    std::pair{"simulator", ProviderKind::Simulator},
};

inline constexpr std::array kWorkloadWords{
    std::pair{"interactive", WorkloadClass::Interactive},
    std::pair{"streaming", WorkloadClass::Streaming},
    std::pair{"background", WorkloadClass::Background},
    std::pair{"batch", WorkloadClass::Batch},
};

inline constexpr std::array kFallbackKinds{
    std::pair{"other-region", FallbackKind::OtherRegion},
    std::pair{"other-provider", FallbackKind::OtherProvider},
    std::pair{"smaller-model", FallbackKind::SmallerModel},
    std::pair{"cached", FallbackKind::Cached},
    std::pair{"refuse", FallbackKind::Refuse},
};

inline constexpr std::array kAcknowledge{
    std::pair{"committed", Acknowledge::Committed},
    std::pair{"queued", Acknowledge::Queued},
};

inline constexpr std::array kWhenUnavailable{
    std::pair{"spill", WhenUnavailable::Spill},
    std::pair{"refuse", WhenUnavailable::Refuse},
};

inline constexpr std::array kRetain{
    std::pair{"none", Retain::None},
    std::pair{"sampled", Retain::Sampled},
    std::pair{"all", Retain::All},
};

inline constexpr std::array kSemanticChoices{
    std::pair{"undecided", SemanticChoice::Undecided},
    std::pair{"off", SemanticChoice::Off},
    std::pair{"on", SemanticChoice::On},
};

inline constexpr std::array kPeriods{
    std::pair{"hour", BudgetPeriod::Hour},
    std::pair{"day", BudgetPeriod::Day},
    std::pair{"week", BudgetPeriod::Week},
    std::pair{"month", BudgetPeriod::Month},
    std::pair{"quarter", BudgetPeriod::Quarter},
    std::pair{"year", BudgetPeriod::Year},
};

inline constexpr std::array kOnLoss{
    std::pair{"report", OnLoss::Report},
    std::pair{"refuse", OnLoss::Refuse},
};

inline constexpr std::array kAtLimit{
    std::pair{"refuse", AtLimit::Refuse},
    std::pair{"degrade", AtLimit::Degrade},
    std::pair{"warn", AtLimit::Warn},
};

inline constexpr std::array kEstimates{
    std::pair{"upper_bound", EstimateMode::UpperBound},
    std::pair{"learned", EstimateMode::Learned},
};

inline constexpr std::array kRoles{
    std::pair{"viewer", Role::Viewer},
    std::pair{"auditor", Role::Auditor},
    std::pair{"developer", Role::Developer},
    std::pair{"operator", Role::Operator},
    std::pair{"admin", Role::Admin},
};

inline constexpr std::array kEnvironments{std::pair{"prod", 0}, std::pair{"stage", 1}, std::pair{"local", 2}};

// Retention of a provider ("zero", "provider-default", "none-stated") and of a zone ("zero", "any") stay words.
inline constexpr std::array kProviderRetention{
    std::pair{"zero", 0}, std::pair{"provider-default", 1}, std::pair{"none-stated", 2}};
inline constexpr std::array kZoneRetention{std::pair{"zero", 0}, std::pair{"any", 1}};

} // namespace gateway::config
