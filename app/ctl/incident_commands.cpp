// incident: trouble with providers, as the engine has gathered it, and what people say of it.
#include "table.h"
#include "walk.h"

namespace ctl {

using namespace gateway;

namespace {

void printIncidents(const QVector<api::Incident>& incidents)
{
    using enum Table::Align;
    Table table({{"ID"}, {"PROVIDER"}, {"STATE"}, {"SEVERITY"}, {"OWNER"}, {"OPENED"}, {"CLOSED"}, {"FAILED", Right},
        {"RESCUED", Right}, {"OPENINGS", Right}, {"WHAT"}});
    for (const api::Incident& incident : incidents) {
        table.add({incident.id, incident.provider, incident.state, incident.severity, incident.owner,
            timeText(incident.openedAt), timeText(incident.closedAt), QString::number(incident.callsFailed),
            QString::number(incident.callsRescued), QString::number(incident.openings), incident.sentence});
    }
    table.print();
}

void printIncident(const api::Incident& incident)
{
    printFacts({{QStringLiteral("id"), incident.id}, {QStringLiteral("title"), incident.title},
        {QStringLiteral("provider"), incident.provider},
        {QStringLiteral("candidates"), incident.candidates.join(QStringLiteral(", "))},
        {QStringLiteral("state"), incident.state}, {QStringLiteral("severity"), incident.severity},
        {QStringLiteral("what"), incident.sentence}, {QStringLiteral("opened"), timeText(incident.openedAt)},
        {QStringLiteral("last seen"), timeText(incident.lastSeenAt)},
        {QStringLiteral("closed"), timeText(incident.closedAt)},
        {QStringLiteral("calls failed"), QString::number(incident.callsFailed)},
        {QStringLiteral("calls rescued"), QString::number(incident.callsRescued)},
        {QStringLiteral("openings"), QString::number(incident.openings)}, {QStringLiteral("owner"), incident.owner},
        {QStringLiteral("acknowledged"),
            incident.acknowledgedAt
                ? QStringLiteral("%1 by %2").arg(timeText(incident.acknowledgedAt), incident.acknowledgedBy)
                : QString()}});
    if (incident.notes.isEmpty())
        return;
    printLine({});
    Table notes({{"AT"}, {"BY"}, {"NOTE"}});
    for (const api::IncidentNote& note : incident.notes)
        notes.add({timeText(note.at), note.by, note.text});
    notes.print();
}

api::Result<Plan> planOf(const api::GatewayClient& client, const QString& id)
{
    const auto incident = await(client.incident(id));
    if (!incident)
        return incident.error();
    return Plan{api::toJson(*incident), [incident = *incident] { printIncident(incident); }, {}, {}};
}

struct Said
{
    std::string id;
    std::string owner;
    std::string text;
};

void runAck(Context context, const Said& said, const Change& change)
{
    const QString id = QString::fromStdString(said.id);
    runChange(
        context, change, QStringLiteral("acknowledged"), Look::InDryRun,
        [&](const api::GatewayClient& client) { return planOf(client, id); },
        [&](const api::GatewayClient& client, const QString& reason) {
            return client.acknowledgeIncident(id, QString::fromStdString(said.owner), reason);
        },
        [](const api::Incident& incident) {
            printLine(incident.id);
            say(QStringLiteral("%1 looks after it, since %2.")
                    .arg(plain(incident.owner), timeText(incident.acknowledgedAt)));
        });
}

void runNote(Context context, const Said& said, const Change& change)
{
    const QString id = QString::fromStdString(said.id);
    runChange(
        context, change, QStringLiteral("noted"), Look::InDryRun,
        [&](const api::GatewayClient& client) { return planOf(client, id); },
        [&](const api::GatewayClient& client, const QString& reason) {
            return client.noteIncident(id, QString::fromStdString(said.text), reason);
        },
        [](const api::Incident& incident) {
            printLine(incident.id);
            say(QStringLiteral("It has %1 notes.").arg(incident.noteCount));
        });
}

void printHandover(const api::Handover& handover)
{
    printLine(QStringLiteral("%1, as of %2").arg(plain(handover.incident), timeText(handover.at)));
    for (const QString& line : handover.lines)
        printLine(plain(line));
}

CLI::App* addOne(CLI::App& noun, const char* verb, const char* text, const char* example, std::string& id)
{
    auto* command = addCommand(noun, verb, text, example);
    command->add_option("id", id, "The incident, as `incident list` shows it")->required()->type_name("INCIDENT");
    return command;
}

} // namespace

void addIncidents(CLI::App& app, Context context)
{
    auto* noun = addNoun(app, "incident", "Incidents with providers");
    addCommand(*noun, "list", "Newest first, at most 100", "signalboxctl incident list --json")->callback([context] {
        runList(
            context, [](const api::GatewayClient& client) { return client.incidents(); }, &printIncidents);
    });
    const auto said = std::make_shared<Said>();
    addOne(*noun, "show", "One incident with its notes", "signalboxctl incident show inc_7f3a", said->id)
        ->callback([context, said] {
            runOne(
                context,
                [&](const api::GatewayClient& client) { return client.incident(QString::fromStdString(said->id)); },
                &printIncident);
        });

    auto* ack =
        addOne(*noun, "ack", "Say who looks after it", "signalboxctl incident ack inc_7f3a --owner anna", said->id);
    ack->add_option("--owner", said->owner, "Who; you without it")->type_name("NAME");
    const auto ackChange = addReason(*ack);
    ack->callback([context, said, ackChange] { runAck(context, *said, *ackChange); });

    auto* note = addOne(*noun, "note", "Add a note",
        "signalboxctl incident note inc_7f3a 'the provider has confirmed it, ticket 4711'", said->id);
    note->add_option("text", said->text, "The note, at most 2,000 characters")->required()->type_name("TEXT");
    const auto noteChange = addReason(*note);
    note->callback([context, said, noteChange] { runNote(context, *said, *noteChange); });

    addOne(*noun, "handover", "What the next person on duty must know", "signalboxctl incident handover inc_7f3a",
        said->id)
        ->callback([context, said] {
            runOne(
                context,
                [&](const api::GatewayClient& client) { return client.handover(QString::fromStdString(said->id)); },
                &printHandover);
        });
}

} // namespace ctl
