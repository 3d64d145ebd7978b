// The route table (declared in router.h): what there is, who may, what it takes.
#include "admin/handlers/handlers.h"
#include "admin/route_parts.h"

namespace gateway::admin {
namespace {

std::vector<Route> engineRoutes()
{
    const std::vector<QLatin1String> leverFields{"kind"_l, "provider"_l, "candidate"_l, "alias"_l, "tenant"_l,
        "weight"_l, "percent"_l, "breaker"_l, "ends_at"_l, "duration_s"_l};
    return {
        {"GET", "/api/v1/status", kAll, Reach::Engine, Kind::Read, {}, {}, &getStatus},
        {"GET", "/api/v1/providers", kAll, Reach::Engine, Kind::Read, {}, {}, &getProviders},
        {"GET", "/api/v1/providers/{name}", kAll, Reach::Engine, Kind::Read, {}, {}, &getProvider},
        {"GET", "/api/v1/aliases", kAll, Reach::Engine, Kind::Read, {}, {}, &getAliases},
        {"GET", "/api/v1/tenants", kAll, Reach::Tenant, Kind::Read, {}, {}, &getTenants},
        {"GET", "/api/v1/calls", kAll, Reach::Tenant, Kind::Read,
            {"since"_l, "until"_l, "tenant"_l, "alias"_l, "provider"_l, "outcome"_l, "before"_l, "limit"_l}, {},
            &getCalls},
        {"GET", "/api/v1/calls/{id}", kAll, Reach::Tenant, Kind::Read, {}, {}, &getCall},
        {"GET", "/api/v1/calls/summary", kAll, Reach::Tenant, Kind::Read,
            {"since"_l, "until"_l, "tenant"_l, "alias"_l, "provider"_l, "outcome"_l, "by"_l, "step"_l}, {},
            &getCallSummary},
        {"GET", "/api/v1/series", kAll, Reach::Engine, Kind::Read,
            {"provider"_l, "alias"_l, "from"_l, "to"_l, "step"_l}, {}, &getSeries},
        {"GET", "/api/v1/credentials", kAll, Reach::Tenant, Kind::Read, {}, {}, &getCredentials},
        {"POST", "/api/v1/credentials", kAdmins, Reach::Everything, Kind::Change, {},
            {"tenant"_l, "aliases"_l, "features"_l, "expires_at"_l, "note"_l}, &postCredential},
        {"POST", "/api/v1/credentials/{id}/revoke", kOperators, Reach::Tenant, Kind::Change, {}, {}, &revokeCredential},
        {"POST", "/api/v1/credentials/{id}/rotate", kAdmins, Reach::Tenant, Kind::Change, {}, {"grace_s"_l},
            &rotateCredential},
        {"GET", "/api/v1/config", kAll, Reach::Engine, Kind::Read, {}, {}, &getConfig},
        {"POST", "/api/v1/config/check", kDevelopers, Reach::Everything, Kind::Read, {}, {"yaml"_l}, &checkConfig},
        {"GET", "/api/v1/budgets", kAll, Reach::Tenant, Kind::Read, {}, {}, &getBudgets},
        {"POST", "/api/v1/budgets/{id}/raise", kAdmins, Reach::Everything, Kind::Change, {},
            {"limit_usd"_l, "until"_l, "end"_l}, &raiseBudget},
        {"GET", "/api/v1/ledger", kAll, Reach::Everything, Kind::Read, {"since"_l}, {}, &getLedger},
        {"POST", "/api/v1/ledger/reconcile", kAuditors, Reach::Everything, Kind::Read, {}, {"csv"_l}, &reconcileLedger},
        {"GET", "/api/v1/quotas", kAll, Reach::Tenant, Kind::Read, {}, {}, &getQuotas},
        {"POST", "/api/v1/routes/explain", kDevelopers, Reach::Tenant, Kind::Read, {},
            {"alias"_l, "tenant"_l, "feature"_l, "agent"_l, "credential"_l, "workload_class"_l, "zone"_l, "body"_l,
                "input_bytes"_l, "max_output_tokens"_l, "stream"_l, "tools"_l, "cost_ceiling_usd"_l,
                "latency_budget_ms"_l},
            &explainRoute},
        {"GET", "/api/v1/capabilities", kAll, Reach::Engine, Kind::Read, {}, {}, &getCapabilities},
        {"GET", "/api/v1/failovers", kAll, Reach::Tenant, Kind::Read, {}, {}, &getLevers},
        {"POST", "/api/v1/failovers/plan", kOperators, Reach::Everything, Kind::Read, {}, leverFields, &planLever},
        {"POST", "/api/v1/failovers", kOperators, Reach::Everything, Kind::Change, {}, leverFields, &postLever},
        {"POST", "/api/v1/failovers/{id}/revert", kOperators, Reach::Everything, Kind::Change, {}, {}, &revertLever},
        {"POST", "/api/v1/providers/{name}/drain", kOperators, Reach::Everything, Kind::Change, {},
            {"ends_at"_l, "duration_s"_l}, &drainProvider},
        {"POST", "/api/v1/providers/{name}/resume", kOperators, Reach::Everything, Kind::Change, {}, {},
            &resumeProvider},
        {"POST", "/api/v1/providers/{name}/breaker", kOperators, Reach::Everything, Kind::Change, {},
            {"candidate"_l, "state"_l, "ends_at"_l, "duration_s"_l}, &forceBreaker},
        {"POST", "/api/v1/providers/{name}/probe", kOperators, Reach::Everything, Kind::Unmarked, {}, {},
            &probeProvider},
        {"GET", "/api/v1/drills", kAll, Reach::Tenant, Kind::Read, {}, {}, &getDrills},
        {"POST", "/api/v1/drills", kOperators, Reach::Everything, Kind::Change, {},
            {"provider"_l, "alias"_l, "tenant"_l, "percent"_l, "ends_at"_l, "duration_s"_l}, &postDrill},
        {"GET", "/api/v1/drills/{id}", kAll, Reach::Tenant, Kind::Read, {}, {}, &getDrill},
        {"GET", "/api/v1/incidents", kAll, Reach::Everything, Kind::Read, {}, {}, &getIncidents},
        {"GET", "/api/v1/incidents/{id}", kAll, Reach::Everything, Kind::Read, {}, {}, &getIncident},
        {"GET", "/api/v1/incidents/{id}/handover", kAll, Reach::Everything, Kind::Read, {}, {}, &getHandover},
        {"POST", "/api/v1/incidents/{id}/ack", kOperators, Reach::Everything, Kind::Change, {}, {"owner"_l},
            &acknowledgeIncident},
        {"POST", "/api/v1/incidents/{id}/note", kOperators, Reach::Everything, Kind::Change, {}, {"text"_l},
            &noteIncident},
        {"GET", "/api/v1/audit", kAuditors, Reach::Everything, Kind::Read,
            {"since"_l, "until"_l, "principal"_l, "action"_l, "object"_l, "outcome"_l, "before"_l, "limit"_l}, {},
            &getAudit},
        {"POST", "/api/v1/operations/{key}/settle", kAll, Reach::Engine, Kind::Own, {}, {}, &settleOperation},
        {"GET", "/api/v1/limits", kAll, Reach::Everything, Kind::Read, {}, {}, &getInvariants},
        {"GET", "/api/v1/whoami", kAll, Reach::Engine, Kind::Own, {}, {}, &whoAmI},
        {"GET", "/api/v1/principals", kAuditors, Reach::Everything, Kind::Read, {}, {}, &getPrincipals},
        {"POST", "/api/v1/principals", kAdmins, Reach::Everything, Kind::Change, {},
            {"name"_l, "role"_l, "tenants"_l, "expires_at"_l, "note"_l}, &postPrincipal},
        {"POST", "/api/v1/principals/{name}/revoke", kAdmins, Reach::Everything, Kind::Change, {}, {},
            &revokePrincipal},
        {"POST", "/api/v1/principals/{name}/rotate", kAdmins, Reach::Everything, Kind::Change, {}, {},
            &rotatePrincipal},
        {"POST", "/api/v1/pairings", kAdmins, Reach::Everything, Kind::Change, {},
            {"name"_l, "role"_l, "tenants"_l, "expires_at"_l, "note"_l, "duration_s"_l}, &postPairing},
        {"POST", "/api/v1/pairings/claim", {}, Reach::Engine, Kind::Change, {}, {}, &claimPairing},
        {"GET", "/api/v1/checklist", kAll, Reach::Everything, Kind::Read, {}, {}, &getChecklist},
        {"GET", "/api/v1/exports", kAll, Reach::Everything, Kind::Read, {}, {}, &getExports},
        {"POST", "/api/v1/exports/{name}/test", kOperators, Reach::Everything, Kind::Unmarked, {}, {}, &testExport},
        {"GET", "/api/v1/events", kAll, Reach::Tenant, Kind::Read, {"since"_l}, {}, nullptr},
    };
}

} // namespace

std::span<const Route> routes()
{
    static const std::vector<Route> table = [] {
        std::vector<Route> all = engineRoutes();
        for (const auto part :
            {&configRoutes, &rolloutRoutes, &replayRoutes, &chainRoutes, &privacyRoutes, &contentRoutes}) {
            for (Route& route : part())
                all.push_back(std::move(route));
        }
        return all;
    }();
    return table;
}

} // namespace gateway::admin
