// Rollout: the canary of an engine, at most one at a time. It puts a draft's snapshot beside the one in force for a
// growing part of the callers, gathers what their calls say, and ends it: by itself when a guard fails, by a person at
// any time, or at 100 percent, when a person (or, if the config says so, itself) promotes the draft.
// What counts is always on the safe side: all of it is durable before it is answered, an end takes the callers back
// first and writes afterwards, and an engine that comes up finds no canary running: whatever was under way is marked
// interrupted. Another config in force ends it too.
// Thread: control. What it is given in Services must outlive it; `done` is called there exactly once.
#pragma once

#include "admin/rollout_desk.h"
#include "base/clock.h"
#include "base/random.h"
#include "rollout/verdict.h"
#include "store/store.h"

#include <functional>
#include <memory>
#include <vector>

namespace gateway::admin {
class EventHub;
}

namespace gateway::engine {

class Rollout final : public admin::RolloutDesk
{
public:
    template <typename T>
    using Done = admin::Done<T>;

    struct Services
    {
        store::Store& store;
        const Clock& clock;
        RandomSource& random;
        QObject& context; // of the control thread
        std::function<config::SnapshotPtr()> inForce;
        // The draft as it would come into force, under the number its calls will carry.
        std::function<void(const QString& draft, const admin::Change&, Done<config::SnapshotPtr>)> compiled;
        std::function<void(const api::CanaryStatus&)> note; // how it stands, for the draft's own history
        std::function<void(const QString& draft, const admin::Change&, std::function<void(api::Outcome)>)> promote;
        // The data path (Gateway::tryBeside and endTrial).
        std::function<api::Outcome(
            const config::SnapshotPtr&, const rollout::Assignment&, std::function<void()> everywhere)>
            tryBeside;
        std::function<void(std::function<void()> everywhere)> endTrial;
        std::function<void(const QString& event, const QJsonObject& data)> tell;
    };

    explicit Rollout(Services services);
    ~Rollout() override;
    Q_DISABLE_COPY_MOVE(Rollout)

    api::Outcome load(); // at start

    api::CanaryReport canaries() const override;
    void startCanary(const api::CanaryPlan& plan, const admin::Change& change, Done<api::CanaryStatus> done) override;
    void actOnCanary(api::CanaryAction action, const admin::Change& change, Done<api::CanaryStatus> done) override;

    void add(const std::vector<std::shared_ptr<const api::Call>>& calls); // committed ones
    void tick();                                                          // now and then
    // Another config is in force, or on its way: the canary has ended. Returns its draft; empty: there was none.
    QString interrupt(const QString& why);
    void configInForce(); // it is; a canary whose own revision that is was promoted

private:
    struct Run;
    using Then = std::function<void(bool committed)>;
    void begin(std::shared_ptr<Run> run, const admin::Change& change, Done<api::CanaryStatus> done);
    api::Outcome enterStep(Run& run, int index, std::function<void()> everywhere);
    void judge(Run& run);
    void goOn(Run& run);
    void promote(Run& run);
    // Takes the callers back at once; `done` when every worker has it and it is written.
    void end(api::CanaryPhase phase, const QString& by, const QString& reason, store::Store::Work alongside,
        std::function<void(bool committed)> done);
    void save(const api::CanaryStatus& status, store::Store::Work alongside, Then then);
    void tell(const char* event, const Run& run) const;
    api::CanaryStatus statusOf(const Run& run) const;
    QDateTime now() const;

    Services m_services;
    std::shared_ptr<Run> m_run; // the one under way
    bool m_starting = false;
    std::vector<api::CanaryStatus> m_past; // newest first
    int m_ticks = 0;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

struct Parts;
class Gateway;
// The services of an engine (desk_rollout_parts.cpp).
Rollout::Services rolloutServices(Parts& parts, Gateway& gateway, admin::EventHub& events);

// How many attempts of a call went where the zone in force does not allow: by the zone of its tenant and the one it
// asked for, and by what the config in force says of a provider that both configs have.
int attemptsOutside(const api::Call& call, const config::PolicySnapshot& inForce, const config::PolicySnapshot& tried);

} // namespace gateway::engine
