#include "wire_connection.h"

#include "wire_security.h"

#include <QHostAddress>
#include <QNetworkProxy>
#include <QPointer>

namespace gateway::api {

using Kind = WireTrouble::Kind;

WireConnection::WireConnection(const HttpTransportOptions& options, QObject* parent)
    : QObject(parent), m_options(options), m_isTls(options.base.scheme() == QLatin1String("https"))
{
    // a proxy set for the application is used, one of the environment is not; never for this computer itself
    if (isLoopback(options.base.host()))
        m_socket.setProxy(QNetworkProxy(QNetworkProxy::NoProxy));
    m_limit.setSingleShot(true);
    connect(&m_limit, &QTimer::timeout, this, [this] {
        fail(
            m_hasConnected
                ? WireTrouble{Kind::TlsFailed,
                      QStringLiteral("%1 accepted the connection and then said nothing.").arg(describe(m_options.base)),
                      QStringLiteral("Something listens there that is not an engine, or it is stuck."), {}}
                : WireTrouble{Kind::ConnectTimeout, QStringLiteral("%1 does not answer.").arg(describe(m_options.base)),
                      QStringLiteral("The computer may be off, or a firewall drops the connection."), {}});
    });
    connect(&m_socket, &QSslSocket::connected, this, [this] {
        m_hasConnected = true;
        m_socket.setSocketOption(QAbstractSocket::LowDelayOption, 1);
        m_socket.setSocketOption(QAbstractSocket::KeepAliveOption, 1);
        const QPointer<WireConnection> self(this);
        Q_EMIT connected();
        if (self && !m_isTls && !m_hasFailed)
            verify();
    });
    connect(&m_socket, &QSslSocket::encrypted, this, &WireConnection::verify);
    connect(&m_socket, &QSslSocket::readyRead, this, &WireConnection::read);
    connect(&m_socket, &QSslSocket::errorOccurred, this, &WireConnection::socketFailed);
    connect(&m_socket, &QSslSocket::sslErrors, this, [this](const QList<QSslError>& errors) {
        if (m_options.pin.isEmpty()) // with a pin the chain says nothing; the comparison follows in verify()
            fail(troubleOf(errors, m_socket, m_options));
    });
}

WireConnection::~WireConnection()
{
    m_socket.disconnect(this);
    m_socket.abort();
}

void WireConnection::open(std::chrono::milliseconds limit)
{
    m_limit.start(limit);
    if (!m_isTls && (!isLoopback(m_options.base.host()) || !m_options.pin.isEmpty())) {
        QMetaObject::invokeMethod(
            this,
            [this] {
                fail({Kind::NotTls,
                    QStringLiteral("%1 is not an https address, and a token leaves this computer only over TLS.")
                        .arg(describe(m_options.base)),
                    QStringLiteral("Attach with https://; without TLS only an engine on this computer is reached."),
                    {}});
            },
            Qt::QueuedConnection);
        return;
    }
    const quint16 port = quint16(m_options.base.port(m_isTls ? 443 : 80));
    if (m_isTls) {
        m_socket.setSslConfiguration(tlsOf(m_options));
        m_socket.connectToHostEncrypted(m_options.base.host(), port);
    } else {
        m_socket.connectToHost(m_options.base.host(), port);
    }
}

void WireConnection::verify()
{
    if (m_isOpen || m_hasFailed)
        return;
    if (m_isTls) {
        if (WireTrouble trouble = judgePeer(m_socket, m_options); trouble.kind != Kind::None)
            return fail(std::move(trouble));
        m_peer = factsOf(m_socket.peerCertificate());
        m_isByNextPin = api::isByNextPin(*m_peer, m_options);
    }
    m_limit.stop();
    m_isOpen = true;
    Q_EMIT opened();
}

void WireConnection::write(const QByteArray& request)
{
    if (!m_isOpen || m_isBusy || m_hasFailed)
        return;
    m_reader = {};
    m_bodySize = 0;
    m_hasHead = false;
    m_isBusy = true;
    m_hasWritten = true;
    ++m_exchanges;
    m_socket.write(request);
}

bool WireConnection::mayReuse() const
{
    return m_isOpen && !m_isBusy && !m_hasFailed && m_reader.mayReuse() &&
           m_socket.state() == QAbstractSocket::ConnectedState && m_socket.bytesAvailable() == 0;
}

void WireConnection::read()
{
    const QPointer<WireConnection> self(this);
    while (self && !m_hasFailed && m_isOpen && m_socket.bytesAvailable() > 0) {
        const QByteArray bytes = m_socket.read(256 * 1024);
        if (bytes.isEmpty())
            return;
        if (!m_isBusy)
            return fail({Kind::NotHttp,
                QStringLiteral("%1 sent something that nobody had asked for.").arg(describe(m_options.base)), {}, {}});
        m_reader.feed(bytes);
        if (m_reader.hasHead() && !m_hasHead) {
            m_hasHead = true;
            Q_EMIT headArrived(m_reader.status());
        }
        if (self && !m_hasFailed) {
            if (const QByteArray piece = m_reader.takeBody(); !piece.isEmpty())
                Q_EMIT bodyArrived(piece);
        }
        if (!self || m_hasFailed)
            return;
        if (m_reader.state() == AnswerReader::State::Broken)
            return fail({Kind::NotHttp,
                QStringLiteral("What answers at %1 is not a Signalbox engine.").arg(describe(m_options.base)),
                QStringLiteral("Is this the address of the admin listener?"), {}});
        if (m_reader.state() == AnswerReader::State::Whole && m_isBusy) {
            m_isBusy = false;
            Q_EMIT answered();
        }
    }
}

void WireConnection::socketFailed(QAbstractSocket::SocketError error)
{
    const QPointer<WireConnection> self(this);
    if (m_isOpen)
        read(); // what came before the end
    if (!self || m_hasFailed)
        return;
    if (m_isBusy && error == QAbstractSocket::RemoteHostClosedError) {
        m_reader.connectionEnded();
        if (m_reader.state() == AnswerReader::State::Whole) {
            m_isBusy = false;
            Q_EMIT answered();
            if (!self)
                return;
        }
    }
    const QString where = describe(m_options.base);
    switch (error) {
    case QAbstractSocket::HostNotFoundError:
        return fail({Kind::NameUnknown,
            QStringLiteral("The name %1 is not known to this computer's resolver.").arg(m_options.base.host()),
            QStringLiteral("Check the spelling, the VPN and the DNS server."), {}});
    case QAbstractSocket::ConnectionRefusedError:
        return fail({Kind::Refused, QStringLiteral("Nothing listens at %1.").arg(where),
            QStringLiteral("Is the engine running, and is this the port of its admin listener?"), {}});
    case QAbstractSocket::SocketTimeoutError:
        return fail({Kind::ConnectTimeout, QStringLiteral("%1 does not answer.").arg(where),
            QStringLiteral("The computer may be off, or a firewall drops the connection."), {}});
    case QAbstractSocket::NetworkError:
        if (!m_isOpen && !m_hasConnected)
            return fail({Kind::NoRoute, QStringLiteral("%1 cannot be reached: %2.").arg(where, m_socket.errorString()),
                QStringLiteral("Check this computer's network and the VPN."), {}});
        break;
    default:
        break;
    }
    if (m_hasConnected && m_isTls && !m_isOpen)
        return fail(handshakeTrouble(m_socket, m_options));
    fail({Kind::Lost, QStringLiteral("The connection to %1 was lost: %2.").arg(where, m_socket.errorString()),
        QStringLiteral("Is the engine running, and is the address right?"), {}});
}

void WireConnection::fail(WireTrouble trouble)
{
    if (m_hasFailed)
        return;
    m_hasFailed = true;
    m_isOpen = false;
    m_isBusy = false;
    m_limit.stop();
    // the socket is inside a call of ours, or we of its
    QMetaObject::invokeMethod(
        this, [this] { m_socket.abort(); }, Qt::QueuedConnection);
    Q_EMIT failed(trouble);
}

} // namespace gateway::api
