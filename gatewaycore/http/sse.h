// Server-sent events on bytes (WHATWG event stream format): a reader that takes pieces cut anywhere, also inside a
// multi-byte character or between CR and LF, and a writer. Field values stay bytes; nobody decodes UTF-8 per piece.
// One thread; an event over the limit refuses the stream (reliability.md D11).
#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace gateway::http {

struct SseEvent
{
    QByteArray name; // "event:", empty if none
    QByteArray data; // the "data:" lines joined by LF
};

class SseReader
{
public:
    enum class Step
    {
        NeedMore,
        Event,
        TooLarge
    };
    explicit SseReader(qint64 eventLimit = 1 << 20) : m_limit(eventLimit) {}

    // Uses bytes from the front and removes them; on Event, event() is complete. Comments and unknown fields are
    // skipped.
    Step next(QByteArrayView& bytes);
    const SseEvent& event() const { return m_event; }
    // Bytes of an event that has begun but not ended: at the end of a stream they mean it was cut.
    bool hasPartialEvent() const
    {
        return !m_delivered && (m_hasField || (!m_line.isEmpty() && m_line.front() != ':'));
    }

private:
    bool endLine();

    const qint64 m_limit;
    QByteArray m_line;
    SseEvent m_event;
    bool m_hasData = false;
    bool m_hasField = false;
    bool m_delivered = false;
    bool m_skipLf = false;
    bool m_atStart = true;
    qint64 m_size = 0;
};

// "event: NAME\ndata: LINE\n\n"; data with line ends (LF, CR or CRLF) becomes several data lines, a line end in a name
// a space, so that neither can add an event.
void appendSseEvent(QByteArray& out, QByteArrayView name, QByteArrayView data);
void appendSseComment(QByteArray& out, QByteArrayView text);

} // namespace gateway::http
