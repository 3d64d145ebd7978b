#include "http/head_scanner.h"

namespace gateway::http {

void HeadScanner::reset()
{
    m_state = State::Start;
    m_total = 0;
    m_fields = 0;
    m_consumed = 0;
    m_error = {};
}

HeadScanner::Verdict HeadScanner::scan(QByteArrayView bytes)
{
    m_consumed = 0;
    for (const char c : bytes) {
        ++m_consumed;
        ++m_total;
        if (!step(static_cast<unsigned char>(c)) || tooLarge())
            return Verdict::Refused;
        if (m_state == State::Start) // the empty line's LF brought us round
            return Verdict::Complete;
    }
    return Verdict::NeedMore;
}

bool HeadScanner::refuse(int status, const char* reason)
{
    m_error = {status, reason};
    return false;
}

bool HeadScanner::tooLarge()
{
    if (m_state == State::StartLine && m_total > m_limits.startLine) {
        refuse(m_kind == Kind::Request ? 414 : 502, "the start line is too long");
        return true;
    }
    if (m_total > m_limits.headBytes || m_fields > m_limits.fields) {
        refuse(431, "the header fields are too large or too many");
        return true;
    }
    return false;
}

bool HeadScanner::step(unsigned char c)
{
    const bool control = (c < 0x20 && c != '\t') || c == 0x7f;
    switch (m_state) {
    case State::Start:
        if (!isTokenChar(c))
            return refuse(400, "the message does not begin with a start line");
        m_state = State::StartLine;
        return true;
    case State::StartLine:
        if (c == '\r')
            m_state = State::StartLineEnd;
        else if (control || c == '\t' || (c >= 0x80 && m_kind == Kind::Request))
            return refuse(400, "a control or non-ASCII byte in the start line");
        return true;
    case State::StartLineEnd:
        if (c != '\n')
            return refuse(400, "CR without LF in the start line");
        m_state = State::LineStart;
        return true;
    case State::LineStart:
        if (c == '\r') {
            m_state = State::HeadEnd;
            return true;
        }
        if (c == ' ' || c == '\t')
            return refuse(400, "a folded header line");
        if (!isTokenChar(c))
            return refuse(400, "a header name that is empty or not a token");
        ++m_fields;
        m_state = State::Name;
        return true;
    case State::Name:
        if (c == ':')
            m_state = State::Value;
        else if (!isTokenChar(c))
            return refuse(400, "a header name that is not a token, or a space before the colon");
        return true;
    case State::Value:
        if (c == '\r')
            m_state = State::ValueEnd;
        else if (control)
            return refuse(400, "a control byte in a header value");
        return true;
    case State::ValueEnd:
        if (c != '\n')
            return refuse(400, "CR without LF in a header line");
        m_state = State::LineStart;
        return true;
    case State::HeadEnd:
        if (c != '\n')
            return refuse(400, "CR without LF at the end of the head");
        m_state = State::Start;
        return true;
    }
    return refuse(400, "the head could not be read");
}

} // namespace gateway::http
