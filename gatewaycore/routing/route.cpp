#include "routing/route.h"

#include <algorithm>

namespace gateway::routing {
namespace {

constexpr qint64 kLeastHealth = 50; // thousandths: a candidate that fails still gets a look, the breaker takes it out

// splitmix64: spreads a seed's bits, so that neighbouring seeds draw independently
quint64 spread(quint64 x)
{
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

// Weight, less the share of failures; unknown failures take nothing. A half-open breaker wants a probe now and then,
// not the candidate's whole share.
qint64 scoreOf(int weight, const Moment& moment)
{
    qint64 health = 1000 - std::clamp(moment.failurePermille.value_or(0), 0, 1000);
    if (moment.breaker == Moment::Breaker::HalfOpen)
        health /= 10;
    return qint64(weight) * std::max(kLeastHealth, health);
}

} // namespace

RouteDecision route(const RouteInput& input, Filter lifted)
{
    RouteDecision decision;
    decision.candidates.reserve(input.alias->candidates.size());
    quint64 total = 0;
    for (const config::Candidate& candidate : input.alias->candidates) {
        CandidateVerdict row;
        row.candidate = &candidate;
        if (input.moments)
            row.moment = input.moments->of(candidate);
        const int weight = row.moment.weight.value_or(candidate.weight);
        row.objection = objectionTo(candidate, input, row.moment, lifted);
        if (!row.objection && weight <= 0 && lifted != Filter::Weight)
            row.objection = {Filter::Weight, "weight_zero"};
        if (row.objection) {
            row.verdict = Verdict::Rejected;
        } else {
            row.score = scoreOf(std::max(weight, 1), row.moment);
            total += quint64(row.score);
        }
        decision.candidates.push_back(row);
    }
    if (total == 0) {
        // the reason lies with the candidate that got furthest; one without weight was never on offer
        const auto got = [](const CandidateVerdict& row) {
            return row.objection.filter == Filter::Weight ? Filter::None : row.objection.filter;
        };
        const auto best = std::max_element(decision.candidates.begin(), decision.candidates.end(),
            [&](const CandidateVerdict& a, const CandidateVerdict& b) { return got(a) < got(b); });
        if (best != decision.candidates.end()) {
            decision.closest = got(*best);
            decision.refusal = refusalOf(decision.closest, best->objection.code);
        }
        return decision;
    }
    quint64 draw = spread(input.seed) % total;
    for (CandidateVerdict& row : decision.candidates) {
        if (row.verdict != Verdict::Eligible)
            continue;
        const auto score = quint64(row.score);
        if (draw < score) {
            row.verdict = Verdict::Chosen;
            decision.chosen = row.candidate;
            break;
        }
        draw -= score;
    }
    return decision;
}

} // namespace gateway::routing
