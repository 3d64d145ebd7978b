#include "api/error_code.h"

#include <array>

namespace gateway::api {
namespace {

using enum ErrorCode;

constexpr std::array kCodes{
    ErrorCodeFacts{None, "", 200, false, "No error."},
    ErrorCodeFacts{InvalidRequest, "invalid_request", 400, false, "The request is not well formed."},
    ErrorCodeFacts{Unauthenticated, "unauthenticated", 401, false, "The gateway credential is missing or not valid."},
    ErrorCodeFacts{
        ScopeDenied, "scope_denied", 403, false, "The credential's scope does not cover this alias or feature."},
    ErrorCodeFacts{AliasUnknown, "alias_unknown", 404, false, "No alias of that name is configured."},
    ErrorCodeFacts{
        TenantMismatch, "tenant_mismatch", 403, false, "The request names another tenant than its credential."},
    ErrorCodeFacts{
        IdempotencyConflict, "idempotency_conflict", 409, false, "The idempotency key was used with another request."},
    ErrorCodeFacts{QuotaCaller, "quota_caller", 429, true, "The caller's quota is used up for now."},
    ErrorCodeFacts{QuotaProvider, "quota_provider", 429, true, "The provider's quota is used up for now."},
    ErrorCodeFacts{BudgetHard, "budget_hard", 429, false, "The budget of this period is used up."},
    ErrorCodeFacts{CostCeiling, "cost_ceiling", 402, false, "The call could cost more than its ceiling allows."},
    ErrorCodeFacts{
        NoRouteInZone, "no_route_in_zone", 403, false, "No candidate lies inside the tenant's privacy zone."},
    ErrorCodeFacts{NoRouteInBudget, "no_route_in_budget", 429, true, "No candidate fits the remaining budget."},
    ErrorCodeFacts{DeadlineExceeded, "deadline_exceeded", 504, true, "The time allowed for the call ran out."},
    ErrorCodeFacts{ProviderThrottled, "provider_throttled", 429, true, "The provider limits our request rate."},
    ErrorCodeFacts{ProviderOverloaded, "provider_overloaded", 503, true, "The provider says it is overloaded."},
    ErrorCodeFacts{
        ProviderUnavailable, "provider_unavailable", 502, true, "The provider could not be reached or failed."},
    ErrorCodeFacts{ProviderAuth, "provider_auth", 502, false, "The provider refused the gateway's own key."},
    ErrorCodeFacts{
        ProviderBadRequest, "provider_bad_request", 400, false, "The provider rejected the request as invalid."},
    ErrorCodeFacts{ContextTooLong, "context_too_long", 400, false, "The request is longer than the model's context."},
    ErrorCodeFacts{ContentRefused, "content_refused", 400, false, "The provider's content policy refused the request."},
    ErrorCodeFacts{TransformError, "transform_error", 502, false, "The provider's answer could not be understood."},
    ErrorCodeFacts{ModelRetired, "model_retired", 404, false, "The pinned model is no longer offered by the provider."},
    ErrorCodeFacts{ChainExhausted, "chain_exhausted", 503, true, "Every candidate and fallback step failed."},
    ErrorCodeFacts{StreamTruncated, "stream_truncated", 502, true, "The provider's stream ended before its end mark."},
    ErrorCodeFacts{GatewayDependencyDown, "gateway_dependency_down", 503, true,
        "A part of the gateway that must not be skipped is down."},
    ErrorCodeFacts{ClientClosed, "client_closed", 499, false, "The caller closed the connection first."},
    ErrorCodeFacts{Internal, "internal", 500, true, "The gateway failed in a way it did not expect."},
};

} // namespace

std::span<const ErrorCodeFacts> errorCodes()
{
    return kCodes;
}

const ErrorCodeFacts& facts(ErrorCode code)
{
    return kCodes[static_cast<std::size_t>(code)];
}

QString nameOf(ErrorCode code)
{
    return QString::fromLatin1(facts(code).name);
}

std::optional<ErrorCode> errorCodeFromName(QStringView name)
{
    for (const ErrorCodeFacts& row : kCodes) {
        if (name == QLatin1String(row.name))
            return row.code;
    }
    return std::nullopt;
}

} // namespace gateway::api
