// Quotas as they stand: the callers' buckets, the providers' gates and the calls that wait for them. Values of the
// admin API (GET quotas; a gate also in a ProviderStatus). Any thread; values. An empty optional of a limit: there is
// none; of what is left: nobody knows.
#pragma once

#include "api/budget_status.h"

namespace gateway::api {

// The buckets of one quota. What is left may be negative: owed by calls that used more than they asked for.
struct QuotaStatus
{
    Scope scope;
    std::optional<qint64> requestsPerMinute;
    std::optional<qint64> inputTokensPerMinute;
    std::optional<qint64> outputTokensPerMinute;
    std::optional<qint64> concurrency;
    std::optional<qint64> requestsLeft;
    std::optional<qint64> inputTokensLeft;
    std::optional<qint64> outputTokensLeft;
    qint64 running = 0;
    qint64 admitted = 0; // since the engine started
    qint64 refused = 0;
};

struct ProviderGateStatus
{
    QString provider;
    std::optional<qint64> requestsPerMinute; // with the headroom taken off
    std::optional<qint64> tokensPerMinute;
    std::optional<qint64> requestsLeft;
    std::optional<qint64> tokensLeft;
    qint64 held = 0;       // attempts that were told to wait or go elsewhere
    qint64 limitMoved = 0; // 429s while plenty was left: the provider has another limit than the config says
    std::optional<QDateTime> limitMovedAt;
};

// Calls that wait for a provider's limit, all workers together, since the engine started.
struct WaitStatus
{
    qint64 depth = 0; // now
    qint64 admitted = 0;
    qint64 shed = 0;
    qint64 timedOut = 0;
    std::optional<double> averageWaitMs; // of those admitted
};

struct QuotaReport
{
    QVector<QuotaStatus> quotas;
    QVector<ProviderGateStatus> providers;
    WaitStatus waiting;
};

QJsonObject toJson(const ProviderGateStatus& gate);
Result<ProviderGateStatus> providerGateStatusFromJson(const QJsonObject& json);
QJsonObject toJson(const QuotaReport& report);
Result<QuotaReport> quotaReportFromJson(const QJsonObject& json);

} // namespace gateway::api
