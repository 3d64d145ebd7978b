// The window in front of several engines: switching with one of them dead, the pages each keeps, what is absent for a
// role, what an older engine lacks, a change in doubt, and attaching over real TLS: pairing, a fingerprint that is
// compared, a certificate that changed.
#include "certificates.h"
#include "fake_transport.h"
#include "scripted_admin.h"
#include "scripted_probe.h"
#include "story.h"

#include "api/handshake.h"
#include "pages/providers/lever_list.h"
#include "pages/providers/lever_sheet.h"
#include "pages/providers/provider_actions.h"
#include "pages/providers/provider_detail.h"
#include "pages/providers/providers_page.h"
#include "pages/register_pages.h"
#include "session/connection_hub.h"
#include "shell/attach_sheet.h"
#include "shell/certificate_view.h"
#include "shell/command_palette.h"
#include "shell/connections_sheet.h"
#include "shell/freshness_banner.h"
#include "shell/main_window.h"
#include "shell/page.h"
#include "theme/theme_manager.h"
#include "widgets/button.h"
#include "widgets/input_field.h"
#include "widgets/plain_table.h"
#include "widgets/state_overlay.h"
#include "widgets/toast.h"

#include <QAbstractEventDispatcher>
#include <QLineEdit>
#include <QListWidget>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>

using namespace ui;
using namespace ui::testing;
using gateway::api::LinkStatus;
using gateway::test::CertificateMaker;
using gateway::test::ScriptedAdmin;
using gateway::test::TestCertificate;

namespace {

constexpr int kPatienceMs = 20'000;
const QByteArray kToken("sba_a_secret-of-the-desk");

// An engine as far as the ladder and the pairing ask.
struct Engine
{
    ScriptedAdmin::Answer operator()(const ScriptedAdmin::Asked& asked) const
    {
        using Answer = ScriptedAdmin::Answer;
        Answer answer;
        const bool isCode = asked.fields.value("authorization").contains("sbp_");
        if (asked.path == "/api/v1/pairings/claim") {
            answer.status = isCode ? 201 : 401;
            answer.body = gateway::api::toJson(
                gateway::api::IssuedPrincipal{QStringLiteral("anna"), QString::fromLatin1(kToken)});
        } else if (!asked.fields.value("authorization").contains(kToken)) {
            answer.status = 401;
            answer.body = {
                {QStringLiteral("error"), QJsonObject{{QStringLiteral("failure"), QStringLiteral("not_permitted")},
                                              {QStringLiteral("message"), QStringLiteral("That is refused.")}}}};
        } else if (asked.path == "/api/v1/whoami") {
            gateway::api::WhoAmI who;
            who.name = QStringLiteral("anna");
            who.role = gateway::api::Role::Operator;
            answer.body = gateway::api::toJson(who);
        } else if (asked.path == "/api/v1/status") {
            gateway::api::EngineStatus status;
            status.version = QStringLiteral("0.1.0");
            status.name = QStringLiteral("gw-1");
            status.environment = QStringLiteral("prod");
            status.apiMajor = gateway::api::kApiMajor;
            status.apiMinor = gateway::api::kApiMinor;
            status.features = gateway::api::knownFeatures();
            status.asOf = QDateTime::currentDateTimeUtc();
            answer.body = gateway::api::toJson(status);
        } else if (asked.path.startsWith("/api/v1/events")) {
            answer.how = Answer::How::Stream;
            answer.raw = "event: hello\ndata: {\"sequence\":7}\n\n";
        } else {
            answer.status = 404;
        }
        return answer;
    }
};

std::shared_ptr<FakeTransport> told()
{
    auto transport = std::make_shared<FakeTransport>();
    Story::tell(*transport);
    return transport;
}

Connection to(const char* name, const QString& url, Environment environment = Environment::Stage)
{
    Connection connection;
    connection.name = QString::fromLatin1(name);
    connection.url = url;
    connection.environment = environment;
    connection.role = QStringLiteral("operator");
    return connection;
}

} // namespace

class tst_Engines : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void switchingIsImmediateAndKeepsPages();
    void theSwitcherListsThem();
    void aDeadEngineDoesNotHoldTheWindow();
    void rolesDecideWhatIsThere_data();
    void rolesDecideWhatIsThere();
    void thePaletteNamesTheRole();
    void olderEnginesAreSaidOnThePage();
    void staleDataIsMarkedAndBlocksTheSheet();
    void doubtIsToldInTheWindow();
    void theTitleAgrees();
    void theListSaysHowTheyStand();
    void attachingWithAFingerprint();
    void pairingFromALink();
    void aChangedCertificateBlocksUntilCompared();
    void aFailingFirstTryShowsTheLadder();

private:
    MainWindow& open();
    QString chosenWords(const QString& typed);
    SessionOptions options(const char* name, const char* role = "operator") const;

    CertificateMaker m_maker;
    TestCertificate m_first;
    TestCertificate m_second;
    std::unique_ptr<ConnectionBook> m_book;
    std::unique_ptr<SessionSecretStore> m_secrets;
    QHash<QString, std::shared_ptr<FakeTransport>> m_fakes; // by URL
    std::unique_ptr<ConnectionHub> m_hub;
    std::unique_ptr<MainWindow> m_window;
    QDateTime m_now;
};

void tst_Engines::initTestCase()
{
    ThemeManager::install(*qApp, ThemeChoice::Dark);
    m_first = m_maker.selfSigned(QStringLiteral("first"));
    m_second = m_maker.selfSigned(QStringLiteral("second"));
    if (m_first.certificate.isNull() || m_second.certificate.isNull())
        QSKIP("The openssl command is needed for certificates.");
}

void tst_Engines::init()
{
    m_now = Story::now();
    m_book = std::make_unique<ConnectionBook>(QString());
    m_secrets = std::make_unique<SessionSecretStore>();
    m_fakes.clear();
    m_hub =
        std::make_unique<ConnectionHub>(*m_book, *m_secrets, [this](const Connection& connection, const QByteArray&) {
            std::shared_ptr<FakeTransport>& fake = m_fakes[connection.url];
            if (!fake)
                fake = told();
            return fake;
        });
    m_fakes.insert(QStringLiteral("embedded"), told());
}

void tst_Engines::cleanup()
{
    m_window.reset();
    m_hub.reset();
}

SessionOptions tst_Engines::options(const char* name, const char* role) const
{
    SessionOptions options;
    options.name = QString::fromLatin1(name);
    options.role = QString::fromLatin1(role);
    options.now = [this] { return m_now; };
    options.pollMs = 2000;
    return options;
}

MainWindow& tst_Engines::open()
{
    if (!m_hub->current())
        m_hub->addEmbedded(m_fakes[QStringLiteral("embedded")], options("laptop", "admin"))->start();
    m_window =
        std::make_unique<MainWindow>(m_hub->current(), allPages(std::make_shared<ScriptedProbe>()), nullptr, nullptr);
    m_window->setHub(m_hub.get());
    m_window->openPage(QStringLiteral("providers"));
    m_window->show();
    return *m_window;
}

// What the palette offers for these words, one line each with its hint.
QString tst_Engines::chosenWords(const QString& typed)
{
    m_window->openPalette();
    auto* palette = m_window->findChild<CommandPalette*>();
    palette->findChild<QLineEdit*>()->setText(typed);
    QStringList lines;
    auto* list = palette->findChild<QListWidget*>();
    for (int i = 0; i < list->count(); ++i)
        lines.append(list->item(i)->text() + u'|' + list->item(i)->data(Qt::UserRole + 2).toString());
    palette->dismiss();
    return lines.join(u'\n');
}

void tst_Engines::switchingIsImmediateAndKeepsPages()
{
    MainWindow& window = open();
    const QString id = *m_book->put(to("stage", QStringLiteral("https://stage.example:4181")));
    QTRY_VERIFY(window.currentPage()->isSettled());
    Page* before = window.currentPage();
    m_hub->show(id); // no turn of the event loop between this and the next line
    QCOMPARE(window.session().options().name, QStringLiteral("stage"));
    QVERIFY(window.currentPage() != before);
    QCOMPARE(window.currentPageName(), QStringLiteral("providers"));
    QTRY_VERIFY(window.session().status());
    window.openPage(QStringLiteral("routes"));
    m_hub->show(ConnectionHub::kEmbedded);
    QCOMPARE(window.session().options().name, QStringLiteral("laptop"));
    QCOMPARE(window.currentPage(), before); // the same widget, as it was left
    m_hub->show(id);
    QCOMPARE(window.currentPageName(), QStringLiteral("routes"));
    m_hub->close(id);
    QCOMPARE(window.currentPage(), before);
}

void tst_Engines::theSwitcherListsThem()
{
    MainWindow& window = open();
    const QString id = *m_book->put(to("stage", QStringLiteral("https://stage.example:4181")));
    QVERIFY(QTest::qWaitForWindowActive(&window));
    QTest::keyClick(&window, Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
    auto* palette = window.findChild<CommandPalette*>();
    QVERIFY(palette->isVisible());
    auto* field = palette->findChild<QLineEdit*>();
    QTRY_VERIFY(field->hasFocus());
    QTest::keyClicks(field, QStringLiteral("stage"));
    QTest::keyClick(field, Qt::Key_Return);
    QCOMPARE(m_hub->currentId(), id);
}

// The engine that is shown never answers. Every key still works, and the way to another one takes no waiting.
void tst_Engines::aDeadEngineDoesNotHoldTheWindow()
{
    MainWindow& window = open();
    auto dead = told();
    dead->setHeld(true);
    m_fakes.insert(QStringLiteral("https://dead.example:4181"), dead);
    const QString id = *m_book->put(to("dead", QStringLiteral("https://dead.example:4181")));
    m_hub->show(id);
    for (int i = 0; i < 20; ++i)
        QCoreApplication::processEvents(); // it has asked, and waits
    QVERIFY(dead->pending() > 0);
    QVERIFY(!window.session().status());
    int turns = 0;
    const auto counter =
        connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake, this, [&turns] { ++turns; });
    m_hub->show(ConnectionHub::kEmbedded);
    QCOMPARE(window.session().options().name, QStringLiteral("laptop"));
    QCOMPARE(turns, 0);
    disconnect(counter);
    QCOMPARE(m_hub->session(id)->freshness(), Freshness::NoData); // never zero, never live
}

void tst_Engines::rolesDecideWhatIsThere_data()
{
    QTest::addColumn<QString>("role");
    QTest::addColumn<bool>("operates");
    QTest::newRow("viewer") << "viewer" << false;
    QTest::newRow("auditor") << "auditor" << false;
    QTest::newRow("developer") << "developer" << false;
    QTest::newRow("operator") << "operator" << true;
    QTest::newRow("admin") << "admin" << true;
    QTest::newRow("admin, locked") << "locked" << false;
}

void tst_Engines::rolesDecideWhatIsThere()
{
    QFETCH(QString, role);
    QFETCH(bool, operates);
    SessionOptions how = options("laptop", role == QLatin1String("locked") ? "admin" : role.toLatin1().constData());
    how.readOnly = role == QLatin1String("locked");
    m_hub->addEmbedded(m_fakes[QStringLiteral("embedded")], how)->start();
    MainWindow& window = open();
    auto* page = qobject_cast<providers::ProvidersPage*>(window.currentPage());
    QVERIFY(page);
    QTRY_VERIFY(page->isSettled() && window.session().status());
    page->open(QStringLiteral("provider=azure-eu"));
    QTRY_VERIFY(page->isSettled());
    const providers::ProviderActions* actions = page->detail()->actions();
    for (const Button* button :
        {actions->drainButton(), actions->breakerButton(), actions->probeButton(), actions->drillButton()})
        QCOMPARE(button->isVisible(), operates); // absent, not grey
    for (int row = 0; row < page->levers()->shown().size(); ++row) {
        if (page->levers()->shown()[row].isInForce())
            QCOMPARE(page->levers()->undoButton(row)->isVisible(), operates);
    }
    // unlocking brings them, without a new connection
    if (role == QLatin1String("locked")) {
        window.session().unlockFor(std::chrono::minutes(15));
        QTRY_VERIFY(window.currentPage() && window.currentPage() != page);
        page = qobject_cast<providers::ProvidersPage*>(window.currentPage());
        QTRY_VERIFY(page->isSettled());
        QTRY_VERIFY(page->detail()->actions()->drainButton()->isVisible());
    }
}

void tst_Engines::thePaletteNamesTheRole()
{
    m_hub->addEmbedded(m_fakes[QStringLiteral("embedded")], options("laptop", "viewer"))->start();
    MainWindow& window = open();
    QTRY_VERIFY(window.session().status());
    QCOMPARE(chosenWords(QStringLiteral("drain provider")).section(u'\n', 0, 0),
        QStringLiteral("Drain a provider|needs the role operator or admin"));
    QCOMPARE(chosenWords(QStringLiteral("limit budget")).section(u'\n', 0, 0),
        QStringLiteral("Change the limit of a budget|needs the role admin"));
    QVERIFY(
        chosenWords(QStringLiteral("explain")).contains(QLatin1String("needs the role developer, operator or admin")));
}

void tst_Engines::olderEnginesAreSaidOnThePage()
{
    gateway::api::EngineStatus status = Story::status();
    status.version = QStringLiteral("0.0.9");
    status.apiMajor = 1;
    status.apiMinor = 0;
    status.features = gateway::api::knownFeatures();
    status.features.removeAll(QStringLiteral("checklist"));
    m_fakes[QStringLiteral("embedded")]->setReply(QStringLiteral("/api/v1/status"), gateway::api::toJson(status));
    MainWindow& window = open();
    QTRY_VERIFY(window.session().status());
    const auto missing = [&window] {
        for (const StateOverlay* overlay : window.currentPage()->findChildren<StateOverlay*>()) {
            if (overlay->isVisible() && overlay->accessibleName().contains(QLatin1String("does not offer")))
                return overlay->accessibleName();
        }
        return QString();
    };
    window.openPage(QStringLiteral("checklist"));
    QTRY_VERIFY(missing().contains(QLatin1String("0.0.9")));
    window.openPage(QStringLiteral("providers"));
    QCOMPARE(missing(), QString());
    // the engine is replaced by a newer one while the page is open
    window.openPage(QStringLiteral("checklist"));
    status.features = gateway::api::knownFeatures();
    m_fakes[QStringLiteral("embedded")]->setReply(QStringLiteral("/api/v1/status"), gateway::api::toJson(status));
    window.session().refresh();
    QTRY_COMPARE(missing(), QString());
}

void tst_Engines::staleDataIsMarkedAndBlocksTheSheet()
{
    MainWindow& window = open();
    auto* page = qobject_cast<providers::ProvidersPage*>(window.currentPage());
    QTRY_VERIFY(page->isSettled() && window.session().status());
    page->open(QStringLiteral("provider=azure-eu"));
    QTRY_VERIFY(page->isSettled());
    auto* banner = window.findChild<FreshnessBanner*>();
    auto* veil = window.findChild<StaleVeil*>();
    auto* late = window.findChild<LateMark*>();
    QVERIFY(!banner->isVisible() && !veil->isVisible() && !late->isVisible());
    QPointer<providers::LeverSheet> sheet = page->openLever(gateway::api::LeverKind::Drain);
    QVERIFY(sheet);
    QTRY_VERIFY(sheet->applyButton()->isEnabled());

    m_fakes[QStringLiteral("embedded")]->setHeld(true);
    m_now = m_now.addMSecs(4500);
    Q_EMIT window.session().freshnessChanged();
    QVERIFY(late->isVisible());
    QVERIFY(!banner->isVisible());
    QVERIFY(sheet->applyButton()->isEnabled()); // late is fresh enough

    m_now = m_now.addMSecs(60'000);
    Q_EMIT window.session().freshnessChanged();
    QVERIFY(!late->isVisible());
    QVERIFY(banner->isVisible() && veil->isVisible());
    QVERIFY2(banner->words().contains(QLatin1String("As of 03:22:24 UTC")), qPrintable(banner->words()));
    QVERIFY(!sheet->applyButton()->isEnabled());
    QVERIFY(window.windowTitle().endsWith(QLatin1String("(stale)")));

    m_now = Story::now();
    m_fakes[QStringLiteral("embedded")]->setHeld(false);
    window.session().refresh();
    QTRY_VERIFY(!banner->isVisible() && !veil->isVisible());
    QTRY_VERIFY(sheet->applyButton()->isEnabled()); // by itself
    QVERIFY(!window.windowTitle().contains(QLatin1String("stale")));
}

void tst_Engines::doubtIsToldInTheWindow()
{
    MainWindow& window = open();
    QTRY_VERIFY(window.session().status());
    FakeTransport& transport = *m_fakes[QStringLiteral("embedded")];
    QTRY_COMPARE(transport.pending(), 0);
    transport.setHeld(true);
    auto future = window.session().client().drainProvider(QStringLiteral("azure-eu"), {}, QStringLiteral("because"));
    const QString key = transport.requests().last().idempotencyKey;
    Q_EMIT transport.changeChecking(key, QStringLiteral("/api/v1/providers/azure-eu/drain"));
    QVERIFY2(window.toast()->accessibleName().contains(QLatin1String("Checking whether it was applied")),
        qPrintable(window.toast()->accessibleName()));
    QVERIFY(chosenWords(QStringLiteral("azure-eu")).contains(QLatin1String("Drain azure-eu|checking whether")));
    Q_EMIT transport.changeSettled(key, false);
    QVERIFY(window.toast()->accessibleName().contains(QLatin1String("not applied, and will not be")));
    QVERIFY(chosenWords(QStringLiteral("azure-eu")).contains(QLatin1String("Drain azure-eu|not applied")));
    transport.setHeld(false);
    QTRY_VERIFY(future.isFinished());
}

void tst_Engines::theTitleAgrees()
{
    MainWindow& window = open();
    gateway::api::EngineStatus status = Story::status();
    status.name = QStringLiteral("gw-eu-1");
    status.engineId = QStringLiteral("e1");
    status.environment = QStringLiteral("prod");
    auto fake = told();
    fake->setReply(QStringLiteral("/api/v1/status"), gateway::api::toJson(status));
    m_fakes.insert(QStringLiteral("https://prod.example:4181"), fake);
    const QString id = *m_book->put(to("prod-eu", QStringLiteral("https://prod.example:4181"), Environment::Local));
    m_hub->show(id);
    QTRY_VERIFY(window.windowTitle().contains(QLatin1String("prod-eu [PROD] gw-eu-1")));
}

void tst_Engines::theListSaysHowTheyStand()
{
    MainWindow& window = open();
    auto refused = told();
    m_fakes.insert(QStringLiteral("https://no.example:4181"), refused);
    const QString id = *m_book->put(to("no", QStringLiteral("https://no.example:4181"), Environment::Prod));
    m_hub->show(id);
    QTRY_VERIFY(m_hub->session(id)->status());
    LinkStatus link;
    link.state = LinkStatus::State::NotPermitted;
    link.reason = QStringLiteral("The token was revoked.");
    refused->setLink(link);
    const ConnectionsSheet* sheet = ConnectionsSheet::openOn(&window, *m_hub);
    QCOMPARE(sheet->table()->rows(), 2);
    QCOMPARE(sheet->table()->words(1, 0), QStringLiteral("no"));
    QCOMPARE(sheet->table()->words(1, 1), QStringLiteral("PROD"));
    QVERIFY2(sheet->table()->words(1, 4).startsWith(QLatin1String("Not permitted")),
        qPrintable(sheet->table()->words(1, 4)));
    // each engine has a frame of its own; the one that is shown says it
    const auto isSaid = [&window] {
        const auto banners = window.findChildren<FreshnessBanner*>();
        return std::any_of(banners.begin(), banners.end(), [](const FreshnessBanner* one) { return one->isVisible(); });
    };
    QTRY_VERIFY(isSaid());
}

void tst_Engines::attachingWithAFingerprint()
{
    ScriptedAdmin admin(Engine(), m_first.forServer());
    const QString url = QStringLiteral("https://127.0.0.1:%1").arg(admin.port());
    MainWindow& window = open();
    auto* sheet = AttachSheet::openOn(&window, *m_hub, url);
    sheet->tokenField()->setText(QString::fromLatin1(kToken));
    sheet->check();
    QTRY_VERIFY_WITH_TIMEOUT(sheet->compare()->isVisible(), kPatienceMs);
    QVERIFY(!sheet->connectButton()->isEnabled());
    QVERIFY(!admin.received().contains(kToken)); // nobody vouched for it yet
    const QString full = gateway::api::groupedPin(m_first.pin());
    for (const QString& wrong : {full.left(full.size() - 5), gateway::api::groupedPin(m_second.pin())}) {
        sheet->compare()->field()->setText(wrong);
        QVERIFY(!sheet->compare()->isConfirmed());
        QVERIFY(!sheet->connectButton()->isEnabled());
    }
    QVERIFY(!admin.received().contains(kToken));
    sheet->compare()->field()->setText(full.toLower());
    QTRY_VERIFY_WITH_TIMEOUT(sheet->connectButton()->isEnabled(), kPatienceMs);
    sheet->connectButton()->click();
    QCOMPARE(m_book->all().size(), 1);
    const Connection kept = m_book->all().first(); // as it was put there; a session writes to it soon
    QCOMPARE(kept.pin, m_first.pin());
    QCOMPARE(kept.environment, Environment::Prod); // the engine states it
    QVERIFY(kept.environmentPinned);
    QVERIFY(kept.readOnly);
    QVERIFY(kept.certificate && kept.certificate->sha256 == kept.pin);
    QCOMPARE(kept.name, QStringLiteral("gw-1"));
    QTRY_COMPARE(m_hub->currentId(), kept.id);
    QVERIFY(!m_book->exported().contains(kToken));
}

void tst_Engines::pairingFromALink()
{
    ScriptedAdmin admin(Engine(), m_first.forServer());
    MainWindow& window = open();
    auto* sheet = AttachSheet::openOn(&window, *m_hub,
        QStringLiteral("signalbox://pair?url=https%3A%2F%2F127.0.0.1%3A") + QString::number(admin.port()) +
            QStringLiteral("&pin=") + m_first.pin() + QStringLiteral("&code=sbp_a_code"));
    QTRY_VERIFY_WITH_TIMEOUT(sheet->connectButton()->isEnabled(), kPatienceMs);
    QCOMPARE(admin.askedFor("/api/v1/pairings/claim").size(), 1);
    sheet->connectButton()->click();
    QTRY_COMPARE(m_book->all().size(), 1);
    std::optional<QByteArray> secret;
    m_secrets->read(m_book->all().first().id, [&secret](const gateway::api::Result<QByteArray>& token) {
        if (token)
            secret = *token;
    });
    QTRY_COMPARE(secret.value_or(QByteArray()), kToken);
}

// What was pinned is not what is shown: nothing goes to it, both are on the screen, and only the whole new fingerprint
// makes it trusted.
void tst_Engines::aChangedCertificateBlocksUntilCompared()
{
    ScriptedAdmin admin(Engine(), m_second.forServer());
    MainWindow& window = open();
    Connection known = to("prod-eu", QStringLiteral("https://127.0.0.1:%1").arg(admin.port()), Environment::Prod);
    known.pin = m_first.pin();
    known.certificate = gateway::api::factsOf(m_first.certificate);
    const QString id = *m_book->put(known);
    m_secrets->write(id, kToken, [](bool, const QString&) {});
    m_hub->show(id);
    QTRY_VERIFY(window.session().status());
    LinkStatus link;
    link.state = LinkStatus::State::CertificateChanged;
    link.reason = QStringLiteral("The engine shows another certificate than the pinned one.");
    link.offered = gateway::api::factsOf(m_second.certificate);
    m_fakes[known.url]->setLink(link);
    auto* banner = m_window->currentPage()->window()->findChild<FreshnessBanner*>();
    for (FreshnessBanner* each : window.findChildren<FreshnessBanner*>()) {
        if (each->isVisible())
            banner = each;
    }
    QTRY_VERIFY(banner->mendButton()->isVisible());
    QVERIFY(banner->mendButton()->text().startsWith(QLatin1String("Compare")));
    banner->mendButton()->click();
    auto* sheet = window.findChild<AttachSheet*>();
    QVERIFY(sheet);
    QTRY_VERIFY_WITH_TIMEOUT(sheet->compare()->isVisible(), kPatienceMs);
    QCOMPARE(sheet->compare()->sha256(), m_second.pin());
    QVERIFY(!sheet->connectButton()->isEnabled());
    QCOMPARE(m_book->find(id)->pin, m_first.pin());
    QVERIFY(!admin.received().contains(kToken));
    sheet->compare()->field()->setText(m_first.pin()); // the old one is not it
    QVERIFY(!sheet->compare()->isConfirmed());
    sheet->compare()->field()->setText(m_second.pin());
    QTRY_VERIFY_WITH_TIMEOUT(sheet->connectButton()->isEnabled(), kPatienceMs);
    QCOMPARE(m_book->find(id)->pin, m_first.pin()); // not before it is wished
    sheet->connectButton()->click();
    QTRY_COMPARE(m_book->find(id)->pin, m_second.pin());
}

void tst_Engines::aFailingFirstTryShowsTheLadder()
{
    auto failing = std::make_shared<FakeTransport>();
    failing->setFailure(
        gateway::api::failure(gateway::api::Failure::Unreachable, QStringLiteral("Nothing listens there.")));
    const QString url = QStringLiteral("http://127.0.0.1:1");
    m_fakes.insert(url, failing);
    m_hub->show(*m_book->put(to("gone", url)));
    MainWindow& window = open();
    window.mendIfFirstTryFails();
    QTRY_VERIFY(window.findChild<AttachSheet*>());
    // one that answers once and is lost later opens nothing
    window.findChild<AttachSheet*>()->dismiss();
    QTRY_VERIFY(!window.findChild<AttachSheet*>());
    m_hub->show(*m_book->put(to("good", QStringLiteral("https://good.example:4181"))));
    window.mendIfFirstTryFails();
    QTRY_VERIFY(window.session().status());
    m_fakes[QStringLiteral("https://good.example:4181")]->setFailure(
        gateway::api::failure(gateway::api::Failure::Unreachable, QStringLiteral("It went away.")));
    window.session().refresh();
    QTRY_COMPARE(window.session().problem(), QStringLiteral("It went away."));
    QVERIFY(!window.findChild<AttachSheet*>());
}

QTEST_MAIN(tst_Engines)
#include "tst_engines.moc"
