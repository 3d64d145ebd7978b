// scripted_console: the console with nobody in front of it. The real window with all its pages, on the embedded engine
// (its own control thread, as app/console does it) or attached to another, driven by ConsoleScript; what it saw goes to
// DIR/transcript.jsonl. Exit code 0: everything in the script could be done; 1: not, said on standard error.
//   scripted_console --embedded CONFIG --data-dir DIR --out DIR     waits for a line on standard input before it
//   begins,
//                                                                    so that calls can be made first
//   scripted_console --attach URL --token-file FILE --pin SHA256 --out DIR
#include "console_script.h"
#include "engine_thread.h"
#include "scripted_probe.h"

#include "api/http_transport.h"
#include "api/local_engine.h"
#include "api/threaded_transport.h"
#include "observability/log.h"
#include "pages/register_pages.h"
#include "theme/theme_manager.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QJsonDocument>
#include <QTest>

#include <cstdio>
#include <iostream>
#include <string>

using namespace gateway;

namespace {

int fail(const QString& words)
{
    std::fputs(qPrintable(words + u'\n'), stderr);
    return 1;
}

void sayReady(const QString& gatewayUrl)
{
    const QJsonObject line{{QStringLiteral("event"), QStringLiteral("ready")}, {QStringLiteral("gateway"), gatewayUrl}};
    std::fputs((QJsonDocument(line).toJson(QJsonDocument::Compact) + '\n').constData(), stdout);
    std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv)
{
    QApplication app(argc, argv);
    QApplication::setApplicationName(QStringLiteral("scripted_console"));
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOptions(
        {{QStringLiteral("embedded"), QStringLiteral("config file of an engine in here"), QStringLiteral("file")},
            {QStringLiteral("data-dir"), QStringLiteral("its data directory"), QStringLiteral("dir")},
            {QStringLiteral("attach"), QStringLiteral("URL of an engine's admin API"), QStringLiteral("url")},
            {QStringLiteral("token-file"), QStringLiteral("file with the token"), QStringLiteral("file")},
            {QStringLiteral("pin"), QStringLiteral("SHA-256 of its certificate"), QStringLiteral("sha256")},
            {QStringLiteral("out"), QStringLiteral("where the transcript goes"), QStringLiteral("dir")}});
    parser.process(app);
    ui::ThemeManager::install(app, ui::ThemeChoice::Dark);
    observability::startLog({});

    std::unique_ptr<EngineThread> engine;
    std::shared_ptr<api::AdminTransport> transport;
    ui::SessionOptions options;
    options.name = QStringLiteral("engine");
    if (parser.isSet(QStringLiteral("embedded"))) {
        engine::GatewayOptions gateway;
        gateway.configFile = parser.value(QStringLiteral("embedded"));
        gateway.dataDirectory = parser.value(QStringLiteral("data-dir"));
        engine = std::make_unique<EngineThread>(gateway);
        if (const auto failure = engine->start())
            return fail(QStringLiteral("the engine did not start: ") + failure->error.message);
        transport = engine->transport();
        const auto runtime = api::readRuntime(gateway.dataDirectory);
        sayReady(runtime ? runtime->gatewayUrl : QString());
        std::string line;
        std::getline(std::cin, line);
    } else {
        const auto token = api::readToken(parser.value(QStringLiteral("token-file")));
        if (!token)
            return fail(token.error().message);
        api::HttpTransportOptions http;
        http.base = QUrl(parser.value(QStringLiteral("attach")));
        http.token = *token;
        http.pin = parser.value(QStringLiteral("pin"));
        http.client = "signalbox " SIGNALBOX_VERSION;
        transport = api::makeThreaded( // as app/console does it
            [http] { return std::make_unique<api::HttpTransport>(http); }, http.base.toString());
        options.embedded = false;
        sayReady({});
    }

    int code = 0;
    {
        ui::testing::Transcript transcript(parser.value(QStringLiteral("out")));
        if (!transcript.isOpen())
            return fail(QStringLiteral("the transcript cannot be written"));
        auto session = std::make_shared<ui::Session>(transport, options);
        ui::MainWindow window(session, ui::allPages(std::make_shared<ui::testing::ScriptedProbe>()));
        window.resize(1440, 900);
        window.openPage(QStringLiteral("server"));
        window.show();
        session->start();
        ui::testing::ConsoleScript script(window, *session, transcript);
        script.run();
        for (const QString& trouble : script.troubles())
            code = fail(trouble);
        std::fprintf(stderr, "%d steps, %d troubles\n", transcript.steps(), int(script.troubles().size()));
    }
    transport.reset();
    engine.reset();
    observability::stopLog();
    return code;
}
