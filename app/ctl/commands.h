// The commands of signalboxctl, one function per noun that adds its subcommands to the command line. A command sets
// `result` to its exit code when it runs. The tree they build is the one table of commands: completions and the manual
// are made by walking it (command_table.h), so what a command takes is said here and nowhere else.
#pragma once

#include "session.h"

#include <CLI/CLI.hpp>

namespace ctl {

struct Context
{
    Session& session;
    int& result;
};

// What is before the example in the footer of --help; the table reads the example from there.
inline constexpr const char* kExampleHeading = "Example:\n  ";

// A noun has commands; a command does something, and `example` is one line that does it for somebody.
CLI::App* addNoun(CLI::App& parent, const std::string& name, const std::string& description);
CLI::App* addCommand(
    CLI::App& parent, const std::string& name, const std::string& description, const std::string& example);

void addStatus(CLI::App& app, Context context);
void addDoctor(CLI::App& app, Context context);
void addProviders(CLI::App& app, Context context);
void addAliases(CLI::App& app, Context context);
void addTenants(CLI::App& app, Context context);
void addCalls(CLI::App& app, Context context);
void addCallExport(CLI::App& noun, Context context);
void addCallTail(CLI::App& noun, Context context);
void addCallSummary(CLI::App& noun, Context context);
void addCallReceipt(CLI::App& noun, Context context);
void addAuditVerify(CLI::App& noun, Context context); // verify, key
void addCredentials(CLI::App& app, Context context);
void addConfig(CLI::App& app, Context context);
void addCanary(CLI::App& config, Context context); // config canary
void addContent(CLI::App& app, Context context);
void addConfigChanges(CLI::App& noun, Context context);
void addFailovers(CLI::App& app, Context context);
void addDrills(CLI::App& app, Context context);
void addRoutes(CLI::App& app, Context context);
void addBudgets(CLI::App& app, Context context);
void addIncidents(CLI::App& app, Context context);
void addLedger(CLI::App& app, Context context);
void addAudit(CLI::App& app, Context context);
void addZones(CLI::App& app, Context context);
void addCredentialReach(CLI::App& noun, Context context);
void addProviderReach(CLI::App& noun, Context context);
void addChecklist(CLI::App& app, Context context);
void addPrincipals(CLI::App& app, Context context); // whoami, principal, pair
void addExports(CLI::App& app, Context context);
void addEvents(CLI::App& app, Context context);
void addServer(CLI::App& app, Context context);
void addConnect(CLI::App& app, Context context);
// completion, man, help and the hidden complete-names.
void addGenerated(CLI::App& app, Context context);

} // namespace ctl
