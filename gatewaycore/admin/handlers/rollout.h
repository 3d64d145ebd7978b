// The handlers of canaries (config/canary). Thread: control. Each calls `reply` exactly once, at once or later.
#pragma once

#include "admin/rollout_desk.h"
#include "admin/router.h"

namespace gateway::admin {

void getCanary(const Services& services, const Request& request, const Reply& reply);
void startCanary(const Services& services, const Request& request, const Reply& reply);
void pauseCanary(const Services& services, const Request& request, const Reply& reply);
void resumeCanary(const Services& services, const Request& request, const Reply& reply);
void advanceCanary(const Services& services, const Request& request, const Reply& reply);
void abortCanary(const Services& services, const Request& request, const Reply& reply);

} // namespace gateway::admin
