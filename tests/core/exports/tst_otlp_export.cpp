// OTLP over real sockets: what a receiver gets (every member checked by hand), and what becomes of it when the receiver
// is down, slow, full, half-hearted or hostile. tests/clients/exports reads the same bytes with OpenTelemetry's own
// code.
#include "export_fixture.h"

#include <QElapsedTimer>
#include <QRegularExpression>

using namespace exporttest;

namespace {

QJsonArray spansIn(const ReceivedRequest& request)
{
    const QJsonObject resource = jsonOf(request.body).value(QLatin1String("resourceSpans")).toArray().at(0).toObject();
    return resource.value(QLatin1String("scopeSpans"))
        .toArray()
        .at(0)
        .toObject()
        .value(QLatin1String("spans"))
        .toArray();
}

// Attributes as key -> value text; a key twice shows as an error.
QMap<QString, QString> attributesOf(const QJsonObject& holder)
{
    QMap<QString, QString> map;
    for (const QJsonValue& one : holder.value(QLatin1String("attributes")).toArray()) {
        const QJsonObject value = one.toObject().value(QLatin1String("value")).toObject();
        const QString key = one.toObject().value(QLatin1String("key")).toString();
        const QString text = value.size() == 1 ? QString::fromUtf8(QJsonDocument(value).toJson(QJsonDocument::Compact))
                                               : QStringLiteral("not one value");
        map.insert(key, map.contains(key) ? QStringLiteral("twice") : text);
    }
    return map;
}

QString textValue(const char* value)
{
    return QStringLiteral("{\"stringValue\":\"%1\"}").arg(QLatin1String(value));
}

QString intValue(qint64 value)
{
    return QStringLiteral("{\"intValue\":\"%1\"}").arg(value);
}

bool matches(const QString& text, const char* pattern)
{
    return QRegularExpression(QStringLiteral("\\A") + QLatin1String(pattern) + QStringLiteral("\\z"))
        .match(text)
        .hasMatch();
}

QByteArray all(const QList<ReceivedRequest>& requests)
{
    QByteArray bytes;
    for (const ReceivedRequest& request : requests)
        bytes += request.head + request.body;
    return bytes;
}

} // namespace

class TestOtlpExport : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void spansOfACall();
    void callersTraceGoesOn();
    void wordsOfStrangersStayOut();
    void retriedUntilTaken_data();
    void retriedUntilTaken();
    void notRetried_data();
    void notRetried();
    void partialSuccessIsNotRepeated();
    void receiverIsDown();
    void receiverIsSlow();
    void receiverTalksTooMuch();
    void fullQueueLosesAndCounts();
    void nothingIsKeptForNobody();
    void endSendsWhatWaits();
    void pointsOfTheCounters();
    void secretThatCannotBeRead();
    void contentIsAskedFor();
    void newConfigIsInForce();
    void testTellsWhatCameBack();
};

void TestOtlpExport::spansOfACall()
{
    Fixture f;
    f.otlp(true, false, urlOf(f.receiver, "/tel"));
    f.exports->offer({sampleCall()});
    QTRY_VERIFY(f.got(1));
    const ReceivedRequest& request = f.requests.at(0);
    QVERIFY(request.head.startsWith("POST /tel/v1/traces HTTP/1.1\r\n"));
    QCOMPARE(fieldOf(request, "content-type"), QByteArray("application/json"));
    QCOMPARE(fieldOf(request, "authorization"), QByteArray("secret of OTEL 0123456789"));

    const QJsonObject resource = jsonOf(request.body).value(QLatin1String("resourceSpans")).toArray().at(0).toObject();
    const auto who = attributesOf(resource.value(QLatin1String("resource")).toObject());
    QCOMPARE(who.value(QStringLiteral("service.name")), textValue("signalbox"));
    QCOMPARE(who.value(QStringLiteral("deployment.environment.name")), textValue("stage"));

    const QJsonArray spans = spansIn(request);
    QCOMPARE(spans.size(), 3);
    const QJsonObject server = spans.at(0).toObject();
    QSet<QString> ids;
    for (const QJsonValue& value : spans) {
        const QJsonObject span = value.toObject();
        QCOMPARE(span.value(QLatin1String("traceId")), server.value(QLatin1String("traceId")));
        QVERIFY(matches(span.value(QLatin1String("traceId")).toString(), "[0-9a-f]{32}"));
        QVERIFY(matches(span.value(QLatin1String("spanId")).toString(), "[0-9a-f]{16}"));
        ids.insert(span.value(QLatin1String("spanId")).toString());
        for (const char* time : {"startTimeUnixNano", "endTimeUnixNano"})
            QVERIFY(matches(span.value(QLatin1String(time)).toString(), "[0-9]{19}")); // a text, not a number
        QVERIFY(span.value(QLatin1String("kind")).isDouble());
    }
    QCOMPARE(ids.size(), 3);

    QVERIFY(!server.contains(QLatin1String("parentSpanId")));
    QCOMPARE(server.value(QLatin1String("kind")).toInt(), 2);
    QCOMPARE(server.value(QLatin1String("name")).toString(), QStringLiteral("chat fast"));
    QCOMPARE(server.value(QLatin1String("startTimeUnixNano")).toString(), QStringLiteral("1795305600000000000"));
    QCOMPARE(server.value(QLatin1String("endTimeUnixNano")).toString(), QStringLiteral("1795305600260000000"));
    QVERIFY(!server.contains(QLatin1String("status"))); // answered: nobody's error
    const auto call = attributesOf(server);
    QCOMPARE(call.value(QStringLiteral("gen_ai.operation.name")), textValue("chat"));
    QCOMPARE(call.value(QStringLiteral("gen_ai.request.model")), textValue("fast"));
    QCOMPARE(call.value(QStringLiteral("gen_ai.usage.input_tokens")), intValue(120));
    QCOMPARE(call.value(QStringLiteral("gen_ai.usage.output_tokens")), intValue(30));
    QCOMPARE(call.value(QStringLiteral("gen_ai.usage.cache_read.input_tokens")), intValue(20));
    QCOMPARE(call.value(QStringLiteral("signalbox.tenant")), textValue("acme"));
    QCOMPARE(call.value(QStringLiteral("signalbox.zone")), textValue("eu-only"));
    QCOMPARE(call.value(QStringLiteral("signalbox.cost_usd")), textValue("0.00167"));
    QVERIFY(!call.contains(QStringLiteral("error.type")));
    QVERIFY(!call.values().contains(QStringLiteral("twice")));

    const QJsonObject failed = spans.at(1).toObject();
    QCOMPARE(failed.value(QLatin1String("parentSpanId")), server.value(QLatin1String("spanId")));
    QCOMPARE(failed.value(QLatin1String("kind")).toInt(), 3);
    QCOMPARE(failed.value(QLatin1String("name")).toString(), QStringLiteral("chat model-1"));
    QCOMPARE(failed.value(QLatin1String("status")).toObject().value(QLatin1String("code")).toInt(), 2);
    QCOMPARE(attributesOf(failed).value(QStringLiteral("error.type")), textValue("provider_overloaded"));
    QCOMPARE(attributesOf(failed).value(QStringLiteral("http.response.status_code")), intValue(529));
    const auto served = attributesOf(spans.at(2).toObject());
    QCOMPARE(served.value(QStringLiteral("gen_ai.provider.name")), textValue("anthropic"));
    QCOMPARE(served.value(QStringLiteral("gen_ai.response.model")), textValue("model-1-0901"));
    QCOMPARE(served.value(QStringLiteral("server.address")), textValue("api.example"));
    QCOMPARE(served.value(QStringLiteral("signalbox.fallback.kind")), textValue("other-provider"));

    QTRY_COMPARE(f.status("otlp-traces").state, QStringLiteral("ok"));
    QCOMPARE(f.status("otlp-traces").sent, 3);
    QCOMPARE(f.status("otlp-traces").dropped, 0);
    QCOMPARE(f.status("otlp-traces").queued, 0);
    QVERIFY(f.status("otlp-traces").lastSuccess);
    QVERIFY(!f.status("otlp-traces").target.contains(QLatin1String("tel"))); // the origin alone
}

void TestOtlpExport::callersTraceGoesOn()
{
    Fixture f;
    f.otlp(true, false, urlOf(f.receiver));
    auto call = *sampleCall();
    call.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    auto unsampled = call;
    unsampled.id = QStringLiteral("req_2");
    unsampled.traceparent = "00-0af7651916cd43dd8448eb211c80319d-b7ad6b7169203331-00";
    auto alone = *sampleCall(QStringLiteral("req_3"));
    f.exports->offer({std::make_shared<const api::Call>(call), std::make_shared<const api::Call>(unsampled),
        std::make_shared<const api::Call>(alone)});
    QTRY_VERIFY(f.got(1));
    const QJsonArray spans = spansIn(f.requests.at(0));
    QCOMPARE(spans.size(), 6); // the caller of the second keeps no trace
    QCOMPARE(spans.at(0).toObject().value(QLatin1String("traceId")).toString(),
        QStringLiteral("0af7651916cd43dd8448eb211c80319c"));
    QCOMPARE(
        spans.at(0).toObject().value(QLatin1String("parentSpanId")).toString(), QStringLiteral("b7ad6b7169203331"));
    QVERIFY(!f.requests.at(0).body.contains("0af7651916cd43dd8448eb211c80319d"));
    // without a parent the trace follows from the call's id, so it can be found from the record
    const KnownNamesPtr names = f.context.names;
    QCOMPARE(spansOf(alone, *names).at(0).toObject().value(QLatin1String("traceId")),
        spans.at(3).toObject().value(QLatin1String("traceId")));
}

// Whatever a caller or a provider wrote into a name: none of it leaves.
void TestOtlpExport::wordsOfStrangersStayOut()
{
    Fixture f;
    f.otlp(true, true, urlOf(f.receiver));
    auto call = *sampleCall();
    const QString marker = QStringLiteral("MARKER please ignore all");
    const QString plain = QStringLiteral("MARKERplain");
    call.alias = plain; // an alias the config does not know is a caller's word
    call.zone = plain;
    call.feature = call.agent = call.user = plain;
    call.errorDetail = marker;
    call.finishReason = marker;
    call.decision = {{QStringLiteral("why"), plain}};
    for (api::Attempt& attempt : call.attempts) {
        attempt.modelReported = marker;
        attempt.finishReason = marker;
        attempt.reason = marker;
        attempt.upstreamRequestId = plain;
    }
    f.metrics->callBegan();
    f.metrics->callFinished(call);
    f.exports->offer({std::make_shared<const api::Call>(call)});
    QTRY_VERIFY(f.got(3));
    QVERIFY(!all(f.requests).contains("MARKER"));
    const auto traces = std::find_if(f.requests.cbegin(), f.requests.cend(),
        [](const ReceivedRequest& request) { return request.head.startsWith("POST /v1/traces"); });
    QVERIFY(traces != f.requests.cend());
    QCOMPARE(
        attributesOf(spansIn(*traces).at(0).toObject()).value(QStringLiteral("signalbox.alias")), textValue("other"));
}

void TestOtlpExport::retriedUntilTaken_data()
{
    QTest::addColumn<QByteArray>("refusal");
    QTest::addColumn<int>("then");
    QTest::newRow("429") << answer(429, "{}", "retry-after: 0\r\n") << int(Hangup::Stay);
    QTest::newRow("502") << answer(502) << int(Hangup::Stay);
    QTest::newRow("503") << answer(503, "busy") << int(Hangup::Fin);
    QTest::newRow("504") << answer(504) << int(Hangup::Stay);
    QTest::newRow("closed") << QByteArray() << int(Hangup::Fin);
    QTest::newRow("reset") << QByteArray() << int(Hangup::Reset);
    QTest::newRow("not HTTP") << QByteArray("hello\r\n\r\n") << int(Hangup::Fin);
}

void TestOtlpExport::retriedUntilTaken()
{
    QFETCH(QByteArray, refusal);
    QFETCH(int, then);
    Fixture f;
    f.receiver.setAnswer({refusal, Hangup(then)});
    f.otlp(true, false, urlOf(f.receiver));
    f.exports->offer({sampleCall()});
    QTRY_COMPARE(f.status("otlp-traces").state, QStringLiteral("failing"));
    QVERIFY(!f.status("otlp-traces").lastError.isEmpty());
    QTRY_VERIFY(f.got(2));
    f.receiver.setAnswer({answer(200), Hangup::Stay});
    QTRY_COMPARE(f.status("otlp-traces").state, QStringLiteral("ok"));
    QVERIFY(f.got(2));
    for (const ReceivedRequest& request : f.requests)
        QCOMPARE(request.body, f.requests.at(0).body); // the same spans with the same ids
    QCOMPARE(f.status("otlp-traces").sent, 3);
    QCOMPARE(f.status("otlp-traces").dropped, 0);
}

void TestOtlpExport::notRetried_data()
{
    QTest::addColumn<QByteArray>("refusal");
    QTest::addColumn<QString>("words");
    QTest::newRow("400") << answer(400) << QStringLiteral("It answered 400");
    QTest::newRow("401") << answer(401) << QStringLiteral("It answered 401");
    QTest::newRow("413") << answer(413) << QStringLiteral("It answered 413");
    QTest::newRow("500") << answer(500) << QStringLiteral("It answered 500");
    QTest::newRow("redirect") << answer(307, "{}", "location: http://127.0.0.1:1/\r\n") << QStringLiteral("redirect");
}

void TestOtlpExport::notRetried()
{
    QFETCH(QByteArray, refusal);
    QFETCH(QString, words);
    Fixture f;
    f.receiver.setAnswer({refusal, Hangup::Stay});
    f.otlp(true, false, urlOf(f.receiver));
    f.exports->offer({sampleCall()});
    QTRY_COMPARE(f.status("otlp-traces").dropped, 3);
    QCOMPARE(f.status("otlp-traces").state, QStringLiteral("failing"));
    QVERIFY2(f.status("otlp-traces").sentence.contains(words), qPrintable(f.status("otlp-traces").sentence));
    f.receiver.setAnswer({answer(200), Hangup::Stay});
    f.exports->offer({sampleCall(QStringLiteral("req_next"))});
    QTRY_COMPARE(f.status("otlp-traces").state, QStringLiteral("ok"));
    QVERIFY(f.got(2));
    QCOMPARE(f.requests.size(), 2); // the first was sent once
    QVERIFY(f.requests.at(1).body.contains("req_next"));
}

void TestOtlpExport::partialSuccessIsNotRepeated()
{
    Fixture f;
    f.receiver.setAnswer(
        {answer(200, R"({"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}})"), Hangup::Stay});
    f.otlp(true, false, urlOf(f.receiver));
    f.exports->offer({sampleCall()});
    QTRY_COMPARE(f.status("otlp-traces").dropped, 2);
    QCOMPARE(f.status("otlp-traces").sent, 1);
    f.receiver.setAnswer({answer(200, R"({"partialSuccess":{"rejectedSpans":-7}})"), Hangup::Stay});
    f.exports->offer({sampleCall(QStringLiteral("req_next"))});
    QTRY_COMPARE(f.status("otlp-traces").sent, 4); // a number below zero rejects nothing
    QVERIFY(f.got(2));
    QCOMPARE(f.requests.size(), 2);
}

void TestOtlpExport::receiverIsDown()
{
    Fixture f;
    QStringList told;
    connect(f.exports.get(), &Exports::changed, this, [&](const api::ExportStatus& status) { told += status.state; });
    f.otlp(true, false, QStringLiteral("http://127.0.0.1:1"));
    f.exports->offer({sampleCall()});
    QTRY_COMPARE(f.status("otlp-traces").state, QStringLiteral("failing"));
    QVERIFY(f.status("otlp-traces").lastError.contains(QLatin1String("could not be reached")));
    QVERIFY(f.status("otlp-traces").queued > 0);
    f.policy.otlp->endpoint = urlOf(f.receiver);
    f.apply();
    f.exports->offer({sampleCall(QStringLiteral("req_next"))});
    QTRY_COMPARE(f.status("otlp-traces").state, QStringLiteral("ok"));
    QTRY_VERIFY(!told.isEmpty());
    QCOMPARE(told.at(0), QStringLiteral("failing")); // told once, however often it was tried
    QVERIFY(told.size() <= 2);
}

void TestOtlpExport::receiverIsSlow()
{
    ExportLimits limits = shortLimits();
    limits.answer = std::chrono::milliseconds(150);
    Fixture f(limits);
    f.receiver.setAnswer({QByteArray(), Hangup::Stay}); // reads, and says nothing
    f.otlp(true, false, urlOf(f.receiver));
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < 100; ++i)
        f.exports->offer({sampleCall(QStringLiteral("req_%1").arg(i))});
    QVERIFY2(timer.elapsed() < 1000, "whoever hands calls over does not wait for the receiver");
    QTRY_COMPARE(f.status("otlp-traces").state, QStringLiteral("failing"));
    QVERIFY(f.status("otlp-traces").lastError.contains(QLatin1String("no answer within")));
    f.receiver.setAnswer({answer(200), Hangup::Stay});
    QTRY_COMPARE(f.status("otlp-traces").sent, 300);
}

void TestOtlpExport::receiverTalksTooMuch()
{
    Fixture f;
    f.receiver.setAnswer(
        {"HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n" + QByteArray(1 << 20, 'x'), Hangup::Stay});
    f.otlp(true, false, urlOf(f.receiver));
    f.exports->offer({sampleCall()});
    QTRY_COMPARE(f.status("otlp-traces").sent, 3); // it said 200; the rest of its speech is not waited for
    QCOMPARE(f.status("otlp-traces").dropped, 0);
}

void TestOtlpExport::fullQueueLosesAndCounts()
{
    ExportLimits limits = shortLimits();
    limits.calls = 10;
    limits.batchCalls = 4;
    Fixture f(limits);
    f.receiver.setAnswer({answer(503), Hangup::Stay});
    f.otlp(true, false, urlOf(f.receiver));
    f.exports->offer({sampleCall()});
    QTRY_COMPARE(f.status("otlp-traces").state, QStringLiteral("failing")); // one call is in the batch under way
    std::vector<CallPtr> many(100, sampleCall(QStringLiteral("req_many")));
    f.exports->offer(many);
    QCOMPARE(f.status("otlp-traces").dropped, 90);
    QTRY_COMPARE(f.status("otlp-traces").queued, 11);
    f.receiver.setAnswer({answer(200), Hangup::Stay});
    QTRY_COMPARE(f.status("otlp-traces").sent, 33);
    QTRY_COMPARE(f.status("otlp-traces").queued, 0);
    QCOMPARE(f.status("otlp-traces").dropped, 90);
}

void TestOtlpExport::nothingIsKeptForNobody()
{
    Fixture f;
    f.apply();
    f.exports->offer({sampleCall(QStringLiteral("req_before"))});
    f.otlp(true, false, urlOf(f.receiver));
    f.exports->offer({sampleCall(QStringLiteral("req_after"))});
    QTRY_VERIFY(f.got(1));
    QVERIFY(f.requests.at(0).body.contains("req_after"));
    QVERIFY(!f.requests.at(0).body.contains("req_before"));
}

void TestOtlpExport::endSendsWhatWaits()
{
    ExportLimits limits = shortLimits();
    limits.traceDelay = std::chrono::hours(1);
    Fixture f(limits);
    f.policy.otlp.emplace();
    f.otlp(true, true, urlOf(f.receiver));
    f.policy.otlp->interval = std::chrono::hours(1);
    f.apply();
    f.exports->offer({sampleCall()});
    f.exports.reset();
    QVERIFY(f.got(2)); // spans and the last points, before it was over
    QVERIFY(all(f.requests).contains("/v1/traces"));
    QVERIFY(all(f.requests).contains("/v1/metrics"));

    // a receiver that does not answer holds the end up for flush and no longer
    Fixture g(limits);
    g.receiver.setAnswer({QByteArray(), Hangup::Stay});
    g.otlp(true, false, urlOf(g.receiver));
    g.policy.otlp->interval = std::chrono::hours(1);
    g.apply();
    g.exports->offer({sampleCall()});
    QElapsedTimer timer;
    timer.start();
    g.exports.reset();
    QVERIFY(timer.elapsed() < 10'000);
}

void TestOtlpExport::pointsOfTheCounters()
{
    Fixture f;
    for (int i = 0; i < 3; ++i) {
        f.metrics->callBegan();
        f.metrics->callFinished(*sampleCall());
    }
    f.metrics->unauthenticated();
    f.otlp(false, true, urlOf(f.receiver));
    QTRY_VERIFY(f.got(1));
    QVERIFY(f.requests.at(0).head.startsWith("POST /v1/metrics "));
    const QJsonObject root =
        jsonOf(f.requests.at(0).body).value(QLatin1String("resourceMetrics")).toArray().at(0).toObject();
    QMap<QString, QJsonObject> metrics;
    for (const QJsonValue& one :
        root.value(QLatin1String("scopeMetrics")).toArray().at(0).toObject().value(QLatin1String("metrics")).toArray())
        metrics.insert(one.toObject().value(QLatin1String("name")).toString(), one.toObject());

    const QJsonObject duration = metrics.value(QStringLiteral("gen_ai.client.operation.duration"));
    QCOMPARE(duration.value(QLatin1String("unit")).toString(), QStringLiteral("s"));
    const QJsonObject histogram = duration.value(QLatin1String("histogram")).toObject();
    QCOMPARE(histogram.value(QLatin1String("aggregationTemporality")).toInt(), 2);
    QCOMPARE(histogram.value(QLatin1String("dataPoints")).toArray().size(), 2);
    qint64 counted = 0;
    for (const QJsonValue& value : histogram.value(QLatin1String("dataPoints")).toArray()) {
        const QJsonObject point = value.toObject();
        QCOMPARE(point.value(QLatin1String("startTimeUnixNano")).toString(), QStringLiteral("1795305600000000000"));
        const QJsonArray cells = point.value(QLatin1String("bucketCounts")).toArray();
        const QJsonArray bounds = point.value(QLatin1String("explicitBounds")).toArray();
        QCOMPARE(cells.size(), bounds.size() + 1);
        QCOMPARE(bounds.at(0).toDouble(), 0.01);
        QCOMPARE(bounds.at(13).toDouble(), 81.92);
        qint64 sum = 0;
        for (const QJsonValue& cell : cells) {
            QVERIFY(cell.isString());
            sum += cell.toString().toLongLong();
        }
        QCOMPARE(point.value(QLatin1String("count")).toString(), QString::number(sum));
        counted += sum;
        QCOMPARE(attributesOf(point).value(QStringLiteral("gen_ai.provider.name")), textValue("anthropic"));
    }
    QCOMPARE(counted, 6); // three calls, two attempts each
    const QJsonArray tokens = metrics.value(QStringLiteral("gen_ai.client.token.usage"))
                                  .value(QLatin1String("histogram"))
                                  .toObject()
                                  .value(QLatin1String("dataPoints"))
                                  .toArray();
    QCOMPARE(tokens.size(), 2); // input and output, of the attempt that said its usage
    QCOMPARE(tokens.at(0).toObject().value(QLatin1String("sum")).toDouble(), 360.0);
    QVERIFY(metrics.contains(QStringLiteral("gen_ai.server.request.duration")));
    const QJsonObject calls = metrics.value(QStringLiteral("signalbox.calls")).value(QLatin1String("sum")).toObject();
    QVERIFY(calls.value(QLatin1String("isMonotonic")).toBool());
    QCOMPARE(
        calls.value(QLatin1String("dataPoints")).toArray().at(0).toObject().value(QLatin1String("asInt")).toString(),
        QStringLiteral("3"));
    QTRY_VERIFY(f.got(3)); // again and again
    QTRY_COMPARE(f.status("otlp-metrics").state, QStringLiteral("ok"));
}

void TestOtlpExport::secretThatCannotBeRead()
{
    Fixture f;
    f.otlp(true, false, urlOf(f.receiver));
    f.policy.otlp->headers[0].second = QStringLiteral("env:UNSET");
    f.apply();
    QCOMPARE(f.status("otlp-traces").state, QStringLiteral("off"));
    QVERIFY(f.status("otlp-traces").sentence.contains(QLatin1String("UNSET")));
    f.exports->offer({sampleCall()});
    api::Failure failure{};
    f.exports->test(QStringLiteral("otlp-traces"),
        [&](const api::Result<api::ExportTest>& result) { failure = result.error().failure; });
    QCOMPARE(int(failure), int(api::Failure::Conflict));
    f.policy.otlp->headers[0].second = QStringLiteral("env:OTEL");
    f.apply();
    QCOMPARE(f.status("otlp-traces").state, QStringLiteral("waiting"));
    f.exports->offer({sampleCall(QStringLiteral("req_after"))});
    QTRY_VERIFY(f.got(1));
    QVERIFY(!all(f.requests).contains("req_01J"));
}

void TestOtlpExport::contentIsAskedFor()
{
    Fixture f;
    f.otlp(true, false, urlOf(f.receiver));
    QVERIFY(!f.status("otlp-traces").sentence.contains(QLatin1String("retains none")));
    f.policy.otlp->content = true;
    f.apply();
    QVERIFY(f.status("otlp-traces").sentence.contains(QLatin1String("retains none")));
}

void TestOtlpExport::newConfigIsInForce()
{
    Fixture f;
    ScriptedUpstream other;
    other.setAnswer({answer(200), Hangup::Stay});
    f.otlp(true, false, urlOf(f.receiver));
    f.exports->offer({sampleCall()});
    QTRY_COMPARE(f.status("otlp-traces").sent, 3);
    f.apply(); // nothing has changed: it goes on, with its numbers and its connection
    f.exports->offer({sampleCall(QStringLiteral("req_2"))});
    QTRY_COMPARE(f.status("otlp-traces").sent, 6);
    QCOMPARE(f.receiver.connections(), 1);
    f.policy.otlp->endpoint = urlOf(other);
    f.apply();
    QCOMPARE(f.status("otlp-traces").sent, 0);
    f.exports->offer({sampleCall(QStringLiteral("req_3"))});
    QTRY_COMPARE(f.status("otlp-traces").sent, 3);
    QCOMPARE(other.takeRequests().size(), 1);
    f.policy.otlp.reset();
    f.apply();
    QCOMPARE(f.exports->statuses().size(), 1); // prometheus is always there
}

void TestOtlpExport::testTellsWhatCameBack()
{
    Fixture f;
    f.otlp(true, true, urlOf(f.receiver));
    std::optional<api::Result<api::ExportTest>> result;
    const auto ask = [&](const char* name) {
        result.reset();
        f.exports->test(QLatin1String(name), [&](const api::Result<api::ExportTest>& came) { result = came; });
    };
    ask("otlp-traces");
    QTRY_VERIFY(result);
    QVERIFY((*result)->ok);
    QCOMPARE((*result)->httpStatus, std::optional<int>(200));
    f.receiver.setAnswer({answer(403), Hangup::Stay});
    ask("otlp-metrics");
    QTRY_VERIFY(result);
    QVERIFY(!(*result)->ok);
    QCOMPARE((*result)->sentence, QStringLiteral("It answered 403."));
    ask("nobody");
    QVERIFY(result && !*result);
    QCOMPARE(int(result->error().failure), int(api::Failure::NotFound));
    // the answer comes also when the engine ends first
    f.receiver.setAnswer({QByteArray(), Hangup::Stay});
    ask("otlp-traces");
    f.exports.reset();
    QVERIFY(result);
}

QTEST_GUILESS_MAIN(TestOtlpExport)
#include "tst_otlp_export.moc"
