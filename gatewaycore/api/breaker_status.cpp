#include "api/breaker_status.h"

#include "status_fields.h"

namespace gateway::api {

QJsonObject toJson(const BreakerStatus& breaker)
{
    return writeMembers(breaker);
}

Result<BreakerStatus> breakerStatusFromJson(const QJsonObject& json)
{
    return parseMembers<BreakerStatus>(json);
}

} // namespace gateway::api
