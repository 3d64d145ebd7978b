// audit: who asked for which change, and what became of it. The live tail and the export are in files of their own.
#include "audit_entries.h"
#include "change.h"
#include "output.h"
#include "table.h"

namespace ctl {

using namespace gateway;

namespace {

struct Paging
{
    int limit = 100;
    qint64 before = 0;
};

int runList(const Session& session, const AuditFilter& filter, const Paging& paging)
{
    api::Result<api::AuditQuery> query = queryFrom(filter);
    if (!query)
        return fail(query.error());
    query->limit = paging.limit;
    query->before = paging.before;
    const auto client = session.client();
    if (!client)
        return fail(client.error());
    const api::Result<api::AuditPage> page = await(client->audit(*query));
    if (!page)
        return fail(page.error());
    if (!printAsJson(session.options(), page->entries)) {
        using enum Table::Align;
        Table table({{"SEQUENCE", Right}, {"AT"}, {"PRINCIPAL"}, {"BY"}, {"ACTION"}, {"OBJECT"}, {"OUTCOME"},
            {"STATUS", Right}, {"REASON"}});
        for (const api::AuditEntry& entry : page->entries)
            table.add(cellsOf(entry));
        table.print();
    }
    if (page->next > 0)
        say(QStringLiteral("%1 of %2 entries; the next page: --before %3")
                .arg(page->entries.size())
                .arg(page->total)
                .arg(page->next));
    return Ok;
}

} // namespace

std::shared_ptr<AuditFilter> addAuditFilter(CLI::App& command, AuditTimes times)
{
    const auto filter = std::make_shared<AuditFilter>();
    if (times == AuditTimes::With) {
        command.add_option("--since", filter->since, "A duration ago (15m, 2h, 7d) or an RFC 3339 time")
            ->type_name("TIME");
        command.add_option("--until", filter->until, "The same, for the end")->type_name("TIME");
    }
    command.add_option("--principal", filter->principal, "By this principal")->type_name("NAME");
    command.add_option("--action", filter->action, "Whose route has this in it, as credentials or /drain")
        ->type_name("PART");
    command.add_option("--object", filter->object, "On this object, as a provider's name")->type_name("OBJECT");
    command.add_option("--outcome", filter->outcome, "That ended so")
        ->check(CLI::IsMember({"applied", "refused", "failed", "void", "unknown", "read"}))
        ->type_name("OUTCOME");
    return filter;
}

api::Result<api::AuditQuery> queryFrom(const AuditFilter& filter)
{
    api::AuditQuery query;
    query.principal = QString::fromStdString(filter.principal);
    query.action = QString::fromStdString(filter.action);
    query.object = QString::fromStdString(filter.object);
    query.outcome = QString::fromStdString(filter.outcome);
    const auto since = pastFrom(filter.since, QStringLiteral("--since"));
    const auto until = pastFrom(filter.until, QStringLiteral("--until"));
    if (!since || !until)
        return since ? until.error() : since.error();
    query.since = *since;
    query.until = *until;
    return query;
}

QStringList cellsOf(const api::AuditEntry& entry)
{
    return {QString::number(entry.sequence), timeText(entry.at), entry.principal, entry.by, entry.action, entry.object,
        entry.outcome, entry.status == 0 ? QString() : QString::number(entry.status),
        entry.message.isEmpty() ? entry.reason : entry.reason + QStringLiteral(" | ") + entry.message};
}

void addAudit(CLI::App& app, Context context)
{
    auto* noun = addNoun(app, "audit", "The audit log of administration");
    auto* list =
        addCommand(*noun, "list", "Entries, newest first", "signalboxctl audit list --since 7d --action credentials");
    const auto filter = addAuditFilter(*list, AuditTimes::With);
    const auto paging = std::make_shared<Paging>();
    list->add_option("--limit", paging->limit, "At most so many; 100 without it")
        ->check(CLI::Range(1, 1000))
        ->type_name("N");
    list->add_option("--before", paging->before, "Entries below this sequence number")
        ->check(CLI::PositiveNumber)
        ->type_name("SEQ");
    list->callback([context, filter, paging] { context.result = runList(context.session, *filter, *paging); });
    addAuditVerify(*noun, context);
    addAuditTail(*noun, context);
    addAuditExport(*noun, context);
}

} // namespace ctl
