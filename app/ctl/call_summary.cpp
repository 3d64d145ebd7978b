// call summary: calls counted by the engine, by one property and by time; the record is never read in order to count.
#include "call_filter.h"
#include "change.h"
#include "output.h"
#include "table.h"

namespace ctl {

using namespace gateway;

namespace {

struct Wanted
{
    std::string by = "outcome";
    std::string step;
};

constexpr qint64 kDaySeconds = 24 * 3600;

void printSummary(const api::CallSummary& summary)
{
    using enum Table::Align;
    Table table({{"START"}, {"KEY"}, {"CALLS", Right}, {"ANSWERED", Right}, {"COST USD", Right}, {"UNPRICED", Right},
        {"INPUT TOKENS", Right}, {"OUTPUT TOKENS", Right}});
    for (const api::CallSummaryRow& row : summary.rows) {
        table.add({timeText(row.start), row.key, QString::number(row.calls), QString::number(row.answered),
            row.cost ? row.cost->toDecimal() : QString(), QString::number(row.unpriced),
            QString::number(row.inputTokens), QString::number(row.outputTokens)});
    }
    table.print();
    say(QStringLiteral("%1 calls by %2.").arg(summary.total).arg(plain(summary.by)));
    if (summary.cut)
        say(QStringLiteral("More than 100 values: those with the fewest calls are summed under \"other\"."));
}

int runSummary(const Session& session, const CallFilter& filter, const Wanted& wanted)
{
    api::Result<api::CallQuery> filtered = queryFrom(filter);
    if (!filtered)
        return fail(filtered.error());
    const QDateTime now = QDateTime::currentDateTimeUtc();
    filtered->until = filtered->until.value_or(now);
    filtered->since = filtered->since.value_or(filtered->until->addSecs(-kDaySeconds));
    api::CallSummaryQuery query;
    query.filter = *filtered;
    query.by = QString::fromStdString(wanted.by);
    if (!wanted.step.empty()) {
        const std::optional<qint64> ms = millisFrom(QString::fromStdString(wanted.step));
        if (!ms || *ms < 1000)
            return fail(api::failure(api::Failure::Invalid, QStringLiteral("--step is a duration from 1s on, as 1h.")));
        query.stepSeconds = int(std::min<qint64>(*ms / 1000, 366 * kDaySeconds));
    }
    const auto client = session.client();
    if (!client)
        return fail(client.error());
    const api::Result<api::CallSummary> summary = await(client->callSummary(query));
    if (!summary)
        return fail(summary.error());
    if (!printOneAsJson(session.options(), *summary))
        printSummary(*summary);
    return Ok;
}

} // namespace

void addCallSummary(CLI::App& noun, Context context)
{
    auto* command = addCommand(noun, "summary", "Calls counted by one property, in steps of time",
        "signalboxctl call summary --since 7d --by tenant --step 1d");
    const auto filter = addCallFilter(*command, FilterTimes::With);
    const auto wanted = std::make_shared<Wanted>();
    command->add_option("--by", wanted->by, "What is counted; the outcome without it")
        ->check(CLI::IsMember({"outcome", "tenant", "alias", "provider", "feature", "credential", "error_code"}))
        ->type_name("BY");
    command->add_option("--step", wanted->step, "Length of a step; the whole time at once without it")
        ->type_name("DURATION");
    command->callback([context, filter, wanted] { context.result = runSummary(context.session, *filter, *wanted); });
}

} // namespace ctl
