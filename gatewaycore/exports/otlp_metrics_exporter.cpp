#include "exports/otlp_metrics_exporter.h"

#include "exports/otlp_trace_exporter.h"

namespace gateway::exports {

OtlpMetricsExporter::OtlpMetricsExporter(const ExporterServices& services, ExportPlan plan)
    : Exporter(services, std::move(plan)),
      m_poster(services.client, services.wheel, m_plan.target, services.limits),
      m_tester(services.client, services.wheel, m_plan.target, services.limits),
      m_due(services.wheel, [this] { send(); }),
      m_backOff(services.limits.firstRetry, services.limits.otlpLongestRetry)
{
}

void OtlpMetricsExporter::send()
{
    const ExportContext& context = m_services.context;
    MetricsRequest request = metricsRequest(resource(context.speaker), context.metrics, m_services.clock.wallMs());
    m_poster.post(QByteArrayLiteral("/v1/metrics"), otlpFields(m_plan), std::move(request.body),
        [this, points = request.points](const Posted& posted) { answered(posted, points); });
}

void OtlpMetricsExporter::answered(const Posted& posted, qint64 points)
{
    ExportHealth& health = *m_plan.health;
    std::chrono::milliseconds wait = m_plan.interval;
    if (posted.isSuccess()) {
        const PartialSuccess partial = partialSuccess(posted.body, "rejectedDataPoints");
        const qint64 rejected = std::clamp<qint64>(partial.rejected, 0, points);
        if (rejected < points)
            health.sent(points - rejected, QStringLiteral("Points arrive."));
        if (rejected > 0)
            health.dropped(rejected, QStringLiteral("It rejected %1 of %2 points.").arg(rejected).arg(points));
        m_backOff.reset();
    } else if (isRetryable(posted.status)) {
        health.failed(describe(posted));
        wait = std::max(wait, m_backOff.next(m_services.random, retryAfter(posted.retryAfter)));
    } else {
        health.dropped(points, describe(posted));
    }
    if (m_flushed)
        return m_flushed();
    m_due.start(wait);
}

void OtlpMetricsExporter::test(Tested done)
{
    if (!m_tester.isIdle())
        return done({m_plan.health->name(), false, {}, QStringLiteral("A test is under way already."),
            QDateTime::fromMSecsSinceEpoch(m_services.clock.wallMs(), Qt::UTC)});
    const ExportContext& context = m_services.context;
    MetricsRequest request = metricsRequest(resource(context.speaker), context.metrics, m_services.clock.wallMs());
    m_tester.post(QByteArrayLiteral("/v1/metrics"), otlpFields(m_plan), std::move(request.body),
        [this, done = std::move(done)](const Posted& posted) {
            done(otlpVerdict(m_plan, posted, "the points of now", "rejectedDataPoints", m_services.clock));
        });
}

// The last points are those that say how it ended.
bool OtlpMetricsExporter::flush(std::function<void()> flushed)
{
    m_flushed = std::move(flushed);
    m_due.stop();
    if (m_poster.isIdle())
        send();
    return false;
}

} // namespace gateway::exports
