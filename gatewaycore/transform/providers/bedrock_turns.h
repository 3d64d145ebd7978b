// BedrockTurns: the system prompt and the conversation of a Converse request. Two turns of the same role become one,
// the results of tools stand first in theirs, and marks of the prompt cache are blocks of their own. Lives while one
// request is written; one thread.
#pragma once

#include "base/json_writer.h"
#include "transform/json_view.h"
#include "transform/providers/bedrock_blocks.h"
#include "transform/providers/request_parts.h"

namespace gateway::transform {

class BedrockTurns
{
public:
    BedrockTurns(const UnifiedRequest& request, const CallRefs& refs, BedrockBlocks& blocks, Losses& losses)
        : m_request(request), m_refs(refs), m_blocks(blocks), m_losses(losses)
    {
    }

    std::optional<CallError> read();
    void write(JsonWriter& json) const; // "messages" and "system"

private:
    struct Turn
    {
        bool assistant = false;
        bool hasDocument = false;
        bool hasText = false;
        std::vector<QByteArray> results; // of tools: first in the turn
        std::vector<QByteArray> blocks;
    };

    void finish();

    const UnifiedRequest& m_request;
    const CallRefs& m_refs;
    BedrockBlocks& m_blocks;
    Losses& m_losses;
    QByteArray m_system;
    std::vector<Turn> m_turns;
};

} // namespace gateway::transform
