#include "exports/exports.h"

#include "exports/export_thread.h"
#include "exports/webhook_signature.h"
#include "observability/log.h"

#include <QCryptographicHash>

namespace gateway::exports {
namespace {

using config::KeySource;

// What two plans must have in common to be the same export. A digest: secrets are in it.
class PlanKey
{
public:
    PlanKey& add(const QByteArray& part)
    {
        m_digest.addData(QByteArray::number(part.size()) + ':' + part);
        return *this;
    }
    QByteArray take() { return m_digest.result(); }

private:
    QCryptographicHash m_digest{QCryptographicHash::Sha256};
};

api::Result<Secret> readSecret(const KeySource& keys, const QString& reference)
{
    api::Result<Secret> secret = keys.resolveText(reference);
    if (secret)
        observability::keepOutOfLog(*secret);
    return secret;
}

// The plan of one signal, or why there is none.
api::Result<ExportPlan> otlpPlan(const config::OtlpPolicy& policy, ExportPlan::Kind kind, const KeySource& keys)
{
    const bool traces = kind == ExportPlan::Kind::Traces;
    ExportPlan plan;
    plan.kind = kind;
    plan.interval = policy.interval;
    plan.target =
        targetOf(policy.endpoint, policy.caFile, traces ? QStringLiteral("traces") : QStringLiteral("metrics"));
    PlanKey key;
    key.add(traces ? "traces" : "metrics").add(policy.endpoint.toUtf8()).add(policy.caFile.toUtf8());
    key.add(QByteArray::number(qint64(policy.interval.count())));
    for (const auto& [name, reference] : policy.headers) {
        const api::Result<Secret> value = readSecret(keys, reference);
        if (!value)
            return value.error();
        plan.headers.emplace_back(name.toLatin1(), *value);
        key.add(name.toLatin1()).add(value->reveal());
    }
    plan.key = key.take();
    return plan;
}

api::Result<ExportPlan> webhookPlan(const config::WebhookPolicy& policy, const KeySource& keys)
{
    const api::Result<Secret> secret = readSecret(keys, policy.secret);
    if (!secret)
        return secret.error();
    if (secret->reveal().size() < kShortestSecret)
        return api::failure(api::Failure::Invalid, QStringLiteral("The secret behind %1 is shorter than %2 characters.")
                                                       .arg(policy.secret)
                                                       .arg(kShortestSecret));
    ExportPlan plan;
    plan.kind = ExportPlan::Kind::Webhook;
    plan.target = targetOf(policy.url, policy.caFile, policy.name);
    plan.secret = *secret;
    plan.events = policy.events;
    PlanKey key;
    key.add("webhook").add(policy.name.toUtf8()).add(policy.url.toUtf8()).add(policy.caFile.toUtf8());
    key.add(policy.events.join(u',').toUtf8()).add(secret->reveal());
    plan.key = key.take();
    return plan;
}

} // namespace

Exports::Exports(const Clock& clock, RandomSource& random, const ExportLimits& limits, QObject* parent)
    : QObject(parent), m_clock(clock), m_limits(limits), m_calls(limits.calls)
{
    m_thread.setObjectName(QStringLiteral("exports"));
    m_worker = new ExportThread(m_clock, random, m_limits, m_calls);
    m_worker->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
    // direct: quit() may be called from any thread, and ours is waiting for the other to end
    connect(m_worker, &ExportThread::flushed, &m_thread, &QThread::quit, Qt::DirectConnection);
    m_thread.start();
    m_prometheus = std::make_shared<ExportHealth>(
        clock, QStringLiteral("prometheus"), QStringLiteral("prometheus"), QString(), ExportHealth::Changed());
    m_prometheus->say(QStringLiteral("Nobody has fetched the metrics yet."));
}

Exports::~Exports()
{
    QMetaObject::invokeMethod(m_worker, &ExportThread::flush, Qt::QueuedConnection);
    m_thread.wait();
    for (const Tested& done : std::as_const(m_tests))
        done(api::failure(api::Failure::Unavailable, QStringLiteral("The engine is going down.")));
}

std::shared_ptr<ExportHealth> Exports::health(const QString& name, const QString& kind, const QString& target)
{
    for (const auto& known : m_healths) {
        const api::ExportStatus status = known->status();
        if (status.name == name && status.kind == kind && status.target == target)
            return known;
    }
    return std::make_shared<ExportHealth>(m_clock, name, kind, target, [this](const api::ExportStatus& status) {
        QMetaObject::invokeMethod(
            this,
            [this, status] {
                const bool failing = status.state == QLatin1String("failing");
                observability::log(failing ? observability::LogLevel::Warning : observability::LogLevel::Info,
                    failing ? "export.failing" : "export.recovered",
                    {{"name", status.name}, {"kind", status.kind}, {"message", status.sentence}});
                Q_EMIT changed(status);
            },
            Qt::QueuedConnection);
    });
}

void Exports::apply(const config::ExportPolicy& policy, const ExportContext& context, const KeySource& keys)
{
    std::vector<std::shared_ptr<ExportHealth>> healths;
    std::vector<ExportPlan> plans;
    QHash<QString, QByteArray> inForce;
    const auto add = [&](const QString& name, const QString& kind, const QString& target, api::Result<ExportPlan> plan,
                         const QString& note) {
        auto state = health(name, kind, target);
        state->note(note);
        if (plan) {
            if (m_keys.value(name) != plan->key)
                state->begin();
            plan->health = state;
            inForce.insert(name, plan->key);
            plans.push_back(std::move(*plan));
        } else {
            state->off(plan.error().message);
            observability::log(
                observability::LogLevel::Error, "export.off", {{"name", name}, {"message", plan.error().message}});
        }
        healths.push_back(state);
        return state;
    };
    std::shared_ptr<ExportHealth> traces;
    if (policy.otlp) {
        const QString target = targetOf(policy.otlp->endpoint, {}, {}).shown;
        const QString note = policy.otlp->content
                                 ? QStringLiteral("Content is asked for, but none is sent: the gateway retains none.")
                                 : QString();
        if (policy.otlp->traces) {
            traces = add(QStringLiteral("otlp-traces"), QStringLiteral("otlp_traces"), target,
                otlpPlan(*policy.otlp, ExportPlan::Kind::Traces, keys), note);
            if (!inForce.contains(QStringLiteral("otlp-traces")))
                traces.reset();
        }
        if (policy.otlp->metrics)
            add(QStringLiteral("otlp-metrics"), QStringLiteral("otlp_metrics"), target,
                otlpPlan(*policy.otlp, ExportPlan::Kind::Metrics, keys), {});
    }
    for (const config::WebhookPolicy& hook : policy.webhooks)
        add(hook.name, QStringLiteral("webhook"), targetOf(hook.url, {}, {}).shown, webhookPlan(hook, keys), {});

    m_healths = std::move(healths);
    m_keys = std::move(inForce);
    m_calls.setOpen(traces != nullptr);
    {
        const std::lock_guard lock(m_mutex);
        m_traces = std::move(traces);
    }
    QMetaObject::invokeMethod(
        m_worker, [worker = m_worker, plans = std::move(plans), context] { worker->apply(plans, context); },
        Qt::QueuedConnection);
}

void Exports::offer(const std::vector<CallPtr>& calls)
{
    const CallQueue::Offered offered = m_calls.offer(calls, m_limits.batchCalls);
    if (offered.lost > 0) {
        const std::lock_guard lock(m_mutex);
        if (m_traces)
            m_traces->noRoom(qint64(offered.lost));
    }
    if (offered.wake)
        QMetaObject::invokeMethod(m_worker, &ExportThread::callsWait, Qt::QueuedConnection);
}

void Exports::tell(const QString& event, const QJsonObject& data)
{
    if (!m_keys.isEmpty())
        QMetaObject::invokeMethod(
            m_worker, [worker = m_worker, event, data] { worker->event(event, data); }, Qt::QueuedConnection);
}

void Exports::scraped()
{
    m_prometheus->sent(1, QStringLiteral("The metrics are fetched."));
}

QVector<api::ExportStatus> Exports::statuses() const
{
    QVector<api::ExportStatus> list{m_prometheus->status()};
    for (const auto& one : m_healths)
        list.append(one->status());
    return list;
}

void Exports::test(const QString& name, Tested done)
{
    if (!m_keys.contains(name)) {
        for (const auto& known : m_healths) {
            if (known->name() == name)
                return done(api::failure(api::Failure::Conflict,
                    QStringLiteral("The export %1 is off: %2").arg(name, known->status().sentence)));
        }
        return done(api::failure(api::Failure::NotFound, QStringLiteral("There is no export %1.").arg(name.left(64))));
    }
    const quint64 id = m_nextTest++;
    m_tests.insert(id, std::move(done));
    QMetaObject::invokeMethod(
        m_worker,
        [this, worker = m_worker, name, id] {
            worker->test(name, [this, id](const api::ExportTest& result) {
                QMetaObject::invokeMethod(
                    this, [this, id, result] { answer(id, result); }, Qt::QueuedConnection);
            });
        },
        Qt::QueuedConnection);
}

void Exports::answer(quint64 id, const api::ExportTest& test)
{
    if (const Tested done = m_tests.take(id))
        done(test);
}

} // namespace gateway::exports
