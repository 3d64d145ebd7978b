#include "observability/metric_labels.h"

#include "config/policy_snapshot.h"

namespace gateway::observability {
namespace {

// gen_ai.provider.name as OpenTelemetry spells it; our own kinds have names of our own.
QByteArray semanticNameOf(config::ProviderKind kind)
{
    using config::ProviderKind;
    switch (kind) {
    case ProviderKind::OpenAi:
        return "openai";
    case ProviderKind::AzureOpenAi:
        return "azure.ai.openai";
    case ProviderKind::Anthropic:
        return "anthropic";
    case ProviderKind::Gemini:
        return "gcp.gemini";
    case ProviderKind::Vertex:
        return "gcp.vertex_ai";
    case ProviderKind::Bedrock:
        return "aws.bedrock";
    case ProviderKind::Mistral:
        return "mistral_ai";
    case ProviderKind::Cohere:
        return "cohere";
    case ProviderKind::Groq:
        return "groq";
    case ProviderKind::DeepSeek:
        return "deepseek";
    case ProviderKind::Xai:
        return "x_ai";
    case ProviderKind::OpenRouter:
        return "openrouter";
    case ProviderKind::Ollama:
        return "ollama";
    case ProviderKind::OpenAiCompatible:
        return "openai_compatible";
    case ProviderKind::Simulator:
        return "simulator";
    }
    return "other";
}

} // namespace

MetricLabels::MetricLabels()
    : m_aliases{QStringLiteral("other")}, m_providers{Provider{QStringLiteral("other"), "other"}}
{
}

std::shared_ptr<const MetricLabels> MetricLabels::extended(
    const MetricLabels& before, const config::PolicySnapshot& snapshot)
{
    auto labels = std::make_shared<MetricLabels>(before);
    for (const auto& alias : snapshot.aliases) {
        if (labels->m_aliasNumber.contains(alias->name) || labels->m_aliases.size() >= std::size_t(kAliases))
            continue;
        labels->m_aliasNumber.insert(alias->name, int(labels->m_aliases.size()));
        labels->m_aliases.push_back(alias->name);
    }
    for (const auto& provider : snapshot.providers) {
        if (labels->m_providerNumber.contains(provider->name) || labels->m_providers.size() >= std::size_t(kProviders))
            continue;
        labels->m_providerNumber.insert(provider->name, int(labels->m_providers.size()));
        labels->m_providers.push_back({provider->name, semanticNameOf(provider->kind)});
    }
    return labels;
}

} // namespace gateway::observability
