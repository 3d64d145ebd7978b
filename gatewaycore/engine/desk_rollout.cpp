#include "engine/desk_rollout.h"

#include "base/ids.h"
#include "engine/zone.h"
#include "observability/log.h"
#include "routing/route.h"
#include "store/rollout_repository.h"

#include <algorithm>

namespace gateway::engine {
namespace {

using api::CanaryAction;
using api::CanaryPhase;
using api::CanaryPlan;
using api::CanaryStatus;
using api::CanaryVerdict;
using api::Failure;

constexpr std::size_t kPast = 50;
constexpr int kSaveEvery = 20; // ticks
constexpr int kMostEntries = 200;
const QString kSelf = QStringLiteral("signalbox");

QString newId(RandomSource& random)
{
    std::array<unsigned char, 10> bytes{};
    random.fill(bytes);
    return QStringLiteral("cny_") + QString::fromLatin1(base32Lower(bytes));
}

api::Error invalid(const QString& message, const QString& hint = {})
{
    return api::failure(Failure::Invalid, message, hint);
}

std::optional<api::Error> faultOfSteps(const QVector<int>& steps)
{
    bool rises = !steps.isEmpty() && steps.first() >= 1 && steps.last() == 100;
    for (int i = 1; i < steps.size(); ++i)
        rises = rises && steps[i] > steps[i - 1];
    if (rises)
        return std::nullopt;
    return invalid(QStringLiteral("The steps of a canary are percentages that rise and end with 100."));
}

// The plan with all that was left out, or why it makes no sense. It may be more careful than the config, not less.
api::Result<CanaryPlan> complete(CanaryPlan plan, const config::PolicySnapshot& inForce)
{
    const config::CanaryPolicy& policy = inForce.changes.canary;
    const qint64 configured = std::chrono::seconds(policy.atLeast).count();
    if (plan.draft.isEmpty())
        return invalid(QStringLiteral("The field \"draft\" is missing: which draft is to be tried?"));
    if (plan.steps.isEmpty())
        plan.steps = QVector<int>(policy.steps.begin(), policy.steps.end());
    if (const auto fault = faultOfSteps(plan.steps))
        return *fault;
    for (const QString& tenant : std::as_const(plan.exclude)) {
        if (!inForce.tenantByName.contains(tenant))
            return invalid(QStringLiteral("There is no tenant %1 to exclude.").arg(tenant.left(64)));
    }
    plan.stepSeconds = plan.stepSeconds.value_or(configured);
    if (*plan.stepSeconds < configured)
        return invalid(QStringLiteral("Each step takes at least %1 seconds by the config.").arg(configured));
    plan.leastCalls = plan.leastCalls.value_or(policy.leastCalls);
    if (*plan.leastCalls < policy.leastCalls)
        return invalid(QStringLiteral("Each step takes at least %1 calls by the config.").arg(policy.leastCalls));
    plan.promotes = plan.promotes.value_or(policy.promotes);
    if (*plan.promotes && !policy.promotes)
        return invalid(QStringLiteral("By the config a person promotes; a canary does not do it by itself."));
    return plan;
}

bool isUnderWay(CanaryPhase phase)
{
    return phase == CanaryPhase::Running || phase == CanaryPhase::Paused || phase == CanaryPhase::Ready;
}

} // namespace

struct Rollout::Run
{
    CanaryStatus status; // without what is measured
    config::SnapshotPtr base;
    config::SnapshotPtr tried;
    config::CanaryPolicy policy;
    rollout::Observation seen;
    rollout::Verdict verdict;
    bool isNew = true;     // calls came since the verdict
    bool isEnding = false; // the callers go back
    bool isMoving = false; // to another step; not every worker is there
    bool isPromoting = false;
    int step = -1;
    qint64 stepSinceMs = 0;
};

Rollout::Rollout(Services services) : m_services(std::move(services)) {}

Rollout::~Rollout()
{
    m_alive.reset();
}

QDateTime Rollout::now() const
{
    return QDateTime::fromMSecsSinceEpoch(m_services.clock.wallMs(), Qt::UTC);
}

// --- what is kept

void Rollout::save(const CanaryStatus& status, store::Store::Work alongside, Then then)
{
    const auto put = [status](QSqlDatabase& database) { return store::putRollout(database, status); };
    m_services.store.submit(store::Store::together(put, std::move(alongside)),
        [context = &m_services.context, alive = std::weak_ptr<bool>(m_alive), then = std::move(then)](bool committed) {
            if (alive.expired())
                return;
            QMetaObject::invokeMethod(
                context,
                [alive, then, committed] {
                    if (!alive.expired() && then)
                        then(committed);
                },
                Qt::QueuedConnection);
        });
}

api::Outcome Rollout::load()
{
    std::optional<std::vector<CanaryStatus>> rows;
    m_services.store.submitAndWait([&](QSqlDatabase& database) {
        rows = store::lastRollouts(database, int(kPast));
        return true;
    });
    if (!rows)
        return api::failure(Failure::Unavailable, QStringLiteral("the canaries cannot be read"));
    m_past = std::move(*rows);
    for (CanaryStatus& status : m_past) {
        if (status.isOver())
            continue;
        status.phase = CanaryPhase::Interrupted;
        status.percent = 0;
        status.stepUntil.reset();
        status.endedAt = now();
        status.endedBy = kSelf;
        status.endReason = QStringLiteral("The engine went down while the canary ran. It came up on revision %1 alone.")
                               .arg(status.baseRevision);
        status.entries.append({*status.endedAt, kSelf, QStringLiteral("interrupt"), status.endReason});
        save(status, {}, {});
        m_services.note(status);
        observability::log(observability::LogLevel::Warning, "canary.interrupted",
            {{"id", status.id}, {"revision", status.revision}, {"reason", status.endReason}});
        m_services.tell(QStringLiteral("canary.interrupted"), api::toJson(status));
    }
    return api::Done{};
}

// --- what is told

CanaryStatus Rollout::statusOf(const Run& run) const
{
    CanaryStatus status = run.status;
    status.asOf = now();
    status.control = run.seen.arm(false);
    status.canary = run.seen.arm(true);
    status.guards = run.verdict.guards;
    status.verdict = run.verdict.verdict;
    status.sentence = run.verdict.sentence;
    status.falseRollback = rollout::kFalseRollback;
    status.falsePass = rollout::kFalsePass;
    for (int i = 0; i < status.steps.size() && i <= run.step; ++i) {
        status.steps[i].controlCalls = run.seen.filed(std::size_t(i), false);
        status.steps[i].canaryCalls = run.seen.filed(std::size_t(i), true);
        if (i == run.step)
            status.steps[i].verdict = run.verdict.verdict;
    }
    return status;
}

api::CanaryReport Rollout::canaries() const
{
    api::CanaryReport report;
    if (m_run)
        report.current = statusOf(*m_run);
    report.past = QVector<CanaryStatus>(m_past.begin(), m_past.end());
    return report;
}

void Rollout::tell(const char* event, const Run& run) const
{
    const CanaryStatus status = statusOf(run);
    const bool isBad = status.phase == CanaryPhase::RolledBack || status.phase == CanaryPhase::Interrupted;
    observability::log(isBad ? observability::LogLevel::Warning : observability::LogLevel::Info, event,
        {{"id", status.id}, {"revision", status.revision}, {"percent", status.percent}, {"reason", status.sentence}});
    m_services.tell(QString::fromLatin1(event), api::toJson(status));
}

// --- a canary begins

void Rollout::startCanary(const CanaryPlan& asked, const admin::Change& change, Done<CanaryStatus> done)
{
    if (m_run || m_starting)
        return done(api::failure(Failure::Conflict, QStringLiteral("A canary is under way; there is one at a time."),
            QStringLiteral("`signalboxctl config canary status` shows it.")));
    const config::SnapshotPtr base = m_services.inForce();
    const api::Result<CanaryPlan> plan = complete(asked, *base);
    if (!plan)
        return done(plan.error());
    m_starting = true;
    m_services.compiled(plan->draft, change,
        [this, base, plan = *plan, change, done = std::move(done)](api::Result<config::SnapshotPtr> compiled) {
            m_starting = false;
            if (!compiled)
                return done(compiled.error());
            const auto giveUp = [&](const api::Error& error) {
                CanaryStatus never;
                never.plan = plan;
                never.phase = CanaryPhase::Aborted;
                never.sentence = error.message;
                never.asOf = now();
                m_services.note(never);
                done(error);
            };
            if (m_services.inForce() != base || (*compiled)->revision <= base->revision)
                return giveUp(api::failure(Failure::Conflict,
                    QStringLiteral(
                        "Another revision came into force meanwhile; the draft has to be brought up to it.")));
            auto run = std::make_shared<Run>(Run{{}, base, *compiled, base->changes.canary,
                rollout::Observation(base->revision, (*compiled)->revision, plan.stickyBy, plan.exclude,
                    [base, tried = *compiled](const api::Call& call) { return attemptsOutside(call, *base, *tried); }),
                {}});
            run->policy.leastCalls = int(std::min<qint64>(*plan.leastCalls, INT32_MAX));
            CanaryStatus& status = run->status;
            status.id = newId(m_services.random);
            status.plan = plan;
            status.baseRevision = base->revision;
            status.revision = (*compiled)->revision;
            for (const int percent : plan.steps) {
                api::CanaryStep step;
                step.percent = percent;
                status.steps.append(step);
            }
            status.startedBy = change.by.name;
            status.reason = change.reason;
            status.startedAt = now();
            status.entries.append({now(), change.by.name, QStringLiteral("start"), change.reason});
            run->verdict = rollout::judge(run->seen, run->policy);
            begin(std::move(run), change, done);
        });
}

// Written first: whatever happens from here on, the next start finds it.
void Rollout::begin(std::shared_ptr<Run> run, const admin::Change& change, Done<CanaryStatus> done)
{
    m_run = run;
    save(statusOf(*run), change.alongside, [this, run, done = std::move(done)](bool committed) {
        if (run != m_run || run->isEnding) // a config that came into force in this moment
            return done(api::failure(Failure::Conflict, QStringLiteral("Another config came into force meanwhile.")));
        if (!committed) {
            run->status.phase = CanaryPhase::Aborted;
            m_services.note(statusOf(*run));
            m_run.reset();
            return done(api::failure(
                Failure::Unavailable, QStringLiteral("The change could not be recorded, so it was not made.")));
        }
        run->status.phase = CanaryPhase::Running;
        const api::Outcome entered = enterStep(*run, 0, [this, run, done] {
            if (run == m_run) {
                tell("canary.started", *run);
                m_services.note(statusOf(*run));
            }
            done(statusOf(*run));
        });
        if (!entered) {
            end(CanaryPhase::Aborted, kSelf, entered.error().message, {}, {});
            done(entered.error());
        }
    });
}

api::Outcome Rollout::enterStep(Run& run, int index, std::function<void()> everywhere)
{
    const int percent = run.status.plan.steps[index];
    const rollout::Assignment callers(
        run.status.id.toLatin1(), run.status.plan.stickyBy, percent, run.status.plan.exclude);
    run.isMoving = true;
    const api::Outcome tried = m_services.tryBeside(run.tried, callers,
        [this, alive = std::weak_ptr<bool>(m_alive), kept = m_run, index, percent, everywhere = std::move(everywhere)] {
            if (alive.expired())
                return;
            if (kept == m_run && !kept->isEnding) {
                Run& entered = *kept;
                entered.isMoving = false;
                const qint64 nowMs = m_services.clock.wallMs();
                if (index > 0 && index == entered.step + 1) {
                    entered.status.steps[entered.step].endedAt = now();
                    entered.status.steps[entered.step].verdict = entered.verdict.verdict;
                }
                entered.step = index;
                entered.stepSinceMs = nowMs;
                // from here on: whoever was assigned while the workers changed over counts in the step before
                entered.seen.beginStep(percent, nowMs);
                entered.status.steps[index].begunAt = now();
                entered.status.stepUntil = now().addSecs(*entered.status.plan.stepSeconds);
                entered.status.percent = percent;
                entered.isNew = true;
                save(statusOf(entered), {}, {});
            }
            if (everywhere)
                everywhere();
        });
    if (!tried)
        run.isMoving = false;
    return tried;
}

// --- what it comes to

void Rollout::add(const std::vector<std::shared_ptr<const api::Call>>& calls)
{
    if (!m_run || m_run->step < 0)
        return;
    const std::shared_ptr<Run> run = m_run;
    for (const auto& call : calls)
        run->seen.add(*call);
    run->isNew = true;
    if (run->seen.outside() > 0) // one is enough, and nothing waits for the next tick
        judge(*run);
}

void Rollout::tick()
{
    const std::shared_ptr<Run> run = m_run;
    if (!run || run->isEnding || run->step < 0)
        return;
    judge(*run);
    if (run != m_run || run->isEnding)
        return;
    goOn(*run);
    if (run == m_run && !run->isEnding && ++m_ticks % kSaveEvery == 0)
        save(statusOf(*run), {}, {});
}

// In every phase: also one that is paused or ready is taken back when it turns out bad.
void Rollout::judge(Run& run)
{
    if (run.isEnding || !run.isNew || !isUnderWay(run.status.phase))
        return;
    run.isNew = false;
    run.verdict = rollout::judge(run.seen, run.policy);
    if (run.verdict.verdict == CanaryVerdict::Fail)
        end(CanaryPhase::RolledBack, kSelf, run.verdict.sentence, {}, {});
}

void Rollout::goOn(Run& run)
{
    const bool isDue = m_services.clock.wallMs() >= run.stepSinceMs + *run.status.plan.stepSeconds * 1000 &&
                       run.seen.filed(std::size_t(run.step), true) >= *run.status.plan.leastCalls;
    if (run.status.phase != CanaryPhase::Running || run.isMoving || !isDue)
        return;
    if (run.step + 1 < run.status.steps.size()) {
        const int next = run.step + 1;
        // at 100 % there is nobody to compare with: what has not passed by then never would
        if (run.status.plan.steps[next] == 100 && run.verdict.verdict != CanaryVerdict::Pass)
            return;
        const api::Outcome entered = enterStep(run, next, [this, kept = m_run] {
            if (kept != m_run)
                return;
            kept->status.entries.append(
                {now(), kSelf, QStringLiteral("step"), QStringLiteral("On to %1 %.").arg(kept->status.percent)});
            tell("canary.step", *kept);
            m_services.note(statusOf(*kept));
        });
        if (!entered)
            end(CanaryPhase::Interrupted, kSelf, entered.error().message, {}, {});
        return;
    }
    if (run.verdict.verdict != CanaryVerdict::Pass)
        return; // insufficient data stays so; nothing is promoted on it
    run.status.phase = CanaryPhase::Ready;
    run.status.entries.append({now(), kSelf, QStringLiteral("pass"), run.verdict.sentence});
    save(statusOf(run), {}, {});
    m_services.note(statusOf(run));
    tell("canary.passed", run);
    if (*run.status.plan.promotes)
        promote(run);
}

void Rollout::promote(Run& run)
{
    if (std::exchange(run.isPromoting, true))
        return;
    admin::Change change;
    change.by.name = kSelf;
    change.by.role = api::Role::Admin;
    change.by.by = admin::Principal::By::Token; // none of the people who sit here
    change.reason = QStringLiteral("The canary %1 passed.").arg(run.status.id);
    m_services.promote(run.status.plan.draft, change, [this, kept = m_run](const api::Outcome& promoted) {
        if (kept != m_run || promoted)
            return; // configInForce() has ended it
        kept->status.entries.append({now(), kSelf, QStringLiteral("pass"),
            QStringLiteral("It could not be promoted: %1").arg(promoted.error().message)});
        save(statusOf(*kept), {}, {});
    });
}

// --- what a person does

void Rollout::actOnCanary(CanaryAction action, const admin::Change& change, Done<CanaryStatus> done)
{
    if (!m_run)
        return done(api::failure(Failure::NotFound, QStringLiteral("No canary is under way.")));
    const std::shared_ptr<Run> run = m_run;
    const auto conflict = [&](const QString& why) { done(api::failure(Failure::Conflict, why)); };
    if (run->isEnding)
        return conflict(QStringLiteral("The canary is being ended."));
    const auto written = [this, run, done](const char* event) {
        return [this, run, done, event](bool committed) {
            if (!committed)
                return done(api::failure(
                    Failure::Unavailable, QStringLiteral("It is in force, but the change could not be recorded.")));
            if (run == m_run) {
                tell(event, *run);
                m_services.note(statusOf(*run));
            }
            done(statusOf(*run));
        };
    };
    const auto note = [&] {
        if (run->status.entries.size() < kMostEntries)
            run->status.entries.append({now(), change.by.name, api::nameOf(action), change.reason});
    };
    switch (action) {
    case CanaryAction::Abort:
        note();
        return end(CanaryPhase::Aborted, change.by.name, change.reason, change.alongside, [run, done, this](bool ok) {
            if (!ok)
                return done(api::failure(Failure::Unavailable,
                    QStringLiteral("All callers are back, but the change could not be recorded.")));
            done(m_past.empty() || m_past.front().id != run->status.id ? statusOf(*run) : m_past.front());
        });
    case CanaryAction::Pause:
        if (run->status.phase != CanaryPhase::Running)
            return conflict(QStringLiteral("Only a canary that is running is paused."));
        run->status.phase = CanaryPhase::Paused;
        note();
        return save(statusOf(*run), change.alongside, written("canary.paused"));
    case CanaryAction::Resume:
        if (run->status.phase != CanaryPhase::Paused)
            return conflict(QStringLiteral("The canary is not paused."));
        run->status.phase = CanaryPhase::Running;
        note();
        return save(statusOf(*run), change.alongside, written("canary.resumed"));
    case CanaryAction::Advance:
        if (run->isMoving || run->step < 0 || run->status.phase == CanaryPhase::Ready)
            return conflict(QStringLiteral("The canary does not take another step now."));
        if (run->step + 1 >= run->status.steps.size())
            return conflict(QStringLiteral("The canary is at its last step; what follows is a promotion."));
        judge(*run); // what is known by now counts: never past a failed guard
        if (run->isEnding)
            return conflict(QStringLiteral("A guard has failed; the canary is taken back."));
        note();
        if (const api::Outcome entered = enterStep(*run, run->step + 1,
                [this, run, alongside = change.alongside, then = written("canary.step")] {
                    save(statusOf(*run), alongside, then);
                });
            !entered)
            done(entered.error());
        return;
    }
}

// --- the end

void Rollout::end(CanaryPhase phase, const QString& by, const QString& reason, store::Store::Work alongside,
    std::function<void(bool committed)> done)
{
    const std::shared_ptr<Run> run = m_run;
    if (!run || run->isEnding) {
        if (done)
            done(false);
        return;
    }
    run->isEnding = true;
    CanaryStatus& status = run->status;
    status.phase = phase;
    status.percent = 0;
    status.stepUntil.reset();
    status.endedAt = now();
    status.endedBy = by;
    status.endReason = reason;
    if (run->step >= 0) {
        status.steps[run->step].endedAt = now();
        status.steps[run->step].verdict = run->verdict.verdict;
    }
    const char* event = phase == CanaryPhase::RolledBack ? "canary.failed"
                        : phase == CanaryPhase::Promoted ? "canary.promoted"
                        : phase == CanaryPhase::Aborted  ? "canary.aborted"
                                                         : "canary.interrupted";
    if (by == kSelf) {
        status.entries.append({now(), kSelf,
            phase == CanaryPhase::RolledBack ? QStringLiteral("fail")
            : phase == CanaryPhase::Promoted ? QStringLiteral("promote")
            : phase == CanaryPhase::Aborted  ? QStringLiteral("abort")
                                             : QStringLiteral("interrupt"),
            reason});
    }
    // the callers first; the record of it must not keep one of them there
    const auto open = std::make_shared<int>(2);
    const auto both = [this, run, open, event, written = std::make_shared<bool>(true), done = std::move(done)](
                          bool ok) {
        *written = *written && ok;
        if (--*open > 0)
            return;
        if (m_run == run) {
            m_past.insert(m_past.begin(), statusOf(*run));
            if (m_past.size() > kPast)
                m_past.pop_back();
            m_run.reset();
        }
        tell(event, *run);
        m_services.note(statusOf(*run));
        if (done)
            done(*written);
    };
    m_services.endTrial([alive = std::weak_ptr<bool>(m_alive), both] {
        if (!alive.expired())
            both(true);
    });
    save(statusOf(*run), std::move(alongside), both);
}

QString Rollout::interrupt(const QString& why)
{
    if (!m_run || m_run->isEnding)
        return {};
    const QString draft = m_run->status.plan.draft;
    end(CanaryPhase::Interrupted, kSelf, why, {}, {});
    return draft;
}

void Rollout::configInForce()
{
    const config::SnapshotPtr inForce = m_services.inForce();
    if (m_run && !m_run->isEnding) {
        if (inForce->revision == m_run->status.revision)
            end(CanaryPhase::Promoted, kSelf,
                QStringLiteral("Revision %1 is in force for all callers.").arg(inForce->revision), {}, {});
        else if (inForce != m_run->base)
            interrupt(QStringLiteral("Another config came into force (revision %1).").arg(inForce->revision));
        return;
    }
    // it was ended to make room for its own promotion
    CanaryStatus* last = m_run ? &m_run->status : m_past.empty() ? nullptr : &m_past.front();
    if (last && last->phase == CanaryPhase::Interrupted && last->revision == inForce->revision) {
        last->phase = CanaryPhase::Promoted;
        last->endReason = QStringLiteral("Revision %1 is in force for all callers.").arg(inForce->revision);
        last->entries.append({now(), kSelf, QStringLiteral("promote"), last->endReason});
        if (m_run)
            save(statusOf(*m_run), {}, {});
        else
            save(*last, {}, {});
    }
}

int attemptsOutside(const api::Call& call, const config::PolicySnapshot& inForce, const config::PolicySnapshot& tried)
{
    const config::Tenant* tenant = inForce.tenantByName.value(call.tenant);
    const auto zone = effectiveZone(inForce, tenant, call.zone);
    const config::Zone* own = tenant ? tenant->zone : nullptr;
    const auto providerIn = [](const config::PolicySnapshot& snapshot, const QString& name) -> const config::Provider* {
        for (const auto& provider : snapshot.providers) {
            if (provider->name == name)
                return provider.get();
        }
        return nullptr;
    };
    int outside = 0;
    for (const api::Attempt& attempt : call.attempts) {
        if (attempt.sentUs < 0)
            continue; // nothing left
        bool objected = false;
        for (const config::PolicySnapshot* snapshot : {&inForce, &tried}) {
            config::Candidate candidate;
            candidate.provider = providerIn(*snapshot, attempt.provider);
            for (const config::Zone* each : {own, zone.value_or(nullptr)})
                objected = objected || (candidate.provider && *routing::zoneObjection(candidate, each));
        }
        outside += objected ? 1 : 0;
    }
    return outside;
}

} // namespace gateway::engine
