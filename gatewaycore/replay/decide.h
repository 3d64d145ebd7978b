// The decision of a recorded call made again under another config, with the engine's own code: the zone, the draw, the
// filters, the fallback steps and the chain are engine/zone, routing/route and engine/plan; only the moments of the
// candidates come from the record instead of from measuring. Decider: one thread; nothing is taken, nobody is called.
//
// A candidate that the record does not know at that moment (it is new in the config, or the call was refused before it
// was routed) has what it had in another call not long before or, without one, is assumed healthy, with no latency
// known; how often is part of the answer. A lever on a provider is on all its candidates.
#pragma once

#include "credential/credential_book.h"
#include "engine/plan.h"
#include "replay/replay_case.h"

#include <QHash>

namespace gateway::replay {

// What the calls before said of each candidate. Cases are noted in the order of their time.
class Neighbours
{
public:
    static constexpr qint64 kAgeMs = 30'000; // the window that health is measured in

    void note(const ReplayCase& call);
    // For a call of that time; streamed or not, because latencies differ by it.
    struct Known
    {
        routing::Moment moment;
        bool withLatency = false; // from a call of the same kind; else its latency is not known, though its health is
    };
    std::optional<Known> of(const QString& label, bool stream, qint64 atMs) const;
    bool isDrained(const QString& provider, qint64 atMs) const;

private:
    struct Seen
    {
        qint64 atMs = 0;
        routing::Moment moment;
    };
    QHash<QString, Seen> m_seen[2];                                     // by label; of whole answers, of streams
    QHash<QString, std::pair<qint64, routing::Moment::Lever>> m_levers; // by provider: when, what
};

class QuotaReplay;

// How well the moments of a decision are known.
struct Ground
{
    int recorded = 0; // candidates
    int borrowed = 0; // from another call, not long before
    int assumed = 0;  // healthy, or with a latency that does no harm
};

struct Decision
{
    const config::Alias* alias = nullptr; // nullptr: there is none of that name
    const config::Zone* zone = nullptr;   // nullptr: none
    bool routed = false;                  // else it was refused before
    api::ErrorCode refusal = api::ErrorCode::None;
    engine::Plan plan;         // of one that was routed; it points into the config
    routing::RouteInput input; // the same; without its moments
    Ground ground;

    // What would be tried first; nullptr: refused, or only a kept answer could serve.
    const config::Candidate* first() const;
    bool isRefused() const { return refusal != api::ErrorCode::None; }
};

class Decider
{
public:
    // `credentials`: to ask scopes anew where the config changes what was asked of; nullptr: as recorded. Both must
    // outlive the decider and the decisions it made.
    Decider(const config::PolicySnapshot& snapshot, const credential::CredentialBook* credentials)
        : m_snapshot(snapshot), m_credentials(credentials)
    {
    }

    // The case must have no gap. `neighbours` and `quotas` may be null: then nothing is borrowed, and no quota refuses.
    Decision decide(
        const ReplayCase& call, const Neighbours* neighbours = nullptr, QuotaReplay* quotas = nullptr) const;

private:
    api::ErrorCode scopeOf(const ReplayCase& call, const config::Alias* alias) const;

    const config::PolicySnapshot& m_snapshot;
    const credential::CredentialBook* m_credentials;
};

} // namespace gateway::replay
