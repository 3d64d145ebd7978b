#include "scene.h"

#include "story.h"

#include "shell/main_window.h"

#include <QAbstractButton>

namespace ui::testing {
namespace {

QString fixture(const char* name)
{
    return qEnvironmentVariable("SIGNALBOX_SOURCE", QStringLiteral(SIGNALBOX_SOURCE_DIR)) +
           QStringLiteral("/tests/gallery/fixtures/") + QLatin1String(name);
}

// A developer's laptop, 22 November 2026, 09:13:20 UTC.
SessionOptions laptop()
{
    SessionOptions options;
    options.name = QStringLiteral("laptop");
    options.environment = Environment::Local;
    options.role = QStringLiteral("admin"); // of one's own engine
    options.embedded = true;
    options.now = [] { return QDateTime(QDate(2026, 11, 22), QTime(9, 13, 20), Qt::UTC); };
    options.monotonic = [] { return std::chrono::milliseconds(0); };
    return options;
}

// The incident of the mock-ups, 03:22:24 UTC, seen from 24 ms away.
SessionOptions production()
{
    SessionOptions options;
    options.name = QStringLiteral("prod-eu");
    options.environment = Environment::Prod;
    options.role = QStringLiteral("operator");
    options.embedded = false;
    options.now = [] { return Story::now(); };
    options.monotonic = [ms = std::make_shared<qint64>(0)] { return std::chrono::milliseconds(*ms += 24); };
    return options;
}

std::function<void(FakeTransport&)> fromFile(const char* name)
{
    return [name](FakeTransport& transport) {
        if (!transport.load(fixture(name)))
            qWarning("fixture %s cannot be read", name);
    };
}

// The laptop's fixture, with the last twelve readings of its engine instead of one.
void feedLaptop(FakeTransport& transport)
{
    fromFile("server.json")(transport);
    const QJsonObject last = transport.reply(QStringLiteral("/api/v1/status"));
    transport.setHandler(
        QStringLiteral("/api/v1/status"), [last, asked = std::make_shared<int>(0)](const AdminRequest&) {
            static constexpr double cpu[] = {2, 2, 3, 2, 11, 17, 6, 3, 2, 3, 3, 3};
            static constexpr double megabytes[] = {58, 61, 68, 74, 79, 82, 84, 84, 84, 84, 84, 84};
            static constexpr int inFlight[] = {0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0};
            const int at = qMin((*asked)++, 11);
            QJsonObject now = last;
            now.insert(QStringLiteral("cpu_percent"), cpu[at]);
            now.insert(QStringLiteral("resident_bytes"), megabytes[at] * 1024 * 1024);
            now.insert(QStringLiteral("calls_in_flight"), inFlight[at]);
            return AdminReply{200, now};
        });
}

SessionOptions administrator()
{
    SessionOptions options = laptop();
    options.role = QStringLiteral("admin");
    return options;
}

// The same laptop, with a collector that is not there and a webhook that works.
void feedExports(FakeTransport& transport)
{
    feedLaptop(transport);
    fromFile("server_exports.json")(transport);
}

TestResult refusedKey()
{
    TestResult result;
    result.status = 401;
    result.ms = 1.4;
    result.body =
        R"({"error": {"message": "The gateway does not know this credential.", "type": "invalid_request_error"},
        "signalbox": {"code": "unauthenticated", "hint": null}})";
    return result;
}

void press(MainWindow& window, const char* words)
{
    for (QAbstractButton* button : window.findChildren<QAbstractButton*>()) {
        if (button->isVisible() && button->text() == QLatin1String(words)) {
            button->click();
            return;
        }
    }
    qWarning("no button says %s", words);
}

} // namespace

QVector<Scene> allScenes()
{
    QVector<Scene> scenes;
    scenes.append({QStringLiteral("server"), QStringLiteral("server"), laptop(), &feedLaptop, {}, 600, 12});
    scenes.append({QStringLiteral("server-anthropic"), QStringLiteral("server"), laptop(), &feedLaptop,
        [](MainWindow& window, FakeTransport&) { press(window, "Anthropic"); }, 600, 12});
    scenes.append(
        {QStringLiteral("server-first"), QStringLiteral("server"), laptop(), fromFile("server_empty.json"), {}});
    scenes.append({QStringLiteral("server-wrong-key"), QStringLiteral("server"), laptop(),
        fromFile("server_empty.json"), [](MainWindow& window, FakeTransport&) { press(window, "Send test request"); },
        600, 1, {200, 1.1, {}}, refusedKey()});
    scenes.append({QStringLiteral("server-unreachable"), QStringLiteral("server"), laptop(),
        [](FakeTransport& transport) {
            transport.setFailure(gateway::api::failure(
                gateway::api::Failure::Unreachable, QStringLiteral("The engine does not answer.")));
        },
        {}, 100});
    scenes.append({QStringLiteral("server-exports"), QStringLiteral("server"), administrator(), &feedExports,
        [](MainWindow& window, FakeTransport&) { press(window, "Test"); }, 600, 12});
    scenes += pageScenes(&production);
    scenes += controlScenes(&production);
    scenes += governanceScenes(&production);
    scenes += connectionScenes(&production);
    scenes.append({QStringLiteral("palette"), QStringLiteral("providers"), production(), &Story::tell,
        [](MainWindow& window, FakeTransport&) { window.openPalette(); }});
    return scenes;
}

} // namespace ui::testing
