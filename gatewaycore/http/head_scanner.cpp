#include "http/head_scanner.h"

#include "http/byte_scan.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace gateway::http {
namespace {

using Table = detail::ByteTable;

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
constexpr const Table& kInName = detail::kToken;

const char* runOf(const Table& plain, const char* at, const char* end)
{
    while (at < end && plain[static_cast<unsigned char>(*at)])
        ++at;
    return at;
}

bool isSpace(char c)
{
    return c == ' ' || c == '\t';
}

QByteArrayView trimmed(const char* from, const char* to)
{
    while (from < to && isSpace(*from))
        ++from;
    while (to > from && isSpace(to[-1]))
        --to;
    return {from, to - from};
}

} // namespace

void HeadScanner::reset()
{
    m_state = State::Start;
    m_total = 0;
    m_fields = 0;
    m_consumed = 0;
    m_error = {};
}

HeadScanner::Verdict HeadScanner::scan(QByteArrayView bytes, MessageHead& head)
{
    const char* const begin = bytes.data();
    const char* const end = begin + bytes.size();
    const qint64 before = m_total;
    const auto upTo = [&](qint64 total) { return begin + std::clamp<qint64>(total - before, 0, bytes.size()); };
    Marks marks{begin, {}};
    head.fields.clear();
    for (const char* at = begin; at < end;) {
        // what stays clear of every limit goes in runs, the rest byte by byte
        run(at,
            upTo(m_state == State::StartLine ? std::min(m_limits.startLine, m_limits.headBytes) : m_limits.headBytes),
            marks, head);
        m_total = before + (at - begin);
        if (at == end)
            break;
        const bool fits = step(at++, marks, head);
        m_total = before + (at - begin);
        m_consumed = at - begin;
        if (!fits || tooLarge())
            return Verdict::Refused;
        if (m_state == State::Start) // the empty line's LF brought us round
            return Verdict::Complete;
    }
    m_consumed = bytes.size();
    return Verdict::NeedMore;
}

// Goes on to the first byte that is a fault, lies at `limit`, or ends the head; line ends that are in order on the way
// are taken in here as well. A whole head goes this way but for its first and its last byte.
void HeadScanner::run(const char*& at, const char* limit, Marks& marks, MessageHead& head)
{
    // "\r\n" and the first byte of a field line, none of them over a limit
    const auto nextLine = [&] {
        if (limit - at < 3 || at[0] != '\r' || at[1] != '\n' || m_fields >= m_limits.fields ||
            !kInName[static_cast<unsigned char>(at[2])])
            return false;
        marks.part = at + 2;
        at += 3;
        ++m_fields;
        m_state = State::Name;
        return true;
    };
    if (m_state == State::StartLine) {
        at = runOf(m_kind == Kind::Request ? kInRequestLine : kInStatusLine, at, limit);
        const QByteArrayView line(marks.part, at - marks.part);
        if (!nextLine())
            return;
        head.startLine = line;
    }
    while (m_state == State::Name || m_state == State::Value) {
        if (m_state == State::Name) {
            at = runOf(kInName, at, limit);
            if (at == limit || *at != ':')
                return;
            marks.name = {marks.part, at - marks.part};
            marks.part = ++at;
            m_state = State::Value;
        }
        at += firstControl({at, limit - at});
        const FieldView field{marks.name, trimmed(marks.part, at)};
        if (nextLine()) {
            head.fields.append(field);
        } else if (limit - at >= 4 && memcmp(at, "\r\n\r", 3) == 0) {
            head.fields.append(field);
            at += 3;
            m_state = State::HeadEnd;
        } else {
            return;
        }
    }
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

bool HeadScanner::step(const char* at, Marks& marks, MessageHead& head)
{
    const auto c = static_cast<unsigned char>(*at);
    const bool control = isControl(c);
    switch (m_state) {
    case State::Start:
        if (!isTokenChar(c))
            return refuse(400, "the message does not begin with a start line");
        m_state = State::StartLine;
        return true;
    case State::StartLine:
        if (c == '\r') {
            head.startLine = {marks.part, at - marks.part};
            m_state = State::StartLineEnd;
        } else if (control || c == '\t' || (c >= 0x80 && m_kind == Kind::Request)) {
            return refuse(400, "a control or non-ASCII byte in the start line");
        }
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
        if (isSpace(char(c)))
            return refuse(400, "a folded header line");
        if (!isTokenChar(c))
            return refuse(400, "a header name that is empty or not a token");
        ++m_fields;
        marks.part = at;
        m_state = State::Name;
        return true;
    case State::Name:
        if (c == ':') {
            marks.name = {marks.part, at - marks.part};
            marks.part = at + 1;
            m_state = State::Value;
        } else if (!isTokenChar(c)) {
            return refuse(400, "a header name that is not a token, or a space before the colon");
        }
        return true;
    case State::Value:
        if (c == '\r') {
            head.fields.append({marks.name, trimmed(marks.part, at)});
            m_state = State::ValueEnd;
        } else if (control) {
            return refuse(400, "a control byte in a header value");
        }
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
