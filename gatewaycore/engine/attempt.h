// Attempt: one try at one candidate, from dialling to the end of its answer: one POST at most. What is sent and what
// the answer becomes for the caller is the Translation's; the attempt has the connection, the times and its own record.
// Thread: the worker's. The listener hears exactly one of answered / streamComplete / failed, unless the attempt is
// destroyed or cancelled first.
#pragma once

#include "api/call.h"
#include "engine/worker_context.h"
#include "transform/translation.h"

#include <memory>

namespace gateway::engine {

class AttemptListener
{
public:
    // Events ready to be sent on, in the caller's dialect. `content`: from here on nothing may be repeated.
    virtual void attemptStreams(QByteArrayView events, bool content) = 0;
    virtual void attemptAnswered(QByteArray body) = 0;
    // `tail`: what ends the caller's stream; it goes out when the call is recorded.
    virtual void attemptStreamComplete(QByteArray tail) = 0;
    virtual void attemptFailed(const transform::CallError& error) = 0;

protected:
    ~AttemptListener() = default;
};

class Attempt final : public http::UpstreamListener
{
public:
    // `policy`: of the call, and outlives the attempt.
    Attempt(WorkerContext& context, const LivePolicy& policy, const config::Candidate& candidate, int number,
        Monotonic callBegun, AttemptListener& listener);
    ~Attempt();
    Q_DISABLE_COPY_MOVE(Attempt)

    // Writes the provider's request. An error: this provider cannot be given it; nothing is sent then. `outputLimit`:
    // an output limit to add, because the call's cost must have a bound. The request outlives the attempt.
    std::optional<transform::CallError> prepare(
        const transform::CallRequest& request, std::optional<qint64> outputLimit, transform::AnswerContext answer);
    const transform::Losses& losses() const { return m_translation->losses(); }
    const transform::ProviderDialect& dialect() const { return m_translation->provider(); }
    // Sends it. The call's id goes to the provider as x-request-id: its log and ours can be laid side by side.
    void start();
    void pause();
    void resume();
    // Ends it from our side (the caller left, the time ran out): the upstream connection is closed.
    void cancel(api::AttemptResult result, api::ErrorCode code, const QString& reason);

    const api::Attempt& record() const { return m_record; }
    api::Attempt takeRecord() { return std::move(m_record); } // once, when it is over
    // The class of service it was answered in; empty: the provider does not say.
    const QByteArray& serviceTier() const { return m_translation->facts().serviceTier; }
    // What a stream that broke has to end with, for its caller; empty if it never began.
    QByteArray failedTail(const transform::CallError& error) { return m_translation->failed(error); }
    // We stopped waiting for it (a timeout of ours, a cancellation): the provider may have gone on working.
    bool endedByUs() const { return m_endedByUs; }
    std::optional<std::chrono::milliseconds> retryAfter() const
    {
        return m_retryAfterMs ? std::optional(std::chrono::milliseconds(*m_retryAfterMs)) : std::nullopt;
    }

private:
    void upstreamHead(const http::ResponseHead& head) override;
    void upstreamBody(QByteArrayView piece) override;
    void upstreamComplete() override;
    void upstreamFailed(http::UpstreamFailure failure, const QString& text) override;

    void send(const QByteArray& token);
    void readStream(QByteArrayView piece);
    void completeStream();
    void finish(api::AttemptResult result);
    void fail(transform::CallError error);
    void takeFacts();
    void estimateTokens(qint64 output);
    qint64 sinceBegun(Monotonic at) const;

    WorkerContext& m_context;
    const http::UpstreamTarget& m_target;
    const config::Candidate& m_candidate;
    const Monotonic m_callBegun;
    AttemptListener* m_listener;
    api::Attempt m_record;
    std::unique_ptr<transform::Translation> m_translation;
    transform::Outgoing m_outgoing;
    QString m_callId;
    transform::Operation m_operation = transform::Operation::Generate;
    std::unique_ptr<http::UpstreamExchange> m_upstream;
    std::shared_ptr<bool> m_alive; // what a fetched token comes back to; none is fetched for most
    int m_status = 0;
    bool m_streaming = false;
    bool m_wantsStream = false;
    bool m_over = false;
    bool m_endedByUs = false;
    http::ResponseHead m_errorHead; // of an answer that is not a 200
    QByteArray m_body;              // of an answer that is not a stream
    QByteArray m_events;
    QByteArray m_tail; // what ends the caller's stream, as far as it is known
    std::optional<qint64> m_retryAfterMs;
    std::unique_ptr<transform::FrameReader> m_frames;
    qint64 m_lastEventUs = -1;
    qint64 m_requestBytes = 0;
    qint64 m_streamBytes = 0;
};

} // namespace gateway::engine
