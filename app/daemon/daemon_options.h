// The command line of signalboxd (contract.md, "Programs").
#pragma once

#include "engine/parts.h"

#include <variant>

struct DaemonOptions
{
    gateway::engine::GatewayOptions gateway;
    int drainSeconds = 600;
    bool checkOnly = false;
};

// The options, or the exit code (0 after --help or --version, 2 for a usage error, which has been told on stderr).
std::variant<DaemonOptions, int> parseDaemonOptions(int argc, char** argv);
