// call tail: calls as they finish, from the event stream.
#include "call_filter.h"
#include "follow.h"
#include "output.h"
#include "table.h"

#include <algorithm>
#include <limits>

namespace ctl {

using namespace gateway;

namespace {

struct Wanted
{
    std::string feature;
    std::string credential;
    qint64 count = std::numeric_limits<qint64>::max();
};

bool fits(const QString& value, const QString& asked)
{
    return asked.isEmpty() || value == asked;
}

bool fits(const api::Call& call, const api::CallQuery& query, const Wanted& wanted)
{
    const bool atProvider = query.provider.isEmpty() ||
                            std::any_of(call.attempts.begin(), call.attempts.end(),
                                [&](const api::Attempt& attempt) { return attempt.provider == query.provider; });
    return atProvider && fits(call.tenant, query.tenant) && fits(call.alias, query.alias) &&
           (!query.outcome || *query.outcome == call.outcome) &&
           fits(call.feature, QString::fromStdString(wanted.feature)) &&
           fits(call.credential, QString::fromStdString(wanted.credential));
}

// Lines come one at a time, so the columns are as wide as these things usually are.
QString lineOf(const QStringList& cells)
{
    static const QVector<int> widths{20, 26, 14, 20, 32, 44, 8, 12, 10};
    QString line;
    for (qsizetype i = 0; i < cells.size(); ++i) {
        const QString cell = i < 6 ? cells[i].leftJustified(widths[i]) : cells[i].rightJustified(widths[i]);
        line += (i == 0 ? QString() : QStringLiteral("  ")) + cell;
    }
    return line;
}

void printCall(const api::Call& call)
{
    printLine(lineOf({plain(timeText(call.startedAt)), plain(call.id), plain(call.tenant), plain(call.alias),
        plain(outcomeText(call)), plain(call.servedBy), QString::number(call.tokens.input() + call.tokens.output()),
        plain(costText(call)), plain(millisText(call.endUs))}));
}

int runTail(const Session& session, const CallFilter& filter, const Wanted& wanted)
{
    const api::Result<api::CallQuery> query = queryFrom(filter);
    if (!query)
        return fail(query.error());
    const Options& options = session.options();
    const bool asJson = options.json || options.jsonl; // a stream has no end, so it is no array either way
    if (!asJson)
        printLine(faint(lineOf({QStringLiteral("STARTED"), QStringLiteral("ID"), QStringLiteral("TENANT"),
            QStringLiteral("ALIAS"), QStringLiteral("OUTCOME"), QStringLiteral("SERVED BY"), QStringLiteral("TOKENS"),
            QStringLiteral("COST USD"), QStringLiteral("TOTAL")})));
    qint64 left = wanted.count;
    return follow(
        session, -1,
        [&](const api::Event& event) {
            if (event.type != QLatin1String("call.finished"))
                return true;
            const api::Result<api::Call> call = api::callFromJson(event.data);
            if (!call) {
                say(QStringLiteral("signalboxctl: event %1 is no call that this program can read.")
                        .arg(event.sequence));
                return true;
            }
            if (!fits(*call, *query, wanted))
                return true;
            asJson ? printJsonLine(api::toJson(*call)) : printCall(*call);
            return --left > 0;
        },
        [&](qint64 first, qint64 last) {
            if (asJson)
                printJsonLine({{QStringLiteral("type"), QStringLiteral("gap")}, {QStringLiteral("first"), first},
                    {QStringLiteral("last"), last}});
        });
}

} // namespace

void addCallTail(CLI::App& noun, Context context)
{
    auto* command = addCommand(noun, "tail", "Calls as they finish, until interrupted; JSON is one object a line",
        "signalboxctl call tail --tenant acme --outcome failed");
    const auto filter = addCallFilter(*command, FilterTimes::Without);
    const auto wanted = std::make_shared<Wanted>();
    command->add_option("--feature", wanted->feature, "That name this feature")->type_name("FEATURE");
    command->add_option("--credential", wanted->credential, "With this credential")->type_name("CREDENTIAL");
    command->add_option("--count", wanted->count, "End after so many")->check(CLI::PositiveNumber)->type_name("N");
    command->callback([context, filter, wanted] { context.result = runTail(context.session, *filter, *wanted); });
}

} // namespace ctl
