#include "commands.h"
#include "output.h"
#include "table.h"

#include <QRegularExpression>

namespace ctl {

using namespace gateway;
using api::Failure;

namespace {

struct Filter
{
    std::string since;
    std::string tenant;
    std::string alias;
    std::string outcome;
    std::string before;
    int limit = 100;
};

// "90s", "15m", "2h", "7d" ago, or an RFC 3339 time.
std::optional<QDateTime> timeFrom(const QString& text)
{
    static const QRegularExpression ago(QStringLiteral("\\A([0-9]{1,9})(ms|s|m|h|d)\\z"));
    if (const auto match = ago.match(text); match.hasMatch()) {
        const qint64 count = match.captured(1).toLongLong();
        const QString unit = match.captured(2);
        const qint64 ms = unit == QLatin1String("ms")  ? 1
                          : unit == QLatin1String("s") ? 1000
                          : unit == QLatin1String("m") ? 60'000
                          : unit == QLatin1String("h") ? 3'600'000
                                                       : 86'400'000;
        return QDateTime::currentDateTimeUtc().addMSecs(-count * ms);
    }
    const QDateTime time = QDateTime::fromString(text, Qt::ISODateWithMs);
    return time.isValid() ? std::optional(time.toUTC()) : std::nullopt;
}

api::Result<api::CallQuery> queryOf(const Filter& filter)
{
    api::CallQuery query;
    query.tenant = QString::fromStdString(filter.tenant);
    query.alias = QString::fromStdString(filter.alias);
    query.before = QString::fromStdString(filter.before);
    query.limit = filter.limit;
    if (!filter.since.empty()) {
        query.since = timeFrom(QString::fromStdString(filter.since));
        if (!query.since)
            return api::failure(
                Failure::Invalid, QStringLiteral("--since is a duration (90s, 15m, 2h, 7d) or an RFC 3339 time."));
    }
    if (!filter.outcome.empty()) {
        query.outcome = api::callOutcomeFromName(QString::fromStdString(filter.outcome));
        if (!query.outcome)
            return api::failure(Failure::Invalid,
                QStringLiteral("--outcome is one of answered, refused, failed, truncated, cancelled, indeterminate."));
    }
    return query;
}

QString costText(const std::optional<api::Money>& cost)
{
    return cost ? cost->toDecimal() : QString();
}

void printCalls(const api::CallPage& page)
{
    using enum Table::Align;
    Table table({{"STARTED"}, {"ID"}, {"TENANT"}, {"ALIAS"}, {"OUTCOME"}, {"SERVED BY"}, {"TOKENS", Right},
        {"COST USD", Right}, {"TOTAL", Right}});
    for (const api::Call& call : page.calls) {
        const QString outcome = call.error == api::ErrorCode::None ? nameOf(call.outcome)
                                                                   : nameOf(call.outcome) + u' ' + nameOf(call.error);
        table.add({timeText(call.startedAt), call.id, call.tenant, call.alias, outcome, call.servedBy,
            QString::number(call.tokens.input() + call.tokens.output()), costText(call.cost), millisText(call.endUs)});
    }
    table.print();
}

void printCall(const api::Call& call)
{
    printFacts({{QStringLiteral("id"), call.id},
        {QStringLiteral("started"), call.startedAt.toUTC().toString(Qt::ISODateWithMs)},
        {QStringLiteral("tenant"), call.tenant}, {QStringLiteral("feature"), call.feature},
        {QStringLiteral("agent"), call.agent}, {QStringLiteral("credential"), call.credential},
        {QStringLiteral("surface"), call.surface}, {QStringLiteral("alias"), call.alias},
        {QStringLiteral("workload class"), call.workloadClass}, {QStringLiteral("zone"), call.zone},
        {QStringLiteral("revision"), QString::number(call.revision)}, {QStringLiteral("outcome"), nameOf(call.outcome)},
        {QStringLiteral("error"), nameOf(call.error)}, {QStringLiteral("detail"), call.errorDetail},
        {QStringLiteral("status"), call.httpStatus == 0 ? QString() : QString::number(call.httpStatus)},
        {QStringLiteral("served by"), call.servedBy}, {QStringLiteral("fallback"), call.fallbackKind},
        {QStringLiteral("stream"), nameOf(call.streamEnd)},
        {QStringLiteral("tokens"), QStringLiteral("%1 in, %2 out").arg(call.tokens.input()).arg(call.tokens.output())},
        {QStringLiteral("cost, USD"), costText(call.cost)},
        {QStringLiteral("first token"), millisText(call.firstTokenUs)},
        {QStringLiteral("total"), millisText(call.endUs)},
        {QStringLiteral("overhead"),
            call.overheadUs < 0 ? QString() : QString::number(call.overheadUs) + QStringLiteral(" us")},
        {QStringLiteral("commit"), millisText(call.commitUs)}});
    if (call.attempts.isEmpty())
        return;
    printLine({});
    using enum Table::Align;
    Table table({{"#", Right}, {"PROVIDER"}, {"MODEL"}, {"REGION"}, {"RESULT"}, {"STATUS", Right}, {"START", Right},
        {"FIRST", Right}, {"END", Right}, {"REASON"}});
    for (const api::Attempt& attempt : call.attempts) {
        table.add(
            {QString::number(attempt.number), attempt.provider, attempt.model, attempt.region, nameOf(attempt.result),
                attempt.httpStatus == 0 ? QString() : QString::number(attempt.httpStatus), millisText(attempt.startUs),
                millisText(attempt.firstTokenUs >= 0 ? attempt.firstTokenUs : attempt.firstByteUs),
                millisText(attempt.endUs), attempt.reason});
    }
    table.print();
}

int runList(const Session& session, const Filter& filter)
{
    const api::Result<api::CallQuery> query = queryOf(filter);
    if (!query)
        return fail(query.error());
    const auto client = session.client();
    if (!client)
        return fail(client.error());
    const api::Result<api::CallPage> page = await(client->calls(*query));
    if (!page)
        return fail(page.error());
    if (!printAsJson(session.options(), page->calls))
        printCalls(*page);
    if (!page->next.isEmpty())
        say(QStringLiteral("%1 of %2 calls; the next page: --before %3")
                .arg(page->calls.size())
                .arg(page->total)
                .arg(page->next));
    return Ok;
}

int runShow(const Session& session, const std::string& id)
{
    const auto client = session.client();
    if (!client)
        return fail(client.error());
    const api::Result<api::Call> call = await(client->call(QString::fromStdString(id)));
    if (!call)
        return fail(call.error());
    if (!printOneAsJson(session.options(), *call))
        printCall(*call);
    return Ok;
}

} // namespace

void addCalls(CLI::App& app, Context context)
{
    auto* noun = app.add_subcommand("call", "The record of calls")->require_subcommand(1);
    auto* list = noun->add_subcommand("list", "Calls, newest first");
    const auto filter = std::make_shared<Filter>();
    list->add_option("--since", filter->since, "A duration ago (15m, 2h, 7d) or an RFC 3339 time")->type_name("D");
    list->add_option("--tenant", filter->tenant, "Of this tenant")->type_name("T");
    list->add_option("--alias", filter->alias, "For this alias")->type_name("A");
    list->add_option("--outcome", filter->outcome, "answered, refused, failed, truncated, cancelled or indeterminate")
        ->type_name("O");
    list->add_option("--limit", filter->limit, "At most so many")->check(CLI::Range(1, 1000))->type_name("N");
    list->add_option("--before", filter->before, "Go on where an earlier page ended")->type_name("CURSOR");
    list->callback([context, filter] { context.result = runList(context.session, *filter); });

    auto* show = noun->add_subcommand("show", "One call with its attempts");
    const auto id = std::make_shared<std::string>();
    show->add_option("id", *id, "Its id, as in x-request-id")->required();
    show->callback([context, id] { context.result = runShow(context.session, *id); });
}

} // namespace ctl
