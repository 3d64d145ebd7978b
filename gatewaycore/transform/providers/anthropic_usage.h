// Token usage as Anthropic states it (wire.md section 4): input_tokens excludes what was read from or written to the
// cache, output_tokens includes thinking. In a stream message_start gives a first estimate and message_delta cumulative
// totals, of which it may leave out those that did not change: each statement replaces, none is added. Pure; any
// thread.
#pragma once

#include "api/tokens.h"
#include "transform/json_view.h"

#include <optional>

namespace gateway::transform {

class AnthropicUsage
{
public:
    void take(JsonView usage); // a usage object; anything else says nothing
    // Source None if nothing was ever stated.
    api::Tokens tokens() const;

private:
    bool m_stated = false;
    std::int64_t m_input = 0;
    std::int64_t m_cacheRead = 0;
    std::int64_t m_cacheWrite = 0;
    std::int64_t m_cacheWrite1h = 0;
    std::int64_t m_output = 0;
    std::int64_t m_thinking = 0;
};

} // namespace gateway::transform
