// ChainClient: the typed calls on the tamper-evident log, receipts and evidence, beside GatewayClient, whose transport
// and manners it uses. Thread: as there.
#pragma once

#include "api/chain.h"
#include "api/gateway_client.h"

namespace gateway::api {

class ChainClient
{
public:
    explicit ChainClient(const GatewayClient& client) : m_client(client) {}

    template <typename T>
    using Reply = GatewayClient::Reply<T>;

    Reply<ChainStanding> standing() const;
    // Looks the whole log through; the answer comes when that is done, which takes seconds for a million calls. One
    // that is under way is joined. FAIL and INCOMPLETE are answers, not errors.
    Reply<ChainVerification> verify() const;
    Reply<ChainKey> key() const;
    // Of a call that is under a signed head; a head is made for it if there is none yet.
    Reply<Receipt> receipt(const QString& callId) const;
    // Made in the engine's data directory.
    Reply<EvidencePack> buildEvidence(const EvidenceRequest& request, const QString& reason) const;

private:
    const GatewayClient& m_client;
};

} // namespace gateway::api
