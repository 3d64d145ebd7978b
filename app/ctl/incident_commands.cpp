// incident: trouble with providers, as the engine has gathered it.
#include "table.h"
#include "walk.h"

namespace ctl {

using namespace gateway;

namespace {

void print(const QVector<api::Incident>& incidents)
{
    using enum Table::Align;
    Table table({{"ID"}, {"PROVIDER"}, {"STATE"}, {"SEVERITY"}, {"OPENED"}, {"CLOSED"}, {"FAILED", Right},
        {"RESCUED", Right}, {"OPENINGS", Right}, {"WHAT"}});
    for (const api::Incident& incident : incidents) {
        table.add({incident.id, incident.provider, incident.state, incident.severity, timeText(incident.openedAt),
            timeText(incident.closedAt), QString::number(incident.callsFailed), QString::number(incident.callsRescued),
            QString::number(incident.openings), plain(incident.sentence)});
    }
    table.print();
}

} // namespace

void addIncidents(CLI::App& app, Context context)
{
    auto* noun = addNoun(app, "incident", "Incidents with providers");
    addCommand(*noun, "list", "Newest first, at most 100", "signalboxctl incident list --json")->callback([context] {
        runList(
            context, [](const api::GatewayClient& client) { return client.incidents(); }, &print);
    });
}

} // namespace ctl
