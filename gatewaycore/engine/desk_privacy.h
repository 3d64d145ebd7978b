// The engine's desk for privacy zones: proofs of the config in force, the zero-rows check, zone records, audits, what
// keys touched. Thread: control. The parts must outlive it.
#pragma once

#include "admin/privacy_desk.h"
#include "engine/zone_audits.h"
#include "engine/zone_checks.h"

namespace gateway::engine {

class DeskPrivacy final : public admin::PrivacyDesk
{
public:
    using Tell = ZoneChecks::Tell;
    DeskPrivacy(Parts& parts, QObject& context, Tell tell);

    api::Outcome load();
    void upkeep();
    ZoneChecks& zoneChecks() { return m_checks; }
    const ZoneAudits& zoneAudits() const { return m_audits; }
    // A second revision that is in force for a part of the calls; null: none is. Whoever runs a canary sets it.
    void setCanary(std::function<config::SnapshotPtr()> canary) { m_canary = std::move(canary); }

    api::ZoneProof proof(const QStringList& tenants) const override;
    void check(
        const api::ZoneCheckQuery& query, const QStringList& tenants, admin::Done<api::StandingCheck> done) override;
    void runCheck(
        const api::ZoneCheckQuery& query, const admin::Change& change, admin::Done<api::StandingCheck> done) override;
    void checks(admin::Done<QVector<api::ZoneCheckRun>> done) override;
    void keptCheck(qint64 number, admin::Done<api::StandingCheck> done) override;
    void records(const QStringList& tenants, admin::Done<QVector<api::ZoneRecord>> done) override;
    void audits(admin::Done<QVector<api::ZoneAudit>> done) override;
    void signAudit(
        const api::AuditSignature& signature, const admin::Change& change, admin::Done<api::ZoneAudit> done) override;
    void exceptions(admin::Done<QVector<api::ZoneException>> done) override;
    void makeException(const api::ExceptionRequest& request, const admin::Change& change,
        admin::Done<api::ZoneException> done) override;
    void credentialReach(
        const QString& id, const QDateTime& since, const QDateTime& until, admin::Done<api::KeyReach> done) override;
    void providerReach(
        const QString& name, const QDateTime& since, const QDateTime& until, admin::Done<api::KeyReach> done) override;

private:
    ZoneChecks::Asked askedOf(const api::ZoneCheckQuery& query, const QStringList& tenants) const;

    Parts& m_parts;
    std::function<config::SnapshotPtr()> m_canary;
    ZoneChecks m_checks;
    ZoneAudits m_audits;
};

} // namespace gateway::engine
