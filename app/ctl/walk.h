// The walk that most commands have in common: client, request, JSON or something for people; and the walk of a change,
// with its dry run and its question.
#pragma once

#include "change.h"
#include "commands.h"
#include "output.h"
#include "plan.h"

namespace ctl {

// The common walk of a list command: client, request, JSON or table.
template <typename Ask, typename Print>
void runList(Context context, Ask ask, Print print)
{
    const auto client = context.session.client();
    if (!client) {
        context.result = fail(client.error());
        return;
    }
    const auto answer = await(ask(*client));
    if (!answer) {
        context.result = fail(answer.error());
        return;
    }
    if (!printAsJson(context.session.options(), *answer))
        print(*answer);
}

// The same for one object; `verdict` says its exit code, also when JSON was asked for.
template <typename Ask, typename Print, typename Verdict>
void runOne(Context context, Ask ask, Print print, Verdict verdict)
{
    const auto client = context.session.client();
    if (!client) {
        context.result = fail(client.error());
        return;
    }
    const auto answer = await(ask(*client));
    if (!answer) {
        context.result = fail(answer.error());
        return;
    }
    if (!printOneAsJson(context.session.options(), *answer))
        print(*answer);
    context.result = verdict(*answer);
}

template <typename Ask, typename Print>
void runOne(Context context, Ask ask, Print print)
{
    runOne(context, ask, print, [](const auto&) { return int(Ok); });
}

inline gateway::api::Result<Plan> noPlan(const gateway::api::GatewayClient&)
{
    return Plan{};
}

// When a plan is looked at: in a dry run, where it must be had; and before a change that may be wide, where an engine
// that cannot give one still judges the change itself.
enum class Look
{
    InDryRun,
    Always
};

// A change: `ask(client, reason)` sends it, `planOf(client)` says what it would do. `tell(answer)` prints the answer,
// JSON or not, and gives the exit code.
template <typename PlanOf, typename Ask, typename Tell>
void runPlanned(
    Context context, const Change& change, const QString& verb, Look look, PlanOf planOf, Ask ask, Tell tell)
{
    const auto transport = context.session.connect();
    if (!transport) {
        context.result = fail(transport.error());
        return;
    }
    const gateway::api::GatewayClient client(*transport);
    const bool looks = change.dryRun || look == Look::Always;
    const gateway::api::Result<Plan> plan = looks ? planOf(client) : gateway::api::Result<Plan>(Plan{});
    if (!plan && (change.dryRun || plan.error().failure == gateway::api::Failure::Unreachable)) {
        context.result = fail(plan.error());
        return;
    }
    if (plan && !plan->wide.isEmpty() && !change.dryRun) {
        // what is decided on is the config that was seen: reading status makes the change conditional on it
        const auto seen = await(client.status());
        const gateway::api::Outcome agreed =
            seen ? askFor(context.session.options(), *plan) : gateway::api::Outcome(seen.error());
        if (!agreed) {
            context.result = fail(agreed.error());
            return;
        }
    }
    if (change.ifRevision)
        (*transport)->expectRevision(*change.ifRevision);
    if (change.dryRun)
        (*transport)->holdChanges();
    const auto answer = await(ask(client, reasonOr(change.reason, verb)));
    if (const auto& held = (*transport)->held())
        tellDryRun(context, *plan, *held);
    else
        context.result = answer ? tell(*answer) : fail(answer.error());
}

// A change whose answer is one object.
template <typename PlanOf, typename Ask, typename Print>
void runChange(
    Context context, const Change& change, const QString& verb, Look look, PlanOf planOf, Ask ask, Print print)
{
    runPlanned(context, change, verb, look, planOf, ask, [&](const auto& answer) {
        if (!printOneAsJson(context.session.options(), answer))
            print(answer);
        return int(Ok);
    });
}

// The plan of something that ends or changes one object of a list: the object itself, or NotFound.
template <typename Values, typename IsIt>
gateway::api::Result<Plan> planFrom(
    const gateway::api::Result<Values>& all, IsIt isIt, const QString& missing, const QString& sentence)
{
    if (!all)
        return all.error();
    for (const auto& one : *all) {
        if (isIt(one))
            return Plan{toJson(one), [sentence] { printLine(sentence); }, {}, {}};
    }
    return gateway::api::failure(gateway::api::Failure::NotFound, missing);
}

} // namespace ctl
