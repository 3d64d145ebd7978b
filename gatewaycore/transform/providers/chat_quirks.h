// What the speakers of the chat completions dialect do differently (wire.md section 2): one row per provider kind. The
// code asks the row, never the kind. Constants; any thread.
#pragma once

#include "config/policy_snapshot.h"

#include <QByteArray>
#include <QByteArrayView>

#include <span>

namespace gateway::transform {

// A field of a chat request that some speakers refuse or do not know.
enum class ChatField
{
    DeveloperRole, // else "system"
    StrictTools,   // tools[].function.strict
    ParallelTools, // parallel_tool_calls
    AllowedTools,  // tool_choice of type allowed_tools
    CustomTools,
    JsonSchema, // response_format json_schema
    LogitBias,
    Penalties,
    Seed,
    TopK,
    ReasoningEffort,
    Verbosity,
    ServiceTier,
    EndUser,
    PromptCacheKey,
    PromptCache, // prompt_cache_options, breakpoints
    ImageUrls,
    Files,
    Audio,
    StreamUsage,      // stream_options.include_usage
    ReasoningInput,   // reasoning_content of earlier turns
    ReasoningDetails, // signatures: reasoning_details
    GoogleSignatures, // extra_content.google
    Metadata,
};

struct ChatQuirks
{
    config::ProviderKind kind;
    const char* chatPath; // after basePath
    const char* embeddingsPath;
    const char* limitField; // what the output limit is called
    const char* otherLimit; // the other name; replaced by limitField. nullptr: both are taken
    const char* seedField;
    bool reasoningOutside; // completion_tokens are without the reasoning tokens
    bool mayOmitEndMark;   // a stream may end after its finish_reason, without [DONE]
    bool refusesUnknown;   // an unknown field is an error: those we know of are left out, and reported
    std::span<const ChatField> lacks;

    bool has(ChatField field) const;
};

const ChatQuirks& chatQuirks(config::ProviderKind kind);

// Reasoning models of OpenAI refuse sampling parameters other than the defaults.
bool refusesSampling(config::ProviderKind kind, QByteArrayView model);

// Mistral takes tool call ids of nine letters and digits only: others are shortened, always to the same.
QByteArray mistralToolId(QByteArrayView id);

} // namespace gateway::transform
