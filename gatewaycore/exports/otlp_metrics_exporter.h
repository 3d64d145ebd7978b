// OtlpMetricsExporter: the engine's counters to an OTLP/HTTP receiver, every interval. Points are cumulative, so one
// that is lost is made good by the next, and nothing is queued. Thread: the export thread.
#pragma once

#include "exports/back_off.h"
#include "exports/exporter.h"

namespace gateway::exports {

class OtlpMetricsExporter final : public Exporter
{
public:
    OtlpMetricsExporter(const ExporterServices& services, ExportPlan plan);

    void start() override { m_due.start(m_plan.interval); }
    void event(const QString&, const QJsonObject&) override {}
    void test(Tested done) override;
    bool flush(std::function<void()> flushed) override;

private:
    void send();
    void answered(const Posted& posted, qint64 points);

    Poster m_poster;
    Poster m_tester;
    http::Deadline m_due;
    BackOff m_backOff;
    std::function<void()> m_flushed;
};

} // namespace gateway::exports
