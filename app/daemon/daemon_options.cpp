#include "daemon_options.h"

#include "api/local_engine.h"

#include <CLI/CLI.hpp>

#include <QStandardPaths>

std::variant<DaemonOptions, int> parseDaemonOptions(int argc, char** argv)
{
    CLI::App app("signalboxd: the Signalbox gateway engine without a window", "signalboxd");
    app.set_version_flag("--version", "signalboxd " SIGNALBOX_VERSION);
    std::string configFile;
    std::string dataDirectory;
    std::string gatewayAddress;
    std::string adminAddress;
    DaemonOptions options;
    app.add_option(
        "--config", configFile, "config file (default: signalbox/signalbox.yaml in the XDG config directory)");
    app.add_option("--data-dir", dataDirectory, "data directory (default: signalbox in the XDG data directory)");
    app.add_option(
        "--gateway", gatewayAddress, "HOST:PORT for callers, instead of the config's; port 0 is any free one");
    app.add_option("--admin", adminAddress, "HOST:PORT for the admin API, instead of the config's");
    app.add_option("--workers", options.gateway.workers, "data threads (default: one per core)")
        ->check(CLI::Range(1, 256));
    app.add_option("--drain-seconds", options.drainSeconds, "how long open calls may take after SIGTERM")
        ->check(CLI::Range(0, 86400));
    app.add_flag(
        "--demo", options.gateway.demo, "built-in config with simulated providers; prints a key on the ready line");
    app.add_flag("--check", options.checkOnly, "check the config, print every problem, start nothing");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    options.gateway.configFile = QString::fromStdString(configFile);
    if (configFile.empty() && !options.gateway.demo) {
        options.gateway.configFile = QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) +
                                     QStringLiteral("/signalbox/signalbox.yaml");
    }
    options.gateway.dataDirectory =
        dataDirectory.empty() ? gateway::api::defaultDataDirectory() : QString::fromStdString(dataDirectory);
    options.gateway.gatewayAddress = QString::fromStdString(gatewayAddress);
    options.gateway.adminAddress = QString::fromStdString(adminAddress);
    return options;
}
