#include "transform/stop_reason.h"

#include <array>

namespace gateway::transform {
namespace {

struct Row
{
    Dialect dialect;
    const char* word;
    StopReason reason;
};

// What providers say (wire.md section 3). Mistral, DeepSeek, OpenRouter and other speakers of the chat dialect have
// words of their own, which no other means otherwise.
constexpr std::array kWords{
    Row{Dialect::OpenAiChat, "stop", StopReason::Stop},
    Row{Dialect::OpenAiChat, "length", StopReason::Length},
    Row{Dialect::OpenAiChat, "model_length", StopReason::ContextFull}, // Mistral
    Row{Dialect::OpenAiChat, "tool_calls", StopReason::ToolUse},
    Row{Dialect::OpenAiChat, "function_call", StopReason::ToolUse},
    Row{Dialect::OpenAiChat, "content_filter", StopReason::Safety},
    Row{Dialect::OpenAiChat, "error", StopReason::ModelError},                        // Mistral, OpenRouter
    Row{Dialect::OpenAiChat, "insufficient_system_resource", StopReason::ModelError}, // DeepSeek
    Row{Dialect::OpenAiResponses, "completed", StopReason::Stop},
    Row{Dialect::OpenAiResponses, "max_output_tokens", StopReason::Length},
    Row{Dialect::OpenAiResponses, "max_messages", StopReason::Length},
    Row{Dialect::OpenAiResponses, "content_filter", StopReason::Safety},
    Row{Dialect::OpenAiResponses, "steered", StopReason::Stop},
    Row{Dialect::OpenAiResponses, "failed", StopReason::ModelError},
    Row{Dialect::Anthropic, "end_turn", StopReason::Stop},
    Row{Dialect::Anthropic, "stop_sequence", StopReason::StopSequence},
    Row{Dialect::Anthropic, "max_tokens", StopReason::Length},
    Row{Dialect::Anthropic, "model_context_window_exceeded", StopReason::ContextFull},
    Row{Dialect::Anthropic, "tool_use", StopReason::ToolUse},
    Row{Dialect::Anthropic, "refusal", StopReason::Safety},
    Row{Dialect::Anthropic, "pause_turn", StopReason::Pause},
    Row{Dialect::Anthropic, "api_error", StopReason::ModelError},
    Row{Dialect::Gemini, "STOP", StopReason::Stop},
    Row{Dialect::Gemini, "MAX_TOKENS", StopReason::Length},
    Row{Dialect::Gemini, "SAFETY", StopReason::Safety},
    Row{Dialect::Gemini, "RECITATION", StopReason::Safety},
    Row{Dialect::Gemini, "LANGUAGE", StopReason::Safety},
    Row{Dialect::Gemini, "BLOCKLIST", StopReason::Safety},
    Row{Dialect::Gemini, "PROHIBITED_CONTENT", StopReason::Safety},
    Row{Dialect::Gemini, "SPII", StopReason::Safety},
    Row{Dialect::Gemini, "IMAGE_SAFETY", StopReason::Safety},
    Row{Dialect::Gemini, "IMAGE_PROHIBITED_CONTENT", StopReason::Safety},
    Row{Dialect::Gemini, "IMAGE_RECITATION", StopReason::Safety},
    Row{Dialect::Gemini, "CONTINUATION", StopReason::Pause},
    Row{Dialect::Gemini, "MALFORMED_FUNCTION_CALL", StopReason::ModelError},
    Row{Dialect::Gemini, "UNEXPECTED_TOOL_CALL", StopReason::ModelError},
    Row{Dialect::Gemini, "TOO_MANY_TOOL_CALLS", StopReason::ModelError},
    Row{Dialect::Gemini, "MALFORMED_RESPONSE", StopReason::ModelError},
    Row{Dialect::Gemini, "OTHER", StopReason::ModelError},
    Row{Dialect::Gemini, "NO_IMAGE", StopReason::ModelError},
    Row{Dialect::Gemini, "IMAGE_OTHER", StopReason::ModelError},
    Row{Dialect::Bedrock, "end_turn", StopReason::Stop},
    Row{Dialect::Bedrock, "stop_sequence", StopReason::StopSequence},
    Row{Dialect::Bedrock, "max_tokens", StopReason::Length},
    Row{Dialect::Bedrock, "model_context_window_exceeded", StopReason::ContextFull},
    Row{Dialect::Bedrock, "tool_use", StopReason::ToolUse},
    Row{Dialect::Bedrock, "content_filtered", StopReason::Safety},
    Row{Dialect::Bedrock, "guardrail_intervened", StopReason::Safety},
    Row{Dialect::Bedrock, "malformed_model_output", StopReason::ModelError},
    Row{Dialect::Bedrock, "malformed_tool_use", StopReason::ModelError},
    Row{Dialect::Cohere, "COMPLETE", StopReason::Stop},
    Row{Dialect::Cohere, "STOP_SEQUENCE", StopReason::StopSequence},
    Row{Dialect::Cohere, "MAX_TOKENS", StopReason::Length},
    Row{Dialect::Cohere, "TOOL_CALL", StopReason::ToolUse},
    Row{Dialect::Cohere, "ERROR", StopReason::ModelError},
    Row{Dialect::Cohere, "TIMEOUT", StopReason::ModelError},
    Row{Dialect::Ollama, "stop", StopReason::Stop},
    Row{Dialect::Ollama, "length", StopReason::Length},
    Row{Dialect::Ollama, "load", StopReason::Stop},
};

// What callers read. Gemini has no word for a tool call: the part says it.
constexpr std::array kCallers{
    Row{Dialect::OpenAiChat, "stop", StopReason::Stop},
    Row{Dialect::OpenAiChat, "stop", StopReason::StopSequence},
    Row{Dialect::OpenAiChat, "length", StopReason::Length},
    Row{Dialect::OpenAiChat, "length", StopReason::ContextFull},
    Row{Dialect::OpenAiChat, "tool_calls", StopReason::ToolUse},
    Row{Dialect::OpenAiChat, "content_filter", StopReason::Safety},
    Row{Dialect::OpenAiChat, "stop", StopReason::Pause},
    Row{Dialect::OpenAiResponses, "max_output_tokens", StopReason::Length},
    Row{Dialect::OpenAiResponses, "max_output_tokens", StopReason::ContextFull},
    Row{Dialect::OpenAiResponses, "content_filter", StopReason::Safety},
    Row{Dialect::Anthropic, "end_turn", StopReason::Stop},
    Row{Dialect::Anthropic, "stop_sequence", StopReason::StopSequence},
    Row{Dialect::Anthropic, "max_tokens", StopReason::Length},
    Row{Dialect::Anthropic, "model_context_window_exceeded", StopReason::ContextFull},
    Row{Dialect::Anthropic, "tool_use", StopReason::ToolUse},
    Row{Dialect::Anthropic, "refusal", StopReason::Safety},
    Row{Dialect::Anthropic, "pause_turn", StopReason::Pause},
    Row{Dialect::Gemini, "STOP", StopReason::Stop},
    Row{Dialect::Gemini, "STOP", StopReason::StopSequence},
    Row{Dialect::Gemini, "MAX_TOKENS", StopReason::Length},
    Row{Dialect::Gemini, "MAX_TOKENS", StopReason::ContextFull},
    Row{Dialect::Gemini, "STOP", StopReason::ToolUse},
    Row{Dialect::Gemini, "SAFETY", StopReason::Safety},
    Row{Dialect::Gemini, "CONTINUATION", StopReason::Pause},
};

} // namespace

const char* nameOf(StopReason reason)
{
    switch (reason) {
    case StopReason::None:
        return "";
    case StopReason::Stop:
        return "stop";
    case StopReason::StopSequence:
        return "stop_sequence";
    case StopReason::Length:
        return "length";
    case StopReason::ContextFull:
        return "context_full";
    case StopReason::ToolUse:
        return "tool";
    case StopReason::Safety:
        return "safety";
    case StopReason::Pause:
        return "pause";
    case StopReason::ModelError:
        return "model_error";
    }
    Q_UNREACHABLE();
}

KnownStop stopReasonOf(Dialect provider, QByteArrayView word)
{
    if (word.isEmpty())
        return {StopReason::None, true};
    for (const Row& row : kWords) {
        if (row.dialect == provider && word == QByteArrayView(row.word))
            return {row.reason, true};
    }
    return {StopReason::Stop, false};
}

QByteArrayView wordFor(Dialect surface, StopReason reason)
{
    for (const Row& row : kCallers) {
        if (row.dialect == surface && row.reason == reason)
            return QByteArrayView(row.word);
    }
    return {};
}

StopReason promoted(StopReason reason, bool toolCalled)
{
    const bool cut = reason == StopReason::Length || reason == StopReason::ContextFull ||
                     reason == StopReason::Safety || reason == StopReason::ModelError || reason == StopReason::None;
    return toolCalled && !cut ? StopReason::ToolUse : reason;
}

} // namespace gateway::transform
