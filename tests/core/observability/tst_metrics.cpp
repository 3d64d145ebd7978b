// Worker counters and the text Prometheus reads: sums over workers, bounded labels, escaping, histogram arithmetic.
#include "config/policy_snapshot.h"
#include "observability/prometheus.h"
#include "sample_calls.h"

#include <QTest>

#include <thread>

using namespace gateway;
using namespace gateway::observability;

namespace {

MetricLabelsPtr labels(const QStringList& aliases, const QStringList& providers, const MetricLabels& before = {})
{
    config::PolicySnapshot snapshot;
    for (const QString& name : aliases) {
        snapshot.aliases.push_back(std::make_unique<config::Alias>());
        snapshot.aliases.back()->name = name;
    }
    for (const QString& name : providers) {
        snapshot.providers.push_back(std::make_unique<config::Provider>());
        snapshot.providers.back()->name = name;
        snapshot.providers.back()->kind = config::ProviderKind::OpenAi;
    }
    return MetricLabels::extended(before, snapshot);
}

QByteArray scrape(const MetricLabels& names, std::initializer_list<const WorkerMetrics*> workers)
{
    const std::vector<const WorkerMetrics*> all(workers);
    return metricsText(names, all, EngineGauges{});
}

bool hasLine(const QByteArray& text, const QByteArray& line)
{
    return text.split('\n').contains(line);
}

} // namespace

class TestMetrics : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void workersAreSummed();
    void labelsComeFromTheConfigOnly();
    void numbersKeepTheirMeaningAcrossConfigs();
    void histogramsAreCumulative();
    void labelValuesAreEscaped();
    void everySampleBelongsToADeclaredFamily();
    void readersMayRead();
    void callersSideIsCounted();
};

void TestMetrics::workersAreSummed()
{
    const auto names = labels({QStringLiteral("fast")}, {QStringLiteral("openai-eu")});
    WorkerMetrics one(names);
    WorkerMetrics two(names);
    for (WorkerMetrics* worker : {&one, &two}) {
        worker->callBegan();
        api::Call call = sample::call(0, QStringLiteral("openai-eu"), QStringLiteral("fast"), 15'000);
        call.requestBytes = 100;
        call.overheadUs = 60;
        call.attempts[0].cost = api::Money::fromDecimal(u"0.25");
        worker->callFinished(call);
    }
    two.callBegan();
    one.unauthenticated();
    one.callBegan();
    one.callFinished(sample::failed(0, QStringLiteral("openai-eu"), 503, api::ErrorCode::ProviderOverloaded));
    const QByteArray text = scrape(*names, {&one, &two});
    QVERIFY(hasLine(text, R"(gateway_requests_total{alias="fast",outcome="answered"} 2)"));
    QVERIFY(hasLine(text, R"(gateway_requests_total{alias="fast",outcome="failed"} 1)"));
    QVERIFY(hasLine(text, R"(gateway_requests_total{alias="fast",outcome="refused"} 0)"));
    QVERIFY(hasLine(text, R"(gateway_upstream_attempts_total{provider="openai-eu",outcome="answered"} 2)"));
    QVERIFY(hasLine(text, R"(gateway_upstream_failures_total{provider="openai-eu",class="5xx"} 1)"));
    QVERIFY(hasLine(text, R"(gateway_call_errors_total{code="provider_overloaded"} 1)"));
    QVERIFY(hasLine(text, "gateway_inflight 1"));
    QVERIFY(hasLine(text, "gateway_unauthenticated_total 1"));
    QVERIFY(hasLine(text, R"(gateway_call_bytes_total{direction="in"} 200)"));
    QVERIFY(hasLine(text, R"(gateway_cost_usd_total{provider="openai-eu"} 0.5)"));
    QVERIFY(hasLine(text, R"(gateway_overhead_seconds_bucket{le="0.0001"} 2)"));
    QVERIFY(hasLine(text,
        R"(gen_ai_client_operation_duration_seconds_bucket{gen_ai_operation_name="chat",gen_ai_provider_name="openai",provider="openai-eu",le="0.02"} 3)"));
    QCOMPARE(one.notAnswered(), 1);
    QCOMPARE(one.finished(), 2);
}

void TestMetrics::labelsComeFromTheConfigOnly()
{
    const auto names = labels({QStringLiteral("fast")}, {QStringLiteral("openai-eu")});
    WorkerMetrics worker(names);
    for (int i = 0; i < 100; ++i)
        worker.callFinished(
            sample::call(0, QStringLiteral("evil-%1").arg(i), QStringLiteral("made-up-%1").arg(i), 1000));
    const QByteArray text = scrape(*names, {&worker});
    QVERIFY(!text.contains("evil") && !text.contains("made-up"));
    QVERIFY(hasLine(text, R"(gateway_requests_total{alias="other",outcome="answered"} 100)"));
    QStringList many;
    for (int i = 0; i < MetricLabels::kAliases + 10; ++i)
        many.append(QStringLiteral("a%1").arg(i));
    const auto full = labels(many, {});
    QCOMPARE(int(full->aliases().size()), MetricLabels::kAliases);
    QCOMPARE(full->aliasNumber(many.last()), MetricLabels::kOther);
}

void TestMetrics::numbersKeepTheirMeaningAcrossConfigs()
{
    const auto before = labels({QStringLiteral("fast"), QStringLiteral("smart")}, {QStringLiteral("p1")});
    WorkerMetrics worker(before);
    worker.callFinished(sample::call(0, QStringLiteral("p1"), QStringLiteral("smart"), 1000));
    const auto after =
        labels({QStringLiteral("new"), QStringLiteral("smart")}, {QStringLiteral("p2"), QStringLiteral("p1")}, *before);
    worker.setLabels(after);
    worker.callFinished(sample::call(0, QStringLiteral("p1"), QStringLiteral("smart"), 1000));
    worker.callFinished(sample::call(0, QStringLiteral("p2"), QStringLiteral("new"), 1000));
    const QByteArray text = scrape(*after, {&worker});
    QVERIFY(hasLine(text, R"(gateway_requests_total{alias="smart",outcome="answered"} 2)"));
    QVERIFY(hasLine(text, R"(gateway_requests_total{alias="new",outcome="answered"} 1)"));
    QVERIFY(hasLine(text, R"(gateway_requests_total{alias="fast",outcome="answered"} 0)"));
    QVERIFY(hasLine(text, R"(gateway_upstream_attempts_total{provider="p1",outcome="answered"} 2)"));
}

void TestMetrics::histogramsAreCumulative()
{
    PrometheusText out;
    out.family("t_seconds", "histogram", "Test.");
    const std::array<qint64, 2> bounds{1000, 2000};
    const std::array<qint64, 3> cells{3, 2, 1};
    out.histogram({}, bounds, cells, 9500, 1e-3);
    QCOMPARE(out.take(),
        QByteArray("# HELP t_seconds Test.\n# TYPE t_seconds histogram\n"
                   "t_seconds_bucket{le=\"1\"} 3\nt_seconds_bucket{le=\"2\"} 5\nt_seconds_bucket{le=\"+Inf\"} 6\n"
                   "t_seconds_sum 9.5\nt_seconds_count 6\n"));
}

void TestMetrics::labelValuesAreEscaped()
{
    PrometheusText out;
    out.family("t", "gauge", "Test.");
    out.sample({{"name", "a\"b\\c\nd"}}, qint64(1));
    QCOMPARE(out.take(), QByteArray("# HELP t Test.\n# TYPE t gauge\nt{name=\"a\\\"b\\\\c\\nd\"} 1\n"));
}

void TestMetrics::everySampleBelongsToADeclaredFamily()
{
    const auto names = labels({QStringLiteral("fast")}, {QStringLiteral("openai-eu")});
    WorkerMetrics worker(names);
    worker.callFinished(sample::call(0, QStringLiteral("openai-eu"), QStringLiteral("fast"), 1000));
    QByteArray family;
    QByteArray type;
    QSet<QByteArray> seen;
    for (const QByteArray& line : scrape(*names, {&worker}).split('\n')) {
        if (line.startsWith("# TYPE ")) {
            family = line.split(' ')[2];
            type = line.split(' ')[3];
            QVERIFY2(!seen.contains(family), family.constData());
            seen.insert(family);
        } else if (!line.isEmpty() && !line.startsWith('#')) {
            const qsizetype cut = std::min(line.indexOf('{') < 0 ? line.size() : line.indexOf('{'), line.indexOf(' '));
            QByteArray name = line.left(cut);
            if (type == "histogram") {
                for (const char* suffix : {"_bucket", "_sum", "_count"}) {
                    if (name.endsWith(suffix) && name.size() > family.size())
                        name.chop(qsizetype(qstrlen(suffix)));
                }
            }
            QCOMPARE(name, family);
            if (type == "counter")
                QVERIFY2(family.endsWith("_total"), family.constData());
        }
    }
    QVERIFY(seen.size() > 15);
}

// One writer and one reader at once: the thread sanitizer is the judge, the sum is the proof.
void TestMetrics::readersMayRead()
{
    const auto names = labels({QStringLiteral("fast")}, {QStringLiteral("openai-eu")});
    WorkerMetrics worker(names);
    std::thread writer([&] {
        for (int i = 0; i < 20'000; ++i) {
            worker.callBegan();
            worker.callFinished(sample::call(0, QStringLiteral("openai-eu"), QStringLiteral("fast"), i));
        }
    });
    for (int i = 0; i < 20; ++i)
        QVERIFY(!scrape(*names, {&worker}).isEmpty());
    writer.join();
    QCOMPARE(worker.finished(), 20'000);
    QCOMPARE(worker.inFlight(), 0);
}

// What callers see of the gateway, in the GenAI conventions' names for servers: one histogram per operation, whatever
// aliases and providers there are.
void TestMetrics::callersSideIsCounted()
{
    const auto names = labels({QStringLiteral("fast")}, {QStringLiteral("up")});
    WorkerMetrics worker(names);
    QVERIFY(!scrape(*names, {&worker}).contains("gen_ai_server_request_duration_seconds_count"));
    api::Call whole = sample::call(0, QStringLiteral("up"), QStringLiteral("fast"), 30'000);
    whole.endUs = 30'000;
    api::Call streamed = whole;
    streamed.streamEnd = api::StreamEnd::Complete;
    streamed.firstTokenUs = 900; // below the first bound
    api::Call embedding = whole;
    embedding.surface = QStringLiteral("openai.embeddings");
    for (const api::Call& call : {whole, streamed, embedding})
        worker.callFinished(call);
    const QByteArray text = scrape(*names, {&worker});
    const QByteArray chat = "{gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"signalbox\"";
    QVERIFY(hasLine(text, "gen_ai_server_request_duration_seconds_count" + chat + "} 2"));
    QVERIFY(hasLine(text, "gen_ai_server_request_duration_seconds_bucket" + chat + ",le=\"0.02\"} 0"));
    QVERIFY(hasLine(text, "gen_ai_server_request_duration_seconds_bucket" + chat + ",le=\"0.04\"} 2"));
    QVERIFY(hasLine(text, "gen_ai_server_time_to_first_token_seconds_bucket" + chat + ",le=\"0.001\"} 1"));
    QVERIFY(hasLine(text, "gen_ai_server_time_to_first_token_seconds_count" + chat + "} 1"));
    QVERIFY(text.contains("gen_ai_server_request_duration_seconds_count{gen_ai_operation_name=\"embeddings\""));
}

QTEST_GUILESS_MAIN(TestMetrics)
#include "tst_metrics.moc"
