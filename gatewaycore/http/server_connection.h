// ServerConnection: one accepted socket, from accept (and TLS handshake) through any number of requests to its close.
// It reads one request at a time, hands it over as an Exchange and reads on after the answer; bytes of a pipelined
// request wait. All deadlines of reliability.md D2 are kept here. It deletes itself when the socket is gone. The
// exchange's listener is never called from inside a call of the exchange: what a write brings to light is told from the
// event loop. Thread: the server's. Private to http.
#pragma once

#include "http/byte_stream.h"
#include "http/exchange.h"
#include "http/message_parser.h"
#include "http/timer_wheel.h"

#include <QObject>

namespace gateway::http {

class HeadWriter;
class Server;

class ServerConnection : public QObject, private StreamOwner
{
    Q_OBJECT
public:
    // `number`: rises with every connection of the server. `peer`: whose socket open() brings.
    ServerConnection(Server& server, quint64 number, const QHostAddress& peer);
    ~ServerConnection() override;

    bool open(int descriptor); // takes the non-blocking socket, if true; nothing is read before begin()
    void begin();
    const QHostAddress& peer() const { return m_caller.address; }
    // Nobody waits for an answer here: a drain may close it.
    bool isIdle() const;
    // No request of it is under way: it is idle, or shaking hands, or its request is not all here, or it lingers.
    bool isWaiting() const { return m_state != State::Handling && m_state != State::Closed; }
    quint64 number() const { return m_number; }
    void cut(); // close at once, unsent bytes are dropped

private:
    friend class Exchange;
    enum class State
    {
        Handshake,
        Reading,
        Handling,  // an Exchange is out
        Lingering, // answered and closing: what still comes is read and thrown away, so that the answer arrives
        Closed,
    };

    // for Exchange
    qint64 respond(const Response& response);
    qint64 beginStream(int status, const Fields& fields, const FieldLines& lines);
    qint64 sendPiece(QByteArrayView piece, bool last);
    void exchangeAbandoned();
    bool isBufferFull();
    bool isOpen() const { return m_state != State::Closed; }

    void streamReady() override;
    void streamReadable() override;
    void streamDrained() override;
    void streamFailed(StreamFailure failure, const QString& text) override;
    void streamEnded() override;

    void pump();
    void readAhead();
    QByteArrayView consume(QByteArrayView bytes);
    void headComplete();
    void dispatch();
    void refuse(const Response& response);
    void answered();
    void linger();
    void lingerWhenWritten();
    void disconnected();
    void deadlineExpired();
    template <typename... Parts>
    void write(Parts&&... parts);
    void send(const Response& response, bool keepAlive, qint64* size = nullptr);
    void watchWriting();
    void tellReady();
    void tellGone();
    void putHead(HeadWriter& out, int status, const Fields& fields, const FieldLines& lines, bool keepAlive,
        qint64 contentLength) const;

    Server& m_server;
    const quint64 m_number;
    std::unique_ptr<ByteStream> m_stream;
    Caller m_caller;
    State m_state = State::Handshake;
    RequestParser m_parser;
    QByteArray m_body;
    QByteArray m_waiting; // read, but belonging to the next request
    Exchange* m_exchange = nullptr;
    bool m_inBody = false; // the head of the current request is read, its body is not
    bool m_keepAlive = true;
    bool m_http11 = true;
    bool m_headOnly = false;  // the answer has no body, whatever its length says
    bool m_streaming = false; // beginStream was called, the end mark is not yet sent
    bool m_pumping = false;
    bool m_writing = false;
    bool m_wantsReady = false;
    Monotonic m_begun{0};
    qint64 m_bodyAtWindow = 0; // received when the present window of the body rate began
    qint64 m_discarded = 0;
    qint64 m_discardedAtTurn = 0;
    int m_lingerTurns = 0;
    Deadline m_deadline;      // handshake, head, body, idle, lingering
    Deadline m_writeDeadline; // the peer takes nothing
};

} // namespace gateway::http
