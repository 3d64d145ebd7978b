// RequestParser and ResponseParser: pull parsers over bytes that arrive in any pieces. next() uses bytes from the front
// of what it is given, removes them, and says what it found; the caller calls again until NeedMore. The sequence of
// events is the same however the bytes were cut. After Refused the parser stays refused. One thread each.
//   Head      head() is complete; the body follows
//   Body      body() is a piece of it, a view into the bytes just given
//   Complete  the message ended; the bytes left over belong to the next one (call begin() first)
#pragma once

#include "http/chunked_decoder.h"
#include "http/head_scanner.h"
#include "http/limits.h"
#include "http/message.h"

namespace gateway::http {

enum class ParseStep
{
    NeedMore,
    Head,
    Body,
    Complete,
    Refused
};

// The part both share: the walk head -> body -> end. Concrete parsers say what a finished head means.
class MessageParser
{
public:
    ParseStep next(QByteArrayView& bytes);
    QByteArrayView body() const { return m_body; }
    const ParseError& error() const { return m_error; }
    // Nothing of a message has been seen since begin().
    bool isIdle() const { return m_state == State::Head && !m_scanner.hasStarted(); }
    bool isComplete() const { return m_state == State::Complete; }
    qint64 bodyReceived() const { return m_bodyReceived; }

protected:
    MessageParser(HeadScanner::Kind kind, const MessageLimits& limits)
        : m_limits(limits), m_scanner(kind, limits), m_chunks(limits)
    {
    }
    ~MessageParser() = default;
    void restart();
    ParseStep refuse(ParseError error);

    enum class State
    {
        Head,
        Body,
        Complete,
        Refused
    };
    State m_state = State::Head;
    const MessageLimits m_limits;

private:
    // The head is whole, its parts are found: what do they mean?
    virtual std::optional<ParseError> finishHead() = 0;
    virtual MessageHead& messageHead() = 0;
    virtual bool isInterim() const { return false; }
    ParseStep nextHead(QByteArrayView& bytes);
    ParseStep nextBody(QByteArrayView& bytes);

    HeadScanner m_scanner;
    ChunkedDecoder m_chunks;
    QByteArray m_headBytes; // of a head that comes in pieces
    QByteArrayView m_body;
    qint64 m_bodyReceived = 0;
    ParseError m_error;
};

class RequestParser final : public MessageParser
{
public:
    explicit RequestParser(const MessageLimits& limits) : MessageParser(HeadScanner::Kind::Request, limits) {}
    void begin() { restart(); }
    const RequestHead& head() const { return m_head; }

private:
    std::optional<ParseError> finishHead() override;
    MessageHead& messageHead() override { return m_head; }
    RequestHead m_head;
};

// 1xx answers are skipped (counted, at most limits.interimResponses); 101 is refused, nobody asked for an upgrade.
class ResponseParser final : public MessageParser
{
public:
    explicit ResponseParser(const MessageLimits& limits) : MessageParser(HeadScanner::Kind::Response, limits) {}
    void begin(bool bodiless = false);
    const ResponseHead& head() const { return m_head; }
    // The peer closed. True if that ends the message properly (a body that runs until close).
    bool finishAtClose();

private:
    std::optional<ParseError> finishHead() override;
    MessageHead& messageHead() override { return m_head; }
    bool isInterim() const override { return m_head.status < 200; }
    ResponseHead m_head;
    bool m_bodiless = false;
    int m_interim = 0;
};

} // namespace gateway::http
