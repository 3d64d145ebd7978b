#include "commands.h"
#include "output.h"
#include "table.h"

namespace ctl {

using namespace gateway;

void addStatus(CLI::App& app, Context context)
{
    auto* command = app.add_subcommand("status", "What the engine says of itself");
    command->callback([context] {
        const auto client = context.session.client();
        if (!client) {
            context.result = fail(client.error());
            return;
        }
        const api::Result<api::EngineStatus> status = await(client->status());
        if (!status) {
            context.result = fail(status.error());
            return;
        }
        if (printOneAsJson(context.session.options(), *status))
            return;
        const QString state = status->draining ? QStringLiteral("draining")
                              : status->ready  ? QStringLiteral("ready")
                                               : QStringLiteral("not ready");
        printFacts({{QStringLiteral("state"), status->demo ? state + QStringLiteral(" (demo)") : state},
            {QStringLiteral("version"), status->version}, {QStringLiteral("gateway"), status->gatewayUrl},
            {QStringLiteral("admin"), status->adminUrl}, {QStringLiteral("process"), QString::number(status->pid)},
            {QStringLiteral("started"), timeText(status->startedAt)},
            {QStringLiteral("revision"), QString::number(status->revision)},
            {QStringLiteral("config"), status->configFile}, {QStringLiteral("data"), status->dataDirectory},
            {QStringLiteral("workers"), QString::number(status->workers)},
            {QStringLiteral("calls"), QStringLiteral("%1 since start, %2 failed, %3 in flight")
                                          .arg(status->callsTotal)
                                          .arg(status->callsFailed)
                                          .arg(status->callsInFlight)},
            {QStringLiteral("store queue"), QString::number(status->storeQueue)},
            {QStringLiteral("memory"), bytesText(status->residentBytes)}});
        if (status->parts.isEmpty())
            return;
        printLine({});
        Table table({{"PART"}, {"HEALTH"}, {"DETAIL"}});
        for (const api::Part& part : status->parts)
            table.add({part.name, nameOf(part.health), part.detail});
        table.print();
    });
}

} // namespace ctl
