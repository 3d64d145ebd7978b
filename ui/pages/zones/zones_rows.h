// The rows of the Zones page: how a tenant's check, its proof, its audit and an endpoint look as cells. Pure functions;
// UI thread.
#pragma once

#include "api/zone_proof.h"
#include "api/zone_record.h"
#include "api/zone_standing.h"
#include "widgets/cell.h"

namespace ui::zones {

// The proof's verdict as shape and word: PROVED VIOLATION REFUSED (no zone: it gets no call) UNZONED. Empty: nothing is
// known of it, which is never taken for proved.
Status proofStatus(const QString& verdict);
QString proofWord(const QString& verdict);
// What needs somebody first, of both verdicts.
int rankOf(const QString& check, const QString& proof);

// The quarter a tenant was last signed off in, and the next that waits for a signature.
struct AuditDates
{
    bool areKnown = false; // else the engine did not say
    QString lastQuarter;   // "2026-Q3"; empty: never
    QDateTime lastAt;
    QString deviation; // that it was signed off with
    QString dueQuarter;
    QDateTime dueAt;  // invalid: nothing waits
    QString dueState; // open due overdue
};
// `audits` newest first.
AuditDates datesOf(const QVector<gateway::api::ZoneAudit>& audits, const QString& tenant);

// One tenant: what was recorded, what is proved, what was signed. `proof` null: nothing is known of it.
QVector<Cell> rowOf(
    const gateway::api::TenantZoneCheck& check, const gateway::api::TenantProof* proof, const AuditDates& dates);
QVector<Cell> rowOf(const gateway::api::ZoneEndpoint& endpoint);
// "contract-qa, fallback other-region, openai-us/gpt-6@us-east-1": the path that leads outside, in the engine's words.
QString counterexampleWords(const gateway::api::TenantProof& proof);

} // namespace ui::zones
