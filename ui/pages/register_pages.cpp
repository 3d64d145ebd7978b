#include "pages/register_pages.h"

#include "pages/audit/audit_page.h"
#include "pages/budgets/budgets_page.h"
#include "pages/checklist/checklist_page.h"
#include "pages/config/config_page.h"
#include "pages/limits/limits_page.h"
#include "pages/providers/providers_page.h"
#include "pages/routes/routes_page.h"
#include "pages/server/server_page.h"
#include "pages/traffic/traffic_page.h"
#include "pages/zones/zones_page.h"

namespace ui {

PageRegistry allPages(std::shared_ptr<GatewayProbe> probe)
{
    if (!probe)
        probe = std::make_shared<HttpGatewayProbe>();
    PageRegistry pages;
    const auto add = [&pages](const char* name, const char* title, RailGroup group, int order, auto make,
                         const char* feature = "") {
        // The icon of a page has its name.
        pages.add({QString::fromLatin1(name), QString::fromLatin1(title), QString::fromLatin1(name), group, order, make,
            QString::fromLatin1(feature)});
    };
    add("traffic", "Traffic", RailGroup::Operate, 3,
        [](Session& session) -> Page* { return new traffic::TrafficPage(session); });
    add("providers", "Providers", RailGroup::Operate, 4,
        [](Session& session) -> Page* { return new providers::ProvidersPage(session); });
    add("routes", "Routes", RailGroup::Operate, 5,
        [](Session& session) -> Page* { return new routes::RoutesPage(session); });
    add("budgets", "Budgets", RailGroup::Govern, 1,
        [](Session& session) -> Page* { return new budgets::BudgetsPage(session); });
    add(
        "zones", "Zones", RailGroup::Govern, 3, [](Session& session) -> Page* { return new zones::ZonesPage(session); },
        "zones/check");
    add(
        "checklist", "Checklist", RailGroup::Prove, 1,
        [](Session& session) -> Page* { return new checklist::ChecklistPage(session); }, "checklist");
    add("limits", "Limits", RailGroup::Govern, 6,
        [](Session& session) -> Page* { return new limits::LimitsPage(session); });
    add(
        "audit", "Audit", RailGroup::Prove, 2, [](Session& session) -> Page* { return new audit::AuditPage(session); },
        "audit");
    add("config", "Config", RailGroup::Change, 1,
        [](Session& session) -> Page* { return new config::ConfigPage(session); });
    add("server", "Server", RailGroup::Change, 2,
        [probe](Session& session) -> Page* { return new ServerPage(session, probe); });
    return pages;
}

} // namespace ui
