// config show asks the engine; config check reads the file here, with the engine's own compiler, lint and this user's
// environment, and needs no engine. The commands that change a config are in config_change_commands.cpp.
#include "commands.h"
#include "config_parts.h"
#include "config_text.h"
#include "output.h"
#include "table.h"

#include "config/change/check_text.h"
#include "config/config_holder.h"
#include "routing/route.h"

#include <QDateTime>

namespace ctl {

using namespace gateway;

namespace {

api::ConfigProblem toApi(const config::Problem& problem)
{
    return {problem.file, problem.line, problem.column, problem.field, problem.message, problem.suggestion};
}

// What an engine would say of the text before it comes into force; nothing of a file that does not compile.
api::Findings findingsOf(const config::ConfigHolder& holder, const QString& file)
{
    config::Problems problems;
    const auto read = config::readConfig(file, problems);
    if (!read)
        return {};
    const auto inZone = [](const config::Candidate& candidate, const config::Zone* zone) {
        return *routing::zoneObjection(candidate, zone) == 0;
    };
    return config::checkText(file, read->bytes, {holder.keys(), QDateTime::currentDateTimeUtc().date(), inZone})
        .findings;
}

int runCheck(const Session& session, const std::string& file)
{
    const config::ConfigHolder holder;
    const config::ConfigHolder::Report report = holder.check(QString::fromStdString(file));
    api::Findings findings;
    if (report.ok)
        findings = findingsOf(holder, QString::fromStdString(file));
    // what the compiler warns of is printed below
    findings.items.removeIf([](const api::Finding& finding) { return finding.rule == QLatin1String("engine"); });
    api::ConfigCheck check;
    check.ok = report.ok && findings.blocks == 0;
    for (const config::Problem& problem : report.problems)
        check.problems.append(toApi(problem));
    if (report.snapshot)
        check.warnings = report.snapshot->warnings;
    if (session.options().json || session.options().jsonl) {
        QJsonObject json = api::toJson(check);
        json.insert(QStringLiteral("findings"), api::toJson(findings).value(QStringLiteral("items")));
        session.options().jsonl ? printJsonLine(json) : printJson(json);
    } else {
        for (const config::Problem& problem : report.problems)
            printLine(config::describe(problem));
        for (const QString& warning : check.warnings)
            printLine(QStringLiteral("warning: ") + warning);
        printFindings(findings);
    }
    if (check.ok)
        say(QStringLiteral("%1 is a good config.").arg(QString::fromStdString(file)));
    else
        say(QStringLiteral("%1 has %2 problems.")
                .arg(QString::fromStdString(file))
                .arg(check.problems.size() + findings.blocks));
    return check.ok ? Ok : CheckFailed;
}

int runShow(const Session& session)
{
    const auto client = session.client();
    if (!client)
        return fail(client.error());
    const api::Result<api::ConfigFacts> facts = await(client->config());
    if (!facts)
        return fail(facts.error());
    if (printOneAsJson(session.options(), *facts))
        return Ok;
    printFacts({{QStringLiteral("revision"), QString::number(facts->revision)},
        {QStringLiteral("file"), facts->sourceFile}, {QStringLiteral("hash"), facts->contentHash},
        {QStringLiteral("gateway"), facts->gatewayAddress + (facts->gatewayTls ? QStringLiteral(" (TLS)") : QString())},
        {QStringLiteral("admin"), facts->adminAddress + (facts->adminTls ? QStringLiteral(" (TLS)") : QString())},
        {QStringLiteral("acknowledge"), facts->acknowledge},
        {QStringLiteral("when unavailable"), facts->whenUnavailable},
        {QStringLiteral("retention"), QStringLiteral("%1 days").arg(facts->retentionHours / 24)},
        {QStringLiteral("zones"), QString::number(facts->zones)},
        {QStringLiteral("providers"), QString::number(facts->providers)},
        {QStringLiteral("aliases"), QString::number(facts->aliases)},
        {QStringLiteral("tenants"), QString::number(facts->tenants)}});
    for (const QString& warning : facts->warnings)
        printLine(QStringLiteral("warning: ") + plain(warning));
    for (const api::ConfigProblem& problem : facts->problems)
        printLine(QStringLiteral("not in force, line %1: ").arg(problem.line) + plain(problem.message));
    return Ok;
}

} // namespace

void addConfig(CLI::App& app, Context context)
{
    auto* noun = addNoun(app, "config", "The config");
    addCommand(*noun, "show", "The config in force", "signalboxctl config show")->callback([context] {
        context.result = runShow(context.session);
    });
    auto* check = addCommand(*noun, "check",
        "Check a file without putting it in force; needs no engine; exit 6 if it has problems",
        "signalboxctl config check signalbox.yaml");
    const auto file = std::make_shared<std::string>();
    check->add_option("file", *file, "The config file")->required()->type_name("FILE");
    check->callback([context, file] { context.result = runCheck(context.session, *file); });
    addCanary(*noun, context);
    addReplay(*noun, context);
    addImport(*noun, context);
    addConfigChanges(*noun, context);
}

} // namespace ctl
