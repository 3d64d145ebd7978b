// AdminListener: the admin API over HTTP/1.1 on the control thread, for signalboxctl, remote consoles and Prometheus.
// It establishes who asks (Gatekeeper: token or client certificate, with a growing pause after failures), that no web
// page is behind it (Host and Origin), and hands the rest to the Router. /healthz and /readyz need no token; /metrics
// is for every role that is not bound to tenants. Loopback by default; an address others can reach is refused without
// TLS. Thread: control, all of it. Router, wheel and clock must outlive it.
#pragma once

#include "admin/gatekeeper.h"
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
    std::optional<QSslConfiguration> tls;       // http::Server::tlsConfiguration(..., only13 = true)
    Secret token;                               // the local one
    PrincipalBook* principals = nullptr;        // outlives the listener; null: only the local token opens
    QStringList hostNames;                      // allowed in Host beside the listener's own; without port
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
    void setNames(const QStringList& hostNames, const QStringList& origins);
    void setTls(const QSslConfiguration& tls); // for connections that come from now on, if it speaks TLS at all

    std::optional<http::Response> refuseCaller(const http::RequestHead& head, const http::Caller& caller) override;
    void handle(std::unique_ptr<http::Exchange> exchange) override;
    http::Response describe(const http::ParseError& error) override;

private:
    friend class EventStreamSender;
    void handleApi(std::unique_ptr<http::Exchange> exchange, const Principal& principal);
    void openStream(
        std::unique_ptr<http::Exchange> exchange, const api::AdminRequest& request, const Principal& principal);
    bool isAllowedHost(QByteArrayView host) const;
    static http::Response refusalOf(const Gatekeeper::Refusal& refusal);
    void answerMetrics(http::Exchange& exchange, const Principal& principal);
    void streamEnded(EventStreamSender* stream);

    AdminListenerOptions m_options;
    Router& m_router;
    http::TimerWheel& m_wheel;
    const Clock& m_clock;
    Gatekeeper m_gatekeeper;
    std::unique_ptr<http::Server> m_server;
    std::unordered_set<EventStreamSender*> m_streams;
};

} // namespace gateway::admin
