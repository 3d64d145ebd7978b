// GatewayView's side of incidents: the register, what people say of one, the hand-over.
#include "engine/gateway_view.h"

#include "engine/handover.h"
#include "observability/log.h"
#include "store/audit_repository.h"

namespace gateway::engine {

using api::Failure;

QVector<api::Incident> GatewayView::incidents() const
{
    return m_parts.watch->incidents();
}

api::Result<api::Incident> GatewayView::incident(const QString& id) const
{
    if (auto one = m_parts.watch->incidentRegister().find(id))
        return std::move(one->incident);
    return api::failure(Failure::NotFound, QStringLiteral("There is no incident %1.").arg(id.left(64)),
        QStringLiteral("GET /api/v1/incidents lists them; `signalboxctl incident list` does too."));
}

void GatewayView::acknowledgeIncident(
    const QString& id, const QString& owner, const admin::Change& change, admin::Done<api::Incident> done)
{
    m_parts.incidents->acknowledge(id, owner, change.by.name, change.alongside, std::move(done));
}

void GatewayView::noteIncident(
    const QString& id, const QString& text, const admin::Change& change, admin::Done<api::Incident> done)
{
    m_parts.incidents->note(id, text, change.by.name, change.alongside, std::move(done));
}

void GatewayView::handover(const QString& id, admin::Done<api::Handover> done)
{
    constexpr int kChanges = 20;
    const api::Result<api::Incident> one = incident(id);
    if (!one)
        return done(one.error());
    HandoverFacts facts;
    facts.incident = *one;
    facts.now = at(m_parts.clock.wallMs());
    facts.levers = levers();
    facts.breakersClosed = true;
    for (const api::BreakerStatus& breaker : breakers(one->provider))
        facts.breakersClosed = facts.breakersClosed && breaker.state == QLatin1String("closed");
    api::AuditQuery before;
    before.since = one->openedAt.addSecs(-std::chrono::seconds(HandoverFacts::kBefore).count());
    before.until = one->openedAt;
    before.outcome = QStringLiteral("applied");
    before.limit = kChanges;
    m_parts.reader->later<api::AuditPage>([before](const QString& file) { return store::readAudit(file, before); },
        [facts, done = std::move(done)](const api::Result<api::AuditPage>& page) mutable {
            if (page)
                facts.changes = page->entries;
            done(handoverOf(facts));
        });
}

} // namespace gateway::engine
