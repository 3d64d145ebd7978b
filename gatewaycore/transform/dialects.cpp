#include "transform/dialects.h"

#include "transform/providers/openai_chat.h"
#include "transform/surfaces/openai_chat.h"

#include <array>

namespace gateway::transform {

using config::ProviderKind;

const ProviderDialect& providerDialect(ProviderKind kind, QByteArrayView, Dialect)
{
    switch (kind) {
    case ProviderKind::OpenAi:
    case ProviderKind::AzureOpenAi:
    case ProviderKind::Anthropic:
    case ProviderKind::Gemini:
    case ProviderKind::Vertex:
    case ProviderKind::Bedrock:
    case ProviderKind::Cohere:
    case ProviderKind::Ollama:
    case ProviderKind::Mistral:
    case ProviderKind::Groq:
    case ProviderKind::DeepSeek:
    case ProviderKind::Xai:
    case ProviderKind::OpenRouter:
    case ProviderKind::OpenAiCompatible:
    case ProviderKind::Simulator:
        break;
    }
    return openAiChatProvider();
}

std::span<const Surface* const> surfaces()
{
    static const std::array all{&openAiChat()};
    return all;
}

const Surface* surfaceByName(QStringView name)
{
    for (const Surface* surface : surfaces()) {
        if (name == QLatin1String(surface->name()))
            return surface;
    }
    return nullptr;
}

} // namespace gateway::transform
