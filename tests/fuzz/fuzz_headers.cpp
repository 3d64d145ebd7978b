// Retry-After, rate-limit and request-id fields: whatever a provider writes into them, what is read is plausible.
#include "transform/providers/rate_limits.h"
#include "transform/providers/retry_after.h"

#include "fuzz.h"

#include <array>

using namespace gateway;
using namespace gateway::fuzz;

namespace {

constexpr std::array kNames{"retry-after", "retry-after-ms", "x-ratelimit-limit-requests",
    "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests", "x-ratelimit-limit-tokens",
    "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens", "anthropic-ratelimit-requests-limit",
    "anthropic-ratelimit-tokens-reset", "anthropic-ratelimit-input-tokens-remaining",
    "anthropic-ratelimit-output-tokens-reset", "anthropic-ratelimit-unified-status",
    "anthropic-ratelimit-unified-5h-utilization", "anthropic-ratelimit-unified-7d-reset", "x-request-id", "request-id",
    "x-amzn-requestid", "cf-ray"};
constexpr std::array<qint64, 3> kNows{1'795'363'200'000, 0, 253'402'300'799'000};
constexpr qint64 kDayMs = 24ll * 3600 * 1000;

} // namespace

FUZZ_TARGET(input)
{
    const qint64 now = kNows[std::size_t(input.below(int(kNows.size())))];
    http::ResponseHead head;
    while (!input.rest().isEmpty() && head.fields.size() < 100) {
        const QByteArrayView name(kNames[std::size_t(input.below(int(kNames.size())))]);
        const QByteArrayView line = input.line();
        // a line may bring its own name: "name: value"
        const qsizetype colon = line.indexOf(':');
        const bool own = colon > 0 && http::isToken(line.first(colon));
        head.fields.append({own ? line.first(colon) : name, own ? line.sliced(colon + 1) : line});
    }
    if (const auto wait = transform::retryAfterMs(head, now))
        must(*wait >= 0 && *wait <= kDayMs, "advice to retry is at most a day");
    const auto plausible = [&](const std::optional<qint64>& reset) {
        must(!reset || (*reset >= now && *reset <= now + 31 * kDayMs), "a reset lies within 31 days");
    };
    if (const auto limits = transform::readRateLimits(head, now)) {
        must(*limits != transform::RateLimits(), "what is read says something");
        for (const auto* window : {&limits->requests, &limits->tokens, &limits->inputTokens, &limits->outputTokens}) {
            must(window->limit.value_or(0) >= 0 && window->remaining.value_or(0) >= 0, "counts are not negative");
            must(!window->limit || !window->remaining || *window->remaining <= *window->limit,
                "no more left than there is");
            plausible(window->resetAtMs);
        }
        must(limits->unified.size() <= 8, "at most 8 windows");
        for (const transform::UnifiedWindow& window : limits->unified) {
            must(window.usedPermille.value_or(0) >= 0 && window.usedPermille.value_or(0) <= 100'000, "a share is one");
            plausible(window.resetAtMs);
        }
    }
    const QString id = transform::upstreamRequestId(head);
    must(id.size() <= 128, "an id is short");
    for (const QChar c : id)
        must(c.unicode() > 0x20 && c.unicode() < 0x7f, "an id is visible ASCII", id.toUtf8());
}
