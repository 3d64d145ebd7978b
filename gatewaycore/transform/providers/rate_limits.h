// What an answer's head says of the provider's own limits, and what the provider calls the request (wire.md section 5).
// Everything is the provider's word and may be missing, wrong or absurd: what cannot be read is left out, never
// guessed. Azure's -1 means "not known". Times are instants on the wall clock in ms; a reset that has passed is "now",
// one that is more than 31 days ahead is no statement. Pure; any thread.
#pragma once

#include "http/message.h"

#include <QByteArray>
#include <QString>

#include <optional>
#include <vector>

namespace gateway::transform {

struct RateWindow
{
    std::optional<qint64> limit;
    std::optional<qint64> remaining; // never more than the limit
    std::optional<qint64> resetAtMs;

    bool isEmpty() const { return !limit && !remaining && !resetAtMs; }
    friend bool operator==(const RateWindow&, const RateWindow&) = default;
};

// Anthropic's windows over a whole subscription: anthropic-ratelimit-unified-5h-utilization and the like.
struct UnifiedWindow
{
    enum class Status
    {
        Unknown,
        Allowed,
        Warning,
        Rejected,
    };
    QByteArray name; // "5h", "7d"; empty: all of them together
    Status status = Status::Unknown;
    std::optional<int> usedPermille;
    std::optional<qint64> resetAtMs;

    friend bool operator==(const UnifiedWindow&, const UnifiedWindow&) = default;
};

struct RateLimits
{
    RateWindow requests;
    RateWindow tokens;
    RateWindow inputTokens;
    RateWindow outputTokens;
    std::vector<UnifiedWindow> unified; // at most 8, in the order of the head

    friend bool operator==(const RateLimits&, const RateLimits&) = default;
};

// x-ratelimit-{limit,remaining,reset}-{requests,tokens} (resets are Go's durations: "6m0s", "12ms"),
// anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{limit,remaining,reset} (RFC 3339) and
// anthropic-ratelimit-unified-* (seconds since 1970). Empty: the head says nothing of limits.
std::optional<RateLimits> readRateLimits(const http::ResponseHead& head, qint64 nowMs);

// How long until the last of the windows that are used up is open again, in ms; empty: none is, or it does not say
// when. What a 429 without a retry-after is waited for.
std::optional<qint64> waitFor(const RateLimits& limits, qint64 nowMs);

// The provider's name for the request, under whichever field it uses; at most 128 characters of visible ASCII. Empty:
// none. A front's own id (cf-ray) is the last resort.
QString upstreamRequestId(const http::ResponseHead& head);

} // namespace gateway::transform
