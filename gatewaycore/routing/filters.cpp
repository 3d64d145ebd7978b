// The filters, one function each, and the codes they reject with.
#include "routing/route.h"

#include <array>
#include <cstring>

namespace gateway::routing {
namespace {

// Text is at most about five bytes of JSON per token, so a request that is longer than this many bytes per context
// token cannot fit. Nearer the limit the provider decides, and a candidate with a larger context is tried then.
constexpr qint64 kBytesPerTokenAtMost = 5;

using Ask = const char* (*)(const config::Candidate&, const RouteInput&, const Moment&);

const char* zone(const config::Candidate& candidate, const RouteInput& input, const Moment&)
{
    return zoneObjection(candidate, input.zone);
}

const char* capability(const config::Candidate& candidate, const RouteInput& input, const Moment& moment)
{
    if (!moment.unable.isEmpty())
        return "not_translatable";
    if (!candidate.facts)
        return "";
    const config::ModelFacts& facts = *candidate.facts;
    if (facts.capabilities) {
        if (input.needs.tools && !facts.capabilities->contains(QLatin1String("tools")))
            return "no_tools";
        if (input.needs.images && !facts.capabilities->contains(QLatin1String("images")))
            return "no_images";
        if (input.needs.jsonSchema && !facts.capabilities->contains(QLatin1String("json_schema")))
            return "no_json_schema";
    }
    if (facts.contextTokens && !input.needs.images &&
        input.needs.requestBytes / kBytesPerTokenAtMost > *facts.contextTokens)
        return "context_too_long";
    if (facts.maxOutputTokens && input.needs.maxOutputTokens && *input.needs.maxOutputTokens > *facts.maxOutputTokens)
        return "output_too_long";
    return "";
}

const char* lifecycle(const config::Candidate& candidate, const RouteInput& input, const Moment&)
{
    const bool retired = candidate.facts && candidate.facts->retires.isValid() && input.today.isValid() &&
                         candidate.facts->retires <= input.today;
    return retired ? "model_retired" : "";
}

const char* costCeiling(const config::Candidate&, const RouteInput& input, const Moment& moment)
{
    if (!input.ceiling)
        return "";
    if (!moment.upperBound)
        return "price_unknown";
    return *moment.upperBound > *input.ceiling ? "cost_ceiling" : "";
}

const char* latency(const config::Candidate&, const RouteInput& input, const Moment& moment)
{
    return input.remaining && moment.p95 && *moment.p95 > *input.remaining ? "latency" : "";
}

const char* breaker(const config::Candidate&, const RouteInput&, const Moment& moment)
{
    return moment.breaker == Moment::Breaker::Open ? "breaker_open" : "";
}

const char* lever(const config::Candidate&, const RouteInput&, const Moment& moment)
{
    switch (moment.lever) {
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

struct Row
{
    Filter filter;
    const char* name;
    Ask ask; // nullptr: asked elsewhere
};

constexpr std::array kRows{
    Row{Filter::Zone, "zone", zone},
    Row{Filter::Capability, "capability", capability},
    Row{Filter::Lifecycle, "lifecycle", lifecycle},
    Row{Filter::CostCeiling, "cost_ceiling", costCeiling},
    Row{Filter::Latency, "latency", latency},
    Row{Filter::Breaker, "breaker", breaker},
    Row{Filter::Lever, "lever", lever},
    Row{Filter::Weight, "weight", nullptr},
};

} // namespace

const char* nameOf(Filter filter)
{
    for (const Row& row : kRows) {
        if (row.filter == filter)
            return row.name;
    }
    return "";
}

const char* zoneObjection(const config::Candidate& candidate, const config::Zone* zone)
{
    if (!zone)
        return "";
    const config::Provider& provider = *candidate.provider;
    if (provider.region.isEmpty())
        return "zone_unknown";
    if (!zone->regions.contains(provider.region))
        return "zone_region";
    const bool anyRetention = zone->retention.isEmpty() || zone->retention == QLatin1String("any");
    if (anyRetention || provider.retention == zone->retention || provider.retention == QLatin1String("zero"))
        return "";
    return provider.retention.isEmpty() || provider.retention == QLatin1String("none-stated") ? "zone_unknown"
                                                                                              : "zone_retention";
}

Objection objectionTo(const config::Candidate& candidate, const RouteInput& input, const Moment& moment, Filter lifted)
{
    for (const Row& row : kRows) {
        if (!row.ask || row.filter == lifted)
            continue;
        if (const char* code = row.ask(candidate, input, moment); *code)
            return {row.filter, code};
    }
    return {};
}

api::ErrorCode refusalOf(Filter filter, const char* code)
{
    using enum api::ErrorCode;
    switch (filter) {
    case Filter::Zone:
        return NoRouteInZone;
    case Filter::Capability:
        return std::strcmp(code, "context_too_long") == 0 ? ContextTooLong : InvalidRequest;
    case Filter::Lifecycle:
        return ModelRetired;
    case Filter::CostCeiling:
        return CostCeiling;
    case Filter::Latency:
        return NoRouteInBudget;
    case Filter::Breaker:
    case Filter::Lever:
        return ProviderUnavailable;
    case Filter::None:
    case Filter::Weight:
        break;
    }
    return ChainExhausted;
}

QByteArrayView scoreWords(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Chosen:
        return "drawn by score ";
    case Verdict::Eligible:
        return "could have served, score ";
    case Verdict::Rejected:
        break;
    }
    return {};
}

QString sentence(const CandidateVerdict& row, const RouteInput& input)
{
    const config::Candidate& candidate = *row.candidate;
    const config::Provider& provider = *candidate.provider;
    if (const QByteArrayView words = scoreWords(row.verdict); !words.isEmpty())
        return QString::fromLatin1(words) + QString::number(row.score);
    const QLatin1String code(row.objection.code);
    if (code == QLatin1String("zone_region"))
        return QStringLiteral("region %1 lies outside zone %2").arg(provider.region, input.zone->name);
    if (code == QLatin1String("zone_retention"))
        return QStringLiteral("keeps data (%1), zone %2 allows %3")
            .arg(provider.retention, input.zone->name, input.zone->retention);
    if (code == QLatin1String("zone_unknown"))
        return QStringLiteral("its region or retention is not stated, so zone %1 excludes it").arg(input.zone->name);
    if (code == QLatin1String("not_translatable"))
        return row.moment.unable;
    if (code == QLatin1String("no_tools"))
        return QStringLiteral("the model has no tool calls");
    if (code == QLatin1String("no_images"))
        return QStringLiteral("the model reads no images");
    if (code == QLatin1String("no_json_schema"))
        return QStringLiteral("the model has no structured output");
    if (code == QLatin1String("context_too_long"))
        return QStringLiteral("%1 bytes cannot fit its context of %2 tokens")
            .arg(input.needs.requestBytes)
            .arg(candidate.facts->contextTokens.value_or(0));
    if (code == QLatin1String("output_too_long"))
        return QStringLiteral("it writes at most %1 tokens, %2 were asked for")
            .arg(candidate.facts->maxOutputTokens.value_or(0))
            .arg(input.needs.maxOutputTokens.value_or(0));
    if (code == QLatin1String("model_retired"))
        return QStringLiteral("the model was retired on %1").arg(candidate.facts->retires.toString(Qt::ISODate));
    if (code == QLatin1String("price_unknown"))
        return QStringLiteral("its price is not known, so the ceiling of %1 USD cannot be kept")
            .arg(input.ceiling->toDecimal());
    if (code == QLatin1String("cost_ceiling"))
        return QStringLiteral("could cost %1 USD, the ceiling is %2 USD")
            .arg(row.moment.upperBound->toDecimal(), input.ceiling->toDecimal());
    if (code == QLatin1String("latency"))
        return QStringLiteral("p95 of %1 ms does not fit the %2 ms that are left")
            .arg(row.moment.p95->count())
            .arg(input.remaining->count());
    if (code == QLatin1String("breaker_open"))
        return QStringLiteral("its breaker is open");
    if (code == QLatin1String("drained"))
        return QStringLiteral("provider %1 is drained").arg(provider.name);
    if (code == QLatin1String("failing_back"))
        return QStringLiteral("provider %1 comes back in stages; this call is not in the stage").arg(provider.name);
    if (code == QLatin1String("drill"))
        return QStringLiteral("a drill treats provider %1 as failed for this call").arg(provider.name);
    return QStringLiteral("weight 0");
}

} // namespace gateway::routing
