// FakeRollout: canaries of the contract tests: one that runs and one that failed, in memory. Control thread.
#pragma once

#include "admin/rollout_desk.h"

namespace gateway::test {

class FakeRollout final : public admin::RolloutDesk
{
public:
    FakeRollout()
    {
        api::CanaryStatus failed = sample(QStringLiteral("cny_0"), api::CanaryPhase::RolledBack);
        failed.verdict = api::CanaryVerdict::Fail;
        failed.endedAt = failed.startedAt.addSecs(600);
        failed.percent = 0;
        m_report.past = {failed};
        m_report.current = sample(QStringLiteral("cny_1"), api::CanaryPhase::Running);
    }

    api::CanaryReport canaries() const override { return m_report; }
    void startCanary(const api::CanaryPlan& plan, const admin::Change&, admin::Done<api::CanaryStatus> done) override
    {
        if (m_report.current)
            return done(api::failure(api::Failure::Conflict, QStringLiteral("A canary is under way.")));
        if (plan.draft != QLatin1String("d1"))
            return done(api::failure(api::Failure::NotFound, QStringLiteral("There is no draft %1.").arg(plan.draft)));
        m_report.current = sample(QStringLiteral("cny_2"), api::CanaryPhase::Running);
        m_report.current->plan = plan;
        done(*m_report.current);
    }
    void actOnCanary(api::CanaryAction action, const admin::Change&, admin::Done<api::CanaryStatus> done) override
    {
        if (!m_report.current)
            return done(api::failure(api::Failure::NotFound, QStringLiteral("No canary is under way.")));
        api::CanaryStatus& now = *m_report.current;
        if (action == api::CanaryAction::Resume && now.phase != api::CanaryPhase::Paused)
            return done(api::failure(api::Failure::Conflict, QStringLiteral("The canary is not paused.")));
        if (action == api::CanaryAction::Pause)
            now.phase = api::CanaryPhase::Paused;
        if (action == api::CanaryAction::Resume)
            now.phase = api::CanaryPhase::Running;
        if (action != api::CanaryAction::Abort)
            return done(now);
        now.phase = api::CanaryPhase::Aborted;
        now.endedAt = now.startedAt.addSecs(60);
        const api::CanaryStatus ended = now;
        m_report.past.prepend(ended);
        m_report.current.reset();
        done(ended);
    }

private:
    static api::CanaryStatus sample(const QString& id, api::CanaryPhase phase)
    {
        api::CanaryStatus status;
        status.id = id;
        status.phase = phase;
        status.plan.draft = QStringLiteral("d1");
        status.plan.steps = {5, 100};
        status.baseRevision = 7;
        status.revision = 8;
        status.percent = 5;
        status.sentence = QStringLiteral("Insufficient data: n = 10 canary and 190 control calls.");
        status.startedAt = QDateTime::fromMSecsSinceEpoch(1'795'305'600'000, Qt::UTC);
        status.startedBy = QStringLiteral("ann");
        api::CanaryGuard guard;
        guard.name = QStringLiteral("errors");
        guard.unit = QStringLiteral("share");
        guard.tolerated = 0.02;
        status.guards = {guard};
        status.asOf = status.startedAt;
        return status;
    }

    api::CanaryReport m_report;
};

} // namespace gateway::test
