// gallery: renders every page and the component sheet to PNG, offline, from fixtures, at a fixed time and size.
//   gallery [--out DIR] [--only NAME] [--theme dark|light|high-contrast] [--scale 1|1.25|1.5|2] [--size WxH]
// It fails when a page touches the network, prints a warning, does not settle or comes out empty, and is a test
// thereby.
#include "component_sheet.h"
#include "scene.h"
#include "scripted_probe.h"

#include "pages/register_pages.h"
#include "shell/main_window.h"
#include "shell/page.h"
#include "theme/theme_manager.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDeadlineTimer>
#include <QDir>
#include <QNetworkProxyFactory>
#include <QSet>
#include <QTextStream>

#include <optional>

namespace {

using namespace ui;
using namespace ui::testing;

int s_warnings = 0;
int s_connections = 0;

void countWarnings(QtMsgType kind, const QMessageLogContext&, const QString& words)
{
    if (kind != QtDebugMsg && kind != QtInfoMsg)
        ++s_warnings;
    QTextStream(stderr) << words << '\n';
}

// Every socket that wants to connect asks for its proxy first; here that is a finding.
class NoNetwork : public QNetworkProxyFactory
{
public:
    QList<QNetworkProxy> queryProxy(const QNetworkProxyQuery& query) override
    {
        ++s_connections;
        QTextStream(stderr) << "a page wants to reach " << query.peerHostName() << '\n';
        return {QNetworkProxy(QNetworkProxy::NoProxy)};
    }
};

bool waitFor(const std::function<bool()>& condition, int ms)
{
    QDeadlineTimer deadline(ms);
    while (!condition()) {
        if (deadline.hasExpired())
            return false;
        QCoreApplication::processEvents(QEventLoop::AllEvents, 10);
    }
    return true;
}

int distinctColours(const QImage& image)
{
    QSet<QRgb> seen;
    for (int y = 0; y < image.height(); ++y) {
        const auto* line = reinterpret_cast<const QRgb*>(image.constScanLine(y));
        for (int x = 0; x < image.width(); ++x)
            seen.insert(line[x]);
    }
    return int(seen.size());
}

struct Gallery
{
    QDir out;
    QSize size;
    QString percent;
    int failures = 0;

    void fail(const QString& scene, const QString& why)
    {
        ++failures;
        QTextStream(stderr) << "FAIL " << scene << ": " << why << '\n';
    }

    // `content` is what must not be empty: the page without its frame.
    void keep(QWidget& window, QWidget& content, const QString& name, int leastColours)
    {
        QCoreApplication::processEvents();
        QCoreApplication::processEvents();
        const QImage picture = window.grab().toImage().convertToFormat(QImage::Format_RGB32);
        const QString file =
            QStringLiteral("%1-%2-%3.png").arg(name, nameOf(ThemeManager::instance()->choice()), percent);
        if (!picture.save(out.filePath(file), "PNG", 50))
            fail(name, QStringLiteral("cannot write %1").arg(out.filePath(file)));
        const int colours = distinctColours(content.grab().toImage().convertToFormat(QImage::Format_RGB32));
        if (colours < leastColours)
            fail(name, QStringLiteral("only %1 colours, the page looks empty").arg(colours));
        QTextStream(stdout) << file << " (" << colours << " colours)\n";
    }

    void render(const Scene& scene)
    {
        const int warningsBefore = s_warnings;
        const int connectionsBefore = s_connections;
        auto transport = std::make_shared<FakeTransport>();
        scene.feed(*transport);
        auto probe = std::make_shared<ScriptedProbe>();
        probe->probeResult = scene.probe;
        probe->testResult = scene.test;
        auto session = std::make_shared<Session>(transport, scene.options);
        {
            MainWindow window(session, allPages(probe));
            window.resize(size);
            window.show();
            if (!window.openPage(scene.page))
                fail(scene.name, QStringLiteral("there is no page %1").arg(scene.page));
            session->start();
            const auto settled = [&] {
                return transport->pending() == 0 && (!session->status() || window.currentPage()->isSettled());
            };
            for (int i = 0; i < scene.readings; ++i) {
                session->refresh();
                if (!waitFor([&] { return transport->pending() == 0; }, 5000))
                    fail(scene.name, QStringLiteral("a question stays open"));
            }
            if (!waitFor(settled, 5000))
                fail(scene.name, QStringLiteral("the page does not settle"));
            if (scene.act) {
                scene.act(window, *transport);
                waitFor(settled, 5000);
            }
            keep(window, *window.currentPage(), scene.name, scene.distinctColours);
        }
        if (s_warnings != warningsBefore)
            fail(scene.name, QStringLiteral("%1 warnings").arg(s_warnings - warningsBefore));
        if (s_connections != connectionsBefore)
            fail(scene.name, QStringLiteral("touched the network"));
    }

    void renderSheet()
    {
        ComponentSheet sheet;
        sheet.resize(size);
        sheet.show();
        keep(sheet, sheet, QStringLiteral("components"), 1000);
    }
};

} // namespace

int main(int argc, char** argv)
{
    // The ratio must be known before the application is.
    for (int i = 1; i + 1 < argc; ++i) {
        if (qstrcmp(argv[i], "--scale") == 0)
            qputenv("QT_SCALE_FACTOR", argv[i + 1]);
    }
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    qInstallMessageHandler(countWarnings);
    QLocale::setDefault(QLocale::c());
    QApplication app(argc, argv);
    QApplication::setCursorFlashTime(0);
    QNetworkProxyFactory::setApplicationProxyFactory(new NoNetwork);

    QCommandLineParser parser;
    const QCommandLineOption out(QStringLiteral("out"), QStringLiteral("Where the pictures go."), QStringLiteral("DIR"),
        QStringLiteral("gallery"));
    const QCommandLineOption only(QStringLiteral("only"), QStringLiteral("One scene."), QStringLiteral("NAME"));
    const QCommandLineOption theme(QStringLiteral("theme"), QStringLiteral("One theme."), QStringLiteral("NAME"));
    const QCommandLineOption scale(
        QStringLiteral("scale"), QStringLiteral("Device pixel ratio."), QStringLiteral("N"), QStringLiteral("1"));
    const QCommandLineOption size(
        QStringLiteral("size"), QStringLiteral("Window size."), QStringLiteral("WxH"), QStringLiteral("1440x900"));
    const QCommandLineOption zoom(
        QStringLiteral("zoom"), QStringLiteral("Text zoom."), QStringLiteral("F"), QStringLiteral("1"));
    parser.addOptions({out, only, theme, scale, size, zoom});
    parser.addHelpOption();
    parser.process(app);

    Gallery gallery;
    gallery.out = QDir(parser.value(out));
    gallery.out.mkpath(QStringLiteral("."));
    const QStringList edges = parser.value(size).split(QLatin1Char('x'));
    gallery.size = QSize(edges.value(0).toInt(), edges.value(1).toInt());
    gallery.percent = QString::number(qRound(parser.value(scale).toDouble() * 100));

    ThemeManager& themes = ThemeManager::install(app, ThemeChoice::Dark, parser.value(zoom).toDouble());
    const QStringList chosen = parser.isSet(theme) ? QStringList{parser.value(theme)}
                                                   : QStringList{QStringLiteral("dark"), QStringLiteral("light")};
    int rendered = 0;
    for (const QString& name : chosen) {
        themes.setChoice(themeChoiceFromName(name));
        if (!parser.isSet(only) || parser.value(only) == QLatin1String("components")) {
            gallery.renderSheet();
            ++rendered;
        }
        for (const Scene& scene : allScenes()) {
            if (parser.isSet(only) && parser.value(only) != scene.name)
                continue;
            gallery.render(scene);
            ++rendered;
        }
    }
    if (rendered == 0)
        gallery.fail(parser.value(only), QStringLiteral("no such scene"));
    return gallery.failures == 0 ? 0 : 1;
}
