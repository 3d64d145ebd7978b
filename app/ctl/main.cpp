// signalboxctl: the command line of Signalbox, a client of the same admin API as the console. Data on stdout, talk on
// stderr, exit codes of the contract.
#include "commands.h"
#include "output.h"

#include <QCoreApplication>

int main(int argc, char** argv)
{
    qputenv("QT_NO_GLIB", "1");
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("signalboxctl"));

    ctl::Options options;
    ctl::Session session(options);
    int result = ctl::Ok;
    const ctl::Context context{session, result};

    CLI::App app{"Signalbox on the command line. Talks to a running engine; finds a local one by its data directory.",
        "signalboxctl"};
    app.set_version_flag("--version", SIGNALBOX_VERSION);
    app.require_subcommand(1);
    app.fallthrough();
    app.add_option("--data-dir", options.dataDirectory, "Data directory of a local engine")->type_name("DIR");
    auto* url = app.add_option("--url", options.url, "Admin address of an engine elsewhere, https://host:4181")
                    ->type_name("URL");
    app.add_option("--token-file", options.tokenFile, "File with the admin token")->type_name("FILE");
    app.add_flag("--json", options.json, "Print JSON");
    app.add_flag("--jsonl", options.jsonl, "Print one JSON object a line");
    app.add_option("--timeout", options.timeoutSeconds, "Seconds to wait for an answer")
        ->check(CLI::Range(1, 600))
        ->type_name("N");
    url->excludes("--data-dir");
    app.footer("Exit codes: 0 ok, 1 error, 2 usage, 3 not found, 4 not permitted, 5 conflict, 6 check failed, 7 no "
               "data, 8 unreachable.");

    addStatus(app, context);
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
    addIncidents(app, context);
    addEvents(app, context);

    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& success) {
        return app.exit(success); // --help, --version
    } catch (const CLI::ParseError& error) {
        app.exit(error);
        return ctl::Usage;
    }
    return result;
}
