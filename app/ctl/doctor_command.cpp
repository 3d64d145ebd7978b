// doctor: everything that can be looked at, with a fix for what is wrong.
#include "commands.h"
#include "engine_checks.h"
#include "ladder.h"
#include "machine_checks.h"
#include "output.h"

#include <QJsonArray>

namespace ctl {

using namespace gateway;

namespace {

// The way to the engine, and, when it lets us in, what it says of itself.
Checks remoteChecks(const Session& session)
{
    const auto options = session.transportOptions();
    if (!options)
        return {failed(QStringLiteral("connection"), options.error().message, options.error().hint)};
    const Ladder ladder = climb(*options);
    Checks checks = ladder.checks;
    for (Check& check : checks)
        check.name = QStringLiteral("connection: ") + check.name;
    const auto client = session.client();
    if (!ladder.isLetIn || !client)
        return checks << skipped(QStringLiteral("engine"), QStringLiteral("It cannot be asked."));
    return checks + checkEngine(*client);
}

Checks allChecks(const Session& session)
{
    Checks checks;
    if (session.isLocal()) {
        const api::Result<api::RuntimeFacts> runtime = api::readRuntime(session.dataDirectory());
        checks = checkDataDirectory(session.dataDirectory());
        checks += checkPorts(runtime);
        checks << checkFileLimit(runtime);
        if (!runtime)
            checks << checkConfigFile();
    }
    checks << checkClock();
    return checks + remoteChecks(session);
}

int runDoctor(const Session& session)
{
    const Checks checks = allChecks(session);
    const Check::State worst = worstOf(checks);
    if (session.options().jsonl) {
        for (const Check& check : checks)
            printJsonLine(toJson(check));
    } else if (session.options().json) {
        QJsonArray array;
        for (const Check& check : checks)
            array.append(toJson(check));
        printJson({{QStringLiteral("verdict"), nameOf(worst)}, {QStringLiteral("checks"), array}});
    } else {
        printChecks(checks);
    }
    return worst == Check::State::Failed ? CheckFailed : Ok;
}

} // namespace

void addDoctor(CLI::App& app, Context context)
{
    addCommand(app, "doctor",
        "Look at everything an engine needs, with a fix for what is wrong; exit 6 if a check fails",
        "signalboxctl doctor --data-dir /var/lib/signalbox")
        ->callback([context] { context.result = runDoctor(context.session); });
}

} // namespace ctl
