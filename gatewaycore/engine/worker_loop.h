// WorkerLoop: what lives on a worker's thread. It receives requests, finds their paths (data_path.h), makes Calls and
// ends them when the store has settled their records. Thread: the worker's, except recordsSettled() (the store's).
// Private to engine.
#pragma once

#include "credential/resolved_keys.h"

#include "base/ids.h"
#include "engine/call.h"
#include "engine/worker.h"
#include "http/turn_hook.h"
#include "observability/watched_loop.h"

#include <QHash>
#include <QObject>
#include <QTimer>

#include <mutex>
#include <unordered_map>

namespace gateway::engine {

class WorkerLoop : public QObject, public http::RequestHandler, public audit::CommitSink, private http::TurnHook
{
    Q_OBJECT
public:
    explicit WorkerLoop(WorkerServices& services);
    ~WorkerLoop() override;

    api::Result<quint16> listen(http::ServerOptions options);
    void setPolicy(WorkerPolicy policy);
    void setCredentials(credential::CredentialBookPtr credentials) { m_context.credentials = std::move(credentials); }
    int upstreamConnections(const QString& provider) const; // any thread
    void closeIdleConnections();
    void cutCalls(); // concludes every call that is still open, each with its record

    // http::RequestHandler
    std::optional<http::Response> refuseEarly(const http::RequestHead& head, const QHostAddress& peer) override;
    void handle(std::unique_ptr<http::Exchange> exchange) override;
    http::Response describe(const http::ParseError& error) override;

    void settleRecords(); // ends the calls whose records have been settled

    // audit::CommitSink, on the store thread
    void recordsSettled(std::vector<audit::Acknowledgement> acknowledgements) override;

private:
    void beforeWaiting() override; // http::TurnHook
    void answerNoPath(http::Exchange& exchange, const DataPath& path);
    void answerReady(http::Exchange& exchange);
    void answerModels(http::Exchange& exchange, const DataPath& path, const credential::Credential& credential);
    void beginCall(
        std::unique_ptr<http::Exchange> exchange, const DataPath& path, const credential::Credential& credential);

    const credential::Credential* resolve(const http::RequestHead& head);
    http::Response refusal(const transform::Surface& surface, api::ErrorCode code, const QString& message = {});

    WorkerServices& m_services;
    const std::unique_ptr<observability::WatchedLoop> m_watchedLoop;
    IdSource m_ids;
    http::TimerWheel m_wheel;
    http::UpstreamClient m_upstream;
    quota::WaitQueue m_waiting;
    AccessTokens m_tokens;
    WorkerContext m_context;
    credential::ResolvedKeys m_keys;
    std::unique_ptr<http::Server> m_server;
    std::unordered_map<quint64, std::unique_ptr<Call>> m_calls;
    quint64 m_nextToken = 1;

    QTimer m_gaugeTimer;
    mutable std::mutex m_gaugeMutex;
    QHash<QString, int> m_upstreamConnections; // guarded by m_gaugeMutex

    std::mutex m_settledMutex;
    std::vector<audit::Acknowledgement> m_settled; // guarded by m_settledMutex
};

} // namespace gateway::engine
