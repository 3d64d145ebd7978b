// An outage as a person sees it, on a real engine with two simulated providers: one incident however often the breaker
// opens, the callers' harm in it, its events; and what is told about callers who claim too much.
#include "engine_fixture.h"
#include "raw_client.h"

#include "simulator/simulator_server.h"

#include <QTest>

using namespace gateway;
using namespace gateway::test;

class TestOutage : public QObject
{
    Q_OBJECT

    simulator::SimulatorServer m_a{simulator::Profile()};
    simulator::SimulatorServer m_b{simulator::Profile()};
    std::unique_ptr<EmbeddedEngine> m_engine;
    std::unique_ptr<api::EventStream> m_events;
    QStringList m_types;

    void start(const QByteArray& fallback)
    {
        m_engine = std::make_unique<EmbeddedEngine>(
            "signalbox: 1\nproviders:\n  - {name: a, kind: openai-compatible, base_url: '" + m_a.baseUrl().toUtf8() +
            "', region: local}\n  - {name: b, kind: openai-compatible, base_url: '" + m_b.baseUrl().toUtf8() +
            "', region: local}\naliases:\n  - name: fast\n    candidates: [{provider: a, model: sim-529-fast, "
            "weight: 1}]\n" +
            fallback + "tenants: [{name: acme}]\n");
        fallback::BreakerOptions breaker; // minutes made short
        breaker.sustainedThrottles = 3;
        breaker.firstPause = std::chrono::milliseconds(100);
        breaker.longestPause = std::chrono::milliseconds(200);
        m_engine->setBreaker(breaker);
        QCOMPARE(m_engine->start(), QString());
        m_types.clear();
        m_events = m_engine->client().subscribe(0);
        connect(m_events.get(), &api::EventStream::eventsArrived, this, [this](const QVector<api::Event>& events) {
            for (const api::Event& event : events)
                m_types.append(event.type);
        });
    }
    int call(const QByteArray& headers = {})
    {
        int status = 0;
        inThreads(1, [&](int) {
            status = rawCall(m_engine->port(), chatRequest(m_engine->key(), "fast", false, "hello", headers)).status;
        });
        return status;
    }
    api::Incident incident()
    {
        const auto incidents = waitFor(m_engine->client().incidents());
        return incidents ? incidents->value(0) : api::Incident();
    }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_a.listen(QStringLiteral("127.0.0.1"), 0));
        QVERIFY(m_b.listen(QStringLiteral("127.0.0.1"), 0));
    }
    void cleanup()
    {
        m_events.reset();
        m_engine.reset();
    }

    void aRescuedOutageIsOneIncident()
    {
        start("    fallback: [{kind: other-provider, provider: b, model: sim-fast}]\n");
        const QDeadlineTimer deadline(30'000);
        int calls = 0;
        while (incident().openings < 4 && !deadline.hasExpired()) {
            QCOMPARE(call(), 200);
            ++calls;
        }
        const auto all = waitFor(m_engine->client().incidents());
        QVERIFY(all.ok());
        QCOMPARE(all->size(), 1);
        const api::Incident one = all->first();
        QVERIFY2(one.openings >= 4, qPrintable(one.sentence)); // its probes failed, and it is still the same
        QVERIFY(one.isOpen());
        QCOMPARE(one.provider, QStringLiteral("a"));
        QCOMPARE(one.candidates, QStringList{QStringLiteral("a/sim-529-fast@local")});
        QCOMPARE(one.severity, QStringLiteral("low"));
        QCOMPARE(one.callsFailed, 0);
        QTRY_COMPARE(incident().callsRescued, calls); // those before the opening, and those that passed it by
        QTRY_VERIFY(m_types.count(QStringLiteral("call.finished")) == calls);
        QCOMPARE(m_types.count(QStringLiteral("incident.opened")), 1);
        QCOMPARE(m_types.count(QStringLiteral("incident.closed")), 0);
    }

    void anOutageThatCallersSeeIsSevere()
    {
        start({});
        const QDeadlineTimer deadline(30'000);
        int calls = 0;
        while (incident().openings < 1 && !deadline.hasExpired()) {
            QVERIFY(call() >= 429);
            ++calls;
        }
        QVERIFY(call() >= 429); // refused, for the breaker is open
        QTRY_COMPARE(incident().callsFailed, calls + 1);
        QCOMPARE(incident().callsRescued, 0);
        QCOMPARE(incident().severity, QStringLiteral("high"));
    }

    void aForcedBreakerIsNoIncident()
    {
        start("    fallback: [{kind: other-provider, provider: b, model: sim-fast}]\n");
        api::BreakerForce force;
        force.state = QStringLiteral("open");
        force.durationSeconds = 600;
        QVERIFY(waitFor(m_engine->client().forceBreaker(QStringLiteral("a"), force, QStringLiteral("test"))).ok());
        QCOMPARE(call(), 200);
        QTRY_VERIFY(m_types.contains(QStringLiteral("provider.health"))); // it was told
        QVERIFY(waitFor(m_engine->client().incidents())->isEmpty());
    }

    void aStrangersTenantIsAFinding()
    {
        start({});
        QCOMPARE(call("x-signalbox-tenant: other\r\n"), 403);
        QTRY_VERIFY(m_types.contains(QStringLiteral("attribution.finding")));
        const auto report = waitFor(m_engine->client().ledger());
        QVERIFY(report.ok());
        QCOMPARE(report->findings.size(), 1);
        QCOMPARE(report->findings.first().kind, QStringLiteral("tenant_out_of_scope"));
        QVERIFY2(report->findings.first().sentence.contains(QStringLiteral(" of tenant acme ")),
            qPrintable(report->findings.first().sentence));
    }
};

QTEST_GUILESS_MAIN(TestOutage)
#include "tst_outage.moc"
