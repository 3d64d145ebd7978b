#include "replay/replay_run.h"

#include "replay/quota_replay.h"

namespace gateway::replay {

namespace {

// What the calls just before the period said of the candidates, for its first calls.
api::Outcome readLeadIn(const ReplayOrder& order, CaseReader& reader, Neighbours& neighbours)
{
    RecordFilter filter = order.filter;
    filter.untilMs = filter.sinceMs;
    filter.sinceMs -= Neighbours::kAgeMs;
    auto record = RecordCases::open(order.databaseFile, filter);
    if (!record)
        return record.error();
    return (*record)->each([](qint64) { return true; },
        [&](const CallRow& row) {
            const ReplayCase call = reader.read(row);
            if (call.gap == Gap::None)
                neighbours.note(call);
            return true;
        });
}

} // namespace

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
    if (const api::Outcome led = readLeadIn(order, reader, neighbours); !led)
        return led.error();
    QuotaReplay quotas(snapshot, order.filter.sinceMs);
    const bool askQuotas = whole && quotas.limitsAnything();
    Tally tally(snapshot, whole, order.filter.tenants);
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
