#include "story_governance.h"

#include "story.h"

#include "api/gateway_client.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <memory>

namespace ui::testing {

using namespace gateway::api;

namespace {

TenantProof proofOf(const char* tenant, const char* zone, const char* verdict, const char* sentence, qint64 paths)
{
    TenantProof proof;
    proof.tenant = QString::fromLatin1(tenant);
    proof.configuredZone = proof.effectiveZone = QString::fromLatin1(zone);
    proof.verdict = QString::fromLatin1(verdict);
    proof.sentence = QString::fromLatin1(sentence);
    proof.paths = paths;
    return proof;
}

AuditedTenant audited(const char* tenant, const char* proof, const char* check, const char* deviation = "")
{
    AuditedTenant one;
    one.tenant = QString::fromLatin1(tenant);
    one.proof = QString::fromLatin1(proof);
    one.check = QString::fromLatin1(check);
    one.deviation = QString::fromLatin1(deviation);
    return one;
}

QDateTime at(int year, int month, int day, int hour = 0, int minute = 0, int second = 0)
{
    return QDateTime(QDate(year, month, day), QTime(hour, minute, second), Qt::UTC);
}

struct Done
{
    int minutesAgo;
    const char* who;
    const char* role;
    const char* action;
    const char* object;
    const char* outcome;
    int status;
    const char* reason;
    const char* message;
    const char* asked;
    const char* before;
    const char* after;
};

QJsonObject jsonOf(const char* text)
{
    return *text ? QJsonDocument::fromJson(QByteArray(text)).object() : QJsonObject();
}

constexpr Done kDone[]{
    {1, "s.lind", "operator", "POST /api/v1/providers/{name}/drain", "groq-eu", "applied", 200,
        "answers cut off since 02:58, ticket INC-88", "", R"({"duration_s": 3600})",
        R"({"state": "serving", "weight": 20})",
        R"({"state": "drained", "until": "2026-11-22T04:21:24Z", "weight": 20})"},
    {4, "m.okafor", "developer", "POST /api/v1/config/promote", "", "refused", 403, "contract-qa gets a ceiling",
        "m.okafor has the role developer, which does not allow this.", R"({"draft": "d7"})", "", ""},
    {9, "a.rossi", "auditor", "GET /api/v1/zones/proof", "", "read", 200, "", "", "", "", ""},
    {12, "a.rossi", "auditor", "POST /api/v1/audit/verify", "", "read", 200, "", "", "", "", ""},
    {24, "s.lind", "operator", "POST /api/v1/config/canary", "", "applied", 201, "5 % of keys, watched by s.lind", "",
        R"({"draft": "d7", "percent": 5})", "",
        R"({"draft": "d7", "percent": 5, "revision": 219, "state": "running"})"},
    {77, "s.lind", "operator", "POST /api/v1/config/drafts/{id}/review", "d7", "applied", 200,
        "ceiling agreed with finops", "", "", R"({"state": "validated"})",
        R"({"reviewer": "s.lind", "state": "reviewed"})"},
    {122, "m.okafor", "developer", "POST /api/v1/config/drafts", "", "applied", 201, "PLAT-2291", "",
        R"({"base": 218, "title": "contract-qa: add bedrock-eu"})", "",
        R"({"base": 218, "id": "d7", "title": "contract-qa: add bedrock-eu"})"},
    {190, "r.haas", "admin", "POST /api/v1/budgets/{id}/raise", "b_acme", "applied", 200,
        "launch week, agreed by sales", "", R"({"limit": "14000"})", R"({"limit": "12000", "until": null})",
        R"({"limit": "14000", "until": "2026-11-30T23:59:59Z"})"},
    {300, "ci-deploy", "operator", "POST /api/v1/providers/{name}/probe", "ollama", "failed", 502, "nightly check",
        "ollama does not accept connections on localhost:11434.", "", "", ""},
    {420, "r.haas", "admin", "POST /api/v1/credentials/{id}/revoke", "key_nightly_2", "applied", 200,
        "found in a public repository", "", "", R"({"state": "live"})", R"({"state": "revoked"})"},
    {600, "ci-deploy", "operator", "POST /api/v1/failovers", "", "unknown", 0, "weekly drill", "",
        R"({"kind": "drill", "provider": "mistral"})", "", ""},
};

} // namespace

ZoneProof storyProof(bool isEmpty)
{
    ZoneProof proof;
    proof.asOf = Story::now();
    proof.revision = 218;
    proof.canary = isEmpty ? 0 : 219;
    proof.verdict = QStringLiteral("UNZONED");
    proof.sentence = QStringLiteral("The config has no zones: every call may go to every provider of its alias.");
    if (isEmpty)
        return proof;
    proof.verdict = QStringLiteral("VIOLATION");
    proof.sentence = QStringLiteral("mondo-retail can be led outside what was promised.");
    proof.tenants = {
        proofOf("acme", "eu-only", "PROVED", "6 endpoints on 84 paths, all inside eu-only and contract MSA-17.", 84),
        proofOf(
            "nordbank", "eu-only", "PROVED", "4 endpoints on 61 paths, all inside eu-only and contract MSA-22.", 61),
        proofOf("mondo-retail", "eu-only", "VIOLATION", "2 paths of 91 lead outside what was promised.", 91),
        proofOf("kestrel", "world", "VIOLATION", "1 path of 44 leads outside what was promised.", 44),
        proofOf("orbital-labs", "us-ok", "PROVED", "9 endpoints on 102 paths, all inside us-ok.", 102),
        proofOf(
            "helix-bank", "eu-only", "PROVED", "4 endpoints on 61 paths, all inside eu-only and contract MSA-38.", 61),
        proofOf("brightline", "", "REFUSED", "brightline has no zone, so none of its calls is served.", 0),
    };
    proof.tenants[2].violations = 2;
    proof.tenants[2].counterexamples = {{QStringLiteral("contract-qa"), QStringLiteral("canary fallback other-region"),
        QStringLiteral("eu-only"), QStringLiteral("openai-eu/gpt-6-luna-2026-09-01@us-east-1"),
        QStringLiteral("us-east-1 lies outside contract MSA-52"),
        QStringLiteral("mondo-retail -> alias contract-qa -> canary r219 -> fallback other-region -> "
                       "openai-eu/gpt-6-luna-2026-09-01@us-east-1: region us-east-1 lies outside eu-only (contract "
                       "MSA-52).")}};
    proof.tenants[3].violations = 1;
    proof.tenants[3].counterexamples = {{{}, QStringLiteral("contract"), QStringLiteral("world"), {}, {},
        QStringLiteral("kestrel -> zone world: world allows every region, contract MSA-40 (eu-only) does not")}};
    return proof;
}

QVector<ZoneAudit> storyAudits(bool isEmpty)
{
    ZoneAudit running;
    running.quarter = QStringLiteral("2026-Q4");
    running.from = at(2026, 10, 1);
    running.dueAt = at(2026, 12, 31, 23, 59, 59);
    running.state = QStringLiteral("open");
    running.sentence = QStringLiteral("The zone audit of 2026-Q4 is due by 31 December 2026.");
    if (isEmpty)
        return {running};
    ZoneAudit late = running;
    late.quarter = QStringLiteral("2026-Q3");
    late.from = at(2026, 7, 1);
    late.dueAt = at(2026, 9, 30, 23, 59, 59);
    late.state = QStringLiteral("overdue");
    late.sentence = QStringLiteral("The zone audit of 2026-Q3 was due by 30 September 2026 and is not signed.");
    ZoneAudit done = late;
    done.quarter = QStringLiteral("2026-Q2");
    done.from = at(2026, 4, 1);
    done.dueAt = at(2026, 6, 30, 23, 59, 59);
    done.state = QStringLiteral("signed");
    done.signedBy = QStringLiteral("a.rossi");
    done.signedAt = at(2026, 6, 24, 14, 5);
    done.comment = QStringLiteral("all contracts read");
    done.revision = 171;
    done.tenants = {audited("acme", "PROVED", "PASS"), audited("nordbank", "PROVED", "PASS"),
        audited("mondo-retail", "PROVED", "PASS"),
        audited("kestrel", "VIOLATION", "PASS", "the contract says eu-only and the config world"),
        audited("helix-bank", "PROVED", "NO_DATA"), audited("brightline", "PROVED", "PASS")};
    return {running, late, done};
}

ChainStanding storyChain(bool isEmpty)
{
    ChainStanding chain;
    chain.engine = QStringLiteral("prod-eu-1");
    chain.key = QStringLiteral("ed25519:9c1e 40b7 a2f0 6d18 55c3 7b9a 01ee d4f2");
    chain.anchor = QStringLiteral("/var/log/signalbox/heads.jsonl");
    chain.anchorIsOutside = true;
    chain.anchorState = QStringLiteral("ok");
    if (isEmpty) {
        chain.size = 1;
        return chain;
    }
    chain.size = 241'907'220;
    chain.head = ChainHead{90'311, 241'907'184,
        QStringLiteral("7f31c09a55d8e2b1647f0a93bb21cc5e0d9f4a7712e6b8c3f05a91d2e4c7608b"), Story::now().addSecs(-41)};
    ChainVerification last;
    last.verdict = QStringLiteral("PASS");
    last.sentence = QStringLiteral("Every entry, row and head is as it was written, and as the anchor has it.");
    last.startedAt = Story::now().addSecs(-12 * 60 - 96);
    last.endedAt = Story::now().addSecs(-12 * 60);
    last.entries = 241'906'003;
    last.rows = 1'204'377;
    last.heads = last.anchored = 90'299;
    last.key = chain.key;
    last.anchor = chain.anchor;
    chain.last = last;
    return chain;
}

ChainStanding storyBrokenChain()
{
    ChainStanding chain = storyChain(false);
    chain.anchorState = QStringLiteral("failing");
    chain.anchorDetail = QStringLiteral("/var/log/signalbox/heads.jsonl: no space left on the device");
    chain.anchorIsOutside = true;
    chain.unsealed = 40'112;
    chain.last->verdict = QStringLiteral("FAIL");
    chain.last->sentence =
        QStringLiteral("2 things are not as the log says: a call was changed after it was recorded.");
    chain.last->findingCount = 2;
    chain.last->anchored = 90'180;
    chain.last->findings = {
        {QStringLiteral("changed"), QStringLiteral("calls"), 188'412'007,
            QStringLiteral("req_01kd4qv3m8w2x5y7z9abcdefgh"),
            QStringLiteral("The row of call req_01kd4qv3m8w2x5y7z9abcdefgh is another than the one its entry was made "
                           "of.")},
        {QStringLiteral("missing"), QStringLiteral("admin_audit"), 188'412'090, QStringLiteral("4207"),
            QStringLiteral("Entry 188412090 names row 4207 of admin_audit, which is not there.")}};
    return chain;
}

QVector<AuditEntry> storyAudit()
{
    QVector<AuditEntry> entries;
    qint64 sequence = 4'218;
    for (const Done& one : kDone) {
        AuditEntry entry;
        entry.sequence = sequence--;
        entry.at = Story::now().addSecs(-60 * one.minutesAgo);
        entry.principal = QString::fromLatin1(one.who);
        entry.role = QString::fromLatin1(one.role);
        entry.by =
            entry.principal == QLatin1String("ci-deploy") ? QStringLiteral("token") : QStringLiteral("certificate");
        entry.client =
            entry.by == QLatin1String("token") ? QStringLiteral("signalboxctl 0.1.0") : QStringLiteral("console 0.1.0");
        entry.peer = QStringLiteral("10.4.11.%1").arg(sequence % 200);
        entry.action = QString::fromLatin1(one.action);
        entry.object = QString::fromLatin1(one.object);
        entry.reason = QString::fromLatin1(one.reason);
        entry.operation = entry.reason.isEmpty() ? QString() : QStringLiteral("op-5d2c-%1").arg(entry.sequence);
        entry.revision = 218;
        entry.outcome = QString::fromLatin1(one.outcome);
        entry.status = one.status;
        entry.message = QString::fromLatin1(one.message);
        entry.asked = jsonOf(one.asked);
        entry.before = jsonOf(one.before);
        entry.after = jsonOf(one.after);
        entries.append(entry);
    }
    return entries;
}

namespace {

QJsonObject itemsOf(const QVector<ZoneAudit>& audits)
{
    QJsonArray array;
    for (const ZoneAudit& audit : audits)
        array.append(toJson(audit));
    return {{QStringLiteral("items"), array}};
}

AdminReply auditReply(const AdminRequest& request, bool isEmpty)
{
    const Result<AuditQuery> query = auditQueryFromQuery(request.query);
    AuditPage page;
    if (!isEmpty && query) {
        for (const AuditEntry& entry : storyAudit()) {
            if ((!query->outcome.isEmpty() && entry.outcome != query->outcome) ||
                (!query->principal.isEmpty() && entry.principal != query->principal) ||
                (!query->object.isEmpty() && entry.object != query->object) || !entry.action.contains(query->action))
                continue;
            ++page.total;
            if (query->before == 0 || entry.sequence < query->before)
                page.entries.append(entry);
        }
    }
    return {200, toJson(page)};
}

} // namespace

void tellGovernance(FakeTransport& transport, bool isEmpty)
{
    transport.setReply(QStringLiteral("/api/v1/zones/proof"), toJson(storyProof(isEmpty)));
    auto audits = std::make_shared<QVector<ZoneAudit>>(storyAudits(isEmpty));
    transport.setHandler(QStringLiteral("/api/v1/zones/audits"), [audits](const AdminRequest&) {
        return AdminReply{200, itemsOf(*audits)};
    });
    transport.setHandler(QStringLiteral("POST /api/v1/zones/audits"), [audits](const AdminRequest& request) {
        const Result<AuditSignature> signature = auditSignatureFromJson(request.body);
        for (ZoneAudit& audit : *audits) {
            if (!signature || audit.quarter != signature->quarter)
                continue;
            audit.state = QStringLiteral("signed");
            audit.signedBy = QStringLiteral("a.rossi");
            audit.signedAt = Story::now();
            audit.comment = signature->comment;
            audit.tenants = {audited("acme", "PROVED", "PASS")};
            return AdminReply{201, toJson(audit)};
        }
        return AdminReply{404, {}};
    });
    transport.setReply(QStringLiteral("/api/v1/audit/chain"), toJson(storyChain(isEmpty)));
    transport.setReply(QStringLiteral("POST /api/v1/audit/verify"), toJson(*storyChain(false).last));
    transport.setHandler(QStringLiteral("/api/v1/audit"),
        [isEmpty](const AdminRequest& request) { return auditReply(request, isEmpty); });
}

} // namespace ui::testing
