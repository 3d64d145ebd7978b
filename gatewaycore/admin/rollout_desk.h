// RolloutDesk: canaries, as the admin handlers see them. The engine implements it; tests fake it. Thread: control;
// every `done` is called there exactly once, at once or later.
#pragma once

#include "admin/engine_view.h"
#include "api/canary.h"

namespace gateway::admin {

class RolloutDesk
{
public:
    virtual ~RolloutDesk() = default;

    virtual api::CanaryReport canaries() const = 0;
    // Writes the canary down, then puts its first step in force; answered when every worker has it. NotFound for an
    // unknown draft; Conflict while one is under way, for a draft that may not be tried (problems, review), or for one
    // that has outlived its base; Invalid for a plan that makes no sense.
    virtual void startCanary(const api::CanaryPlan& plan, const Change& change, Done<api::CanaryStatus> done) = 0;
    // Of the one that runs: NotFound if none does, Conflict if its phase does not take this. Abort: answered when no
    // worker gives a call to it any more.
    virtual void actOnCanary(api::CanaryAction action, const Change& change, Done<api::CanaryStatus> done) = 0;
};

} // namespace gateway::admin
