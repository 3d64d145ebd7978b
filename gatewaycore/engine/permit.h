// Permit: everything one attempt needs before its first upstream byte: the tenant's zone as it is in force now, money
// from every budget, the breaker's leave, the provider's limits. All or nothing; what was taken goes back when the
// permit is destroyed unused, and settle() turns it into what the attempt really was. Asked anew for every attempt.
// Thread: the worker's; owned by the call.
#pragma once

#include "api/call.h"
#include "engine/worker_context.h"
#include "transform/call_error.h"
#include "transform/call_request.h"

#include <optional>

namespace gateway::engine {

struct PermitRequest
{
    const LivePolicy& policy;
    const config::Candidate& candidate;
    const transform::CallRequest& request;
    const config::Zone* zone = nullptr; // the call's own, which may be tighter than the tenant's
    const config::UsageScope& spender;  // provider is filled in here
    config::WorkloadClass workloadClass = config::WorkloadClass::Interactive;
    bool degraded = false;
    quint64 seed = 0; // the call's: the same call is in the same share of a lever
};

class Permit
{
public:
    enum class Verdict
    {
        Granted,
        Wait,    // the provider's limits, for now: `retryAfter` says how long
        Skip,    // not this candidate: zone, lever or breaker
        Degrade, // a budget asks for a cheaper, degraded step
        Refused, // a budget says no to the call
    };
    struct Answer
    {
        Verdict verdict = Verdict::Granted;
        transform::CallError error; // why not
        std::chrono::milliseconds retryAfter{0};
    };

    Permit() = default;
    ~Permit() { release(); }
    Q_DISABLE_COPY_MOVE(Permit)

    Answer take(WorkerContext& context, const PermitRequest& asked);
    bool isOpen() const { return m_open; }
    std::optional<api::Money> reserved() const { return m_bound; } // empty: unpriced
    bool overWarned() const { return m_overWarned; }               // a budget that only warns is used up

    // The attempt is over: its cost and what is known of it are filled in, money and limits settled, the breaker told.
    // `serviceTier`: the class it was served in, or asked for where the provider does not say.
    void settle(api::Attempt& attempt, bool endedByUs, std::optional<std::chrono::milliseconds> retryAfter,
        QByteArrayView serviceTier);
    void release(); // it was not used

private:
    bool m_open = false;
    WorkerContext* m_context = nullptr;
    const config::PolicySnapshot* m_snapshot = nullptr;
    const config::Candidate* m_candidate = nullptr;
    fallback::CandidateHealth* m_health = nullptr;
    fallback::AttemptPass m_pass;
    ProviderLive* m_provider = nullptr;
    QString m_alias;
    QDate m_day;
    quota::ProviderGate::Pass m_gatePass;
    std::optional<api::Money> m_bound;
    bool m_overWarned = false;
    budget::Reservation m_reservation;
};

} // namespace gateway::engine
