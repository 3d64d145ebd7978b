#include "wire_security.h"

#include <QSslCipher>

#include <algorithm>

namespace gateway::api {
namespace {

using Kind = WireTrouble::Kind;

QString whereOf(const HttpTransportOptions& options)
{
    return options.base.host();
}

bool has(const QList<QSslError>& errors, std::initializer_list<QSslError::SslError> kinds)
{
    return std::any_of(errors.begin(), errors.end(),
        [&](const QSslError& error) { return std::find(kinds.begin(), kinds.end(), error.error()) != kinds.end(); });
}

} // namespace

QSslConfiguration tlsOf(const HttpTransportOptions& options)
{
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setProtocol(QSsl::TlsV1_3OrLater);
    tls.setAllowedNextProtocols({QByteArrayLiteral("http/1.1")});
    tls.setPeerVerifyMode(options.pin.isEmpty() ? QSslSocket::VerifyPeer : QSslSocket::QueryPeer);
    if (options.pin.isEmpty() && !options.ca.isEmpty())
        tls.setCaCertificates(options.ca);
    if (!options.clientCertificate.isNull() && !options.clientKey.isNull()) {
        tls.setLocalCertificate(options.clientCertificate);
        tls.setPrivateKey(options.clientKey);
    }
    return tls;
}

bool isByNextPin(const CertificateFacts& facts, const HttpTransportOptions& options)
{
    return !options.pin.isEmpty() && !options.nextPin.isEmpty() && facts.sha256 != options.pin &&
           facts.sha256 == options.nextPin;
}

WireTrouble judgePeer(const QSslSocket& socket, const HttpTransportOptions& options)
{
    const QSslCertificate certificate = socket.peerCertificate();
    const CertificateFacts facts = factsOf(certificate);
    if (socket.sessionProtocol() != QSsl::TlsV1_3)
        return {Kind::TlsTooOld, QStringLiteral("The engine at %1 does not offer TLS 1.3.").arg(whereOf(options)),
            QStringLiteral("Attach needs TLS 1.3 or later."), facts};
    if (certificate.isNull())
        return {Kind::CertificateUntrusted,
            QStringLiteral("The engine at %1 showed no certificate.").arg(whereOf(options)), {}, {}};
    if (options.pin.isEmpty())
        return {}; // verified against the CA, or the socket would not be here
    if (facts.sha256 == options.pin || isByNextPin(facts, options))
        return {};
    return {Kind::CertificateChanged,
        QStringLiteral("The certificate of %1 changed: it is not the one that was pinned.").arg(whereOf(options)),
        QStringLiteral("Compare the fingerprint with what `signalboxctl server fingerprint` says on the engine's "
                       "machine, and pin the new one if it is right."),
        facts};
}

WireTrouble troubleOf(const QList<QSslError>& errors, const QSslSocket& socket, const HttpTransportOptions& options)
{
    const CertificateFacts facts = factsOf(socket.peerCertificate());
    const QString where = whereOf(options);
    if (has(errors, {QSslError::CertificateExpired}))
        return {Kind::CertificateExpired,
            QStringLiteral("The certificate of %1 expired on %2.").arg(where, facts.notAfter.toString(Qt::ISODate)),
            QStringLiteral("Renew it on the engine's side."), facts};
    if (has(errors, {QSslError::CertificateNotYetValid}))
        return {Kind::CertificateNotYet,
            QStringLiteral("The certificate of %1 is valid from %2 on, which is in the future.")
                .arg(where, facts.notBefore.toString(Qt::ISODate)),
            QStringLiteral("Check the clock of this computer and of the engine's."), facts};
    // an unknown signer is told before a wrong name: of a certificate nobody vouches for, the name means nothing
    if (!has(errors, {QSslError::HostNameMismatch}) || errors.size() > 1)
        return {Kind::CertificateUntrusted,
            QStringLiteral("The certificate of %1 is not trusted: %2.")
                .arg(where, errors.isEmpty() ? QStringLiteral("it was refused") : errors.first().errorString()),
            QStringLiteral("Pin its fingerprint after comparing it with `signalboxctl server fingerprint` on the "
                           "engine's machine, or give the CA that signed it."),
            facts};
    return {Kind::CertificateName,
        QStringLiteral("The certificate of %1 is for other names: %2.")
            .arg(where, facts.names.isEmpty() ? facts.subject : facts.names.mid(0, 5).join(QStringLiteral(", "))),
        QStringLiteral("Attach by a name that the certificate is for, or pin it."), facts};
}

WireTrouble handshakeTrouble(const QSslSocket& socket, const HttpTransportOptions& options)
{
    const QString where = whereOf(options);
    const QString said = socket.errorString();
    // the words of OpenSSL; anything it says in others is told as it is
    const auto says = [&said](const char* words) { return said.contains(QLatin1String(words), Qt::CaseInsensitive); };
    if (says("wrong version number") || says("packet length too long") || says("record layer failure") ||
        says("http request"))
        return {Kind::NotTls, QStringLiteral("What answers at %1 does not speak TLS.").arg(where),
            QStringLiteral("If the engine listens without TLS, the address begins with http://; that works on the "
                           "engine's own machine only."),
            {}};
    if (says("protocol version") || says("unsupported protocol") || says("no protocols available"))
        return {Kind::TlsTooOld, QStringLiteral("The engine at %1 does not offer TLS 1.3.").arg(where),
            QStringLiteral("Attach needs TLS 1.3 or later."), {}};
    return {Kind::TlsFailed, QStringLiteral("TLS with %1 failed: %2.").arg(where, said),
        QStringLiteral("Something between here and the engine may have ended the handshake."), {}};
}

} // namespace gateway::api
