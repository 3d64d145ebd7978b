// WorkerContext: what a call may use on its worker. Everything here belongs to the worker's thread or is safe to share;
// policy, levers and credentials are swapped between calls, and a call keeps the policy and credentials it began with
// (not the levers: an operator's hand counts at the next attempt). Owned by the Worker's
// loop and outlives its calls.
#pragma once

#include "audit/open_calls.h"
#include "audit/recorder.h"
#include "base/clock.h"
#include "base/ids.h"
#include "credential/credential_book.h"
#include "engine/access_tokens.h"
#include "engine/live_state.h"
#include "engine/tried_policy.h"
#include "fallback/lever.h"
#include "http/timer_wheel.h"
#include "http/upstream.h"
#include "observability/worker_metrics.h"

namespace gateway::engine {

struct WorkerContext
{
    const Clock& clock;
    IdSource& ids;
    http::TimerWheel& wheel;
    http::UpstreamClient& upstream;
    AccessTokens& tokens;
    audit::Recorder& recorder;
    audit::CommitSink& sink;
    audit::OpenCalls::Region& openCalls;
    observability::WorkerMetrics& metrics;
    LiveState& live;
    quota::WaitQueue& waiting;
    LivePolicyPtr policy;
    fallback::LeverSetPtr levers;
    credential::CredentialBookPtr credentials;
    bool recorded = false;     // in this turn: at its end the recorder is told
    TriedPolicyPtr tried = {}; // a canary; null: there is none
};

} // namespace gateway::engine
