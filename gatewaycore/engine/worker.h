// Worker: one data thread with an event loop on epoll, its own listening socket (SO_REUSEPORT), caller connections,
// upstream pools and calls. A call lives on one worker from its first byte to its last. The Worker object is the
// control thread's handle; what it starts lives in WorkerLoop on the worker's thread, and only values cross (snapshots,
// books).
#pragma once

#include "api/result.h"
#include "audit/open_calls.h"
#include "audit/recorder.h"
#include "base/clock.h"
#include "base/random.h"
#include "credential/credential_book.h"
#include "engine/engine_state.h"
#include "engine/live_state.h"
#include "engine/tried_policy.h"
#include "fallback/lever.h"
#include "http/server.h"
#include "observability/loop_watch.h"
#include "observability/worker_metrics.h"

#include <QThread>

#include <functional>
#include <memory>

namespace gateway::engine {

class WorkerLoop;

// What a worker decides by; replaced as a whole.
struct WorkerPolicy
{
    LivePolicyPtr policy;
    fallback::LeverSetPtr levers;
    observability::MetricLabelsPtr labels;
    TriedPolicyPtr tried = {};
};

struct WorkerServices
{
    const Clock& clock;
    RandomSource& random;
    audit::Recorder& recorder;
    audit::OpenCalls::Region& openCalls;
    observability::WorkerMetrics& metrics;
    EngineState& state;
    LiveState& live;
    observability::LoopWatch& loops;
};

class Worker
{
public:
    Worker(int index, WorkerServices services);
    ~Worker(); // stop()
    Q_DISABLE_COPY_MOVE(Worker)

    // Starts the thread and listens; returns the port. Blocks the control thread for that long.
    api::Result<quint16> start(
        http::ServerOptions options, WorkerPolicy policy, credential::CredentialBookPtr credentials);
    // `taken` (may be empty) is called on the worker's thread: no call that begins later knows the policy before.
    void setPolicy(WorkerPolicy policy, std::function<void()> taken = {});
    void setCredentials(credential::CredentialBookPtr credentials);
    int upstreamConnections(const QString& provider) const; // open ones, as of the last second
    void closeIdleConnections();                            // at the beginning of a drain
    void cutCalls(); // the second signal: every open call is concluded and recorded as failed; blocks
    // Ends the thread. The store must be closed before, so that no acknowledgement is still on its way.
    void stop();

private:
    const int m_index;
    WorkerServices m_services;
    QThread m_thread;
    WorkerLoop* m_loop = nullptr; // lives on m_thread
};

} // namespace gateway::engine
