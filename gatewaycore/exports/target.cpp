#include "exports/target.h"

#include "config/base_url.h"

namespace gateway::exports {

Target targetOf(const QString& url, const QString& caFile, const QString& owner)
{
    Target target;
    const auto parsed = config::parseBaseUrl(url);
    const auto* base = std::get_if<config::BaseUrl>(&parsed);
    if (!base)
        return target; // port 0: nobody answers there
    const config::Origin& origin = base->origin;
    target.socket.host = origin.host;
    target.socket.port = origin.port;
    target.socket.tls = origin.tls;
    target.socket.caFile = caFile;
    target.socket.hostField = origin.host.contains(u':') ? '[' + origin.host.toLatin1() + ']' : origin.host.toLatin1();
    if (origin.port != (origin.tls ? 443 : 80))
        target.socket.hostField += ':' + QByteArray::number(origin.port);
    target.socket.poolKey = owner.toUtf8() + '\0' + origin.key().toUtf8() + '\0' + caFile.toUtf8();
    target.path = base->path;
    target.shown = QLatin1String(origin.tls ? "https://" : "http://") + QLatin1String(target.socket.hostField);
    if (!target.path.isEmpty())
        target.shown += QStringLiteral("/...");
    return target;
}

} // namespace gateway::exports
