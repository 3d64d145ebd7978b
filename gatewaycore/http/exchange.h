// Exchange: one request and the one answer to it. The server hands it to the RequestHandler, which owns it from then on
// and answers once: whole (respond) or as a stream (beginStream, send, finishStream). Destroying it unanswered, or a
// stream unfinished, cuts the connection, so that a caller never takes a broken answer for a whole one. A call that
// does not fit (a second answer, a piece before beginStream) does nothing. Framing fields among the given ones are left
// out: length, coding and connection are the server's. Thread: the worker's. The listener is told at most once that the
// caller left; after that every call here is a no-op. It is never called from inside a call of its exchange.
#pragma once

#include "base/clock.h"
#include "http/field_lines.h"

#include <QHostAddress>

#include <memory>

namespace gateway::http {

class ServerConnection;

struct Response
{
    int status = 200;
    Fields fields;    // without content-length, connection, date: those are the server's
    FieldLines lines; // more of them, made already
    QByteArray body;
    bool close = false;
};

// Who is at the other end of a connection.
struct Caller
{
    QHostAddress address;
    // SHA-256 (hex, small letters) of the client certificate, if one was asked for, shown and verified against the
    // listener's client CA; else empty.
    QByteArray certificate;
};

class ExchangeListener
{
public:
    virtual void callerLeft() = 0;
    // What was sent has gone down to half the write buffer: a paused source may go on.
    virtual void callerReady() = 0;

protected:
    ~ExchangeListener() = default;
};

class Exchange
{
public:
    Exchange(ServerConnection* connection, RequestHead head, QByteArray body, Caller caller, Monotonic begun,
        Monotonic received);
    ~Exchange();
    Q_DISABLE_COPY_MOVE(Exchange)

    const RequestHead& head() const { return m_head; }
    const QByteArray& body() const { return m_body; }
    const QHostAddress& peer() const { return m_caller.address; }
    const Caller& caller() const { return m_caller; }
    Monotonic begun() const { return m_begun; }       // first byte of the request
    Monotonic received() const { return m_received; } // last byte of it

    void setListener(ExchangeListener* listener) { m_listener = listener; }
    bool isOpen() const;

    void respond(const Response& response);
    void beginStream(int status, const Fields& fields, const FieldLines& lines = {});
    void send(QByteArrayView piece);
    void finishStream(QByteArrayView lastPiece = {}); // the last piece and the end mark leave together
    void abort();                                     // cut: the caller must see that this is not the end
    bool isBufferFull() const;                        // stop reading the source until callerReady()
    qint64 bytesSent() const { return m_bytesSent; }

private:
    friend class ServerConnection;
    void connectionGone();

    ServerConnection* m_connection;
    RequestHead m_head;
    QByteArray m_body;
    Caller m_caller;
    Monotonic m_begun;
    Monotonic m_received;
    ExchangeListener* m_listener = nullptr;
    qint64 m_bytesSent = 0;
};

class RequestHandler
{
public:
    virtual ~RequestHandler() = default;
    // Asked when a head is complete and its body is not yet read: an answer here refuses the request without its body.
    virtual std::optional<Response> refuseEarly(const RequestHead& head, const QHostAddress& peer)
    {
        Q_UNUSED(head)
        Q_UNUSED(peer)
        return std::nullopt;
    }
    // The same for a listener that asks for client certificates.
    virtual std::optional<Response> refuseCaller(const RequestHead& head, const Caller& caller)
    {
        return refuseEarly(head, caller.address);
    }
    virtual void handle(std::unique_ptr<Exchange> exchange) = 0;
    // The answer to bytes that are not a request.
    virtual Response describe(const ParseError& error);
};

} // namespace gateway::http
