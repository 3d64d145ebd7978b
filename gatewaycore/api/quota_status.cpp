#include "api/quota_status.h"

#include "scope_fields.h"
#include "status_fields.h"

namespace gateway::api {

template <>
struct Members<QuotaStatus>
{
    static constexpr auto fields = std::tuple{
        field("scope", &QuotaStatus::scope),
        field("requests_per_minute", &QuotaStatus::requestsPerMinute),
        field("input_tokens_per_minute", &QuotaStatus::inputTokensPerMinute),
        field("output_tokens_per_minute", &QuotaStatus::outputTokensPerMinute),
        field("concurrency", &QuotaStatus::concurrency),
        field("requests_left", &QuotaStatus::requestsLeft),
        field("input_tokens_left", &QuotaStatus::inputTokensLeft),
        field("output_tokens_left", &QuotaStatus::outputTokensLeft),
        field("running", &QuotaStatus::running),
        field("admitted", &QuotaStatus::admitted),
        field("refused", &QuotaStatus::refused),
    };
};

template <>
struct Members<WaitStatus>
{
    static constexpr auto fields = std::tuple{
        field("depth", &WaitStatus::depth),
        field("admitted", &WaitStatus::admitted),
        field("shed", &WaitStatus::shed),
        field("timed_out", &WaitStatus::timedOut),
        field("average_wait_ms", &WaitStatus::averageWaitMs),
    };
};

template <>
struct Members<QuotaReport>
{
    static constexpr auto fields = std::tuple{
        field("quotas", &QuotaReport::quotas),
        field("providers", &QuotaReport::providers),
        field("waiting", &QuotaReport::waiting),
    };
};

QJsonObject toJson(const ProviderGateStatus& gate)
{
    return writeMembers(gate);
}

Result<ProviderGateStatus> providerGateStatusFromJson(const QJsonObject& json)
{
    return parseMembers<ProviderGateStatus>(json);
}

QJsonObject toJson(const QuotaReport& report)
{
    return writeMembers(report);
}

Result<QuotaReport> quotaReportFromJson(const QJsonObject& json)
{
    return parseMembers<QuotaReport>(json);
}

} // namespace gateway::api
