#include "config/defaults.h"

namespace gateway::config {
namespace {

struct Default
{
    ProviderKind kind;
    const char* baseUrl;
    bool key;
    bool plainHttp;
};

// The base URL is what the provider's own SDK takes (contract.md).
constexpr Default kDefaults[] = {
    {ProviderKind::OpenAi, "https://api.openai.com/v1", true, false},
    {ProviderKind::AzureOpenAi, "", true, false},
    {ProviderKind::Anthropic, "https://api.anthropic.com", true, false},
    {ProviderKind::Gemini, "https://generativelanguage.googleapis.com", true, false},
    {ProviderKind::Vertex, "https://%1-aiplatform.googleapis.com", true, false},
    {ProviderKind::Bedrock, "https://bedrock-runtime.%1.amazonaws.com", true, false},
    {ProviderKind::Mistral, "https://api.mistral.ai", true, false},
    {ProviderKind::Cohere, "https://api.cohere.com", true, false},
    {ProviderKind::Groq, "https://api.groq.com/openai/v1", true, false},
    {ProviderKind::DeepSeek, "https://api.deepseek.com/v1", true, false},
    {ProviderKind::Xai, "https://api.x.ai/v1", true, false},
    {ProviderKind::OpenRouter, "https://openrouter.ai/api/v1", true, false},
    {ProviderKind::Ollama, "http://127.0.0.1:11434", false, true},
    {ProviderKind::OpenAiCompatible, "", false, true},
    {ProviderKind::Simulator, "", false, true},
};

const Default& of(ProviderKind kind)
{
    for (const Default& entry : kDefaults) {
        if (entry.kind == kind)
            return entry;
    }
    Q_UNREACHABLE();
}

} // namespace

QString defaultBaseUrl(ProviderKind kind, const QString& region)
{
    const QString url = QString::fromLatin1(of(kind).baseUrl);
    if (!url.contains(QLatin1String("%1")))
        return url;
    return region.isEmpty() ? QString() : url.arg(region);
}

bool needsKey(ProviderKind kind)
{
    return of(kind).key;
}

bool mayUsePlainHttp(ProviderKind kind)
{
    return of(kind).plainHttp;
}

} // namespace gateway::config
