#include "api/route_explanation.h"

#include "json_fields.h"

namespace gateway::api {

template <>
struct Members<RouteQuestion>
{
    static constexpr auto fields = std::tuple{
        field("alias", &RouteQuestion::alias),
        field("tenant", &RouteQuestion::tenant),
        field("feature", &RouteQuestion::feature),
        field("agent", &RouteQuestion::agent),
        field("credential", &RouteQuestion::credential),
        field("workload_class", &RouteQuestion::workloadClass),
        field("zone", &RouteQuestion::zone),
        field("body", &RouteQuestion::body),
        field("input_bytes", &RouteQuestion::inputBytes),
        field("max_output_tokens", &RouteQuestion::maxOutputTokens),
        field("stream", &RouteQuestion::stream),
        field("tools", &RouteQuestion::tools),
        field("cost_ceiling_usd", &RouteQuestion::costCeiling),
        field("latency_budget_ms", &RouteQuestion::latencyBudgetMs),
    };
};

template <>
struct Members<ChainStep>
{
    static constexpr auto fields = std::tuple{
        field("kind", &ChainStep::kind),
        field("candidate", &ChainStep::candidate),
        field("worst_case_ms", &ChainStep::worstCaseMs),
        field("reachable", &ChainStep::reachable),
        field("reason", &ChainStep::reason),
    };
};

template <>
struct Members<Counterfactual>
{
    static constexpr auto fields = std::tuple{
        field("filter", &Counterfactual::filter),
        field("winner", &Counterfactual::winner),
        field("sentence", &Counterfactual::sentence),
    };
};

template <>
struct Members<RouteExplanation>
{
    static constexpr auto fields = std::tuple{
        field("decision", &RouteExplanation::decision),
        field("chosen", &RouteExplanation::chosen),
        field("chain", &RouteExplanation::chain),
        field("counterfactuals", &RouteExplanation::counterfactuals),
        field("refusal_code", &RouteExplanation::refusalCode),
        field("sentence", &RouteExplanation::sentence),
        field("estimate_usd", &RouteExplanation::estimate),
    };
};

QJsonObject toJson(const RouteQuestion& question)
{
    return writeMembers(question);
}

Result<RouteQuestion> routeQuestionFromJson(const QJsonObject& json)
{
    return parseMembers<RouteQuestion>(json);
}

QJsonObject toJson(const RouteExplanation& explanation)
{
    return writeMembers(explanation);
}

Result<RouteExplanation> routeExplanationFromJson(const QJsonObject& json)
{
    return parseMembers<RouteExplanation>(json);
}

} // namespace gateway::api
