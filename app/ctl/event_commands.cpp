// events: what happens, as the engine tells it.
#include "commands.h"
#include "follow.h"
#include "output.h"

#include <algorithm>
#include <limits>

namespace ctl {

using namespace gateway;

namespace {

struct Wanted
{
    qint64 since = -1;
    std::vector<std::string> types;
    qint64 count = std::numeric_limits<qint64>::max();
};

// "call.finished", or "incident." for all that begin so.
bool isWanted(const Wanted& wanted, const QString& type)
{
    return wanted.types.empty() || std::any_of(wanted.types.begin(), wanted.types.end(), [&](const std::string& given) {
        const QString one = QString::fromStdString(given);
        return type == one || (one.endsWith(u'.') && type.startsWith(one));
    });
}

int runEvents(const Session& session, const Wanted& wanted)
{
    qint64 left = wanted.count;
    return follow(
        session, wanted.since,
        [&](const api::Event& event) {
            if (!isWanted(wanted, event.type))
                return true;
            printJsonLine({{QStringLiteral("sequence"), event.sequence}, {QStringLiteral("type"), event.type},
                {QStringLiteral("data"), event.data}});
            return --left > 0;
        },
        [](qint64 first, qint64 last) {
            printJsonLine({{QStringLiteral("type"), QStringLiteral("gap")}, {QStringLiteral("first"), first},
                {QStringLiteral("last"), last}});
        });
}

} // namespace

void addEvents(CLI::App& app, Context context)
{
    auto* command = addCommand(app, "events", "Follow what happens, one JSON object a line, until interrupted",
        "signalboxctl events --type incident. --type provider.health");
    const auto wanted = std::make_shared<Wanted>();
    command
        ->add_option(
            "--since", wanted->since, "After this sequence number, 0 for all that is kept; without it from now on")
        ->check(CLI::NonNegativeNumber)
        ->type_name("SEQ");
    command
        ->add_option("--type", wanted->types,
            "Only this type, as call.finished, or a family, as incident.; repeat for "
            "more")
        ->take_all()
        ->expected(1)
        ->type_name("TYPE");
    command->add_option("--count", wanted->count, "End after so many")->check(CLI::PositiveNumber)->type_name("N");
    command->callback([context, wanted] { context.result = runEvents(context.session, *wanted); });
}

} // namespace ctl
