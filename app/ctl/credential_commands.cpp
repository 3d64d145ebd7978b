// credential: what callers of the gateway come with. A key is shown once, when it is made.
#include "table.h"
#include "walk.h"

namespace ctl {

using namespace gateway;
namespace {

struct Issue
{
    std::string tenant;
    std::string aliases;
    std::string features;
    std::string note;
};

// With expiryFrom's words, but the engine wants a time.
api::Result<std::optional<QDateTime>> endFrom(const std::string& text)
{
    const api::Result<Expiry> expiry = expiryFrom(text);
    if (!expiry)
        return expiry.error();
    return expiry->seconds ? std::optional(QDateTime::currentDateTimeUtc().addSecs(*expiry->seconds)) : expiry->at;
}

// The key is printed on standard output and nowhere else.
int tellIssued(const Options& options, const api::IssuedCredential& issued, const QString& sentence)
{
    QJsonObject json{{QStringLiteral("id"), issued.id}, {QStringLiteral("key"), issued.key}};
    if (!issued.replaces.isEmpty()) {
        json.insert(QStringLiteral("replaces"), issued.replaces);
        json.insert(QStringLiteral("replaced_until"), timeText(issued.replacedUntil));
    }
    if (options.json || options.jsonl) {
        printJsonLine(json);
        return Ok;
    }
    printLine(issued.key);
    say(sentence + QStringLiteral(" The key is shown this once and is not kept."));
    return Ok;
}

void runIssue(Context context, const Issue& wanted, const Change& change)
{
    api::CredentialRequest request;
    request.tenant = QString::fromStdString(wanted.tenant);
    request.aliases = listFrom(wanted.aliases);
    request.features = listFrom(wanted.features);
    request.note = QString::fromStdString(wanted.note);
    const auto end = endFrom(change.expires);
    if (!end) {
        context.result = fail(end.error());
        return;
    }
    request.expiresAt = *end;
    runPlanned(
        context, change, QStringLiteral("issued"), Look::InDryRun, &noPlan,
        [&](const api::GatewayClient& client, const QString& reason) {
            return client.issueCredential(request, reason);
        },
        [&](const api::IssuedCredential& issued) {
            return tellIssued(context.session.options(), issued,
                QStringLiteral("Credential %1 for tenant %2.").arg(plain(issued.id), plain(request.tenant)));
        });
}

api::Result<Plan> planOfEnd(const api::GatewayClient& client, const QString& id, const QString& sentence)
{
    return planFrom(
        await(client.credentials()), [&](const api::CredentialInfo& credential) { return credential.id == id; },
        QStringLiteral("There is no credential %1.").arg(id), sentence);
}

void runRevoke(Context context, const std::string& given, const Change& change)
{
    const QString id = QString::fromStdString(given);
    runChange(
        context, change, QStringLiteral("revoked"), Look::InDryRun,
        [&](const api::GatewayClient& client) {
            return planOfEnd(client, id, QStringLiteral("Credential %1 would end at once.").arg(id));
        },
        [&](const api::GatewayClient& client, const QString& reason) { return client.revokeCredential(id, reason); },
        [](const api::CredentialInfo& revoked) {
            say(QStringLiteral("Credential %1 is revoked since %2.")
                    .arg(plain(revoked.id), timeText(revoked.revokedAt)));
        });
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

struct Rotation
{
    std::string id;
    std::string grace = "1h";
};

constexpr qint64 kLongestGraceSeconds = 7 * 24 * 3600;

void runRotate(Context context, const Rotation& wanted, const Change& change)
{
    const std::optional<qint64> ms = millisFrom(QString::fromStdString(wanted.grace));
    if (!ms || *ms / 1000 > kLongestGraceSeconds) {
        context.result =
            fail(api::failure(api::Failure::Invalid, QStringLiteral("--grace is a duration from 0s to 7d, as 1h.")));
        return;
    }
    const QString id = QString::fromStdString(wanted.id);
    const qint64 seconds = *ms / 1000;
    runPlanned(
        context, change, QStringLiteral("rotated"), Look::InDryRun,
        [&](const api::GatewayClient& client) {
            return planOfEnd(client, id,
                QStringLiteral("Credential %1 would have a successor of the same scope, and end %2 s later.")
                    .arg(id)
                    .arg(seconds));
        },
        [&](const api::GatewayClient& client, const QString& reason) {
            return client.rotateCredential(id, seconds, reason);
        },
        [&](const api::IssuedCredential& issued) {
            return tellIssued(context.session.options(), issued,
                QStringLiteral("Credential %1 takes the place of %2, which is good until %3.")
                    .arg(plain(issued.id), plain(issued.replaces), timeText(issued.replacedUntil)));
        });
}

} // namespace

void addCredentials(CLI::App& app, Context context)
{
    auto* noun = addNoun(app, "credential", "Gateway credentials of callers");

    auto* issue = addCommand(*noun, "issue", "Make a credential; its key is printed once",
        "signalboxctl credential issue --tenant acme --aliases fast-summariser --expires 30d --reason 'new service'");
    const auto wanted = std::make_shared<Issue>();
    issue->add_option("--tenant", wanted->tenant, "Whose calls it makes")->required()->type_name("TENANT");
    issue->add_option("--aliases", wanted->aliases, "Aliases it may use, separated by commas; '*' for all")
        ->required()
        ->type_name("ALIASES");
    issue->add_option("--features", wanted->features, "Features it may name, separated by commas; any without it")
        ->type_name("FEATURES");
    issue->add_option("--note", wanted->note, "A note for the list")->type_name("TEXT");
    const auto issueChange = addChange(*issue, "never without it");
    issue->callback([context, wanted, issueChange] { runIssue(context, *wanted, *issueChange); });

    addCommand(*noun, "list", "All credentials, never their keys", "signalboxctl credential list")->callback([context] {
        context.result = runList(context.session);
    });

    auto* revoke = addCommand(*noun, "revoke", "End a credential at once",
        "signalboxctl credential revoke cr_7f3a --reason 'the service is gone'");
    const auto id = std::make_shared<std::string>();
    revoke->add_option("id", *id, "Its id")->required()->type_name("CREDENTIAL");
    const auto revokeChange = addReason(*revoke);
    revoke->callback([context, id, revokeChange] { runRevoke(context, *id, *revokeChange); });

    auto* rotate = addCommand(*noun, "rotate",
        "Make a successor of the same scope; its key is printed once, and the old one ends after a grace",
        "signalboxctl credential rotate cr_7f3a --grace 1d --reason 'yearly'");
    const auto rotation = std::make_shared<Rotation>();
    rotate->add_option("id", rotation->id, "Its id")->required()->type_name("CREDENTIAL");
    rotate->add_option("--grace", rotation->grace, "How long the old key is good, 0s to 7d; 1h without it")
        ->type_name("DURATION");
    const auto rotateChange = addReason(*rotate);
    rotate->callback([context, rotation, rotateChange] { runRotate(context, *rotation, *rotateChange); });
    addCredentialReach(*noun, context);
}

} // namespace ctl
