// FakePrivacyDesk: zones of acme (proved, checked, signed) and of other (a contract that is broken), the same in every
// run. Its answers come later, like those of the real one.
#pragma once

#include "admin/privacy_desk.h"

#include <QObject>

namespace gateway::test {

class FakePrivacyDesk final : public QObject, public gateway::admin::PrivacyDesk
{
public:
    gateway::api::ZoneProof proof(const QStringList& tenants) const override;
    void check(const gateway::api::ZoneCheckQuery& query, const QStringList& tenants,
        gateway::admin::Done<gateway::api::StandingCheck> done) override;
    void runCheck(const gateway::api::ZoneCheckQuery& query, const gateway::admin::Change& change,
        gateway::admin::Done<gateway::api::StandingCheck> done) override;
    void checks(gateway::admin::Done<QVector<gateway::api::ZoneCheckRun>> done) override;
    void keptCheck(qint64 number, gateway::admin::Done<gateway::api::StandingCheck> done) override;
    void records(const QStringList& tenants, gateway::admin::Done<QVector<gateway::api::ZoneRecord>> done) override;
    void audits(gateway::admin::Done<QVector<gateway::api::ZoneAudit>> done) override;
    void signAudit(const gateway::api::AuditSignature& signature, const gateway::admin::Change& change,
        gateway::admin::Done<gateway::api::ZoneAudit> done) override;
    void exceptions(gateway::admin::Done<QVector<gateway::api::ZoneException>> done) override;
    void makeException(const gateway::api::ExceptionRequest& request, const gateway::admin::Change& change,
        gateway::admin::Done<gateway::api::ZoneException> done) override;
    void credentialReach(const QString& id, const QDateTime& since, const QDateTime& until,
        gateway::admin::Done<gateway::api::KeyReach> done) override;
    void providerReach(const QString& name, const QDateTime& since, const QDateTime& until,
        gateway::admin::Done<gateway::api::KeyReach> done) override;

private:
    template <typename T>
    void later(gateway::admin::Done<T> done, gateway::api::Result<T> result)
    {
        QMetaObject::invokeMethod(
            this, [done = std::move(done), result = std::move(result)] { done(result); }, Qt::QueuedConnection);
    }
    gateway::api::StandingCheck checkOf(const gateway::api::ZoneCheckQuery& query, const QStringList& tenants) const;
};

} // namespace gateway::test
