// call export: every call that fits a filter, page by page, as JSON lines or CSV. It is never cut: it is whole, or the
// command fails and says after how many.
#include "call_filter.h"
#include "csv.h"
#include "output.h"
#include "record_export.h"

#include <QJsonDocument>

namespace ctl {

using namespace gateway;

namespace {

const QStringList kColumns{QStringLiteral("id"), QStringLiteral("started_at"), QStringLiteral("tenant"),
    QStringLiteral("feature"), QStringLiteral("agent"), QStringLiteral("user"), QStringLiteral("credential"),
    QStringLiteral("surface"), QStringLiteral("alias"), QStringLiteral("workload_class"), QStringLiteral("zone"),
    QStringLiteral("revision"), QStringLiteral("outcome"), QStringLiteral("error_code"), QStringLiteral("http_status"),
    QStringLiteral("served_by"), QStringLiteral("fallback_kind"), QStringLiteral("degraded"), QStringLiteral("cache"),
    QStringLiteral("attempts"), QStringLiteral("input_tokens"), QStringLiteral("output_tokens"),
    QStringLiteral("cost_estimated_usd"), QStringLiteral("cost_usd"), QStringLiteral("first_token_ms"),
    QStringLiteral("total_ms"), QStringLiteral("overhead_us"), QStringLiteral("stream")};

// "Never" is an empty cell, not -1.
QString millisCell(qint64 us)
{
    return us < 0 ? QString() : QString::number(double(us) / 1000.0, 'f', 3);
}

QString moneyCell(const std::optional<api::Money>& money)
{
    return money ? money->toDecimal() : QString();
}

QByteArray csvOf(const api::Call& call)
{
    return csvLine({safeCell(call.id), call.startedAt.toUTC().toString(Qt::ISODateWithMs), safeCell(call.tenant),
        safeCell(call.feature), safeCell(call.agent), safeCell(call.user), safeCell(call.credential),
        safeCell(call.surface), safeCell(call.alias), safeCell(call.workloadClass), safeCell(call.zone),
        QString::number(call.revision), nameOf(call.outcome), nameOf(call.error),
        call.httpStatus == 0 ? QString() : QString::number(call.httpStatus), safeCell(call.servedBy),
        safeCell(call.fallbackKind), call.degraded ? QStringLiteral("true") : QStringLiteral("false"),
        safeCell(call.cache), QString::number(call.attempts.size()), QString::number(call.tokens.input()),
        QString::number(call.tokens.output()), moneyCell(call.costEstimated), moneyCell(call.cost),
        millisCell(call.firstTokenUs), millisCell(call.endUs),
        call.overheadUs < 0 ? QString() : QString::number(call.overheadUs), nameOf(call.streamEnd)});
}

QByteArray jsonOf(const api::Call& call)
{
    return QJsonDocument(api::toJson(call)).toJson(QJsonDocument::Compact) + '\n';
}

int runExport(const Session& session, const CallFilter& filter, const ExportWanted& wanted)
{
    api::Result<api::CallQuery> query = queryFrom(filter);
    if (!query)
        return fail(query.error());
    const auto client = session.client();
    if (!client)
        return fail(client.error());
    query->limit = 1000;
    RecordExport out(wanted, QStringLiteral("calls"));
    if (const api::Outcome opened = out.open(); !opened)
        return fail(opened.error());
    qint64 total = -1;
    QByteArray bytes = wanted.isCsv() ? csvLine(kColumns) : QByteArray();
    do {
        const api::Result<api::CallPage> page = await(client->calls(*query));
        if (!page)
            return out.endEarly(page.error());
        if (total < 0)
            total = page->total; // what arrives meanwhile is newer than the first page and not part of it
        for (const api::Call& call : page->calls) {
            out.count(call.startedAt);
            bytes += wanted.isCsv() ? csvOf(call) : jsonOf(call);
        }
        if (const api::Outcome written = out.write(bytes); !written)
            return out.endEarly(written.error());
        bytes.clear();
        if (!page->next.isEmpty() && page->next == query->before)
            return out.endEarly(
                api::failure(api::Failure::Internal, QStringLiteral("The engine gave the same page twice.")));
        query->before = page->next;
    } while (!query->before.isEmpty());
    return out.end(total);
}

} // namespace

void addCallExport(CLI::App& noun, Context context)
{
    auto* command = addCommand(noun, "export", "Every call that fits, never cut; newest first",
        "signalboxctl call export --since 30d --tenant acme --format csv --out calls.csv");
    const auto filter = addCallFilter(*command, FilterTimes::With);
    const auto wanted = addExportOptions(*command);
    command->callback([context, filter, wanted] { context.result = runExport(context.session, *filter, *wanted); });
}

} // namespace ctl
