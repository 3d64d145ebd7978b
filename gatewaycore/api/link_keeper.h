// LinkKeeper: how the way to the engine stands, as seen by every request and every event stream of one transport:
// state, reason, round trips, when it is tried again, and what holds requests back. Private to the api library. Thread:
// the transport's.
#pragma once

#include "api/http_transport.h"
#include "wire_connection.h"

#include <QElapsedTimer>
#include <QObject>

#include <deque>

namespace gateway::api {

class LinkKeeper final : public QObject
{
    Q_OBJECT
public:
    explicit LinkKeeper(const HttpTransportOptions& options) : m_options(options) {}

    LinkStatus status() const; // with the round trips of now

    void opened(); // the peer is verified; nothing is said of the token yet
    void answered(const WireConnection& connection, std::chrono::milliseconds roundTrip);
    void failed(const WireTrouble& trouble);
    void triesAgain(int attempt, std::chrono::milliseconds pause);

    // Why nothing is sent now: the certificate changed, or the token was refused and it is too early to try again.
    // Asking takes the one try that a refused token has now and then.
    std::optional<Error> heldBack();
    bool isBlocked() const { return m_status.state == LinkStatus::State::CertificateChanged; }
    // The next try is made whatever the state: the peer is verified before anything is sent, so a try costs nothing.
    void letTry()
    {
        m_mayTry = true;
        Q_EMIT tryWanted();
    }

    static Error errorOf(const WireTrouble& trouble);

Q_SIGNALS:
    void changed(const gateway::api::LinkStatus& status);
    void tryWanted();
    void lost(); // connections that stand idle are of no use any more

private:
    void become(LinkStatus::State state, const QString& reason, const std::optional<CertificateFacts>& offered = {});

    const HttpTransportOptions m_options;
    LinkStatus m_status;
    std::deque<qint64> m_roundTrips;
    QElapsedTimer m_refused; // since the token was refused
    QElapsedTimer m_told;    // since `changed` last went out for the round trips alone
    bool m_mayTry = false;
};

} // namespace gateway::api
