// content: what is kept of prompts and answers, and break-glass, the only way to read it. And how old records may be.
#include "api/content_client.h" // before walk.h, whose templates look for its toJson

#include "table.h"
#include "walk.h"

namespace ctl {

using namespace gateway;

namespace {

struct Asked
{
    std::string id; // of a grant or a call
    std::string tenant;
    std::string call;
    std::string since;
    std::string until;
    int hours = 1;
};

QString scopeText(const api::ContentGrant& grant)
{
    return grant.call.isEmpty() ? QStringLiteral("%1 to %2").arg(timeText(grant.since), timeText(grant.until))
                                : grant.call;
}

void printGrants(const QVector<api::ContentGrant>& grants)
{
    using enum Table::Align;
    Table table({{"ID"}, {"STATE"}, {"TENANT"}, {"WHAT"}, {"HOURS", Right}, {"ASKED BY"}, {"ASKED"}, {"APPROVED BY"},
        {"UNTIL"}, {"READS", Right}, {"REASON"}});
    for (const api::ContentGrant& grant : grants) {
        table.add({grant.id, grant.state, grant.tenant, scopeText(grant), QString::number(grant.hours), grant.askedBy,
            timeText(grant.askedAt), grant.approvedBy, timeText(grant.endedAt ? grant.endedAt : grant.expiresAt),
            QString::number(grant.reads), grant.reason});
    }
    table.print();
}

void tellGrant(const api::ContentGrant& grant)
{
    printLine(grant.id);
    if (grant.state == QLatin1String("asked"))
        say(QStringLiteral("Another person must approve it within %1 h: signalboxctl content approve %2")
                .arg(api::ContentGrant::kHoursToApprove)
                .arg(grant.id));
    else if (grant.state == QLatin1String("in-force"))
        say(QStringLiteral("%1 may read %2 of %3 until %4.")
                .arg(plain(grant.askedBy), scopeText(grant), plain(grant.tenant), timeText(grant.expiresAt)));
    else
        say(QStringLiteral("It is %1.").arg(grant.state));
}

void printStatus(const api::ContentStatus& status)
{
    using enum Table::Align;
    Table table(
        {{"TENANT"}, {"RETAIN"}, {"TTL", Right}, {"SAMPLE %", Right}, {"CALLS", Right}, {"BYTES", Right}, {"OLDEST"}});
    for (const api::TenantContent& row : status.tenants) {
        table.add({row.tenant, row.retain, QStringLiteral("%1 h").arg(row.ttlSeconds / 3600),
            row.samplePercent == 0 ? QString() : QString::number(row.samplePercent), QString::number(row.items),
            bytesText(row.bytes), timeText(row.oldest)});
    }
    table.print();
    say(status.sentence);
    if (status.dropped > 0)
        say(QStringLiteral("The content of %1 calls was not kept: keeping was behind.").arg(status.dropped));
}

void printContent(const api::KeptContent& content)
{
    say(QStringLiteral("Kept %1, until %2; read under %3%4.")
            .arg(timeText(content.keptAt), timeText(content.expiresAt), content.grant,
                content.encoding == QLatin1String("base64") ? QStringLiteral("; in base64") : QString()));
    printLine(content.request);
    say(content.requestCut ? QStringLiteral("(the request was longer)") : QString());
    printLine(content.answer);
    say(content.answerCut ? QStringLiteral("(the answer was longer, or broke off)") : QString());
}

void runAsk(Context context, const Asked& asked, const Change& change)
{
    api::ContentGrantRequest request;
    request.tenant = QString::fromStdString(asked.tenant);
    request.call = QString::fromStdString(asked.call);
    request.hours = asked.hours;
    const auto since = pastFrom(asked.since, QStringLiteral("--since"));
    const auto until = pastFrom(asked.until, QStringLiteral("--until"));
    if (!since || !until) {
        context.result = fail(since ? until.error() : since.error());
        return;
    }
    request.since = *since;
    request.until = *until;
    if (request.since && !request.until)
        request.until = QDateTime::currentDateTimeUtc();
    runChange(
        context, change, QStringLiteral("asked to read content"), Look::InDryRun, &noPlan,
        [&](const api::GatewayClient& client, const QString& reason) {
            return api::ContentClient(client).ask(request, reason);
        },
        &tellGrant);
}

api::Result<Plan> grantPlan(const api::GatewayClient& client, const QString& id)
{
    return planFrom(
        await(api::ContentClient(client).grants()), [&id](const auto& grant) { return grant.id == id; },
        QStringLiteral("There is no grant %1.").arg(id), QStringLiteral("The grant %1.").arg(id));
}

CLI::App* addGrant(CLI::App& noun, const char* verb, const char* text, const char* example, std::string& id)
{
    auto* command = addCommand(noun, verb, text, example);
    command->add_option("id", id, "The grant, as `content grants` shows it")->required()->type_name("GRANT");
    return command;
}

void addAsk(CLI::App& noun, Context context, const std::shared_ptr<Asked>& asked)
{
    auto* ask = addCommand(noun, "ask", "Ask to read content; another person approves it",
        "signalboxctl content ask --tenant acme --call 0f3a --hours 2 --reason 'ticket 4711'");
    ask->add_option("--tenant", asked->tenant, "Whose content")->required()->type_name("TENANT");
    ask->add_option("--call", asked->call, "Of this call alone")->type_name("CALL");
    ask->add_option("--since", asked->since, "Of calls from then on: a duration ago (2h, 7d) or an RFC 3339 time")
        ->type_name("TIME");
    ask->add_option("--until", asked->until, "The same, for the end; now without it")->type_name("TIME");
    ask->add_option("--hours", asked->hours, "How long from the approval; 1 without it")
        ->check(CLI::Range(1, int(api::ContentGrant::kMostHours)))
        ->type_name("N");
    const auto change = addReason(*ask);
    ask->callback([context, asked, change] { runAsk(context, *asked, *change); });
}

void addShred(CLI::App& noun, Context context, const std::shared_ptr<Asked>& asked)
{
    auto* shred = addCommand(noun, "shred", "Delete all that is kept of a tenant, and the keys to it",
        "signalboxctl content shred acme --reason 'contract ended'");
    shred->add_option("tenant", asked->tenant, "Whose content")->required()->type_name("TENANT");
    const auto change = addReason(*shred);
    shred->callback([context, asked, change] {
        const QString tenant = QString::fromStdString(asked->tenant);
        runChange(
            context, *change, QStringLiteral("shredded"), Look::Always,
            [&](const api::GatewayClient&) -> api::Result<Plan> {
                return Plan{{}, {}, QStringLiteral("What is kept of %1 can never be read again.").arg(tenant), tenant};
            },
            [&](const api::GatewayClient& client, const QString& reason) {
                return api::ContentClient(client).shred(tenant, reason);
            },
            &printStatus);
    });
}

} // namespace

void addContent(CLI::App& app, Context context)
{
    auto* noun = addNoun(app, "content", "Kept prompts and answers, and who may read them");
    addCommand(*noun, "status", "What is kept of whom", "signalboxctl content status --json")->callback([context] {
        runOne(
            context, [](const api::GatewayClient& client) { return api::ContentClient(client).status(); },
            &printStatus);
    });
    addCommand(*noun, "grants", "Who asked to read, who approved, until when", "signalboxctl content grants")
        ->callback([context] {
            runList(
                context, [](const api::GatewayClient& client) { return api::ContentClient(client).grants(); },
                &printGrants);
        });
    const auto asked = std::make_shared<Asked>();
    addAsk(*noun, context, asked);

    auto* approve = addGrant(*noun, "approve", "Approve what another person asked for",
        "signalboxctl content approve cgr_7f3a --reason 'agreed with the customer'", asked->id);
    const auto approval = addReason(*approve);
    approve->callback([context, asked, approval] {
        const QString id = QString::fromStdString(asked->id);
        runChange(
            context, *approval, QStringLiteral("approved"), Look::InDryRun,
            [&](const api::GatewayClient& client) { return grantPlan(client, id); },
            [&](const api::GatewayClient& client, const QString& reason) {
                return api::ContentClient(client).approve(id, reason);
            },
            &tellGrant);
    });

    auto* end = addGrant(
        *noun, "end", "End a grant before its time", "signalboxctl content end cgr_7f3a --reason done", asked->id);
    const auto ending = addReason(*end);
    end->callback([context, asked, ending] {
        const QString id = QString::fromStdString(asked->id);
        runChange(
            context, *ending, QStringLiteral("ended"), Look::InDryRun,
            [&](const api::GatewayClient& client) { return grantPlan(client, id); },
            [&](const api::GatewayClient& client, const QString& reason) {
                return api::ContentClient(client).end(id, reason);
            },
            &tellGrant);
    });

    auto* show = addCommand(
        *noun, "show", "Read the content of a call, under a grant in force", "signalboxctl content show 0f3a");
    show->add_option("call", asked->call, "The call's id")->required()->type_name("CALL");
    show->callback([context, asked] {
        runOne(
            context,
            [&](const api::GatewayClient& client) {
                return api::ContentClient(client).read(QString::fromStdString(asked->call));
            },
            &printContent);
    });
    addShred(*noun, context, asked);
    addCommand(*noun, "records", "How old records may become, and what was removed", "signalboxctl content records")
        ->callback([context] {
            runOne(
                context, [](const api::GatewayClient& client) { return api::ContentClient(client).recordRetention(); },
                [](const api::RecordRetention& retention) {
                    printFacts({{QStringLiteral("oldest"), timeText(retention.oldest)},
                        {QStringLiteral("removed until"), timeText(retention.removeUntil)},
                        {QStringLiteral("last removal"), timeText(retention.lastPurge)},
                        {QStringLiteral("removed"), QString::number(retention.removed)},
                        {QStringLiteral("what"), retention.sentence}});
                });
        });
}

} // namespace ctl
