#include "engine/attempt.h"

#include "engine/access_tokens.h"
#include "engine/upstream_auth.h"
#include "engine/upstream_target.h"
#include "transform/providers/rate_limits.h"
#include "transform/providers/retry_after.h"

#include <array>

namespace gateway::engine {
namespace {

using api::ErrorCode;
using http::UpstreamFailure;
using transform::CallError;

// Some dialects' ends repeat the whole answer, so what was sent is kept: no provider may fill our memory with it.
constexpr qint64 kLargestStream = 128ll * 1024 * 1024;

// What a transport failure means for the call. Once the answer has begun, a cut is a truncation.
struct FailureMeaning
{
    UpstreamFailure failure;
    ErrorCode code;
    int status; // 0: the code's own
    bool retriable;
    api::StreamEnd streamEnd; // if the answer was streaming
};

constexpr std::array kFailures{
    FailureMeaning{UpstreamFailure::Resolve, ErrorCode::ProviderUnavailable, 0, true, api::StreamEnd::NotStreamed},
    FailureMeaning{UpstreamFailure::Connect, ErrorCode::ProviderUnavailable, 0, true, api::StreamEnd::NotStreamed},
    FailureMeaning{
        UpstreamFailure::ConnectTimeout, ErrorCode::ProviderUnavailable, 504, true, api::StreamEnd::NotStreamed},
    FailureMeaning{UpstreamFailure::Tls, ErrorCode::ProviderUnavailable, 0, false, api::StreamEnd::NotStreamed},
    FailureMeaning{
        UpstreamFailure::ClosedBeforeAnswer, ErrorCode::ProviderUnavailable, 0, true, api::StreamEnd::NotStreamed},
    FailureMeaning{
        UpstreamFailure::FirstByteTimeout, ErrorCode::ProviderUnavailable, 504, true, api::StreamEnd::NotStreamed},
    FailureMeaning{UpstreamFailure::IdleTimeout, ErrorCode::StreamTruncated, 504, true, api::StreamEnd::Stalled},
    FailureMeaning{UpstreamFailure::BadAnswer, ErrorCode::TransformError, 0, true, api::StreamEnd::Truncated},
    FailureMeaning{UpstreamFailure::ClosedMidAnswer, ErrorCode::StreamTruncated, 0, true, api::StreamEnd::Truncated},
};

const char* acceptOf(bool stream, transform::Framing framing)
{
    if (!stream)
        return "application/json";
    switch (framing) {
    case transform::Framing::Sse:
        return "text/event-stream";
    case transform::Framing::Ndjson:
        return "application/x-ndjson";
    case transform::Framing::EventStream:
        return "application/vnd.amazon.eventstream";
    }
    Q_UNREACHABLE();
}

CallError transformError(QString message)
{
    CallError error;
    error.code = ErrorCode::TransformError;
    error.message = std::move(message);
    return error;
}

http::ResponseHead copyOf(const http::ResponseHead& head)
{
    http::ResponseHead copy;
    copy.bytes = head.bytes;
    copy.bytes.detach();
    copy.status = head.status;
    for (const http::FieldView& field : head.fields) {
        const auto moved = [&](QByteArrayView view) {
            return QByteArrayView(copy.bytes.constData() + (view.data() - head.bytes.constData()), view.size());
        };
        copy.fields.append({moved(field.name), moved(field.value)});
    }
    return copy;
}

} // namespace

Attempt::Attempt(WorkerContext& context, const LivePolicy& policy, const config::Candidate& candidate, int number,
    Monotonic callBegun, AttemptListener& listener)
    : m_context(context),
      m_target(policy.targetOf(*candidate.provider)),
      m_candidate(candidate),
      m_callBegun(callBegun),
      m_listener(&listener)
{
    m_record.number = number;
    m_record.provider = candidate.provider->name;
    m_record.model = candidate.model;
    m_record.region = candidate.provider->region;
}

Attempt::~Attempt()
{
    if (m_alive)
        *m_alive = false;
}

qint64 Attempt::sinceBegun(Monotonic at) const
{
    return at.count() == 0 ? -1 : std::chrono::duration_cast<std::chrono::microseconds>(at - m_callBegun).count();
}

std::optional<CallError> Attempt::prepare(
    const transform::CallRequest& request, std::optional<qint64> outputLimit, transform::AnswerContext answer)
{
    m_wantsStream = request.stream;
    m_operation = request.operation;
    m_callId = answer.callId;
    const transform::Target target{m_candidate, outputLimit, m_candidate.provider->project};
    m_translation = std::make_unique<transform::Translation>(request, target, std::move(answer));
    transform::OutgoingOrError outgoing = m_translation->request();
    if (auto* error = std::get_if<CallError>(&outgoing))
        return std::move(*error);
    m_outgoing = std::move(std::get<transform::Outgoing>(outgoing));
    m_requestBytes = m_outgoing.body.size();
    return std::nullopt;
}

void Attempt::start()
{
    m_record.startUs = sinceBegun(m_context.clock.monotonic());
    if (!needsAccessToken(*m_candidate.provider))
        return send({});
    m_alive = std::make_shared<bool>(true);
    m_context.tokens.get(*m_candidate.provider, [this, alive = m_alive](const api::Result<QByteArray>& token) {
        if (!*alive || m_over)
            return;
        if (token)
            return send(*token);
        CallError error;
        error.code = ErrorCode::ProviderAuth;
        error.message = token.error().message;
        fail(error);
    });
}

void Attempt::send(const QByteArray& token)
{
    const config::Provider& provider = *m_candidate.provider;
    http::UpstreamRequest upstream;
    upstream.path = m_outgoing.path;
    upstream.body = std::move(m_outgoing.body);
    const char* accept = acceptOf(m_wantsStream, m_translation->provider().framing());
    upstream.fields.append({QByteArrayLiteral("content-type"), QByteArrayLiteral("application/json")});
    upstream.lines = http::FieldLines(256);
    upstream.lines.add("accept", QByteArrayView(accept));
    upstream.lines.add("accept-encoding", "identity");
    upstream.lines.add("user-agent", "signalbox/" SIGNALBOX_VERSION);
    upstream.lines.add("x-request-id", m_callId);
    for (http::Field& field : m_outgoing.fields)
        upstream.fields.append(std::move(field));
    authorise(provider, {upstream.method, upstream.path, m_target.hostField, upstream.body}, token,
        m_context.clock.wallMs(), upstream.fields);
    m_upstream = m_context.upstream.start(m_target, upstreamTimeouts(provider), std::move(upstream), *this);
}

void Attempt::pause()
{
    if (m_upstream)
        m_upstream->pause();
}

void Attempt::resume()
{
    if (m_upstream)
        m_upstream->resume();
}

void Attempt::upstreamHead(const http::ResponseHead& head)
{
    m_status = head.status;
    m_record.httpStatus = head.status;
    m_record.upstreamRequestId = transform::upstreamRequestId(head);
    const transform::Framing framing = m_translation->provider().framing();
    if (head.status == 200 && m_wantsStream && transform::hasFraming(head, framing)) {
        m_streaming = true;
        m_frames = transform::frameReader(framing);
        m_record.streamEnd = api::StreamEnd::Truncated; // until its end mark says otherwise
    } else if (head.status != 200) {
        const qint64 nowMs = m_context.clock.wallMs();
        m_retryAfterMs = transform::retryAfterMs(head, nowMs);
        const auto limits =
            head.status == 429 && !m_retryAfterMs ? transform::readRateLimits(head, nowMs) : std::nullopt;
        if (limits)
            m_retryAfterMs = transform::waitFor(*limits, nowMs);
        m_errorHead = copyOf(head);
    }
}

void Attempt::upstreamBody(QByteArrayView piece)
{
    if (m_over)
        return;
    if (m_streaming)
        readStream(piece);
    else
        m_body.append(piece.data(), piece.size());
}

void Attempt::readStream(QByteArrayView piece)
{
    using Step = transform::FrameReader::Step;
    m_events.resize(0);
    bool content = false;
    bool ended = false;
    std::optional<CallError> error;
    m_streamBytes += piece.size();
    if (m_streamBytes > kLargestStream)
        error = transformError(QStringLiteral("The provider's stream is longer than the gateway passes on."));
    while (!ended && !error) {
        const Step step = m_frames->next(piece);
        if (step == Step::NeedMore)
            break;
        if (step != Step::Frame) {
            error = transformError(step == Step::TooLarge
                                       ? QStringLiteral("The provider sent a stream event that is too large.")
                                       : QStringLiteral("The provider's stream is damaged."));
            break;
        }
        const qint64 now = sinceBegun(m_context.clock.monotonic());
        if (m_lastEventUs >= 0)
            m_record.longestGapUs = std::max(m_record.longestGapUs, now - m_lastEventUs);
        m_lastEventUs = now;
        const transform::Translation::Step taken = m_translation->take(m_frames->frame(), m_events, m_tail);
        if (taken.content && m_record.firstTokenUs < 0)
            m_record.firstTokenUs = now;
        content = content || taken.content;
        ended = taken.ended;
        error = taken.error;
    }
    if (!m_events.isEmpty())
        m_listener->attemptStreams(m_events, content);
    if (m_over)
        return; // the caller left while it was being sent to
    if (error)
        fail(*error);
    else if (ended)
        completeStream();
}

void Attempt::completeStream()
{
    m_record.streamEnd = api::StreamEnd::Complete;
    finish(api::AttemptResult::Answered);
    m_listener->attemptStreamComplete(std::move(m_tail));
}

void Attempt::upstreamComplete()
{
    if (m_over)
        return;
    if (m_streaming) {
        m_events.resize(0);
        const bool complete = !m_frames->hasPartialFrame() && m_translation->closed(m_events, m_tail);
        if (complete) {
            if (!m_events.isEmpty())
                m_listener->attemptStreams(m_events, false);
            if (!m_over)
                completeStream();
            return;
        }
        CallError error;
        error.code = ErrorCode::StreamTruncated;
        fail(error);
    } else if (m_status != 200) {
        CallError error = m_translation->error(m_status, m_errorHead, m_body);
        if (m_status == 401 && needsAccessToken(*m_candidate.provider))
            m_context.tokens.forget(*m_candidate.provider); // revoked before its time: the next attempt fetches anew
        if (m_retryAfterMs)
            error.retryAfterMs = m_retryAfterMs;
        m_retryAfterMs = error.retryAfterMs;
        fail(error);
    } else {
        auto answer = m_translation->answer(std::move(m_body));
        takeFacts(); // an answer that is no use to the caller was paid for all the same
        if (const auto* error = std::get_if<CallError>(&answer)) {
            fail(*error);
        } else if (m_wantsStream) {
            fail(transformError(
                QStringLiteral("The provider answered a streaming request with something that is not a stream.")));
        } else {
            m_body = std::move(std::get<QByteArray>(answer));
            finish(api::AttemptResult::Answered);
            m_listener->attemptAnswered(std::move(m_body));
        }
    }
}

void Attempt::upstreamFailed(UpstreamFailure failure, const QString& text)
{
    if (m_over)
        return;
    const FailureMeaning& meaning = kFailures[std::size_t(failure)];
    m_endedByUs = failure == UpstreamFailure::FirstByteTimeout || failure == UpstreamFailure::IdleTimeout;
    CallError error;
    error.code = meaning.code;
    error.status = meaning.status;
    error.retriable = meaning.retriable;
    if (m_streaming)
        m_record.streamEnd = meaning.streamEnd;
    else if (error.code == ErrorCode::StreamTruncated)
        error.code = ErrorCode::ProviderUnavailable; // a cut answer that was not a stream
    error.message = QStringLiteral("%1: %2.").arg(m_candidate.provider->name, text);
    fail(error);
}

void Attempt::takeFacts()
{
    const transform::AnswerFacts& facts = m_translation->facts();
    m_record.tokens = facts.tokens;
    m_record.modelReported = facts.model;
    m_record.finishReason = facts.finishReason;
    if (m_operation == transform::Operation::CountTokens)
        m_record.tokens.source = api::TokenSource::Reported; // counting is free: nothing to estimate
}

void Attempt::finish(api::AttemptResult result)
{
    m_over = true;
    m_record.result = result;
    m_record.endUs = sinceBegun(m_context.clock.monotonic());
    if (m_upstream) {
        m_record.connectionReused = m_upstream->connectionReused();
        m_record.connectedUs = sinceBegun(m_upstream->connectedAt());
        m_record.sentUs = sinceBegun(m_upstream->sentAt());
        m_record.firstByteUs = sinceBegun(m_upstream->firstByteAt());
        m_record.bytesSent = m_upstream->bytesSent();
        m_record.bytesReceived = m_upstream->bytesReceived();
    }
    if (m_streaming) {
        takeFacts();
        if (m_record.tokens.source == api::TokenSource::None)
            estimateTokens(m_translation->contentEvents());
    } else if (result == api::AttemptResult::Answered && m_record.tokens.source == api::TokenSource::None) {
        estimateTokens(m_operation == transform::Operation::Embed ? 0 : (m_body.size() + 3) / 4);
    }
}

// A provider that was cut off, or says nothing of usage, still did work: estimated, and marked as such.
void Attempt::estimateTokens(qint64 output)
{
    m_record.tokens.inUncached = (m_requestBytes + 3) / 4;
    m_record.tokens.outText = output;
    m_record.tokens.source = api::TokenSource::Estimated;
}

void Attempt::fail(CallError error)
{
    m_record.error = error.code;
    m_record.reason = error.recordText();
    finish(api::AttemptResult::Failed);
    m_upstream.reset();
    m_listener->attemptFailed(error);
}

void Attempt::cancel(api::AttemptResult result, ErrorCode code, const QString& reason)
{
    if (m_over)
        return;
    m_endedByUs = true;
    m_record.error = code;
    m_record.reason = reason;
    if (m_streaming)
        m_record.streamEnd =
            result == api::AttemptResult::Cancelled ? api::StreamEnd::Cancelled : api::StreamEnd::Truncated;
    finish(result);
    m_upstream.reset();
}

} // namespace gateway::engine
