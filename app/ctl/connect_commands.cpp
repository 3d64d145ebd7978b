// connect test: the ladder to an engine, rung by rung, before a console or a script is pointed at it.
#include "commands.h"
#include "ladder.h"
#include "output.h"
#include "table.h"

#include <QJsonArray>

namespace ctl {

using namespace gateway;

namespace {

QJsonObject jsonOf(const QString& url, const Ladder& ladder)
{
    QJsonArray rungs;
    for (const Check& check : ladder.checks)
        rungs.append(toJson(check));
    QJsonObject json{{QStringLiteral("url"), url}, {QStringLiteral("good"), ladder.isGood},
        {QStringLiteral("role"), ladder.role}, {QStringLiteral("engine"), ladder.engine},
        {QStringLiteral("environment"), ladder.environment}, {QStringLiteral("rungs"), rungs}};
    json.insert(QStringLiteral("offered"),
        ladder.offered ? QJsonValue(api::toJson(*ladder.offered)) : QJsonValue(QJsonValue::Null));
    return json;
}

int runTest(const Session& session, const std::string& given)
{
    const auto options =
        given.empty() ? session.transportOptions() : session.transportOptionsFor(QString::fromStdString(given));
    if (!options)
        return fail(options.error());
    const Ladder ladder = climb(*options);
    const QString url = options->base.toString(QUrl::RemoveUserInfo | QUrl::RemoveQuery);
    if (session.options().json) {
        printJson(jsonOf(url, ladder));
    } else if (session.options().jsonl) {
        printJsonLine(jsonOf(url, ladder));
    } else {
        printChecks(ladder.checks);
        if (ladder.offered)
            say(QStringLiteral("The engine shows the certificate %1\nIf `signalboxctl server fingerprint` on its "
                               "machine prints the same, it can be pinned: --pin %2")
                    .arg(api::groupedPin(ladder.offered->sha256), ladder.offered->sha256));
    }
    return ladder.isGood ? Ok : CheckFailed;
}

} // namespace

void addConnect(CLI::App& app, Context context)
{
    auto* noun = addNoun(app, "connect", "The way to an engine");
    auto* test = addCommand(*noun, "test",
        "Climb the ladder to an engine: name, TCP, TLS, token, role, version, clock, stream; exit 6 if a rung fails",
        "signalboxctl connect test https://gateway.example:4181 --token-file ops.token --pin 'AB12 CD34 ...'");
    const auto url = std::make_shared<std::string>();
    test->add_option("url", *url, "Its admin address; without it the engine the other options name")->type_name("URL");
    test->callback([context, url] { context.result = runTest(context.session, *url); });
}

} // namespace ctl
