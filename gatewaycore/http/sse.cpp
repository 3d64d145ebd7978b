#include "http/sse.h"

#include <cstring>

namespace gateway::http {
namespace {

constexpr qsizetype kLineKept = 64 * 1024; // a line buffer that grew beyond this is not kept for the next line

// Bytes before the first CR or LF; all of them if there is none.
qsizetype lineLength(QByteArrayView bytes)
{
    if (bytes.isEmpty())
        return 0;
    const void* lf = std::memchr(bytes.data(), '\n', std::size_t(bytes.size()));
    const qsizetype toLf = lf ? static_cast<const char*>(lf) - bytes.data() : bytes.size();
    const void* cr = toLf > 0 ? std::memchr(bytes.data(), '\r', std::size_t(toLf)) : nullptr;
    return cr ? static_cast<const char*>(cr) - bytes.data() : toLf;
}

void appendWithoutLineEnds(QByteArray& out, QByteArrayView text)
{
    for (const char c : text)
        out.append(c == '\n' || c == '\r' ? ' ' : c);
}

} // namespace

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
        const qsizetype end = lineLength(bytes);
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
    } else {
        m_size -= m_line.size(); // a comment leaves nothing behind: heartbeats do not add up to an event
    }
    if (m_line.capacity() > kLineKept)
        m_line = QByteArray();
    else
        m_line.resize(0); // keeps its capacity
    return false;
}

void appendSseEvent(QByteArray& out, QByteArrayView name, QByteArrayView data)
{
    if (!name.isEmpty()) {
        out.append("event: ");
        appendWithoutLineEnds(out, name);
        out.append('\n');
    }
    while (true) {
        const qsizetype length = lineLength(data);
        out.append("data: ");
        out.append(data.data(), length);
        out.append('\n');
        if (length == data.size())
            break;
        const bool pair = data[length] == '\r' && length + 1 < data.size() && data[length + 1] == '\n';
        data = data.sliced(length + (pair ? 2 : 1));
    }
    out.append('\n');
}

void appendSseComment(QByteArray& out, QByteArrayView text)
{
    out.append(": ");
    appendWithoutLineEnds(out, text);
    out.append("\n\n");
}

} // namespace gateway::http
