// HttpTransport: the AdminTransport to an engine somewhere else, over HTTP or HTTPS with a bearer token. Used by the
// command line and by a console that attaches. On QNetworkAccessManager, which may send a request twice when a
// connection breaks early; therefore every mutation carries an Idempotency-Key and happens once. No redirects, no
// cookies, no proxy for loopback; a certificate that does not verify is an error, always. Thread: the one that made it.
// A request without an answer ends as Failure::Unreachable.
#pragma once

#include "api/admin_transport.h"

#include <QByteArray>
#include <QNetworkAccessManager>
#include <QUrl>

#include <chrono>

namespace gateway::api {

struct HttpTransportOptions
{
    QUrl base; // http://127.0.0.1:4181
    QByteArray token;
    std::chrono::milliseconds timeout{15'000};      // of one request, from send to last byte
    std::chrono::milliseconds eventSilence{45'000}; // three heartbeats: then the stream is taken for dead
    std::chrono::milliseconds firstReconnect{500};  // doubles up to lastReconnect
    std::chrono::milliseconds lastReconnect{10'000};
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

private:
    HttpTransportOptions m_options;
    QNetworkAccessManager m_network;
};

} // namespace gateway::api
