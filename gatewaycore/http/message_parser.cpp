#include "http/message_parser.h"

#include "http/head_parser.h"

namespace gateway::http {

void MessageParser::restart()
{
    m_state = State::Head;
    m_scanner.reset();
    m_chunks.reset();
    m_headBytes.clear();
    m_body = {};
    m_bodyReceived = 0;
    m_error = {};
}

ParseStep MessageParser::refuse(ParseError error)
{
    m_error = error;
    m_state = State::Refused;
    return ParseStep::Refused;
}

ParseStep MessageParser::next(QByteArrayView& bytes)
{
    switch (m_state) {
    case State::Head:
        return nextHead(bytes);
    case State::Body:
        return nextBody(bytes);
    case State::Complete:
        return ParseStep::NeedMore;
    case State::Refused:
        break;
    }
    return ParseStep::Refused;
}

ParseStep MessageParser::nextHead(QByteArrayView& bytes)
{
    MessageHead& head = messageHead();
    while (!bytes.isEmpty()) {
        const HeadScanner::Verdict verdict = m_scanner.scan(bytes, head);
        if (verdict == HeadScanner::Verdict::Refused)
            return refuse(m_scanner.error());
        const QByteArrayView piece = bytes.first(m_scanner.consumed());
        bytes = bytes.sliced(piece.size());
        if (verdict == HeadScanner::Verdict::NeedMore) {
            m_headBytes.append(piece);
            return ParseStep::NeedMore;
        }
        m_scanner.reset();
        if (m_headBytes.isEmpty()) {
            head.keep(piece);
        } else {
            m_headBytes.append(piece);
            const QByteArray whole = std::exchange(m_headBytes, {});
            m_scanner.scan(whole, head);
            m_scanner.reset();
            head.keep(whole);
        }
        if (const auto wrong = finishHead())
            return refuse(*wrong);
        if (isInterim())
            continue;
        m_state = State::Body;
        return ParseStep::Head;
    }
    return ParseStep::NeedMore;
}

ParseStep MessageParser::nextBody(QByteArrayView& bytes)
{
    const MessageHead& head = messageHead();
    const auto deliver = [&](QByteArrayView piece) {
        m_body = piece;
        m_bodyReceived += piece.size();
        if (m_bodyReceived > m_limits.bodyBytes)
            return refuse({413, "a body that is too large"});
        return ParseStep::Body;
    };
    switch (head.framing) {
    case BodyFraming::None:
        break;
    case BodyFraming::Length: {
        const qint64 missing = head.contentLength - m_bodyReceived;
        if (missing == 0)
            break;
        if (bytes.isEmpty())
            return ParseStep::NeedMore;
        const QByteArrayView piece = bytes.first(std::min<qint64>(missing, bytes.size()));
        bytes = bytes.sliced(piece.size());
        return deliver(piece);
    }
    case BodyFraming::UntilClose: {
        if (bytes.isEmpty())
            return ParseStep::NeedMore;
        const QByteArrayView piece = std::exchange(bytes, {});
        return deliver(piece);
    }
    case BodyFraming::Chunked:
        switch (m_chunks.next(bytes)) {
        case ChunkedDecoder::Step::NeedMore:
            return ParseStep::NeedMore;
        case ChunkedDecoder::Step::Data:
            return deliver(m_chunks.data());
        case ChunkedDecoder::Step::Refused:
            return refuse(m_chunks.error());
        case ChunkedDecoder::Step::Complete:
            break;
        }
        break;
    }
    m_state = State::Complete;
    return ParseStep::Complete;
}

std::optional<ParseError> RequestParser::finishHead()
{
    return readRequestHead(m_limits, m_head);
}

void ResponseParser::begin(bool bodiless)
{
    restart();
    m_bodiless = bodiless;
    m_interim = 0;
}

std::optional<ParseError> ResponseParser::finishHead()
{
    if (auto wrong = readResponseHead(m_bodiless, m_head))
        return wrong;
    if (m_head.status == 101)
        return ParseError{502, "a protocol switch nobody asked for"};
    if (m_head.status < 200 && ++m_interim > m_limits.interimResponses)
        return ParseError{502, "too many interim responses"};
    return std::nullopt;
}

bool ResponseParser::finishAtClose()
{
    if (m_state == State::Body && m_head.framing == BodyFraming::UntilClose)
        m_state = State::Complete;
    return m_state == State::Complete;
}

} // namespace gateway::http
