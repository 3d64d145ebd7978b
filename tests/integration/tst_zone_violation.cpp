// Privacy zones on a real engine over its own database: one attempt planted in the record gives FAIL with one row, and
// somebody is paged: an incident that stays, an event, a webhook. A tenant without a zone gets nothing from a config
// that has zones. What is judged is what was in force then. Audits are signed, deviations excepted, keys followed.
#include "engine_fixture.h"
#include "raw_client.h"
#include "scripted_upstream.h"

#include "api/privacy_client.h"
#include "simulator/simulator_server.h"

#include <QJsonDocument>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QTest>

using namespace gateway;
using namespace gateway::test;

class TestZoneViolation : public QObject
{
    Q_OBJECT

    simulator::SimulatorServer m_up{simulator::Profile()};
    ScriptedUpstream m_hook;
    std::unique_ptr<EmbeddedEngine> m_engine;
    std::unique_ptr<api::EventStream> m_stream;
    QVector<api::Event> m_events;
    const QString m_reason = QStringLiteral("test");

    QByteArray configWith(const QByteArray& acme, const QByteArray& region = "eu-west-1") const
    {
        return "signalbox: 1\nzones:\n"
               "  - {name: eu, regions: [eu-west-1], retention: zero}\n"
               "  - {name: world, regions: [eu-west-1, us-east-1], retention: any}\nproviders:\n"
               "  - {name: up, kind: openai-compatible, base_url: '" +
               m_up.baseUrl().toUtf8() + "', region: " + region +
               ", retention: zero}\n"
               "  - {name: openai-us, kind: simulator, region: us-east-1, retention: zero}\n"
               "aliases:\n  - name: fast\n    candidates: [{provider: up, model: sim-tokens-10-fast, weight: 1}]\n"
               "tenants:\n  - {name: acme" +
               acme + "}\nexport:\n  webhooks:\n    - {name: pager, url: 'http://127.0.0.1:" +
               QByteArray::number(m_hook.port()) +
               "/hook', secret: env:SIGNALBOX_TEST_HOOK, events: [zone.violation]}\n";
    }
    static QByteArray zoned(const char* zone)
    {
        return QByteArray(", zone: ") + zone +
               ", contract: {reference: MSA-17, zone: eu, dated: 2026-01-10, approvers: [jana]}";
    }
    void start(const QByteArray& config)
    {
        m_engine = std::make_unique<EmbeddedEngine>(config);
        QCOMPARE(m_engine->start(), QString());
        m_events.clear();
        m_stream = m_engine->client().subscribe(0);
        connect(m_stream.get(), &api::EventStream::eventsArrived, this,
            [this](const QVector<api::Event>& events) { m_events += events; });
    }
    void reload(const QByteArray& config, int revision)
    {
        QFile file(m_engine->file(QStringLiteral("signalbox.yaml")));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(config);
        file.close();
        m_engine->gateway().reload();
        QTRY_COMPARE(m_engine->gateway().revision(), revision); // when it is recorded
    }
    RawReply call(const QByteArray& headers = {})
    {
        RawReply reply;
        inThreads(1, [&](int) {
            reply = rawCall(m_engine->port(), chatRequest(m_engine->key(), "fast", false, "hello", headers));
        });
        return reply;
    }
    template <typename T>
    T value(QFuture<api::Result<T>> future)
    {
        const api::Result<T> result = waitFor(std::move(future));
        if (!result)
            qWarning("%s", qPrintable(result.error().message));
        return result ? *result : T();
    }
    template <typename T>
    api::Failure failureOf(QFuture<api::Result<T>> future)
    {
        const api::Result<T> result = waitFor(std::move(future));
        return result ? api::Failure::Internal : result.error().failure;
    }
    // A stranger with the file: a writing connection beside the engine's.
    void plant(const QString& sql)
    {
        {
            QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("plant"));
            database.setDatabaseName(m_engine->dataDirectory() + QStringLiteral("/signalbox.db"));
            database.setConnectOptions(QStringLiteral("QSQLITE_BUSY_TIMEOUT=5000"));
            QVERIFY(database.open());
            QSqlQuery query(database);
            QVERIFY2(query.exec(sql), qPrintable(query.lastError().text()));
            QCOMPARE(query.numRowsAffected(), 1);
        }
        QSqlDatabase::removeDatabase(QStringLiteral("plant"));
    }
    void plantAttempt()
    {
        plant(
            QStringLiteral("INSERT INTO attempts (call, number, provider, model, region, result, error_code, start_us,"
                           " sent_us, cost_known, detail) SELECT max(seq), 2, 'openai-us', 'm', 'us-east-1',"
                           " 'failed', '', 0, 0, 1, '{}' FROM calls"));
    }
    int told(const char* type) const
    {
        return int(std::count_if(m_events.begin(), m_events.end(),
            [type](const api::Event& event) { return event.type == QLatin1String(type); }));
    }

private Q_SLOTS:
    void initTestCase()
    {
        qputenv("SIGNALBOX_TEST_HOOK", "hook-secret-0123456789");
        QVERIFY(m_up.listen(QStringLiteral("127.0.0.1"), 0));
        m_hook.setAnswer({"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", Hangup::Stay});
    }
    void cleanup()
    {
        m_stream.reset();
        m_engine.reset();
        m_hook.takeRequests();
    }

    void onePlantedAttemptPages()
    {
        start(configWith(zoned("eu")));
        const api::GatewayClient client = m_engine->client();
        const api::PrivacyClient privacy(client);
        QCOMPARE(value(privacy.check()).check.verdict, QStringLiteral("NO_DATA"));
        // the first run by the schedule, which comes by itself
        QTRY_COMPARE(value(privacy.checks()).size(), 1);
        QCOMPARE(value(privacy.checks())[0].trigger, QStringLiteral("scheduled"));
        QCOMPARE(value(privacy.checks())[0].verdict, QStringLiteral("NO_DATA"));
        for (int i = 0; i < 3; ++i)
            QCOMPARE(call().status, 200);
        api::StandingCheck check = value(privacy.check());
        QCOMPARE(check.check.verdict, QStringLiteral("PASS"));
        QCOMPARE(check.scanned, 3);
        QCOMPARE(check.coveragePercent, 100);
        check = value(privacy.runCheck({}, m_reason));
        QCOMPARE(check.check.verdict, QStringLiteral("PASS"));
        QVERIFY(check.incident.isEmpty());

        plantAttempt();
        check = value(privacy.check());
        QCOMPARE(check.check.verdict, QStringLiteral("FAIL"));
        QCOMPARE(value(client.incidents()).size(), 0); // asking pages nobody
        check = value(privacy.runCheck({}, m_reason));
        QCOMPARE(check.check.verdict, QStringLiteral("FAIL"));
        QCOMPARE(check.scanned, 4);
        QCOMPARE(check.outside, 1);
        QCOMPARE(check.rows.size(), 1);
        QCOMPARE(check.rows[0].provider, QStringLiteral("openai-us"));
        QCOMPARE(check.rows[0].why, QStringLiteral("region us-east-1 not in eu"));
        QCOMPARE(check.check.tenants[0].outsideCalls.size(), 1);
        QVERIFY(m_engine->call(check.check.tenants[0].outsideCalls.first().toLatin1()).ok());

        // the page
        QVector<api::Incident> incidents = value(client.incidents());
        QCOMPARE(incidents.size(), 1);
        QCOMPARE(incidents[0].id, check.incident);
        QCOMPARE(incidents[0].severity, QStringLiteral("page"));
        QCOMPARE(incidents[0].state, QStringLiteral("open"));
        QVERIFY(incidents[0].title.contains(QStringLiteral("acme")));
        QCOMPARE(incidents[0].candidates, QStringList{QStringLiteral("openai-us@us-east-1")});
        QTRY_COMPARE(told("zone.violation"), 1);
        QCOMPARE(told("incident.opened"), 1);
        QList<ReceivedRequest> hooked;
        QTRY_VERIFY((hooked += m_hook.takeRequests(), !hooked.isEmpty()));
        QCOMPARE(QJsonDocument::fromJson(hooked[0].body).object().value(QLatin1String("type")).toString(),
            QStringLiteral("zone.violation"));
        QVERIFY(hooked[0].body.contains("acme"));

        // the runs are kept, the failed one with its row
        const QVector<api::ZoneCheckRun> runs = value(privacy.checks());
        QCOMPARE(runs.size(), 3);
        QCOMPARE(runs[0].verdict, QStringLiteral("FAIL"));
        QCOMPARE(runs[0].incident, check.incident);
        QCOMPARE(runs[1].verdict, QStringLiteral("PASS"));
        QCOMPARE(value(privacy.keptCheck(runs[0].number)).rows.size(), 1);
        QCOMPARE(failureOf(privacy.keptCheck(77)), api::Failure::NotFound);

        // it is one incident however often it is found, and nobody is paged for the same attempt twice; that it is
        // found no more does not end it: a person does
        QCOMPARE(value(privacy.runCheck({}, m_reason)).incident, check.incident);
        QCOMPARE(value(client.incidents()).size(), 1);
        QCOMPARE(told("zone.violation"), 1);
        plant(QStringLiteral("DELETE FROM attempts WHERE provider = 'openai-us'"));
        check = value(privacy.runCheck({}, m_reason));
        QCOMPARE(check.check.verdict, QStringLiteral("PASS"));
        QTest::qWait(1200); // two turns of the upkeep, which would close it
        QCOMPARE(value(client.incidents())[0].state, QStringLiteral("open"));
        value(client.acknowledgeIncident(incidents[0].id, QStringLiteral("ana"), m_reason));
        QTRY_COMPARE(value(client.incidents())[0].state, QStringLiteral("closed"));

        // the one that was seen to pages nobody when it is found again; another one does
        plantAttempt();
        QCOMPARE(value(privacy.runCheck({}, m_reason)).check.verdict, QStringLiteral("FAIL"));
        QTest::qWait(700);
        QCOMPARE(value(client.incidents()).size(), 1);
        plant(
            QStringLiteral("INSERT INTO attempts (call, number, provider, model, region, result, error_code, start_us,"
                           " sent_us, cost_known, detail) SELECT max(seq), 3, 'openai-us', 'm', 'us-east-1',"
                           " 'failed', '', 0, 0, 1, '{}' FROM calls"));
        QCOMPARE(value(privacy.runCheck({}, m_reason)).outside, 2);
        QCOMPARE(value(client.incidents()).size(), 2);
    }

    void aMissingZoneRefuses()
    {
        start(configWith(zoned("eu")));
        QCOMPARE(call().status, 200);
        reload(configWith(""), 2);
        const RawReply refused = call();
        QCOMPARE(refused.status, 403);
        const QJsonObject error = QJsonDocument::fromJson(refused.body)
                                      .object()
                                      .value(QLatin1String("error"))
                                      .toObject()
                                      .value(QLatin1String("signalbox"))
                                      .toObject();
        QVERIFY2(refused.body.contains("no_route_in_zone"), refused.body.constData());
        QVERIFY2(refused.body.contains("has no privacy zone"), refused.body.constData());
        QVERIFY2(refused.body.contains("Give the tenant a zone"), refused.body.constData());
        QVERIFY(call("x-signalbox-zone: eu\r\n").status == 403); // a request cannot make itself a zone
        const api::GatewayClient client = m_engine->client();
        api::RouteQuestion question;
        question.alias = QStringLiteral("fast");
        question.tenant = QStringLiteral("acme");
        const auto explained = value(client.explainRoute(question));
        QCOMPARE(explained.refusalCode, QStringLiteral("no_route_in_zone"));
        QVERIFY(explained.sentence.contains(QStringLiteral("has no privacy zone")));
        const api::ZoneProof proof = value(api::PrivacyClient(client).proof());
        QCOMPARE(proof.tenants[0].verdict, QStringLiteral("REFUSED"));
        QCOMPARE(proof.verdict, QStringLiteral("PROVED"));
        // no attempt was made by them
        QCOMPARE(value(api::PrivacyClient(client).check()).scanned, 1);
        Q_UNUSED(error)
    }

    // Without any zone in the config nothing is promised: calls are served, and it is said.
    void aConfigWithoutZonesServes()
    {
        QByteArray config = configWith("");
        config.remove(config.indexOf("zones:"), config.indexOf("providers:") - config.indexOf("zones:"));
        start(config);
        QCOMPARE(call().status, 200);
        const api::GatewayClient client = m_engine->client();
        QCOMPARE(value(api::PrivacyClient(client).proof()).verdict, QStringLiteral("UNZONED"));
        QCOMPARE(value(api::PrivacyClient(client).check()).check.verdict, QStringLiteral("INCOMPLETE"));
    }

    // The zone in force THEN: what was legal stays legal when the config is tightened, and what was not does not become
    // so when it is widened.
    void judgedByTheRevisionOfTheCall()
    {
        start(configWith(zoned("world"), "us-east-1"));
        QCOMPARE(call().status, 200);
        reload(configWith(zoned("eu"), "eu-west-1"), 2);
        const api::GatewayClient client = m_engine->client();
        const api::PrivacyClient privacy(client);
        api::StandingCheck check = value(privacy.check());
        QCOMPARE(check.check.verdict, QStringLiteral("PASS"));
        QCOMPARE(check.scanned, 1);
        QCOMPARE(call().status, 200);
        QCOMPARE(value(privacy.check()).scanned, 2); // and so it is in the database, not in the journal alone
        plantAttempt();                              // to a call of revision 2
        reload(configWith(zoned("world"), "eu-west-1"), 3);
        check = value(privacy.check());
        QCOMPARE(check.outside, 1);
        QCOMPARE(check.rows[0].revision, 2);

        const QVector<api::ZoneRecord> records = value(privacy.records(QStringLiteral("acme")));
        QCOMPARE(records.size(), 3);
        QCOMPARE(records[0].zone, QStringLiteral("world"));
        QVERIFY(!records[0].loosened.isEmpty());
        QCOMPARE(records[1].zone, QStringLiteral("eu"));
        QCOMPARE(records[1].approvers, QStringList{QStringLiteral("jana")});
        // and the proof of the config now: the contract says eu
        const api::ZoneProof proof = value(privacy.proof(QStringLiteral("acme")));
        QCOMPARE(proof.verdict, QStringLiteral("VIOLATION"));
    }

    void auditsAreSigned()
    {
        start(configWith(zoned("world")));
        const api::GatewayClient client = m_engine->client();
        const api::PrivacyClient privacy(client);
        QVector<api::ZoneAudit> audits = value(privacy.audits());
        QCOMPARE(audits.size(), 1);
        QVERIFY(audits[0].state == QLatin1String("open") || audits[0].state == QLatin1String("due"));
        // the zone is wider than the contract: it cannot be signed, until somebody answers for it
        QCOMPARE(failureOf(privacy.signAudit({{}, QStringLiteral("looked")}, m_reason)), api::Failure::Conflict);
        QCOMPARE(failureOf(privacy.makeException({QStringLiteral("acme"), QStringLiteral("moves"), {}}, m_reason)),
            api::Failure::Invalid);
        const auto exception = value(privacy.makeException(
            {QStringLiteral("acme"), QStringLiteral("moves in March"), QDateTime::currentDateTimeUtc().addDays(30)},
            m_reason));
        QVERIFY(exception.id.startsWith(QStringLiteral("zx_")));
        QCOMPARE(failureOf(privacy.signAudit({{}, QString()}, m_reason)), api::Failure::Invalid);
        const api::ZoneAudit signedOne = value(privacy.signAudit({{}, QStringLiteral("all contracts read")}, m_reason));
        QCOMPARE(signedOne.state, QStringLiteral("signed"));
        QVERIFY(!signedOne.signedBy.isEmpty());
        QCOMPARE(signedOne.tenants.size(), 1);
        QVERIFY(!signedOne.tenants[0].deviation.isEmpty());
        QCOMPARE(signedOne.tenants[0].exception, exception.id);
        QCOMPARE(failureOf(privacy.signAudit({signedOne.quarter, QStringLiteral("again")}, m_reason)),
            api::Failure::Conflict);
        for (const api::ChecklistItem& item : value(client.checklist())) {
            if (item.id == QLatin1String("deprecations"))
                QVERIFY2(item.evidence.contains(signedOne.quarter) || item.evidence.contains(QStringLiteral("signed")),
                    qPrintable(item.evidence));
        }
        audits = value(privacy.audits());
        QCOMPARE(audits[0].comment, QStringLiteral("all contracts read"));
    }

    void keysAreFollowed()
    {
        start(configWith(zoned("eu")));
        for (int i = 0; i < 2; ++i)
            QCOMPARE(call().status, 200);
        const api::GatewayClient client = m_engine->client();
        const api::PrivacyClient privacy(client);
        const QString id = QString::fromLatin1(m_engine->key()).section(u'_', 1, 1);
        const api::KeyReach reach = value(privacy.credentialReach(id));
        QCOMPARE(reach.calls, 2);
        QCOMPARE(reach.attempts, 2);
        QCOMPARE(reach.zones, QStringList{QStringLiteral("eu")});
        QCOMPARE(reach.regions, QStringList{QStringLiteral("eu-west-1")});
        QCOMPARE(reach.rows.size(), 1);
        QVERIFY(reach.complete);
        QCOMPARE(value(privacy.providerReach(QStringLiteral("up"))).calls, 2);
        QCOMPARE(value(privacy.providerReach(QStringLiteral("openai-us"))).calls, 0);
        QCOMPARE(failureOf(privacy.providerReach(QStringLiteral("nobody"))), api::Failure::NotFound);
        QCOMPARE(failureOf(privacy.credentialReach(QStringLiteral("nobody"))), api::Failure::NotFound);
    }
};

QTEST_GUILESS_MAIN(TestZoneViolation)
#include "tst_zone_violation.moc"
