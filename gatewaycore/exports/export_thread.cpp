#include "exports/export_thread.h"

#include "exports/otlp_metrics_exporter.h"
#include "exports/otlp_trace_exporter.h"
#include "exports/webhook_exporter.h"

#include <QTimer>

#include <algorithm>

namespace gateway::exports {

struct ExportThread::Loop
{
    Loop(const Clock& clock, RandomSource& random, const ExportLimits& limits, CallQueue& calls,
        const ExportContext& context)
        : client(wheel, clock, http::MessageLimits{}), services{clock, random, client, wheel, limits, calls, context}
    {
    }

    http::TimerWheel wheel;
    http::UpstreamClient client;
    const ExporterServices services;
};

ExportThread::ExportThread(const Clock& clock, RandomSource& random, const ExportLimits& limits, CallQueue& calls)
    : m_limits(limits), m_clock(clock), m_random(random), m_calls(calls)
{
    m_context.names = std::make_shared<KnownNames>();
}

ExportThread::~ExportThread()
{
    m_exporters.clear(); // before the client and the wheel they use
}

std::unique_ptr<Exporter> ExportThread::make(ExportPlan plan) const
{
    switch (plan.kind) {
    case ExportPlan::Kind::Traces:
        return std::make_unique<OtlpTraceExporter>(m_loop->services, std::move(plan));
    case ExportPlan::Kind::Metrics:
        return std::make_unique<OtlpMetricsExporter>(m_loop->services, std::move(plan));
    case ExportPlan::Kind::Webhook:
        break;
    }
    return std::make_unique<WebhookExporter>(m_loop->services, std::move(plan));
}

void ExportThread::apply(std::vector<ExportPlan> plans, ExportContext context)
{
    m_context = std::move(context);
    if (!m_loop)
        m_loop = std::make_unique<Loop>(m_clock, m_random, m_limits, m_calls, m_context);
    std::vector<std::unique_ptr<Exporter>> before = std::move(m_exporters);
    m_exporters.clear();
    for (ExportPlan& plan : plans) {
        const auto same = std::find_if(
            before.begin(), before.end(), [&](const auto& one) { return one && one->plan().key == plan.key; });
        if (same != before.end()) {
            m_exporters.push_back(std::move(*same));
            continue;
        }
        const QString name = plan.health->name();
        m_exporters.push_back(make(std::move(plan)));
        m_exporters.back()->start();
        auto* hook = dynamic_cast<WebhookExporter*>(m_exporters.back().get());
        const auto predecessor = std::find_if(
            before.begin(), before.end(), [&](const auto& one) { return one && one->plan().health->name() == name; });
        if (hook && predecessor != before.end()) {
            if (auto* old = dynamic_cast<WebhookExporter*>(predecessor->get()))
                hook->takeOver(*old);
        }
    }
}

void ExportThread::callsWait()
{
    for (const auto& exporter : m_exporters)
        exporter->callsWait();
}

void ExportThread::event(const QString& type, const QJsonObject& data)
{
    for (const auto& exporter : m_exporters)
        exporter->event(type, data);
}

void ExportThread::test(const QString& name, Exporter::Tested done)
{
    // answers once: the exporter's word, or ours when the exporter goes without one
    struct Once
    {
        Exporter::Tested done;
        api::ExportTest last;
        ~Once()
        {
            if (done)
                done(last);
        }
    };
    auto once = std::make_shared<Once>();
    once->done = std::move(done);
    once->last.name = name;
    once->last.at = QDateTime::fromMSecsSinceEpoch(m_clock.wallMs(), Qt::UTC);
    once->last.sentence = QStringLiteral("The export ended before its receiver answered.");
    for (const auto& exporter : m_exporters) {
        if (exporter->plan().health->name() == name) {
            exporter->test([once](const api::ExportTest& result) { std::exchange(once->done, nullptr)(result); });
            return;
        }
    }
}

void ExportThread::flush()
{
    if (!m_loop || m_exporters.empty()) {
        Q_EMIT flushed();
        return;
    }
    m_unflushed = int(m_exporters.size());
    QTimer::singleShot(m_limits.flush, this, &ExportThread::flushed);
    for (const auto& exporter : m_exporters) {
        // queued: an exporter may say so from within its own calls, and says it more than once
        const auto told = std::make_shared<bool>(false);
        const auto once = [this, told] {
            if (!std::exchange(*told, true))
                QMetaObject::invokeMethod(this, &ExportThread::oneFlushed, Qt::QueuedConnection);
        };
        if (exporter->flush(once))
            once();
    }
}

void ExportThread::oneFlushed()
{
    if (--m_unflushed == 0)
        Q_EMIT flushed();
}

} // namespace gateway::exports
