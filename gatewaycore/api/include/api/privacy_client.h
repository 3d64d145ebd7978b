// PrivacyClient: the typed calls on privacy zones, beside GatewayClient. Thread and futures as there; the client must
// outlive it.
#pragma once

#include "api/gateway_client.h"
#include "api/key_reach.h"
#include "api/zone_proof.h"
#include "api/zone_record.h"
#include "api/zone_standing.h"

namespace gateway::api {

class PrivacyClient
{
public:
    explicit PrivacyClient(const GatewayClient& client) : m_client(client) {}

    template <typename T>
    using Reply = GatewayClient::Reply<T>;

    Reply<ZoneProof> proof(const QString& tenant = {}) const; // of the config in force, and of the canary beside it
    Reply<StandingCheck> check(const ZoneCheckQuery& query = {}) const;                      // asked, not kept
    Reply<StandingCheck> runCheck(const ZoneCheckQuery& query, const QString& reason) const; // kept; pages if it fails
    Reply<QVector<ZoneCheckRun>> checks() const;                          // newest first, at most 500
    Reply<StandingCheck> keptCheck(qint64 number) const;                  // one of them, with its rows
    Reply<QVector<ZoneRecord>> records(const QString& tenant = {}) const; // newest first
    Reply<QVector<ZoneAudit>> audits() const;                             // newest quarter first
    Reply<ZoneAudit> signAudit(const AuditSignature& signature, const QString& reason) const;
    Reply<QVector<ZoneException>> exceptions() const; // newest first, those that expired too
    Reply<ZoneException> makeException(const ExceptionRequest& request, const QString& reason) const;
    Reply<KeyReach> credentialReach(const QString& id, const std::optional<QDateTime>& since = {},
        const std::optional<QDateTime>& until = {}) const; // without: 30 days, up to now
    Reply<KeyReach> providerReach(const QString& name, const std::optional<QDateTime>& since = {},
        const std::optional<QDateTime>& until = {}) const;

private:
    const GatewayClient& m_client;
};

// The query string of a check; both ends use these pairs.
QUrlQuery toQuery(const ZoneCheckQuery& query);
Result<ZoneCheckQuery> zoneCheckQueryFromQuery(const QUrlQuery& query);

} // namespace gateway::api
