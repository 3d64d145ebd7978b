// The handlers of drafts and revisions of the config (routes_config.cpp). Thread: control. Each calls `reply` exactly
// once, at once or later. Answers to changes leave out texts: who wants one asks for the draft or the revision.
#pragma once

#include "admin/router.h"

namespace gateway::admin {

void getConfigStanding(const Services& services, const Request& request, const Reply& reply);
void getConfigRevisions(const Services& services, const Request& request, const Reply& reply);
void getConfigRevision(const Services& services, const Request& request, const Reply& reply);
void reviewConfigRevision(const Services& services, const Request& request, const Reply& reply);
void getConfigDrafts(const Services& services, const Request& request, const Reply& reply);
void getConfigDraft(const Services& services, const Request& request, const Reply& reply);
void postConfigDraft(const Services& services, const Request& request, const Reply& reply);
void saveConfigDraft(const Services& services, const Request& request, const Reply& reply);
void editConfigDraft(const Services& services, const Request& request, const Reply& reply);
void mergeConfigDraft(const Services& services, const Request& request, const Reply& reply);
void reviewConfigDraft(const Services& services, const Request& request, const Reply& reply);
void abandonConfigDraft(const Services& services, const Request& request, const Reply& reply);
void checkConfigFindings(const Services& services, const Request& request, const Reply& reply);
void diffConfig(const Services& services, const Request& request, const Reply& reply);
void promoteConfig(const Services& services, const Request& request, const Reply& reply);
void rollBackConfig(const Services& services, const Request& request, const Reply& reply);
void adoptConfigFile(const Services& services, const Request& request, const Reply& reply);
void revertConfigFile(const Services& services, const Request& request, const Reply& reply);

} // namespace gateway::admin
