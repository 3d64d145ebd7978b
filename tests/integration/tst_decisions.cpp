// The decisions a call meets, one test each, on a real engine with two simulated providers whose own ledgers say what
// was really sent: repetition by idempotency-key, budgets that degrade or warn, ceilings, quotas, latency budgets,
// provider limits, levers, drills, forced breakers, the cached step, and "explain" that takes nothing.
#include "engine_fixture.h"
#include "raw_client.h"

#include "simulator/simulator_server.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace gateway;
using namespace gateway::test;

namespace {

constexpr char kPrices[] = R"(version: test-1
prices:
  - {provider: a, model: "sim-*", valid_from: 2026-01-01, input_usd_per_million: "0", output_usd_per_million: "1000"}
  - {provider: b, model: "sim-*", valid_from: 2026-01-01, input_usd_per_million: "0", output_usd_per_million: "100"}
models:
  - {provider: a, model: sim-tokens-10-fast, max_output_tokens: 10}
  - {provider: a, model: sim-first-400-tokens-10, max_output_tokens: 10}
  - {provider: b, model: sim-tokens-10-fast, max_output_tokens: 10}
)";

QJsonObject signalboxOf(const RawReply& reply)
{
    return QJsonDocument::fromJson(reply.body)[u"error"][u"signalbox"].toObject();
}

api::LeverEnd tenMinutes()
{
    api::LeverEnd end;
    end.seconds = 600;
    return end;
}

} // namespace

class TestDecisions : public QObject
{
    Q_OBJECT

    simulator::SimulatorServer m_a{simulator::Profile()};
    simulator::SimulatorServer m_b{simulator::Profile()};
    QTemporaryDir m_directory;
    std::unique_ptr<EmbeddedEngine> m_engine;

    // `rest` is the config below its providers; `limits` go to provider a.
    void start(const QByteArray& rest, const QByteArray& limits = {})
    {
        const QByteArray config = "signalbox: 1\nproviders:\n  - {name: a, kind: openai-compatible, base_url: '" +
                                  m_a.baseUrl().toUtf8() + "', region: local, retention: zero" + limits +
                                  "}\n  - {name: b, kind: openai-compatible, base_url: '" + m_b.baseUrl().toUtf8() +
                                  "', region: local, retention: zero}\nprices: {book: '" +
                                  m_directory.filePath(QStringLiteral("p.yaml")).toUtf8() + "'}\n" + rest;
        m_engine = std::make_unique<EmbeddedEngine>(config);
        QCOMPARE(m_engine->start(), QString());
        m_a.ledger().clear();
        m_b.ledger().clear();
    }
    RawReply call(bool stream = false, const QByteArray& headers = {}, const QByteArray& fields = {},
        const QByteArray& prompt = "hello")
    {
        RawReply reply;
        inThreads(1, [&](int) {
            reply = rawCall(m_engine->port(), chatRequest(m_engine->key(), "fast", stream, prompt, headers, fields));
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

    static constexpr const char* kTwo = "aliases:\n  - name: fast\n    candidates:\n"
                                        "      - {provider: a, model: sim-tokens-10-fast, weight: 1000}\n"
                                        "      - {provider: b, model: sim-tokens-10-fast, weight: 1}\n"
                                        "tenants: [{name: acme}]\n";
    static constexpr const char* kSmaller =
        "aliases:\n  - name: fast\n"
        "    candidates: [{provider: a, model: sim-tokens-10-fast, weight: 1}]\n"
        "    fallback: [{kind: smaller-model, provider: b, model: sim-tokens-10-fast}]\n"
        "tenants: [{name: acme}]\n";

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_a.listen(QStringLiteral("127.0.0.1"), 0));
        QVERIFY(m_b.listen(QStringLiteral("127.0.0.1"), 0));
        QFile prices(m_directory.filePath(QStringLiteral("p.yaml")));
        QVERIFY(prices.open(QIODevice::WriteOnly));
        prices.write(kPrices);
    }

    void repeatedByIdempotencyKey()
    {
        start(kSmaller);
        for (const bool stream : {false, true}) {
            m_a.ledger().clear();
            const QByteArray header = stream ? "idempotency-key: s1\r\n" : "idempotency-key: p1\r\n";
            const RawReply first = call(stream, header);
            QCOMPARE(first.status, 200);
            const RawReply again = call(stream, header);
            QCOMPARE(again.status, 200);
            QCOMPARE(again.body, first.body);
            QCOMPARE(m_a.ledger().posts(), 1);
            const auto record = m_engine->call(again.header("x-request-id"));
            QVERIFY(record);
            QCOMPARE(record->cost->toDecimal(), QStringLiteral("0"));
            QVERIFY(record->attempts.isEmpty());
            // the same key with something else
            const RawReply other = call(stream, header, {}, "another question");
            QCOMPARE(other.status, 409);
            QCOMPARE(signalboxOf(other)[u"code"].toString(), QStringLiteral("idempotency_conflict"));
            QCOMPARE(m_a.ledger().posts(), 1);
        }
        // a key is its credential's own
        api::CredentialRequest request;
        request.tenant = QStringLiteral("acme");
        request.aliases = QStringList{QStringLiteral("*")};
        QByteArray key;
        QCOMPARE(m_engine->issueKey(request, key), QString());
        m_a.ledger().clear();
        inThreads(1, [&](int) {
            rawCall(m_engine->port(), chatRequest(key, "fast", false, "hello", "idempotency-key: p1\r\n"));
        });
        QCOMPARE(m_a.ledger().posts(), 1);
    }

    void repeatedWhileUnderWay()
    {
        start("aliases:\n  - {name: fast, candidates: [{provider: a, model: sim-first-400-tokens-10, weight: 1}]}\n"
              "tenants: [{name: acme}]\n");
        std::atomic<int> answered = 0;
        std::atomic<int> conflicts = 0;
        inThreads(8, [&](int) {
            const RawReply reply = rawCall(
                m_engine->port(), chatRequest(m_engine->key(), "fast", false, "hello", "idempotency-key: k\r\n"));
            answered += reply.status == 200;
            conflicts += reply.status == 409 && !reply.header("retry-after").isEmpty();
        });
        QVERIFY(answered >= 1);
        QCOMPARE(answered + conflicts, 8);
        QCOMPARE(m_a.ledger().posts(), 1);
    }

    // A call that failed is not an outcome to be repeated.
    void failedIsTriedAnew()
    {
        start("aliases:\n  - {name: fast, candidates: [{provider: a, model: sim-policy-fast, weight: 1}]}\n"
              "tenants: [{name: acme}]\n");
        QCOMPARE(call(false, "idempotency-key: k\r\n").status, 400);
        QCOMPARE(call(false, "idempotency-key: k\r\n").status, 400);
        QCOMPARE(m_a.ledger().posts(), 2);
    }

    void budgetDegrades()
    {
        start(QByteArray(kSmaller) +
              "budgets:\n  - {scope: {tenant: acme}, period: year, amount_usd: '0.012', at_limit: degrade}\n");
        QCOMPARE(call().header("x-signalbox-served-by"), QByteArray("a/sim-tokens-10-fast@local")); // 0.010
        const RawReply degraded = call();                                                           // 0.001 at b
        QCOMPARE(degraded.header("x-signalbox-served-by"), QByteArray("b/sim-tokens-10-fast@local"));
        QCOMPARE(degraded.header("x-signalbox-degraded"), QByteArray("true"));
        QCOMPARE(call(false, "x-signalbox-degrade: refuse\r\n").status, 429);
        QCOMPARE(call().status, 200); // 0.012 is used up now
        const RawReply refused = call();
        QCOMPARE(refused.status, 429);
        QCOMPARE(signalboxOf(refused)[u"code"].toString(), QStringLiteral("budget_hard"));
        const auto budgets = value(m_engine->client().budgets());
        QCOMPARE(budgets.first().settled.toDecimal(), QStringLiteral("0.012"));
    }

    void budgetWarns()
    {
        start(QByteArray(kSmaller) +
              "budgets:\n  - {scope: {alias: fast}, period: year, amount_usd: '0.005', at_limit: warn}\n");
        const RawReply reply = call();
        QCOMPARE(reply.status, 200);
        const auto record = m_engine->call(reply.header("x-request-id"));
        QVERIFY(record && record->decision.value(QStringLiteral("over_budget")).toBool());
    }

    void raisedBudgetCountsAtOnce()
    {
        start(QByteArray(kSmaller) +
              "budgets:\n  - {scope: {tenant: acme}, period: year, amount_usd: '0.005', at_limit: refuse}\n");
        QCOMPARE(call().status, 429);
        const QString id = value(m_engine->client().budgets()).first().id;
        api::BudgetRaise raise;
        raise.limit = api::Money::fromDecimal(u"1");
        raise.until = QDateTime::currentDateTimeUtc().addSecs(600);
        QCOMPARE(value(m_engine->client().raiseBudget(id, raise, QStringLiteral("test"))).limit.toDecimal(),
            QStringLiteral("1"));
        QCOMPARE(call().status, 200);
        api::BudgetRaise end;
        end.end = true;
        value(m_engine->client().raiseBudget(id, end, QStringLiteral("test")));
        QCOMPARE(call().status, 429);
    }

    void unknownPriceIsRefusedUnderABudget()
    {
        start("aliases:\n  - {name: fast, candidates: [{provider: a, model: other-model, weight: 1}]}\n"
              "tenants: [{name: acme}]\n"
              "budgets:\n  - {scope: {tenant: acme}, period: year, amount_usd: '5', at_limit: refuse}\n");
        const RawReply reply = call();
        QCOMPARE(reply.status, 429);
        QVERIFY2(reply.body.contains("No price is known"), reply.body);
        QCOMPARE(m_a.ledger().posts(), 0);
    }

    void costCeiling()
    {
        start(kSmaller);
        const RawReply refused = call(false, "x-signalbox-cost-ceiling-usd: 0.0005\r\n");
        QCOMPARE(refused.status, 402);
        QCOMPARE(signalboxOf(refused)[u"code"].toString(), QStringLiteral("cost_ceiling"));
        // the smaller step fits where the first candidate does not
        const RawReply served = call(false, "x-signalbox-cost-ceiling-usd: 0.002\r\n");
        QCOMPARE(served.header("x-signalbox-served-by"), QByteArray("b/sim-tokens-10-fast@local"));
        QCOMPARE(call(false, "x-signalbox-cost-ceiling-usd: many\r\n").status, 400);
    }

    void callersQuota()
    {
        start(QByteArray(kSmaller).replace("{name: acme}", "{name: acme, quota: {requests_per_minute: 5}}"));
        for (int i = 0; i < 5; ++i)
            QCOMPARE(call().status, 200);
        const RawReply refused = call();
        QCOMPARE(refused.status, 429);
        const QJsonObject why = signalboxOf(refused);
        QCOMPARE(why[u"code"].toString(), QStringLiteral("quota_caller"));
        QCOMPARE(why[u"limit"].toString(), QStringLiteral("5"));
        const int wait = refused.header("retry-after-ms").toInt();
        QVERIFY2(wait > 0 && wait <= 12'000, refused.head); // one every 12 s
        QCOMPARE(m_a.ledger().posts(), 5);
    }

    void callsAtOnce()
    {
        start("aliases:\n  - {name: fast, candidates: [{provider: a, model: sim-first-400-tokens-10, weight: 1}]}\n"
              "tenants: [{name: acme, quota: {concurrency: 3}}]\n");
        std::atomic<int> answered = 0;
        inThreads(12, [&](int i) {
            answered +=
                rawCall(m_engine->port(), chatRequest(m_engine->key(), "fast", i % 2, QByteArray::number(i))).status ==
                200;
        });
        QVERIFY2(answered >= 3 && answered < 12, qPrintable(QString::number(answered)));
        // and every place came back
        answered = 0;
        inThreads(3, [&](int i) {
            answered +=
                rawCall(m_engine->port(), chatRequest(m_engine->key(), "fast", i % 2, QByteArray::number(i))).status ==
                200;
        });
        QCOMPARE(answered.load(), 3);
    }

    // Two a second at most, six at once: they wait their turn instead of being thrown at the provider.
    void waitsForTheProvidersLimit()
    {
        start("aliases:\n  - {name: fast, candidates: [{provider: a, model: sim-tokens-10-fast, weight: 1}]}\n"
              "tenants: [{name: acme}]\n",
            ", limits: {requests_per_minute: 120}");
        std::atomic<int> answered = 0;
        inThreads(10, [&](int) { // the bucket's first minute
            for (int i = 0; i < 12; ++i)
                answered += rawCall(m_engine->port(), chatRequest(m_engine->key(), "fast", false, "x")).status == 200;
        });
        QCOMPARE(answered.load(), 120);
        answered = 0;
        inThreads(6, [&](int) {
            answered += rawCall(m_engine->port(), chatRequest(m_engine->key(), "fast", false, "x")).status == 200;
        });
        QCOMPARE(answered.load(), 6);
        const api::QuotaReport report = value(m_engine->client().quotas());
        QVERIFY(report.waiting.admitted > 0);
        QCOMPARE(report.waiting.depth, 0);
    }

    void latencyBudget()
    {
        start("aliases:\n  - name: fast\n    candidates: [{provider: a, model: sim-first-5000, weight: 1}]\n"
              "    fallback: [{kind: smaller-model, provider: b, model: sim-tokens-10-fast}]\n"
              "tenants: [{name: acme}]\n");
        const RawReply served = call(false, "x-signalbox-latency-budget-ms: 800\r\n");
        QCOMPARE(served.header("x-signalbox-served-by"), QByteArray("b/sim-tokens-10-fast@local"));
        const RawReply late = call(false, "x-signalbox-latency-budget-ms: 400\r\nx-signalbox-degrade: refuse\r\n");
        QCOMPARE(late.status, 504);
        QCOMPARE(signalboxOf(late)[u"code"].toString(), QStringLiteral("deadline_exceeded"));
    }

    void drainedAndBack()
    {
        start(kTwo);
        const auto servedBy = [&](int calls) {
            int a = 0;
            for (int i = 0; i < calls; ++i)
                a += call().header("x-signalbox-served-by").startsWith("a/");
            return a;
        };
        QVERIFY(servedBy(20) >= 18);
        const api::LeverStatus lever =
            value(m_engine->client().drainProvider(QStringLiteral("a"), tenMinutes(), QStringLiteral("test")));
        QVERIFY(!lever.id.isEmpty());
        QTRY_COMPARE(call().header("x-signalbox-served-by").left(2), QByteArray("b/"));
        QCOMPARE(servedBy(20), 0);
        value(m_engine->client().resumeProvider(QStringLiteral("a"), QStringLiteral("test")));
        QVERIFY2(servedBy(30) <= 5, "the herd came back at once"); // the first stage is 1 %
        const auto levers = value(m_engine->client().levers());
        QCOMPARE(levers.size(), 1);
        QVERIFY(levers.first().isFailingBack());
    }

    void drilled()
    {
        start(kTwo);
        api::LeverRequest request;
        request.kind = api::LeverKind::Drill;
        request.provider = QStringLiteral("a");
        request.alias = QStringLiteral("fast");
        request.percent = 100;
        request.durationSeconds = 600;
        const api::LeverStatus lever = value(m_engine->client().startDrill(request, QStringLiteral("quarterly")));
        QVERIFY(!lever.id.isEmpty());
        QTRY_COMPARE(call().header("x-signalbox-served-by").left(2), QByteArray("b/"));
        for (int i = 0; i < 12; ++i)
            QCOMPARE(call().status, 200);
        value(m_engine->client().endLever(lever.id, QStringLiteral("done")));
        QTRY_COMPARE(call().header("x-signalbox-served-by").left(2), QByteArray("a/"));
        const api::DrillCard card = value(m_engine->client().drill(lever.id));
        QVERIFY(card.requests >= 12);
        QCOMPARE(card.errors, 0);
        QVERIFY(card.endedAt);
    }

    void forcedBreaker()
    {
        start("aliases:\n  - {name: fast, candidates: [{provider: a, model: sim-tokens-10-fast, weight: 1}]}\n"
              "tenants: [{name: acme}]\n");
        api::BreakerForce force;
        force.state = QStringLiteral("open");
        force.durationSeconds = 600;
        const api::LeverStatus lever =
            value(m_engine->client().forceBreaker(QStringLiteral("a"), force, QStringLiteral("test")));
        const RawReply refused = call();
        QCOMPARE(refused.status, 503);
        QCOMPARE(m_a.ledger().posts(), 0);
        const auto provider = value(m_engine->client().provider(QStringLiteral("a")));
        QCOMPARE(provider.breakers.size(), 1);
        QVERIFY(provider.breakers.first().forced);
        value(m_engine->client().endLever(lever.id, QStringLiteral("test")));
        QTRY_COMPARE(call().status, 200);
    }

    void answersFromTheCacheWhenAllElseFails()
    {
        start("aliases:\n  - name: fast\n    candidates: [{provider: a, model: sim-tokens-10-fast, weight: 1}]\n"
              "    cache: {exact: {ttl: 1h}}\n    fallback: [{kind: cached}, {kind: refuse}]\n"
              "tenants: [{name: acme}]\n");
        const RawReply first = call();
        QCOMPARE(first.status, 200);
        value(m_engine->client().drainProvider(QStringLiteral("a"), tenMinutes(), QStringLiteral("test")));
        RawReply cached;
        QTRY_VERIFY((cached = call()).header("x-signalbox-fallback-kind") == "cached");
        QCOMPARE(cached.body, first.body);
        QCOMPARE(cached.header("x-signalbox-degraded"), QByteArray("true"));
        QCOMPARE(call(false, {}, {}, "never asked before").status, 503);
    }

    void explainTakesNothing()
    {
        start(QByteArray(kTwo) +
              "budgets:\n  - {scope: {tenant: acme}, period: year, amount_usd: '5', at_limit: refuse}\n");
        value(m_engine->client().drainProvider(QStringLiteral("a"), tenMinutes(), QStringLiteral("test")));
        api::RouteQuestion question;
        question.alias = QStringLiteral("fast");
        question.tenant = QStringLiteral("acme");
        const api::RouteExplanation told = value(m_engine->client().explainRoute(question));
        QCOMPARE(told.chosen, QStringLiteral("b/sim-tokens-10-fast@local"));
        QCOMPARE(told.counterfactuals.size(), 1);
        QCOMPARE(told.counterfactuals.first().filter, QStringLiteral("lever"));
        QCOMPARE(told.counterfactuals.first().winner, QStringLiteral("a/sim-tokens-10-fast@local"));
        QCOMPARE(told.estimate->toDecimal(), QStringLiteral("0.001"));
        QCOMPARE(m_a.ledger().posts() + m_b.ledger().posts(), 0);
        QCOMPARE(value(m_engine->client().budgets()).first().settled.toDecimal(), QStringLiteral("0"));
    }

    // The monitors of the three classic bugs have looked at what happened here and found nothing.
    void invariantsHold()
    {
        start(QByteArray(kSmaller) +
              "budgets:\n  - {scope: {tenant: acme}, period: year, amount_usd: '0.03', at_limit: refuse}\n");
        for (int i = 0; i < 6; ++i)
            call();
        const auto refusalsChecked = [this] {
            for (const api::Invariant& invariant : value(m_engine->client().invariants())) {
                if (invariant.name == QLatin1String("false_refusal"))
                    return invariant.checked;
            }
            return qint64(0);
        };
        QTRY_VERIFY(refusalsChecked() >= 3); // records are looked at once they are stored
        for (const api::Invariant& invariant : value(m_engine->client().invariants()))
            QVERIFY2(invariant.violations == 0, qPrintable(invariant.name + QStringLiteral(": ") + invariant.sentence));
    }
};

QTEST_GUILESS_MAIN(TestDecisions)
#include "tst_decisions.moc"
