// ChainDesk: what the admin handlers see of the tamper-evident log. The engine implements it (engine/desk_chain.h);
// tests fake it. Thread: control, as for EngineView; each `done` is called there exactly once, at once or later.
#pragma once

#include "admin/engine_view.h"
#include "api/chain.h"

namespace gateway::admin {

class ChainDesk
{
public:
    virtual ~ChainDesk() = default;

    virtual api::ChainStanding standing() const = 0;
    virtual api::ChainKey key() const = 0;
    // The whole log, on a reading thread; who asks while one is under way gets its result.
    virtual void verify(Done<api::ChainVerification> done) = 0;
    // Of a call of one of these tenants (empty: of all). NotFound if there is none, with the same words for another
    // tenant's; Unavailable while no head can be made.
    virtual void receipt(const QString& callId, const QStringList& tenants, Done<api::Receipt> done) = 0;
    virtual void buildEvidence(const api::EvidenceRequest& request, Done<api::EvidencePack> done) = 0;
};

} // namespace gateway::admin
