// incident: trouble with providers, as the engine has gathered it.
#include "table.h"
#include "walk.h"

#include <QJsonArray>

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

// --json gives an object, as the admin API does, so that facts about the list can join it.
int runIncidents(const Session& session)
{
    const auto client = session.client();
    if (!client)
        return fail(client.error());
    const auto incidents = await(client->incidents());
    if (!incidents)
        return fail(incidents.error());
    if (session.options().json && !session.options().jsonl) {
        QJsonArray items;
        for (const api::Incident& incident : *incidents)
            items.append(api::toJson(incident));
        printJson(QJsonObject{{QStringLiteral("items"), items}});
    } else if (!printAsJson(session.options(), *incidents)) {
        print(*incidents);
    }
    return Ok;
}

} // namespace

void addIncidents(CLI::App& app, Context context)
{
    auto* noun = app.add_subcommand("incident", "Incidents with providers")->require_subcommand(1);
    noun->add_subcommand("list", "Those of this run of the engine, newest first, at most 100")->callback([context] {
        context.result = runIncidents(context.session);
    });
}

} // namespace ctl
