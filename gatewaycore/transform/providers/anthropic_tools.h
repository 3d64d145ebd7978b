// The tools of a request, and which of them may or must be called, in Anthropic's words. Belongs to one translation.
#pragma once

#include "base/json_writer.h"
#include "transform/json_view.h"
#include "transform/providers/anthropic_cache_marks.h"
#include "transform/providers/anthropic_models.h"

namespace gateway::transform {

class AnthropicTools
{
public:
    AnthropicTools(const UnifiedRequest& request, const ClaudeFacts& facts, CacheMarks& marks, Losses& losses)
        : m_request(request), m_facts(facts), m_marks(marks), m_losses(losses)
    {
    }

    void write(JsonWriter& json); // "tools" and "tool_choice", where there are any

private:
    void writeTool(JsonWriter& json, const Tool& tool, const QByteArray& field);
    void writeChoice(JsonWriter& json);
    std::vector<QByteArray> calledTools() const; // in the conversation; each name once

    const UnifiedRequest& m_request;
    const ClaudeFacts& m_facts;
    CacheMarks& m_marks;
    Losses& m_losses;
};

} // namespace gateway::transform
