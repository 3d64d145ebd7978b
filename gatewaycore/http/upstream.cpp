#include "http/upstream.h"

#include "http/upstream_connection.h"

#include <QFileInfo>
#include <QSslCertificate>

#include <array>

namespace gateway::http {

const char* nameOf(UpstreamFailure failure)
{
    constexpr std::array names{"resolve", "connect", "connect_timeout", "tls", "closed_before_answer",
        "first_byte_timeout", "idle_timeout", "bad_answer", "closed_mid_answer"};
    return names[static_cast<std::size_t>(failure)];
}

UpstreamClient::UpstreamClient(TimerWheel& wheel, const Clock& clock, const MessageLimits& limits, QObject* parent)
    : QObject(parent), m_wheel(wheel), m_clock(clock), m_limits(limits)
{
}

UpstreamClient::~UpstreamClient()
{
    for (UpstreamConnection* connection : findChildren<UpstreamConnection*>(Qt::FindDirectChildrenOnly))
        connection->orphan();
}

std::unique_ptr<UpstreamExchange> UpstreamClient::start(
    const UpstreamTarget& target, const UpstreamTimeouts& timeouts, UpstreamRequest request, UpstreamListener& listener)
{
    auto exchange = std::unique_ptr<UpstreamExchange>(new UpstreamExchange(listener, timeouts));
    UpstreamConnection* connection = takeIdle(target.poolKey);
    if (!connection) {
        connection = new UpstreamConnection(*this, target);
        ++m_open[target.poolKey];
    }
    connection->start(*exchange, request);
    return exchange;
}

// An unreadable authority file leaves no authority at all: the handshake then fails, which is the safe side.
const QSslConfiguration& UpstreamClient::tlsConfiguration(const QString& caFile)
{
    auto found = m_tls.find(caFile);
    const QDateTime changed = caFile.isEmpty() ? QDateTime() : QFileInfo(caFile).lastModified();
    if (found == m_tls.end() || found->changed != changed) {
        QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
        configuration.setProtocol(QSsl::TlsV1_2OrLater);
        configuration.setPeerVerifyMode(QSslSocket::VerifyPeer);
        configuration.setAllowedNextProtocols({QByteArrayLiteral("http/1.1")});
        if (!caFile.isEmpty())
            configuration.setCaCertificates(
                QSslCertificate::fromPath(caFile, QSsl::Pem, QSslCertificate::PatternSyntax::FixedString));
        found = m_tls.insert(caFile, {changed, configuration});
    }
    return found->configuration;
}

UpstreamConnection* UpstreamClient::takeIdle(const QByteArray& poolKey)
{
    const auto found = m_idle.find(poolKey);
    if (found == m_idle.end())
        return nullptr;
    while (!found->empty()) {
        UpstreamConnection* connection = found->back();
        if (connection->isAlive()) {
            found->pop_back();
            return connection;
        }
        connection->close(); // takes itself out of the list
    }
    return nullptr;
}

void UpstreamClient::giveBack(UpstreamConnection* connection)
{
    m_idle[connection->poolKey()].push_back(connection);
    connection->rest();
}

void UpstreamClient::forget(UpstreamConnection* connection)
{
    if (const auto found = m_idle.find(connection->poolKey()); found != m_idle.end())
        std::erase(*found, connection);
    if (const auto open = m_open.find(connection->poolKey()); open != m_open.end() && --open.value() <= 0)
        m_open.erase(open);
}

int UpstreamClient::openConnections(const QByteArray& poolKey) const
{
    return m_open.value(poolKey);
}

UpstreamExchange::~UpstreamExchange()
{
    if (m_connection)
        std::exchange(m_connection, nullptr)->exchangeDropped();
}

void UpstreamExchange::pause()
{
    m_paused = true;
}

void UpstreamExchange::resume()
{
    if (std::exchange(m_paused, false) && m_connection)
        m_connection->readSoon();
}

} // namespace gateway::http
