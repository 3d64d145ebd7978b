// The story's proofs and audits of zones, its tamper-evident log and what administration did. One tenant, mondo-retail,
// can be led outside its zone; the log passes and was verified twelve minutes ago. Thread: UI.
#pragma once

#include "fake_transport.h"

#include "api/audit_entry.h"
#include "api/chain.h"
#include "api/zone_proof.h"
#include "api/zone_record.h"

namespace ui::testing {

gateway::api::ZoneProof storyProof(bool isEmpty);
QVector<gateway::api::ZoneAudit> storyAudits(bool isEmpty); // newest first; 2026-Q3 was not signed
gateway::api::ChainStanding storyChain(bool isEmpty);
// A log in which somebody changed a call afterwards.
gateway::api::ChainStanding storyBrokenChain();
QVector<gateway::api::AuditEntry> storyAudit(); // newest first

// Answers zones/proof, zones/audits (also signing), audit/chain, audit/verify and audit (with its outcome, principal
// and cursor).
void tellGovernance(FakeTransport& transport, bool isEmpty);

} // namespace ui::testing
