// What Claude models take and refuse (wire.md 0.1, 0.5 and the providers' migration guides): one row per model, found
// by the beginning of its id. A Claude that is in no row is newer than this table and is asked as the strictest of the
// known ones; a model that is no Claude (a compatible server) is asked as the first version of the API was. Pure; any
// thread.
#pragma once

#include <QByteArrayView>

namespace gateway::transform {

enum class ClaudeThinking
{
    None,         // no such field
    Budget,       // {"type": "enabled", "budget_tokens"}; off unless asked for
    OptIn,        // {"type": "adaptive"}; off unless asked for
    ByDefault,    // adaptive unless {"type": "disabled"}
    BetweenTools, // adaptive; {"type": "between_tools"} is the least
    Always,       // adaptive; cannot be turned off
};

enum class ClaudeEffort // output_config.effort
{
    None,
    ToHigh,  // low, medium, high
    NoXHigh, // those and max
    All,
};

struct ClaudeFacts
{
    const char* model; // "claude-opus-4" with or without a date after it; "claude-3*": whatever follows
    ClaudeThinking thinking;
    ClaudeEffort effort;
    bool sampling;    // temperature, top_p, top_k; needs API version 2023-06-01
    bool prefill;     // goes on with a last message of the assistant
    bool forcedTools; // tool_choice any and tool
    bool schemas;     // output_config.format and strict tools
    bool systemTurns; // role "system" inside the conversation
};

const ClaudeFacts& claudeFacts(QByteArrayView model);

} // namespace gateway::transform
