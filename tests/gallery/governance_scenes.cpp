// The scenes of governance: Config in each of its views, Audit and Zones, for those who may decide and for those who
// may look.
#include "scene.h"

#include "story.h"
#include "story_config.h"
#include "story_governance.h"

#include "pages/audit/audit_page.h"
#include "pages/common/reason_sheet.h"
#include "pages/config/change_panel.h"
#include "pages/config/config_actions.h"
#include "pages/config/config_data.h"
#include "pages/config/config_page.h"
#include "pages/zones/zones_page.h"
#include "shell/main_window.h"
#include "widgets/plain_table.h"

#include <QCoreApplication>
#include <QDeadlineTimer>

namespace ui::testing {
namespace {

using config::ConfigPage;
using gateway::api::errorReply;
using gateway::api::failure;
using gateway::api::Failure;

void settle(MainWindow& window, FakeTransport& transport)
{
    const QDeadlineTimer deadline(3000);
    while ((transport.pending() > 0 || !window.currentPage()->isSettled()) && !deadline.hasExpired())
        QCoreApplication::processEvents(QEventLoop::AllEvents, 10);
}

using Act = std::function<void(MainWindow&, FakeTransport&)>;

Act view(ConfigPage::View view)
{
    return [view](MainWindow& window, FakeTransport& transport) {
        auto* page = qobject_cast<ConfigPage*>(window.currentPage());
        page->setView(view);
        settle(window, transport);
        if (view == ConfigPage::HistoryPart) {
            page->open(QStringLiteral("revision=217"));
            settle(window, transport);
        }
    };
}

void byLines(MainWindow& window, FakeTransport& transport)
{
    auto* page = qobject_cast<ConfigPage*>(window.currentPage());
    page->change()->showMode(1);
    settle(window, transport);
}

void blocked(MainWindow& window, FakeTransport& transport)
{
    auto* page = qobject_cast<ConfigPage*>(window.currentPage());
    page->open(QStringLiteral("draft=d8"));
    settle(window, transport);
}

void rollBack(MainWindow& window, FakeTransport& transport)
{
    auto* page = qobject_cast<ConfigPage*>(window.currentPage());
    page->actions()->rollBack(0);
    page->actions()->sheet()->setReason(QStringLiteral("contract-qa cuts answers off since 02:58"));
    settle(window, transport);
}

void feedNoDesk(FakeTransport& transport)
{
    Story::tell(transport);
    transport.setHandler(QStringLiteral("/api/v1/config/standing"), [](const AdminRequest&) {
        return errorReply(failure(Failure::NotFound, QStringLiteral("config/standing is not kept here.")));
    });
}

void feedBroken(FakeTransport& transport)
{
    Story::tell(transport);
    transport.setHandler(QStringLiteral("/api/v1/config/standing"), [](const AdminRequest&) {
        return errorReply(failure(Failure::Unavailable, QStringLiteral("The database of revisions cannot be read.")));
    });
}

// Somebody changed a call, and the anchor's disk is full.
void feedTampered(FakeTransport& transport)
{
    Story::tell(transport);
    transport.setReply(QStringLiteral("/api/v1/audit/chain"), gateway::api::toJson(storyBrokenChain()));
}

void feedUnverified(FakeTransport& transport)
{
    Story::tell(transport);
    gateway::api::ChainStanding standing = storyChain(false);
    standing.last.reset();
    transport.setReply(QStringLiteral("/api/v1/audit/chain"), gateway::api::toJson(standing));
}

void feedNoAudit(FakeTransport& transport)
{
    Story::tell(transport);
    for (const char* path : {"/api/v1/audit/chain", "/api/v1/audit"})
        transport.setHandler(QString::fromLatin1(path), [](const AdminRequest&) {
            return errorReply(failure(Failure::NotFound, QStringLiteral("The log is not kept here.")));
        });
}

void chooseRaise(MainWindow& window, FakeTransport& transport)
{
    settle(window, transport);
    qobject_cast<audit::AuditPage*>(window.currentPage())->entries()->selectRow(7);
    settle(window, transport);
}

void signQuarter(MainWindow& window, FakeTransport& transport)
{
    auto* page = qobject_cast<zones::ZonesPage*>(window.currentPage());
    page->sign();
    page->sheet()->setReason(QStringLiteral("quarterly audit, Q3 late"));
    settle(window, transport);
}

void chooseAcme(MainWindow& window, FakeTransport& transport)
{
    window.currentPage()->setFocus();
    qobject_cast<zones::ZonesPage*>(window.currentPage())->open(QStringLiteral("tenant=acme"));
    settle(window, transport);
}

} // namespace

QVector<Scene> governanceScenes(const std::function<SessionOptions()>& production)
{
    QVector<Scene> scenes;
    const auto add = [&](const char* name, const char* page, void (*feed)(FakeTransport&), Act act,
                         const char* role = "operator") {
        SessionOptions options = production();
        options.role = QString::fromLatin1(role);
        scenes.append({QString::fromLatin1(name), QString::fromLatin1(page), options, feed, std::move(act), 40});
    };
    add("config", "config", &Story::tell, {});
    add("config-text", "config", &Story::tell, &byLines);
    add("config-blocked", "config", &Story::tell, &blocked);
    add("config-replay", "config", &Story::tell, view(ConfigPage::ReplayPart));
    add("config-canary", "config", &Story::tell, view(ConfigPage::CanaryPart));
    add("config-history", "config", &Story::tell, view(ConfigPage::HistoryPart));
    add("config-rollback", "config", &Story::tell, &rollBack);
    add("config-auditor", "config", &Story::tell, {}, "auditor");
    add("config-empty", "config", &Story::tellEmpty, {});
    add("config-none", "config", &feedNoDesk, {});
    add("config-error", "config", &feedBroken, {});
    add("audit", "audit", &Story::tell, {}, "auditor");
    add("audit-raise", "audit", &Story::tell, &chooseRaise);
    add("audit-tampered", "audit", &feedTampered, {}, "auditor");
    add("audit-unverified", "audit", &feedUnverified, {});
    add("audit-viewer", "audit", &Story::tell, {}, "viewer");
    add("audit-empty", "audit", &Story::tellEmpty, {});
    add("audit-none", "audit", &feedNoAudit, {});
    add("zones-passes", "zones", &Story::tell, &chooseAcme, "auditor");
    add("zones-sign", "zones", &Story::tell, &signQuarter, "auditor");
    return scenes;
}

} // namespace ui::testing
