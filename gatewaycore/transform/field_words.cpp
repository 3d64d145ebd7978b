#include "transform/field_words.h"

#include <QStringList>

#include <algorithm>
#include <array>
#include <string_view>

namespace gateway::transform {
namespace {

// Names of fields, and the few values that our own sentences quote, of all dialects; in order. A word that is missing
// costs its name in the record and nothing else.
constexpr std::string_view kWords[] = {
    // clang-format off
    "1h", "5m", "additionalModelRequestFields", "additionalModelResponseFieldPaths",
    "additional_model_request_fields", "allowedFunctionNames", "allowed_callers", "allowed_tools", "annotations",
    "anthropic_beta", "anthropic_version", "any", "args", "arguments", "assistant", "audio", "audioTimestamp", "auto",
    "background", "base64", "budget_tokens", "bytes", "cacheControl", "cachePoint", "cache_control", "cachedContent",
    "cached_content", "call_id", "candidateCount", "category", "citations", "classification", "cohere_truncate",
    "compaction", "container", "content", "contentBlocks", "contents", "context_management", "conversation", "custom",
    "custom_id", "data", "defer_loading", "definition", "description", "detail", "details", "developer", "dimensions",
    "disable_parallel_tool_use", "disabled", "display", "display_name", "document", "documents", "effort",
    "embedContentConfig", "embedding_types", "enableAffectiveDialog", "enableEnhancedCivicAnswers", "enabled",
    "encoding_format", "encrypted_content", "end_user", "enum", "examples", "explicit", "external_web_access",
    "extra_body", "extra_headers", "file", "fileData", "fileUri", "file_data", "file_id", "file_ids", "file_url",
    "filename", "filters", "flavor", "float", "format", "frequencyPenalty", "frequency_penalty", "function",
    "functionCall", "functionCallingConfig", "functionDeclarations", "functionResponse", "function_call",
    "function_call_output", "functions", "generateContentRequest", "generate_summary", "generationConfig", "google",
    "grammar", "guardContent", "guardrailConfig", "guided_choice", "guided_grammar", "guided_json", "guided_regex",
    "high", "hosted", "id", "image", "imageConfig", "image_url", "images", "include", "includeThoughts",
    "include_thoughts", "include_usage", "index", "inferenceConfig", "inference_geo", "inlineData", "input",
    "inputSchema", "input_audio", "input_file", "input_image", "input_schema", "input_text", "input_type",
    "instances", "instructions", "is_error", "items", "jailbreak", "job", "json", "jsonPath", "jsonSchema",
    "json_object", "json_schema", "keep_alive", "labels", "language_hints", "locale", "logit_bias", "logprobs", "low",
    "max", "maxOutputTokens", "maxTokens", "max_completion_tokens", "max_output_tokens", "max_tokens",
    "max_tool_calls", "mcp_servers", "mediaResolution", "media_type", "messages", "metadata", "mimeType", "min_p",
    "minimal", "minimum_tokens", "mirostat", "modalities", "mode", "model", "models", "moderation", "n", "name",
    "namespace", "null", "num_ctx", "num_keep", "num_predict", "number", "object", "omitHistory", "options",
    "orchestration", "output", "outputConfig", "outputDimensionality", "output_config", "output_dimension",
    "output_schema", "output_text", "parallel_tool_calls", "parameters", "parametersJsonSchema", "part", "partial",
    "parts", "performanceConfig", "phase", "plugins", "prediction", "prefix", "presencePenalty", "presence_penalty",
    "presets", "preview", "previous_response_id", "priority", "prompt", "promptVariables", "prompt_cache_key",
    "prompt_cache_options", "prompt_cache_retention", "prompt_mode", "properties", "provider", "random_seed", "raw",
    "reasoning", "reasoningConfig", "reasoningContent", "reasoningText", "reasoning_content", "reasoning_details",
    "reasoning_effort", "reasoning_format", "redacted_thinking", "refusal", "regex", "repeat_penalty",
    "repetition_penalty", "request", "requestMetadata", "requests", "required", "response", "responseFormat",
    "responseJsonSchema", "responseLogprobs", "responseMimeType", "responseModalities", "responseSchema",
    "response_format", "result", "results", "role", "routes", "routing", "routingConfig", "safePrompt", "safe_prompt",
    "safetySettings", "safety_identifier", "safety_mode", "safety_settings", "sampler", "schema", "searchResult",
    "search_parameters", "search_result", "seed", "server_tool_use", "serviceTier", "service_tier", "session_id",
    "signature", "size", "skills", "source", "speechConfig", "speed", "stop", "stopSequences", "stop_sequences",
    "store", "stream", "streamFunctionCallArguments", "stream_options", "strict", "strict_tools", "structured_output",
    "structured_outputs", "suffix", "summary", "syntax", "system", "systemInstruction", "system_instruction",
    "taskType", "task_type", "temperature", "template", "text", "textFormat", "texts", "think", "thinking",
    "thinkingBudget", "thinkingConfig", "thinkingLevel", "thought", "thoughtSignature", "threshold", "title",
    "token_budget", "tokens", "tool", "toolChoice", "toolConfig", "toolResult", "toolSpec", "toolUse", "toolUseId",
    "tool_call_id", "tool_calls", "tool_choice", "tool_name", "tool_resources", "tool_result", "tool_use",
    "tool_use_id", "tools", "topK", "topP", "top_a", "top_k", "top_logprobs", "top_p", "transforms", "trigger",
    "true", "truncate", "truncation", "ttl", "type", "typical_p", "unit", "url", "user", "user_id", "user_location",
    "user_profile_id", "value", "values", "variables", "verbosity", "version", "video", "videoMetadata", "voice",
    "web_search_options", "weights", "willContinue",
    // clang-format on
};
static_assert(std::is_sorted(std::begin(kWords), std::end(kWords)));

bool isWord(QByteArrayView word)
{
    return std::binary_search(
        std::begin(kWords), std::end(kWords), std::string_view(word.data(), std::size_t(word.size())));
}

bool isIndex(QByteArrayView text) // "[12]", "[1][2]", nothing
{
    return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || c == '[' || c == ']'; });
}

// Calls `take` with each part of the path: its name, and the brackets behind it.
template <typename Take>
void eachPart(QByteArrayView path, Take take)
{
    while (true) {
        const qsizetype dot = path.indexOf('.');
        const QByteArrayView part = dot < 0 ? path : path.first(dot);
        const qsizetype bracket = part.indexOf('[');
        take(bracket < 0 ? part : part.first(bracket), bracket < 0 ? QByteArrayView() : part.sliced(bracket));
        if (dot < 0)
            return;
        path = path.sliced(dot + 1);
    }
}

} // namespace

bool isFieldPath(QByteArrayView path)
{
    bool known = true;
    eachPart(path, [&known](QByteArrayView name, QByteArrayView index) {
        known = known && isWord(name) && index.size() <= 24 && isIndex(index);
    });
    return known;
}

QString knownFieldPath(QByteArrayView path)
{
    QString shown;
    int parts = 0;
    eachPart(path, [&](QByteArrayView name, QByteArrayView index) {
        if (++parts > 12)
            return;
        if (parts > 1)
            shown += u'.';
        shown += isWord(name) ? QString::fromLatin1(name) : QStringLiteral("?");
        if (index.size() <= 24 && isIndex(index))
            shown += QString::fromLatin1(index);
    });
    return shown;
}

bool quotesOnlyFields(const QString& sentence)
{
    const QStringList pieces = sentence.split(u'"'); // what is quoted stands at the odd places
    for (qsizetype i = 1; i < pieces.size(); i += 2) {
        if (!isFieldPath(pieces[i].toUtf8()))
            return false;
    }
    return pieces.size() % 2 == 1;
}

} // namespace gateway::transform
