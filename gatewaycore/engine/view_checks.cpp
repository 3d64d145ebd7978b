// GatewayView's side of what was promised and recorded: summaries, the checklist, rotation.
#include "engine/gateway_view.h"

#include "engine/checklist.h"
#include "observability/log.h"
#include "store/call_summary_reader.h"

namespace gateway::engine {
namespace {

constexpr qint64 kDaySeconds = 24 * 3600;
constexpr qint64 kHourMs = 3600 * 1000;

api::Result<api::CallSummary> summaryOf(
    const QString& file, const api::CallSummaryQuery& query, const QStringList& tenants)
{
    auto reader = store::CallSummaryReader::open(file);
    if (!reader)
        return reader.error();
    return (*reader)->summary(query, tenants);
}

} // namespace

void GatewayView::callSummary(
    const api::CallSummaryQuery& query, const QStringList& tenants, admin::Done<api::CallSummary> done)
{
    m_parts.reader->later<api::CallSummary>(
        [query, tenants](const QString& file) { return summaryOf(file, query, tenants); }, std::move(done));
}

void GatewayView::checklist(admin::Done<QVector<api::ChecklistItem>> done)
{
    ChecklistFacts facts;
    facts.snapshot = snapshot();
    facts.now = at(m_parts.clock.wallMs());
    facts.credentials = m_parts.credentials->list();
    facts.capabilities = capabilities();
    for (const api::LeverStatus& lever : levers()) {
        if (lever.kind != api::LeverKind::Drill)
            continue;
        if (const api::Result<api::DrillCard> card = drillCard(lever.id))
            facts.drills.append(*card);
    }
    facts.invariants = invariants();
    facts.incidents = incidents();
    facts.store = m_parts.store->health();
    if (m_parts.zoneAudit)
        facts.zoneAudit = m_parts.zoneAudit();
    for (const auto& provider : facts.snapshot->providers)
        facts.attemptsOfProvider.insert(
            provider->name, m_parts.series.flow(provider->name, {}, m_parts.clock.wallMs() - kHourMs).attempts);
    api::CallSummaryQuery query;
    query.filter.since = facts.now.addSecs(-kDaySeconds);
    query.filter.until = facts.now.addMSecs(1);
    query.by = QStringLiteral("outcome");
    m_parts.reader->later<api::CallSummary>([query](const QString& file) { return summaryOf(file, query, {}); },
        [facts, done = std::move(done)](const api::Result<api::CallSummary>& day) mutable {
            if (!day)
                return done(day.error());
            facts.day = *day;
            done(checklistOf(facts));
        });
}

void GatewayView::rotateCredential(
    const QString& id, qint64 graceSeconds, const admin::Change& change, admin::Done<api::IssuedCredential> done)
{
    m_parts.credentials->rotate(id, graceSeconds, change.alongside,
        [context = &m_context, id, done = std::move(done), change](api::Result<api::IssuedCredential> issued) {
            QMetaObject::invokeMethod(
                context,
                [id, done, change, issued = std::move(issued)] {
                    if (issued) {
                        observability::log(observability::LogLevel::Info, "credential.rotated",
                            {{"credential", id}, {"successor", issued->id}, {"principal", change.by.name},
                                {"reason", change.reason}});
                    }
                    done(issued);
                },
                Qt::QueuedConnection);
        });
}

} // namespace gateway::engine
