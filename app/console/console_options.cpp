#include "console_options.h"

#include "api/local_engine.h"

#include <CLI/CLI.hpp>

#include <QFileInfo>
#include <QStandardPaths>

std::variant<ConsoleOptions, int> parseConsoleOptions(int argc, char** argv)
{
    CLI::App app("signalbox: operations console for a model gateway, with the gateway engine embedded", "signalbox");
    app.set_version_flag("--version", "signalbox " SIGNALBOX_VERSION);
    std::string attach;
    std::string tokenFile;
    std::string pin;
    std::string dataDirectory;
    std::string configFile;
    std::string page;
    ConsoleOptions options;
    app.add_option(
        "--attach", attach, "URL of a running engine's admin API, or a pairing link, instead of the embedded engine");
    app.add_option("--token-file", tokenFile, "file with the admin token for --attach (default: the keyring)");
    app.add_option("--pin", pin, "SHA-256 of the engine's certificate, for --attach");
    app.add_option("--data-dir", dataDirectory, "data directory (default: signalbox in the XDG data directory)");
    app.add_option(
        "--config", configFile, "config file (default: signalbox/signalbox.yaml in the XDG config directory)");
    app.add_flag("--demo", options.demo, "built-in config with simulated providers");
    app.add_option("--page", page, "page to open: server, traffic, providers");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    options.attachUrl = QString::fromStdString(attach);
    options.pin = QString::fromStdString(pin);
    options.tokenFile = QString::fromStdString(tokenFile);
    options.dataDirectory =
        dataDirectory.empty() ? gateway::api::defaultDataDirectory() : QString::fromStdString(dataDirectory);
    options.configFile = QString::fromStdString(configFile);
    if (!page.empty())
        options.page = QString::fromStdString(page);
    if (options.configFile.isEmpty() && !options.demo) {
        // a first start has no config yet: the simulated providers work without a key and without a network
        options.configFile = QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) +
                             QStringLiteral("/signalbox/signalbox.yaml");
        options.demo = !QFileInfo::exists(options.configFile);
    }
    return options;
}
