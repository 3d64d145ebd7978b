#include "link_keeper.h"

#include <algorithm>
#include <vector>

namespace gateway::api {
namespace {

using State = LinkStatus::State;

constexpr std::size_t kKept = 100;
constexpr qint64 kTellEveryMs = 5'000;

std::optional<qint64> percentile(const std::deque<qint64>& values, int percent)
{
    if (values.empty())
        return std::nullopt;
    std::vector<qint64> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    return sorted[(sorted.size() - 1) * std::size_t(percent) / 100];
}

} // namespace

LinkStatus LinkKeeper::status() const
{
    LinkStatus status = m_status;
    status.roundTripP50Ms = percentile(m_roundTrips, 50);
    status.roundTripP95Ms = percentile(m_roundTrips, 95);
    return status;
}

Error LinkKeeper::errorOf(const WireTrouble& trouble)
{
    // a certificate that is not the pinned one is told as what it is: nothing was sent, and nothing will be
    return failure(Failure::Unreachable, trouble.sentence, trouble.hint);
}

void LinkKeeper::opened()
{
    if (!isBlocked())
        return;
    become(State::Reconnecting, QStringLiteral("The certificate is the pinned one again."));
    Q_EMIT tryWanted(); // streams do not come back by themselves while the link is blocked
}

void LinkKeeper::answered(const WireConnection& connection, std::chrono::milliseconds roundTrip)
{
    m_mayTry = false;
    m_roundTrips.push_back(roundTrip.count());
    if (m_roundTrips.size() > kKept)
        m_roundTrips.pop_front();
    if (isBlocked())
        return; // on a connection from before: only a new look at the certificate unblocks
    if (connection.status() == 401) {
        m_refused.start();
        return become(State::NotPermitted, QStringLiteral("The engine does not accept this token or certificate."));
    }
    m_refused.invalidate();
    if (connection.isByNextPin())
        return become(State::Connected,
            QStringLiteral("The engine shows the certificate that it had announced as its next one."),
            connection.peer());
    const bool wasConnected = m_status.state == State::Connected;
    become(State::Connected, {});
    if (wasConnected && (!m_told.isValid() || m_told.elapsed() > kTellEveryMs)) {
        m_told.start();
        Q_EMIT changed(status());
    }
}

void LinkKeeper::failed(const WireTrouble& trouble)
{
    m_mayTry = false;
    if (trouble.kind == WireTrouble::Kind::CertificateChanged)
        become(State::CertificateChanged, trouble.sentence, trouble.offered);
    else if (!isBlocked())
        become(State::Reconnecting, trouble.sentence, trouble.offered);
    Q_EMIT lost();
}

void LinkKeeper::triesAgain(int attempt, std::chrono::milliseconds pause)
{
    m_status.attempt = attempt;
    m_status.nextAttempt = QDateTime::currentDateTimeUtc().addMSecs(pause.count());
    Q_EMIT changed(status());
}

std::optional<Error> LinkKeeper::heldBack()
{
    if (isBlocked() && !m_mayTry)
        return failure(Failure::Unreachable, m_status.reason,
            QStringLiteral("Nothing is sent until the new certificate was compared and pinned."));
    if (m_status.state != State::NotPermitted || m_mayTry)
        return std::nullopt;
    if (m_refused.isValid() && m_refused.elapsed() < m_options.lastReconnect.count())
        return failure(Failure::NotPermitted, m_status.reason,
            QStringLiteral("Nothing is sent for a while, so that the engine does not lock this computer out. Use "
                           "another token, or wait."));
    m_refused.start();
    return std::nullopt;
}

void LinkKeeper::become(State state, const QString& reason, const std::optional<CertificateFacts>& offered)
{
    const bool differs = m_status.state != state || m_status.reason != reason;
    m_status.state = state;
    m_status.reason = reason;
    m_status.offered = offered;
    if (state == State::Connected) {
        m_status.attempt = 0;
        m_status.nextAttempt.reset();
    }
    if (differs)
        Q_EMIT changed(status());
}

} // namespace gateway::api
