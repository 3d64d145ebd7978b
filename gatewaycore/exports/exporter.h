// Exporter: one export at work: what it sends, when it tries again, what it gives up. Thread: the export thread, which
// makes and ends it.
#pragma once

#include "api/export_status.h"
#include "base/clock.h"
#include "base/random.h"
#include "exports/call_queue.h"
#include "exports/export_plan.h"
#include "exports/poster.h"

#include <functional>

namespace gateway::exports {

// What exporters share; outlives them.
struct ExporterServices
{
    const Clock& clock;
    RandomSource& random;
    http::UpstreamClient& client;
    http::TimerWheel& wheel;
    const ExportLimits& limits;
    CallQueue& calls;
    const ExportContext& context; // the one in force, whenever it is asked
};

class Exporter
{
public:
    using Tested = std::function<void(const api::ExportTest&)>;

    Exporter(const ExporterServices& services, ExportPlan plan) : m_services(services), m_plan(std::move(plan)) {}
    virtual ~Exporter() = default;

    const ExportPlan& plan() const { return m_plan; }
    virtual void start() {}
    virtual void callsWait() {}
    virtual void event(const QString& type, const QJsonObject& data) = 0;
    virtual void test(Tested done) = 0; // from the event loop, once; not when it is ended before
    // The engine ends: what is queued goes out now or never. True when nothing is left to wait for; `flushed` is
    // called otherwise, when that is so.
    virtual bool flush(std::function<void()> flushed) = 0;

protected:
    const ExporterServices& m_services;
    const ExportPlan m_plan;
};

// Statuses after which the same request may be sent again (OTLP/HTTP, "Retryable Response Codes"); 0: no answer.
inline bool isRetryable(int status)
{
    return status == 0 || status == 429 || status == 502 || status == 503 || status == 504;
}

} // namespace gateway::exports
