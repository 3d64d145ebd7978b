#include "story_checks.h"

#include "story.h"

namespace ui::testing {

using namespace gateway::api;

namespace {

TenantZoneCheck tenantCheck(const char* tenant, const char* contract, const char* reference, const char* zone,
    const char* verdict, const char* sentence, qint64 attempts, qint64 outside = 0, qint64 unknown = 0)
{
    TenantZoneCheck check;
    check.tenant = QString::fromLatin1(tenant);
    check.contractZone = QString::fromLatin1(contract);
    check.contractReference = QString::fromLatin1(reference);
    check.zone = QString::fromLatin1(zone);
    check.verdict = QString::fromLatin1(verdict);
    check.sentence = QString::fromLatin1(sentence);
    check.attempts = attempts;
    check.outside = outside;
    check.unknown = unknown;
    const auto endpoint = [&check](const char* alias, const char* candidate, const char* step, const char* why) {
        check.endpoints.append({QString::fromLatin1(alias), QString::fromLatin1(candidate), QString::fromLatin1(step),
            *why == 0, QString::fromLatin1(why)});
    };
    endpoint("fast-summariser", "openai-eu/gpt-6-luna-2026-09-01@eu-west-1", "candidate", "");
    endpoint("fast-summariser", "azure-eu/gpt-5.6-luna@swedencentral", "candidate", "");
    endpoint("fast-summariser", "mistral/mistral-large-2407@fr-par-1", "other-provider", "");
    endpoint("contract-qa", "anthropic/claude-sonnet-4-5-20250929@us-east-1", "candidate",
        "region us-east-1 lies outside zone eu-only");
    endpoint("contract-qa", "openai-eu/gpt-6-luna-2026-09-01@eu-west-1", "other-provider", "");
    endpoint("contract-qa", "groq-eu/llama-4-70b@eu-north-1", "smaller-model",
        "keeps data (provider-default), zone eu-only allows zero");
    return check;
}

} // namespace

ZoneCheck storyZones(bool isEmpty)
{
    ZoneCheck check;
    check.asOf = check.until = Story::now();
    check.since = Story::now().addDays(-1);
    check.revision = 218;
    check.query = QStringLiteral("SELECT c.tenant, a.provider, a.region, count(*) FROM calls c"
                                 " JOIN attempts a ON a.call = c.seq WHERE c.started_ms >= ? AND c.started_ms < ?"
                                 " AND a.result NOT IN ('skipped', 'refused') GROUP BY c.tenant, a.provider, a.region");
    if (isEmpty) {
        check.verdict = QStringLiteral("NO_DATA");
        return check;
    }
    check.verdict = QStringLiteral("FAIL");
    check.tenants = {
        tenantCheck(
            "acme", "eu-only", "MSA-17", "eu-only", "PASS", "0 of 18422 attempts went outside zone eu-only.", 18'422),
        tenantCheck(
            "nordbank", "eu-only", "MSA-22", "eu-only", "PASS", "0 of 9110 attempts went outside zone eu-only.", 9'110),
        tenantCheck("mondo-retail", "eu-only", "MSA-52", "eu-only", "FAIL",
            "3 of 4207 attempts went outside zone eu-only.", 4'207, 3),
        tenantCheck("kestrel", "eu-only", "MSA-40", "world", "FAIL",
            "The contract says zone eu-only and the config zone world.", 812),
        tenantCheck("orbital-labs", "", "", "us-ok", "INCOMPLETE",
            "14 of 302 attempts went to an endpoint that the config no longer knows.", 302, 0, 14),
        tenantCheck(
            "helix-bank", "eu-only", "MSA-38", "eu-only", "NO_DATA", "No attempt was recorded in this time.", 0),
        tenantCheck("brightline", "us-ok", "MSA-44", "us-ok", "PASS", "0 of 51 attempts went outside zone us-ok.", 51),
    };
    check.tenants[2].outsideCalls = {QStringLiteral("req_01kd4qv3m8w2x5y7z9abcdefgh"),
        QStringLiteral("req_01kd4qtz1r4t6v8x0y2abcdefg"), QStringLiteral("req_01kd4qs0p2q4s6t8v0w2abcdef")};
    return check;
}

QVector<ChecklistItem> storyChecklist(bool isEmpty)
{
    struct Row
    {
        const char* id;
        const char* title;
        const char* state;
        const char* evidence;
        const char* link;
    };
    const Row rows[]{
        {"boundary", "The gateway is the boundary", "partly",
            "The gateway holds the keys of 7 of 7 providers, and callers hold 23 live credentials; calls that go "
            "around "
            "the gateway cannot be seen from here.",
            "server"},
        {"aliases-pinned", "Aliases name pinned models", "partly",
            "9 of 11 candidates name a dated or numbered version of their model. Without one: gpt-5.6-luna, "
            "llama-4-70b.",
            "routes"},
        {"routing-readable", "Routing is read in twenty seconds", "met",
            "6 of 6 aliases state a purpose and an owner and have at most 8 steps; the longest has 5.", "routes"},
        {"fallback-latency", "Fallback chains fit their latency budgets", "partly",
            "Of 6 aliases, 6 have a fallback step that can serve and 4 a latency budget that the chain is fitted into.",
            "routes"},
        {"zones", "Tenants have the zone of their contract", "partly",
            "7 of 7 tenants have a zone, and for 5 it is the zone of their contract.", "zones"},
        {"cost-ceilings", "Aliases have cost ceilings", "partly",
            "3 of 6 aliases have a cost ceiling; 5 budgets are configured.", "routes"},
        {"unified-shape", "One shape for every provider", "partly",
            "Of 352 pairs of a feature and a caller's dialect, 291 are carried whole, 44 in another form and 17 are "
            "not "
            "routed.",
            "routes"},
        {"quota-plane", "Callers have quotas", "met",
            "7 of 7 tenants have a quota, and 5 of 7 providers a stated limit.", "budgets"},
        {"credential-isolation", "Credentials are narrow and end", "partly",
            "Of 23 live credentials, each of one tenant, 21 name their aliases and 12 have an end.", "server"},
        {"cost-attribution", "Cost is attributed", "partly",
            "Each of the 188412 calls of the last 24 hours has a tenant by its credential; 41 have no known price.",
            "budgets"},
        {"cache-eligibility", "Caching is decided per alias", "not_met",
            "Semantic caching is decided, with a reason and an owner, for 0 of 6 aliases. Undecided, and therefore "
            "off: "
            "fast-summariser, contract-qa, nightly-tags and 3 more.",
            "routes"},
        {"audit-completeness", "The record is complete", "met",
            "An answer is given after its record is on disk, the record is ok, and 0 of 188412 calls in 24 hours ended "
            "in a way nobody knows.",
            "traffic"},
        {"provider-dashboard", "Each provider is watched", "partly",
            "Each provider has its own figures; 6 of 7 had attempts in the last hour.", "providers"},
        {"load-failure-test", "Load and failure are tested", "unknown",
            "3 drills are kept here; a load test is held outside and is not recorded by this engine.", "providers"},
        {"dated-drill", "A drill was held lately", "met", "The last drill was on mistral (pass) on 2026-11-22, today.",
            "providers"},
        {"config-canary", "Config has a canary and a rollback", "unknown",
            "Revision 218 is in force; this engine has no drafts, canary or rollback yet.", "server"},
        {"slos-runbooks", "Objectives and runbooks", "not_met",
            "Of 3 standing invariants 2 hold, and broken are 1; runbooks are not recorded by this engine.", "limits"},
        {"drift-review", "Drift is reviewed weekly", "unknown",
            "This engine does not measure drift yet, so there is nothing to review.", ""},
        {"deprecations", "Deprecations and zones are reviewed", "unknown",
            "The price book knows a retirement date for 4 of 11 candidates, the nearest on 2027-02-01. A sign-off of "
            "the "
            "quarterly zone audit is not recorded here.",
            "zones"},
        {"postmortems", "Incidents have postmortems", "unknown",
            "2 incidents are known here, 1 open; postmortems are not recorded by this engine.", "incidents"},
    };
    QVector<ChecklistItem> items;
    for (const Row& row : rows) {
        items.append({QString::fromLatin1(row.id), int(items.size()) + 1, QString::fromLatin1(row.title),
            QString::fromLatin1(isEmpty ? "unknown" : row.state),
            isEmpty ? QStringLiteral("Nothing was measured yet.") : QString::fromLatin1(row.evidence),
            QString::fromLatin1(row.link), Story::now()});
    }
    return items;
}

} // namespace ui::testing
