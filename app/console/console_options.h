// The command line of signalbox (contract.md, "Programs").
#pragma once

#include <QString>

#include <variant>

struct ConsoleOptions
{
    QString attachUrl; // empty: the embedded engine
    QString tokenFile; // for attachUrl; empty: as the connection has it
    QString pin;       // SHA-256 of its certificate; empty: as the connection has it, or the system's authorities
    QString dataDirectory;
    QString configFile;
    bool demo = false;
    QString page = QStringLiteral("server");
};

// The options, or the exit code (0 after --help or --version, 2 for a usage error, which has been told on stderr).
std::variant<ConsoleOptions, int> parseConsoleOptions(int argc, char** argv);
