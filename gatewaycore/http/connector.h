// Connector: finds the addresses of a host and connects to the first that answers, in the resolver's order, without
// blocking. An address as text needs no lookup; a name is looked up in Qt's pool (QHostInfo, with its cache). The time
// allowed is the owner's to watch: destroying the connector ends it, and nothing is told.
// Thread: one. The owner hears exactly one of the two, never from inside start(). Private to http.
#pragma once

#include "http/byte_stream.h"
#include "http/fd_watch.h"

#include <QHostAddress>
#include <QList>
#include <QObject>

namespace gateway::http {

class ConnectorOwner
{
public:
    virtual void connectorDone(int descriptor) = 0; // connected, non-blocking, the owner's; the connector may go now
    virtual void connectorFailed(StreamFailure failure, const QString& text) = 0;

protected:
    ~ConnectorOwner() = default;
};

class Connector final : private FdWatch
{
public:
    explicit Connector(ConnectorOwner& owner) : m_owner(owner) {}
    ~Connector();

    void start(const QString& host, quint16 port);
    void start(QList<QHostAddress> addresses, quint16 port); // at least one

private:
    void fdReady(quint32 events) override;
    void tryNext();
    bool begin(const QHostAddress& address);
    void drop();
    void failLater(StreamFailure failure, const QString& text);

    ConnectorOwner& m_owner;
    QObject m_context; // what is queued or looked up for us dies with it
    QList<QHostAddress> m_addresses;
    qsizetype m_next = 0;
    quint16 m_port = 0;
    int m_fd = -1;
    int m_error = 0; // of the last attempt
};

} // namespace gateway::http
