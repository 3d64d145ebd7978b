// AdminListener: the admin API over HTTP/1.1 on the control thread, for signalboxctl, remote consoles and Prometheus.
// It establishes who asks (bearer token, compared in constant time, with a growing pause after failures of one peer),
// that no web page is behind it (Host and Origin), and hands the rest to the Router. /healthz and /readyz need no
// token. Loopback by default; an address others can reach is refused without TLS. Thread: control, all of it. Router,
// wheel and clock must outlive it.
#pragma once

#include "admin/failure_backoff.h"
#include "admin/router.h"
#include "base/secret.h"
#include "http/server.h"

#include <QStringList>

#include <memory>
#include <unordered_set>

namespace gateway::admin {

class EventStreamSender;

struct AdminListenerOptions
{
    QString host = QStringLiteral("127.0.0.1");
    quint16 port = 0;
    std::optional<QSslConfiguration> tls; // http::Server::tlsConfiguration(..., only13 = true)
    Secret token;
    QStringList hostNames;                      // allowed in Host beside the loopback names; without port
    QStringList origins;                        // allowed in Origin: "https://console.example"
    std::chrono::milliseconds heartbeat{4'000}; // a console takes a link for dead after three
};

class AdminListener final : public http::RequestHandler
{
public:
    AdminListener(AdminListenerOptions options, Router& router, http::TimerWheel& wheel, const Clock& clock);
    ~AdminListener() override;
    Q_DISABLE_COPY_MOVE(AdminListener)

    api::Outcome start();
    void drain(); // stops listening; event streams end
    quint16 port() const;
    QString url() const; // http://127.0.0.1:4181

    std::optional<http::Response> refuseEarly(const http::RequestHead& head, const QHostAddress& peer) override;
    void handle(std::unique_ptr<http::Exchange> exchange) override;
    http::Response describe(const http::ParseError& error) override;

private:
    friend class EventStreamSender;
    void handleApi(std::unique_ptr<http::Exchange> exchange);
    void openStream(
        std::unique_ptr<http::Exchange> exchange, const api::AdminRequest& request, const Principal& principal);
    bool isAllowedHost(QByteArrayView host) const;
    bool isAuthentic(const http::RequestHead& head) const;
    void streamEnded(EventStreamSender* stream);

    AdminListenerOptions m_options;
    Router& m_router;
    http::TimerWheel& m_wheel;
    const Clock& m_clock;
    FailureBackoff m_backoff;
    std::unique_ptr<http::Server> m_server;
    std::unordered_set<EventStreamSender*> m_streams;
};

} // namespace gateway::admin
