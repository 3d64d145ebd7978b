// whoami, principals, pairings: who may use this API.
#include "admin/handlers/handlers.h"
#include "admin/principal_book.h"

#include <QHostAddress>
#include <QSysInfo>
#include <QUrl>
#include <QUrlQuery>

namespace gateway::admin {
namespace {

using api::Failure;

// A router without a book (tests of other things) has nobody to tell of.
bool isMissing(const Services& services, const Reply& reply)
{
    if (!services.principals)
        refuse(reply, Failure::NotFound, QStringLiteral("Principals are not kept here."));
    return !services.principals;
}

// What is asked for, as far as the config and the body decide it; the book checks the rest.
api::Result<api::PrincipalRequest> wantedOf(const Services& services, const Request& request)
{
    QJsonObject body = request.asked.body;
    body.remove(QStringLiteral("duration_s"));
    const api::Result<api::PrincipalRequest> wanted = api::principalRequestFromJson(body);
    if (!wanted)
        return wanted.error();
    for (const char* field : {"name", "role"}) { // nobody gets a role because a field was forgotten
        if (!body.contains(QLatin1String(field)) || body.value(QLatin1String(field)).isNull())
            return api::failure(
                Failure::Invalid, QStringLiteral("The field \"%1\" is missing.").arg(QLatin1String(field)));
    }
    const config::SnapshotPtr snapshot = services.engine.snapshot();
    for (const QString& tenant : wanted->tenants) {
        if (!snapshot->tenantByName.contains(tenant))
            return api::failure(Failure::Invalid,
                QStringLiteral("No tenant named %1 is configured.").arg(tenant.left(64)),
                QStringLiteral("GET /api/v1/tenants lists them; `signalboxctl tenant list` does too."));
    }
    return wanted;
}

QJsonObject traceOf(const std::optional<api::PrincipalInfo>& principal)
{
    return principal ? api::toJson(*principal) : QJsonObject();
}

Done<api::IssuedPrincipal> answerIssued(const Services& services, const Request& request, const Reply& reply)
{
    return
        [book = services.principals, &trace = request.trace, reply](const api::Result<api::IssuedPrincipal>& issued) {
            if (!issued)
                return reply(api::errorReply(issued.error()));
            trace.after = traceOf(book->find(issued->name)); // without the token
            reply({201, api::toJson(*issued)});
        };
}

// Where others reach this engine: the first name the config states, else the address it listens on; one that listens
// on every address is reached by the machine's name.
QUrl reachedAt(const EngineView& engine, const api::EngineStatus& status)
{
    QUrl url(status.adminUrl);
    const QStringList& hosts = engine.snapshot()->admin.hosts;
    const QHostAddress address(url.host());
    if (!hosts.isEmpty())
        url.setHost(hosts.first());
    else if (address == QHostAddress(QHostAddress::AnyIPv4) || address == QHostAddress(QHostAddress::AnyIPv6))
        url.setHost(QSysInfo::machineHostName());
    return url;
}

QString pairingLink(const EngineView& engine, const QString& code)
{
    const api::EngineStatus status = engine.status();
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("url"),
        QString::fromLatin1(QUrl::toPercentEncoding(reachedAt(engine, status).toString(), ":/[]")));
    if (status.certificate)
        query.addQueryItem(QStringLiteral("pin"), status.certificate->sha256);
    query.addQueryItem(QStringLiteral("code"), code);
    QUrl link;
    link.setScheme(QStringLiteral("signalbox"));
    link.setHost(QStringLiteral("pair"));
    link.setQuery(query);
    return link.toString(QUrl::FullyEncoded);
}

} // namespace

void whoAmI(const Services& services, const Request& request, const Reply& reply)
{
    const Principal& asker = request.principal;
    api::WhoAmI who{asker.name, asker.role, asker.tenants, nameOf(asker.by), {}, {}};
    for (const Route& route : routes()) {
        if (mayUse(route, asker))
            who.may.append(QString::fromLatin1(route.method) + u' ' + QString::fromLatin1(route.path));
    }
    if (services.principals)
        who.expiresAt = services.principals->expiryOf(asker);
    reply({200, api::toJson(who)});
}

void getPrincipals(const Services& services, const Request&, const Reply& reply)
{
    if (!isMissing(services, reply))
        reply({200, itemsOf(services.principals->list())});
}

void postPrincipal(const Services& services, const Request& request, const Reply& reply)
{
    if (isMissing(services, reply))
        return;
    const api::Result<api::PrincipalRequest> wanted = wantedOf(services, request);
    if (!wanted)
        return reply(api::errorReply(wanted.error()));
    request.trace.before = traceOf(services.principals->find(wanted->name));
    services.principals->issue(*wanted, request.change, answerIssued(services, request, reply));
}

void revokePrincipal(const Services& services, const Request& request, const Reply& reply)
{
    if (isMissing(services, reply))
        return;
    request.trace.before = traceOf(services.principals->find(request.argument));
    services.principals->revoke(request.argument, request.change,
        [&trace = request.trace, reply](const api::Result<api::PrincipalInfo>& revoked) {
            if (!revoked)
                return reply(api::errorReply(revoked.error()));
            trace.after = api::toJson(*revoked);
            reply({200, api::toJson(*revoked)});
        });
}

void rotatePrincipal(const Services& services, const Request& request, const Reply& reply)
{
    if (isMissing(services, reply))
        return;
    request.trace.before = traceOf(services.principals->find(request.argument));
    services.principals->rotate(request.argument, request.change, answerIssued(services, request, reply));
}

void postPairing(const Services& services, const Request& request, const Reply& reply)
{
    if (isMissing(services, reply))
        return;
    const api::Result<api::PrincipalRequest> wanted = wantedOf(services, request);
    if (!wanted)
        return reply(api::errorReply(wanted.error()));
    const QJsonValue duration = request.asked.body.value(QLatin1String("duration_s"));
    std::chrono::seconds time = PrincipalBook::kPairingTime;
    if (!duration.isUndefined() && !duration.isNull()) {
        const double seconds = duration.toDouble(-1);
        if (!(seconds >= 1) || seconds > std::chrono::seconds(PrincipalBook::kLongestPairing).count())
            return refuse(reply, Failure::Invalid,
                QStringLiteral("The field \"duration_s\" is a number of seconds from 1 to %1.")
                    .arg(std::chrono::seconds(PrincipalBook::kLongestPairing).count()));
        time = std::chrono::seconds(qint64(seconds));
    }
    services.principals->startPairing(*wanted, time, request.change,
        [&engine = services.engine, &trace = request.trace, reply](const api::Result<api::Pairing>& started) {
            if (!started)
                return reply(api::errorReply(started.error()));
            api::Pairing pairing = *started;
            pairing.link = pairingLink(engine, pairing.code);
            trace.after = {{QStringLiteral("name"), pairing.name},
                {QStringLiteral("expires_at"), pairing.expiresAt.toString(Qt::ISODateWithMs)}};
            reply({201, api::toJson(pairing)});
        });
}

void claimPairing(const Services& services, const Request& request, const Reply& reply)
{
    if (isMissing(services, reply))
        return;
    services.principals->claim(request.change, answerIssued(services, request, reply));
}

} // namespace gateway::admin
