// ServerConnection: one accepted socket, from accept (and TLS handshake) through any number of requests to its close. It
// reads one request at a time, hands it over as an Exchange and reads on after the answer; bytes of a pipelined request
// wait. All deadlines of reliability.md D2 are kept here. It deletes itself when the socket is gone.
// Thread: the server's. Private to http.
#pragma once

#include "http/exchange.h"
#include "http/message_parser.h"
#include "http/timer_wheel.h"

#include <QObject>
#include <QTcpSocket>

namespace gateway::http {

class Server;

class ServerConnection : public QObject
{
    Q_OBJECT
public:
    explicit ServerConnection(Server& server);
    ~ServerConnection() override;

    bool open(qintptr descriptor);
    const QHostAddress& peer() const { return m_peer; }
    bool isIdle() const { return m_state == State::Reading && m_parser.isIdle(); }
    void cut();  // close at once, unsent bytes are dropped

private:
    friend class Exchange;
    enum class State {
        Handshake,
        Reading,
        Handling,   // an Exchange is out
        Lingering,  // answered and closing: what still comes is read and thrown away, so that the answer arrives
        Closed,
    };

    // for Exchange
    qint64 respond(const Response& response);
    qint64 beginStream(int status, const Fields& fields);
    qint64 sendPiece(QByteArrayView piece, bool last);
    void exchangeAbandoned();
    bool isBufferFull() const;

    void ready();
    void pump();
    void consume(QByteArrayView bytes);
    void headComplete();
    void dispatch();
    void refuse(const Response& response);
    void answered();
    void linger();
    void disconnected();
    void deadlineExpired();
    void write(const QByteArray& bytes);
    void bytesWritten();
    void appendHead(QByteArray& out, int status, const Fields& fields, bool keepAlive) const;

    Server& m_server;
    QTcpSocket* m_socket = nullptr;
    QHostAddress m_peer;
    State m_state = State::Handshake;
    RequestParser m_parser;
    QByteArray m_body;
    QByteArray m_waiting;  // read, but belonging to the next request
    Exchange* m_exchange = nullptr;
    bool m_inBody = false;  // the head of the current request is read, its body is not
    bool m_keepAlive = true;
    bool m_chunked = false;
    bool m_headOnly = false;
    bool m_pumping = false;
    bool m_wantsReady = false;
    Monotonic m_begun{0};
    qint64 m_discarded = 0;
    Deadline m_deadline;       // handshake, head, body, idle, lingering
    Deadline m_writeDeadline;  // the peer takes nothing
};

}  // namespace gateway::http
