// status and server: what the engine says of itself, and the certificate that others pin.
#include "commands.h"
#include "output.h"
#include "table.h"
#include "walk.h"

#include "api/handshake.h"

namespace ctl {

using namespace gateway;

namespace {

void printStatus(const api::EngineStatus& status)
{
    const QString state = status.draining ? QStringLiteral("draining")
                          : status.ready  ? QStringLiteral("ready")
                                          : QStringLiteral("not ready");
    printFacts({{QStringLiteral("state"), status.demo ? state + QStringLiteral(" (demo)") : state},
        {QStringLiteral("name"), status.name}, {QStringLiteral("environment"), status.environment},
        {QStringLiteral("version"), status.version}, {QStringLiteral("gateway"), status.gatewayUrl},
        {QStringLiteral("admin"), status.adminUrl}, {QStringLiteral("process"), QString::number(status.pid)},
        {QStringLiteral("started"), timeText(status.startedAt)},
        {QStringLiteral("revision"), QString::number(status.revision)}, {QStringLiteral("config"), status.configFile},
        {QStringLiteral("data"), status.dataDirectory}, {QStringLiteral("workers"), QString::number(status.workers)},
        {QStringLiteral("calls"), QStringLiteral("%1 since start, %2 failed, %3 in flight")
                                      .arg(status.callsTotal)
                                      .arg(status.callsFailed)
                                      .arg(status.callsInFlight)},
        {QStringLiteral("store queue"), QString::number(status.storeQueue)},
        {QStringLiteral("memory"), bytesText(status.residentBytes)}});
    if (!status.parts.isEmpty()) {
        printLine({});
        Table table({{"PART"}, {"HEALTH"}, {"DETAIL"}});
        for (const api::Part& part : status.parts)
            table.add({part.name, nameOf(part.health), part.detail});
        table.print();
    }
    const api::Handshake handshake = api::handshakeWith(status);
    if (!handshake.sentence.isEmpty())
        say(plain(handshake.sentence));
}

void runStatus(Context context)
{
    runOne(
        context, [](const api::GatewayClient& client) { return client.status(); }, &printStatus);
}

QString datesText(const api::CertificateFacts& facts)
{
    return QStringLiteral("%1 to %2").arg(timeText(facts.notBefore), timeText(facts.notAfter));
}

// Exit 7 when there is none: over plain HTTP, which stays on the machine, nothing can be pinned.
void runFingerprint(Context context)
{
    const auto client = context.session.client();
    if (!client) {
        context.result = fail(client.error());
        return;
    }
    const auto status = await(client->status());
    if (!status) {
        context.result = fail(status.error());
        return;
    }
    if (!status->certificate) {
        context.result = fail(api::failure(api::Failure::NoData,
            QStringLiteral("The admin listener at %1 has no certificate: it does not speak TLS.").arg(status->adminUrl),
            QStringLiteral("In the config, tls: self-signed under server.admin makes one; a restart puts it in use.")));
        return;
    }
    const api::CertificateFacts& facts = *status->certificate;
    if (context.session.options().json || context.session.options().jsonl) {
        QJsonObject json = api::toJson(facts);
        json.insert(QStringLiteral("grouped"), api::groupedPin(facts.sha256));
        json.insert(QStringLiteral("next_sha256"), status->nextPin);
        context.session.options().jsonl ? printJsonLine(json) : printJson(json);
        return;
    }
    printLine(api::groupedPin(facts.sha256));
    say(QStringLiteral("The certificate of %1, valid %2, issued by %3.")
            .arg(plain(status->adminUrl), datesText(facts),
                facts.selfSigned ? QStringLiteral("itself") : plain(facts.issuer)));
    if (!status->nextPin.isEmpty())
        say(QStringLiteral("The next one: ") + api::groupedPin(status->nextPin));
}

} // namespace

void addStatus(CLI::App& app, Context context)
{
    addCommand(app, "status", "What the engine says of itself", "signalboxctl status --json")->callback([context] {
        runStatus(context);
    });
}

void addServer(CLI::App& app, Context context)
{
    auto* noun = addNoun(app, "server", "The engine that is talked to");
    addCommand(*noun, "status", "The same as status", "signalboxctl server status")->callback([context] {
        runStatus(context);
    });
    auto* fingerprint = addCommand(*noun, "fingerprint",
        "SHA-256 of the admin listener's certificate, to compare and to pin; exit 7 if it has none",
        "signalboxctl server fingerprint --data-dir /var/lib/signalbox");
    fingerprint->callback([context] { runFingerprint(context); });
}

} // namespace ctl
