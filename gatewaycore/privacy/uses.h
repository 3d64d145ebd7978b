// Every way in which content of a tenant's request could leave this engine, as a table. A new way (a mirror, a judge)
// is a new row, and the prover walks it from then on; what is named here as absent must not exist. Pure; any thread.
#pragma once

#include "config/policy_snapshot.h"

#include <functional>
#include <span>

namespace gateway::privacy {

// Told of each endpoint that the alias names for this use; `how` is what the path says of it ("fallback other-region").
using Target = std::function<void(const config::Candidate& candidate, const QString& how)>;

struct Use
{
    enum class State
    {
        Walked, // its paths are enumerated, by `walk` or as those of `candidate` and `fallback`
        Inert,  // nothing of a tenant's request leaves by it
        Absent  // this engine has no such thing
    };
    const char* name;
    State state;
    const char* sentence;
    void (*walk)(const config::Alias& alias, const Target& target); // nullptr: it has no endpoints of its own
};

const char* nameOf(Use::State state);
std::span<const Use> uses();

} // namespace gateway::privacy
