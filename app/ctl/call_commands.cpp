// call: the record of calls; its export and its live tail are in files of their own.
#include "call_filter.h"
#include "output.h"
#include "table.h"

namespace ctl {

using namespace gateway;

namespace {

struct Paging
{
    int limit = 100;
    std::string before;
};

void printCalls(const api::CallPage& page)
{
    using enum Table::Align;
    Table table({{"STARTED"}, {"ID"}, {"TENANT"}, {"ALIAS"}, {"OUTCOME"}, {"SERVED BY"}, {"TOKENS", Right},
        {"COST USD", Right}, {"TOTAL", Right}});
    for (const api::Call& call : page.calls) {
        table.add({timeText(call.startedAt), call.id, call.tenant, call.alias, outcomeText(call), call.servedBy,
            QString::number(call.tokens.input() + call.tokens.output()), costText(call), millisText(call.endUs)});
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
        {QStringLiteral("cost, USD"), costText(call)}, {QStringLiteral("first token"), millisText(call.firstTokenUs)},
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

int runList(const Session& session, const CallFilter& filter, const Paging& paging)
{
    api::Result<api::CallQuery> query = queryFrom(filter);
    if (!query)
        return fail(query.error());
    query->limit = paging.limit;
    query->before = QString::fromStdString(paging.before);
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
    auto* noun = addNoun(app, "call", "The record of calls");
    auto* list = addCommand(
        *noun, "list", "Calls, newest first", "signalboxctl call list --since 2h --tenant acme --outcome failed");
    const auto filter = addCallFilter(*list, FilterTimes::With);
    const auto paging = std::make_shared<Paging>();
    list->add_option("--limit", paging->limit, "At most so many; 100 without it")
        ->check(CLI::Range(1, 1000))
        ->type_name("N");
    list->add_option("--before", paging->before, "Go on where an earlier page ended")->type_name("CURSOR");
    list->callback([context, filter, paging] { context.result = runList(context.session, *filter, *paging); });

    auto* show = addCommand(*noun, "show", "One call with its attempts", "signalboxctl call show req_7f3a --json");
    const auto id = std::make_shared<std::string>();
    show->add_option("id", *id, "Its id, as in x-request-id")->required()->type_name("CALL");
    show->callback([context, id] { context.result = runShow(context.session, *id); });

    addCallReceipt(*noun, context);
    addCallSummary(*noun, context);
    addCallTail(*noun, context);
    addCallExport(*noun, context);
}

} // namespace ctl
