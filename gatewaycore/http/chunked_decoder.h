// ChunkedDecoder: strict reader of chunked bodies (RFC 9112 section 7.1). Refused: a size that is not 1 to 16 hex
// digits, a control byte in an extension, CR or LF alone, data not followed by CRLF, a trailer that is not a field
// line, and anything over the limits (also chunk lines out of all proportion to their data). Works on bytes split
// anywhere. One thread; no allocation.
#pragma once

#include "http/limits.h"
#include "http/message.h"

namespace gateway::http {

class ChunkedDecoder
{
public:
    enum class Step
    {
        NeedMore, // everything given was used
        Data,     // data() is a piece of the body; call again with what is left
        Complete, // last chunk and trailers read
        Refused,
    };

    explicit ChunkedDecoder(const MessageLimits& limits) : m_limits(limits) {}
    void reset();

    // Reads from the front of `bytes` and removes what it used.
    Step next(QByteArrayView& bytes);
    QByteArrayView data() const { return m_data; }
    const ParseError& error() const { return m_error; }
    // Bytes the current chunk still has: what a cut connection left unsaid.
    quint64 remaining() const { return m_remaining; }

private:
    enum class State
    {
        Size,
        Extension,
        SizeEnd,
        Data,
        DataCr,
        DataLf,
        TrailerStart,
        Trailer,
        TrailerEnd,
        FinalLf,
        Done
    };

    bool step(unsigned char c);
    bool refuse(const char* reason);

    const MessageLimits m_limits;
    State m_state = State::Size;
    quint64 m_remaining = 0;
    int m_digits = 0;
    qint64 m_lineBytes = 0;
    qint64 m_trailerBytes = 0;
    qint64 m_announced = 0; // sum of the chunk sizes so far
    qint64 m_overhead = 0;  // bytes of chunk lines beyond what their data justifies
    bool m_trailerHasColon = false;
    QByteArrayView m_data;
    ParseError m_error;
};

} // namespace gateway::http
