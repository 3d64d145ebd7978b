#include "story_config.h"

#include "story.h"

#include <QJsonArray>

#include <algorithm>

namespace ui::testing {

using namespace gateway::api;

namespace {

QDateTime at(int day, int hour, int minute)
{
    return QDateTime(QDate(2026, 11, day), QTime(hour, minute), Qt::UTC);
}

QString text(const char* utf8)
{
    return QString::fromUtf8(utf8);
}

Money usd(const char* decimal)
{
    return Money::fromDecimal(QString::fromLatin1(decimal)).value();
}

template <typename T>
QJsonObject items(const QVector<T>& values)
{
    QJsonArray array;
    for (const T& value : values)
        array.append(toJson(value));
    return {{QStringLiteral("items"), array}};
}

const char* const kHead = "# prod-eu, kept by platform\n"
                          "gateway:\n"
                          "  listen: 0.0.0.0:8080\n"
                          "providers:\n"
                          "  openai-eu:\n"
                          "    kind: openai\n"
                          "    key: env:OPENAI_EU_KEY\n"
                          "    region: westeurope\n"
                          "    retention: zero\n"
                          "  azure-eu:\n"
                          "    kind: azure-openai\n"
                          "    key: env:AZURE_EU_KEY\n"
                          "    region: swedencentral\n"
                          "    retention: zero\n";
const char* const kBedrock = "  bedrock-eu:\n"
                             "    kind: bedrock\n"
                             "    key: env:BEDROCK_EU_KEY\n"
                             "    region: eu-central-1\n"
                             "    retention: zero\n";
const char* const kMiddle = "zones:\n"
                            "  eu-only: {regions: [westeurope, swedencentral, eu-central-1], retention: zero}\n"
                            "tenants:\n"
                            "  atlas-legal: {zone: eu-only, contract: {reference: MSA-35, zone: eu-only}}\n"
                            "  acme: {zone: eu-only, contract: {reference: MSA-17, zone: eu-only}}\n"
                            "  nordbank: {zone: eu-only, contract: {reference: MSA-22, zone: eu-only}}\n"
                            "aliases:\n"
                            "  contract-qa:\n"
                            "    purpose: answers from one contract\n"
                            "    owner: legal-tech\n"
                            "    candidates:\n";
const char* const kOld = "      - {provider: azure-eu, model: gpt-6-luna, weight: 80}\n"
                         "      - {provider: openai-eu, model: gpt-6-luna, weight: 20}\n"
                         "    fallbacks:\n"
                         "      - {kind: smaller-model, provider: azure-eu, model: gpt-5.4-nano}\n"
                         "    cost_ceiling_usd: \"0.050\"\n";
const char* const kNew = "      - {provider: azure-eu, model: gpt-6-luna, weight: 60}\n"
                         "      - {provider: openai-eu, model: gpt-6-luna, weight: 20}\n"
                         "      - {provider: bedrock-eu, model: claude-haiku-4-5, weight: 20}\n"
                         "    fallbacks:\n"
                         "      - {kind: other-provider, provider: bedrock-eu, model: claude-haiku-4-5}\n"
                         "    cost_ceiling_usd: \"0.060\"\n";
const char* const kTail = "budgets:\n"
                          "  - {id: b_acme, tenant: acme, period: month, limit_usd: \"12000\", at_limit: degrade}\n"
                          "audit:\n"
                          "  retention: 400d\n"
                          "  acknowledge: committed\n";

QString oldText()
{
    return text(kHead) + text(kMiddle) + text(kOld) + text(kTail);
}

QString newText()
{
    return text(kHead) + text(kBedrock) + text(kMiddle) + text(kNew) + text(kTail);
}

DiffSentence sentence(const char* group, const char* words, const char* before, const char* after, int line,
    int lineBefore, int risk, bool loosens = false)
{
    DiffSentence one;
    one.group = text(group);
    one.kind = QStringLiteral("changed");
    one.text = text(words);
    one.before = text(before);
    one.after = text(after);
    one.line = line;
    one.lineBefore = lineBefore;
    one.risk = risk;
    one.loosens = loosens;
    return one;
}

Finding finding(Finding::Severity severity, int line, const char* field, const char* message, const char* suggestion)
{
    Finding one;
    one.severity = severity;
    one.rule = QStringLiteral("dangling");
    one.line = line;
    one.column = 7;
    one.field = text(field);
    one.message = text(message);
    one.suggestion = text(suggestion);
    return one;
}

CanaryGuard guard(const char* name, const char* unit, double control, double canary, double rise, double low,
    double high, double tolerated, CanaryVerdict verdict)
{
    CanaryGuard one;
    one.name = text(name);
    one.unit = text(unit);
    one.control = control;
    one.canary = canary;
    one.rise = rise;
    one.low = low;
    one.high = high;
    one.tolerated = tolerated;
    one.controlCalls = 8'241;
    one.canaryCalls = 412;
    one.verdict = verdict;
    return one;
}

} // namespace

ConfigStanding storyStanding()
{
    ConfigStanding standing;
    standing.revision = 218;
    standing.hash = QStringLiteral("7f31c09ab2d4e6f8");
    standing.source = QStringLiteral("store");
    standing.file = QStringLiteral("/etc/signalbox/signalbox.yaml");
    standing.fileHash = QStringLiteral("40b79c1e");
    standing.fileState = QStringLiteral("changed");
    standing.fileSentence =
        QStringLiteral("/etc/signalbox/signalbox.yaml was changed after it was last taken; a signal would take it.");
    standing.drifts = true;
    standing.drift.from = QStringLiteral("revision 218");
    standing.drift.to = QStringLiteral("the file");
    standing.drift.changes = 2;
    standing.previous = 217;
    standing.toReview = {216};
    standing.reviewRequired = true;
    return standing;
}

QVector<Draft> storyDrafts()
{
    Draft one;
    one.id = QStringLiteral("d7");
    one.base = 218;
    one.version = 4;
    one.state = QStringLiteral("canary");
    one.author = QStringLiteral("m.okafor");
    one.editors = {QStringLiteral("m.okafor"), QStringLiteral("r.haas")};
    one.note = QStringLiteral("contract-qa: add bedrock-eu, retire azure-eu nano; ticket PLAT-2291");
    one.createdAt = at(22, 1, 4);
    one.updatedAt = at(22, 1, 20);
    one.hash = QStringLiteral("9c1e40b7a2f06d18");
    one.text = newText();
    one.revision = 219;
    ConfigReview early;
    early.by = QStringLiteral("p.novak");
    early.at = at(22, 1, 12);
    early.approves = false;
    early.note = QStringLiteral("the ceiling is missing");
    ConfigReview good;
    good.by = QStringLiteral("s.lind");
    good.at = at(22, 2, 5);
    good.note = QStringLiteral("ceiling agreed with finops");
    good.holds = true;
    good.hash = one.hash;
    one.reviews = {early, good};
    one.canary = {QStringLiteral("running"), 5, 412, 8'241, {}, {}};
    one.findings.hash = one.hash;
    one.findings.compiles = true;
    one.findings.warnings = 1;
    one.findings.items = {finding(Finding::Severity::Warn, 37, "aliases.contract-qa.candidates[2]",
        "The price book has no dated price for bedrock-eu/claude-haiku-4-5.",
        "Calls of it count against budgets with its upper bound.")};

    Draft two;
    two.id = QStringLiteral("d8");
    two.base = 217;
    two.isBehind = true;
    two.version = 1;
    two.state = QStringLiteral("draft");
    two.author = QStringLiteral("p.novak");
    two.editors = {two.author};
    two.note = QStringLiteral("kestrel moves to its own zone");
    two.createdAt = two.updatedAt = at(21, 16, 40);
    two.hash = QStringLiteral("00b1ffd7");
    two.text = oldText().replace(QStringLiteral("acme: {zone: eu-only"), QStringLiteral("acme: {zone: eu-onyl"));
    two.findings.hash = two.hash;
    two.findings.blocks = 1;
    two.findings.items = {finding(
        Finding::Severity::Block, 20, "tenants.acme.zone", "There is no zone eu-onyl.", "Did you mean eu-only?")};

    Draft three;
    three.id = QStringLiteral("d5");
    three.base = 217;
    three.version = 2;
    three.state = QStringLiteral("promoted");
    three.revision = 218;
    three.author = QStringLiteral("s.lind");
    three.editors = {three.author};
    three.note = QStringLiteral("nordbank: quota for the quarter's end");
    three.createdAt = at(19, 9, 0);
    three.updatedAt = at(20, 10, 12);
    three.hash = QStringLiteral("7f31c09ab2d4e6f8");
    three.text = oldText();
    three.findings.hash = three.hash;
    three.findings.compiles = true;
    return {one, two, three};
}

QVector<Revision> storyRevisions()
{
    const auto revision = [](int number, const char* kind, const char* author, const char* approver, const char* reason,
                              QDateTime from, std::optional<QDateTime> until) {
        Revision one;
        one.number = number;
        one.hash = QStringLiteral("7f31c09ab2d4e6f8");
        one.kind = text(kind);
        one.author = text(author);
        one.editors = {one.author};
        one.approver = text(approver);
        one.by = text(*approver ? approver : author);
        one.reason = text(reason);
        one.createdAt = from;
        one.inForceFrom = from;
        one.inForceUntil = until;
        one.isInForce = !until;
        one.isOwnApproval = *approver == 0;
        return one;
    };
    Revision now = revision(218, "promote", "s.lind", "m.okafor", "nordbank needs more for the quarter's end",
        at(20, 10, 12), std::nullopt);
    now.draft = QStringLiteral("d5");
    now.text = oldText();
    now.canary = {
        QStringLiteral("pass"), 100, 3'812, 9'120, QStringLiteral("No guard was worse, n 3,812."), at(20, 10, 2)};
    Revision before = revision(217, "promote", "r.haas", "s.lind", "prices of November", at(16, 8, 30), at(20, 10, 12));
    before.canary = {QStringLiteral("insufficient_data"), 25, 61, 240, QStringLiteral("Too few calls."), at(16, 8, 20)};
    Revision emergency = revision(
        216, "emergency", "m.okafor", "", "azure-eu keys revoked by the provider", at(16, 3, 14), at(16, 8, 30));
    emergency.reviewDue = at(23, 23, 59);
    Revision back = revision(
        215, "promote", "p.novak", "r.haas", "all summaries to the smaller model", at(15, 9, 0), at(15, 9, 41));
    back.rolledBackAt = at(15, 9, 41);
    back.rolledBackBy = QStringLiteral("m.okafor");
    back.rolledBackReason = QStringLiteral("answers cut off");
    back.canary = {QStringLiteral("fail"), 5, 388, 7'901, QStringLiteral("Cut off: +9.2 points."), at(15, 8, 55)};
    Revision start = revision(214, "start", "", "", "", at(1, 6, 0), at(15, 9, 0));
    start.by.clear();
    start.reason = QStringLiteral("the file at the start");
    return {now, before, emergency, back, start};
}

DiffReport storyDifference()
{
    DiffReport report;
    report.from = QStringLiteral("r218");
    report.to = QStringLiteral("draft d7");
    report.trafficKnown = true;
    report.affected = {
        {QStringLiteral("atlas-legal"), QStringLiteral("eu-only"), 221'004, 2.6, {QStringLiteral("contract-qa")}},
        {QStringLiteral("acme"), QStringLiteral("eu-only"), 199'460, 2.3, {QStringLiteral("contract-qa")}},
        {QStringLiteral("nordbank"), QStringLiteral("eu-only"), 144'480, 1.7, {QStringLiteral("contract-qa")}}};
    report.groups = {
        {QStringLiteral("privacy"), QStringLiteral("Privacy and zones"),
            {sentence("privacy", "bedrock-eu can be reached by 3 tenants of zone eu-only; every path stays inside it",
                "2 endpoints", "3 endpoints", 15, 0, 3)}},
        {QStringLiteral("security"), QStringLiteral("Security"),
            {sentence("security", "The key of bedrock-eu is new", "", "changed, 40b7 9c1e", 17, 0, 2)}},
        {QStringLiteral("routing"), QStringLiteral("Routing"),
            {sentence("routing", "contract-qa has a new candidate bedrock-eu/claude-haiku-4-5", "", "20 % of calls", 37,
                 0, 2),
                sentence("routing", "contract-qa gives azure-eu/gpt-6-luna less", "80 % of calls", "60 % of calls", 35,
                    30, 2),
                sentence("routing", "The first fallback of contract-qa is of another kind", "smaller-model",
                    "other-provider", 39, 33, 2)}},
        {QStringLiteral("money"), QStringLiteral("Limits and money"),
            {sentence("money", "A call of contract-qa may cost more", "$0.050", "$0.060", 40, 34, 1)}}};
    report.changes = 6;
    report.cosmetic = 4;
    return report;
}

CanaryStatus storyCanary()
{
    CanaryStatus canary;
    canary.id = QStringLiteral("can_3");
    canary.phase = CanaryPhase::Running;
    canary.plan.draft = QStringLiteral("d7");
    canary.plan.steps = {1, 5, 25, 50, 100};
    canary.plan.stepSeconds = 600;
    canary.plan.leastCalls = 100;
    canary.plan.promotes = false;
    canary.baseRevision = 218;
    canary.revision = 219;
    canary.percent = 5;
    canary.steps = {{1, at(22, 2, 46), at(22, 2, 58), 2'118, 104, CanaryVerdict::InsufficientData},
        {5, at(22, 2, 58), std::nullopt, 6'123, 308, CanaryVerdict::InsufficientData}, {25, {}, {}, 0, 0, {}},
        {50, {}, {}, 0, 0, {}}, {100, {}, {}, 0, 0, {}}};
    canary.stepUntil = at(22, 3, 8);
    canary.control = {218, 8'241, 7'738, 470, 33, 12, 9, 41, 41, 1840, usd("0.0118"), 0, 0};
    canary.canary = {219, 412, 390, 20, 2, 1, 0, 3, 3, 1310, usd("0.0131"), 14, 0};
    canary.guards = {
        guard("errors", "share", 0.057, 0.049, -0.008, -0.041, 0.031, 0.02, CanaryVerdict::InsufficientData),
        guard("refusals", "share", 0.004, 0.005, 0.001, -0.012, 0.022, 0.02, CanaryVerdict::InsufficientData),
        guard("truncations", "share", 0.0015, 0.0024, 0.0009, -0.008, 0.012, 0.02, CanaryVerdict::Pass),
        guard("first_token", "ratio", 1840, 1310, -0.29, -0.38, -0.12, 0.25, CanaryVerdict::Pass),
        guard("cost", "ratio", 0.0118, 0.0131, 0.11, 0.02, 0.19, 0.25, CanaryVerdict::Pass),
        guard("zone", "attempts", 0, 0, 0, 0, 0, 0, CanaryVerdict::Pass)};
    canary.guards[4].unknown = 14;
    canary.guards[4].canaryCalls = 376;
    canary.verdict = CanaryVerdict::InsufficientData;
    canary.sentence =
        QStringLiteral("Neither shown to be worse nor shown not to be: errors and refusals rest on 412 calls "
                       "of 3 tenants against 8,241 of 41.");
    canary.falseRollback = 0.05;
    canary.falsePass = 0.05;
    canary.startedBy = QStringLiteral("s.lind");
    canary.reason = QStringLiteral("PLAT-2291");
    canary.startedAt = at(22, 2, 46);
    canary.entries = {{at(22, 2, 46), QStringLiteral("s.lind"), QStringLiteral("start"), QStringLiteral("PLAT-2291")},
        {at(22, 2, 58), QStringLiteral("signalbox"), QStringLiteral("step"),
            QStringLiteral("to 5 %: 12 min and 104 calls")}};
    canary.asOf = Story::now();
    return canary;
}

ReplayReport storyReplay()
{
    ReplayReport report;
    report.id = QStringLiteral("rp_8812");
    report.state = QStringLiteral("done");
    report.done = report.total = 188'412;
    report.by = QStringLiteral("m.okafor");
    report.startedAt = at(22, 2, 30);
    report.endedAt = at(22, 2, 31);
    report.against = QStringLiteral("draft d7");
    report.revision = 218;
    report.since = at(22, 1, 22);
    report.until = at(22, 2, 22);
    report.calls = report.sampled = 188'412;
    report.replayable = 184'455;
    report.gaps = {{QStringLiteral("not-recorded"), QStringLiteral("routed before inputs were kept"), 3'957}};
    report.effects = {{QStringLiteral("unchanged"), 0, 179'388}, {QStringLiteral("other-candidate"), 0, 4'743},
        {QStringLiteral("newly-allowed"), 0, 162}, {QStringLiteral("newly-refused"), 0, 12},
        {QStringLiteral("other-chain"), 0, 150}};
    report.changed = 5'067;
    report.listed = 5'067;
    report.candidates = {{QStringLiteral("azure-eu/gpt-6-luna@swedencentral"), 18'840, 14'121},
        {QStringLiteral("bedrock-eu/claude-haiku-4-5@eu-central-1"), 0, 4'731},
        {QStringLiteral("openai-eu/gpt-6-luna@westeurope"), 4'712, 4'874}};
    report.refusals = {{QStringLiteral("cost_ceiling"), 174, 12}, {QStringLiteral("no_candidate"), 0, 12}};
    report.cost.known = 184'120;
    report.cost.unknown = 335;
    report.cost.before = usd("211.40");
    report.cost.after = usd("220.52");
    report.cost.delta = usd("9.12");
    report.cost.low = usd("8.40");
    report.cost.high = usd("9.84");
    report.latency.known = 183'900;
    report.latency.unknown = 555;
    report.latency.p50BeforeMs = 610;
    report.latency.p50AfterMs = 612;
    report.latency.p95BeforeMs = 1'840;
    report.latency.p95AfterMs = 1'880;
    report.latency.meanDeltaMs = 4.1;
    report.latency.lowMs = 2.8;
    report.latency.highMs = 5.4;
    report.headroom = {{QStringLiteral("bedrock-eu"), QStringLiteral("requests"), 60, 0, 84, 0, 3, at(22, 1, 58)},
        {QStringLiteral("azure-eu"), QStringLiteral("requests"), 3'120, 402, 318, 0, 0, {}}};
    report.budgets = {{QStringLiteral("b_acme"), usd("12000"), usd("77.10"), usd("80.04"), {}}};
    report.assumedHealthy = 4'731;
    report.confidence = QStringLiteral("medium");
    report.coverage = {QStringLiteral("97.9 % of the calls of the period could be decided again."),
        QStringLiteral("Nothing is known of the health of bedrock-eu then; it is taken for healthy.")};
    report.sentence =
        QStringLiteral("5,067 of 184,455 calls would be decided otherwise: 4,743 by another candidate, 162 that "
                       "were refused would be answered, and 12 that were answered would be refused.");
    return report;
}

void tellConfig(FakeTransport& transport, bool isEmpty)
{
    ConfigStanding standing = storyStanding();
    QVector<Draft> drafts = storyDrafts();
    CanaryReport canaries;
    if (isEmpty) {
        standing.revision = 1;
        standing.previous = 0;
        standing.source = QStringLiteral("file");
        standing.fileState = QStringLiteral("in_force");
        standing.fileSentence = QStringLiteral("The file says what is in force.");
        standing.drifts = false;
        standing.toReview.clear();
        drafts.clear();
    } else {
        canaries.current = storyCanary();
    }
    transport.setReply(QStringLiteral("/api/v1/config/standing"), toJson(standing));
    QVector<Revision> revisions = isEmpty ? QVector<Revision>{storyRevisions().last()} : storyRevisions();
    if (isEmpty) {
        revisions[0].number = 1;
        revisions[0].isInForce = true;
        revisions[0].inForceUntil.reset();
    }
    for (const Revision& revision : revisions) {
        Revision whole = revision;
        whole.text = oldText();
        transport.setReply(QStringLiteral("/api/v1/config/revisions/%1").arg(revision.number), toJson(whole));
    }
    transport.setReply(QStringLiteral("/api/v1/config/revisions"), items(revisions));
    transport.setReply(QStringLiteral("/api/v1/config/drafts"), items(drafts));
    for (const Draft& draft : drafts)
        transport.setReply(QStringLiteral("/api/v1/config/drafts/") + draft.id, toJson(draft));
    // d8 is behind and nearly empty; what is typed changes one thing
    transport.setHandler(QStringLiteral("POST /api/v1/config/diff"), [](const AdminRequest& request) {
        DiffReport report = storyDifference();
        const QJsonObject to = request.body.value(QLatin1String("to")).toObject();
        if (to.value(QLatin1String("draft")).toString() == QLatin1String("d7"))
            return AdminReply{200, toJson(report)};
        report.groups = {report.groups.last()};
        report.changes = 1;
        report.cosmetic = 0;
        report.affected = {report.affected[1]};
        report.to = to.contains(QLatin1String("yaml")) ? QStringLiteral("the text given") : QStringLiteral("what runs");
        return AdminReply{200, toJson(report)};
    });
    transport.setHandler(QStringLiteral("POST /api/v1/config/findings"), [](const AdminRequest& request) {
        const QString yaml = request.body.value(QLatin1String("yaml")).toString();
        Findings findings = storyDrafts()[yaml.contains(QLatin1String("eu-onyl")) ? 1 : 0].findings;
        return AdminReply{200, toJson(findings)};
    });
    transport.setReply(QStringLiteral("/api/v1/config/canary"), toJson(canaries));
    transport.setReply(QStringLiteral("/api/v1/config/replay"),
        items(isEmpty ? QVector<ReplayReport>() : QVector<ReplayReport>{storyReplay()}));
    ReplayChangePage page;
    for (int i = 0; i < 12; ++i) {
        ReplayChange change;
        change.call = QStringLiteral("req_01kd4q%1").arg(i);
        change.startedAt = at(22, 2, i);
        change.tenant = i % 3 == 0 ? QStringLiteral("atlas-legal") : QStringLiteral("acme");
        change.alias = QStringLiteral("contract-qa");
        change.effect = i == 4 ? QStringLiteral("newly-refused") : QStringLiteral("other-candidate");
        change.before = QStringLiteral("azure-eu/gpt-6-luna");
        change.after = i == 4 ? QStringLiteral("no_candidate") : QStringLiteral("bedrock-eu/claude-haiku-4-5");
        change.reason = i == 4 ? QStringLiteral("no candidate takes images") : QStringLiteral("drawn by weight 20");
        change.costBefore = usd("0.0118");
        if (i != 4)
            change.costAfter = usd("0.0131");
        page.changes.append(change);
    }
    page.total = 5'067;
    page.next = QStringLiteral("12");
    transport.setReply(QStringLiteral("/api/v1/config/replay/rp_8812/changes"), toJson(page));
    // changes: the answer leaves the text out
    Draft saved = storyDrafts().first();
    saved.version = 5;
    saved.text.clear();
    for (const char* verb : {"save", "merge", "review", "abandon"})
        transport.setReply(QStringLiteral("POST /api/v1/config/drafts/d7/") + text(verb), toJson(saved));
    Promotion promotion;
    promotion.revision = storyRevisions().first();
    promotion.revision.number = 219;
    promotion.revision.restores = 217;
    promotion.replaced = 218;
    for (const char* path : {"promote", "rollback", "adopt"})
        transport.setReply(QStringLiteral("POST /api/v1/config/") + text(path), toJson(promotion));
    transport.setReply(QStringLiteral("POST /api/v1/config/canary/abort"), toJson(storyCanary()));
}

} // namespace ui::testing
