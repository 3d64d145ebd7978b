#include "transform/dialect.h"

namespace gateway::transform {

const char* nameOf(Dialect dialect)
{
    switch (dialect) {
    case Dialect::OpenAiChat:
        return "openai.chat";
    case Dialect::OpenAiResponses:
        return "openai.responses";
    case Dialect::Anthropic:
        return "anthropic";
    case Dialect::Gemini:
        return "gemini";
    case Dialect::Bedrock:
        return "bedrock";
    case Dialect::Cohere:
        return "cohere";
    case Dialect::Ollama:
        return "ollama";
    }
    Q_UNREACHABLE();
}

} // namespace gateway::transform
