// Freshness of a session, what it lets through, and what it says of changes in doubt.
#include "fake_transport.h"

#include "session/session.h"
#include "shell/freshness_banner.h"

#include <QJsonArray>
#include <QSignalSpy>
#include <QTest>

using namespace ui;
using namespace ui::testing;
using gateway::api::Failure;
using gateway::api::LinkStatus;

class tst_Freshness : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void table_data();
    void table();
    void roleComesFromTheEngine();
    void olderEnginesKeepTheRoleOfTheBook();
    void changesAreBlockedOnOldData();
    void changesAreBlockedByTheLock();
    void readsPassTheLock();
    void changesCarryTheRevision();
    void doubtIsTold();
    void answersReachTheListAndTheCaller();
    void aClockSetBackStaysStale();
    void theSentenceSaysWhenAndWhy();

private:
    std::unique_ptr<Session> make(bool readOnly = false);
    gateway::api::Result<gateway::api::LeverStatus> drain(Session& session);
    int changesSent() const;

    std::shared_ptr<FakeTransport> m_transport;
    QDateTime m_now;
    std::chrono::milliseconds m_monotonic{0};
};

void tst_Freshness::init()
{
    m_transport = std::make_shared<FakeTransport>();
    m_now = QDateTime(QDate(2026, 11, 22), QTime(3, 4, 11), Qt::UTC);
    m_monotonic = std::chrono::milliseconds(0);
    gateway::api::EngineStatus status;
    status.version = QStringLiteral("0.1.0");
    status.asOf = m_now;
    status.revision = 7;
    status.apiMajor = gateway::api::kApiMajor;
    status.apiMinor = gateway::api::kApiMinor;
    status.features = gateway::api::knownFeatures();
    m_transport->setReply(QStringLiteral("/api/v1/status"), gateway::api::toJson(status));
    m_transport->setReply(QStringLiteral("/api/v1/providers"), {{QStringLiteral("items"), QJsonArray()}});
}

std::unique_ptr<Session> tst_Freshness::make(bool readOnly)
{
    SessionOptions options;
    options.embedded = false;
    options.role = QStringLiteral("operator");
    options.readOnly = readOnly;
    options.pollMs = 2000;
    options.now = [this] { return m_now; };
    options.monotonic = [this] { return m_monotonic; };
    auto session = std::make_unique<Session>(m_transport, options);
    session->refresh(); // once; the timer of start() stays out of it
    return session;
}

gateway::api::Result<gateway::api::LeverStatus> tst_Freshness::drain(Session& session)
{
    auto future = session.client().drainProvider(QStringLiteral("p"), {}, QStringLiteral("because"));
    if (!QTest::qWaitFor([&] { return future.isFinished(); }))
        return gateway::api::failure(Failure::Internal, QStringLiteral("not finished"));
    return future.result();
}

int tst_Freshness::changesSent() const
{
    int count = 0;
    for (const AdminRequest& request : m_transport->requests())
        count += request.method == QLatin1String("POST") ? 1 : 0;
    return count;
}

void tst_Freshness::table_data()
{
    using Link = LinkStatus::State;
    QTest::addColumn<FreshnessFacts>("facts");
    QTest::addColumn<Freshness>("expected");
    const auto row = [](const char* name, FreshnessFacts facts, Freshness expected) {
        QTest::newRow(name) << facts << expected;
    };
    row("nothing yet", {-1, 2000, Link::Connecting, false, false, false}, Freshness::NoData);
    row("nothing and no answer", {-1, 2000, Link::Reconnecting, false, false, true}, Freshness::Error);
    row("young", {0, 2000, Link::Connected, false, false, false}, Freshness::Live);
    row("just live", {3999, 2000, Link::Connected, false, false, false}, Freshness::Live);
    row("late", {4000, 2000, Link::Connected, false, false, false}, Freshness::Late);
    row("just late", {6000, 2000, Link::Connected, false, false, false}, Freshness::Late);
    row("stale", {6001, 2000, Link::Connected, false, false, false}, Freshness::Stale);
    row("young without events", {10, 2000, Link::Connected, true, false, false}, Freshness::Late);
    row("stale while reconnecting", {6001, 2000, Link::Reconnecting, true, false, true}, Freshness::Stale);
    row("young while reconnecting", {10, 2000, Link::Reconnecting, false, false, true}, Freshness::Live);
    row("refused", {10, 2000, Link::Connected, false, true, true}, Freshness::NotPermitted);
    row("link not permitted", {10, 2000, Link::NotPermitted, false, false, false}, Freshness::NotPermitted);
    row("certificate", {10, 2000, Link::CertificateChanged, false, false, true}, Freshness::Error);
    row("version", {10, 2000, Link::VersionMismatch, false, false, false}, Freshness::Error);
    row("given up, never seen", {-1, 2000, Link::Unreachable, false, false, false}, Freshness::Error);
    row("given up, old", {7000, 2000, Link::Unreachable, false, false, true}, Freshness::Stale);
}

void tst_Freshness::table()
{
    QFETCH(FreshnessFacts, facts);
    QFETCH(Freshness, expected);
    QCOMPARE(freshnessOf(facts), expected);
}

void tst_Freshness::roleComesFromTheEngine()
{
    gateway::api::WhoAmI who;
    who.name = QStringLiteral("alice");
    who.role = gateway::api::Role::Viewer;
    who.may = QStringList{QStringLiteral("GET /api/v1/status")};
    m_transport->setReply(QStringLiteral("/api/v1/whoami"), gateway::api::toJson(who));
    auto session = make();
    QSignalSpy changed(session.get(), &Session::permissionsChanged);
    QVERIFY(session->mayAct(Action::Drain)); // as the book says
    QTRY_COMPARE(changed.count(), 1);
    QCOMPARE(session->role(), QStringLiteral("viewer"));
    QVERIFY(!session->mayAct(Action::Drain));
    QVERIFY(session->may(QStringLiteral("GET"), QStringLiteral("/api/v1/status")));
}

void tst_Freshness::olderEnginesKeepTheRoleOfTheBook()
{
    auto session = make();
    QTRY_VERIFY(session->status());
    QTRY_COMPARE(m_transport->pending(), 0);
    QCOMPARE(session->role(), QStringLiteral("operator"));
    QVERIFY(session->mayAct(Action::Drain));
    QVERIFY(!session->may(QStringLiteral("POST"), QStringLiteral("/api/v1/credentials")));
}

void tst_Freshness::changesAreBlockedOnOldData()
{
    auto session = make();
    QCOMPARE(drain(*session).error().failure, Failure::Unavailable); // no answer has come yet
    QTRY_VERIFY(session->status());
    QCOMPARE(changesSent(), 0);
    QVERIFY(session->blocked().isEmpty());
    m_now = m_now.addMSecs(6001);
    const auto refused = drain(*session);
    QCOMPARE(refused.error().failure, Failure::Unavailable);
    QVERIFY2(refused.error().message.contains(QLatin1String("6 s old")), qPrintable(refused.error().message));
    QCOMPARE(changesSent(), 0);
    session->refresh();
    QTRY_VERIFY(session->blocked().isEmpty());
    QCOMPARE(drain(*session).error().failure, Failure::NotFound); // it reached the fake
    QCOMPARE(changesSent(), 1);
}

void tst_Freshness::changesAreBlockedByTheLock()
{
    auto session = make(true);
    QTRY_VERIFY(session->status());
    QVERIFY(session->isLocked());
    QVERIFY(drain(*session).error().message.contains(QLatin1String("locked")));
    QCOMPARE(changesSent(), 0);
    QSignalSpy changed(session.get(), &Session::permissionsChanged);
    session->unlockFor(std::chrono::minutes(15));
    QCOMPARE(changed.count(), 1);
    QVERIFY(!session->isLocked());
    QCOMPARE(drain(*session).error().failure, Failure::NotFound);
    m_monotonic += std::chrono::minutes(15);
    QVERIFY(session->isLocked());
    session->unlockFor(std::chrono::minutes(15));
    session->lockNow();
    QVERIFY(session->isLocked());
}

void tst_Freshness::readsPassTheLock()
{
    auto session = make(true);
    m_now = m_now.addSecs(3600);
    auto future = session->client().providers();
    QTRY_VERIFY(future.isFinished());
    QVERIFY(future.result());
}

void tst_Freshness::changesCarryTheRevision()
{
    auto session = make();
    QTRY_VERIFY(session->status());
    drain(*session);
    const AdminRequest& sent = m_transport->requests().last();
    QCOMPARE(sent.path, QStringLiteral("/api/v1/providers/p/drain"));
    QCOMPARE(sent.expectedRevision, std::optional(7));
    QVERIFY(!sent.idempotencyKey.isEmpty());
}

void tst_Freshness::doubtIsTold()
{
    auto session = make();
    QTRY_VERIFY(session->status());
    m_transport->setHeld(true);
    auto future = session->client().drainProvider(QStringLiteral("p"), {}, QStringLiteral("because"));
    const QString key = m_transport->requests().last().idempotencyKey;
    QCOMPARE(session->recentChanges().first().state, RecentChange::State::Sent);
    Q_EMIT m_transport->changeChecking(key, QStringLiteral("/api/v1/providers/p/drain"));
    QCOMPARE(session->recentChanges().first().state, RecentChange::State::Checking);
    Q_EMIT m_transport->changeSettled(key, true);
    QCOMPARE(session->recentChanges().first().state, RecentChange::State::Applied);
    m_transport->setHeld(false);
    QTRY_VERIFY(future.isFinished());
}

// The list of recent changes hears of every answer, and so does the one who asked: a future has one continuation.
void tst_Freshness::answersReachTheListAndTheCaller()
{
    auto session = make();
    QTRY_VERIFY(session->status());
    gateway::api::LeverStatus lever;
    lever.id = QStringLiteral("lev_1");
    m_transport->setReply(QStringLiteral("POST /api/v1/providers/p/drain"), gateway::api::toJson(lever));
    m_transport->setLatencyMs(5);
    bool heard = false;
    session->client()
        .drainProvider(QStringLiteral("p"), {}, QStringLiteral("because"))
        .then(this, [&heard](const gateway::api::Result<gateway::api::LeverStatus>&) { heard = true; });
    QCOMPARE(session->recentChanges().first().state, RecentChange::State::Sent);
    QCOMPARE(session->recentChanges().first().what, QStringLiteral("Drain p"));
    QTRY_VERIFY(heard);
    QCOMPARE(session->recentChanges().first().state, RecentChange::State::Applied);
    // a refusal, with its words
    heard = false;
    session->client()
        .drainProvider(QStringLiteral("q"), {}, QStringLiteral("because"))
        .then(this, [&heard](const gateway::api::Result<gateway::api::LeverStatus>&) { heard = true; });
    QTRY_VERIFY(heard);
    QCOMPARE(session->recentChanges().first().state, RecentChange::State::NotApplied);
    QVERIFY(!session->recentChanges().first().message.isEmpty());
}

// A wall clock that is set back does not make old data young.
void tst_Freshness::aClockSetBackStaysStale()
{
    auto session = make();
    QTRY_VERIFY(session->status());
    m_now = m_now.addSecs(-3600);
    m_monotonic += std::chrono::seconds(60);
    QCOMPARE(session->ageMs(), 60'000);
    QCOMPARE(session->freshness(), Freshness::Stale);
}

void tst_Freshness::theSentenceSaysWhenAndWhy()
{
    auto session = make();
    QTRY_VERIFY(session->status());
    QCOMPARE(freshnessSentence(*session), QString());
    m_now = m_now.addSecs(130);
    LinkStatus link;
    link.state = LinkStatus::State::Reconnecting;
    link.reason = QStringLiteral("The engine does not answer.");
    link.attempt = 3;
    m_transport->setLink(link);
    const QString words = freshnessSentence(*session);
    QVERIFY2(words.contains(QLatin1String("As of 03:04:11 UTC (2 min ago).")), qPrintable(words));
    QVERIFY(words.contains(link.reason));
    QVERIFY(words.contains(QLatin1String("attempt 3")));
}

QTEST_MAIN(tst_Freshness)
#include "tst_freshness.moc"
