// The commands of signalboxctl, one function per noun that adds its subcommands to the command line. A command sets
// `result` to its exit code when it runs.
#pragma once

#include "session.h"

#include <CLI/CLI.hpp>

namespace ctl {

struct Context
{
    Session& session;
    int& result;
};

void addStatus(CLI::App& app, Context context);
void addProviders(CLI::App& app, Context context);
void addAliases(CLI::App& app, Context context);
void addTenants(CLI::App& app, Context context);
void addCalls(CLI::App& app, Context context);
void addCredentials(CLI::App& app, Context context);
void addConfig(CLI::App& app, Context context);
void addFailovers(CLI::App& app, Context context);
void addDrills(CLI::App& app, Context context);
void addRoutes(CLI::App& app, Context context);
void addBudgets(CLI::App& app, Context context);
void addIncidents(CLI::App& app, Context context);
void addLedger(CLI::App& app, Context context);
void addEvents(CLI::App& app, Context context);

} // namespace ctl
