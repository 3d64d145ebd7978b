#include "engine/explain.h"

#include "base/fnv.h"
#include "base/utc_day.h"
#include "engine/plan.h"
#include "engine/zone.h"
#include "transform/json_view.h"
#include "transform/surfaces/openai_chat.h"

#include <algorithm>

namespace gateway::engine {
namespace {

using namespace std::chrono;
using api::Failure;

// The request of a question: its body as given, or one made up to its measures.
api::Result<transform::CallRequest> requestOf(const api::RouteQuestion& question)
{
    QByteArray body = question.body.toUtf8();
    if (body.isEmpty()) {
        body = "{\"model\":" + transform::jsonString(question.alias.toUtf8()) +
               ",\"messages\":[{\"role\":\"user\",\"content\":\"";
        body += QByteArray(std::clamp<qint64>(question.inputBytes.value_or(0), 0, 4'000'000), 'x') + "\"}]";
        if (question.maxOutputTokens)
            body += ",\"max_completion_tokens\":" + QByteArray::number(*question.maxOutputTokens);
        if (question.stream.value_or(false))
            body += ",\"stream\":true";
        if (question.tools.value_or(false))
            body += ",\"tools\":[{}]";
        body += '}';
    }
    auto parsed = transform::openAiChat().parse({}, http::RequestHead(), body);
    if (const auto* error = std::get_if<transform::CallError>(&parsed))
        return api::failure(Failure::Invalid, error->text());
    return std::move(std::get<transform::CallRequest>(parsed));
}

// From the most likely draw: explained questions come with the same seed, so the same question has the same answer.
quint64 seedOf(const api::RouteQuestion& question)
{
    return fnv1a64((question.alias + u'\0' + question.tenant + u'\0' + question.body).toUtf8());
}

// A question about no tenant in particular: the zone it names, or none.
std::optional<const config::Zone*> anyTenants(const config::PolicySnapshot& snapshot, const QString& asked)
{
    const auto found = std::find_if(
        snapshot.zones.begin(), snapshot.zones.end(), [&asked](const auto& zone) { return zone->name == asked; });
    if (found != snapshot.zones.end())
        return found->get();
    return asked.isEmpty() ? std::optional<const config::Zone*>(nullptr) : std::nullopt;
}

QString sentenceOf(const Plan& plan, const config::Alias& alias)
{
    if (plan.decision.chosen) {
        const auto others = std::count_if(plan.steps.begin() + 1, plan.steps.end(),
            [](const fallback::ChainStep& step) { return step.kind != config::FallbackKind::Refuse; });
        const QString after = others == 0   ? QStringLiteral("nobody would if it failed.")
                              : others == 1 ? QStringLiteral("one more may serve if it fails.")
                                            : QStringLiteral("%1 more may serve if it fails.").arg(others);
        return QStringLiteral("%1 would serve this call; %2").arg(plan.decision.chosen->label, after);
    }
    if (!plan.steps.empty())
        return QStringLiteral("No candidate of %1 may serve; its fallback chain would.").arg(alias.name);
    return QString::fromLatin1(api::facts(plan.decision.refusal).sentence);
}

QVector<api::ChainStep> chainOf(const Plan& plan, std::optional<milliseconds> budget)
{
    QVector<api::ChainStep> chain;
    fallback::Chain walk(plan.steps);
    while (const fallback::ChainStep* step = walk.step()) {
        api::ChainStep row;
        row.kind = step->kind ? config::nameOf(*step->kind) : QStringLiteral("primary");
        if (step->candidate) {
            row.candidate = step->candidate->label;
            // the worst case: its share of the latency budget, or the provider's patience
            const std::optional<milliseconds> share = walk.share(budget);
            row.worstCaseMs = share.value_or(step->candidate->provider->timeouts.firstByte).count();
            if (budget)
                budget = *budget - *share;
        }
        chain.append(row);
        if (!walk.skip())
            break;
    }
    for (const StepVerdict& step : plan.fallback) {
        const bool inChain = !step.degradedRefused && !step.verdict.objection;
        if (inChain)
            continue;
        api::ChainStep row;
        row.kind = config::nameOf(step.kind);
        if (step.verdict.candidate)
            row.candidate = step.verdict.candidate->label;
        row.reachable = false;
        row.reason = step.degradedRefused ? QStringLiteral("a degraded answer is not wanted here")
                                          : QString::fromLatin1(step.verdict.objection.code);
        chain.append(row);
    }
    return chain;
}

} // namespace

api::Result<api::RouteExplanation> explain(const api::RouteQuestion& question, const LivePolicy& policy,
    const fallback::LeverSet& levers, const credential::Credential* credential, qint64 nowMs)
{
    const config::PolicySnapshot& snapshot = *policy.snapshot;
    auto request = requestOf(question);
    if (!request)
        return request.error();
    const QString name = question.alias.isEmpty() ? request->alias : question.alias;
    const config::Alias* alias = snapshot.aliasByName.value(name);
    if (!alias)
        return api::failure(Failure::NotFound, QStringLiteral("There is no alias \"%1\".").arg(name.left(64)));
    const QString tenantName = credential ? credential->tenant : question.tenant;
    const config::Tenant* tenant = snapshot.tenantByName.value(tenantName);
    if (!tenant && !tenantName.isEmpty())
        return api::failure(Failure::NotFound, QStringLiteral("There is no tenant \"%1\".").arg(tenantName.left(64)));

    api::RouteExplanation answer;
    const auto refused = [&](api::ErrorCode code, const QString& sentence) {
        answer.refusalCode = api::nameOf(code);
        answer.sentence = sentence;
        return answer;
    };
    if (credential && !credential->allowsAlias(alias->name)) {
        return refused(api::ErrorCode::ScopeDenied,
            QStringLiteral("The credential %1 may not use the alias %2.").arg(credential->id, alias->name));
    }
    const auto zone =
        tenantName.isEmpty() ? anyTenants(snapshot, question.zone) : effectiveZone(snapshot, tenant, question.zone);
    if (!zone)
        return refused(api::ErrorCode::NoRouteInZone, zoneRefusal(snapshot, tenant, tenantName).message);

    const quint64 seed = seedOf(question);
    const CallMoments moments(policy, levers, *request, *alias, tenantName, seed, nowMs);
    routing::RouteInput input;
    input.alias = alias;
    input.workloadClass = classOf(*request, config::workloadClassFromName(question.workloadClass));
    input.zone = *zone;
    input.seed = seed;
    input.today = utcDay(nowMs);
    input.needs = needsOf(*request);
    input.ceiling = ceilingOf(*alias, question.costCeiling);
    std::optional<milliseconds> asked;
    if (question.latencyBudgetMs)
        asked = milliseconds(*question.latencyBudgetMs);
    input.remaining = latencyBudgetOf(*alias, input.workloadClass, asked);
    input.moments = &moments;

    const Plan plan = makePlan(input, alias->degradeServes);
    answer.decision = textOf(input, plan, snapshot.revision).toObject();
    answer.sentence = sentenceOf(plan, *alias);
    answer.chain = chainOf(plan, input.remaining);
    const fallback::ChainStep* first = plan.steps.empty() ? nullptr : &plan.steps.front();
    if (first && first->candidate) {
        answer.chosen = first->candidate->label;
        answer.estimate = moments.of(*first->candidate).upperBound;
    } else {
        answer.refusalCode = api::nameOf(plan.decision.refusal);
    }
    for (const Counterfactual& row : counterfactuals(input, plan)) {
        api::Counterfactual told;
        told.filter = QLatin1String(routing::nameOf(row.lifted));
        if (row.winner)
            told.winner = row.winner->label;
        told.sentence =
            row.winner
                ? QStringLiteral("Without the filter %1, %2 would have been drawn.").arg(told.filter, told.winner)
                : QStringLiteral("Without the filter %1 there would still be nobody.").arg(told.filter);
        answer.counterfactuals.append(told);
    }
    return answer;
}

} // namespace gateway::engine
