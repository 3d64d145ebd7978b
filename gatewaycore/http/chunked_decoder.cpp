#include "http/chunked_decoder.h"

namespace gateway::http {
namespace {

constexpr qint64 kOverhead = 16 * 1024;

int hexDigit(unsigned char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    const unsigned char low = c | 0x20;
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

} // namespace

void ChunkedDecoder::reset()
{
    m_state = State::Size;
    m_remaining = 0;
    m_digits = 0;
    m_lineBytes = 0;
    m_trailerBytes = 0;
    m_announced = 0;
    m_overhead = 0;
    m_data = {};
    m_error = {};
}

bool ChunkedDecoder::refuse(const char* reason)
{
    m_error = {400, reason};
    return false;
}

ChunkedDecoder::Step ChunkedDecoder::next(QByteArrayView& bytes)
{
    while (!bytes.isEmpty()) {
        if (m_state == State::Data) {
            const qsizetype take = qsizetype(std::min<quint64>(m_remaining, quint64(bytes.size())));
            m_data = bytes.first(take);
            bytes = bytes.sliced(take);
            m_remaining -= quint64(take);
            if (m_remaining == 0)
                m_state = State::DataCr;
            return Step::Data;
        }
        const auto c = static_cast<unsigned char>(bytes.front());
        bytes = bytes.sliced(1);
        if (!step(c))
            return Step::Refused;
        if (m_state == State::Done)
            return Step::Complete;
    }
    return Step::NeedMore;
}

bool ChunkedDecoder::step(unsigned char c)
{
    switch (m_state) {
    case State::Size:
        if (const int digit = hexDigit(c); digit >= 0) {
            if (++m_digits > 16 || m_remaining > (quint64(INT64_MAX) >> 4))
                return refuse("a chunk size that is too large");
            m_remaining = (m_remaining << 4) | quint64(digit);
            return true;
        }
        if (m_digits == 0)
            return refuse("a chunk size that is not hexadecimal");
        m_lineBytes = m_digits;
        if (c == ';')
            m_state = State::Extension;
        else if (c == '\r')
            m_state = State::SizeEnd;
        else
            return refuse("a chunk size that is not hexadecimal");
        return true;
    case State::Extension:
        if (++m_lineBytes > m_limits.chunkLine)
            return refuse("a chunk extension that is too long");
        if (c == '\r')
            m_state = State::SizeEnd;
        else if ((c < 0x20 && c != '\t') || c >= 0x7f)
            return refuse("a control byte in a chunk extension");
        return true;
    case State::SizeEnd:
        if (c != '\n')
            return refuse("CR without LF after a chunk size");
        m_digits = 0;
        // too much is refused when it is announced, not when the bytes have come
        if (m_remaining > quint64(m_limits.bodyBytes - m_announced)) {
            m_error = {413, "a body that is too large"};
            return false;
        }
        m_announced += qint64(m_remaining);
        // a kilobyte of extension on each one-byte chunk would cost a thousand times what the body limit says
        m_overhead += m_lineBytes - 16 - qint64(std::min<quint64>(m_remaining, quint64(m_limits.bodyBytes)));
        m_overhead = std::max<qint64>(m_overhead, 0);
        if (m_overhead > kOverhead)
            return refuse("chunk extensions that outweigh the body");
        m_state = m_remaining == 0 ? State::TrailerStart : State::Data;
        return true;
    case State::DataCr:
        if (c != '\r')
            return refuse("chunk data that is not followed by CRLF");
        m_state = State::DataLf;
        return true;
    case State::DataLf:
        if (c != '\n')
            return refuse("chunk data that is not followed by CRLF");
        m_state = State::Size;
        return true;
    case State::TrailerStart:
        if (c == '\r') {
            m_state = State::FinalLf;
            return true;
        }
        if (!isTokenChar(c))
            return refuse("a trailer that is not a field line");
        m_trailerHasColon = false;
        m_state = State::Trailer;
        ++m_trailerBytes;
        return true;
    case State::Trailer:
        if (++m_trailerBytes > m_limits.trailerBytes)
            return refuse("trailers that are too large");
        if (c == '\r' && m_trailerHasColon) {
            m_state = State::TrailerEnd;
            return true;
        }
        if (m_trailerHasColon ? ((c < 0x20 && c != '\t') || c == 0x7f) : (c != ':' && !isTokenChar(c)))
            return refuse("a trailer that is not a field line");
        m_trailerHasColon = m_trailerHasColon || c == ':';
        return true;
    case State::TrailerEnd:
        if (c != '\n')
            return refuse("CR without LF in a trailer");
        m_state = State::TrailerStart;
        return true;
    case State::FinalLf:
        if (c != '\n')
            return refuse("CR without LF at the end of a chunked body");
        m_state = State::Done;
        return true;
    case State::Data:
    case State::Done:
        break;
    }
    return refuse("a chunked body that could not be read");
}

} // namespace gateway::http
