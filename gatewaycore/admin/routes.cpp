// The route table (declared in router.h): what there is, who may, what it takes.
#include "admin/handlers/handlers.h"
#include "admin/router.h"

namespace gateway::admin {
namespace {

using config::Role;

QLatin1String operator""_l(const char* text, std::size_t length)
{
    return QLatin1String(text, qsizetype(length));
}

} // namespace

std::span<const Route> routes()
{
    static const std::vector<QLatin1String> leverFields{"kind"_l, "provider"_l, "candidate"_l, "alias"_l, "tenant"_l,
        "weight"_l, "percent"_l, "breaker"_l, "ends_at"_l, "duration_s"_l};
    static const std::vector<Route> table{
        {"GET", "/api/v1/status", Role::Viewer, false, {}, {}, &getStatus},
        {"GET", "/api/v1/providers", Role::Viewer, false, {}, {}, &getProviders},
        {"GET", "/api/v1/providers/{name}", Role::Viewer, false, {}, {}, &getProvider},
        {"GET", "/api/v1/aliases", Role::Viewer, false, {}, {}, &getAliases},
        {"GET", "/api/v1/tenants", Role::Viewer, false, {}, {}, &getTenants},
        {"GET", "/api/v1/calls", Role::Viewer, false,
            {"since"_l, "until"_l, "tenant"_l, "alias"_l, "provider"_l, "outcome"_l, "before"_l, "limit"_l}, {},
            &getCalls},
        {"GET", "/api/v1/calls/{id}", Role::Viewer, false, {}, {}, &getCall},
        {"GET", "/api/v1/series", Role::Viewer, false, {"provider"_l, "alias"_l, "from"_l, "to"_l, "step"_l}, {},
            &getSeries},
        {"GET", "/api/v1/credentials", Role::Viewer, false, {}, {}, &getCredentials},
        {"POST", "/api/v1/credentials", Role::Admin, true, {},
            {"tenant"_l, "aliases"_l, "features"_l, "expires_at"_l, "note"_l}, &postCredential},
        {"POST", "/api/v1/credentials/{id}/revoke", Role::Operator, true, {}, {}, &revokeCredential},
        {"GET", "/api/v1/config", Role::Viewer, false, {}, {}, &getConfig},
        {"POST", "/api/v1/config/check", Role::Developer, false, {}, {"yaml"_l}, &checkConfig},
        {"GET", "/api/v1/budgets", Role::Viewer, false, {}, {}, &getBudgets},
        {"POST", "/api/v1/budgets/{id}/raise", Role::Admin, true, {}, {"limit_usd"_l, "until"_l, "end"_l},
            &raiseBudget},
        {"GET", "/api/v1/ledger", Role::Viewer, false, {"since"_l}, {}, &getLedger},
        {"POST", "/api/v1/ledger/reconcile", Role::Auditor, false, {}, {"csv"_l}, &reconcileLedger},
        {"GET", "/api/v1/quotas", Role::Viewer, false, {}, {}, &getQuotas},
        {"POST", "/api/v1/routes/explain", Role::Developer, false, {},
            {"alias"_l, "tenant"_l, "feature"_l, "agent"_l, "credential"_l, "workload_class"_l, "zone"_l, "body"_l,
                "input_bytes"_l, "max_output_tokens"_l, "stream"_l, "tools"_l, "cost_ceiling_usd"_l,
                "latency_budget_ms"_l},
            &explainRoute},
        {"GET", "/api/v1/capabilities", Role::Viewer, false, {}, {}, &getCapabilities},
        {"GET", "/api/v1/failovers", Role::Viewer, false, {}, {}, &getLevers},
        {"POST", "/api/v1/failovers/plan", Role::Operator, false, {}, leverFields, &planLever},
        {"POST", "/api/v1/failovers", Role::Operator, true, {}, leverFields, &postLever},
        {"POST", "/api/v1/failovers/{id}/revert", Role::Operator, true, {}, {}, &revertLever},
        {"POST", "/api/v1/providers/{name}/drain", Role::Operator, true, {}, {"ends_at"_l, "duration_s"_l},
            &drainProvider},
        {"POST", "/api/v1/providers/{name}/resume", Role::Operator, true, {}, {}, &resumeProvider},
        {"POST", "/api/v1/providers/{name}/breaker", Role::Operator, true, {},
            {"candidate"_l, "state"_l, "ends_at"_l, "duration_s"_l}, &forceBreaker},
        {"POST", "/api/v1/providers/{name}/probe", Role::Operator, true, {}, {}, &probeProvider},
        {"GET", "/api/v1/drills", Role::Viewer, false, {}, {}, &getDrills},
        {"POST", "/api/v1/drills", Role::Operator, true, {},
            {"provider"_l, "alias"_l, "tenant"_l, "percent"_l, "ends_at"_l, "duration_s"_l}, &postDrill},
        {"GET", "/api/v1/drills/{id}", Role::Viewer, false, {}, {}, &getDrill},
        {"GET", "/api/v1/incidents", Role::Viewer, false, {}, {}, &getIncidents},
        {"GET", "/api/v1/limits", Role::Viewer, false, {}, {}, &getInvariants},
        {"GET", "/api/v1/events", Role::Viewer, false, {"since"_l}, {}, nullptr},
    };
    return table;
}

} // namespace gateway::admin
