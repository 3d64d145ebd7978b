#include "answer_reader.h"

#include <algorithm>

namespace gateway::api {
namespace {

constexpr qsizetype kLongestChunkLine = 256;
constexpr int kMostInterim = 8;
constexpr qint64 kLargestLength = qint64(1) << 40; // the reader of the body has a bound of its own

bool isDigits(const QByteArray& text)
{
    return !text.isEmpty() && text.size() <= 13 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool isToken(const QByteArray& text)
{
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
    });
}

} // namespace

void AnswerReader::feed(const QByteArray& bytes)
{
    m_hasBegun = m_hasBegun || !bytes.isEmpty();
    if (m_state == State::Broken)
        return;
    if (m_state == State::Whole)
        return broken(); // nobody asked for more
    m_in += bytes;
    while (m_state == State::Head || m_state == State::Body) {
        if (m_state == State::Head) {
            if (!takeHead())
                return;
        } else if (m_framing == Framing::Chunked) {
            if (!takeChunk())
                return;
        } else if (m_framing == Framing::UntilEnd) {
            m_body += std::exchange(m_in, {});
            return;
        } else {
            const qsizetype size = qsizetype(std::min<qint64>(m_left, m_in.size()));
            m_body += m_in.left(size);
            m_in.remove(0, size);
            m_left -= size;
            if (m_left > 0)
                return;
            m_state = State::Whole;
        }
    }
}

void AnswerReader::connectionEnded()
{
    if (m_state == State::Body && m_framing == Framing::UntilEnd)
        m_state = State::Whole;
    else if (m_state != State::Whole)
        broken();
    m_mayReuse = false;
}

// False: more bytes are needed, or it is over.
bool AnswerReader::takeHead()
{
    const qsizetype end = m_in.indexOf("\r\n\r\n");
    if (end < 0 || end > kLargestHead) {
        static constexpr QByteArrayView kBegin("HTTP/1.1 ");
        const qsizetype known = std::min(m_in.size(), kBegin.size());
        if (m_in.size() > kLargestHead || QByteArrayView(m_in).first(known) != kBegin.first(known))
            broken();
        return false;
    }
    const QByteArray head = m_in.left(end);
    m_in.remove(0, end + 4);
    m_fields.clear();
    if (!readHead(head)) {
        broken();
        return false;
    }
    if (m_status < 200) { // an interim answer; the real one follows
        if (++m_interim > kMostInterim || m_status == 101)
            broken();
        return m_state != State::Broken;
    }
    if (!beginBody())
        broken();
    return m_state == State::Body;
}

bool AnswerReader::readHead(const QByteArray& head)
{
    const QList<QByteArray> lines = head.split('\n');
    const QByteArray first = lines.first();
    if (!first.startsWith("HTTP/1.1 ") || first.size() < 12 || !isDigits(first.mid(9, 3)) ||
        (first.size() > 12 && first[12] != ' ' && first[12] != '\r'))
        return false;
    m_status = first.mid(9, 3).toInt();
    if (m_status < 100)
        return false;
    for (qsizetype i = 0; i < lines.size(); ++i) {
        QByteArray line = lines[i];
        if (i + 1 < lines.size()) {
            if (!line.endsWith('\r'))
                return false;
            line.chop(1);
        }
        if (line.contains('\r') || line.contains('\0'))
            return false;
        if (i == 0)
            continue;
        const qsizetype colon = line.indexOf(':');
        const QByteArray name = line.left(std::max<qsizetype>(colon, 0)).toLower();
        if (!isToken(name))
            return false;
        const bool frames = name == "content-length" || name == "transfer-encoding";
        if (frames && m_fields.contains(name))
            return false; // two lengths are one too many
        m_fields.insert(name, line.mid(colon + 1).trimmed());
    }
    return true;
}

bool AnswerReader::beginBody()
{
    const QByteArray length = m_fields.value("content-length");
    const bool isChunked = m_fields.contains("transfer-encoding");
    m_mayReuse = m_fields.value("connection").toLower() != "close";
    m_state = State::Body;
    m_left = 0;
    if (m_status == 204 || m_status == 304) {
        m_framing = Framing::Length;
        return true;
    }
    if (isChunked) {
        m_framing = Framing::Chunked;
        m_chunk = Chunk::Size;
        return m_fields.value("transfer-encoding").toLower() == "chunked" && !m_fields.contains("content-length");
    }
    if (!m_fields.contains("content-length")) {
        m_framing = Framing::UntilEnd;
        m_mayReuse = false;
        return true;
    }
    m_framing = Framing::Length;
    m_left = length.toLongLong();
    return isDigits(length) && m_left <= kLargestLength;
}

bool AnswerReader::takeLine(QByteArray& line, qsizetype longest)
{
    const qsizetype end = m_in.indexOf("\r\n");
    if (end < 0 || end > longest) {
        if (end > longest || m_in.size() > longest + 1) // the one may be half of the line's end
            broken();
        return false;
    }
    line = m_in.left(end);
    m_in.remove(0, end + 2);
    return true;
}

bool AnswerReader::takeChunk()
{
    QByteArray line;
    switch (m_chunk) {
    case Chunk::Size: {
        if (!takeLine(line, kLongestChunkLine))
            return false;
        const QByteArray digits = line.left(line.indexOf(';') < 0 ? line.size() : line.indexOf(';')).trimmed();
        bool isNumber = false;
        m_left = digits.toLongLong(&isNumber, 16);
        if (!isNumber || digits.size() > 10 || m_left < 0 || digits.startsWith('+') || digits.startsWith("0x")) {
            broken();
            return false;
        }
        m_chunk = m_left == 0 ? Chunk::Trailer : Chunk::Data;
        return true;
    }
    case Chunk::Data: {
        const qsizetype size = qsizetype(std::min<qint64>(m_left, m_in.size()));
        m_body += m_in.left(size);
        m_in.remove(0, size);
        m_left -= size;
        if (m_left > 0)
            return false;
        m_chunk = Chunk::DataEnd;
        return true;
    }
    case Chunk::DataEnd:
        if (!takeLine(line, 0))
            return false;
        m_chunk = Chunk::Size;
        return true;
    case Chunk::Trailer:
        if (!takeLine(line, kLargestHead))
            return false;
        if (line.isEmpty())
            m_state = State::Whole;
        return true;
    }
    return false;
}

} // namespace gateway::api
