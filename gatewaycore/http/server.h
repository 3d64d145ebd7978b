// Server: an HTTP/1.1 listener of one thread, plain or TLS. Its sockets are its own (plain_stream.h, tls_stream.h).
// Several servers (one per worker) share a port through SO_REUSEPORT, so no connection ever changes thread. It counts
// its connections, bounds them per address and in all, survives running out of descriptors (accepting pauses and
// resumes) and drains on request. Thread: made and used on the worker's thread; the handler and the wheel must outlive
// it.
#pragma once

#include "api/result.h"
#include "http/exchange.h"
#include "http/fd_watch.h"
#include "http/limits.h"
#include "http/timer_wheel.h"

#include <QHash>
#include <QObject>
#include <QSslConfiguration>

#include <unordered_set>

namespace gateway::http {

struct ServerOptions
{
    QString host = QStringLiteral("127.0.0.1");
    quint16 port = 0; // 0: any free one
    bool sharePort = false;
    std::optional<QSslConfiguration> tls;
    MessageLimits message;
    ConnectionLimits connection;
};

class Server : public QObject, private FdWatch
{
    Q_OBJECT
public:
    Server(ServerOptions options, RequestHandler& handler, TimerWheel& wheel, const Clock& clock,
        QObject* parent = nullptr);
    ~Server() override;

    api::Outcome start();
    quint16 serverPort() const { return m_port; } // 0: does not listen
    // Closes the connections that wait for a request; those at work go on.
    void closeIdle();
    // Stops listening too; connections at work close after their answer.
    void drain();
    bool isDraining() const { return m_draining; }
    int connectionCount() const { return int(m_connections.size()); }
    const ServerOptions& options() const { return m_options; }
    // For the connections that come from now on; of a server that speaks TLS already.
    void setTls(const QSslConfiguration& tls)
    {
        if (m_options.tls)
            m_options.tls = tls;
    }

    // Certificate and key from PEM files as a server configuration (TLS 1.2 and later; 1.3 alone with `only13`).
    static api::Result<QSslConfiguration> tlsConfiguration(
        const QString& certificateFile, const QString& keyFile, bool only13);

private:
    friend class ServerConnection;
    void connectionClosed(ServerConnection* connection, const QHostAddress& peer);
    void fdReady(quint32 events) override;
    void stopListening();
    void admit(int descriptor, const QHostAddress& peer);
    bool makeRoom();

    ServerOptions m_options;
    RequestHandler& m_handler;
    TimerWheel& m_wheel;
    const Clock& m_clock;
    std::unordered_set<ServerConnection*> m_connections;
    QHash<QHostAddress, int> m_perAddress; // IPv6 by /64: one host has that many addresses
    int m_listener = -1;
    quint16 m_port = 0;
    Deadline m_acceptAgain; // no descriptors left: a moment's pause
    quint64 m_accepted = 0; // numbers the connections
    bool m_draining = false;
};

} // namespace gateway::http
