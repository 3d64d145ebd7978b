#include "session.h"

#include "api/http_transport.h"
#include "api/local_engine.h"

namespace ctl {

using namespace gateway;
using api::Failure;

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

api::Result<api::GatewayClient> Session::client() const
{
    const QString directory =
        m_options.dataDirectory.empty() ? api::defaultDataDirectory() : QString::fromStdString(m_options.dataDirectory);
    api::HttpTransportOptions transport;
    transport.timeout = std::chrono::seconds(m_options.timeoutSeconds);
    QString tokenFile = QString::fromStdString(m_options.tokenFile);
    if (!m_options.url.empty()) {
        transport.base = QUrl(QString::fromStdString(m_options.url), QUrl::StrictMode);
        const bool isWeb =
            transport.base.scheme() == QLatin1String("http") || transport.base.scheme() == QLatin1String("https");
        if (!transport.base.isValid() || !isWeb || transport.base.host().isEmpty())
            return api::failure(Failure::Invalid, QStringLiteral("--url must be like https://gateway.example:4181"));
        if (tokenFile.isEmpty())
            return api::failure(Failure::Invalid, QStringLiteral("--url needs --token-file."));
    } else {
        const api::Result<api::RuntimeFacts> runtime = api::readRuntime(directory);
        if (!runtime)
            return runtime.error();
        transport.base = QUrl(runtime->adminUrl);
        if (tokenFile.isEmpty())
            tokenFile = api::tokenFile(directory);
    }
    api::Result<QByteArray> token = api::readToken(tokenFile);
    if (!token)
        return token.error();
    transport.token = *token;
    return api::GatewayClient(std::make_shared<api::HttpTransport>(transport));
}

} // namespace ctl
