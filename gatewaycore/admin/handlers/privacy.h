// The handlers of privacy zones (routes_privacy.cpp). Thread: control.
#pragma once

#include "admin/privacy_desk.h" // before handlers.h, whose templates want to know the values
#include "admin/router.h"

namespace gateway::admin {

void getZoneProof(const Services& services, const Request& request, const Reply& reply);
void getZoneCheck(const Services& services, const Request& request, const Reply& reply);
void postZoneCheck(const Services& services, const Request& request, const Reply& reply);
void getZoneChecks(const Services& services, const Request& request, const Reply& reply);
void getKeptZoneCheck(const Services& services, const Request& request, const Reply& reply);
void getZoneRecords(const Services& services, const Request& request, const Reply& reply);
void getZoneAudits(const Services& services, const Request& request, const Reply& reply);
void postZoneAudit(const Services& services, const Request& request, const Reply& reply);
void getZoneExceptions(const Services& services, const Request& request, const Reply& reply);
void postZoneException(const Services& services, const Request& request, const Reply& reply);
void getCredentialReach(const Services& services, const Request& request, const Reply& reply);
void getProviderReach(const Services& services, const Request& request, const Reply& reply);

} // namespace gateway::admin
