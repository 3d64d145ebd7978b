// Session over a fake transport and a moved clock: freshness is a type, trouble keeps the last values, gaps are
// counted.
#include "fake_transport.h"

#include "session/alarms.h"
#include "session/session.h"

#include <QJsonArray>
#include <QSignalSpy>
#include <QTest>

using namespace ui;
using namespace ui::testing;
using gateway::api::EngineStatus;
using gateway::api::Health;

class tst_Session : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void freshnessFollowsTheClock();
    void troubleKeepsTheLastStatus();
    void slowAnswersDoNotQueueUp();
    void eventsAndGaps();
    void skewOnlyOfARemoteEngine();
    void alarmsAreUnknownUntilBothAnswer();

private:
    std::unique_ptr<Session> make(bool embedded = true);
    void setStatus(const EngineStatus& status)
    {
        m_transport->setReply(QStringLiteral("/api/v1/status"), gateway::api::toJson(status));
    }

    std::shared_ptr<FakeTransport> m_transport;
    QDateTime m_now;
    EngineStatus m_status;
};

void tst_Session::init()
{
    m_transport = std::make_shared<FakeTransport>();
    m_now = QDateTime(QDate(2026, 11, 22), QTime(9, 0), Qt::UTC);
    m_status = {};
    m_status.version = QStringLiteral("0.1.0");
    m_status.asOf = m_now;
    m_status.ready = true;
    m_status.eventSequence = 7;
    setStatus(m_status);
    m_transport->setReply(QStringLiteral("/api/v1/providers"), {{QStringLiteral("items"), QJsonArray()}});
}

std::unique_ptr<Session> tst_Session::make(bool embedded)
{
    SessionOptions options;
    options.embedded = embedded;
    options.pollMs = 3'600'000; // the test asks; the timer stays out of it
    options.now = [this] { return m_now; };
    options.monotonic = [] { return std::chrono::milliseconds(0); };
    return std::make_unique<Session>(m_transport, options);
}

void tst_Session::freshnessFollowsTheClock()
{
    auto session = make();
    QCOMPARE(session->freshness(), Freshness::NoData);
    QCOMPARE(session->ageMs(), -1);
    QSignalSpy changed(session.get(), &Session::statusChanged);
    session->start();
    QTRY_COMPARE(changed.count(), 1);
    QCOMPARE(session->freshness(), Freshness::Live);
    m_now = m_now.addMSecs(2LL * 3'600'000 - 1);
    QCOMPARE(session->freshness(), Freshness::Live);
    m_now = m_now.addMSecs(1);
    QCOMPARE(session->freshness(), Freshness::Late);
    m_now = m_now.addMSecs(3'600'000);
    QCOMPARE(session->freshness(), Freshness::Late);
    m_now = m_now.addMSecs(1);
    QCOMPARE(session->freshness(), Freshness::Stale);
    session->refresh();
    QTRY_COMPARE(session->freshness(), Freshness::Live);
    QCOMPARE(session->history().size(), 2);
}

void tst_Session::troubleKeepsTheLastStatus()
{
    auto session = make();
    session->start();
    QTRY_VERIFY(session->status());
    m_transport->setFailure(
        gateway::api::failure(gateway::api::Failure::Unreachable, QStringLiteral("The engine does not answer.")));
    session->refresh();
    QTRY_COMPARE(session->problem(), QStringLiteral("The engine does not answer."));
    QVERIFY(session->status());
    QCOMPARE(session->status()->version, QStringLiteral("0.1.0"));
    m_transport->setFailure({});
    session->refresh();
    QTRY_COMPARE(session->problem(), QString());
}

void tst_Session::slowAnswersDoNotQueueUp()
{
    auto session = make();
    m_transport->setHeld(true);
    session->start();
    for (int i = 0; i < 5; ++i)
        session->refresh();
    QCOMPARE(m_transport->requests().size(), 3); // the status, the providers, and who we are
    m_transport->setHeld(false);
    QTRY_VERIFY(session->status());
}

void tst_Session::eventsAndGaps()
{
    auto session = make();
    session->start();
    QSignalSpy finished(session.get(), &Session::callFinished);
    m_transport->pushEvents({{8, QStringLiteral("engine.state"), {}},
        {9, QStringLiteral("call.finished"), {{QStringLiteral("id"), QStringLiteral("req_1")}}}});
    QCOMPARE(finished.count(), 1);
    QCOMPARE(finished.last().first().toString(), QStringLiteral("req_1"));
    QCOMPARE(session->lastSequence(), 9);
    m_transport->pushGap(10, 14);
    QCOMPARE(session->missedEvents(), 5);
}

void tst_Session::skewOnlyOfARemoteEngine()
{
    m_status.asOf = m_now.addMSecs(250);
    setStatus(m_status);
    auto local = make(true);
    local->start();
    QTRY_VERIFY(local->status());
    QVERIFY(!local->clockSkewMs());
    auto remote = make(false);
    remote->start();
    QTRY_VERIFY(remote->status());
    QCOMPARE(remote->clockSkewMs().value_or(0), 250);
}

void tst_Session::alarmsAreUnknownUntilBothAnswer()
{
    gateway::api::ProviderStatus down;
    down.name = QStringLiteral("azure-eu");
    down.health = Health::Down;
    m_status.parts = {{QStringLiteral("store"), Health::Degraded, QStringLiteral("slow")}};
    setStatus(m_status);
    m_transport->setReply(
        QStringLiteral("/api/v1/providers"), {{QStringLiteral("items"), QJsonArray{gateway::api::toJson(down)}}});
    auto session = make();
    QVERIFY(!alarmsOf(*session).known);
    session->start();
    QTRY_VERIFY(alarmsOf(*session).known);
    const AlarmState state = alarmsOf(*session);
    QCOMPARE(state.alarms.size(), 2);
    QCOMPARE(state.alarms.first().subject, QStringLiteral("azure-eu"));
    QCOMPARE(state.count(Health::Degraded), 1);
    // Stale knowledge is not "no alarms".
    m_now = m_now.addDays(2);
    QVERIFY(!alarmsOf(*session).known);
}

QTEST_GUILESS_MAIN(tst_Session)
#include "tst_session.moc"
