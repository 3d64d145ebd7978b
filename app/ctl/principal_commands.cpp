// whoami, principal and pair: who may use the admin API. A token or a pairing code is printed once, on standard output
// or into a file for its owner alone, and nowhere else.
#include "export_file.h"
#include "table.h"
#include "walk.h"

namespace ctl {

using namespace gateway;
using api::Failure;

namespace {

struct Wanted
{
    std::string name;
    std::string role = "viewer";
    std::string tenants;
    std::string note;
    std::string file;
    std::string holds = "10m";
};

QString tenantsText(const QStringList& tenants)
{
    return tenants.isEmpty() ? QStringLiteral("all") : tenants.join(QStringLiteral(", "));
}

void printWho(const api::WhoAmI& who)
{
    printFacts({{QStringLiteral("name"), who.name}, {QStringLiteral("role"), nameOf(who.role)},
        {QStringLiteral("tenants"), tenantsText(who.tenants)}, {QStringLiteral("by"), who.by},
        {QStringLiteral("expires"), timeText(who.expiresAt)}});
    printLine({});
    printLine(faint(QStringLiteral("MAY")));
    for (const QString& route : who.may)
        printLine(plain(route));
}

void printPrincipals(const QVector<api::PrincipalInfo>& principals)
{
    Table table({{"NAME"}, {"ROLE"}, {"TENANTS"}, {"SOURCE"}, {"CREATED"}, {"EXPIRES"}, {"REVOKED"}, {"LAST USED"},
        {"FROM"}, {"NOTE"}});
    for (const api::PrincipalInfo& principal : principals) {
        table.add({principal.name, nameOf(principal.role), tenantsText(principal.tenants), principal.source,
            timeText(principal.createdAt), timeText(principal.expiresAt), timeText(principal.revokedAt),
            timeText(principal.lastUsedAt), principal.lastPeer, principal.note});
    }
    table.print();
}

api::Result<api::PrincipalRequest> requestFrom(const Wanted& wanted, const Change& change)
{
    api::PrincipalRequest request;
    request.name = QString::fromStdString(wanted.name);
    request.role = api::roleFromName(QString::fromStdString(wanted.role)).value_or(api::Role::Viewer);
    request.tenants = listFrom(wanted.tenants);
    request.note = QString::fromStdString(wanted.note);
    const api::Result<Expiry> expiry = expiryFrom(change.expires);
    if (!expiry)
        return expiry.error();
    request.expiresAt =
        expiry->seconds ? std::optional(QDateTime::currentDateTimeUtc().addSecs(*expiry->seconds)) : expiry->at;
    return request;
}

// The file is opened before the token exists: a token that could not be written would be lost, and still be good.
int tellToken(const Options& options, ExportFile& file, const api::IssuedPrincipal& issued, const QString& sentence)
{
    if (file.isFile()) {
        for (const api::Outcome& step : {file.write(issued.token.toLatin1() + '\n'), file.commit()}) {
            if (!step)
                return fail(step.error());
        }
        say(sentence + QStringLiteral(" Its token is in the file and is not kept elsewhere."));
        return Ok;
    }
    if (options.json || options.jsonl) {
        printJsonLine(api::toJson(issued));
        return Ok;
    }
    printLine(issued.token);
    say(sentence + QStringLiteral(" The token is shown this once and is not kept."));
    return Ok;
}

void runIssue(Context context, const Wanted& wanted, const Change& change)
{
    const api::Result<api::PrincipalRequest> request = requestFrom(wanted, change);
    if (!request) {
        context.result = fail(request.error());
        return;
    }
    ExportFile file(QString::fromStdString(wanted.file));
    if (const api::Outcome opened = file.open(); !opened) {
        context.result = fail(opened.error());
        return;
    }
    runPlanned(
        context, change, QStringLiteral("issued"), Look::InDryRun, &noPlan,
        [&](const api::GatewayClient& client, const QString& reason) {
            return client.issuePrincipal(*request, reason);
        },
        [&](const api::IssuedPrincipal& issued) {
            return tellToken(context.session.options(), file, issued,
                QStringLiteral("Principal %1, %2.").arg(plain(issued.name), nameOf(request->role)));
        });
}

// Whoever ends or replaces the token he came with is locked out by it.
api::Result<Plan> planOfEnd(const api::GatewayClient& client, const QString& name, const QString& sentence)
{
    api::Result<Plan> plan = planFrom(
        await(client.principals()), [&](const api::PrincipalInfo& principal) { return principal.name == name; },
        QStringLiteral("There is no principal %1.").arg(name), sentence);
    const auto who = await(client.whoAmI());
    if (plan && who && who->name == name) {
        plan->wide = QStringLiteral("%1 is who you are here: the token you came with would end.").arg(name);
        plan->word = name;
    }
    return plan;
}

void runRotate(Context context, const Wanted& wanted, const Change& change)
{
    const QString name = QString::fromStdString(wanted.name);
    ExportFile file(QString::fromStdString(wanted.file));
    if (const api::Outcome opened = file.open(); !opened) {
        context.result = fail(opened.error());
        return;
    }
    runPlanned(
        context, change, QStringLiteral("rotated"), Look::Always,
        [&](const api::GatewayClient& client) {
            return planOfEnd(
                client, name, QStringLiteral("Principal %1 would have another token; the old one ends.").arg(name));
        },
        [&](const api::GatewayClient& client, const QString& reason) { return client.rotatePrincipal(name, reason); },
        [&](const api::IssuedPrincipal& issued) {
            return tellToken(context.session.options(), file, issued,
                QStringLiteral("Principal %1 has another token; the old one has ended.").arg(plain(issued.name)));
        });
}

void runRevoke(Context context, const Wanted& wanted, const Change& change)
{
    const QString name = QString::fromStdString(wanted.name);
    runChange(
        context, change, QStringLiteral("revoked"), Look::Always,
        [&](const api::GatewayClient& client) {
            return planOfEnd(client, name, QStringLiteral("Principal %1 would end at once.").arg(name));
        },
        [&](const api::GatewayClient& client, const QString& reason) { return client.revokePrincipal(name, reason); },
        [](const api::PrincipalInfo& revoked) {
            say(QStringLiteral("Principal %1 is revoked since %2.")
                    .arg(plain(revoked.name), timeText(revoked.revokedAt)));
        });
}

QString holdsText(const QDateTime& until)
{
    const qint64 seconds = QDateTime::currentDateTimeUtc().secsTo(until);
    return seconds >= 120 ? QStringLiteral("%1 minutes").arg(seconds / 60) : QStringLiteral("%1 seconds").arg(seconds);
}

void runPair(Context context, const Wanted& wanted, const Change& change)
{
    const api::Result<api::PrincipalRequest> request = requestFrom(wanted, change);
    const std::optional<qint64> holds = millisFrom(QString::fromStdString(wanted.holds));
    if (!request || !holds) {
        context.result = fail(request ? api::failure(Failure::Invalid, QStringLiteral("--holds is a duration, as 10m."))
                                      : request.error());
        return;
    }
    runPlanned(
        context, change, QStringLiteral("paired"), Look::InDryRun, &noPlan,
        [&](const api::GatewayClient& client, const QString& reason) {
            return client.startPairing(*request, reason, std::chrono::seconds(*holds / 1000));
        },
        [&](const api::Pairing& pairing) {
            if (!printOneAsJson(context.session.options(), pairing)) {
                printLine(pairing.code);
                printLine(pairing.link);
                say(QStringLiteral(
                    "Whoever enters the code or opens the link in a console within %1, until %2, becomes "
                    "%3, %4. It works once.")
                        .arg(holdsText(pairing.expiresAt), timeText(pairing.expiresAt), plain(pairing.name),
                            nameOf(request->role)));
            }
            return int(Ok);
        });
}

void addWanted(CLI::App& command, const std::shared_ptr<Wanted>& wanted)
{
    command.add_option("name", wanted->name, "Its name")->required()->type_name("NAME");
    command.add_option("--role", wanted->role, "What it may do; viewer without it")
        ->check(CLI::IsMember({"viewer", "auditor", "developer", "operator", "admin"}))
        ->type_name("ROLE");
    command.add_option("--tenants", wanted->tenants, "Tenants it sees, separated by commas; all without it")
        ->type_name("TENANTS");
    command.add_option("--note", wanted->note, "A note for the list")->type_name("TEXT");
}

void addOut(CLI::App& command, const std::shared_ptr<Wanted>& wanted)
{
    command.add_option("--out", wanted->file, "Write the token into this file, mode 0600, instead of printing it")
        ->type_name("FILE");
}

} // namespace

void addPrincipals(CLI::App& app, Context context)
{
    addCommand(app, "whoami", "Who you are to this engine, and what you may do", "signalboxctl whoami")
        ->callback([context] {
            runOne(
                context, [](const api::GatewayClient& client) { return client.whoAmI(); }, &printWho);
        });

    auto* noun = addNoun(app, "principal", "Who may use the admin API");
    addCommand(*noun, "list", "All principals, never their tokens", "signalboxctl principal list")->callback([context] {
        runList(
            context, [](const api::GatewayClient& client) { return client.principals(); }, &printPrincipals);
    });
    const auto wanted = std::make_shared<Wanted>();
    auto* issue = addCommand(*noun, "issue", "Make a principal; its token is printed once",
        "signalboxctl principal issue anna --role operator --expires 90d --out anna.token --reason 'on duty'");
    addWanted(*issue, wanted);
    addOut(*issue, wanted);
    const auto issueChange = addChange(*issue, "never without it");
    issue->callback([context, wanted, issueChange] { runIssue(context, *wanted, *issueChange); });

    const auto addNamed = [&](const char* verb, const char* text, const char* example) {
        auto* command = addCommand(*noun, verb, text, example);
        command->add_option("name", wanted->name, "Its name")->required()->type_name("PRINCIPAL");
        return command;
    };
    auto* rotate = addNamed("rotate", "Another token for it; the old one ends",
        "signalboxctl principal rotate anna --out anna.token --reason 'yearly'");
    addOut(*rotate, wanted);
    const auto rotateChange = addReason(*rotate);
    rotate->callback([context, wanted, rotateChange] { runRotate(context, *wanted, *rotateChange); });
    auto* revoke =
        addNamed("revoke", "End it at once", "signalboxctl principal revoke anna --reason 'has left the team'");
    const auto revokeChange = addReason(*revoke);
    revoke->callback([context, wanted, revokeChange] { runRevoke(context, *wanted, *revokeChange); });

    auto* pairs = addNoun(app, "pair", "Pairing of consoles with this engine");
    auto* start = addCommand(*pairs, "start", "Print a code and a link by which a console becomes a principal, once",
        "signalboxctl pair start annas-laptop --role operator --holds 5m");
    addWanted(*start, wanted);
    start->add_option("--holds", wanted->holds, "How long the code is good; 10m without it")->type_name("DURATION");
    const auto startChange = addChange(*start, "of the principal; never without it");
    start->callback([context, wanted, startChange] { runPair(context, *wanted, *startChange); });
}

} // namespace ctl
