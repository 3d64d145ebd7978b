// How an entry of the audit log and a finding of the verifier look as cells and facts. Pure functions; UI thread.
#pragma once

#include "api/audit_entry.h"
#include "api/chain.h"
#include "models/call_facts.h"
#include "widgets/cell.h"

namespace ui::audit {

struct Outcome
{
    const char* name; // of the contract
    const char* word;
    Status status;
};

// applied refused failed void unknown read; nullptr: one that a newer engine may have.
const Outcome* outcomeOf(const QString& name);

// "Drain openai-eu" for POST /api/v1/providers/{name}/drain on openai-eu; "Read audit" for a read.
QString actionWords(const gateway::api::AuditEntry& entry);
QVector<Cell> rowOf(const gateway::api::AuditEntry& entry);
QVector<models::Fact> factsOf(const gateway::api::AuditEntry& entry);

// One field that is not as it was; members of objects in it are named with a dot.
struct FieldChange
{
    QString field;
    QString before; // empty: it was not there
    QString after;
};
// Before against after, what stayed the same left out; without either, what was asked.
QVector<FieldChange> changesOf(const gateway::api::AuditEntry& entry);

QVector<Cell> rowOf(const gateway::api::ChainFinding& finding);

} // namespace ui::audit
