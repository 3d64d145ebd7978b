// What was promised, measured: the checklist.
#include "admin/handlers/handlers.h"

namespace gateway::admin {
void getChecklist(const Services& services, const Request&, const Reply& reply)
{
    services.engine.checklist([reply](const api::Result<QVector<api::ChecklistItem>>& items) {
        reply(items ? api::AdminReply{200, itemsOf(*items)} : api::errorReply(items.error()));
    });
}

} // namespace gateway::admin
