#include "transform/providers/chat_quirks.h"

#include <QCryptographicHash>

#include <algorithm>
#include <array>

namespace gateway::transform {
namespace {

using config::ProviderKind;
using F = ChatField;

constexpr std::array kOpenAiLacks{F::TopK, F::ReasoningInput, F::ReasoningDetails, F::GoogleSignatures};
constexpr std::array kMistralLacks{F::DeveloperRole, F::AllowedTools, F::CustomTools, F::LogitBias, F::TopK,
    F::Verbosity, F::EndUser, F::PromptCache, F::StreamUsage, F::ReasoningInput, F::ReasoningDetails,
    F::GoogleSignatures};
constexpr std::array kGroqLacks{F::DeveloperRole, F::AllowedTools, F::CustomTools, F::LogitBias, F::TopK, F::Verbosity,
    F::PromptCacheKey, F::PromptCache, F::Files, F::Audio, F::ReasoningInput, F::ReasoningDetails, F::GoogleSignatures};
constexpr std::array kDeepSeekLacks{F::DeveloperRole, F::AllowedTools, F::CustomTools, F::JsonSchema, F::LogitBias,
    F::Seed, F::TopK, F::ParallelTools, F::Verbosity, F::ServiceTier, F::EndUser, F::PromptCacheKey, F::PromptCache,
    F::ImageUrls, F::Files, F::Audio, F::ReasoningDetails, F::GoogleSignatures, F::Metadata};
constexpr std::array kXaiLacks{F::AllowedTools, F::CustomTools, F::LogitBias, F::TopK, F::Verbosity, F::ServiceTier,
    F::PromptCacheKey, F::PromptCache, F::Files, F::Audio, F::ReasoningDetails, F::GoogleSignatures, F::Metadata};
constexpr std::array kOpenRouterLacks{F::GoogleSignatures};
constexpr std::array kCompatibleLacks{F::AllowedTools, F::CustomTools, F::Verbosity, F::ServiceTier, F::PromptCacheKey,
    F::PromptCache, F::ReasoningDetails, F::GoogleSignatures};
constexpr std::array<F, 0> kNothing{};

const std::array kRows{
    ChatQuirks{ProviderKind::OpenAi, "/chat/completions", "/embeddings", "max_completion_tokens", "max_tokens", "seed",
        false, false, false, kOpenAiLacks},
    ChatQuirks{ProviderKind::AzureOpenAi, "/openai/v1/chat/completions", "/openai/v1/embeddings",
        "max_completion_tokens", "max_tokens", "seed", false, false, false, kOpenAiLacks},
    ChatQuirks{ProviderKind::Mistral, "/v1/chat/completions", "/v1/embeddings", "max_tokens", "max_completion_tokens",
        "random_seed", false, false, true, kMistralLacks},
    ChatQuirks{ProviderKind::Groq, "/chat/completions", "/embeddings", "max_completion_tokens", nullptr, "seed", false,
        false, true, kGroqLacks},
    ChatQuirks{ProviderKind::DeepSeek, "/chat/completions", "/embeddings", "max_tokens", "max_completion_tokens",
        "seed", false, false, false, kDeepSeekLacks},
    ChatQuirks{ProviderKind::Xai, "/chat/completions", "/embeddings", "max_completion_tokens", nullptr, "seed", true,
        false, false, kXaiLacks},
    ChatQuirks{ProviderKind::OpenRouter, "/chat/completions", "/embeddings", "max_tokens", nullptr, "seed", false,
        false, false, kOpenRouterLacks},
    ChatQuirks{ProviderKind::OpenAiCompatible, "/chat/completions", "/embeddings", "max_tokens", nullptr, "seed", false,
        true, false, kCompatibleLacks},
    ChatQuirks{ProviderKind::Simulator, "/chat/completions", "/embeddings", "max_completion_tokens", nullptr, "seed",
        false, false, false, kNothing},
};

constexpr const char* kReasoningModels[] = {"o1", "o3", "o4", "gpt-5", "gpt-6"};

} // namespace

bool ChatQuirks::has(ChatField field) const
{
    return std::find(lacks.begin(), lacks.end(), field) == lacks.end();
}

const ChatQuirks& chatQuirks(ProviderKind kind)
{
    for (const ChatQuirks& row : kRows) {
        if (row.kind == kind)
            return row;
    }
    return chatQuirks(ProviderKind::OpenAiCompatible);
}

bool refusesSampling(ProviderKind kind, QByteArrayView model)
{
    if (kind != ProviderKind::OpenAi && kind != ProviderKind::AzureOpenAi)
        return false;
    return std::any_of(std::begin(kReasoningModels), std::end(kReasoningModels),
        [model](const char* prefix) { return model.startsWith(prefix); });
}

QByteArray mistralToolId(QByteArrayView id)
{
    const auto isPlain = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    };
    if (id.size() == 9 && std::all_of(id.begin(), id.end(), isPlain))
        return id.toByteArray();
    return QCryptographicHash::hash(id, QCryptographicHash::Sha256).toHex().left(9);
}

} // namespace gateway::transform
