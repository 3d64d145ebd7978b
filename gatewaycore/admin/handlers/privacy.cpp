#include "admin/handlers/privacy.h"

#include "admin/handlers/handlers.h"
#include "api/privacy_client.h"

namespace gateway::admin {
namespace {

using api::Failure;

constexpr qint64 kReachDays = 30;

PrivacyDesk* deskOf(const Services& services, const Reply& reply)
{
    PrivacyDesk* desk = services.engine.desks().privacy;
    if (!desk)
        refuse(reply, Failure::NotFound, QStringLiteral("Privacy zones are not kept here."));
    return desk;
}

// The tenants to tell of; nothing, and the refusal given, if the one asked for is not for this principal.
std::optional<QStringList> tenantsAsked(const Request& request, const Reply& reply)
{
    const QString tenant = request.asked.query.queryItemValue(QStringLiteral("tenant"), QUrl::FullyDecoded);
    if (tenant.isEmpty())
        return request.principal.tenants;
    if (request.principal.mayTouch(tenant))
        return QStringList{tenant};
    refuse(reply, Failure::NotFound, QStringLiteral("There is no tenant %1.").arg(tenant.left(64)));
    return std::nullopt;
}

// False: the refusal is given.
bool checkTimes(const Services& services, const api::ZoneCheckQuery& query, const Reply& reply)
{
    const QDateTime now = services.engine.status().asOf;
    if (query.since && *query.since >= query.until.value_or(now)) {
        refuse(reply, Failure::Invalid,
            query.until ? QStringLiteral("The check begins before it ends.")
                        : QStringLiteral("The check begins in the past."));
        return false;
    }
    return true;
}

template <typename T>
Done<QVector<T>> answerList(const Reply& reply)
{
    return [reply](const api::Result<QVector<T>>& items) {
        reply(items ? api::AdminReply{200, itemsOf(*items)} : api::errorReply(items.error()));
    };
}

// A time of the body; false, and the refusal given, if it is none.
bool readTime(const Request& request, const char* field, std::optional<QDateTime>& out, const Reply& reply)
{
    const QJsonValue value = request.asked.body.value(QLatin1String(field));
    if (value.isUndefined() || value.isNull())
        return true;
    out = QDateTime::fromString(value.toString(), Qt::ISODateWithMs).toUTC();
    if (!out->isValid())
        refuse(
            reply, Failure::Invalid, QStringLiteral("The field \"%1\" is an RFC 3339 time.").arg(QLatin1String(field)));
    return out->isValid();
}

struct Period
{
    QDateTime since;
    QDateTime until;
};

std::optional<Period> periodOf(const Services& services, const Request& request, const Reply& reply)
{
    const api::Result<api::ZoneCheckQuery> query = api::zoneCheckQueryFromQuery(request.asked.query);
    if (!query) {
        reply(api::errorReply(query.error()));
        return std::nullopt;
    }
    const QDateTime until = query->until.value_or(services.engine.status().asOf.addMSecs(1));
    const QDateTime since = query->since.value_or(until.addDays(-kReachDays));
    if (since >= until) {
        refuse(reply, Failure::Invalid, QStringLiteral("The time begins before it ends."));
        return std::nullopt;
    }
    return Period{since, until};
}

} // namespace

void getZoneProof(const Services& services, const Request& request, const Reply& reply)
{
    PrivacyDesk* desk = deskOf(services, reply);
    if (!desk)
        return;
    if (const auto tenants = tenantsAsked(request, reply))
        reply({200, api::toJson(desk->proof(*tenants))});
}

void getZoneCheck(const Services& services, const Request& request, const Reply& reply)
{
    PrivacyDesk* desk = deskOf(services, reply);
    if (!desk)
        return;
    const auto tenants = tenantsAsked(request, reply);
    if (!tenants)
        return;
    const api::Result<api::ZoneCheckQuery> query = api::zoneCheckQueryFromQuery(request.asked.query);
    if (!query)
        return reply(api::errorReply(query.error()));
    if (checkTimes(services, *query, reply))
        desk->check(*query, *tenants, answer<api::StandingCheck>(reply));
}

void postZoneCheck(const Services& services, const Request& request, const Reply& reply)
{
    PrivacyDesk* desk = deskOf(services, reply);
    if (!desk)
        return;
    api::ZoneCheckQuery query;
    if (!readTime(request, "since", query.since, reply) || !readTime(request, "until", query.until, reply))
        return;
    query.tenant = request.asked.body.value(QLatin1String("tenant")).toString();
    if (!checkTimes(services, query, reply))
        return;
    desk->runCheck(
        query, request.change, [&trace = request.trace, reply](const api::Result<api::StandingCheck>& check) {
            if (!check)
                return reply(api::errorReply(check.error()));
            trace.after = {{QStringLiteral("number"), check->number}, {QStringLiteral("verdict"), check->check.verdict},
                {QStringLiteral("sentence"), check->sentence}};
            reply({201, api::toJson(*check)});
        });
}

void getZoneChecks(const Services& services, const Request&, const Reply& reply)
{
    if (PrivacyDesk* desk = deskOf(services, reply))
        desk->checks(answerList<api::ZoneCheckRun>(reply));
}

void getKeptZoneCheck(const Services& services, const Request& request, const Reply& reply)
{
    PrivacyDesk* desk = deskOf(services, reply);
    if (!desk)
        return;
    bool isNumber = false;
    const qint64 number = request.argument.toLongLong(&isNumber);
    if (!isNumber)
        return refuse(reply, Failure::NotFound, QStringLiteral("A kept check is named by its number."));
    desk->keptCheck(number, answer<api::StandingCheck>(reply));
}

void getZoneRecords(const Services& services, const Request& request, const Reply& reply)
{
    PrivacyDesk* desk = deskOf(services, reply);
    if (!desk)
        return;
    if (const auto tenants = tenantsAsked(request, reply))
        desk->records(*tenants, answerList<api::ZoneRecord>(reply));
}

void getZoneAudits(const Services& services, const Request&, const Reply& reply)
{
    if (PrivacyDesk* desk = deskOf(services, reply))
        desk->audits(answerList<api::ZoneAudit>(reply));
}

void postZoneAudit(const Services& services, const Request& request, const Reply& reply)
{
    PrivacyDesk* desk = deskOf(services, reply);
    if (!desk)
        return;
    const api::Result<api::AuditSignature> signature = api::auditSignatureFromJson(request.asked.body);
    if (!signature)
        return reply(api::errorReply(signature.error()));
    desk->signAudit(
        *signature, request.change, [&trace = request.trace, reply](const api::Result<api::ZoneAudit>& audit) {
            if (!audit)
                return reply(api::errorReply(audit.error()));
            trace.after = {{QStringLiteral("quarter"), audit->quarter}, {QStringLiteral("sentence"), audit->sentence}};
            reply({201, api::toJson(*audit)});
        });
}

void getZoneExceptions(const Services& services, const Request&, const Reply& reply)
{
    if (PrivacyDesk* desk = deskOf(services, reply))
        desk->exceptions(answerList<api::ZoneException>(reply));
}

void postZoneException(const Services& services, const Request& request, const Reply& reply)
{
    PrivacyDesk* desk = deskOf(services, reply);
    if (!desk)
        return;
    const api::Result<api::ExceptionRequest> wanted = api::exceptionRequestFromJson(request.asked.body);
    if (!wanted)
        return reply(api::errorReply(wanted.error()));
    desk->makeException(
        *wanted, request.change, [&trace = request.trace, reply](const api::Result<api::ZoneException>& exception) {
            if (!exception)
                return reply(api::errorReply(exception.error()));
            trace.after = api::toJson(*exception);
            reply({201, api::toJson(*exception)});
        });
}

void getCredentialReach(const Services& services, const Request& request, const Reply& reply)
{
    PrivacyDesk* desk = deskOf(services, reply);
    if (!desk)
        return;
    if (const auto period = periodOf(services, request, reply))
        desk->credentialReach(request.argument, period->since, period->until, answer<api::KeyReach>(reply));
}

void getProviderReach(const Services& services, const Request& request, const Reply& reply)
{
    PrivacyDesk* desk = deskOf(services, reply);
    if (!desk)
        return;
    if (const auto period = periodOf(services, request, reply))
        desk->providerReach(request.argument, period->since, period->until, answer<api::KeyReach>(reply));
}

} // namespace gateway::admin
