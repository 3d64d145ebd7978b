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
    UpstreamPool& pool = m_pools[target.poolKey];
    UpstreamConnection* connection = takeIdle(pool);
    if (!connection) {
        connection = new UpstreamConnection(*this, pool, target);
        ++pool.open;
    }
    connection->start(*exchange, std::move(request));
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

UpstreamConnection* UpstreamClient::takeIdle(UpstreamPool& pool)
{
    while (!pool.idle.empty()) {
        UpstreamConnection* connection = pool.idle.back();
        if (connection->isAlive()) {
            pool.idle.pop_back();
            return connection;
        }
        connection->close(); // takes itself out of the list
    }
    return nullptr;
}

void UpstreamClient::giveBack(UpstreamConnection* connection)
{
    connection->pool().idle.push_back(connection);
    connection->rest();
}

// The pool itself stays: there are as many as origins in the config.
void UpstreamClient::forget(UpstreamConnection* connection)
{
    UpstreamPool& pool = connection->pool();
    std::erase(pool.idle, connection);
    --pool.open;
}

int UpstreamClient::openConnections(const QByteArray& poolKey) const
{
    const auto found = m_pools.find(poolKey);
    return found == m_pools.end() ? 0 : found->second.open;
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
