// HeadScanner: the strict line discipline in front of llhttp. It finds the end of a message head byte by byte and
// refuses what llhttp 8.1 lets through or leaves to its user: bare CR or LF, NUL and other controls, folded lines, a
// space before the colon, empty or non-token names, an over-long start line, too many or too large fields
// (reliability.md D1, D2). The verdict depends on the bytes alone, not on how they were cut into pieces. One thread; no
// allocation.
#pragma once

#include "http/limits.h"
#include "http/message.h"

namespace gateway::http {

class HeadScanner
{
public:
    enum class Kind
    {
        Request,
        Response
    };
    enum class Verdict
    {
        NeedMore,
        Complete,
        Refused
    };

    HeadScanner(Kind kind, const MessageLimits& limits) : m_kind(kind), m_limits(limits) {}

    // Scans new bytes. On Complete, consumed() of them belong to the head (its empty line included).
    Verdict scan(QByteArrayView bytes);
    qsizetype consumed() const { return m_consumed; }
    const ParseError& error() const { return m_error; }
    bool hasStarted() const { return m_total > 0; }
    void reset();

private:
    enum class State
    {
        Start,
        StartLine,
        StartLineEnd,
        LineStart,
        Name,
        Value,
        ValueEnd,
        HeadEnd
    };

    qsizetype plainRun(QByteArrayView bytes) const;
    bool step(unsigned char c);
    bool refuse(int status, const char* reason);
    bool tooLarge();

    const Kind m_kind;
    const MessageLimits m_limits;
    State m_state = State::Start;
    qint64 m_total = 0;
    int m_fields = 0;
    qsizetype m_consumed = 0;
    ParseError m_error;
};

} // namespace gateway::http
