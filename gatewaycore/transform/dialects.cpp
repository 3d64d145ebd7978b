#include "transform/dialects.h"

#include "transform/providers/anthropic.h"
#include "transform/providers/bedrock.h"
#include "transform/providers/cohere.h"
#include "transform/providers/gemini.h"
#include "transform/providers/ollama.h"
#include "transform/providers/openai_chat.h"
#include "transform/providers/openai_responses.h"
#include "transform/surfaces/anthropic_messages.h"
#include "transform/surfaces/gemini.h"
#include "transform/surfaces/openai_chat.h"
#include "transform/surfaces/openai_embeddings.h"
#include "transform/surfaces/openai_responses.h"

#include <array>

namespace gateway::transform {

using config::ProviderKind;

const ProviderDialect& providerDialect(ProviderKind kind, QByteArrayView model, Dialect caller)
{
    switch (kind) {
    case ProviderKind::Anthropic:
        return anthropicProvider();
    case ProviderKind::Vertex:
        return model.startsWith("claude") ? anthropicProvider() : geminiProvider();
    case ProviderKind::Gemini:
        return geminiProvider();
    case ProviderKind::Bedrock:
        return bedrockProvider();
    case ProviderKind::Cohere:
        return cohereProvider();
    case ProviderKind::Ollama:
        return ollamaProvider();
    case ProviderKind::OpenAi:
    case ProviderKind::AzureOpenAi:
    case ProviderKind::Xai:
        if (caller == Dialect::OpenAiResponses)
            return openAiResponsesProvider();
        break;
    case ProviderKind::Mistral:
    case ProviderKind::Groq:
    case ProviderKind::DeepSeek:
    case ProviderKind::OpenRouter:
    case ProviderKind::OpenAiCompatible:
    case ProviderKind::Simulator:
        break;
    }
    return openAiChatProvider();
}

std::span<const Surface* const> surfaces()
{
    static const std::array all{&openAiChat(), &openAiResponses(), &openAiEmbeddings(), &anthropicMessages(),
        &anthropicCountTokens(), &geminiGenerate(), &geminiCountTokens(), &geminiEmbed()};
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
