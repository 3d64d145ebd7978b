#include "admin/handlers/handlers.h"

#include <QRegularExpression>

namespace gateway::admin {
namespace {

using api::Failure;

constexpr int kLongestNote = 500;
constexpr int kMostNames = 1000;
constexpr qint64 kGraceSeconds = 24 * 3600;
constexpr qint64 kLongestGrace = 7 * 24 * 3600;

api::Error unknown(const QString& id)
{
    return api::failure(Failure::NotFound, QStringLiteral("There is no credential %1.").arg(id.left(80)));
}

// Goes on if the credential is of a tenant that the principal may touch; else it is not there.
template <typename Next>
void whenTouchable(const Services& services, const Request& request, const Reply& reply, Next next)
{
    if (!request.principal.isBound())
        return next();
    services.engine.credentials([reply, request, next](const api::Result<QVector<api::CredentialInfo>>& all) {
        if (!all)
            return reply(api::errorReply(all.error()));
        for (const api::CredentialInfo& info : *all) {
            if (info.id == request.argument && request.principal.mayTouch(info.tenant))
                return next();
        }
        reply(api::errorReply(unknown(request.argument)));
    });
}

bool isName(const QString& text)
{
    static const QRegularExpression pattern(QStringLiteral("\\A[A-Za-z0-9._-]{1,64}\\z"));
    return pattern.match(text).hasMatch();
}

// What may be asked for. Aliases must be named, "*" for all: a credential never reaches everything because a field was
// forgotten.
std::optional<api::Error> faultOf(const api::CredentialRequest& wanted, const config::PolicySnapshot& snapshot)
{
    if (wanted.tenant.isEmpty())
        return api::failure(Failure::Invalid, QStringLiteral("The field \"tenant\" is missing."));
    // a config without tenants names none, so any name will do
    if (!snapshot.tenants.empty() && !snapshot.tenantByName.contains(wanted.tenant))
        return api::failure(Failure::Invalid,
            QStringLiteral("No tenant named %1 is configured.").arg(wanted.tenant.left(64)),
            QStringLiteral("GET /api/v1/tenants lists them; `signalboxctl tenant list` does too."));
    if (wanted.aliases.isEmpty())
        return api::failure(
            Failure::Invalid, QStringLiteral("The field \"aliases\" is missing: name the aliases, or \"*\" for all."));
    if (wanted.aliases.size() > kMostNames || wanted.features.size() > kMostNames)
        return api::failure(
            Failure::Invalid, QStringLiteral("At most %1 aliases and features can be named.").arg(kMostNames));
    for (const QString& alias : wanted.aliases) {
        if (alias != QLatin1String("*") && !snapshot.aliasByName.contains(alias))
            return api::failure(Failure::Invalid,
                QStringLiteral("No alias named %1 is configured.").arg(alias.left(64)),
                QStringLiteral("GET /api/v1/aliases lists them; `signalboxctl alias list` does too."));
    }
    if (wanted.aliases.contains(QStringLiteral("*")) && wanted.aliases.size() > 1)
        return api::failure(Failure::Invalid, QStringLiteral("\"*\" means every alias, so it stands alone."));
    for (const QString& feature : wanted.features) {
        if (!isName(feature))
            return api::failure(
                Failure::Invalid, QStringLiteral("A feature is 1 to 64 characters of A-Z a-z 0-9 . _ -"));
    }
    if (wanted.expiresAt && *wanted.expiresAt <= QDateTime::currentDateTimeUtc())
        return api::failure(Failure::Invalid, QStringLiteral("The field \"expires_at\" lies in the past."));
    if (wanted.note.size() > kLongestNote)
        return api::failure(Failure::Invalid, QStringLiteral("A note has at most %1 characters.").arg(kLongestNote));
    return std::nullopt;
}

} // namespace

void getCredentials(const Services& services, const Request& request, const Reply& reply)
{
    services.engine.credentials([reply, request](const api::Result<QVector<api::CredentialInfo>>& all) {
        if (!all)
            return reply(api::errorReply(all.error()));
        reply({200, itemsOf(seenBy(request.principal, *all, [](const auto& info) { return info.tenant; }))});
    });
}

void postCredential(const Services& services, const Request& request, const Reply& reply)
{
    const api::Result<api::CredentialRequest> wanted = api::credentialRequestFromJson(request.asked.body);
    if (!wanted)
        return reply(api::errorReply(wanted.error()));
    if (const auto fault = faultOf(*wanted, *services.engine.snapshot()))
        return reply(api::errorReply(*fault));
    services.engine.issueCredential(*wanted, request.change, [reply](const api::Result<api::IssuedCredential>& issued) {
        if (!issued)
            return reply(api::errorReply(issued.error()));
        reply({201, {{QStringLiteral("id"), issued->id}, {QStringLiteral("key"), issued->key}}});
    });
}

void revokeCredential(const Services& services, const Request& request, const Reply& reply)
{
    whenTouchable(services, request, reply, [services, request, reply] {
        services.engine.revokeCredential(request.argument, request.change, answer<api::CredentialInfo>(reply));
    });
}

void rotateCredential(const Services& services, const Request& request, const Reply& reply)
{
    qint64 grace = kGraceSeconds;
    if (const QJsonValue asked = request.asked.body.value(QLatin1String("grace_s")); !asked.isUndefined()) {
        grace = asked.toInteger(-1); // -1 too for what is no whole number
        if (grace < 0 || grace > kLongestGrace)
            return refuse(reply, Failure::Invalid,
                QStringLiteral("The field \"grace_s\" is a whole number of seconds from 0 to 604800 (seven days)."));
    }
    whenTouchable(services, request, reply, [services, request, reply, grace] {
        services.engine.rotateCredential(
            request.argument, grace, request.change, answer<api::IssuedCredential>(reply, 201));
    });
}

} // namespace gateway::admin
