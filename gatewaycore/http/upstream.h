// The upstream client: one POST (or GET) per UpstreamExchange, at most once on the wire, over a pool of keep-alive
// connections of one worker. It never repeats a request, follows no redirect, keeps no cookie and sends only the fields
// it is given (each checked). QNetworkAccessManager is not used here because it silently repeats a POST when the peer
// closes early (architecture.md, "Measured facts").
// Thread: the worker's. A listener gets head, body pieces and then exactly one of complete / failed, never from inside
// start(). Destroying the exchange cancels it: a connection with half a message on it is closed, never reused.
// Destroying the client ends every exchange without a word to its listener (never do that from inside a listener).
#pragma once

#include "base/clock.h"
#include "http/field_lines.h"
#include "http/limits.h"

#include <QDateTime>
#include <QHash>
#include <QObject>
#include <QSslConfiguration>

#include <chrono>
#include <memory>
#include <unordered_map>
#include <vector>

namespace gateway::http {

class TimerWheel;
class UpstreamConnection;
class UpstreamExchange;

enum class UpstreamFailure
{
    Resolve,            // the name has no address
    Connect,            // refused, unreachable
    ConnectTimeout,     // TCP and TLS together
    Tls,                // certificate or handshake
    ClosedBeforeAnswer, // connected, then closed with no byte of an answer
    FirstByteTimeout,
    IdleTimeout, // the answer began, then stood still
    BadAnswer,   // not HTTP as we read it
    ClosedMidAnswer,
};
const char* nameOf(UpstreamFailure failure);

struct UpstreamTarget
{
    QString host;
    quint16 port = 443;
    bool tls = true;
    QString caFile;       // empty: the system's authorities
    QByteArray poolKey;   // origin; connections are shared by equal keys only
    QByteArray hostField; // "api.example.com" or "127.0.0.1:8000"
};

struct UpstreamTimeouts
{
    std::chrono::milliseconds connect{2000};
    std::chrono::milliseconds firstByte{30000};
    std::chrono::milliseconds idle{60000};
};

struct UpstreamRequest
{
    QByteArray method = QByteArrayLiteral("POST");
    QByteArray path;  // "/v1/chat/completions"
    Fields fields;    // host and framing fields among them are left out: those are the client's
    FieldLines lines; // more of them, made already
    QByteArray body;
};

class UpstreamListener
{
public:
    virtual void upstreamHead(const ResponseHead& head) = 0;
    virtual void upstreamBody(QByteArrayView piece) = 0;
    virtual void upstreamComplete() = 0;
    virtual void upstreamFailed(UpstreamFailure failure, const QString& text) = 0;

protected:
    ~UpstreamListener() = default;
};

// The connections of one origin.
struct UpstreamPool
{
    std::vector<UpstreamConnection*> idle; // newest last, taken first
    int open = 0;
};

class UpstreamClient : public QObject
{
    Q_OBJECT
public:
    UpstreamClient(TimerWheel& wheel, const Clock& clock, const MessageLimits& limits, QObject* parent = nullptr);
    ~UpstreamClient() override;

    std::unique_ptr<UpstreamExchange> start(const UpstreamTarget& target, const UpstreamTimeouts& timeouts,
        UpstreamRequest request, UpstreamListener& listener);
    int openConnections(const QByteArray& poolKey) const;

private:
    friend class UpstreamConnection;
    UpstreamConnection* takeIdle(UpstreamPool& pool);
    void giveBack(UpstreamConnection* connection);
    void forget(UpstreamConnection* connection);
    const QSslConfiguration& tlsConfiguration(const QString& caFile);

    TimerWheel& m_wheel;
    const Clock& m_clock;
    const MessageLimits m_limits;
    std::unordered_map<QByteArray, UpstreamPool> m_pools; // stay where they are: connections point to theirs
    struct Authorities
    {
        QDateTime
            changed; // the file's time: an authority that was replaced or repaired counts from the next connection on
        QSslConfiguration configuration;
    };
    QHash<QString, Authorities> m_tls;
};

class UpstreamExchange
{
public:
    ~UpstreamExchange();
    Q_DISABLE_COPY_MOVE(UpstreamExchange)

    // Stop reading: the caller does not take what we have. What has been read (at most 64 KiB) is still delivered.
    void pause();
    void resume(); // goes on from the event loop, not from inside this call

    bool connectionReused() const { return m_reused; }
    Monotonic connectedAt() const { return m_connectedAt; } // zero: never
    Monotonic sentAt() const { return m_sentAt; }
    Monotonic firstByteAt() const { return m_firstByteAt; }
    qint64 bytesSent() const { return m_bytesSent; }
    qint64 bytesReceived() const { return m_bytesReceived; }

private:
    friend class UpstreamClient;
    friend class UpstreamConnection;
    UpstreamExchange(UpstreamListener& listener, UpstreamTimeouts timeouts)
        : m_listener(&listener), m_timeouts(timeouts)
    {
    }

    UpstreamListener* m_listener;
    UpstreamTimeouts m_timeouts;
    UpstreamConnection* m_connection = nullptr;
    bool m_reused = false;
    bool m_paused = false;
    Monotonic m_connectedAt{0};
    Monotonic m_sentAt{0};
    Monotonic m_firstByteAt{0};
    qint64 m_bytesSent = 0;
    qint64 m_bytesReceived = 0;
};

} // namespace gateway::http
