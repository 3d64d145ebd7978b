// Surface: a dialect that callers speak to us. One file pair per surface in surfaces/; each is stateless and lives for
// the whole process, so any thread may use it. What belongs to one stream is its StreamWriter or StreamRelay.
#pragma once

#include "http/message.h"
#include "transform/call_request.h"
#include "transform/losses.h"
#include "transform/provider_dialect.h"
#include "transform/unified_answer.h"

#include <QStringList>

#include <memory>
#include <variant>

namespace gateway::transform {

// What the path said, as the data plane's routing table found it.
struct SurfacePath
{
    QString alias;       // where the path names it (Gemini, Azure); else empty
    QByteArrayView verb; // after the colon: "streamGenerateContent"
};

// What an answer needs that the provider does not say.
struct AnswerContext
{
    QString callId;
    QString alias; // what the caller asked for, where it wants to read that back
    qint64 createdSeconds = 0;
};

// Writes a stream from events (another dialect) in the caller's words.
class StreamWriter
{
public:
    virtual ~StreamWriter() = default;
    virtual void write(const StreamEvent& event, QByteArray& out) = 0;
    // The rest after the last event: stop reason, usage, end mark. The engine holds it back until the call is recorded.
    virtual void finish(const AnswerFacts& facts, QByteArray& tail) = 0;
    // The stream broke. What is open is closed as the dialect demands, and an error stands at the end instead of the
    // end mark.
    virtual void fail(const CallError& error, QByteArray& tail) = 0;
};

// Passes a stream of the same dialect on, frame by frame.
class StreamRelay
{
public:
    virtual ~StreamRelay() = default;
    // `read` is what the reader made of it. The frame that ends the stream goes into `tail`.
    virtual void relay(const Frame& frame, const StreamReader::Read& read, const AnswerFacts& soFar, QByteArray& out,
        QByteArray& tail) = 0;
    virtual void fail(const CallError& error, QByteArray& tail) = 0;
    // The provider closed without its end mark, and that is good enough: what the caller still needs.
    virtual void finish(QByteArray& tail) { Q_UNUSED(tail) }

protected:
    static void passOn(const Frame& frame, QByteArray& out); // as it came
};

class Surface
{
public:
    virtual ~Surface() = default;

    virtual const char* name() const = 0; // in records: "openai.chat", "anthropic.messages" ...
    virtual Dialect dialect() const = 0;

    virtual std::variant<CallRequest, CallError> parse(
        const SurfacePath& path, const http::RequestHead& head, QByteArray body) const = 0;
    virtual std::variant<UnifiedRequest, CallError> unify(const CallRequest& request) const = 0;

    virtual QByteArray answerBody(
        const CallRequest& request, const Answer& answer, const AnswerContext& context) const = 0;
    // Same dialect: what must be put right in a whole answer; empty if nothing, and the bytes go on as they are.
    virtual QByteArray repaired(const CallRequest& request, QByteArrayView body, const AnswerFacts& facts) const;

    virtual std::unique_ptr<StreamWriter> streamWriter(
        const CallRequest& request, const AnswerContext& context) const = 0;
    virtual std::unique_ptr<StreamRelay> streamRelay(
        const CallRequest& request, const AnswerContext& context) const = 0;

    // Before anything of a stream was sent.
    virtual QByteArray errorBody(const CallError& error, QStringView requestId) const = 0;
    // The status in the caller's dialect: some have their own for what others call 503.
    virtual int errorStatus(const CallError& error) const { return error.httpStatus(); }

    virtual QByteArray heartbeat() const { return {}; } // in a silent stream; empty: none that every client takes
    virtual const char* streamType(const CallRequest& request) const;

protected:
    // "signalbox": {...}: the gateway's own words beside the dialect's error
    static QByteArray signalboxObject(const CallError& error, QStringView requestId);
    // The body as one JSON object, or why it is refused.
    static std::optional<CallError> readObject(CallRequest& request);
    static CallError invalid(QString message, QString parameter = {});
};

} // namespace gateway::transform
