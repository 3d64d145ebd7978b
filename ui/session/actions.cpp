#include "session/actions.h"

#include <QStringList>

#include <algorithm>
#include <array>

namespace ui {

using gateway::api::Role;

namespace {

// What was asked of an object: the fixed part of the path before it, the fixed part behind it, and the words.
struct Phrase
{
    const char* head;
    const char* tail;
    const char* words;
};

constexpr std::array kPhrases{
    Phrase{"providers/", "/drain", "Drain %1"},
    Phrase{"providers/", "/resume", "Resume %1"},
    Phrase{"providers/", "/breaker", "Force a breaker of %1"},
    Phrase{"providers/", "/probe", "Probe %1"},
    Phrase{"failovers/", "/revert", "End the lever %1"},
    Phrase{"failovers", "", "Apply a lever"},
    Phrase{"drills", "", "Start a drill"},
    Phrase{"budgets/", "/raise", "Change the limit of %1"},
    Phrase{"credentials/", "/revoke", "Revoke the credential %1"},
    Phrase{"credentials/", "/rotate", "Rotate the credential %1"},
    Phrase{"credentials", "", "Issue a credential"},
    Phrase{"incidents/", "/ack", "Acknowledge the incident %1"},
    Phrase{"incidents/", "/note", "Note on the incident %1"},
    Phrase{"exports/", "/test", "Test the export %1"},
    Phrase{"principals/", "/revoke", "Revoke the principal %1"},
    Phrase{"principals/", "/rotate", "Rotate the token of %1"},
    Phrase{"principals", "", "Issue a principal"},
    Phrase{"pairings", "", "Make a pairing code"},
    Phrase{"config/drafts/", "/save", "Save the draft %1"},
    Phrase{"config/drafts/", "/edit", "Edit the draft %1"},
    Phrase{"config/drafts/", "/merge", "Merge the draft %1"},
    Phrase{"config/drafts/", "/review", "Review the draft %1"},
    Phrase{"config/drafts/", "/abandon", "Abandon the draft %1"},
    Phrase{"config/drafts", "", "Begin a draft"},
    Phrase{"config/revisions/", "/review", "Review revision %1"},
    Phrase{"config/promote", "", "Promote a draft"},
    Phrase{"config/rollback", "", "Roll the config back"},
    Phrase{"config/adopt", "", "Take the config file"},
    Phrase{"config/revert", "", "Write the config file"},
    Phrase{"config/canary", "", "Start a canary"},
    Phrase{"config/canary/pause", "", "Pause the canary"},
    Phrase{"config/canary/resume", "", "Resume the canary"},
    Phrase{"config/canary/advance", "", "Advance the canary"},
    Phrase{"config/canary/abort", "", "Abort the canary"},
    Phrase{"audit/verify", "", "Verify the log"},
    Phrase{"zones/check", "", "Run the zone check"},
    Phrase{"zones/audits", "", "Sign a zone audit"},
    Phrase{"zones/exceptions", "", "Accept a deviation"},
    Phrase{"content/grants/", "/approve", "Approve the content grant %1"},
    Phrase{"content/grants/", "/end", "End the content grant %1"},
    Phrase{"content/grants", "", "Ask for a content grant"},
};

} // namespace

std::span<const ActionFacts> allActions()
{
    static const std::vector<ActionFacts> table{
        {Action::Drain, "Drain a provider", "POST", "/api/v1/failovers", {Role::Operator}, "providers", true},
        {Action::Resume, "Resume a drained provider", "POST", "/api/v1/providers/{name}/resume", {Role::Operator},
            "providers", true},
        {Action::ForceBreaker, "Force a breaker", "POST", "/api/v1/failovers", {Role::Operator}, "providers", true},
        {Action::EndLever, "End a lever that is in force", "POST", "/api/v1/failovers/{id}/revert", {Role::Operator},
            "providers", true},
        {Action::Probe, "Probe a provider", "POST", "/api/v1/providers/{name}/probe", {Role::Operator}, "providers",
            true},
        {Action::Drill, "Start a drill", "POST", "/api/v1/drills", {Role::Operator}, "providers", true},
        {Action::RaiseBudget, "Change the limit of a budget", "POST", "/api/v1/budgets/{id}/raise", {}, "budgets",
            true},
        {Action::IssueCredential, "Issue a key for callers", "POST", "/api/v1/credentials", {}, "server", true},
        {Action::TestExport, "Test an export", "POST", "/api/v1/exports/{name}/test", {Role::Operator}, "server", true},
        {Action::ExplainRoute, "Explain a request", "POST", "/api/v1/routes/explain", {Role::Developer, Role::Operator},
            "routes", false},
        {Action::CheckZones, "Check the zones of all tenants", "GET", "/api/v1/zones/check",
            {Role::Auditor, Role::Operator}, "zones", false},
        {Action::WriteDraft, "Write a draft of the config", "POST", "/api/v1/config/drafts",
            {Role::Developer, Role::Operator}, "config", true},
        {Action::ReviewDraft, "Review a draft", "POST", "/api/v1/config/drafts/{id}/review", {Role::Operator}, "config",
            true},
        {Action::PromoteDraft, "Promote a draft", "POST", "/api/v1/config/promote", {Role::Operator}, "config", true},
        {Action::RollBackConfig, "Roll the config back", "POST", "/api/v1/config/rollback", {Role::Operator}, "config",
            true},
        {Action::StartCanary, "Start or end a canary", "POST", "/api/v1/config/canary", {Role::Operator}, "config",
            true},
        {Action::AdoptFile, "Take the config file", "POST", "/api/v1/config/adopt", {Role::Operator}, "config", true},
        {Action::RevertFile, "Write the config file", "POST", "/api/v1/config/revert", {Role::Operator}, "config",
            true},
        {Action::ReplayConfig, "Replay calls under a draft", "POST", "/api/v1/config/replay",
            {Role::Developer, Role::Operator}, "config", false},
        {Action::ReadAudit, "Read the audit log", "GET", "/api/v1/audit", {Role::Auditor, Role::Operator}, "audit",
            false},
        {Action::VerifyLog, "Verify the log", "POST", "/api/v1/audit/verify", {Role::Auditor, Role::Operator}, "audit",
            false},
        {Action::SignZoneAudit, "Sign the quarterly zone audit", "POST", "/api/v1/zones/audits",
            {Role::Auditor, Role::Operator}, "zones", true},
    };
    return table;
}

const ActionFacts& factsOf(Action action)
{
    return allActions()[std::size_t(action)];
}

QString rolesFor(const ActionFacts& facts)
{
    QStringList names;
    for (const Role role : facts.roles)
        names.append(gateway::api::nameOf(role));
    names.append(gateway::api::nameOf(Role::Admin));
    const QString last = names.takeLast();
    return names.isEmpty() ? last : names.join(QStringLiteral(", ")) + QStringLiteral(" or ") + last;
}

bool roleMayUse(Role role, const QString& method, const QString& route)
{
    if (role == Role::Admin)
        return true;
    for (const ActionFacts& facts : allActions()) {
        if (method == QLatin1String(facts.method) && route == QLatin1String(facts.route))
            return std::find(facts.roles.begin(), facts.roles.end(), role) != facts.roles.end();
    }
    return method == QLatin1String("GET");
}

QString changeWords(const QString& method, const QString& path)
{
    static const QString kRoot = QStringLiteral("/api/v1/");
    const QString rest = path.startsWith(kRoot) ? path.mid(kRoot.size()) : path;
    for (const Phrase& phrase : kPhrases) {
        const QLatin1String head(phrase.head);
        const QLatin1String tail(phrase.tail);
        const bool isNamed = head.endsWith(u'/');
        if (!isNamed && rest == head)
            return QString::fromLatin1(phrase.words);
        if (isNamed && rest.startsWith(head) && rest.endsWith(tail) && rest.size() > head.size() + tail.size())
            return QString::fromLatin1(phrase.words)
                .arg(rest.mid(head.size(), rest.size() - head.size() - tail.size()));
    }
    return method + u' ' + path;
}

} // namespace ui
