// Loosening: where a config lets more leave, or more be kept, than another one does. It is asked of the effect, not of
// the words: a tenant's zone that grew, a tenant that lost its zone, but also a provider that is now said to lie in a
// region it did not lie in before. Two people have to want it. Any thread; a pure function.
#pragma once

#include "config/policy_snapshot.h"

#include <functional>

namespace gateway::config {

struct Loosening
{
    QString tenant;  // empty: of all tenants
    QString subject; // "tenant acme", "provider openai-eu"
    QString path;    // in the new text
    QString sentence;
    QString before;
    QString after;
};

// `inZone`: the filter that routes.
QVector<Loosening> loosenings(const PolicySnapshot& before, const PolicySnapshot& after,
    const std::function<bool(const Candidate&, const Zone*)>& inZone);

} // namespace gateway::config
