// The handlers of config/replay; as handlers.h. Thread: control.
#pragma once

#include "admin/router.h"

namespace gateway::admin {

void postReplay(const Services& services, const Request& request, const Reply& reply);
void getReplays(const Services& services, const Request& request, const Reply& reply);
void getReplay(const Services& services, const Request& request, const Reply& reply);
void getReplayChanges(const Services& services, const Request& request, const Reply& reply);
void cancelReplay(const Services& services, const Request& request, const Reply& reply);

} // namespace gateway::admin
