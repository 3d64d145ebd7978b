// The handlers of the tamper-evident log: its standing, verification, key; receipts of calls; evidence packs. As in
// handlers.h.
#pragma once

#include "admin/router.h"

namespace gateway::admin {

void getChain(const Services& services, const Request& request, const Reply& reply);
void verifyChain(const Services& services, const Request& request, const Reply& reply);
void getChainKey(const Services& services, const Request& request, const Reply& reply);
void getReceipt(const Services& services, const Request& request, const Reply& reply);
void postEvidence(const Services& services, const Request& request, const Reply& reply);

} // namespace gateway::admin
