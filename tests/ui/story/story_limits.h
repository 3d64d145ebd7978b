// The story's standing checks, incidents, quotas and provider limits. Only story_control.cpp and tests include this.
#pragma once

#include "api/incident.h"
#include "api/invariant.h"
#include "api/quota_status.h"

namespace ui::testing {

QVector<gateway::api::Invariant> storyChecks(bool isEmpty);
QVector<gateway::api::Incident> storyIncidents(bool isEmpty);
gateway::api::QuotaReport storyQuotas(bool isEmpty);

} // namespace ui::testing
