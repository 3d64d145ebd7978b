// The scenes of the Traffic and Providers pages: the incident of the mock-ups over one hour, every tab and switch, the
// states without calls and without a store.
#include "scene.h"

#include "story.h"

#include "charts/crosshair_bus.h"
#include "pages/providers/provider_detail.h"
#include "pages/providers/providers_page.h"
#include "pages/traffic/trace_panel.h"
#include "pages/traffic/traffic_page.h"
#include "shell/main_window.h"
#include "shell/top_bar.h"
#include "widgets/table_view.h"

#include <QAbstractButton>
#include <QCoreApplication>
#include <QDeadlineTimer>

namespace ui::testing {
namespace {

using traffic::TracePanel;
using traffic::TrafficPage;

void waitFor(const std::function<bool()>& condition)
{
    const QDeadlineTimer deadline(3000);
    while (!condition() && !deadline.hasExpired())
        QCoreApplication::processEvents(QEventLoop::AllEvents, 10);
}

// The hour of the incident instead of the fifteen minutes a new window shows.
void anHour(MainWindow& window, FakeTransport& transport)
{
    window.topBar()->setRange({3600, true, {}});
    waitFor([&] { return transport.pending() == 0; });
}

TrafficPage* trafficOf(MainWindow& window, FakeTransport& transport)
{
    anHour(window, transport);
    return qobject_cast<TrafficPage*>(window.currentPage());
}

// A filter, a chosen call, and three that arrived meanwhile.
void chooseAndWait(MainWindow& window, FakeTransport& transport)
{
    TrafficPage* page = trafficOf(window, transport);
    page->open(QStringLiteral("filter=tenant:* since:03:18"));
    waitFor([page] { return page->isSettled() && page->model()->rowCount() > 0; });
    page->table()->selectRow(1);
    page->table()->selectRow(0);
    QVector<Event> events;
    for (int i = 1; i <= 3; ++i) {
        gateway::api::Call call = Story::calls()[1];
        call.id = QStringLiteral("req_live%1").arg(i);
        call.startedAt = Story::now().addMSecs(300 + i);
        events.append(finishedEvent(call, i));
    }
    // Told with the batch, not with the event.
    bool told = false;
    const auto counted = QObject::connect(
        page->model(), &models::CallTableModel::newCountChanged, page, [&told](int count) { told = count == 3; });
    transport.pushEvents(events);
    waitFor([&told] { return told; });
    QObject::disconnect(counted);
}

std::function<void(MainWindow&, FakeTransport&)> tab(TracePanel::Tab tab)
{
    return [tab](MainWindow& window, FakeTransport& transport) { trafficOf(window, transport)->trace()->setTab(tab); };
}

std::function<void(MainWindow&, FakeTransport&)> row(int row)
{
    return [row](MainWindow& window, FakeTransport& transport) {
        trafficOf(window, transport)->table()->selectRow(row);
        waitFor([&] { return transport.pending() == 0; });
    };
}

// The readout at 03:13, in the middle of the incident.
void pointAtTheIncident(MainWindow& window, FakeTransport& transport)
{
    anHour(window, transport);
    auto* page = qobject_cast<providers::ProvidersPage*>(window.currentPage());
    page->detail()->bus()->point(Story::now().addSecs(-9 * 60).toMSecsSinceEpoch());
}

void asTable(MainWindow& window, FakeTransport& transport)
{
    anHour(window, transport);
    for (QAbstractButton* button : window.currentPage()->findChildren<QAbstractButton*>()) {
        if (button->text() == QLatin1String("Table"))
            button->click();
    }
}

// The engine answers its status, but its store does not answer.
void feedBrokenStore(FakeTransport& transport)
{
    Story::tell(transport);
    const auto broken = [](const AdminRequest&) {
        return gateway::api::errorReply(
            gateway::api::failure(gateway::api::Failure::Unavailable, QStringLiteral("The store is not open.")));
    };
    for (const char* path : {"/api/v1/calls", "/api/v1/series", "/api/v1/providers"})
        transport.setHandler(QString::fromLatin1(path), broken);
}

} // namespace

QVector<Scene> pageScenes(const std::function<SessionOptions()>& production)
{
    QVector<Scene> scenes;
    const auto add = [&](const char* name, const char* page, void (*feed)(FakeTransport&),
                         std::function<void(MainWindow&, FakeTransport&)> act) {
        scenes.append({QString::fromLatin1(name), QString::fromLatin1(page), production(), feed, std::move(act), 40});
    };
    add("traffic", "traffic", &Story::tell, &chooseAndWait);
    add("traffic-request", "traffic", &Story::tell, tab(TracePanel::RequestTab));
    add("traffic-attempts", "traffic", &Story::tell, tab(TracePanel::AttemptsTab));
    add("traffic-stream", "traffic", &Story::tell, tab(TracePanel::StreamTab));
    add("traffic-failed", "traffic", &Story::tell, row(2));
    add("traffic-translated", "traffic", &Story::tell, row(3));
    add("traffic-refused", "traffic", &Story::tell, row(5));
    add("traffic-truncated", "traffic", &Story::tell, row(7));
    add("traffic-wrong-filter", "traffic", &Story::tell, [](MainWindow& window, FakeTransport& transport) {
        trafficOf(window, transport)->open(QStringLiteral("filter=tenent:acme"));
    });
    add("traffic-no-match", "traffic", &Story::tell, [](MainWindow& window, FakeTransport& transport) {
        trafficOf(window, transport)->open(QStringLiteral("filter=tenant:nobody"));
    });
    add("traffic-empty", "traffic", &Story::tellEmpty, {});
    add("traffic-error", "traffic", &feedBrokenStore, {});
    add("providers", "providers", &Story::tell, &pointAtTheIncident);
    add("providers-table", "providers", &Story::tell, &asTable);
    add("providers-empty", "providers", &Story::tellEmpty, &anHour);
    add("providers-error", "providers", &feedBrokenStore, {});
    return scenes;
}

} // namespace ui::testing
