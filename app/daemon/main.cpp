// signalboxd: the engine as a service. When it is ready it prints one JSON line on stdout; everything else it says goes
// to stderr as JSON lines. Exit code 78: the config is not accepted; 1: another part could not start; 2: usage.
#include "daemon_options.h"
#include "signals.h"

#include "config/config_holder.h"
#include "engine/gateway.h"
#include "observability/log.h"
#include "observability/object_count.h"
#include "observability/watched_application.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>

#include <cstdio>

using namespace gateway;

namespace {

constexpr int kExitConfig = 78; // sysexits.h EX_CONFIG

void print(const QString& text)
{
    std::fputs(qPrintable(text), stderr);
    std::fputc('\n', stderr);
}

int check(const DaemonOptions& options)
{
    config::ConfigHolder holder;
    const config::ConfigHolder::Report report =
        options.gateway.demo ? holder.loadDemo() : holder.check(options.gateway.configFile);
    if (!report.ok) {
        print(config::describe(report.problems));
        return kExitConfig;
    }
    for (const QString& warning : report.snapshot->warnings)
        print(QStringLiteral("warning: ") + warning);
    print(QStringLiteral("%1 is accepted.")
              .arg(options.gateway.demo ? QStringLiteral("The demo config") : options.gateway.configFile));
    return 0;
}

void sayReady(const engine::Gateway& gateway)
{
    QJsonObject line{{QStringLiteral("event"), QStringLiteral("ready")},
        {QStringLiteral("gateway"), gateway.gatewayUrl()}, {QStringLiteral("admin"), gateway.adminUrl()},
        {QStringLiteral("pid"), QCoreApplication::applicationPid()}, {QStringLiteral("revision"), gateway.revision()}};
    if (!gateway.demoKey().isEmpty())
        line.insert(QStringLiteral("key"), gateway.demoKey());
    const QByteArray text = QJsonDocument(line).toJson(QJsonDocument::Compact) + '\n';
    std::fwrite(text.constData(), 1, std::size_t(text.size()), stdout);
    std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv)
{
    qputenv("QT_NO_GLIB", "1"); // GLib's loop costs half as much again per event (qt-notes, section 8)
    observability::countObjectsIfAsked();
    observability::WatchedApplication<QCoreApplication> app(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("signalboxd"));
    const auto parsed = parseDaemonOptions(argc, argv);
    if (const int* code = std::get_if<int>(&parsed))
        return *code;
    const DaemonOptions& options = std::get<DaemonOptions>(parsed);
    if (options.checkOnly)
        return check(options);

    observability::startLog({});
    int code = 0;
    {
        engine::Gateway gateway(options.gateway);
        UnixSignals signals;
        QObject::connect(&signals, &UnixSignals::terminationAsked, &gateway,
            [&] { gateway.drain(std::chrono::seconds(options.drainSeconds)); });
        QObject::connect(&signals, &UnixSignals::reloadAsked, &gateway, &engine::Gateway::reload);
        QObject::connect(&gateway, &engine::Gateway::drained, &app, &QCoreApplication::quit);
        if (const auto failure = gateway.start()) {
            observability::log(
                observability::LogLevel::Error, "engine.not_started", {{"message", failure->error.message}});
            print(failure->problems.isEmpty() ? failure->error.message : config::describe(failure->problems));
            if (!failure->error.hint.isEmpty())
                print(failure->error.hint);
            code = failure->problems.isEmpty() ? 1 : kExitConfig;
        } else {
            sayReady(gateway);
            code = QCoreApplication::exec();
        }
    }
    observability::stopLog();
    return code;
}
