#include "command_line.h"

#include "exit_codes.h"

namespace ctl {
namespace {

std::string exitFooter()
{
    std::string out = "Exit codes:";
    const char* separator = " ";
    for (const ExitFacts& exit : kExits) {
        out += separator + std::to_string(int(exit.code)) + ' ' + exit.word;
        separator = ", ";
    }
    return out + ".";
}

void addGlobals(CLI::App& app, Options& options)
{
    app.add_option("--data-dir", options.dataDirectory,
           "Data directory of an engine on this machine; signalbox/ in the XDG data directory without it")
        ->type_name("DIR");
    app.add_option(
           "--url", options.url, "Admin address of an engine elsewhere, https://host:4181; $SIGNALBOX_URL without it")
        ->type_name("URL");
    app.add_option(
           "--token-file", options.tokenFile, "File with the token for that address; $SIGNALBOX_TOKEN_FILE without it")
        ->type_name("FILE");
    app.add_option("--pin", options.pin,
           "SHA-256 of the engine's certificate: this one and no other; $SIGNALBOX_PIN without it")
        ->type_name("SHA256");
    app.add_option("--ca", options.caFile, "Certificate authorities to trust instead of the system's, PEM")
        ->type_name("FILE");
    app.add_option("--client-certificate", options.clientCertificate, "Certificate to come with, PEM")
        ->type_name("FILE");
    app.add_option("--client-key", options.clientKey, "Its private key, PEM, not encrypted")->type_name("FILE");
    app.add_flag("--json", options.json, "Print JSON: a list as one array");
    app.add_flag("--jsonl", options.jsonl, "Print one JSON object a line");
    app.add_option("--timeout", options.timeoutSeconds,
           "Seconds to wait for an answer, and then for what became of a change; 15 without it")
        ->check(CLI::Range(1, 600))
        ->type_name("N");
    app.add_flag("--no-input", options.noInput, "Never ask on the terminal; what would need an answer is not done");
    app.add_flag("--yes", options.yes, "Do not ask before a change by which calls would be refused");
}

// A noun shows the example of its first command; a noun in a noun as well.
void giveNounsExamples(CLI::App& app)
{
    for (CLI::App* noun : app.get_subcommands([](CLI::App*) { return true; })) {
        const auto commands = noun->get_subcommands([](CLI::App*) { return true; });
        if (commands.empty())
            continue;
        giveNounsExamples(*noun);
        noun->footer(commands.front()->get_footer());
    }
}

} // namespace

CLI::App* addNoun(CLI::App& parent, const std::string& name, const std::string& description)
{
    return parent.add_subcommand(name, description)->require_subcommand(1)->group("Commands");
}

CLI::App* addCommand(
    CLI::App& parent, const std::string& name, const std::string& description, const std::string& example)
{
    return parent.add_subcommand(name, description)
        ->group("Commands")
        ->footer(kExampleHeading + example + "\n\nOptions of all commands: signalboxctl --help");
}

void buildCommandLine(CLI::App& app, Options& options, Context context)
{
    app.name("signalboxctl");
    app.description(
        "Signalbox on the command line. Talks to a running engine; finds a local one by its data directory.");
    app.set_version_flag("--version", SIGNALBOX_VERSION, "Print the version and exit");
    app.require_subcommand(1);
    app.fallthrough();
    addGlobals(app, options);
    addStatus(app, context);
    addDoctor(app, context);
    addProviders(app, context);
    addAliases(app, context);
    addTenants(app, context);
    addCalls(app, context);
    addCredentials(app, context);
    addConfig(app, context);
    addFailovers(app, context);
    addDrills(app, context);
    addRoutes(app, context);
    addBudgets(app, context);
    addLedger(app, context);
    addZones(app, context);
    addAudit(app, context);
    addContent(app, context);
    addChecklist(app, context);
    addIncidents(app, context);
    addEvents(app, context);
    addServer(app, context);
    addConnect(app, context);
    addPrincipals(app, context);
    addExports(app, context);
    addGenerated(app, context);
    giveNounsExamples(app);
    app.footer(kExampleHeading + std::string("signalboxctl provider list\n\n") + exitFooter());
}

int runCommandLine(int argc, char** argv)
{
    Options options;
    Session session(options);
    int result = Ok;
    CLI::App app;
    buildCommandLine(app, options, Context{session, result});
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& success) {
        return app.exit(success); // --help, --version
    } catch (const CLI::ParseError& error) {
        app.exit(error);
        return Usage;
    }
    return result;
}

} // namespace ctl
