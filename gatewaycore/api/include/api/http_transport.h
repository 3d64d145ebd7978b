// HttpTransport: the AdminTransport to an engine somewhere else, over HTTPS with a bearer token or a client
// certificate, and over HTTP on this computer only. Used by the command line and by a console that attaches. On sockets
// of its own (decision 0101): the peer is verified before one byte is written, and a change is written once and never
// again. No redirects, no cookies; a proxy only if the application set one, and none for loopback. Thread: the one that
// made it. A request without an answer ends as Failure::Unreachable. Token refused: NotPermitted, and then one request
// in `lastReconnect` goes out. Certificate changed: nothing goes out until retryNow(), which looks at it again, or
// another transport.
#pragma once

#include "api/admin_transport.h"

#include <QByteArray>
#include <QSslCertificate>
#include <QSslKey>
#include <QUrl>

#include <chrono>
#include <memory>

namespace gateway::api {

struct HttpTransportOptions
{
    QUrl base;                 // http://127.0.0.1:4181
    QByteArray token;          // may be empty with a client certificate
    QString pin;               // SHA-256 of the engine's certificate, hex: this one and no other, whoever signed it
    QString nextPin;           // accepted too: announced by the engine over a connection that was verified
    QList<QSslCertificate> ca; // instead of the system's, when there is no pin
    QSslCertificate clientCertificate;
    QSslKey clientKey;
    QByteArray client;                               // User-Agent: "signalbox 0.1.0"
    std::chrono::milliseconds timeout{15'000};       // of one request, from send to last byte
    std::chrono::milliseconds eventSilence{12'000};  // three heartbeats: then the stream is taken for dead
    std::chrono::milliseconds firstReconnect{1'000}; // doubles up to lastReconnect; each with jitter
    std::chrono::milliseconds lastReconnect{30'000};
    std::chrono::milliseconds settlePatience{
        0}; // how long a change in doubt is asked after; 0: while the transport lives
};

class HttpTransport final : public AdminTransport
{
    Q_OBJECT
public:
    explicit HttpTransport(HttpTransportOptions options);
    ~HttpTransport() override;

    QFuture<Result<AdminReply>> send(const AdminRequest& request) override;
    // Reconnects by itself and resumes after the last event it saw. The transport must outlive the stream.
    std::unique_ptr<EventStream> subscribe(qint64 since) override;
    QString description() const override;
    LinkStatus link() const override;
    void retryNow() override;

private:
    struct Wire;
    std::unique_ptr<Wire> m_wire;
};

} // namespace gateway::api
