// "What would happen to this request": routing, the chain and the counterfactuals for a request that is not made. The
// same filters, health and levers as for a call, at this moment; nothing is taken and nothing is recorded. Control
// thread.
#pragma once

#include "api/route_explanation.h"
#include "credential/credential_book.h"
#include "engine/live_policy.h"
#include "fallback/lever.h"

namespace gateway::engine {

// The tenant is the credential's, where one is named (`credential`), else the question's. NotFound for an alias that
// does not exist, Invalid for a body that is no request.
api::Result<api::RouteExplanation> explain(const api::RouteQuestion& question, const LivePolicy& policy,
    const fallback::LeverSet& levers, const credential::Credential* credential, qint64 nowMs);

} // namespace gateway::engine
