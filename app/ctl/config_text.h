// What is printed of config revisions: findings, differences, drafts, revisions, how file and running config stand.
#pragma once

#include "api/config_change.h"

namespace ctl {

void printFindings(const gateway::api::Findings& findings);
void printDiff(const gateway::api::DiffReport& report);
void printDraft(const gateway::api::Draft& draft);
void printDrafts(const QVector<gateway::api::Draft>& drafts);
void printRevisions(const QVector<gateway::api::Revision>& revisions);
void printRevision(const gateway::api::Revision& revision);
void printStanding(const gateway::api::ConfigStanding& standing, bool withFields);
void printPromotion(const gateway::api::Promotion& promotion);

} // namespace ctl
