// The Server page: the words of a test request's answer, the real probe against a socket, the key that is masked on
// screen and copied in full, and the page as a whole over a fake engine.
#include "fake_transport.h"
#include "scripted_probe.h"

#include "models/format.h"
#include "pages/server/exports_panel.h"
#include "pages/server/server_page.h"
#include "pages/server/snippets.h"
#include "pages/server/test_verdict.h"
#include "theme/theme_manager.h"
#include "widgets/code_view.h"
#include "widgets/copy_field.h"
#include "widgets/plain_table.h"
#include "widgets/summary_strip.h"

#include <QAbstractButton>
#include <QClipboard>
#include <QFutureWatcher>
#include <QGuiApplication>
#include <QJsonArray>
#include <QLineEdit>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QTextEdit>

using namespace ui;
using namespace ui::testing;

namespace {

QAbstractButton* buttonNamed(QWidget& within, const QString& name)
{
    for (QAbstractButton* button : within.findChildren<QAbstractButton*>()) {
        if (button->accessibleName() == name)
            return button;
    }
    return nullptr;
}

constexpr const char* kKey = "sbx_dev7_q4Zt81mWc0YpLr2N";

} // namespace

class tst_ServerPage : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { ThemeManager::install(*qApp, ThemeChoice::Dark); }
    void verdicts_data();
    void verdicts();
    void probeAsksASocket();
    void probeTellsWhoRefused();
    void keyIsMaskedAndCopiedInFull();
    void snippetsCarryTheValues();
    void pageTellsTheStory();
    void wrongAnswerShowsTheFix();
    void everyControlHasAName();
    void exportsAreShownAndTested();
    void exportsAreNotTestedByEverybody();

private:
    std::unique_ptr<Session> session(const std::shared_ptr<FakeTransport>& transport);
};

void tst_ServerPage::verdicts_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("good");
    QTest::addColumn<QString>("title");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("answered") << 200 << QByteArray(R"({"choices":[{"message":{"content":"Hello there"}}]})") << true
                              << "answered in"
                              << "Hello there";
    QTest::newRow("key") << 401
                         << QByteArray(R"({"error":{"message":"Not known."},"signalbox":{"code":"unauthenticated"}})")
                         << false << "401, unauthenticated"
                         << "Issue a new key";
    QTest::newRow("alias") << 404
                           << QByteArray(
                                  R"({"error":{"message":"No such alias."},"signalbox":{"code":"alias_unknown"}})")
                           << false << "404, alias_unknown"
                           << "\"luna\" is not one";
    QTest::newRow("path") << 404 << QByteArray("not found") << false << "refused with 404"
                          << "base URL ends in /v1";
    QTest::newRow("hint of the gateway wins")
        << 429
        << QByteArray(
               R"({"error":{"message":"Used up.","signalbox":{"code":"budget_hard","hint":"Resets at midnight."}}})")
        << false << "429, budget_hard"
        << "Used up. Resets at midnight.";
    QTest::newRow("provider") << 502
                              << QByteArray(
                                     R"({"error":{"message":"Gone."},"signalbox":{"code":"provider_unavailable"}})")
                              << false << "failed with 502"
                              << "The gateway works";
    QTest::newRow("nobody") << 0 << QByteArray() << false << "no answer"
                            << "nobody home";
}

void tst_ServerPage::verdicts()
{
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    TestResult result;
    result.status = status;
    result.body = body;
    result.error = QStringLiteral("nobody home");
    const TestVerdict verdict = verdictOf(result, QStringLiteral("luna"));
    QTEST(verdict.good, "good");
    QFETCH(QString, title);
    QFETCH(QString, sentence);
    QVERIFY2(verdict.title.contains(title), qPrintable(verdict.title));
    QVERIFY2(verdict.sentence.contains(sentence), qPrintable(verdict.sentence));
}

void tst_ServerPage::probeAsksASocket()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QByteArray received;
    connect(&server, &QTcpServer::newConnection, this, [&] {
        QTcpSocket* socket = server.nextPendingConnection();
        connect(socket, &QTcpSocket::readyRead, socket, [&received, socket] {
            received += socket->readAll();
            if (received.contains("\r\n\r\n"))
                socket->write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
        });
    });
    HttpGatewayProbe probe;
    const auto future = probe.probe(QStringLiteral("http://127.0.0.1:%1").arg(server.serverPort()));
    QTRY_VERIFY(future.isFinished());
    QCOMPARE(future.result().status, 200);
    QVERIFY(future.result().ms > 0);
    QVERIFY(received.startsWith("GET /healthz HTTP/1.1\r\n"));
}

void tst_ServerPage::probeTellsWhoRefused()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    const quint16 port = server.serverPort();
    server.close();
    HttpGatewayProbe probe;
    const auto future = probe.probe(QStringLiteral("http://127.0.0.1:%1").arg(port));
    QTRY_VERIFY(future.isFinished());
    QCOMPARE(future.result().status, 0);
    QCOMPARE(future.result().error,
        QStringLiteral("Nothing listens at 127.0.0.1:%1; the connection was refused.").arg(port));
}

void tst_ServerPage::keyIsMaskedAndCopiedInFull()
{
    CopyField field(QStringLiteral("Key"));
    field.setSecret(true);
    field.setValue(QString::fromLatin1(kKey));
    auto* box = field.findChild<QLineEdit*>();
    QVERIFY(!box->text().contains(QLatin1String("q4Zt")));
    QVERIFY(box->text().startsWith(QLatin1String("sbx_dev7_")));
    buttonNamed(field, QStringLiteral("Copy Key"))->click();
    QCOMPARE(QGuiApplication::clipboard()->text(), QString::fromLatin1(kKey));
    buttonNamed(field, QStringLiteral("Show Key"))->click();
    QCOMPARE(box->text(), QString::fromLatin1(kKey));
    buttonNamed(field, QStringLiteral("Hide Key"))->click();
    QVERIFY(!box->text().contains(QLatin1String("q4Zt")));

    CodeView code(QStringLiteral("Snippet"));
    code.setSecret(QString::fromLatin1(kKey), maskedSecret(QString::fromLatin1(kKey), 8));
    code.setCode(QStringLiteral("key = \"%1\"").arg(QLatin1String(kKey)), Language::Python);
    auto* text = code.findChild<QTextEdit*>();
    QVERIFY(!text->toPlainText().contains(QLatin1String("q4Zt")));
    code.copyAll();
    QVERIFY(QGuiApplication::clipboard()->text().contains(QLatin1String(kKey)));
    QGuiApplication::clipboard()->clear();
    text->selectAll();
    text->copy();
    QVERIFY(QGuiApplication::clipboard()->text().contains(QLatin1String(kKey)));
}

void tst_ServerPage::snippetsCarryTheValues()
{
    const auto snippets = snippetsFor(
        QStringLiteral("http://127.0.0.1:4180/v1"), QString::fromLatin1(kKey), QStringLiteral("fast-summariser"));
    QCOMPARE(snippets.size(), 7);
    for (int i = 0; i < snippets.size(); ++i) {
        const Snippet& snippet = snippets[i];
        // OpenAI's SDKs want /v1; the others add their own path to the root, and a /v1 there would be one too many.
        const bool isOpenAi = i < 4;
        QVERIFY2(snippet.code.contains(QLatin1String("http://127.0.0.1:4180")), qPrintable(snippet.tab));
        QVERIFY2(snippet.code.contains(QLatin1String("http://127.0.0.1:4180/v1")) == isOpenAi, qPrintable(snippet.tab));
        QVERIFY2(snippet.code.contains(QLatin1String(kKey)), qPrintable(snippet.tab));
        QVERIFY2(snippet.code.contains(QLatin1String("fast-summariser")), qPrintable(snippet.tab));
    }
}

std::unique_ptr<Session> tst_ServerPage::session(const std::shared_ptr<FakeTransport>& transport)
{
    SessionOptions options;
    options.now = [] { return QDateTime(QDate(2026, 11, 22), QTime(9, 13, 20), Qt::UTC); };
    return std::make_unique<Session>(transport, options);
}

void tst_ServerPage::pageTellsTheStory()
{
    auto transport = std::make_shared<FakeTransport>();
    QVERIFY(transport->load(
        qEnvironmentVariable("SIGNALBOX_SOURCE") + QStringLiteral("/tests/gallery/fixtures/server.json")));
    auto connection = session(transport);
    ServerPage page(*connection, std::make_shared<ScriptedProbe>());
    connection->start();
    page.activated();
    auto* steps = page.findChild<StepsStrip*>();
    const auto reached = [&] {
        return std::all_of(
            steps->steps().begin(), steps->steps().end(), [](const Step& step) { return step.status == Status::Ok; });
    };
    QTRY_VERIFY(reached());
    QCOMPARE(steps->steps().at(3).detail, QStringLiteral("09:12:44, 40.9 s after start"));
    // The key was issued once, with a reason, for the tenant of the newest credential.
    int issued = 0;
    for (const AdminRequest& request : transport->requests()) {
        if (request.method != QLatin1String("POST"))
            continue;
        ++issued;
        QVERIFY(!request.reason.isEmpty());
        QCOMPARE(request.body.value(QLatin1String("tenant")).toString(), QStringLiteral("dev"));
    }
    QCOMPARE(issued, 1);
}

void tst_ServerPage::wrongAnswerShowsTheFix()
{
    auto transport = std::make_shared<FakeTransport>();
    QVERIFY(transport->load(
        qEnvironmentVariable("SIGNALBOX_SOURCE") + QStringLiteral("/tests/gallery/fixtures/server_empty.json")));
    auto connection = session(transport);
    auto probe = std::make_shared<ScriptedProbe>();
    probe->testResult.status = 401;
    probe->testResult.body = R"({"error":{"message":"Not known."},"signalbox":{"code":"unauthenticated"}})";
    ServerPage page(*connection, probe);
    connection->start();
    page.activated();
    QAbstractButton* send = nullptr;
    QTRY_VERIFY((send = buttonNamed(page, QStringLiteral("Send test request"))) && send->isEnabled());
    send->click();
    const auto says = [&](const QString& words) {
        const auto all = page.findChildren<QWidget*>();
        return std::any_of(
            all.begin(), all.end(), [&](const QWidget* widget) { return widget->accessibleName().contains(words); });
    };
    QTRY_VERIFY(says(QStringLiteral("refused with 401")));
    QVERIFY(says(QStringLiteral("Issue a new key")));
}

void tst_ServerPage::everyControlHasAName()
{
    auto transport = std::make_shared<FakeTransport>();
    QVERIFY(transport->load(
        qEnvironmentVariable("SIGNALBOX_SOURCE") + QStringLiteral("/tests/gallery/fixtures/server.json")));
    auto connection = session(transport);
    ServerPage page(*connection, std::make_shared<ScriptedProbe>());
    connection->start();
    page.activated();
    page.resize(1240, 780);
    page.show();
    QTRY_VERIFY(page.isSettled());
    int controls = 0;
    for (const QWidget* widget : page.findChildren<QWidget*>()) {
        if (widget->focusPolicy() == Qt::NoFocus || widget->objectName().startsWith(QLatin1String("qt_")) ||
            !widget->isVisible())
            continue;
        ++controls;
        QVERIFY2(!widget->accessibleName().isEmpty(), widget->metaObject()->className());
    }
    QVERIFY(controls > 12);
}

void tst_ServerPage::exportsAreShownAndTested()
{
    auto transport = std::make_shared<FakeTransport>();
    const QString fixtures = qEnvironmentVariable("SIGNALBOX_SOURCE") + QStringLiteral("/tests/gallery/fixtures/");
    QVERIFY(transport->load(fixtures + QStringLiteral("server.json")));
    auto connection = session(transport);
    ServerPage page(*connection, std::make_shared<ScriptedProbe>());
    auto* panel = page.findChild<ExportsPanel*>();
    QVERIFY(panel);
    connection->start();
    page.activated();
    page.resize(1240, 780);
    page.show();
    QTRY_VERIFY(page.isSettled());
    QVERIFY(!panel->isVisible()); // this engine tells of none

    QVERIFY(transport->load(fixtures + QStringLiteral("server_exports.json")));
    connection->refresh();
    QTRY_VERIFY(panel->isVisible());
    QCOMPARE(panel->table()->rows(), 4);
    QCOMPARE(panel->table()->words(1, 1), QStringLiteral("Failing"));
    QCOMPARE(panel->table()->words(1, 5), QStringLiteral("12"));
    QVERIFY(panel->table()->words(1, 6).contains(QLatin1String("connection refused")));
    QCOMPARE(panel->table()->words(2, 3), models::notApplicable()); // never taken is not "0 s ago"
    panel->table()->selectRow(3);
    QAbstractButton* test = buttonNamed(page, QStringLiteral("Test the export pager"));
    QVERIFY(test && test->isVisible() && test->isEnabled());
    test->click();
    QVERIFY(!test->isEnabled()); // one at a time
    QTRY_VERIFY(test->isEnabled());
    const AdminRequest asked = [&] {
        for (const AdminRequest& request : transport->requests()) {
            if (request.path == QLatin1String("/api/v1/exports/pager/test"))
                return request;
        }
        return AdminRequest();
    }();
    QCOMPARE(asked.method, QStringLiteral("POST"));
    QVERIFY(!asked.reason.isEmpty());
    QCOMPARE(panel->table()->currentIndex().row(), 3); // also after the list came anew
}

void tst_ServerPage::exportsAreNotTestedByEverybody()
{
    const QString fixtures = qEnvironmentVariable("SIGNALBOX_SOURCE") + QStringLiteral("/tests/gallery/fixtures/");
    ExportsPanel panel;
    FakeTransport transport;
    QVERIFY(transport.load(fixtures + QStringLiteral("server_exports.json")));
    QVector<gateway::api::ExportStatus> list;
    for (const QJsonValue& item :
        transport.reply(QStringLiteral("/api/v1/exports")).value(QLatin1String("items")).toArray())
        list.append(*gateway::api::exportStatusFromJson(item.toObject()));
    panel.setMayTest(false);
    panel.setExports(list, QDateTime(QDate(2026, 11, 22), QTime(9, 13, 20), Qt::UTC));
    panel.show();
    panel.table()->selectRow(1);
    for (const QAbstractButton* button : panel.findChildren<QAbstractButton*>())
        QVERIFY(!button->isVisible() || button->text() != QLatin1String("Test"));
    panel.setMayTest(true);
    QVERIFY(buttonNamed(panel, QStringLiteral("Test the export otlp-traces"))->isVisible());
}

QTEST_MAIN(tst_ServerPage)
#include "tst_server_page.moc"
