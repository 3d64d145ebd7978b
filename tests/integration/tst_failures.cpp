// The failure list of a model gateway, one row per case: what the caller gets, what the record says, how often the
// provider was really asked (its own ledger is the witness), and that the money adds up. A real engine, two simulated
// providers on their own sockets, a raw client.
#include "engine_fixture.h"
#include "raw_client.h"

#include "simulator/simulator_server.h"

#include <QJsonArray>
#include <QTest>

using namespace gateway;
using namespace gateway::test;

namespace {

struct Case
{
    const char* name;
    const char* primary;  // model at provider a
    const char* fallback; // steps: "kind/provider/model", comma between; provider and model empty for refuse
    bool stream;
    int status;
    const char* outcome;
    const char* error;
    const char* fallbackKind; // of the answer
    int postsToA;
    int postsToB;
    const char* callerSees;
};

// Where the next step is an equal it is gone to at once; where it is smaller, or there is none, the same candidate is
// asked again first (at most twice, and only what may pass).
constexpr Case kCases[] = {
    {"429", "sim-429-fast", "other-provider/b/sim-fast", false, 200, "answered", "", "other-provider", 1, 1,
        "chat.completion"},
    {"429-retry-after-fits", "sim-429-retry-1-times-1-fast", "", false, 200, "answered", "", "", 2, 0,
        "chat.completion"},
    {"429-retry-after-too-long", "sim-429-retry-900-fast", "smaller-model/b/sim-fast", false, 200, "answered", "",
        "smaller-model", 1, 1, "chat.completion"},
    {"429-persistent", "sim-429-fast", "", false, 429, "failed", "provider_throttled", "", 3, 0, "rate_limit_exceeded"},
    {"429-everywhere", "sim-429-fast", "other-provider/b/sim-429-fast", false, 503, "failed", "chain_exhausted", "", 1,
        3, "chain_exhausted"},
    {"500-once", "sim-500-times-1-fast", "", false, 200, "answered", "", "", 2, 0, "chat.completion"},
    {"500-once-stream", "sim-500-times-1-fast", "smaller-model/b/sim-fast", true, 200, "answered", "", "", 2, 0,
        "data: [DONE]"},
    {"503", "sim-503-fast", "other-provider/b/sim-fast", true, 200, "answered", "", "other-provider", 1, 1,
        "data: [DONE]"},
    {"reset-before-answer", "sim-reset-0-times-1-fast", "", false, 200, "answered", "", "", 2, 0, "chat.completion"},
    {"silence", "sim-first-60000", "other-provider/b/sim-fast", false, 200, "answered", "", "other-provider", 1, 1,
        "chat.completion"},
    {"slow-first-token", "sim-stall-0", "other-provider/b/sim-fast", true, 200, "answered", "", "other-provider", 1, 1,
        "data: [DONE]"},
    {"cut-mid-answer", "sim-cut-5-fast", "other-provider/b/sim-fast", true, 200, "truncated", "stream_truncated", "", 1,
        0, "\"error\""},
    {"cut-before-content", "sim-cut-0-fast", "other-provider/b/sim-fast", true, 200, "answered", "", "other-provider",
        1, 1, "data: [DONE]"},
    {"stall", "sim-stall-5-fast", "other-provider/b/sim-fast", true, 200, "truncated", "stream_truncated", "", 1, 0,
        "\"error\""},
    {"malformed-chunk", "sim-badchunk-0-fast", "other-provider/b/sim-fast", true, 200, "answered", "", "other-provider",
        1, 1, "data: [DONE]"},
    {"malformed-chunk-late", "sim-badchunk-5-fast", "other-provider/b/sim-fast", true, 200, "truncated",
        "transform_error", "", 1, 0, "\"error\""},
    {"missing-terminator", "sim-nodone-fast", "other-provider/b/sim-fast", true, 200, "truncated", "stream_truncated",
        "", 1, 0, "\"error\""},
    {"context-400-larger", "sim-context-fast", "other-provider/b/sim-fast-large", false, 200, "answered", "",
        "other-provider", 1, 1, "chat.completion"},
    {"context-400-not-larger", "sim-context-fast", "other-provider/b/sim-fast", false, 400, "failed",
        "context_too_long", "", 1, 0, "context_length_exceeded"},
    {"content-filter-400", "sim-policy-fast", "other-provider/b/sim-fast", false, 400, "failed", "content_refused", "",
        1, 0, "content_filter"},
    {"fallback-refuses", "sim-500-fast", "other-provider/b/sim-policy-fast", false, 400, "failed", "content_refused",
        "", 1, 1, "content_filter"},
    {"chain-says-refuse", "sim-500-fast", "refuse//", false, 502, "failed", "provider_unavailable", "", 3, 0,
        "provider_unavailable"},
    {"key-refused", "sim-401-fast", "other-provider/b/sim-fast", false, 200, "answered", "", "other-provider", 1, 1,
        "chat.completion"},
    {"model-gone", "sim-404-fast", "other-provider/b/sim-fast", false, 200, "answered", "", "other-provider", 1, 1,
        "chat.completion"},
    {"web-page", "sim-html-fast", "other-provider/b/sim-fast", false, 200, "answered", "", "other-provider", 1, 1,
        "chat.completion"},
};

// One price per token bucket, so that sums can be done by hand; contexts differ for the context cases only.
constexpr char kPrices[] = R"(version: test-1
prices:
  - {provider: a, model: "sim-*", valid_from: 2026-01-01, input_usd_per_million: "1", output_usd_per_million: "10"}
  - {provider: b, model: "sim-*", valid_from: 2026-01-01, input_usd_per_million: "2", output_usd_per_million: "20"}
models:
  - {provider: a, model: sim-context-fast, context_tokens: 8000, max_output_tokens: 4000}
  - {provider: b, model: sim-fast, context_tokens: 8000, max_output_tokens: 4000}
  - {provider: b, model: sim-fast-large, context_tokens: 200000, max_output_tokens: 4000}
)";

QByteArray fallbackOf(const char* text)
{
    QByteArray steps;
    for (const QByteArray& step : QByteArray(text).split(',')) {
        const QList<QByteArray> parts = step.split('/');
        if (parts.size() != 3)
            continue;
        steps += "      - {kind: " + parts[0] +
                 (parts[1].isEmpty() ? QByteArray("}\n") : ", provider: " + parts[1] + ", model: " + parts[2] + "}\n");
    }
    return steps.isEmpty() ? QByteArray() : "    fallback:\n" + steps;
}

QByteArray configFor(const QString& a, const QString& b, const QString& prices)
{
    const auto provider = [](const char* name, const QString& url) {
        return QByteArray("  - {name: ") + name + ", kind: openai-compatible, base_url: '" + url.toUtf8() +
               "', region: local, retention: zero, timeouts: {connect: 2s, first_byte: 1s, idle: 1s, total: 20s}}\n";
    };
    QByteArray text = "signalbox: 1\nproviders:\n" + provider("a", a) + provider("b", b) + "aliases:\n";
    for (const Case& row : kCases)
        text += QByteArray("  - name: ") + row.name + "\n    candidates: [{provider: a, model: " + row.primary +
                ", weight: 1}]\n" + fallbackOf(row.fallback);
    return text +
           "tenants:\n  - {name: acme}\nbudgets:\n"
           "  - {scope: {tenant: acme}, period: month, amount_usd: '1000', at_limit: refuse}\n"
           "prices: {book: '" +
           prices.toUtf8() + "'}\n";
}

} // namespace

class TestFailures : public QObject
{
    Q_OBJECT

    simulator::SimulatorServer m_a{simulator::Profile()};
    simulator::SimulatorServer m_b{simulator::Profile()};
    QTemporaryDir m_directory;
    std::unique_ptr<EmbeddedEngine> m_engine;

    RawReply call(const QByteArray& alias, bool stream, const QByteArray& headers = {})
    {
        RawReply reply;
        inThreads(1, [&](int) {
            reply = rawCall(m_engine->port(), chatRequest(m_engine->key(), alias, stream, "hello", headers));
        });
        return reply;
    }
    // Every case has fresh breakers and retry budgets: they are tested on their own.
    void startEngine()
    {
        QFile prices(m_directory.filePath(QStringLiteral("prices.yaml")));
        QVERIFY(prices.open(QIODevice::WriteOnly));
        prices.write(kPrices);
        prices.close();
        m_engine = std::make_unique<EmbeddedEngine>(configFor(m_a.baseUrl(), m_b.baseUrl(), prices.fileName()));
        QCOMPARE(m_engine->start(), QString());
    }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_a.listen(QStringLiteral("127.0.0.1"), 0));
        QVERIFY(m_b.listen(QStringLiteral("127.0.0.1"), 0));
    }

    void failure_data()
    {
        QTest::addColumn<int>("row");
        for (int i = 0; i < int(std::size(kCases)); ++i)
            QTest::newRow(kCases[i].name) << i;
    }
    void failure()
    {
        QFETCH(int, row);
        const Case& expected = kCases[row];
        startEngine();
        m_a.ledger().clear();
        m_b.ledger().clear();
        const RawReply reply = call(expected.name, expected.stream);
        QVERIFY2(reply.complete, reply.head + reply.body);
        QVERIFY2(reply.status == expected.status, reply.head + reply.body);
        QVERIFY2(reply.body.contains(expected.callerSees), reply.body);

        const api::Result<api::Call> found = m_engine->call(reply.header("x-request-id"));
        QVERIFY2(found, qPrintable(found ? QString() : found.error().message));
        const api::Call& record = *found;
        QCOMPARE(api::nameOf(record.outcome), QString::fromLatin1(expected.outcome));
        QCOMPARE(api::nameOf(record.error), QString::fromLatin1(expected.error));
        QCOMPARE(record.fallbackKind, QString::fromLatin1(expected.fallbackKind));
        QCOMPARE(m_a.ledger().posts(), expected.postsToA);
        QCOMPARE(m_b.ledger().posts(), expected.postsToB);

        // one record per POST, and nothing was sent after content had reached the caller
        int sent = 0;
        api::Money sum;
        for (const api::Attempt& attempt : record.attempts) {
            sent += attempt.result != api::AttemptResult::Skipped;
            QVERIFY2(attempt.cost, qPrintable(attempt.reason));
            sum = *sum.plus(*attempt.cost);
        }
        QCOMPARE(sent, expected.postsToA + expected.postsToB);
        QCOMPARE(
            reply.header("x-signalbox-attempts").toInt(), record.outcome == api::CallOutcome::Truncated ? 1 : sent);
        // money: the call is the sum of its attempts, and the budget has settled exactly that and holds nothing
        QVERIFY(record.cost);
        QCOMPARE(record.cost->toDecimal(), sum.toDecimal());
        const auto budgets = waitFor(m_engine->client().budgets());
        QVERIFY(budgets);
        QCOMPARE(budgets->first().settled.toDecimal(), sum.toDecimal());
        QCOMPARE(budgets->first().reserved.toDecimal(), QStringLiteral("0"));
        if (record.outcome == api::CallOutcome::Answered) {
            const api::Attempt& last = record.attempts.last();
            const qint64 perIn = last.provider == QLatin1String("a") ? 1000 : 2000; // nano-USD a token
            QCOMPARE(last.cost->nano(), last.tokens.input() * perIn + last.tokens.output() * perIn * 10);
            QCOMPARE(reply.header("x-signalbox-fallback-kind"), QByteArray(expected.fallbackKind));
            QCOMPARE(reply.header("x-signalbox-degraded"),
                QByteArray(expected.fallbackKind) == "smaller-model" ? QByteArray("true") : QByteArray());
        } else if (sent > 1 && reply.status >= 408) {
            QCOMPARE(reply.header("x-should-retry"), QByteArray("false")); // we have done that already
        }
    }

    // A provider that fails every second call: the chain hides it, the breaker does not flap with it.
    void flapping()
    {
        m_engine = std::make_unique<EmbeddedEngine>(
            QByteArray("signalbox: 1\nproviders:\n"
                       "  - {name: a, kind: openai-compatible, base_url: '") +
            m_a.baseUrl().toUtf8() + "', region: local}\n  - {name: b, kind: openai-compatible, base_url: '" +
            m_b.baseUrl().toUtf8() +
            "', region: local}\naliases:\n  - name: flap\n    candidates: [{provider: a, model: sim-500-every-2-fast, "
            "weight: 1}]\n    fallback: [{kind: other-provider, provider: b, model: sim-fast}]\n"
            "tenants: [{name: acme}]\n");
        QCOMPARE(m_engine->start(), QString());
        m_a.ledger().clear();
        m_b.ledger().clear();
        int answered = 0;
        inThreads(1, [&](int) {
            for (int i = 0; i < 60; ++i)
                answered += rawCall(m_engine->port(), chatRequest(m_engine->key(), "flap", i % 2, "x")).status == 200;
        });
        QCOMPARE(answered, 60);
        QVERIFY2(m_a.ledger().posts() + m_b.ledger().posts() <= 90, "more than one repetition for every failure");
    }
};

QTEST_GUILESS_MAIN(TestFailures)
#include "tst_failures.moc"
