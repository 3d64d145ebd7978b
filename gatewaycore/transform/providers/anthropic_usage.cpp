#include "transform/providers/anthropic_usage.h"

#include "transform/providers/answer_parts.h"

#include <algorithm>

namespace gateway::transform {
namespace {

// null and what is not a number say nothing; negative or absurd counts are clamped (reliability.md D11).
void takeCount(JsonView value, std::int64_t& count)
{
    if (value.integer())
        count = statedCount(value);
}

} // namespace

void AnthropicUsage::take(JsonView usage)
{
    if (usage.type() != JsonType::Object)
        return;
    m_stated = true;
    takeCount(usage.member("input_tokens"), m_input);
    takeCount(usage.member("cache_read_input_tokens"), m_cacheRead);
    takeCount(usage.member("output_tokens"), m_output);
    takeCount(usage.member("output_tokens_details").member("thinking_tokens"), m_thinking);
    const JsonView written = usage.member("cache_creation");
    if (written.type() == JsonType::Object) {
        std::int64_t minutes5 = 0;
        takeCount(written.member("ephemeral_5m_input_tokens"), minutes5);
        takeCount(written.member("ephemeral_1h_input_tokens"), m_cacheWrite1h);
        m_cacheWrite = minutes5 + m_cacheWrite1h;
    }
    takeCount(usage.member("cache_creation_input_tokens"), m_cacheWrite);
}

api::Tokens AnthropicUsage::tokens() const
{
    api::Tokens tokens;
    if (!m_stated)
        return tokens;
    tokens.source = api::TokenSource::Reported;
    tokens.inUncached = m_input;
    tokens.inCacheRead = m_cacheRead;
    tokens.inCacheWrite1h = std::min(m_cacheWrite1h, m_cacheWrite);
    tokens.inCacheWrite5m = m_cacheWrite - tokens.inCacheWrite1h;
    tokens.outReasoning = std::min(m_thinking, m_output);
    tokens.outText = m_output - tokens.outReasoning;
    return tokens;
}

} // namespace gateway::transform
