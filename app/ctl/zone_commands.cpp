// zone: what was promised of privacy, proved over the config, checked over the record, and signed by people.
#include "table.h"
#include "walk.h"

#include "api/privacy_client.h"

namespace ctl {

using namespace gateway;

namespace {

using enum Table::Align;

const QString kComma = QStringLiteral(", ");

// A verdict this program does not know proves nothing.
int exitOf(const QString& verdict, const char* good, const char* bad)
{
    if (verdict == QLatin1String(good))
        return Ok;
    return verdict == QLatin1String(bad) ? CheckFailed : NoData;
}

int verdictOf(const api::StandingCheck& check)
{
    return exitOf(check.check.verdict, "PASS", "FAIL");
}

int verdictOfProof(const api::ZoneProof& proof)
{
    return exitOf(proof.verdict, "PROVED", "VIOLATION");
}

void printEndpoints(const api::TenantZoneCheck& tenant)
{
    if (tenant.endpoints.isEmpty())
        return;
    printLine({});
    printLine(faint(QStringLiteral("tenant ") + plain(tenant.tenant)));
    Table table({{"ALIAS"}, {"CANDIDATE"}, {"STEP"}, {"ELIGIBLE"}, {"WHY NOT"}});
    for (const api::ZoneEndpoint& endpoint : tenant.endpoints)
        table.add({endpoint.alias, endpoint.candidate, endpoint.step,
            endpoint.eligible ? QStringLiteral("yes") : QStringLiteral("no"), endpoint.why});
    table.print();
}

void printRows(const api::StandingCheck& check)
{
    if (check.rows.isEmpty())
        return;
    printLine({});
    Table table({{"CALL"}, {"ATTEMPT", Right}, {"AT"}, {"TENANT"}, {"ZONE"}, {"PROVIDER"}, {"REGION"},
        {"REVISION", Right}, {"WHY"}});
    for (const api::ZoneRow& row : check.rows)
        table.add({row.call, QString::number(row.number), timeText(row.at), row.tenant, row.zone, row.provider,
            row.region, QString::number(row.revision), row.why});
    table.print();
    if (check.outside > check.rows.size())
        printLine(faint(QStringLiteral("%1 more").arg(check.outside - check.rows.size())));
}

void printCheck(const api::StandingCheck& standing)
{
    const api::ZoneCheck& check = standing.check;
    printLine(QStringLiteral("%1, %2 to %3, revision %4")
                  .arg(plain(check.verdict), timeText(check.since), timeText(check.until))
                  .arg(check.revision));
    printLine(plain(standing.sentence));
    printFacts({{QStringLiteral("attempts"), QString::number(standing.scanned)},
        {QStringLiteral("outside"), QString::number(standing.outside)},
        {QStringLiteral("coverage"), QStringLiteral("%1 %").arg(standing.coveragePercent)},
        {QStringLiteral("chain"), standing.chain}, {QStringLiteral("query"), check.query}});
    for (const api::ZoneGap& gap : standing.gaps)
        printLine(QStringLiteral("gap: ") + plain(gap.sentence));
    if (!standing.incident.isEmpty())
        printLine(QStringLiteral("incident: ") + plain(standing.incident));
    printLine({});
    Table table({{"TENANT"}, {"VERDICT"}, {"CONTRACT"}, {"CONTRACT ZONE"}, {"ZONE"}, {"ATTEMPTS", Right},
        {"OUTSIDE", Right}, {"UNKNOWN", Right}, {"WHAT"}});
    for (const api::TenantZoneCheck& tenant : check.tenants) {
        table.add({tenant.tenant, tenant.verdict, tenant.contractReference, tenant.contractZone, tenant.zone,
            QString::number(tenant.attempts), QString::number(tenant.outside), QString::number(tenant.unknown),
            tenant.sentence});
    }
    table.print();
    printRows(standing);
    for (const api::TenantZoneCheck& tenant : check.tenants)
        printEndpoints(tenant);
}

void printProof(const api::ZoneProof& proof)
{
    printLine(QStringLiteral("%1, revision %2%3")
                  .arg(plain(proof.verdict))
                  .arg(proof.revision)
                  .arg(proof.canary > 0 ? QStringLiteral(" with canary %1").arg(proof.canary) : QString()));
    printLine(plain(proof.sentence));
    printLine({});
    Table table({{"TENANT"}, {"VERDICT"}, {"CONTRACT"}, {"CONTRACT ZONE"}, {"ZONE"}, {"EFFECTIVE"},
        {"ENDPOINTS", Right}, {"PATHS", Right}, {"WHAT"}});
    for (const api::TenantProof& tenant : proof.tenants)
        table.add({tenant.tenant, tenant.verdict, tenant.contractReference, tenant.contractZone, tenant.configuredZone,
            tenant.effectiveZone, QString::number(tenant.endpoints.size()), QString::number(tenant.paths),
            tenant.sentence});
    table.print();
    for (const api::TenantProof& tenant : proof.tenants) {
        for (const api::ZonePath& path : tenant.counterexamples)
            printLine(QStringLiteral("outside: ") + plain(path.sentence));
        for (const api::ProofWarning& warning : tenant.warnings)
            printLine(faint(QStringLiteral("note: ") + plain(warning.sentence)));
    }
    printLine({});
    Table uses({{"USE"}, {"STATE"}, {"WHAT"}});
    for (const api::ZoneUse& use : proof.uses)
        uses.add({use.name, use.state, use.sentence});
    uses.print();
}

void printRuns(const QVector<api::ZoneCheckRun>& runs)
{
    Table table({{"#", Right}, {"AT"}, {"CAUSE"}, {"BY"}, {"SINCE"}, {"VERDICT"}, {"ATTEMPTS", Right},
        {"OUTSIDE", Right}, {"COVERAGE", Right}, {"INCIDENT"}, {"WHAT"}});
    for (const api::ZoneCheckRun& run : runs)
        table.add({QString::number(run.number), timeText(run.at), run.trigger, run.by, timeText(run.since), run.verdict,
            QString::number(run.scanned), QString::number(run.outside), QStringLiteral("%1 %").arg(run.coveragePercent),
            run.incident, run.sentence});
    table.print();
}

void printRecords(const QVector<api::ZoneRecord>& records)
{
    Table table({{"TENANT"}, {"ZONE"}, {"REGIONS"}, {"RETENTION"}, {"CONTRACT"}, {"CONTRACT ZONE"}, {"APPROVERS"},
        {"FROM"}, {"UNTIL"}, {"REVISIONS"}, {"BY"}, {"LOOSENED"}});
    for (const api::ZoneRecord& record : records)
        table.add({record.tenant, record.zone, record.regions.join(kComma), record.retention, record.contractReference,
            record.contractZone, record.approvers.join(kComma), timeText(record.from), timeText(record.until),
            record.firstRevision == record.lastRevision
                ? QString::number(record.firstRevision)
                : QStringLiteral("%1-%2").arg(record.firstRevision).arg(record.lastRevision),
            record.changedBy.join(kComma), record.loosened.join(u' ')});
    table.print();
}

void printAudits(const QVector<api::ZoneAudit>& audits)
{
    Table table({{"QUARTER"}, {"STATE"}, {"DUE"}, {"SIGNED"}, {"BY"}, {"COMMENT"}, {"WHAT"}});
    for (const api::ZoneAudit& audit : audits)
        table.add({audit.quarter, audit.state, timeText(audit.dueAt), timeText(audit.signedAt), audit.signedBy,
            audit.comment, audit.sentence});
    table.print();
}

void printExceptions(const QVector<api::ZoneException>& exceptions)
{
    Table table({{"ID"}, {"TENANT"}, {"BY"}, {"AT"}, {"EXPIRES"}, {"WHAT"}});
    for (const api::ZoneException& exception : exceptions)
        table.add({exception.id, exception.tenant, exception.by, timeText(exception.at), timeText(exception.expiresAt),
            exception.text});
    table.print();
}

struct CheckAsked
{
    std::string since;
    std::string until;
    std::string tenant;
    bool keep = false;
};

api::Result<api::ZoneCheckQuery> queryOf(const CheckAsked& asked)
{
    const auto since = pastFrom(asked.since, QStringLiteral("--since"));
    const auto until = pastFrom(asked.until, QStringLiteral("--until"));
    if (!since || !until)
        return since ? until.error() : since.error();
    return api::ZoneCheckQuery{*since, *until, QString::fromStdString(asked.tenant)};
}

void runCheck(Context context, const CheckAsked& asked, const Change& change)
{
    const auto query = queryOf(asked);
    if (!query) {
        context.result = fail(query.error());
        return;
    }
    if (!asked.keep) {
        runOne(
            context, [&](const api::GatewayClient& client) { return api::PrivacyClient(client).check(*query); },
            &printCheck, &verdictOf);
        return;
    }
    runPlanned(
        context, change, QStringLiteral("checked"), Look::InDryRun, noPlan,
        [&](const api::GatewayClient& client, const QString& reason) {
            return api::PrivacyClient(client).runCheck(*query, reason);
        },
        [&](const api::StandingCheck& check) {
            if (!printOneAsJson(context.session.options(), check))
                printCheck(check);
            return verdictOf(check);
        });
}

void addCheck(CLI::App& noun, Context context)
{
    auto* check = addCommand(noun, "check",
        "The zero-rows check: recorded attempts outside the zone that was in force for them; exit 6 if there is one, "
        "7 if there is too little to tell",
        "signalboxctl zone check --since 30d --tenant acme --json");
    const auto asked = std::make_shared<CheckAsked>();
    check->add_option("--since", asked->since, "A duration ago (24h, 30d) or an RFC 3339 time; a day without it")
        ->type_name("TIME");
    check->add_option("--until", asked->until, "The same; now without it")->type_name("TIME");
    check->add_option("--tenant", asked->tenant, "Of this tenant alone")->type_name("TENANT");
    check->add_flag("--keep", asked->keep, "Keep the run, and page if it fails");
    const auto change = addReason(*check);
    check->callback([context, asked, change] { runCheck(context, *asked, *change); });
}

struct Signature
{
    std::string quarter;
    std::string comment;
};

struct Exception
{
    std::string tenant;
    std::string text;
};

void runSign(Context context, const Signature& given, const Change& change)
{
    const api::AuditSignature signature{QString::fromStdString(given.quarter), QString::fromStdString(given.comment)};
    runChange(
        context, change, QStringLiteral("signed"), Look::InDryRun, noPlan,
        [&](const api::GatewayClient& client, const QString& reason) {
            return api::PrivacyClient(client).signAudit(signature, reason);
        },
        [](const api::ZoneAudit& audit) {
            printLine(audit.quarter);
            say(plain(audit.sentence));
        });
}

void runExcept(Context context, const Exception& given, const Change& change)
{
    const api::Result<Expiry> expiry = expiryFrom(change.expires);
    if (!expiry) {
        context.result = fail(expiry.error());
        return;
    }
    api::ExceptionRequest request{QString::fromStdString(given.tenant), QString::fromStdString(given.text), {}};
    request.expiresAt =
        expiry->seconds ? std::optional(QDateTime::currentDateTimeUtc().addSecs(*expiry->seconds)) : expiry->at;
    runChange(
        context, change, QStringLiteral("excepted"), Look::InDryRun, noPlan,
        [&](const api::GatewayClient& client, const QString& reason) {
            return api::PrivacyClient(client).makeException(request, reason);
        },
        [](const api::ZoneException& exception) {
            printLine(exception.id);
            say(QStringLiteral("It ends on %1.").arg(timeText(exception.expiresAt)));
        });
}

void addAudits(CLI::App& noun, Context context)
{
    auto* audit = addNoun(noun, "audit", "The quarterly audit of zones against contracts");
    addCommand(*audit, "list", "The quarters, newest first, with who signed them", "signalboxctl zone audit list")
        ->callback([context] {
            runList(
                context, [](const api::GatewayClient& client) { return api::PrivacyClient(client).audits(); },
                &printAudits);
        });
    auto* sign = addCommand(*audit, "sign", "Put your name to a quarter: zones agree with contracts, or are excepted",
        "signalboxctl zone audit sign --comment 'all contracts read' --reason 'Q4 audit'");
    const auto signature = std::make_shared<Signature>();
    sign->add_option("--quarter", signature->quarter, "2026-Q4; the oldest that is not signed without it")
        ->type_name("QUARTER");
    sign->add_option("--comment", signature->comment, "What was looked at")->required()->type_name("TEXT");
    const auto signChange = addReason(*sign);
    sign->callback([context, signature, signChange] { runSign(context, *signature, *signChange); });
    addCommand(*audit, "exceptions", "Deviations that somebody answers for", "signalboxctl zone audit exceptions")
        ->callback([context] {
            runList(
                context, [](const api::GatewayClient& client) { return api::PrivacyClient(client).exceptions(); },
                &printExceptions);
        });
    auto* except = addCommand(*audit, "except", "Answer for a deviation until a day",
        "signalboxctl zone audit except --tenant acme --what 'moves in March' --expires 30d --reason 'ticket 12'");
    const auto exception = std::make_shared<Exception>();
    except->add_option("--tenant", exception->tenant, "Whose deviation")->required()->type_name("TENANT");
    except->add_option("--what", exception->text, "What is excepted")->required()->type_name("TEXT");
    const auto exceptChange = addChange(*except, "it is refused without it");
    except->callback([context, exception, exceptChange] { runExcept(context, *exception, *exceptChange); });
}

std::shared_ptr<std::string> addTenant(CLI::App& command)
{
    const auto tenant = std::make_shared<std::string>();
    command.add_option("--tenant", *tenant, "Of this tenant alone")->type_name("TENANT");
    return tenant;
}

} // namespace

void addZones(CLI::App& app, Context context)
{
    auto* noun = addNoun(app, "zone", "Privacy zones");
    auto* prove = addCommand(*noun, "prove",
        "Every endpoint that the config lets a tenant reach, or the path that leads outside; exit 6 if one does",
        "signalboxctl zone prove --tenant acme");
    const auto proved = addTenant(*prove);
    prove->callback([context, proved] {
        runOne(
            context,
            [&](const api::GatewayClient& client) {
                return api::PrivacyClient(client).proof(QString::fromStdString(*proved));
            },
            &printProof, &verdictOfProof);
    });
    addCheck(*noun, context);
    auto* history = addCommand(
        *noun, "history", "Runs of the zero-rows check that were kept, or one of them", "signalboxctl zone history");
    const auto number = std::make_shared<qint64>(0);
    history->add_option("number", *number, "One of them, with its rows")->type_name("NUMBER");
    history->callback([context, number] {
        if (*number > 0)
            runOne(
                context,
                [&](const api::GatewayClient& client) { return api::PrivacyClient(client).keptCheck(*number); },
                &printCheck, &verdictOf);
        else
            runList(
                context, [](const api::GatewayClient& client) { return api::PrivacyClient(client).checks(); },
                &printRuns);
    });
    auto* record = addCommand(
        *noun, "record", "Which zone and contract each tenant had over time", "signalboxctl zone record --tenant acme");
    const auto recorded = addTenant(*record);
    record->callback([context, recorded] {
        runList(
            context,
            [&](const api::GatewayClient& client) {
                return api::PrivacyClient(client).records(QString::fromStdString(*recorded));
            },
            &printRecords);
    });
    addAudits(*noun, context);
}

} // namespace ctl
