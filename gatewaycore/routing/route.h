// Choosing a candidate: an alias's candidates go through filters in a fixed order (kFilters), every rejected one keeps
// the reason code of the first filter that said no, the others get a score, and one is drawn by score. The same seed
// gives the same draw. An empty set is an explained refusal: a zone is never widened to find somebody. What is not
// known of a candidate (no price, no latency yet) is unknown: it is not zero and by itself no reason to reject. Pure
// functions; any thread. The credential's scope is asked before there is an input (engine/call), so it is no filter
// here.
#pragma once

#include "api/error_code.h"
#include "config/policy_snapshot.h"

#include <array>

#include <vector>

namespace gateway::routing {

// In the order they are asked.
enum class Filter
{
    None,
    Zone,
    Capability, // and context
    Lifecycle,
    CostCeiling,
    Latency,
    Breaker,
    Lever,  // drained, failing back, in a drill
    Weight, // 0: only a fallback chain may use it
};
inline constexpr std::array kFilters{Filter::Zone, Filter::Capability, Filter::Lifecycle, Filter::CostCeiling,
    Filter::Latency, Filter::Breaker, Filter::Lever, Filter::Weight};
const char* nameOf(Filter filter);

// What the request asks of a model.
struct Needs
{
    bool tools = false;
    bool images = false;
    bool jsonSchema = false;
    qint64 requestBytes = 0;
    std::optional<qint64> maxOutputTokens;
};

// What is known of a candidate at this moment, beyond the config.
struct Moment
{
    enum class Breaker
    {
        Closed,
        HalfOpen,
        Open
    };
    enum class Lever
    {
        None,
        Drained,
        FailingBack,
        Drill
    };
    Breaker breaker = Breaker::Closed;
    Lever lever = Lever::None;
    std::optional<std::chrono::milliseconds>
        p95;                            // of what the latency budget is about: first token of a stream, else all of it
    std::optional<int> failurePermille; // of its last attempts
    std::optional<int> weight;          // shifted by a lever
    QString unable;                     // why its provider cannot be given this request at all; empty: it can
    std::optional<api::Money> upperBound; // the most this call can cost there; empty: no price is known
};

class Moments
{
public:
    virtual Moment of(const config::Candidate& candidate) const = 0;

protected:
    ~Moments() = default;
};

struct RouteInput
{
    const config::Alias* alias = nullptr;
    config::WorkloadClass workloadClass = config::WorkloadClass::Interactive;
    const config::Zone* zone = nullptr; // nullptr: the tenant has none
    quint64 seed = 0;
    QDate today;
    Needs needs;
    std::optional<api::Money> ceiling;
    std::optional<std::chrono::milliseconds> remaining; // of the latency budget; empty: there is none
    const Moments* moments = nullptr;                   // nullptr: nothing is known
};

enum class Verdict
{
    Chosen,
    Eligible,
    Rejected
};

struct Objection
{
    Filter filter = Filter::None;
    const char* code = ""; // "zone_region", "breaker_open" ...; "" if there is none
    explicit operator bool() const { return *code != 0; }
};

struct CandidateVerdict
{
    const config::Candidate* candidate = nullptr;
    Verdict verdict = Verdict::Eligible;
    Objection objection;
    Moment moment;
    qint64 score = 0; // weight in thousandths, less what its failures take from it
};

struct RouteDecision
{
    const config::Candidate* chosen = nullptr;
    std::vector<CandidateVerdict> candidates; // in the alias's order
    api::ErrorCode refusal = api::ErrorCode::None;
    Filter closest = Filter::None; // of a refusal: the last filter that the best candidate reached
};

// `lifted`: a filter that is not asked, to say what would have won without it.
RouteDecision route(const RouteInput& input, Filter lifted = Filter::None);

// The first objection to this candidate, as all filters but the weight see it; a fallback step is asked with this too.
Objection objectionTo(
    const config::Candidate& candidate, const RouteInput& input, const Moment& moment, Filter lifted = Filter::None);

// Why a candidate may not serve this zone, or "" if it may. A provider whose region is not stated is never eligible.
const char* zoneObjection(const config::Candidate& candidate, const config::Zone* zone);

// The refusal a caller gets when this was the filter that left nobody.
api::ErrorCode refusalOf(Filter filter, const char* code);

// How the sentence of a candidate that was not rejected begins; its score follows. Empty: it was rejected.
QByteArrayView scoreWords(Verdict verdict);

// One sentence for people.
QString sentence(const CandidateVerdict& row, const RouteInput& input);

} // namespace gateway::routing
