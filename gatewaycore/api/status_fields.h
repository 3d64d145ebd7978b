// The rows of values that are served alone and inside others: a candidate's breaker, a provider's gate. Private to the
// api library.
#pragma once

#include "api/breaker_status.h"
#include "api/quota_status.h"
#include "json_fields.h"

namespace gateway::api {

template <>
struct Members<BreakerStatus>
{
    static constexpr auto fields = std::tuple{
        field("candidate", &BreakerStatus::candidate),
        field("state", &BreakerStatus::state),
        field("forced", &BreakerStatus::forced),
        field("reason", &BreakerStatus::reason),
        field("opened_at", &BreakerStatus::openedAt),
        field("next_probe_at", &BreakerStatus::nextProbeAt),
        field("forced_until", &BreakerStatus::forcedUntil),
        field("attempts", &BreakerStatus::attempts),
        field("failures", &BreakerStatus::failures),
    };
};

template <>
struct Members<ProviderGateStatus>
{
    static constexpr auto fields = std::tuple{
        field("provider", &ProviderGateStatus::provider),
        field("requests_per_minute", &ProviderGateStatus::requestsPerMinute),
        field("tokens_per_minute", &ProviderGateStatus::tokensPerMinute),
        field("requests_left", &ProviderGateStatus::requestsLeft),
        field("tokens_left", &ProviderGateStatus::tokensLeft),
        field("held", &ProviderGateStatus::held),
        field("limit_moved", &ProviderGateStatus::limitMoved),
        field("limit_moved_at", &ProviderGateStatus::limitMovedAt),
    };
};

} // namespace gateway::api
