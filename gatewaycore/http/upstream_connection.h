// UpstreamConnection: one socket to a provider's origin, plain or TLS, carrying one exchange at a time. Between
// exchanges it lies in the client's pool and closes by itself when it stays there too long, when the peer closes it, or
// when the peer sends anything unasked. Thread: the worker's. Private to http.
#pragma once

#include "http/message_parser.h"
#include "http/timer_wheel.h"
#include "http/upstream.h"

#include <QSslSocket>
#include <QTcpSocket>

namespace gateway::http {

class UpstreamConnection : public QObject
{
    Q_OBJECT
public:
    UpstreamConnection(UpstreamClient& client, const UpstreamTarget& target);

    // Connects if it has not yet, sends once it may. The listener is not called from inside.
    void start(UpstreamExchange& exchange, const UpstreamRequest& request);
    const QByteArray& poolKey() const { return m_target.poolKey; }
    bool isAlive() const; // asked before reuse: the peer has neither closed nor spoken
    void rest();          // into the pool
    void close();
    void orphan(); // the client goes away

    // for UpstreamExchange
    void exchangeDropped();
    void readSoon();

private:
    void connectToTarget();
    void connected();
    void sendRequest();
    void readAnswer();
    void take(QByteArrayView bytes);
    void takeWhatIsLeft();
    bool allSent() const;
    void complete(bool mayBeReused);
    void fail(UpstreamFailure failure, const QString& text);
    void socketFailed(QAbstractSocket::SocketError error);
    void brokenOff();
    void deadlineExpired();

    UpstreamClient& m_client;
    const UpstreamTarget m_target;
    QTcpSocket* m_socket = nullptr;
    QSslSocket* m_secure = nullptr; // the same socket, if it is one
    ResponseParser m_parser;
    UpstreamExchange* m_exchange = nullptr;
    QByteArray m_toSend;
    bool m_ready = false;     // TCP and TLS are done
    bool m_answering = false; // a byte of the answer has come
    bool m_closed = false;
    bool m_starting = false;
    bool m_reading = false;
    Deadline m_deadline;
};

} // namespace gateway::http
