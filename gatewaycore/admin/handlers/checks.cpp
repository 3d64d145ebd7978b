// What was promised, measured: the zone check and the checklist.
#include "admin/handlers/handlers.h"

namespace gateway::admin {
namespace {

using api::Failure;

constexpr qint64 kCheckSeconds = 24 * 3600;

} // namespace

void getZoneCheck(const Services& services, const Request& request, const Reply& reply)
{
    const QDateTime now = services.engine.status().asOf;
    QDateTime since = now.addSecs(-kCheckSeconds);
    if (const QString asked = request.asked.query.queryItemValue(QStringLiteral("since"), QUrl::FullyDecoded);
        !asked.isEmpty()) {
        since = QDateTime::fromString(asked, Qt::ISODateWithMs).toUTC();
        if (!since.isValid())
            return refuse(reply, Failure::Invalid, QStringLiteral("since is not an RFC 3339 time"));
        if (since >= now)
            return refuse(reply, Failure::Invalid, QStringLiteral("The check begins in the past."));
    }
    services.engine.zoneCheck(since, request.principal.tenants, answer<api::ZoneCheck>(reply));
}

void getChecklist(const Services& services, const Request&, const Reply& reply)
{
    services.engine.checklist([reply](const api::Result<QVector<api::ChecklistItem>>& items) {
        reply(items ? api::AdminReply{200, itemsOf(*items)} : api::errorReply(items.error()));
    });
}

} // namespace gateway::admin
