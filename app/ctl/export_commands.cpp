// export: what leaves the engine for other systems, and whether it arrives.
#include "table.h"
#include "walk.h"

namespace ctl {

using namespace gateway;

namespace {

void printExports(const QVector<api::ExportStatus>& exports)
{
    using enum Table::Align;
    Table table({{"EXPORT"}, {"KIND"}, {"STATE"}, {"TARGET"}, {"LAST SUCCESS"}, {"SENT", Right}, {"DROPPED", Right},
        {"QUEUED", Right}, {"WHAT"}});
    for (const api::ExportStatus& status : exports) {
        table.add({status.name, status.kind, status.state, status.target, timeText(status.lastSuccess),
            QString::number(status.sent), QString::number(status.dropped), QString::number(status.queued),
            status.lastError.isEmpty() ? status.sentence : status.lastError});
    }
    table.print();
}

void runTest(Context context, const std::string& given, const Change& change)
{
    const QString name = QString::fromStdString(given);
    runPlanned(
        context, change, QStringLiteral("tested"), Look::InDryRun,
        [&](const api::GatewayClient& client) {
            return planFrom(
                await(client.exports()), [&](const api::ExportStatus& status) { return status.name == name; },
                QStringLiteral("There is no export %1.").arg(name),
                QStringLiteral("Export %1 would send one of its own.").arg(name));
        },
        [&](const api::GatewayClient& client, const QString& reason) { return client.testExport(name, reason); },
        [&](const api::ExportTest& test) {
            if (!printOneAsJson(context.session.options(), test))
                printLine(QStringLiteral("%1: %2").arg(plain(test.name), plain(test.sentence)));
            return test.ok ? int(Ok) : int(CheckFailed);
        });
}

} // namespace

void addExports(CLI::App& app, Context context)
{
    auto* noun = addNoun(app, "export", "Metrics, traces and webhooks that leave the engine");
    addCommand(*noun, "list", "All exports and how they do", "signalboxctl export list")->callback([context] {
        runList(
            context, [](const api::GatewayClient& client) { return client.exports(); }, &printExports);
    });
    auto* test = addCommand(*noun, "test", "Send one and show the answer; exit 6 if it was not taken",
        "signalboxctl export test otlp-traces");
    const auto name = std::make_shared<std::string>();
    test->add_option("name", *name, "The export, as `export list` shows it")->required()->type_name("EXPORT");
    const auto change = addReason(*test);
    test->callback([context, name, change] { runTest(context, *name, *change); });
}

} // namespace ctl
