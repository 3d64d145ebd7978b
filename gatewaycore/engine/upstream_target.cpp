#include "engine/upstream_target.h"

namespace gateway::engine {

http::UpstreamTarget upstreamTarget(const config::Provider& provider, quint16 simulatorPort)
{
    http::UpstreamTarget target;
    const bool embedded = provider.origin.port == 0;
    target.host = embedded ? QStringLiteral("127.0.0.1") : provider.origin.host;
    target.port = embedded ? simulatorPort : provider.origin.port;
    target.tls = !embedded && provider.origin.tls;
    target.caFile = provider.origin.caFile;
    // two providers of one origin may have different keys and authorities; they share no connection
    target.poolKey =
        provider.name.toUtf8() + '\0' + provider.origin.key().toUtf8() + '\0' + QByteArray::number(target.port);
    target.hostField = target.host.contains(u':') ? '[' + target.host.toLatin1() + ']' : target.host.toLatin1();
    if (target.port != (target.tls ? 443 : 80))
        target.hostField += ':' + QByteArray::number(target.port);
    return target;
}

http::UpstreamTimeouts upstreamTimeouts(const config::Provider& provider)
{
    return {provider.timeouts.connect, provider.timeouts.firstByte, provider.timeouts.idle};
}

} // namespace gateway::engine
