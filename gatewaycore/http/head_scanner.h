// HeadScanner: the strict line discipline of a message head, and the one pass over it. It finds the head's end and its
// parts, and refuses what smuggling is made of: bare CR or LF, NUL and other controls, folded lines, a space before the
// colon, empty or non-token names, an over-long start line, too many or too large fields (reliability.md D1, D2). The
// verdict depends on the bytes alone, not on how they were cut into pieces; the parts are told of a head that was given
// whole (one that came in pieces is scanned once more, when all of it is there). One thread.
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

    // Scans new bytes. On Complete, consumed() of them belong to the head (its empty line included); if they are all of
    // the head, `head` has its start line and fields, as views into them: fields without the space around the value.
    Verdict scan(QByteArrayView bytes, MessageHead& head);
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

    // Where the part under way began, and the name that is waiting for its value.
    struct Marks
    {
        const char* part = nullptr;
        QByteArrayView name;
    };

    void run(const char*& at, const char* limit, Marks& marks, MessageHead& head);
    bool step(const char* at, Marks& marks, MessageHead& head);
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
