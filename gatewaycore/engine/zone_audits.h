// ZoneAudits: the quarterly audits of zones against contracts: who signed which quarter, what he saw, the exceptions
// that were made, and the alarm when a quarter is over and nobody has signed it (an incident, and the event
// zone.audit_overdue). There is something to audit as soon as a tenant has a zone or a contract; the first quarter is
// that in which the engine first had a config. Thread: control. The parts must outlive it.
#pragma once

#include "api/zone_proof.h"
#include "api/zone_record.h"
#include "engine/parts.h"

#include <functional>

namespace gateway::engine {

class ZoneAudits
{
public:
    using Tell = std::function<void(const QString& event, const QJsonObject& data)>;
    ZoneAudits(Parts& parts, QObject& context, Tell tell);
    ~ZoneAudits();

    api::Outcome load();
    void upkeep(); // the alarm

    QVector<api::ZoneAudit> audits() const;         // newest quarter first; empty: nothing is promised
    QVector<api::ZoneException> exceptions() const; // newest first
    // The one to look at: the oldest that is due or overdue, else the newest that is signed, else the one that runs.
    std::optional<api::ZoneAudit> pending() const;

    struct Signed
    {
        api::AuditSignature signature;
        QString by;
        api::ZoneProof proof; // of the config in force
        std::function<QString(const QString& tenant)> lastVerdict;
        store::Store::Work alongside;
    };
    void sign(Signed asked, std::function<void(api::Result<api::ZoneAudit>)> done);
    void make(const api::ExceptionRequest& request, const QString& by, store::Store::Work alongside,
        std::function<void(api::Result<api::ZoneException>)> done);

private:
    QDateTime now() const { return QDateTime::fromMSecsSinceEpoch(m_parts.clock.wallMs(), Qt::UTC); }
    QString exceptionFor(const QString& tenant) const; // one that is good now
    api::Result<api::ZoneAudit> look(const Signed& asked) const;
    template <typename Then>
    void submit(store::Store::Work work, Then then);

    Parts& m_parts;
    QObject& m_context;
    const Tell m_tell;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
    QVector<api::ZoneAudit> m_signed;
    QVector<api::ZoneException> m_exceptions;
    QDate m_first;
    QStringList m_told; // quarters that were alarmed of by this run
    qint64 m_lookedMs = 0;
};

} // namespace gateway::engine
