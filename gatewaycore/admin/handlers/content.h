// The handlers of kept content, break-glass and the removal of old records. As handlers.h says of all.
#pragma once

#include "admin/router.h"

namespace gateway::admin {

void getContentStatus(const Services& services, const Request& request, const Reply& reply);
void getContentGrants(const Services& services, const Request& request, const Reply& reply);
void askContentGrant(const Services& services, const Request& request, const Reply& reply);
void approveContentGrant(const Services& services, const Request& request, const Reply& reply);
void endContentGrant(const Services& services, const Request& request, const Reply& reply);
void getCallContent(const Services& services, const Request& request, const Reply& reply);
void shredContent(const Services& services, const Request& request, const Reply& reply);
void getRecordRetention(const Services& services, const Request& request, const Reply& reply);

} // namespace gateway::admin
