// The breaker of one candidate as it stands. A value of the admin API (in ProviderStatus). Any thread.
#pragma once

#include "api/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QString>

#include <optional>

namespace gateway::api {

struct BreakerStatus
{
    QString candidate; // provider/model@region
    QString state;     // closed open half-open
    bool forced = false;
    QString reason; // why it is not closed; of a force: the operator's
    std::optional<QDateTime> openedAt;
    std::optional<QDateTime> nextProbeAt;
    std::optional<QDateTime> forcedUntil;
    qint64 attempts = 0; // in the breaker's window
    qint64 failures = 0;
};

QJsonObject toJson(const BreakerStatus& breaker);
Result<BreakerStatus> breakerStatusFromJson(const QJsonObject& json);

} // namespace gateway::api
