// Levers as JSON: how the table of overrides keeps them, under the field names of the admin API (id, kind, provider,
// candidate, alias, tenant, weight, percent, breaker, reason, by, set_at, ends_at, ended_at, stage_percent,
// stage_since). Times are RFC 3339 in UTC; members that do not concern the kind are left out. Any thread; functions.
#pragma once

#include "api/result.h"
#include "fallback/lever.h"

#include <QJsonObject>

namespace gateway::fallback {

QJsonObject toJson(const Lever& lever);
// Invalid names the field. A lever that could not do anything (a drain without its provider, an end before its
// beginning, a percentage outside of 1 to 100) is invalid, an unknown field is not: a newer engine may have written it.
api::Result<Lever> leverFromJson(const QJsonObject& json);

} // namespace gateway::fallback
