#include "session.h"

#include "api/local_engine.h"

#include <QFile>
#include <QHostAddress>

namespace ctl {

using namespace gateway;
using api::Failure;

namespace {

using Transport = api::HttpTransportOptions;

QString textOf(const std::string& given)
{
    return QString::fromLocal8Bit(given.data(), qsizetype(given.size()));
}

// What is named on the command line wins over the environment.
QString textOr(const std::string& given, const char* variable)
{
    return given.empty() ? qEnvironmentVariable(variable) : textOf(given);
}

bool staysHere(const QUrl& url)
{
    return url.host() == QLatin1String("localhost") || QHostAddress(url.host()).isLoopback();
}

// The address is not repeated in an error: somebody may have put a password into it.
api::Result<QUrl> addressFrom(const QString& text)
{
    const QUrl url(text, QUrl::StrictMode);
    const bool isWeb = url.scheme() == QLatin1String("http") || url.scheme() == QLatin1String("https");
    if (!url.isValid() || !isWeb || url.host().isEmpty() || url.hasQuery() || url.hasFragment() ||
        (!url.path().isEmpty() && url.path() != QLatin1String("/")))
        return api::failure(Failure::Invalid, QStringLiteral("The address must be like https://gateway.example:4181."));
    if (!url.userInfo().isEmpty())
        return api::failure(Failure::Invalid, QStringLiteral("No user or password belongs in the address."),
            QStringLiteral("The token comes from the file that --token-file names."));
    if (url.scheme() == QLatin1String("http") && !staysHere(url))
        return api::failure(Failure::Invalid,
            QStringLiteral("Over http the token would cross the network in clear. The address must begin with "
                           "https."));
    return url;
}

// A PEM file; what is not PEM gives nothing.
api::Result<QList<QSslCertificate>> certificatesFrom(const std::string& name)
{
    QFile file(textOf(name));
    if (!file.open(QIODevice::ReadOnly))
        return api::failure(
            Failure::Invalid, QStringLiteral("%1 cannot be read: %2").arg(file.fileName(), file.errorString()));
    const QList<QSslCertificate> certificates = QSslCertificate::fromDevice(&file, QSsl::Pem);
    if (certificates.isEmpty())
        return api::failure(
            Failure::Invalid, QStringLiteral("%1 holds no certificate in PEM form.").arg(file.fileName()));
    return certificates;
}

api::Result<QSslKey> keyFrom(const std::string& name)
{
    QFile file(textOf(name));
    if (!file.open(QIODevice::ReadOnly))
        return api::failure(
            Failure::Invalid, QStringLiteral("%1 cannot be read: %2").arg(file.fileName(), file.errorString()));
    const QByteArray pem = file.readAll();
    for (const QSsl::KeyAlgorithm algorithm : {QSsl::Ec, QSsl::Rsa, QSsl::Dsa}) {
        const QSslKey key(pem, algorithm, QSsl::Pem);
        if (!key.isNull())
            return key;
    }
    return api::failure(Failure::Invalid, QStringLiteral("%1 holds no private key in PEM form.").arg(file.fileName()));
}

// Pin, CA and client certificate: what matters over TLS only.
api::Outcome addTls(Transport& transport, const Options& options, const QString& pin)
{
    const bool isTls = transport.base.scheme() == QLatin1String("https");
    if (!pin.isEmpty()) {
        transport.pin = api::pinFromText(pin);
        if (transport.pin.isEmpty())
            return api::failure(Failure::Invalid,
                QStringLiteral("The pin is not a whole SHA-256: 64 hex digits, as `signalboxctl server fingerprint` "
                               "prints on the engine's machine."));
        if (!isTls)
            return api::failure(
                Failure::Invalid, QStringLiteral("A pin needs an https address; over http nothing shows it."));
    }
    if (!options.caFile.empty()) {
        const auto ca = certificatesFrom(options.caFile);
        if (!ca)
            return ca.error();
        transport.ca = *ca;
    }
    if (options.clientCertificate.empty() != options.clientKey.empty())
        return api::failure(Failure::Invalid, QStringLiteral("--client-certificate and --client-key belong together."));
    if (!options.clientCertificate.empty()) {
        const auto certificate = certificatesFrom(options.clientCertificate);
        if (!certificate)
            return certificate.error();
        const auto key = keyFrom(options.clientKey);
        if (!key)
            return key.error();
        transport.clientCertificate = certificate->first();
        transport.clientKey = *key;
    }
    return api::Done{};
}

api::Outcome addToken(Transport& transport, const QString& file)
{
    const api::Result<QByteArray> token = api::readToken(file);
    if (!token)
        return token.error();
    transport.token = *token;
    return api::Done{};
}

} // namespace

int exitCodeOf(Failure failure)
{
    switch (failure) {
    case Failure::Invalid:
        return Usage;
    case Failure::NotFound:
        return NotFound;
    case Failure::NotPermitted:
        return NotPermitted;
    case Failure::Conflict:
        return Conflict;
    case Failure::CheckFailed:
        return CheckFailed;
    case Failure::NoData:
        return NoData;
    case Failure::Unreachable:
        return Unreachable;
    case Failure::Unavailable:
    case Failure::Internal:
        return Error;
    }
    return Error;
}

bool Session::isLocal() const
{
    return m_options.url.empty() && (!m_options.dataDirectory.empty() || qEnvironmentVariableIsEmpty("SIGNALBOX_URL"));
}

QString Session::dataDirectory() const
{
    return m_options.dataDirectory.empty() ? api::defaultDataDirectory() : textOf(m_options.dataDirectory);
}

api::Result<Transport> Session::transportOptions() const
{
    if (!m_options.url.empty() && !m_options.dataDirectory.empty())
        return api::failure(Failure::Invalid,
            QStringLiteral("--url and --data-dir name two engines: one elsewhere and one of this machine."));
    if (!isLocal()) {
        api::Result<Transport> transport = transportOptionsFor(textOr(m_options.url, "SIGNALBOX_URL"));
        if (transport && transport->token.isEmpty() && transport->clientCertificate.isNull())
            return api::failure(Failure::Invalid,
                QStringLiteral("An engine at an address needs --token-file, or --client-certificate and "
                               "--client-key."));
        return transport;
    }
    Transport transport;
    transport.client = QByteArrayLiteral("signalboxctl " SIGNALBOX_VERSION);
    transport.timeout = std::chrono::seconds(m_options.timeoutSeconds);
    transport.settlePatience = transport.timeout;
    const api::Result<api::RuntimeFacts> runtime = api::readRuntime(dataDirectory());
    if (!runtime)
        return runtime.error();
    transport.base = QUrl(runtime->adminUrl);
    // the engine wrote into its own directory which certificate is its own; the environment's pin is for another engine
    const QString pin = m_options.pin.empty() ? runtime->adminPin : textOf(m_options.pin);
    if (const api::Outcome tls = addTls(transport, m_options, pin); !tls)
        return tls.error();
    const QString file = m_options.tokenFile.empty() ? api::tokenFile(dataDirectory()) : textOf(m_options.tokenFile);
    if (const api::Outcome token = addToken(transport, file); !token)
        return token.error();
    return transport;
}

api::Result<Transport> Session::transportOptionsFor(const QString& url) const
{
    Transport transport;
    transport.client = QByteArrayLiteral("signalboxctl " SIGNALBOX_VERSION);
    transport.timeout = std::chrono::seconds(m_options.timeoutSeconds);
    transport.settlePatience = transport.timeout;
    const api::Result<QUrl> address = addressFrom(url);
    if (!address)
        return address.error();
    transport.base = *address;
    if (const api::Outcome tls = addTls(transport, m_options, textOr(m_options.pin, "SIGNALBOX_PIN")); !tls)
        return tls.error();
    const QString file = textOr(m_options.tokenFile, "SIGNALBOX_TOKEN_FILE");
    if (!file.isEmpty()) {
        if (const api::Outcome token = addToken(transport, file); !token)
            return token.error();
    }
    return transport;
}

api::Result<std::shared_ptr<CommandTransport>> Session::connect() const
{
    const api::Result<Transport> options = transportOptions();
    if (!options)
        return options.error();
    return std::make_shared<CommandTransport>(std::make_unique<api::HttpTransport>(*options));
}

api::Result<api::GatewayClient> Session::client() const
{
    const auto transport = connect();
    if (!transport)
        return transport.error();
    return api::GatewayClient(*transport);
}

} // namespace ctl
