// Exports: what leaves the engine for other systems, and how it does. The front of the room: the config comes in,
// finished calls and events come in, statuses go out. The work is done on a thread of its own, so that a slow or dead
// receiver is nobody's affair but its own: what finds no room is counted and lost (ExportLimits), and neither a worker
// nor the store nor the control thread ever waits for it.
// Threads: made, asked and destroyed on the control thread; offer() and scraped() from any. Signals on the control
// thread. Destroying it sends what is queued for at most ExportLimits::flush.
#pragma once

#include "api/export_status.h"
#include "api/result.h"
#include "base/random.h"
#include "config/export_policy.h"
#include "config/key_source.h"
#include "exports/call_queue.h"
#include "exports/export_limits.h"
#include "exports/export_plan.h"

#include <QHash>
#include <QObject>
#include <QThread>

#include <functional>
#include <memory>
#include <vector>

namespace gateway::exports {

class ExportThread;

class Exports : public QObject
{
    Q_OBJECT
public:
    // Both must outlive it.
    Exports(const Clock& clock, RandomSource& random, const ExportLimits& limits = {}, QObject* parent = nullptr);
    ~Exports() override;

    // At start and after every new config; reads the secrets anew. What has not changed goes on undisturbed.
    void apply(const config::ExportPolicy& policy, const ExportContext& context,
        const config::KeySource& keys = config::KeySource());
    void setPrometheusTarget(const QString& url) { m_prometheus->setTarget(url); }

    void offer(const std::vector<CallPtr>& calls);
    void tell(const QString& event, const QJsonObject& data);
    void scraped();

    QVector<api::ExportStatus> statuses() const; // prometheus, otlp-traces, otlp-metrics, the webhooks
    using Tested = std::function<void(const api::Result<api::ExportTest>&)>;
    void test(const QString& name, Tested done); // NotFound; Conflict for one that is off

Q_SIGNALS:
    void changed(const gateway::api::ExportStatus& status); // to and from failing

private:
    std::shared_ptr<ExportHealth> health(const QString& name, const QString& kind, const QString& target);
    void answer(quint64 id, const api::ExportTest& test);

    const Clock& m_clock;
    const ExportLimits m_limits;
    CallQueue m_calls;
    std::shared_ptr<ExportHealth> m_prometheus;
    std::shared_ptr<ExportHealth> m_traces; // for what finds no room; null without trace export. Guarded by m_mutex
    std::mutex m_mutex;
    std::vector<std::shared_ptr<ExportHealth>> m_healths; // in the order of the config
    QHash<QString, QByteArray> m_keys;                    // by name, of the plans in force
    QHash<quint64, Tested> m_tests;
    quint64 m_nextTest = 1;
    QThread m_thread;
    ExportThread* m_worker; // lives on m_thread and ends with it
};

} // namespace gateway::exports
