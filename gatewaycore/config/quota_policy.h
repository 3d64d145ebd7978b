// A quota as configured: how much of what a scope may use in a minute, and how many calls at once. A tenant's `quota:`
// is the one with that tenant as its scope; the list `quotas:` has the others. Empty: not limited. Any thread; a value.
#pragma once

#include "config/usage_scope.h"

#include <optional>

namespace gateway::config {

struct QuotaPolicy
{
    UsageScope scope; // without provider: a provider's own limits stand under it
    std::optional<qint64> requestsPerMinute;
    std::optional<qint64> inputTokensPerMinute;
    std::optional<qint64> outputTokensPerMinute;
    std::optional<qint64> concurrency;

    bool limitsAnything() const
    {
        return requestsPerMinute || inputTokensPerMinute || outputTokensPerMinute || concurrency;
    }
};

} // namespace gateway::config
