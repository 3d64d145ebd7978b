// WorkerContext: what a call may use on its worker. Everything here belongs to the worker's thread or is safe to share;
// snapshot and credentials are swapped between calls, and a call keeps the ones it began with. Owned by the Worker's
// loop and outlives its calls.
#pragma once

#include "audit/open_calls.h"
#include "audit/recorder.h"
#include "base/clock.h"
#include "base/ids.h"
#include "config/policy_snapshot.h"
#include "credential/credential_book.h"
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
    audit::Recorder& recorder;
    audit::CommitSink& sink;
    audit::OpenCalls::Region& openCalls;
    observability::WorkerMetrics& metrics;
    config::SnapshotPtr snapshot;
    credential::CredentialBookPtr credentials;
    quint16 simulatorPort = 0; // of the embedded simulator; 0: not running
};

} // namespace gateway::engine
