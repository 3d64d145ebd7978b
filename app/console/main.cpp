// signalbox: the console. It starts the embedded engine on its own thread, or attaches to a running one, and opens the
// window. The only place that knows a window and an engine.
#include "console_options.h"
#include "engine_thread.h"

#include "api/http_transport.h"
#include "api/local_engine.h"
#include "api/threaded_transport.h"
#include "config/problem.h"
#include "observability/log.h"
#include "observability/object_count.h"
#include "observability/watched_application.h"
#include "observability/watched_loop.h"
#include "pages/register_pages.h"
#include "session/connection_hub.h"
#include "shell/attach_sheet.h"
#include "shell/main_window.h"
#include "theme/theme_manager.h"

#include <QApplication>
#include <QMessageBox>
#include <QSettings>
#include <QStandardPaths>

using namespace gateway;

namespace {

constexpr int kExitConfig = 78;

std::shared_ptr<api::AdminTransport> makeTransport(const ui::Connection& connection, const QByteArray& token)
{
    const api::HttpTransportOptions options = ui::transportOptions(connection, token);
    return api::makeThreaded([options] { return std::make_unique<api::HttpTransport>(options); },
        options.base.toString(QUrl::RemoveUserInfo | QUrl::RemoveQuery));
}

// The connection that --attach, or an engine that has this data directory already, means. It is in the book from then
// on.
api::Result<QString> connectionFor(
    ui::ConnectionBook& book, const QString& url, const QString& tokenFile, const QString& pin)
{
    ui::Connection connection;
    if (const ui::Connection* known = book.findUrl(url))
        connection = *known;
    connection.url = url;
    if (!tokenFile.isEmpty())
        connection.tokenFile = tokenFile;
    if (!pin.isEmpty()) {
        connection.pin = api::pinFromText(pin);
        if (connection.pin.isEmpty())
            return api::failure(api::Failure::Invalid, QStringLiteral("--pin is not a whole SHA-256."));
    }
    return book.put(std::move(connection));
}

// Stands where no engine is attached yet.
class NoEngine final : public api::AdminTransport
{
public:
    QFuture<api::Result<api::AdminReply>> send(const api::AdminRequest&) override
    {
        return QtFuture::makeReadyFuture(api::Result<api::AdminReply>(api::failure(api::Failure::Unreachable, said())));
    }
    std::unique_ptr<api::EventStream> subscribe(qint64) override { return std::make_unique<api::EventStream>(); }
    QString description() const override { return QStringLiteral("none"); }
    api::LinkStatus link() const override
    {
        api::LinkStatus status;
        status.state = api::LinkStatus::State::Unreachable;
        status.reason = said();
        return status;
    }

private:
    static QString said() { return QStringLiteral("No engine is attached to this window yet."); }
};

ui::SessionOptions nobody()
{
    ui::SessionOptions options;
    options.name = QStringLiteral("no engine");
    options.role = QStringLiteral("viewer");
    options.embedded = false;
    return options;
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

    observability::countObjectsIfAsked();
    observability::WatchedApplication<QApplication> app(argc, argv);
    QApplication::setApplicationName(QStringLiteral("signalbox"));
    QApplication::setOrganizationName(QStringLiteral("signalbox"));
    QApplication::setApplicationDisplayName(QStringLiteral("Signalbox"));
    QApplication::setApplicationVersion(QStringLiteral(SIGNALBOX_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("io.signalbox.Signalbox"));
    QSettings settings;
    ui::ThemeManager::install(app, ui::themeChoiceFromName(settings.value(QStringLiteral("theme")).toString()),
        settings.value(QStringLiteral("textZoom"), 1.0).toDouble());
    observability::startLog({});
    const auto loops = std::make_shared<observability::LoopWatch>();
    const auto watched = loops->watchThisThread(QStringLiteral("ui"));

    const QString bookFile = QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) +
                             QStringLiteral("/signalbox/connections.json");
    ui::ConnectionBook book(bookFile);
    if (const api::Outcome loaded = book.load(); !loaded)
        std::fputs(qPrintable(loaded.error().message + u'\n'), stderr);
    const std::unique_ptr<ui::SecretStore> secrets = ui::makeKeyringStore();
    std::unique_ptr<EngineThread> engine;
    QString attachTo = options.attachUrl;
    QString tokenFile = options.tokenFile;
    QString pin = options.pin;
    int code = 0;
    {
        ui::ConnectionHub hub(book, *secrets, &makeTransport);
        if (attachTo.isEmpty()) {
            engine::GatewayOptions gateway;
            gateway.configFile = options.configFile;
            gateway.dataDirectory = options.dataDirectory;
            gateway.demo = options.demo;
            gateway.loops = loops;
            engine = std::make_unique<EngineThread>(std::move(gateway));
            if (const auto failure = engine->start()) {
                engine.reset();
                // the data directory may belong to a running engine (signalboxd, or another window): this is its
                // console then
                const auto running = api::readRuntime(options.dataDirectory);
                if (failure->error.failure != api::Failure::Conflict || !running) {
                    const bool config = !failure->problems.isEmpty();
                    sayFailure(QStringLiteral("The embedded engine could not start: %1.").arg(failure->error.message),
                        config ? config::describe(failure->problems) : failure->error.hint);
                    return config ? kExitConfig : 1;
                }
                attachTo = running->adminUrl;
                tokenFile = api::tokenFile(options.dataDirectory);
                pin = running->adminPin; // read from a file that is ours, so it is as good as a comparison
            } else {
                hub.addEmbedded(engine->transport(), {})->start();
            }
        }
        const bool isLink = ui::pairingLinkFromText(attachTo).has_value();
        if (!attachTo.isEmpty() && !isLink) {
            const auto id = connectionFor(book, attachTo, tokenFile, pin);
            if (!id)
                return sayFailure(
                    QStringLiteral("The engine at %1 cannot be attached to.").arg(attachTo), id.error().message);
            hub.show(*id);
        } else if (isLink) {
            // a window needs an engine to show while the pairing is under way: the last one, or none that answers
            hub.addEmbedded(std::make_shared<NoEngine>(), nobody());
        }
        ui::MainWindow window(hub.current(), ui::allPages(), &settings);
        window.setHub(&hub);
        if (!window.openPage(options.page))
            window.openPage(QStringLiteral("server"));
        window.show();
        if (isLink) {
            ui::AttachSheet::openOn(&window, hub, attachTo);
            // the placeholder goes when there is an engine; queued, for the window is just turning to it
            QObject::connect(
                &hub, &ui::ConnectionHub::currentChanged, &window,
                [&hub] {
                    if (hub.currentId() != ui::ConnectionHub::kEmbedded)
                        hub.close(ui::ConnectionHub::kEmbedded);
                },
                Qt::QueuedConnection);
        } else if (!attachTo.isEmpty())
            window.mendIfFirstTryFails();
        code = QApplication::exec();
    }
    engine.reset();
    observability::stopLog();
    return code;
}
