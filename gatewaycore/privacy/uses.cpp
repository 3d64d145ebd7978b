#include "privacy/uses.h"

#include <array>

namespace gateway::privacy {
namespace {

void candidates(const config::Alias& alias, const Target& target)
{
    // one without weight too: a lever can give it some
    for (const config::Candidate& candidate : alias.candidates)
        target(candidate, QStringLiteral("candidate"));
}

void fallback(const config::Alias& alias, const Target& target)
{
    for (const config::FallbackStep& step : alias.fallback) {
        if (step.kind == config::FallbackKind::Refuse)
            return;
        const bool refused = step.kind == config::FallbackKind::SmallerModel && !alias.degradeServes;
        if (step.candidate.provider && !refused)
            target(step.candidate, QStringLiteral("fallback ") + config::nameOf(step.kind));
    }
}

using State = Use::State;

constexpr std::array kUses{
    Use{"candidate", State::Walked, "Every candidate of every alias, whatever its weight: a lever can give it some.",
        candidates},
    Use{"fallback", State::Walked,
        "Every step of every chain, as if all before it had failed; steps that degrade only where the alias serves "
        "degraded answers.",
        fallback},
    Use{"canary", State::Walked,
        "While a canary runs, its revision is walked like the one in force, and held against the zones of both.",
        nullptr},
    Use{"embedding", State::Walked, "Embeddings take the same route as chat: the paths of candidate and fallback.",
        nullptr},
    Use{"count_tokens", State::Walked,
        "Counting at a provider takes the same route as chat; where the provider cannot count, it is counted here.",
        nullptr},
    Use{"cached", State::Inert,
        "A kept answer is given again without a provider. Its key holds the tenant, the zone, the alias and the "
        "revision, so it came from an endpoint that this same tenant could reach in this same zone.",
        nullptr},
    Use{"repetition", State::Inert,
        "An answer repeated for an idempotency-key goes to the credential that got it before; no provider is asked.",
        nullptr},
    Use{"lever", State::Inert,
        "Levers and drills take candidates away or shift their weights; they name none that the alias does not.",
        nullptr},
    Use{"probe", State::Inert, "A probe asks a provider for its list of models with our own key; no tenant's request.",
        nullptr},
    Use{"exports", State::Inert, "Spans, metrics and webhooks tell of calls; they carry no prompt and no answer.",
        nullptr},
    Use{"mirror", State::Absent, "This engine mirrors no requests.", nullptr},
    Use{"judge", State::Absent, "This engine asks no model to judge answers.", nullptr},
    Use{"semantic_cache", State::Absent, "This engine embeds no requests of its own to look them up.", nullptr},
};

} // namespace

const char* nameOf(Use::State state)
{
    return state == State::Walked ? "walked" : state == State::Inert ? "inert" : "absent";
}

std::span<const Use> uses()
{
    return kUses;
}

} // namespace gateway::privacy
