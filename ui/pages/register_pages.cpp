#include "pages/register_pages.h"

#include "pages/server/server_page.h"

namespace ui {

PageRegistry allPages(std::shared_ptr<GatewayProbe> probe)
{
    if (!probe)
        probe = std::make_shared<HttpGatewayProbe>();
    PageRegistry pages;
    pages.add({QStringLiteral("server"), QStringLiteral("Server"), QStringLiteral("server"), RailGroup::Change, 2,
        [probe](Session& session) -> Page* { return new ServerPage(session, probe); }});
    return pages;
}

} // namespace ui
