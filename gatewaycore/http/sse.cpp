#include "http/sse.h"

#include <cstring>

namespace gateway::http {

SseReader::Step SseReader::next(QByteArrayView& bytes)
{
    if (m_delivered) {
        m_event = {};
        m_hasData = m_hasField = m_delivered = false;
        m_size = 0;
    }
    while (!bytes.isEmpty()) {
        if (m_skipLf) {
            m_skipLf = false;
            if (bytes.front() == '\n') {
                bytes = bytes.sliced(1);
                continue;
            }
        }
        // up to the next line end, in one piece
        qsizetype end = 0;
        while (end < bytes.size() && bytes[end] != '\n' && bytes[end] != '\r')
            ++end;
        m_size += end;
        if (m_size > m_limit)
            return Step::TooLarge;
        m_line.append(bytes.data(), end);
        if (end == bytes.size()) {
            bytes = {};
            break;
        }
        m_skipLf = bytes[end] == '\r';
        bytes = bytes.sliced(end + 1);
        if (endLine())
            return Step::Event;
    }
    return Step::NeedMore;
}

// Takes the finished line into the event; true if the line was empty and closed an event with data.
bool SseReader::endLine()
{
    if (m_atStart) {
        m_atStart = false;
        if (m_line.startsWith("\xEF\xBB\xBF"))
            m_line.remove(0, 3);
    }
    if (m_line.isEmpty()) {
        if (m_hasData) {
            m_delivered = true;
            return true;
        }
        m_event = {};
        m_hasField = false;
        m_size = 0;
        return false;
    }
    const qsizetype colon = m_line.indexOf(':');
    if (colon != 0) {
        const QByteArrayView name = colon < 0 ? QByteArrayView(m_line) : QByteArrayView(m_line).first(colon);
        QByteArrayView value = colon < 0 ? QByteArrayView() : QByteArrayView(m_line).sliced(colon + 1);
        if (value.startsWith(' '))
            value = value.sliced(1);
        if (name == QByteArrayView("data")) {
            if (m_hasData)
                m_event.data.append('\n');
            m_event.data.append(value.data(), value.size());
            m_hasData = m_hasField = true;
        } else if (name == QByteArrayView("event")) {
            m_event.name = value.toByteArray();
            m_hasField = true;
        }
    }
    m_line.resize(0);  // keeps its capacity
    return false;
}

void appendSseEvent(QByteArray& out, QByteArrayView name, QByteArrayView data)
{
    if (!name.isEmpty()) {
        out.append("event: ");
        out.append(name.data(), name.size());
        out.append('\n');
    }
    const char* at = data.data();
    const char* const end = at + data.size();
    do {
        const char* stop = at;
        while (stop < end && *stop != '\n' && *stop != '\r')
            ++stop;
        out.append("data: ");
        out.append(at, stop - at);
        out.append('\n');
        at = stop + 1;
    } while (at <= end);
    out.append('\n');
}

void appendSseComment(QByteArray& out, QByteArrayView text)
{
    out.append(": ");
    for (const char c : text)
        out.append(c == '\n' || c == '\r' ? ' ' : c);
    out.append("\n\n");
}

}  // namespace gateway::http
