#include "replay/replay_run.h"

#include "replay/quota_replay.h"

namespace gateway::replay {

api::Result<ReplayOutcome> replay(const ReplayOrder& order, ReplayProgress& progress)
{
    auto record = RecordCases::open(order.databaseFile, order.filter);
    if (!record)
        return record.error();
    const api::Result<qint64> total = (*record)->count();
    if (!total)
        return total.error();
    const qint64 most = order.sample > 0 ? order.sample : api::ReplayRequest::kMost;
    const qint64 wanted = std::min(*total, most);
    const bool whole = wanted == *total;
    progress.total = wanted;

    ReplayOutcome outcome;
    outcome.report.calls = *total;
    const config::PolicySnapshot& snapshot = *order.snapshot;
    const Decider decider(snapshot, order.credentials.get());
    CaseReader reader;
    Neighbours neighbours;
    QuotaReplay quotas(snapshot, order.filter.sinceMs);
    const bool askQuotas = whole && quotas.limitsAnything();
    Tally tally(snapshot, whole);
    // calls that came since they were counted are not looked at
    const auto isWanted = [&](qint64 number) {
        return number < *total && (whole || (number + 1) * wanted / *total > number * wanted / *total);
    };
    const api::Outcome read = (*record)->each(isWanted, [&](const CallRow& row) {
        const ReplayCase call = reader.read(row);
        ++outcome.report.sampled;
        if (call.gap == Gap::None) {
            const Decision decision = decider.decide(call, &neighbours, askQuotas ? &quotas : nullptr);
            tally.add(call, decision, decision.refusal == api::ErrorCode::QuotaCaller ? quotas.refusedBy() : QString());
            neighbours.note(call);
        } else {
            tally.addGap(call.gap);
        }
        progress.done.store(outcome.report.sampled, std::memory_order_relaxed);
        return !progress.stop.load(std::memory_order_relaxed);
    });
    if (!read)
        return read.error();
    outcome.stopped = progress.stop;
    tally.finish(outcome.report);
    outcome.changes = tally.takeChanges();
    return outcome;
}

} // namespace gateway::replay
