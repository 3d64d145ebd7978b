// Attempt: one try at one candidate, from dialling to the end of its answer. It speaks the provider's dialect (one POST
// at most), watches the stream for its end mark, and tells the Call what came in the caller's terms. It keeps its own
// AttemptRecord. Thread: the worker's. The listener hears exactly one of answered / streamComplete / failed, unless the
// attempt is destroyed or cancelled first.
#pragma once

#include "api/call.h"
#include "engine/worker_context.h"
#include "http/sse.h"
#include "transform/chat_request.h"
#include "transform/providers/openai.h"

#include <memory>

namespace gateway::engine {

class AttemptListener
{
public:
    // Events ready to be sent on, in the caller's dialect. `content`: from here on nothing may be repeated.
    virtual void attemptStreams(QByteArrayView events, bool content) = 0;
    virtual void attemptAnswered(QByteArray body) = 0;
    virtual void attemptStreamComplete() = 0;
    virtual void attemptFailed(const transform::CallError& error) = 0;

protected:
    ~AttemptListener() = default;
};

class Attempt final : public http::UpstreamListener
{
public:
    Attempt(WorkerContext& context, const config::Candidate& candidate, int number, Monotonic callBegun,
        AttemptListener& listener);
    ~Attempt();
    Q_DISABLE_COPY_MOVE(Attempt)

    // `callId` goes to the provider as x-request-id: its log and ours can be laid side by side.
    // `outputLimit`: an output limit to add, because the call's cost must have a bound.
    void start(const transform::ChatRequest& request, const QString& callId, std::optional<qint64> outputLimit);
    void pause();
    void resume();
    // Ends it from our side (the caller left, the time ran out): the upstream connection is closed.
    void cancel(api::AttemptResult result, api::ErrorCode code, const QString& reason);

    const api::Attempt& record() const { return m_record; }
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

    void readStream(QByteArrayView piece);
    void finish(api::AttemptResult result);
    void fail(transform::CallError error);
    void takeFacts(const transform::openai::AnswerFacts& facts);
    void estimateTokens(qint64 output);
    qint64 sinceBegun(Monotonic at) const;

    WorkerContext& m_context;
    const config::Candidate& m_candidate;
    const Monotonic m_callBegun;
    AttemptListener* m_listener;
    api::Attempt m_record;
    std::unique_ptr<http::UpstreamExchange> m_upstream;
    int m_status = 0;
    bool m_streaming = false;
    bool m_wantsStream = false;
    bool m_wantsUsageChunk = false;
    bool m_over = false;
    bool m_endedByUs = false;
    QByteArray m_body; // of an answer that is not a stream
    QByteArray m_events;
    std::optional<qint64> m_retryAfterMs;
    http::SseReader m_sse;
    transform::openai::StreamReader m_reader;
    qint64 m_lastEventUs = -1;
    qint64 m_requestBytes = 0;
};

} // namespace gateway::engine
