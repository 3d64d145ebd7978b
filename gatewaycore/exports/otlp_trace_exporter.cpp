#include "exports/otlp_trace_exporter.h"

#include <array>

namespace gateway::exports {

http::Fields otlpFields(const ExportPlan& plan)
{
    http::Fields fields;
    for (const auto& [name, value] : plan.headers)
        fields.append({name, value.reveal()});
    return fields;
}

api::ExportTest otlpVerdict(
    const ExportPlan& plan, const Posted& posted, const char* what, const char* rejectedField, const Clock& clock)
{
    api::ExportTest test;
    test.name = plan.health->name();
    test.at = QDateTime::fromMSecsSinceEpoch(clock.wallMs(), Qt::UTC);
    if (posted.status > 0)
        test.httpStatus = posted.status;
    const PartialSuccess partial = partialSuccess(posted.body, rejectedField);
    test.ok = posted.isSuccess() && partial.rejected == 0;
    if (test.ok)
        test.sentence = QStringLiteral("It took %1 (status %2).").arg(QLatin1String(what)).arg(posted.status);
    else if (posted.isSuccess())
        test.sentence = QStringLiteral("It answered %1 but rejected %2.").arg(posted.status).arg(partial.rejected);
    else
        test.sentence = describe(posted);
    return test;
}

OtlpTraceExporter::OtlpTraceExporter(const ExporterServices& services, ExportPlan plan)
    : Exporter(services, std::move(plan)),
      m_poster(services.client, services.wheel, m_plan.target, services.limits),
      m_tester(services.client, services.wheel, m_plan.target, services.limits),
      m_due(services.wheel, [this] { send(); }),
      m_backOff(services.limits.firstRetry, services.limits.otlpLongestRetry)
{
}

void OtlpTraceExporter::callsWait()
{
    count();
    if (m_body.isEmpty())
        next();
}

void OtlpTraceExporter::next()
{
    const std::size_t waiting = m_services.calls.size();
    if (waiting >= m_services.limits.batchCalls || (m_flushed && waiting > 0))
        send();
    else if (waiting > 0 && !m_due.isArmed())
        m_due.start(std::min(m_services.limits.traceDelay, m_plan.interval));
    else if (waiting == 0 && m_flushed)
        m_flushed();
}

// The batch under way once more, or a new one.
void OtlpTraceExporter::send()
{
    m_due.stop();
    while (m_body.isEmpty()) {
        const std::vector<CallPtr> calls = m_services.calls.take(m_services.limits.batchCalls);
        if (calls.empty())
            break;
        QJsonArray spans;
        for (const CallPtr& call : calls) {
            if (!isSampled(*call)) // its caller keeps no trace
                continue;
            for (const QJsonValue& span : spansOf(*call, *m_services.context.names))
                spans.append(span);
            ++m_calls;
        }
        if (spans.isEmpty())
            continue;
        m_spans = spans.size();
        m_body = tracesRequest(resource(m_services.context.speaker), spans);
        m_begun = m_services.clock.monotonic();
    }
    count();
    if (!m_body.isEmpty())
        m_poster.post(QByteArrayLiteral("/v1/traces"), otlpFields(m_plan), m_body,
            [this](const Posted& posted) { answered(posted); });
    else if (m_flushed)
        m_flushed();
}

void OtlpTraceExporter::answered(const Posted& posted)
{
    ExportHealth& health = *m_plan.health;
    if (posted.isSuccess()) {
        const PartialSuccess partial = partialSuccess(posted.body, "rejectedSpans");
        const qint64 rejected = std::clamp<qint64>(partial.rejected, 0, m_spans);
        if (rejected < m_spans)
            health.sent(m_spans - rejected, QStringLiteral("Spans arrive."));
        if (rejected > 0) // never sent again: the receiver has the others
            health.dropped(rejected, QStringLiteral("It rejected %1 of %2 spans.").arg(rejected).arg(m_spans));
        forget();
    } else if (isRetryable(posted.status) && !m_flushed &&
               m_services.clock.monotonic() - m_begun < m_services.limits.otlpGiveUp) {
        health.failed(describe(posted));
        m_due.start(m_backOff.next(m_services.random, retryAfter(posted.retryAfter)));
        count();
        return;
    } else {
        health.dropped(m_spans, describe(posted) + QStringLiteral(" Spans were given up."));
        forget();
    }
    next();
}

void OtlpTraceExporter::forget()
{
    m_body.clear();
    m_spans = m_calls = 0;
    m_backOff.reset();
    count();
}

void OtlpTraceExporter::count()
{
    m_plan.health->queued(qint64(m_services.calls.size()) + m_calls);
}

void OtlpTraceExporter::test(Tested done)
{
    if (!m_tester.isIdle())
        return done({m_plan.health->name(), false, {}, QStringLiteral("A test is under way already."),
            QDateTime::fromMSecsSinceEpoch(m_services.clock.wallMs(), Qt::UTC)});
    std::array<unsigned char, 16> seed{};
    m_services.random.fill(seed);
    const QByteArray bytes(reinterpret_cast<const char*>(seed.data()), qsizetype(seed.size()));
    m_tester.post(QByteArrayLiteral("/v1/traces"), otlpFields(m_plan),
        tracesRequest(resource(m_services.context.speaker), testSpan(m_services.clock.wallMs(), bytes)),
        [this, done = std::move(done)](const Posted& posted) {
            done(otlpVerdict(m_plan, posted, "a test span", "rejectedSpans", m_services.clock));
        });
}

bool OtlpTraceExporter::flush(std::function<void()> flushed)
{
    m_flushed = std::move(flushed);
    if (m_body.isEmpty() && m_services.calls.size() == 0)
        return true;
    if (m_poster.isIdle())
        send();
    return false;
}

} // namespace gateway::exports
