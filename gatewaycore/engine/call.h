// Call: the walk of one call, from a complete request with a valid credential to the caller's last byte:
//   read -> scope -> repetition? -> quota -> zone -> route -> open -> [permit -> attempt]... -> record -> release
// Each step either goes on or concludes; conclude() is the only door to the record and is passed exactly once. An
// attempt that failed before its first content byte is followed by what fallback::Chain says: the same candidate again,
// another one, or the end; zone, money, breaker and the provider's limits are asked anew for each. The caller gets its
// last byte when the record is settled (audit.acknowledge: committed) or handed over (queued). Thread: the worker's.
// Owned by the worker's loop, which destroys it after recordSettled(); never from inside its own calls. Where it is
// written: call.cpp the steps up to open; call_attempts.cpp the attempts; call_record.cpp the end.
#pragma once

#include "engine/attempt.h"
#include "engine/caller.h"
#include "engine/data_path.h"
#include "engine/permit.h"
#include "engine/plan.h"
#include "engine/reply.h"
#include "http/exchange.h"

#include <memory>

namespace gateway::engine {

class Call final : public http::ExchangeListener, private AttemptListener
{
public:
    Call(WorkerContext& context, std::unique_ptr<http::Exchange> exchange, const DataPath& path,
        const credential::Credential& credential, quint64 token);
    ~Call();
    Q_DISABLE_COPY_MOVE(Call)

    void begin();
    void recordSettled(audit::Durability durability);
    void stop(); // the engine ends: concluded as failed, if it is not over already

private:
    static constexpr std::chrono::seconds kHeartbeat{15}; // proxies give up on a silent stream after 30 to 60 s

    // the steps
    bool readRequest();
    bool checkScope();
    bool checkRepetition();
    bool takeQuota();
    bool findZone();
    bool route();
    bool open();
    void conclude(api::CallOutcome outcome, const transform::CallError* error);
    void release();

    bool refuse(transform::CallError error);
    bool refuse(api::ErrorCode code, QString message = {}, QString hint = {});

    // the attempts
    void tryStep();
    bool act(const fallback::ChainStep& step, const Permit::Answer& answer);
    Permit::Answer othersWait(const QString& provider) const;
    PermitRequest permitRequest(const fallback::ChainStep& step) const;
    bool waitForProvider(const fallback::ChainStep& step, std::chrono::milliseconds retryAfter);
    void waitEnded(quota::WaitEnd end);
    bool startAttempt(const fallback::ChainStep& step);
    std::optional<transform::CallError> noteLosses(const fallback::ChainStep& step);
    bool countLocally(const fallback::ChainStep& step);
    void skipStep(const fallback::ChainStep& step, const transform::CallError& why);
    bool answerFromCache();
    void settleAttempt();
    void failedAttempt(const transform::CallError& error, bool outOfTime);
    void noteWords(const transform::CallError& error);
    QString whatHappened(bool foreign) const;
    void giveUp();
    std::optional<std::chrono::milliseconds> remaining() const; // of the latency budget; empty: there is none
    std::chrono::milliseconds longestWait() const;

    // from the attempt
    void attemptStreams(QByteArrayView events, bool content) override;
    void attemptAnswered(QByteArray body) override;
    void attemptStreamComplete(QByteArray tail) override;
    void attemptFailed(const transform::CallError& error) override;

    // from the caller's connection
    void callerLeft() override;
    void callerReady() override;

    void beginStream();
    Reply reply() const;
    QByteArray streamEnd(); // what comes after the last event
    void sendEvents(QByteArrayView events);
    void timeIsUp(); // of the attempt
    void noteWait(); // since m_waitSince
    void sumUp();
    void keepAnswer();
    void keepContent();
    QByteArray answerSoFar() const;
    qint64 sinceBegun() const;
    QByteArray cacheKey() const;

    WorkerContext& m_context;
    const LivePolicyPtr m_policy;                      // the revision this call began under
    const credential::CredentialBookPtr m_credentials; // keeps m_credential alive
    const credential::Credential& m_credential;
    const quint64 m_token;
    std::unique_ptr<http::Exchange> m_exchange;
    const Monotonic m_begun;

    const transform::Surface& m_surface; // the dialect the caller speaks
    const transform::SurfacePath m_path;
    api::Call m_record;
    transform::CallRequest m_request;
    config::UsageScope m_spender;
    const config::Alias* m_alias = nullptr;
    const config::Zone* m_zone = nullptr;
    config::WorkloadClass m_workloadClass = config::WorkloadClass::Interactive;
    std::optional<std::chrono::milliseconds> m_latencyBudget; // from the first byte of the request
    std::optional<api::Money> m_costCeiling;
    bool m_degradeServes = true;
    quint64 m_seed = 0;
    CallInputs m_inputs; // kept with the decision; its request is set once that was read
    int m_slot = -1;

    quota::Lease m_quota;
    fallback::Chain m_chain;
    Permit m_permit;
    std::unique_ptr<Attempt> m_attempt;
    std::unique_ptr<Attempt> m_lastAttempt; // it may still be on the stack when the next one begins
    std::unique_ptr<quota::WaitQueue::Ticket> m_ticket;
    Permit::Answer m_permitAnswer; // of the step that waited
    std::optional<transform::CallError> m_lastError;
    std::vector<QString> m_words; // of attempts, as their providers said it; for the caller, never for the record
    QString m_ownDetail;          // what the record says where the caller is told the providers' words
    bool m_onlyDegraded = false;  // a budget asks for a cheaper step
    int m_sent = 0;               // attempts that were made
    Monotonic m_waitSince{0};
    qint64 m_waitedUs = 0; // for the provider's limits and between attempts

    QByteArray m_idempotencyKey; // digest; empty: none, or not ours to finish
    QByteArray m_idempotencyRequest;
    QByteArray m_kept; // events of a stream that may be asked for again
    bool m_keepEvents = false;
    std::optional<std::chrono::milliseconds> m_contentFor; // how long its content is kept; empty: not at all

    std::shared_ptr<const api::Call> m_recorded; // set by conclude()
    bool m_released = false;
    bool m_streamBegun = false;
    QByteArray m_heldBack; // events before the first content: may still become an HTTP error
    std::optional<transform::CallError> m_error;
    QByteArray m_answer;
    QByteArray m_tail;      // what ends a complete stream
    QByteArray m_warnings;  // what the provider could not be given
    http::Deadline m_time;  // the attempt's share of the time
    http::Deadline m_pause; // before the next attempt
    http::Deadline m_heartbeat;
};

} // namespace gateway::engine
