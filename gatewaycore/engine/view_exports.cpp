// GatewayView on exports: how they do, and one test of each.
#include "engine/gateway_view.h"

#include "observability/log.h"

namespace gateway::engine {

QVector<api::ExportStatus> GatewayView::exports() const
{
    return m_parts.exports ? m_parts.exports->statuses() : QVector<api::ExportStatus>();
}

void GatewayView::testExport(const QString& name, const admin::Change& change, admin::Done<api::ExportTest> done)
{
    if (name == QLatin1String("prometheus")) { // it is fetched, not sent: what there is to fetch is the test
        const qsizetype lines = metricsPage().count('\n');
        done(api::ExportTest{name, lines > 0, {},
            QStringLiteral("Nothing is sent: %1 lines are ready for whoever fetches them.").arg(lines),
            at(m_parts.clock.wallMs())});
        return;
    }
    observability::log(observability::LogLevel::Info, "export.tested",
        {{"name", name}, {"principal", change.by.name}, {"reason", change.reason}});
    m_parts.exports->test(name, std::move(done));
}

} // namespace gateway::engine
