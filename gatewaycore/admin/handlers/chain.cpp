#include "admin/handlers/chain.h"

#include "admin/chain_desk.h"
#include "admin/handlers/handlers.h"

namespace gateway::admin {
namespace {

ChainDesk* deskOf(const Services& services, const Reply& reply)
{
    ChainDesk* const desk = services.engine.desks().chain;
    if (!desk)
        refuse(reply, api::Failure::NotFound, QStringLiteral("The tamper-evident log is not kept here."));
    return desk;
}

} // namespace

void getChain(const Services& services, const Request&, const Reply& reply)
{
    if (const ChainDesk* const desk = deskOf(services, reply))
        reply({200, api::toJson(desk->standing())});
}

void verifyChain(const Services& services, const Request&, const Reply& reply)
{
    if (ChainDesk* const desk = deskOf(services, reply))
        desk->verify(answer<api::ChainVerification>(reply));
}

void getChainKey(const Services& services, const Request&, const Reply& reply)
{
    if (const ChainDesk* const desk = deskOf(services, reply))
        reply({200, api::toJson(desk->key())});
}

void getReceipt(const Services& services, const Request& request, const Reply& reply)
{
    if (ChainDesk* const desk = deskOf(services, reply))
        desk->receipt(request.argument, request.principal.tenants, answer<api::Receipt>(reply));
}

void postEvidence(const Services& services, const Request& request, const Reply& reply)
{
    ChainDesk* const desk = deskOf(services, reply);
    if (!desk)
        return;
    const auto asked = api::evidenceRequestFromJson(request.asked.body);
    if (!asked)
        return reply(api::errorReply(asked.error()));
    desk->buildEvidence(*asked, answer<api::EvidencePack>(reply, 201));
}

} // namespace gateway::admin
