// Token counts of a call or attempt in disjoint buckets (wire.md section 4): no token is in two of them, so sums are
// sums. Where they come from is part of the value: a missing usage is estimated and says so, an explicit 0 is data.
// Any thread; a value.
#pragma once

#include <QJsonObject>

#include <cstdint>

namespace gateway::api {

enum class TokenSource
{
    None,
    Reported,
    Estimated
};

struct Tokens
{
    std::int64_t inUncached = 0;
    std::int64_t inCacheRead = 0;
    std::int64_t inCacheWrite5m = 0;
    std::int64_t inCacheWrite30m = 0;
    std::int64_t inCacheWrite1h = 0;
    std::int64_t inCacheWrite12h = 0;
    std::int64_t inAudio = 0;
    std::int64_t inImage = 0;
    std::int64_t toolPrompt = 0;
    std::int64_t outText = 0;
    std::int64_t outReasoning = 0;
    std::int64_t outAudio = 0;
    std::int64_t predictionAccepted = 0;
    std::int64_t predictionRejected = 0;
    std::int64_t serverToolCalls =
        0; // no tokens: calls of tools that the provider ran (web search), priced by the call
    TokenSource source = TokenSource::None;

    std::int64_t input() const;
    std::int64_t output() const;

    friend bool operator==(const Tokens&, const Tokens&) = default;
};

// {"input": n, "output": n, "source": "reported", ...buckets that are not zero}
QJsonObject toJson(const Tokens& tokens);
Tokens tokensFromJson(const QJsonObject& json);

} // namespace gateway::api
