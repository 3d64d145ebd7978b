// OtlpTraceExporter: finished calls as spans, in batches, to an OTLP/HTTP receiver. One batch under way at a time;
// while it is tried again the queue fills, and what finds no room there is lost and counted. Thread: the export thread.
#pragma once

#include "exports/back_off.h"
#include "exports/exporter.h"

namespace gateway::exports {

class OtlpTraceExporter final : public Exporter
{
public:
    OtlpTraceExporter(const ExporterServices& services, ExportPlan plan);

    void start() override { callsWait(); }
    void callsWait() override;
    void event(const QString&, const QJsonObject&) override {}
    void test(Tested done) override;
    bool flush(std::function<void()> flushed) override;

private:
    void next(); // a batch if there is one, else the wait for one
    void send();
    void answered(const Posted& posted);
    void forget();
    void count();

    Poster m_poster;
    Poster m_tester;
    http::Deadline m_due;
    BackOff m_backOff;
    QByteArray m_body; // of the batch under way; empty: none
    qint64 m_spans = 0;
    qint64 m_calls = 0;
    Monotonic m_begun{0};
    std::function<void()> m_flushed; // set: the end is near
};

http::Fields otlpFields(const ExportPlan& plan);
// What a receiver said of a test, in a sentence.
api::ExportTest otlpVerdict(
    const ExportPlan& plan, const Posted& posted, const char* what, const char* rejectedField, const Clock& clock);

} // namespace gateway::exports
