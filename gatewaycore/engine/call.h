// Call: the walk of one call, from a complete request with a valid credential to the caller's last byte:
//   read -> scope -> route -> open -> attempt -> relay -> record -> release
// Each step either goes on or concludes; conclude() is the only door to the record and is passed exactly once. The
// caller gets its last byte when the record is settled (audit.acknowledge: committed) or handed over (queued). Thread:
// the worker's. Owned by the worker's loop, which destroys it after recordSettled(); never from inside its own calls.
#pragma once

#include "engine/attempt.h"
#include "engine/caller.h"
#include "http/exchange.h"

#include <memory>

namespace gateway::engine {

class Call final : public http::ExchangeListener, private AttemptListener
{
public:
    Call(WorkerContext& context, std::unique_ptr<http::Exchange> exchange, const credential::Credential& credential,
        quint64 token);
    ~Call();
    Q_DISABLE_COPY_MOVE(Call)

    void begin();
    void recordSettled(audit::Durability durability);
    void stop(); // the engine ends: concluded as failed, if it is not over already

private:
    // the steps
    bool readRequest();
    bool checkScope();
    bool route();
    bool open();
    void attempt();
    void conclude(api::CallOutcome outcome, const transform::CallError* error);
    void release();

    bool refuse(transform::CallError error);
    bool refuse(api::ErrorCode code, QString message = {}, QString hint = {});

    // from the attempt
    void attemptStreams(QByteArrayView events, bool content) override;
    void attemptAnswered(QByteArray body) override;
    void attemptStreamComplete() override;
    void attemptFailed(const transform::CallError& error) override;

    // from the caller's connection
    void callerLeft() override;
    void callerReady() override;

    void beginStream();
    void timeIsUp();
    qint64 sinceBegun() const;

    WorkerContext& m_context;
    const config::SnapshotPtr m_snapshot;              // the revision this call began under
    const credential::CredentialBookPtr m_credentials; // keeps m_credential alive
    const credential::Credential& m_credential;
    const quint64 m_token;
    std::unique_ptr<http::Exchange> m_exchange;
    const Monotonic m_begun;

    api::Call m_record;
    transform::ChatRequest m_request;
    const config::Alias* m_alias = nullptr;
    const config::Zone* m_zone = nullptr;
    config::WorkloadClass m_workloadClass = config::WorkloadClass::Interactive;
    const config::Candidate* m_candidate = nullptr;
    std::unique_ptr<Attempt> m_attempt;
    int m_slot = -1;

    std::shared_ptr<const api::Call> m_recorded; // set by conclude()
    bool m_released = false;
    bool m_streamBegun = false;
    QByteArray m_heldBack; // events before the first content: may still become an HTTP error
    std::optional<transform::CallError> m_error;
    QByteArray m_answer;
    http::Deadline m_total;
    http::Deadline m_heartbeat;
};

} // namespace gateway::engine
