#include "transform/surfaces/openai_usage.h"

namespace gateway::transform {

void writeOpenAiUsage(JsonWriter& json, const api::Tokens& tokens)
{
    const qint64 written =
        tokens.inCacheWrite5m + tokens.inCacheWrite30m + tokens.inCacheWrite1h + tokens.inCacheWrite12h;
    json.beginObject()
        .member("prompt_tokens", tokens.input())
        .member("completion_tokens", tokens.output())
        .member("total_tokens", tokens.input() + tokens.output());
    json.key("prompt_tokens_details")
        .beginObject()
        .member("cached_tokens", tokens.inCacheRead)
        .member("cache_write_tokens", written)
        .member("audio_tokens", tokens.inAudio)
        .endObject();
    json.key("completion_tokens_details")
        .beginObject()
        .member("reasoning_tokens", tokens.outReasoning)
        .member("audio_tokens", tokens.outAudio)
        .member("accepted_prediction_tokens", tokens.predictionAccepted)
        .member("rejected_prediction_tokens", tokens.predictionRejected)
        .endObject()
        .endObject();
}

} // namespace gateway::transform
