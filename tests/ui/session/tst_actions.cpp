// The table of actions: held against the engine's own route table, and each row against each role: who may sees the
// control, who may not is told which role it takes, and a lock takes every change away.
#include "fake_transport.h"

#include "admin/router.h"
#include "session/session.h"

#include <QSignalSpy>
#include <QTest>

using namespace ui;
using namespace ui::testing;
using gateway::api::Role;

namespace {

const gateway::admin::Route* routeOf(const ActionFacts& facts)
{
    for (const auto& route : gateway::admin::routes()) {
        if (qstrcmp(route.method, facts.method) == 0 && qstrcmp(route.path, facts.route) == 0)
            return &route;
    }
    return nullptr;
}

// What the engine would say of a principal of this role.
gateway::api::WhoAmI whoOf(Role role)
{
    gateway::api::WhoAmI who;
    who.name = QStringLiteral("alice");
    who.role = role;
    for (const auto& route : gateway::admin::routes()) {
        if (route.roles.has(role))
            who.may.append(QString::fromLatin1(route.method) + u' ' + QString::fromLatin1(route.path));
    }
    return who;
}

} // namespace

class tst_Actions : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theTableIsTheEngines();
    void everyRoleSeesItsOwn_data();
    void everyRoleSeesItsOwn();
    void olderEnginesAreTakenByTheTable_data() { everyRoleSeesItsOwn_data(); }
    void olderEnginesAreTakenByTheTable();
    void aLockTakesChangesAway();
    void aRoleThatChangesIsTold();
    void changesInWords_data();
    void changesInWords();

private:
    std::shared_ptr<FakeTransport> fake() const;
    static std::unique_ptr<Session> make(std::shared_ptr<FakeTransport> transport, Role role, bool readOnly = false);
};

std::shared_ptr<FakeTransport> tst_Actions::fake() const
{
    auto transport = std::make_shared<FakeTransport>();
    gateway::api::EngineStatus status;
    status.version = QStringLiteral("0.1.0");
    status.apiMajor = gateway::api::kApiMajor;
    status.apiMinor = gateway::api::kApiMinor;
    status.features = gateway::api::knownFeatures();
    transport->setReply(QStringLiteral("/api/v1/status"), gateway::api::toJson(status));
    return transport;
}

std::unique_ptr<Session> tst_Actions::make(std::shared_ptr<FakeTransport> transport, Role role, bool readOnly)
{
    SessionOptions options;
    options.role = gateway::api::nameOf(role);
    options.readOnly = readOnly;
    options.pollMs = 3'600'000;
    options.now = [] { return QDateTime(QDate(2026, 11, 22), QTime(9, 0), Qt::UTC); };
    options.monotonic = [] { return std::chrono::milliseconds(0); };
    auto session = std::make_unique<Session>(std::move(transport), options);
    session->start();
    return session;
}

void tst_Actions::theTableIsTheEngines()
{
    QCOMPARE(allActions().size(), std::size_t(Action::Count));
    for (const ActionFacts& facts : allActions()) {
        QCOMPARE(&factsOf(facts.action), &facts);
        const auto* route = routeOf(facts);
        QVERIFY2(route, facts.route);
        QCOMPARE(facts.changes, route->isChange());
        for (const Role role : gateway::api::kRoles)
            QVERIFY2(roleMayUse(role, QString::fromLatin1(facts.method), QString::fromLatin1(facts.route)) ==
                         route->roles.has(role),
                qPrintable(QString::fromLatin1(facts.words) + u' ' + gateway::api::nameOf(role)));
    }
}

void tst_Actions::everyRoleSeesItsOwn_data()
{
    QTest::addColumn<int>("action");
    QTest::addColumn<int>("role");
    for (const ActionFacts& facts : allActions()) {
        for (const Role role : gateway::api::kRoles)
            QTest::addRow("%s, %s", facts.words, qPrintable(gateway::api::nameOf(role)))
                << int(facts.action) << int(role);
    }
}

void tst_Actions::everyRoleSeesItsOwn()
{
    QFETCH(int, action);
    QFETCH(int, role);
    const auto transport = fake();
    transport->setReply(QStringLiteral("/api/v1/whoami"), gateway::api::toJson(whoOf(Role(role))));
    const auto session = make(transport, Role::Viewer);
    QTRY_VERIFY(session->status() && session->who());
    const ActionFacts& facts = factsOf(Action(action));
    const bool may = routeOf(facts)->roles.has(Role(role));
    QCOMPARE(session->mayAct(facts.action), may);
    if (may) {
        QCOMPARE(session->whyNot(facts.action), QString());
    } else {
        const QString why = session->whyNot(facts.action);
        QVERIFY2(why.contains(rolesFor(facts)) && why.contains(gateway::api::nameOf(Role(role))), qPrintable(why));
    }
}

// An engine from before whoami: the role that the book remembers decides, by the same table.
void tst_Actions::olderEnginesAreTakenByTheTable()
{
    QFETCH(int, action);
    QFETCH(int, role);
    const auto session = make(fake(), Role(role));
    QTRY_VERIFY(session->status());
    QCOMPARE(session->mayAct(Action(action)), routeOf(factsOf(Action(action)))->roles.has(Role(role)));
}

void tst_Actions::aLockTakesChangesAway()
{
    const auto session = make(fake(), Role::Admin, true);
    QTRY_VERIFY(session->status());
    for (const ActionFacts& facts : allActions())
        QCOMPARE(session->mayAct(facts.action), !facts.changes);
    QVERIFY(session->whyNot(Action::Drain).contains(QLatin1String("locked")));
    QSignalSpy changed(session.get(), &Session::permissionsChanged);
    session->unlockFor(std::chrono::minutes(15));
    QCOMPARE(changed.count(), 1);
    for (const ActionFacts& facts : allActions())
        QVERIFY(session->mayAct(facts.action));
    session->setReadOnly(false);
    QCOMPARE(changed.count(), 1); // what may be done is the same
    QVERIFY(!session->isLocked());
}

void tst_Actions::aRoleThatChangesIsTold()
{
    const auto transport = fake();
    transport->setReply(QStringLiteral("/api/v1/whoami"), gateway::api::toJson(whoOf(Role::Operator)));
    const auto session = make(transport, Role::Operator);
    QSignalSpy changed(session.get(), &Session::permissionsChanged);
    QTRY_VERIFY(session->who());
    QCOMPARE(changed.count(), 0); // as the book said
    transport->setReply(QStringLiteral("/api/v1/whoami"), gateway::api::toJson(whoOf(Role::Viewer)));
    gateway::api::LinkStatus link;
    link.state = gateway::api::LinkStatus::State::Reconnecting;
    transport->setLink(link);
    link.state = gateway::api::LinkStatus::State::Connected;
    transport->setLink(link); // after a loss it is asked again
    QTRY_COMPARE(changed.count(), 1);
    QVERIFY(!session->mayAct(Action::Drain));
}

void tst_Actions::changesInWords_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("words");
    QTest::newRow("drain") << "/api/v1/providers/openai-eu/drain"
                           << "Drain openai-eu";
    QTest::newRow("lever") << "/api/v1/failovers"
                           << "Apply a lever";
    QTest::newRow("revert") << "/api/v1/failovers/lev_7/revert"
                            << "End the lever lev_7";
    QTest::newRow("issue") << "/api/v1/credentials"
                           << "Issue a credential";
    QTest::newRow("a name with a placeholder") << "/api/v1/providers/%1/drain"
                                               << "Drain %1";
    QTest::newRow("unknown") << "/api/v1/somewhere/else"
                             << "POST /api/v1/somewhere/else";
}

void tst_Actions::changesInWords()
{
    QFETCH(QString, path);
    QFETCH(QString, words);
    QCOMPARE(changeWords(QStringLiteral("POST"), path), words);
}

QTEST_GUILESS_MAIN(tst_Actions)
#include "tst_actions.moc"
