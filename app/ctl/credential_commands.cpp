#include "change.h"
#include "commands.h"
#include "output.h"
#include "table.h"

namespace ctl {

using namespace gateway;
using api::Failure;

namespace {

struct Issue
{
    std::string tenant;
    std::string aliases;
    std::string features;
    std::string expires;
    std::string note;
    std::string reason;
};

QStringList listOf(const std::string& text)
{
    QStringList list;
    for (const QString& part : QString::fromStdString(text).split(u',', Qt::SkipEmptyParts))
        list.append(part.trimmed());
    return list;
}

int runIssue(const Session& session, const Issue& wanted)
{
    api::CredentialRequest request;
    request.tenant = QString::fromStdString(wanted.tenant);
    request.aliases = listOf(wanted.aliases);
    request.features = listOf(wanted.features);
    request.note = QString::fromStdString(wanted.note);
    if (!wanted.expires.empty()) {
        const QDateTime time = QDateTime::fromString(QString::fromStdString(wanted.expires), Qt::ISODateWithMs);
        if (!time.isValid())
            return fail(api::failure(
                Failure::Invalid, QStringLiteral("--expires is an RFC 3339 time, as 2027-01-31T00:00:00Z.")));
        request.expiresAt = time.toUTC();
    }
    const auto client = session.client();
    if (!client)
        return fail(client.error());
    const auto issued = await(client->issueCredential(request, reasonOr(wanted.reason, QStringLiteral("issued"))));
    if (!issued)
        return fail(issued.error());
    const QJsonObject json{{QStringLiteral("id"), issued->id}, {QStringLiteral("key"), issued->key}};
    if (session.options().json || session.options().jsonl) {
        printJsonLine(json);
        return Ok;
    }
    printLine(issued->key);
    say(QStringLiteral("Credential %1 for tenant %2. The key is shown this once and is not kept.")
            .arg(issued->id, request.tenant));
    return Ok;
}

int runRevoke(const Session& session, const std::string& id, const std::string& reason)
{
    const auto client = session.client();
    if (!client)
        return fail(client.error());
    const auto revoked =
        await(client->revokeCredential(QString::fromStdString(id), reasonOr(reason, QStringLiteral("revoked"))));
    if (!revoked)
        return fail(revoked.error());
    if (!printOneAsJson(session.options(), *revoked))
        say(QStringLiteral("Credential %1 is revoked since %2.").arg(revoked->id, timeText(revoked->revokedAt)));
    return Ok;
}

int runList(const Session& session)
{
    const auto client = session.client();
    if (!client)
        return fail(client.error());
    const auto all = await(client->credentials());
    if (!all)
        return fail(all.error());
    if (printAsJson(session.options(), *all))
        return Ok;
    Table table({{"ID"}, {"TENANT"}, {"ALIASES"}, {"FEATURES"}, {"ISSUED"}, {"EXPIRES"}, {"REVOKED"}, {"NOTE"}});
    for (const api::CredentialInfo& credential : *all) {
        table.add({credential.id, credential.tenant,
            credential.aliases.isEmpty() ? QStringLiteral("*") : credential.aliases.join(u','),
            credential.features.join(u','), timeText(credential.issuedAt), timeText(credential.expiresAt),
            timeText(credential.revokedAt), credential.note});
    }
    table.print();
    return Ok;
}

} // namespace

void addCredentials(CLI::App& app, Context context)
{
    auto* noun = app.add_subcommand("credential", "Gateway credentials of callers")->require_subcommand(1);

    auto* issue = noun->add_subcommand("issue", "Make a credential; its key is printed once");
    const auto wanted = std::make_shared<Issue>();
    issue->add_option("--tenant", wanted->tenant, "Whose calls it makes")->required()->type_name("T");
    issue->add_option("--aliases", wanted->aliases, "Aliases it may use, separated by commas; '*' for all")
        ->required()
        ->type_name("A,B");
    issue->add_option("--features", wanted->features, "Features it may name; without it any")->type_name("F,G");
    issue->add_option("--expires", wanted->expires, "When it ends, RFC 3339")->type_name("TIME");
    issue->add_option("--note", wanted->note, "A note for the list")->type_name("TEXT");
    issue->add_option("--reason", wanted->reason, "Why, for the audit")->type_name("TEXT");
    issue->callback([context, wanted] { context.result = runIssue(context.session, *wanted); });

    noun->add_subcommand("list", "All credentials, never their keys")->callback([context] {
        context.result = runList(context.session);
    });

    auto* revoke = noun->add_subcommand("revoke", "End a credential at once");
    const auto id = std::make_shared<std::string>();
    const auto reason = std::make_shared<std::string>();
    revoke->add_option("id", *id, "Its id")->required();
    revoke->add_option("--reason", *reason, "Why, for the audit")->type_name("TEXT");
    revoke->callback([context, id, reason] { context.result = runRevoke(context.session, *id, *reason); });
}

} // namespace ctl
