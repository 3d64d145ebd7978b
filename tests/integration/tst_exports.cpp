// A whole engine with a collector and a webhook beside it: the record and the exports tell the same, nothing of a
// request, an answer or a key leaves, a dead collector is nobody's affair, and a reload puts another section in force.
#include "engine_fixture.h"
#include "raw_client.h"
#include "scripted_upstream.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace gateway;
using namespace gateway::test;

namespace {

const QByteArray kMarker = "XYZZYMARKER";

QByteArray ok(const QByteArray& body = "{}")
{
    return "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: " + QByteArray::number(body.size()) +
           "\r\n\r\n" + body;
}

QByteArray chatAnswer()
{
    return ok(
        R"({"id":"c1","object":"chat.completion","created":1,"model":"m-2026-09-01","choices":[{"index":0,)"
        R"("message":{"role":"assistant","content":")" +
        kMarker +
        R"( answered"},"finish_reason":"stop"}],"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18}})");
}

QByteArray exportSection(const QString& collector, const QString& hook)
{
    return "export:\n"
           "  otlp: {endpoint: \"" +
           collector.toUtf8() +
           "\", headers: {authorization: env:SIGNALBOX_TEST_OTEL}, interval: 1s}\n"
           "  webhooks:\n"
           "    - {name: pager, url: \"" +
           hook.toUtf8() +
           "/hook\", secret: env:SIGNALBOX_TEST_HOOK, events: [incident.opened, export.failing, export.recovered]}\n";
}

QString urlOf(const ScriptedUpstream& server)
{
    return QStringLiteral("http://127.0.0.1:%1").arg(server.port());
}

struct World
{
    ScriptedUpstream provider;
    ScriptedUpstream collector;
    ScriptedUpstream hook;
    std::unique_ptr<EmbeddedEngine> engine;
    QList<ReceivedRequest> collected;
    QList<ReceivedRequest> hooked;

    World()
    {
        qputenv("SIGNALBOX_TEST_OTEL", "Bearer otel-key-0123456789");
        qputenv("SIGNALBOX_TEST_HOOK", "hook-secret-0123456789");
        provider.setAnswer({chatAnswer(), Hangup::Stay});
        collector.setAnswer({ok(), Hangup::Stay});
        hook.setAnswer({ok(), Hangup::Stay});
    }
    QByteArray config(const QString& collectorUrl) const
    {
        return oneProviderConfig(urlOf(provider) + QStringLiteral("/v1")) + exportSection(collectorUrl, urlOf(hook));
    }
    QString start()
    {
        engine = std::make_unique<EmbeddedEngine>(config(urlOf(collector)));
        return engine->start();
    }
    void gather()
    {
        collected += collector.takeRequests();
        hooked += hook.takeRequests();
    }
    QJsonArray spans()
    {
        gather();
        QJsonArray all;
        for (const ReceivedRequest& request : std::as_const(collected)) {
            if (!request.head.startsWith("POST /v1/traces"))
                continue;
            const QJsonObject root = QJsonDocument::fromJson(request.body).object();
            for (const QJsonValue& span :
                root.value(QLatin1String("resourceSpans"))[0][QLatin1String("scopeSpans")][0][QLatin1String("spans")]
                    .toArray())
                all.append(span);
        }
        return all;
    }
    QByteArray everything()
    {
        gather();
        QByteArray bytes;
        for (const auto& list : {collected, hooked}) {
            for (const ReceivedRequest& request : list)
                bytes += request.head + request.body;
        }
        return bytes;
    }
    // Answered calls out of `count`, made on threads.
    int call(int count, const QByteArray& headers = {})
    {
        std::atomic<int> answered = 0;
        inThreads(count, [&](int) {
            const RawReply reply =
                rawCall(engine->port(), chatRequest(engine->key(), "fast", false, kMarker + " asked", headers));
            answered += reply.status == 200 && reply.body.contains(kMarker);
        });
        return answered;
    }
    api::ExportStatus status(const char* name) const
    {
        const auto list = waitFor(engine->client().exports());
        for (const api::ExportStatus& one : list ? *list : QVector<api::ExportStatus>()) {
            if (one.name == QLatin1String(name))
                return one;
        }
        return {};
    }
};

} // namespace

class TestExports : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void callsAreTraced();
    void deadCollectorHarmsNobody();
    void reloadPutsAnotherInForce();
    void testFromTheAdminApi();
    void scrapesAreCounted();
    void endSendsTheLastCalls();
};

void TestExports::callsAreTraced()
{
    World w;
    QCOMPARE(w.start(), QString());
    QCOMPARE(w.call(5, "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n"
                       "x-signalbox-user: " +
                           kMarker + "\r\nx-signalbox-feature: " + kMarker + "\r\n"),
        5);
    QTRY_COMPARE_WITH_TIMEOUT(w.spans().size(), 10, 15'000); // a call and its attempt, five times
    int roots = 0;
    for (const QJsonValue& value : w.spans()) {
        const QJsonObject span = value.toObject();
        QCOMPARE(span.value(QLatin1String("traceId")).toString(), QStringLiteral("0af7651916cd43dd8448eb211c80319c"));
        roots += span.value(QLatin1String("parentSpanId")).toString() == QLatin1String("b7ad6b7169203331");
    }
    QCOMPARE(roots, 5);
    const auto hasMetrics = [&] {
        w.gather();
        return std::any_of(w.collected.cbegin(), w.collected.cend(), [](const ReceivedRequest& request) {
            return request.head.startsWith("POST /v1/metrics") && request.body.contains("gen_ai.client.token.usage");
        });
    };
    QTRY_VERIFY_WITH_TIMEOUT(hasMetrics(), 15'000);
    // of a prompt, an answer, a caller's words and our callers' keys: nothing
    QVERIFY(!w.everything().contains(kMarker));
    QVERIFY(!w.everything().contains(w.engine->key()));
    QVERIFY(!w.everything().contains(w.engine->key().mid(12)));
    QVERIFY(w.everything().contains("Bearer otel-key-0123456789")); // the search finds what is there
    QCOMPARE(w.status("otlp-traces").dropped, 0);
}

void TestExports::deadCollectorHarmsNobody()
{
    World w;
    w.collector.setAnswer({{}, Hangup::Reset});
    QCOMPARE(w.start(), QString());
    QCOMPARE(w.call(20), 20);
    QTRY_COMPARE_WITH_TIMEOUT(w.status("otlp-traces").state, QStringLiteral("failing"), 15'000);
    // it is seen: as a part of the engine, and by the pager
    const auto status = waitFor(w.engine->client().status());
    QVERIFY(status.ok());
    QVERIFY(status->ready);
    const auto isPart = [](const api::Part& part) {
        return part.name == QLatin1String("export otlp-traces") && part.health == api::Health::Degraded &&
               !part.detail.isEmpty();
    };
    QVERIFY(std::any_of(status->parts.begin(), status->parts.end(), isPart));
    const auto wasTold = [&](const char* type) {
        w.gather();
        return std::any_of(w.hooked.cbegin(), w.hooked.cend(), [type](const ReceivedRequest& request) {
            return request.body.contains(QByteArray("\"type\":\"") + type + '"') &&
                   request.body.contains("otlp-traces");
        });
    };
    QTRY_VERIFY_WITH_TIMEOUT(wasTold("export.failing"), 15'000);
    QCOMPARE(w.call(20), 20);
    RecordFile record(w.engine->recordDirectory());
    QVERIFY(record.isOpen());
    QCOMPARE(record.callCount(), 40); // the record has every call, whatever the collector does
    w.collector.setAnswer({ok(), Hangup::Stay});
    QTRY_COMPARE_WITH_TIMEOUT(w.status("otlp-traces").sent, 80, 20'000);
    QTRY_VERIFY_WITH_TIMEOUT(wasTold("export.recovered"), 15'000);
    QVERIFY(!w.everything().contains("hook-secret-0123456789"));
}

void TestExports::reloadPutsAnotherInForce()
{
    World w;
    ScriptedUpstream second;
    second.setAnswer({ok(), Hangup::Stay});
    QCOMPARE(w.start(), QString());
    QCOMPARE(w.call(1), 1);
    QTRY_COMPARE_WITH_TIMEOUT(w.spans().size(), 2, 15'000);
    QFile file(w.engine->file(QStringLiteral("signalbox.yaml")));
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    file.write(w.config(urlOf(second)));
    file.close();
    w.engine->gateway().reload();
    QTRY_COMPARE(w.engine->gateway().revision(), 2);
    QCOMPARE(w.call(1), 1);
    QList<ReceivedRequest> moved;
    const auto hasMoved = [&] {
        moved += second.takeRequests();
        return std::any_of(moved.cbegin(), moved.cend(),
            [](const ReceivedRequest& request) { return request.head.startsWith("POST /v1/traces"); });
    };
    QTRY_VERIFY_WITH_TIMEOUT(hasMoved(), 15'000);
    QCOMPARE(w.spans().size(), 2);
    // a section that is wrong changes nothing
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    file.write(oneProviderConfig(urlOf(w.provider)) + "export: {otlp: {endpoint: nowhere}}\n");
    file.close();
    w.engine->gateway().reload();
    QVERIFY(!w.status("otlp-traces").name.isEmpty());
    // and one that is gone ends them
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    file.write(oneProviderConfig(urlOf(w.provider) + QStringLiteral("/v1")));
    file.close();
    w.engine->gateway().reload();
    QTRY_COMPARE(w.engine->gateway().revision(), 3);
    QVERIFY(w.status("otlp-traces").name.isEmpty());
    QCOMPARE(w.call(1), 1);
}

void TestExports::testFromTheAdminApi()
{
    World w;
    QCOMPARE(w.start(), QString());
    const QString why = QStringLiteral("does it work");
    const auto test = waitFor(w.engine->client().testExport(QStringLiteral("pager"), why));
    QVERIFY2(test.ok(), test.ok() ? "" : qPrintable(test.error().message));
    QVERIFY(test->ok);
    w.gather();
    QCOMPARE(w.hooked.size(), 1);
    QVERIFY(w.hooked.at(0).body.contains("\"type\":\"test\""));
    QVERIFY(waitFor(w.engine->client().testExport(QStringLiteral("otlp-traces"), why))->ok);
    QVERIFY(waitFor(w.engine->client().testExport(QStringLiteral("prometheus"), why))->ok);
    QCOMPARE(int(waitFor(w.engine->client().testExport(QStringLiteral("nobody"), why)).error().failure),
        int(api::Failure::NotFound));
}

void TestExports::scrapesAreCounted()
{
    World w;
    QCOMPARE(w.start(), QString());
    QCOMPARE(w.status("prometheus").state, QStringLiteral("waiting"));
    QVERIFY(w.status("prometheus").target.endsWith(QLatin1String("/metrics")));
    QFile token(w.engine->dataDirectory() + QStringLiteral("/admin.token"));
    QVERIFY(token.open(QIODevice::ReadOnly));
    const QByteArray request =
        httpRequest("GET", "/metrics", "authorization: Bearer " + token.readAll().trimmed() + "\r\n", {});
    RawReply reply;
    inThreads(1, [&](int) { reply = rawCall(portOf(w.engine->gateway().adminUrl()), request); });
    QCOMPARE(reply.status, 200);
    QCOMPARE(w.status("prometheus").state, QStringLiteral("ok"));
    QCOMPARE(w.status("prometheus").sent, 1);
    QVERIFY(w.status("prometheus").lastSuccess);
}

void TestExports::endSendsTheLastCalls()
{
    World w;
    QCOMPARE(w.start(), QString());
    QCOMPARE(w.call(3), 3);
    w.engine.reset();
    QCOMPARE(w.spans().size(), 6);
}

QTEST_GUILESS_MAIN(TestExports)
#include "tst_exports.moc"
