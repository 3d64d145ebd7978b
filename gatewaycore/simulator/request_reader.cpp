#include "simulator/request_reader.h"

namespace gateway::simulator {
namespace {

constexpr qsizetype kHeadLimit = 64 * 1024;
constexpr qint64 kBodyLimit = 64ll * 1024 * 1024;

} // namespace

RequestReader::State RequestReader::feed(const QByteArray& bytes)
{
    m_buffer += bytes;
    if (m_malformed)
        return State::Malformed;
    State state = m_headRead ? State::Ready : readHead();
    if (state == State::Ready)
        state = m_chunked ? readChunks() : readBody();
    m_malformed = state == State::Malformed;
    return state;
}

SimRequest RequestReader::take()
{
    m_buffer.remove(0, m_used);
    m_used = 0;
    m_headRead = false;
    m_continue = false;
    return std::exchange(m_request, {});
}

bool RequestReader::takeContinue()
{
    return std::exchange(m_continue, false);
}

RequestReader::State RequestReader::readHead()
{
    const qsizetype end = m_buffer.indexOf("\r\n\r\n");
    if (end < 0)
        return m_buffer.size() > kHeadLimit ? State::Malformed : State::NeedMore;
    const QList<QByteArray> lines = m_buffer.left(end).split('\n');
    const QList<QByteArray> words = lines.first().trimmed().split(' ');
    if (words.size() != 3 || words[2] != "HTTP/1.1" || !words[1].startsWith('/'))
        return State::Malformed;

    m_request.method = words[0];
    const qsizetype question = words[1].indexOf('?');
    m_request.path = question < 0 ? words[1] : words[1].left(question);
    m_request.query = question < 0 ? QByteArray() : words[1].mid(question + 1);
    int lengths = 0;
    int codings = 0;
    m_length = 0;
    for (qsizetype i = 1; i < lines.size(); ++i) {
        const qsizetype colon = lines[i].indexOf(':');
        if (colon <= 0 || lines[i].left(colon).contains(' '))
            return State::Malformed;
        const QByteArray name = lines[i].left(colon).toLower();
        const QByteArray value = lines[i].mid(colon + 1).trimmed();
        m_request.headers.append({name, value});
        if (name == "content-length") {
            bool isNumber = false;
            m_length = value.toLongLong(&isNumber);
            if (!isNumber || m_length < 0 || m_length > kBodyLimit)
                return State::Malformed;
            ++lengths;
        } else if (name == "transfer-encoding") {
            if (value.toLower() != "chunked")
                return State::Malformed;
            ++codings;
        }
    }
    if (lengths + codings > 1 || m_request.header("host").isEmpty())
        return State::Malformed;
    m_chunked = codings == 1;
    m_continue = m_request.header("expect").toLower() == "100-continue";
    m_headRead = true;
    m_used = end + 4;
    return State::Ready;
}

RequestReader::State RequestReader::readBody()
{
    if (m_buffer.size() - m_used < m_length)
        return State::NeedMore;
    m_request.body = m_buffer.mid(m_used, m_length);
    m_used += m_length;
    return State::Ready;
}

RequestReader::State RequestReader::readChunks()
{
    while (true) {
        const qsizetype lineEnd = m_buffer.indexOf("\r\n", m_used);
        if (lineEnd < 0)
            return State::NeedMore;
        bool isNumber = false;
        const qint64 size = m_buffer.mid(m_used, lineEnd - m_used).toLongLong(&isNumber, 16);
        if (!isNumber || size < 0 || m_request.body.size() + size > kBodyLimit)
            return State::Malformed;
        const qsizetype next = lineEnd + 2 + size + 2;
        if (m_buffer.size() < next)
            return State::NeedMore;
        if (m_buffer.mid(next - 2, 2) != "\r\n")
            return State::Malformed;
        m_request.body += m_buffer.mid(lineEnd + 2, size);
        m_used = next;
        if (size == 0)
            return State::Ready;
    }
}

} // namespace gateway::simulator
