// signalbox: the console. It starts the embedded engine on its own thread, or attaches to a running one, and opens the
// window. The only place that knows a window and an engine.
#include "console_options.h"
#include "engine_thread.h"

#include "api/http_transport.h"
#include "api/local_engine.h"
#include "config/problem.h"
#include "observability/log.h"
#include "pages/register_pages.h"
#include "session/session.h"
#include "shell/main_window.h"
#include "theme/theme_manager.h"

#include <QApplication>
#include <QMessageBox>
#include <QSettings>

using namespace gateway;

namespace {

constexpr int kExitConfig = 78;

struct Connection
{
    std::shared_ptr<api::AdminTransport> transport;
    ui::SessionOptions options;
};

api::Result<Connection> attach(const QString& url, const QString& tokenFile)
{
    const api::Result<QByteArray> token = api::readToken(tokenFile);
    if (!token)
        return token.error();
    api::HttpTransportOptions http;
    http.base = QUrl(url);
    http.token = *token;
    Connection connection{std::make_shared<api::HttpTransport>(std::move(http)), {}};
    connection.options.name = QUrl(url).authority();
    connection.options.embedded = false;
    return connection;
}

int sayFailure(const QString& text, const QString& detail)
{
    std::fputs(qPrintable(text + u'\n' + detail + u'\n'), stderr);
    QMessageBox box(QMessageBox::Critical, QStringLiteral("Signalbox"), text);
    box.setTextFormat(Qt::PlainText);
    box.setInformativeText(detail);
    box.exec();
    return 1;
}

} // namespace

int main(int argc, char** argv)
{
    const auto parsed = parseConsoleOptions(argc, argv);
    if (const int* code = std::get_if<int>(&parsed))
        return *code;
    const ConsoleOptions& options = std::get<ConsoleOptions>(parsed);

    QApplication app(argc, argv);
    QApplication::setApplicationName(QStringLiteral("signalbox"));
    QApplication::setOrganizationName(QStringLiteral("signalbox"));
    QApplication::setApplicationDisplayName(QStringLiteral("Signalbox"));
    QApplication::setApplicationVersion(QStringLiteral(SIGNALBOX_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("io.signalbox.Signalbox"));
    QSettings settings;
    ui::ThemeManager::install(app, ui::themeChoiceFromName(settings.value(QStringLiteral("theme")).toString()),
        settings.value(QStringLiteral("textZoom"), 1.0).toDouble());
    observability::startLog({});

    std::unique_ptr<EngineThread> engine;
    Connection connection;
    QString attachTo = options.attachUrl;
    if (attachTo.isEmpty()) {
        engine::GatewayOptions gateway;
        gateway.configFile = options.configFile;
        gateway.dataDirectory = options.dataDirectory;
        gateway.demo = options.demo;
        engine = std::make_unique<EngineThread>(std::move(gateway));
        const auto failure = engine->start();
        if (!failure) {
            connection.transport = engine->transport();
        } else {
            engine.reset();
            // the data directory may belong to a running engine (signalboxd, or another window): this is its console
            // then
            const auto running = api::readRuntime(options.dataDirectory);
            if (failure->error.failure == api::Failure::Conflict && running) {
                attachTo = running->adminUrl;
            } else {
                const bool config = !failure->problems.isEmpty();
                sayFailure(QStringLiteral("The embedded engine could not start: %1.").arg(failure->error.message),
                    config ? config::describe(failure->problems) : failure->error.hint);
                return config ? kExitConfig : 1;
            }
        }
    }
    if (!attachTo.isEmpty()) {
        const QString tokenFile =
            options.tokenFile.isEmpty() ? api::tokenFile(options.dataDirectory) : options.tokenFile;
        api::Result<Connection> attached = attach(attachTo, tokenFile);
        if (!attached)
            return sayFailure(
                QStringLiteral("The engine at %1 cannot be attached to.").arg(attachTo), attached.error().message);
        connection = std::move(*attached);
    }

    int code = 0;
    {
        auto session = std::make_shared<ui::Session>(connection.transport, connection.options);
        ui::MainWindow window(session, ui::allPages(), &settings);
        if (!window.openPage(options.page))
            window.openPage(QStringLiteral("server"));
        window.show();
        session->start();
        code = QApplication::exec();
    }
    connection.transport.reset();
    engine.reset();
    observability::stopLog();
    return code;
}
