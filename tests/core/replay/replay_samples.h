// Configs and recorded calls for the tests of replay: a config compiled from text, and a call written by the engine's
// own code as the record would hold it. One thread.
#pragma once

#include "api/call.h"
#include "base/utc_day.h"
#include "config/compiler.h"
#include "engine/plan.h"
#include "engine/zone.h"
#include "transform/surfaces/openai_chat.h"

#include <QTest>

#include <functional>

namespace gateway::test {

constexpr qint64 kBegin = 1'795'305'600'000;

inline config::SnapshotPtr snapshotOf(const QByteArray& yaml)
{
    config::Problems problems;
    const auto file = config::parseConfig(QStringLiteral("test"), yaml, problems);
    const config::KeySource keys([](const QByteArray&) { return std::optional<QByteArray>("key"); });
    std::unique_ptr<config::PolicySnapshot> snapshot = file ? config::compile(*file, keys, problems) : nullptr;
    if (!snapshot)
        qFatal("%s", qPrintable(config::describe(problems)));
    return config::SnapshotPtr(std::move(snapshot));
}

// What a caller asks for, and when.
struct Asked
{
    QString id = QStringLiteral("req_1");
    QString tenant = QStringLiteral("acme");
    QString alias = QStringLiteral("fast");
    qint64 startedMs = kBegin;
    qint64 bodyBytes = 400;
    bool stream = false;
    transform::Features features;
    std::optional<qint64> maxOutputTokens;
    std::optional<config::WorkloadClass> workloadClass;
    QString zone;
    std::optional<api::Money> ceiling;
    std::optional<std::chrono::milliseconds> latencyBudget;
    bool degradeServes = true;
    std::optional<quint64> seed;
    qint64 elapsedMs = 0;
};

// What is measured of a candidate, by its label.
using Health = std::function<routing::Moment(const config::Candidate&)>;

// As Call::begin walks: the record of a call that was answered at once by the first candidate, or refused.
class SampleEngine
{
public:
    SampleEngine(config::SnapshotPtr snapshot, Health health)
        : m_snapshot(std::move(snapshot)), m_health(std::move(health))
    {
    }

    api::Call call(const Asked& asked) const
    {
        api::Call record;
        record.id = asked.id;
        record.startedAt = QDateTime::fromMSecsSinceEpoch(asked.startedMs, Qt::UTC);
        record.tenant = asked.tenant;
        record.alias = asked.alias;
        record.credential = QStringLiteral("cred");
        record.surface = QStringLiteral("openai.chat");
        record.zone = asked.zone;
        record.revision = m_snapshot->revision;
        record.priceBook = m_snapshot->prices->version();
        record.endUs = 40'000;
        transform::CallRequest request;
        request.surface = &transform::openAiChat();
        request.body = QByteArray(qsizetype(asked.bodyBytes), 'x');
        request.stream = asked.stream;
        request.features = asked.features;
        request.maxOutputTokens = asked.maxOutputTokens;
        const config::WorkloadClass workloadClass = engine::classOf(request, asked.workloadClass);
        record.workloadClass = config::nameOf(workloadClass);
        engine::CallInputs inputs;
        inputs.request = &request;
        inputs.zone = asked.zone;
        inputs.costCeiling = asked.ceiling;
        inputs.latencyBudget = asked.latencyBudget;
        inputs.degradeServes = asked.degradeServes;
        inputs.seed = asked.seed;
        const auto refused = [&](api::ErrorCode code) {
            record.outcome = api::CallOutcome::Refused;
            record.error = code;
            if (record.decision.isEmpty())
                record.decision = engine::textOf(inputs);
            return record;
        };
        const config::Alias* alias = m_snapshot->aliasByName.value(asked.alias);
        if (!alias)
            return refused(api::ErrorCode::AliasUnknown);
        const config::Tenant* tenant = m_snapshot->tenantByName.value(asked.tenant);
        if (!tenant && !m_snapshot->tenants.empty())
            return refused(api::ErrorCode::ScopeDenied);
        const auto zone = engine::effectiveZone(*m_snapshot, tenant, asked.zone);
        if (!zone)
            return refused(api::ErrorCode::NoRouteInZone);
        record.zone = *zone ? (*zone)->name : QString();

        inputs.elapsedMs = asked.elapsedMs;
        const qint64 nowMs = asked.startedMs + asked.elapsedMs;
        routing::RouteInput input;
        input.alias = alias;
        input.workloadClass = workloadClass;
        input.zone = *zone;
        input.seed = asked.seed.value_or(engine::seedOf(asked.id.toLatin1()));
        input.today = utcDay(nowMs);
        if (input.today != utcDay(asked.startedMs))
            inputs.today = input.today;
        input.needs = engine::needsOf(request);
        input.ceiling = engine::ceilingOf(*alias, asked.ceiling);
        input.remaining = engine::remainingOf(engine::latencyBudgetOf(*alias, workloadClass, asked.latencyBudget),
            std::chrono::milliseconds(asked.elapsedMs));
        const Moments moments(m_health, request, input.today);
        input.moments = &moments;
        const engine::Plan plan = engine::makePlan(input, asked.degradeServes && alias->degradeServes);
        record.decision = engine::textOf(input, plan, m_snapshot->revision, {}, &inputs);
        record.routedUs = 100;
        const auto serves = std::find_if(plan.steps.begin(), plan.steps.end(),
            [](const fallback::ChainStep& step) { return step.kind != config::FallbackKind::Refuse; });
        if (serves == plan.steps.end())
            return refused(plan.steps.empty() ? plan.decision.refusal : api::ErrorCode::ChainExhausted);
        record.outcome = api::CallOutcome::Answered;
        record.httpStatus = 200;
        record.servedBy = serves->candidate ? serves->candidate->label : QStringLiteral("kept");
        return record;
    }

private:
    class Moments final : public routing::Moments
    {
    public:
        Moments(const Health& health, const transform::CallRequest& request, QDate today)
            : m_health(health), m_request(request), m_today(today)
        {
        }
        routing::Moment of(const config::Candidate& candidate) const override
        {
            routing::Moment moment = engine::momentOf(candidate, m_request, m_today);
            const routing::Moment known = m_health ? m_health(candidate) : routing::Moment();
            moment.breaker = known.breaker;
            moment.lever = known.lever;
            moment.p95 = known.p95;
            moment.failurePermille = known.failurePermille;
            moment.weight = known.weight;
            return moment;
        }

    private:
        const Health& m_health;
        const transform::CallRequest& m_request;
        const QDate m_today;
    };

    config::SnapshotPtr m_snapshot;
    Health m_health;
};

} // namespace gateway::test
