#include "routing/decision_text.h"

namespace gateway::routing {
namespace {

const char* nameOf(Moment::Breaker breaker)
{
    return breaker == Moment::Breaker::Closed ? "closed" : breaker == Moment::Breaker::Open ? "open" : "half-open";
}

const char* nameOf(Verdict verdict)
{
    return verdict == Verdict::Chosen ? "chosen" : verdict == Verdict::Eligible ? "eligible" : "rejected";
}

const char* nameOf(Moment::Lever lever)
{
    switch (lever) {
    case Moment::Lever::None:
        break;
    case Moment::Lever::Drained:
        return "drained";
    case Moment::Lever::FailingBack:
        return "failing_back";
    case Moment::Lever::Drill:
        return "drill";
    }
    return "";
}

} // namespace

void writeMembers(JsonWriter& out, const CandidateVerdict& row, const RouteInput& input, const Remark& remark)
{
    const config::Provider& provider = *row.candidate->provider;
    out.member("provider", provider.name);
    out.member("model", QByteArrayView(row.candidate->modelUtf8));
    out.member("region", provider.region);
    out.member("verdict", QByteArrayView(remark.verdict ? remark.verdict : nameOf(row.verdict)));
    out.member("code", QByteArrayView(remark.code ? remark.code : row.objection.code));
    if (remark.reason)
        out.member("reason", QByteArrayView(remark.reason));
    else if (const QByteArrayView words = scoreWords(row.verdict); !words.isEmpty())
        out.memberPlain("reason", words, row.score); // nearly every row of nearly every call
    else
        out.member("reason", sentence(row, input));
    out.member("score", row.score);
    const Moment& moment = row.moment;
    if (moment.breaker != Moment::Breaker::Closed)
        out.member("breaker", QByteArrayView(nameOf(moment.breaker)));
    if (moment.lever != Moment::Lever::None)
        out.member("lever", QByteArrayView(nameOf(moment.lever)));
    if (moment.p95)
        out.member("p95_ms", qint64(moment.p95->count()));
    if (moment.failurePermille)
        out.member("failure_permille", qint64(*moment.failurePermille));
    if (moment.upperBound)
        out.member("upper_bound_usd", moment.upperBound->toDecimal());
    if (moment.weight)
        out.member("shifted_weight", qint64(*moment.weight));
}

void writeMembers(JsonWriter& out, const RouteInput& input, const RouteDecision& decision, int revision)
{
    out.member("alias", input.alias->name);
    out.member("workload_class", config::nameOf(input.workloadClass));
    if (input.zone)
        out.member("zone", input.zone->name);
    else
        out.memberNull("zone");
    out.member("snapshot_revision", qint64(revision));
    out.key("candidates").beginArray();
    for (const CandidateVerdict& row : decision.candidates) {
        out.beginObject();
        writeMembers(out, row, input);
        out.endObject();
    }
    out.endArray();
    if (input.ceiling)
        out.member("cost_ceiling_usd", input.ceiling->toDecimal());
    if (input.remaining)
        out.member("latency_budget_ms", qint64(input.remaining->count()));
}

} // namespace gateway::routing
