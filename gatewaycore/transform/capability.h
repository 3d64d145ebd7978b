// The capability matrix: which of a request's features a provider can be given, and whether the answer leaks anything
// on the way. One table, read by routing (a candidate that cannot is not asked) and held to by the provider dialects'
// tests: what it says No to is refused by translate(), Yes is carried without a loss, Lossy is reported. Pure; any
// thread.
#pragma once

#include "config/policy_snapshot.h"
#include "transform/call_request.h"
#include "transform/provider_dialect.h"

#include <vector>

namespace gateway::transform {

enum class Carried
{
    Yes,
    Lossy, // carried in another form, or without a part of it: reported
    No,
};

struct CapabilityRow
{
    Feature feature;
    const char* name; // "images by URL"
};

std::vector<CapabilityRow> capabilityRows();
Carried carries(const ProviderDialect& provider, config::ProviderKind kind, Dialect caller, Feature feature);

// Why this candidate cannot be given this request at all, in a clause for people; empty if it can.
QString cannotServe(const CallRequest& request, const config::Candidate& candidate);

} // namespace gateway::transform
