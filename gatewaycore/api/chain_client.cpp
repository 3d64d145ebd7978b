#include "api/chain_client.h"

#include "reply_codecs.h"

namespace gateway::api {

ChainClient::Reply<ChainStanding> ChainClient::standing() const
{
    return decode(m_client.send(get(QStringLiteral("/api/v1/audit/chain"))), &chainStandingFromJson);
}

ChainClient::Reply<ChainVerification> ChainClient::verify() const
{
    return decode(m_client.send(post(QStringLiteral("/api/v1/audit/verify"))), &chainVerificationFromJson);
}

ChainClient::Reply<ChainKey> ChainClient::key() const
{
    return decode(m_client.send(get(QStringLiteral("/api/v1/audit/key"))), &chainKeyFromJson);
}

ChainClient::Reply<Receipt> ChainClient::receipt(const QString& callId) const
{
    return decode(m_client.send(get(QStringLiteral("/api/v1/calls/%1/receipt").arg(part(callId)))), &receiptFromJson);
}

ChainClient::Reply<EvidencePack> ChainClient::buildEvidence(const EvidenceRequest& request, const QString& reason) const
{
    return decode(
        m_client.send(post(QStringLiteral("/api/v1/evidence"), toJson(request), reason)), &evidencePackFromJson);
}

} // namespace gateway::api
