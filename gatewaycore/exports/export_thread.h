// ExportThread: what lives on the export thread: the exporters, their connections and their timers. Exports makes it,
// moves it there and talks to it by queued calls. Thread: the export thread, from start() to its destruction.
#pragma once

#include "exports/exporter.h"

#include <QObject>

#include <memory>
#include <vector>

namespace gateway::exports {

class ExportThread : public QObject
{
    Q_OBJECT
public:
    // All must outlive it.
    ExportThread(const Clock& clock, RandomSource& random, const ExportLimits& limits, CallQueue& calls);
    ~ExportThread() override;

    // An export whose key is known goes on as it is; the others begin and end.
    void apply(std::vector<ExportPlan> plans, ExportContext context);
    void callsWait();
    void event(const QString& type, const QJsonObject& data);
    void test(const QString& name, Exporter::Tested done); // once, also when the export ends first
    // What is queued goes out, for at most ExportLimits::flush; then flushed().
    void flush();

Q_SIGNALS:
    void flushed();

private:
    std::unique_ptr<Exporter> make(ExportPlan plan) const;
    void oneFlushed();

    const ExportLimits m_limits;
    ExportContext m_context;
    struct Loop;
    std::unique_ptr<Loop> m_loop; // made on the thread: sockets and timers belong to it
    const Clock& m_clock;
    RandomSource& m_random;
    CallQueue& m_calls;
    std::vector<std::unique_ptr<Exporter>> m_exporters;
    int m_unflushed = 0;
};

} // namespace gateway::exports
