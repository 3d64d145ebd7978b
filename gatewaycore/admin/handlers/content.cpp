#include "admin/handlers/content.h"

#include "admin/content_desk.h"
#include "admin/handlers/handlers.h"

namespace gateway::admin {
namespace {

using api::Failure;

constexpr qint64 kLongestPeriodDays = 31;
constexpr qsizetype kLongestName = 64;

ContentDesk* deskOf(const Services& services, const Reply& reply)
{
    ContentDesk* const desk = services.engine.desks().content;
    if (!desk)
        refuse(reply, Failure::NotFound, QStringLiteral("Content is not kept here."));
    return desk;
}

api::Error unknownGrant(const QString& id)
{
    return api::failure(Failure::NotFound, QStringLiteral("There is no grant %1.").arg(id.left(kLongestName)));
}

// The grant of the path, if it is of a tenant that the principal may touch.
std::optional<api::ContentGrant> grantOf(const ContentDesk& desk, const Request& request, const Reply& reply)
{
    auto grant = desk.grant(request.argument);
    if (grant && request.principal.mayTouch(grant->tenant))
        return std::move(*grant);
    reply(api::errorReply(unknownGrant(request.argument)));
    return std::nullopt;
}

Done<api::ContentGrant> answerAndTrace(const Request& request, const Reply& reply)
{
    return [&trace = request.trace, reply](const api::Result<api::ContentGrant>& grant) {
        if (!grant)
            return reply(api::errorReply(grant.error()));
        trace.after = api::toJson(*grant);
        reply({200, api::toJson(*grant)});
    };
}

// What is wrong with a request for a grant; nothing: it may be asked for.
std::optional<api::Error> faultOf(const api::ContentGrantRequest& asked)
{
    const auto invalid = [](const QString& message) { return api::failure(Failure::Invalid, message); };
    if (asked.tenant.isEmpty() || asked.tenant.size() > kLongestName)
        return invalid(QStringLiteral("\"tenant\" says whose content is to be read."));
    if (asked.call.size() > kLongestName)
        return invalid(QStringLiteral("\"call\" is not the id of a call."));
    if (asked.hours < 1 || asked.hours > api::ContentGrant::kMostHours)
        return invalid(QStringLiteral("\"hours\" must be from 1 to %1.").arg(api::ContentGrant::kMostHours));
    const bool hasPeriod = asked.since || asked.until;
    if (asked.call.isEmpty() == !hasPeriod)
        return invalid(QStringLiteral("A grant is for one call (\"call\") or for a time (\"since\" and \"until\")."));
    if (!hasPeriod)
        return std::nullopt;
    if (!asked.since || !asked.until || *asked.since >= *asked.until)
        return invalid(QStringLiteral("\"since\" must be before \"until\", and both be stated."));
    if (asked.since->daysTo(*asked.until) > kLongestPeriodDays)
        return invalid(QStringLiteral("A grant is for at most %1 days of calls.").arg(kLongestPeriodDays));
    return std::nullopt;
}

// Who reads what, as the audit log has it before anything is shown.
ChangeLog::Intent intentOf(const Services& services, const Request& request)
{
    ChangeLog::Intent intent;
    intent.marksItsEffect = false;
    api::AuditEntry& entry = intent.entry;
    entry.principal = request.principal.name;
    entry.role = api::nameOf(request.principal.role);
    entry.by = nameOf(request.principal.by);
    entry.client = request.principal.client;
    entry.peer = request.principal.peer;
    entry.action = QStringLiteral("GET /api/v1/calls/{id}/content");
    entry.object = request.argument;
    entry.reason = request.asked.reason;
    entry.revision = services.engine.snapshot()->revision;
    return intent;
}

} // namespace

void getContentStatus(const Services& services, const Request& request, const Reply& reply)
{
    ContentDesk* const desk = deskOf(services, reply);
    if (!desk)
        return;
    desk->status([principal = request.principal, reply](api::Result<api::ContentStatus> status) {
        if (!status)
            return reply(api::errorReply(status.error()));
        if (principal.isBound()) { // of the whole engine they learn nothing
            api::ContentStatus theirs;
            theirs.tenants = seenBy(principal, status->tenants, [](const auto& row) { return row.tenant; });
            for (const api::TenantContent& row : std::as_const(theirs.tenants))
                theirs.bytes += row.bytes;
            theirs.sentence = status->sentence;
            *status = theirs;
        }
        reply({200, api::toJson(*status)});
    });
}

void getContentGrants(const Services& services, const Request& request, const Reply& reply)
{
    if (const ContentDesk* const desk = deskOf(services, reply))
        reply(
            {200, itemsOf(seenBy(request.principal, desk->grants(), [](const auto& grant) { return grant.tenant; }))});
}

void askContentGrant(const Services& services, const Request& request, const Reply& reply)
{
    ContentDesk* const desk = deskOf(services, reply);
    if (!desk)
        return;
    const auto asked = api::contentGrantRequestFromJson(request.asked.body);
    if (!asked)
        return reply(api::errorReply(asked.error()));
    if (const auto fault = faultOf(*asked))
        return reply(api::errorReply(*fault));
    if (!request.principal.mayTouch(asked->tenant))
        return refuse(reply, Failure::NotFound, QStringLiteral("There is no tenant %1.").arg(asked->tenant));
    desk->ask(*asked, request.change, answerAndTrace(request, reply));
}

void approveContentGrant(const Services& services, const Request& request, const Reply& reply)
{
    ContentDesk* const desk = deskOf(services, reply);
    const auto grant = desk ? grantOf(*desk, request, reply) : std::nullopt;
    if (!grant)
        return;
    request.trace.before = api::toJson(*grant);
    desk->approve(grant->id, request.change, answerAndTrace(request, reply));
}

void endContentGrant(const Services& services, const Request& request, const Reply& reply)
{
    ContentDesk* const desk = deskOf(services, reply);
    const auto grant = desk ? grantOf(*desk, request, reply) : std::nullopt;
    if (!grant)
        return;
    request.trace.before = api::toJson(*grant);
    desk->end(grant->id, request.change, answerAndTrace(request, reply));
}

// A reading, but one that the log has durably before it happens, as it has a change. What is read is not in the log.
void getCallContent(const Services& services, const Request& request, const Reply& reply)
{
    ContentDesk* const desk = deskOf(services, reply);
    if (!desk)
        return;
    services.changes.begin(request.principal, intentOf(services, request),
        [desk, &changes = services.changes, call = request.argument, principal = request.principal, reply](
            const api::Result<ChangeLog::Begun>& begun) {
            if (!begun)
                return reply(api::errorReply(begun.error()));
            desk->read(call, principal,
                [&changes, change = begun->change, reply](const api::Result<api::KeptContent>& content) {
                    if (!content) {
                        const api::AdminReply refused = api::errorReply(content.error());
                        changes.finish(change, refused, {}, {});
                        return reply(refused);
                    }
                    const QJsonObject read{
                        {QStringLiteral("tenant"), content->tenant}, {QStringLiteral("grant"), content->grant}};
                    changes.finish(change, {200, read}, {}, read);
                    reply({200, api::toJson(*content)});
                });
        });
}

void shredContent(const Services& services, const Request& request, const Reply& reply)
{
    ContentDesk* const desk = deskOf(services, reply);
    if (!desk)
        return;
    const QString tenant = request.asked.body.value(QLatin1String("tenant")).toString();
    if (tenant.isEmpty() || tenant.size() > kLongestName)
        return refuse(reply, Failure::Invalid, QStringLiteral("\"tenant\" says whose content is to be deleted."));
    desk->shred(tenant, request.change, answer<api::ContentStatus>(reply));
}

void getRecordRetention(const Services& services, const Request&, const Reply& reply)
{
    if (ContentDesk* const desk = deskOf(services, reply))
        desk->recordRetention(answer<api::RecordRetention>(reply));
}

} // namespace gateway::admin
