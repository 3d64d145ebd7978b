#include "engine_checks.h"

#include "session.h"

#include "api/handshake.h"

namespace ctl {

using namespace gateway;

namespace {

constexpr qint64 kLongQueue = 10'000; // records that wait for their commit

Check checkVersion(const api::EngineStatus& status)
{
    const QString name = QStringLiteral("version");
    const api::Handshake handshake = api::handshakeWith(status);
    const QString versions =
        QStringLiteral("engine %1, signalboxctl %2").arg(status.version, QStringLiteral(SIGNALBOX_VERSION));
    if (!handshake.works)
        return failed(name, versions + QStringLiteral(": ") + handshake.sentence,
            QStringLiteral("Use a signalboxctl of the engine's version."));
    if (!handshake.sentence.isEmpty())
        return warning(name, versions + QStringLiteral(": ") + handshake.sentence,
            QStringLiteral("Bring the older of the two up to date."));
    return ok(name, versions);
}

Check checkReady(const api::EngineStatus& status)
{
    const QString name = QStringLiteral("ready");
    if (status.ready)
        return ok(name, QStringLiteral("The engine takes calls at %1.").arg(status.gatewayUrl));
    if (status.draining)
        return failed(name, QStringLiteral("The engine is draining: it finishes calls and takes no new ones."),
            QStringLiteral("Wait for it to end, and start it again."));
    return failed(name, QStringLiteral("The engine takes no calls."),
        QStringLiteral("The parts below say why; its log says more."));
}

Checks checkParts(const api::EngineStatus& status)
{
    Checks checks;
    for (const api::Part& part : status.parts) {
        const QString name = QStringLiteral("part: ") + part.name;
        const QString detail = part.detail.isEmpty() ? nameOf(part.health) : part.detail;
        const QString fix = QStringLiteral("The engine's log says what is wrong with it.");
        switch (part.health) {
        case api::Health::Ok:
            checks.append(ok(name, detail));
            break;
        case api::Health::Down:
            checks.append(failed(name, detail, fix));
            break;
        case api::Health::Degraded:
        case api::Health::Unknown:
        case api::Health::Paused:
            checks.append(warning(name, detail, fix));
            break;
        }
    }
    return checks;
}

Check checkQueue(const api::EngineStatus& status)
{
    const QString name = QStringLiteral("store queue");
    const QString detail = QStringLiteral("%1 records wait for their commit.").arg(status.storeQueue);
    return status.storeQueue > kLongQueue
               ? warning(name, detail, QStringLiteral("The disk of the data directory is too slow for this load."))
               : ok(name, detail);
}

Check checkConfig(const api::GatewayClient& client)
{
    const QString name = QStringLiteral("config");
    const auto facts = await(client.config());
    if (!facts)
        return failed(name, facts.error().message, QStringLiteral("The engine's log says more."));
    const QString revision = QStringLiteral("revision %1 of %2").arg(facts->revision).arg(facts->sourceFile);
    if (!facts->problems.isEmpty()) {
        const api::ConfigProblem& first = facts->problems.first();
        return failed(name,
            QStringLiteral("The file has changed and is not in force: line %1: %2 %3 is.")
                .arg(first.line)
                .arg(first.message, revision),
            QStringLiteral("signalboxctl config check FILE names every problem; then load it again (SIGHUP)."));
    }
    if (!facts->warnings.isEmpty())
        return warning(name, QStringLiteral("%1: %2").arg(revision, facts->warnings.first()),
            QStringLiteral("signalboxctl config show has all %1 warnings.").arg(facts->warnings.size()));
    return ok(name, revision);
}

// An engine from before exports, or a role that may not see them, is no fault.
Checks checkExports(const api::GatewayClient& client)
{
    const auto exports = await(client.exports());
    if (!exports)
        return {skipped(QStringLiteral("exports"), exports.error().message)};
    Checks checks;
    for (const api::ExportStatus& status : *exports) {
        const QString name = QStringLiteral("export: ") + status.name;
        const QString detail = status.sentence.isEmpty() ? status.state : status.sentence;
        if (status.state == QLatin1String("failing"))
            checks.append(failed(name, status.lastError.isEmpty() ? detail : detail + u' ' + status.lastError,
                QStringLiteral("signalboxctl export test %1 sends one and shows the answer.").arg(status.name)));
        else if (status.dropped > 0)
            checks.append(warning(name, QStringLiteral("%1 (%2 dropped since start)").arg(detail).arg(status.dropped),
                QStringLiteral("The receiver is too slow or was away.")));
        else
            checks.append(ok(name, detail));
    }
    return checks;
}

} // namespace

Checks checkEngine(const api::GatewayClient& client)
{
    const auto status = await(client.status());
    if (!status)
        return {failed(QStringLiteral("engine"), status.error().message, status.error().hint)};
    Checks checks{checkVersion(*status), checkReady(*status)};
    checks += checkParts(*status);
    checks << checkQueue(*status) << checkConfig(client);
    return checks + checkExports(client);
}

} // namespace ctl
