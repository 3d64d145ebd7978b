#include "config/litellm_kinds.h"

#include <QRegularExpression>

#include <array>

namespace gateway::config {
namespace {

constexpr std::array kKinds{
    LitellmKind{"openai", ProviderKind::OpenAi, "", "OPENAI_API_KEY"},
    LitellmKind{"azure", ProviderKind::AzureOpenAi, "", "AZURE_API_KEY"},
    LitellmKind{"azure_ai", ProviderKind::OpenAiCompatible, "", "AZURE_AI_API_KEY"},
    LitellmKind{"anthropic", ProviderKind::Anthropic, "", "ANTHROPIC_API_KEY"},
    LitellmKind{"gemini", ProviderKind::Gemini, "", "GEMINI_API_KEY"},
    LitellmKind{"vertex_ai", ProviderKind::Vertex, "", ""},
    LitellmKind{"vertex_ai_beta", ProviderKind::Vertex, "", ""},
    LitellmKind{"bedrock", ProviderKind::Bedrock, "", ""},
    LitellmKind{"mistral", ProviderKind::Mistral, "", "MISTRAL_API_KEY"},
    LitellmKind{"codestral", ProviderKind::Mistral, "https://codestral.mistral.ai", "CODESTRAL_API_KEY"},
    LitellmKind{"cohere", ProviderKind::Cohere, "", "COHERE_API_KEY"},
    LitellmKind{"cohere_chat", ProviderKind::Cohere, "", "COHERE_API_KEY"},
    LitellmKind{"groq", ProviderKind::Groq, "", "GROQ_API_KEY"},
    LitellmKind{"deepseek", ProviderKind::DeepSeek, "", "DEEPSEEK_API_KEY"},
    LitellmKind{"xai", ProviderKind::Xai, "", "XAI_API_KEY"},
    LitellmKind{"openrouter", ProviderKind::OpenRouter, "", "OPENROUTER_API_KEY"},
    LitellmKind{"ollama", ProviderKind::Ollama, "", ""},
    LitellmKind{"ollama_chat", ProviderKind::Ollama, "", ""},
    // those who speak the chat dialect at an address of their own
    LitellmKind{"together_ai", ProviderKind::OpenAiCompatible, "https://api.together.xyz/v1", "TOGETHERAI_API_KEY"},
    LitellmKind{"fireworks_ai", ProviderKind::OpenAiCompatible, "https://api.fireworks.ai/inference/v1",
        "FIREWORKS_AI_API_KEY"},
    LitellmKind{"perplexity", ProviderKind::OpenAiCompatible, "https://api.perplexity.ai", "PERPLEXITYAI_API_KEY"},
    LitellmKind{
        "deepinfra", ProviderKind::OpenAiCompatible, "https://api.deepinfra.com/v1/openai", "DEEPINFRA_API_KEY"},
    LitellmKind{"cerebras", ProviderKind::OpenAiCompatible, "https://api.cerebras.ai/v1", "CEREBRAS_API_KEY"},
    LitellmKind{"sambanova", ProviderKind::OpenAiCompatible, "https://api.sambanova.ai/v1", "SAMBANOVA_API_KEY"},
    LitellmKind{
        "nvidia_nim", ProviderKind::OpenAiCompatible, "https://integrate.api.nvidia.com/v1", "NVIDIA_NIM_API_KEY"},
    LitellmKind{"hosted_vllm", ProviderKind::OpenAiCompatible, "", ""},
    LitellmKind{"openai_like", ProviderKind::OpenAiCompatible, "", ""},
    LitellmKind{"custom_openai", ProviderKind::OpenAiCompatible, "", ""},
    LitellmKind{"litellm_proxy", ProviderKind::OpenAiCompatible, "", "LITELLM_PROXY_API_KEY"},
    LitellmKind{"lm_studio", ProviderKind::OpenAiCompatible, "", ""},
    LitellmKind{"llamafile", ProviderKind::OpenAiCompatible, "", ""},
    LitellmKind{"xinference", ProviderKind::OpenAiCompatible, "", ""},
};

struct NamePattern
{
    const char* begins;
    const char* prefix;
};
constexpr std::array kNames{
    NamePattern{"gpt-", "openai"},
    NamePattern{"chatgpt-", "openai"},
    NamePattern{"o1", "openai"},
    NamePattern{"o3", "openai"},
    NamePattern{"o4", "openai"},
    NamePattern{"text-embedding-", "openai"},
    NamePattern{"claude-", "anthropic"},
    NamePattern{"command-", "cohere"},
    NamePattern{"gemini-", "vertex_ai"},
};

void cutEnd(QString& text, std::initializer_list<const char*> ends)
{
    for (const char* end : ends) {
        if (text.endsWith(QLatin1String(end))) {
            text.chop(qsizetype(qstrlen(end)));
            break;
        }
    }
    while (text.endsWith(u'/'))
        text.chop(1);
}

} // namespace

const LitellmKind* litellmKind(QStringView prefix)
{
    for (const LitellmKind& row : kKinds) {
        if (prefix == QLatin1String(row.prefix))
            return &row;
    }
    return nullptr;
}

const LitellmKind* litellmKindOfModel(const QString& model)
{
    for (const NamePattern& row : kNames) {
        if (model.startsWith(QLatin1String(row.begins)))
            return litellmKind(QString::fromLatin1(row.prefix));
    }
    return nullptr;
}

QString baseUrlFor(ProviderKind kind, const QString& apiBase)
{
    QString url = apiBase.trimmed();
    while (url.endsWith(u'/'))
        url.chop(1);
    switch (kind) {
    case ProviderKind::AzureOpenAi: {
        static const QRegularExpression path(QStringLiteral("/openai(/.*)?$"));
        url.remove(path);
        break;
    }
    case ProviderKind::Anthropic:
        cutEnd(url, {"/v1/messages", "/v1"});
        break;
    case ProviderKind::Mistral:
        cutEnd(url, {"/v1/chat/completions", "/v1"});
        break;
    case ProviderKind::Cohere:
        cutEnd(url, {"/v2/chat", "/v1/chat", "/v2", "/v1"});
        break;
    case ProviderKind::Gemini:
        cutEnd(url, {"/v1beta", "/v1"});
        break;
    case ProviderKind::Ollama:
        cutEnd(url, {"/api/chat", "/api/generate", "/api", "/v1"});
        break;
    default:
        cutEnd(url, {"/chat/completions", "/completions", "/embeddings"});
        break;
    }
    return url;
}

} // namespace gateway::config
