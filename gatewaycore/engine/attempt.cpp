#include "engine/attempt.h"

#include "engine/upstream_target.h"
#include "transform/providers/retry_after.h"

#include <array>

namespace gateway::engine {
namespace {

using api::ErrorCode;
using http::UpstreamFailure;
using transform::CallError;

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

bool isEventStream(const http::ResponseHead& head)
{
    const QByteArrayView type = head.value("content-type");
    return type.size() >= 17 && http::equalsIgnoringCase(type.first(17), "text/event-stream");
}

// The provider's own name for the request, under whichever header it uses.
QString upstreamRequestId(const http::ResponseHead& head)
{
    for (const char* field : {"x-request-id", "request-id", "apim-request-id", "x-generation-id"}) {
        if (const QByteArrayView id = head.value(field); !id.isEmpty())
            return QString::fromLatin1(id.first(std::min<qsizetype>(id.size(), 128)));
    }
    return {};
}

} // namespace

Attempt::Attempt(WorkerContext& context, const config::Candidate& candidate, int number, Monotonic callBegun,
    AttemptListener& listener)
    : m_context(context),
      m_candidate(candidate),
      m_callBegun(callBegun),
      m_listener(&listener),
      m_reader(candidate.provider->key.reveal())
{
    m_record.number = number;
    m_record.provider = candidate.provider->name;
    m_record.model = candidate.model;
    m_record.region = candidate.provider->region;
}

Attempt::~Attempt() = default;

qint64 Attempt::sinceBegun(Monotonic at) const
{
    return at.count() == 0 ? -1 : std::chrono::duration_cast<std::chrono::microseconds>(at - m_callBegun).count();
}

void Attempt::start(const transform::ChatRequest& request, const QString& callId, std::optional<qint64> outputLimit)
{
    const config::Provider& provider = *m_candidate.provider;
    m_wantsStream = request.stream;
    m_wantsUsageChunk = request.wantsUsageChunk;
    http::UpstreamRequest upstream;
    upstream.path = provider.basePath + "/chat/completions";
    upstream.fields.append({QByteArrayLiteral("content-type"), QByteArrayLiteral("application/json")});
    upstream.fields.append({QByteArrayLiteral("accept"),
        request.stream ? QByteArrayLiteral("text/event-stream") : QByteArrayLiteral("application/json")});
    upstream.fields.append({QByteArrayLiteral("accept-encoding"), QByteArrayLiteral("identity")});
    upstream.fields.append({QByteArrayLiteral("user-agent"), QByteArrayLiteral("signalbox/" SIGNALBOX_VERSION)});
    upstream.fields.append({QByteArrayLiteral("x-request-id"), callId.toLatin1()});
    appendAuthorisation(provider, upstream.fields);
    const char* limitField =
        provider.kind == config::ProviderKind::OpenAiCompatible ? "max_tokens" : "max_completion_tokens";
    upstream.body = transform::openai::requestBody(request, m_candidate.modelUtf8,
        outputLimit ? std::optional(transform::openai::AddedLimit{limitField, *outputLimit}) : std::nullopt);
    m_requestBytes = upstream.body.size();
    m_record.startUs = sinceBegun(m_context.clock.monotonic());
    m_upstream = m_context.upstream.start(
        upstreamTarget(provider, m_context.simulatorPort), upstreamTimeouts(provider), std::move(upstream), *this);
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
    m_record.upstreamRequestId = upstreamRequestId(head);
    if (head.status == 200 && m_wantsStream && isEventStream(head)) {
        m_streaming = true;
        m_record.streamEnd = api::StreamEnd::Truncated; // until its end mark says otherwise
    } else if (head.status != 200) {
        m_retryAfterMs = transform::retryAfterMs(head, m_context.clock.wallMs());
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
    using Kind = transform::openai::StreamFacts::Kind;
    m_events.resize(0);
    bool content = false;
    bool done = false;
    std::optional<CallError> error;
    while (!done && !error) {
        const http::SseReader::Step step = m_sse.next(piece);
        if (step == http::SseReader::Step::NeedMore)
            break;
        CallError wrong;
        wrong.code = ErrorCode::TransformError;
        if (step == http::SseReader::Step::TooLarge) {
            wrong.message = QStringLiteral("The provider sent a stream event that is too large.");
            error = wrong;
            break;
        }
        const qint64 now = sinceBegun(m_context.clock.monotonic());
        if (m_lastEventUs >= 0)
            m_record.longestGapUs = std::max(m_record.longestGapUs, now - m_lastEventUs);
        m_lastEventUs = now;
        const transform::openai::StreamFacts facts = m_reader.read(m_sse.event().data);
        switch (facts.kind) {
        case Kind::Done:
            done = true;
            break;
        case Kind::Malformed:
            wrong.message = QStringLiteral("The provider sent a stream event that is not JSON.");
            error = wrong;
            break;
        case Kind::Error:
            error = facts.error;
            break;
        case Kind::UsageOnly:
            if (m_wantsUsageChunk)
                http::appendSseEvent(m_events, {}, m_sse.event().data);
            break;
        case Kind::Data:
            http::appendSseEvent(m_events, {}, m_sse.event().data);
            if (facts.hasContent && m_record.firstTokenUs < 0)
                m_record.firstTokenUs = now;
            content = content || facts.hasContent;
            break;
        }
    }
    if (!m_events.isEmpty())
        m_listener->attemptStreams(m_events, content);
    if (m_over)
        return; // the caller left while it was being sent to
    if (error) {
        fail(*error);
    } else if (done) {
        m_record.streamEnd = api::StreamEnd::Complete;
        finish(api::AttemptResult::Answered);
        m_listener->attemptStreamComplete();
    }
}

void Attempt::upstreamComplete()
{
    if (m_over)
        return;
    if (m_streaming) {
        CallError error;
        error.code = ErrorCode::StreamTruncated;
        fail(error);
    } else if (m_status != 200) {
        CallError error = transform::openai::readError(m_status, m_body, m_candidate.provider->key.reveal());
        error.retryAfterMs = m_retryAfterMs;
        fail(error);
    } else if (m_wantsStream) {
        CallError error;
        error.code = ErrorCode::TransformError;
        error.message =
            QStringLiteral("The provider answered a streaming request with something that is not a stream.");
        fail(error);
    } else {
        auto answer = transform::openai::readAnswer(m_body, m_candidate.provider->key.reveal());
        if (const auto* error = std::get_if<CallError>(&answer)) {
            fail(*error);
            return;
        }
        takeFacts(std::get<transform::openai::AnswerFacts>(answer));
        finish(api::AttemptResult::Answered);
        m_listener->attemptAnswered(std::move(m_body));
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

void Attempt::takeFacts(const transform::openai::AnswerFacts& facts)
{
    m_record.tokens = facts.tokens;
    m_record.modelReported = facts.model;
    m_record.finishReason = facts.finishReason;
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
        takeFacts(m_reader.facts());
        if (m_record.tokens.source == api::TokenSource::None)
            estimateTokens(m_reader.contentEvents());
    } else if (result == api::AttemptResult::Answered && m_record.tokens.source == api::TokenSource::None) {
        estimateTokens((m_body.size() + 3) / 4);
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
    m_record.reason = error.text();
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
