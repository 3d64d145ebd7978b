// audit export: every entry that fits, page by page, never cut.
#include "audit_entries.h"
#include "csv.h"
#include "output.h"
#include "record_export.h"

#include <QJsonDocument>

namespace ctl {

using namespace gateway;

namespace {

const QStringList kColumns{QStringLiteral("sequence"), QStringLiteral("at"), QStringLiteral("principal"),
    QStringLiteral("role"), QStringLiteral("by"), QStringLiteral("client"), QStringLiteral("peer"),
    QStringLiteral("action"), QStringLiteral("object"), QStringLiteral("reason"), QStringLiteral("operation"),
    QStringLiteral("revision"), QStringLiteral("outcome"), QStringLiteral("status"), QStringLiteral("message"),
    QStringLiteral("asked"), QStringLiteral("before"), QStringLiteral("after")};

QString bodyCell(const QJsonObject& body)
{
    return body.isEmpty() ? QString() : QString::fromUtf8(QJsonDocument(body).toJson(QJsonDocument::Compact));
}

QByteArray csvOf(const api::AuditEntry& entry)
{
    return csvLine({QString::number(entry.sequence), entry.at.toUTC().toString(Qt::ISODateWithMs),
        safeCell(entry.principal), safeCell(entry.role), safeCell(entry.by), safeCell(entry.client),
        safeCell(entry.peer), safeCell(entry.action), safeCell(entry.object), safeCell(entry.reason),
        safeCell(entry.operation), QString::number(entry.revision), safeCell(entry.outcome),
        entry.status == 0 ? QString() : QString::number(entry.status), safeCell(entry.message), bodyCell(entry.asked),
        bodyCell(entry.before), bodyCell(entry.after)});
}

int runExport(const Session& session, const AuditFilter& filter, const ExportWanted& wanted)
{
    api::Result<api::AuditQuery> query = queryFrom(filter);
    if (!query)
        return fail(query.error());
    const auto client = session.client();
    if (!client)
        return fail(client.error());
    query->limit = 1000;
    RecordExport out(wanted, QStringLiteral("entries"));
    if (const api::Outcome opened = out.open(); !opened)
        return fail(opened.error());
    qint64 total = -1;
    QByteArray bytes = wanted.isCsv() ? csvLine(kColumns) : QByteArray();
    do {
        const api::Result<api::AuditPage> page = await(client->audit(*query));
        if (!page)
            return out.endEarly(page.error());
        if (total < 0)
            total = page->total;
        for (const api::AuditEntry& entry : page->entries) {
            out.count(entry.at);
            bytes +=
                wanted.isCsv() ? csvOf(entry) : QJsonDocument(api::toJson(entry)).toJson(QJsonDocument::Compact) + '\n';
        }
        if (const api::Outcome written = out.write(bytes); !written)
            return out.endEarly(written.error());
        bytes.clear();
        if (page->next != 0 && page->next == query->before)
            return out.endEarly(
                api::failure(api::Failure::Internal, QStringLiteral("The engine gave the same page twice.")));
        query->before = page->next;
    } while (query->before > 0);
    return out.end(total);
}

} // namespace

void addAuditExport(CLI::App& noun, Context context)
{
    auto* command = addCommand(noun, "export", "Every entry that fits, never cut; newest first",
        "signalboxctl audit export --since 2026-11-01T00:00:00Z --out audit.jsonl");
    const auto filter = addAuditFilter(*command, AuditTimes::With);
    const auto wanted = addExportOptions(*command);
    command->callback([context, filter, wanted] { context.result = runExport(context.session, *filter, *wanted); });
}

} // namespace ctl
