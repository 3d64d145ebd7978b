// PrivacyDesk: what the handlers see of privacy zones. Thread: control; every `done` is called there, exactly once, at
// once or later. `tenants`: of these alone; empty: of all.
#pragma once

#include "admin/engine_view.h"
#include "api/key_reach.h"
#include "api/zone_proof.h"
#include "api/zone_record.h"
#include "api/zone_standing.h"

namespace gateway::admin {

class PrivacyDesk
{
public:
    virtual ~PrivacyDesk() = default;

    virtual api::ZoneProof proof(const QStringList& tenants) const = 0;
    // The zero-rows check. check() only answers; runCheck() keeps the run and pages if it fails.
    virtual void check(const api::ZoneCheckQuery& query, const QStringList& tenants, Done<api::StandingCheck> done) = 0;
    virtual void runCheck(const api::ZoneCheckQuery& query, const Change& change, Done<api::StandingCheck> done) = 0;
    virtual void checks(Done<QVector<api::ZoneCheckRun>> done) = 0;
    virtual void keptCheck(qint64 number, Done<api::StandingCheck> done) = 0;
    virtual void records(const QStringList& tenants, Done<QVector<api::ZoneRecord>> done) = 0;
    virtual void audits(Done<QVector<api::ZoneAudit>> done) = 0;
    // Conflict for a quarter that is signed, that has not begun, or in which a tenant deviates without an exception.
    virtual void signAudit(const api::AuditSignature& signature, const Change& change, Done<api::ZoneAudit> done) = 0;
    virtual void exceptions(Done<QVector<api::ZoneException>> done) = 0;
    virtual void makeException(
        const api::ExceptionRequest& request, const Change& change, Done<api::ZoneException> done) = 0;
    // NotFound for one that is neither in the config nor on the record. The handler has checked who may ask.
    virtual void credentialReach(
        const QString& id, const QDateTime& since, const QDateTime& until, Done<api::KeyReach> done) = 0;
    virtual void providerReach(
        const QString& name, const QDateTime& since, const QDateTime& until, Done<api::KeyReach> done) = 0;
};

} // namespace gateway::admin
