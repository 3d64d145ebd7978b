// UpstreamConnection: one socket to a provider's origin, plain or TLS, carrying one exchange at a time. Between
// exchanges it lies in the client's pool and closes by itself when it stays there too long, when the peer closes it, or
// when the peer sends anything unasked. Thread: the worker's. Private to http.
#pragma once

#include "http/byte_stream.h"
#include "http/message_parser.h"
#include "http/timer_wheel.h"
#include "http/upstream.h"

namespace gateway::http {

class UpstreamConnection : public QObject, private StreamOwner
{
    Q_OBJECT
public:
    UpstreamConnection(UpstreamClient& client, UpstreamPool& pool, const UpstreamTarget& target);

    // Connects if it has not yet, sends once it may. The listener is not called from inside.
    void start(UpstreamExchange& exchange, UpstreamRequest&& request);
    UpstreamPool& pool() const { return m_pool; }
    bool isAlive() const; // asked before reuse: the peer has neither closed nor spoken
    void rest();          // into the pool
    void close();
    void orphan(); // the client goes away

    // for UpstreamExchange
    void exchangeDropped();
    void readSoon();

private:
    void streamReady() override;
    void streamReadable() override;
    void streamDrained() override {}
    void streamFailed(StreamFailure failure, const QString& text) override;
    void streamEnded() override;

    void connectToTarget();
    void sendRequest(QByteArrayView head, const QByteArray& body);
    void readAnswer();
    void take(QByteArrayView bytes);
    void complete(bool mayBeReused);
    void fail(UpstreamFailure failure, const QString& text);
    void brokenOff();
    void deadlineExpired();

    UpstreamClient& m_client;
    UpstreamPool& m_pool;
    const UpstreamTarget m_target;
    std::unique_ptr<ByteStream> m_stream;
    ResponseParser m_parser;
    UpstreamExchange* m_exchange = nullptr;
    QByteArray m_head; // of a request that waits for the connection
    QByteArray m_body;
    Monotonic m_restsSince{0};
    int m_answers = 0;        // whole ones that came on this connection
    bool m_ready = false;     // TCP and TLS are done
    bool m_answering = false; // a byte of the answer has come
    bool m_closed = false;
    bool m_starting = false;
    bool m_reading = false;
    Deadline m_deadline;
};

} // namespace gateway::http
