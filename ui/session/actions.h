// Actions: what a person can ask of an engine in this console, as a table: the route it takes, the roles that may and
// the page it stands on. One place decides whether a control is there at all (Session::mayAct), and the palette says of
// the others which role they need. Any thread; constants.
#pragma once

#include "api/role.h"

#include <QString>

#include <span>
#include <vector>

namespace ui {

enum class Action
{
    Drain,
    Resume,
    ForceBreaker,
    EndLever,
    Probe,
    Drill,
    RaiseBudget,
    IssueCredential,
    TestExport,
    ExplainRoute,
    CheckZones,
    WriteDraft,
    ReviewDraft,
    PromoteDraft,
    RollBackConfig,
    StartCanary,
    AdoptFile,
    RevertFile,
    ReplayConfig,
    ReadAudit,
    VerifyLog,
    SignZoneAudit,
    Count
};

struct ActionFacts
{
    Action action;
    const char* words; // "Drain a provider"
    const char* method;
    const char* route;
    std::vector<gateway::api::Role> roles; // beside admin, who may everything
    const char* page;                      // where its control stands
    bool changes;                          // needs fresh data, and is absent while the connection is locked
};

// In the order of the enumeration.
std::span<const ActionFacts> allActions();
const ActionFacts& factsOf(Action action);
// Which roles may: "operator or admin".
QString rolesFor(const ActionFacts& facts);
// May this role use this route, as far as the table knows it? For engines that do not say it themselves.
bool roleMayUse(gateway::api::Role role, const QString& method, const QString& route);

// A change for people, from what was sent: "Drain openai-eu" for POST /api/v1/providers/openai-eu/drain.
QString changeWords(const QString& method, const QString& path);

} // namespace ui
