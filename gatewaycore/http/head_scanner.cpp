#include "http/head_scanner.h"

#include "http/byte_scan.h"

#include <algorithm>
#include <array>

namespace gateway::http {
namespace {

using Table = std::array<bool, 256>;

template <typename Rule>
Table tableOf(Rule rule)
{
    Table table{};
    for (int c = 0; c < 256; ++c)
        table[std::size_t(c)] = rule(static_cast<unsigned char>(c));
    return table;
}

// The bytes that change nothing in a state: neither its end nor a fault.
const Table kInRequestLine = tableOf([](unsigned char c) { return !isControl(c) && c != '\t' && c < 0x80; });
const Table kInStatusLine = tableOf([](unsigned char c) { return !isControl(c) && c != '\t'; });
const Table kInName = tableOf([](unsigned char c) { return isTokenChar(c); });

} // namespace

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
    while (m_consumed < bytes.size()) {
        const qsizetype run = plainRun(bytes.sliced(m_consumed));
        m_consumed += run;
        m_total += run;
        if (m_consumed == bytes.size())
            break;
        const auto c = static_cast<unsigned char>(bytes[m_consumed]);
        ++m_consumed;
        ++m_total;
        if (!step(c) || tooLarge())
            return Verdict::Refused;
        if (m_state == State::Start) // the empty line's LF brought us round
            return Verdict::Complete;
    }
    return Verdict::NeedMore;
}

// How many bytes from here on leave the state as it is and no limit reached: most of a head goes this way.
qsizetype HeadScanner::plainRun(QByteArrayView bytes) const
{
    qint64 room = m_limits.headBytes - m_total;
    const Table* plain = nullptr;
    if (m_state == State::Value)
        return firstControl(bytes.first(std::min<qsizetype>(bytes.size(), std::max<qint64>(room, 0))));
    if (m_state == State::Name) {
        plain = &kInName;
    } else if (m_state == State::StartLine) {
        plain = m_kind == Kind::Request ? &kInRequestLine : &kInStatusLine;
        room = std::min(room, m_limits.startLine - m_total);
    } else {
        return 0;
    }
    const qsizetype end = std::min<qsizetype>(bytes.size(), std::max<qint64>(room, 0));
    qsizetype run = 0;
    while (run < end && (*plain)[static_cast<unsigned char>(bytes[run])])
        ++run;
    return run;
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
    const bool control = isControl(c);
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
