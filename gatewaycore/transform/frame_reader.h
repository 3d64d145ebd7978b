// FrameReader: takes the bytes of a stream as they come, cut anywhere, and gives its messages one at a time:
// server-sent events, lines of JSON, or AWS event-stream frames. One stream, one thread.
#pragma once

#include "http/message.h"
#include "transform/dialect.h"

#include <QByteArray>

#include <memory>

namespace gateway::transform {

struct Frame
{
    QByteArrayView name; // SSE "event:", AWS ":event-type" or ":exception-type"; may be empty
    QByteArrayView data;
    bool isException = false; // AWS: ":message-type" is exception or error
    // SSE: the event as it came, to its blank line, if that is what http::appendSseEvent makes of name and data; else
    // empty. It can be passed on as it is.
    QByteArrayView wire = {};
};

class FrameReader
{
public:
    enum class Step
    {
        NeedMore,
        Frame,
        TooLarge,
        Broken, // not this framing: a checksum is wrong, a length is absurd
    };
    virtual ~FrameReader() = default;
    // Uses bytes from the front and removes them; on Frame, frame() is valid until the next call, and as long as the
    // bytes themselves.
    virtual Step next(QByteArrayView& bytes) = 0;
    virtual Frame frame() const = 0;
    virtual bool hasPartialFrame() const = 0; // at the end of the stream: it was cut
};

inline constexpr qint64 kLargestFrame = 1 << 20;

std::unique_ptr<FrameReader> frameReader(Framing framing);
// Whether an answer's head promises that framing (content-type).
bool hasFraming(const http::ResponseHead& head, Framing framing);

} // namespace gateway::transform
