// Every way a call can end leaves exactly one record that tells the truth, and tells the caller in its own dialect. One
// row per exit path; a real engine, the simulated provider on its own socket, a raw client.
#include "engine_fixture.h"
#include "raw_client.h"

#include "transform/json_view.h"

#include <QTcpSocket>
#include <QTest>

using namespace gateway;
using namespace gateway::test;

namespace {

struct Path
{
    const char* name;
    const char* model; // of the simulated provider
    bool stream;
    int status; // towards the caller
    const char* outcome;
    const char* error;
    const char* streamEnd;
    const char* callerSees; // must stand in the body
};

constexpr Path kPaths[] = {
    {"answered", "sim-fast", false, 200, "answered", "", "none", "chat.completion"},
    {"answered-stream", "sim-fast", true, 200, "answered", "", "complete", "data: [DONE]"},
    {"tool-call", "sim-tool-fast", true, 200, "answered", "", "complete", "tool_calls"},
    {"no-usage", "sim-nousage-fast", true, 200, "answered", "", "complete", "data: [DONE]"},
    {"throttled", "sim-429-fast", false, 429, "failed", "provider_throttled", "none", "rate_limit_exceeded"},
    {"throttled-stream", "sim-429-fast", true, 429, "failed", "provider_throttled", "none", "rate_limit_exceeded"},
    {"overloaded", "sim-529-fast", false, 503, "failed", "provider_overloaded", "none", "server_is_overloaded"},
    {"server-error", "sim-500-fast", false, 502, "failed", "provider_unavailable", "none", "provider_unavailable"},
    {"key-refused", "sim-401-fast", false, 502, "failed", "provider_auth", "none", "provider_auth"},
    {"web-page", "sim-html-fast", false, 502, "failed", "transform_error", "none", "transform_error"},
    {"web-page-stream", "sim-html-fast", true, 502, "failed", "transform_error", "none", "transform_error"},
    {"cut-plain", "sim-cut-20-fast", false, 502, "failed", "provider_unavailable", "none", "provider_unavailable"},
    {"cut-before-content", "sim-cut-0-fast", true, 502, "failed", "stream_truncated", "truncated", "stream_truncated"},
    {"cut-stream", "sim-cut-5-fast", true, 200, "truncated", "stream_truncated", "truncated", "\"error\""},
    {"reset-stream", "sim-reset-5-fast", true, 200, "truncated", "stream_truncated", "truncated", "\"error\""},
    {"no-end-mark", "sim-nodone-fast", true, 200, "truncated", "stream_truncated", "truncated", "\"error\""},
    {"error-event", "sim-error-5-fast", true, 200, "truncated", "provider_unavailable", "truncated", "\"error\""},
    {"bad-chunk", "sim-badchunk-5-fast", true, 200, "truncated", "transform_error", "truncated", "\"error\""},
    {"stall", "sim-stall-5-fast", true, 200, "truncated", "stream_truncated", "stalled", "\"error\""},
    {"silent", "sim-first-60000", false, 504, "failed", "provider_unavailable", "none", "provider_unavailable"},
};

QByteArray exitConfig()
{
    QByteArray text = "signalbox: 1\n"
                      "providers:\n"
                      "  - {name: sim, kind: simulator, region: local, timeouts: {connect: 2s, first_byte: 1s, idle: "
                      "1s, total: 20s}}\n"
                      "  - {name: nobody, kind: openai-compatible, base_url: 'http://127.0.0.1:9/v1', region: local}\n"
                      "zones:\n"
                      "  - {name: elsewhere, regions: [mars], retention: any}\n"
                      "  - {name: home, regions: [local, mars], retention: any}\n"
                      "aliases:\n";
    for (const Path& path : kPaths)
        text += QByteArray("  - {name: ") + path.name + ", candidates: [{provider: sim, model: " + path.model +
                ", weight: 1}]}\n";
    text += "  - {name: refused-connection, candidates: [{provider: nobody, model: m, weight: 1}]}\n"
            "  - {name: slow, candidates: [{provider: sim, model: sim-rate-5-tokens-200, weight: 1}]}\n"
            "tenants:\n"
            "  - {name: acme, zone: home}\n"
            "  - {name: faraway, zone: elsewhere}\n";
    return text;
}

} // namespace

class TestExitPaths : public QObject
{
    Q_OBJECT

    std::unique_ptr<EmbeddedEngine> m_engine;

    RawReply call(const QByteArray& alias, bool stream, const QByteArray& headers = {})
    {
        RawReply reply;
        // a model calls a tool only when it is offered one
        const QByteArray fields =
            alias == "tool-call"
                ? QByteArray(
                      R"(,"tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object"}}}])")
                : QByteArray();
        QThread* caller = QThread::create([&] {
            reply = rawCall(m_engine->port(), chatRequest(m_engine->key(), alias, stream, "hello", headers, fields));
        });
        caller->start();
        while (!caller->wait(5))
            QCoreApplication::processEvents();
        delete caller;
        return reply;
    }
    RecordedCall onlyRecord(const QByteArray& id)
    {
        const QList<RecordedCall> calls = RecordFile(m_engine->recordDirectory()).calls(QString::fromLatin1(id));
        return calls.size() == 1 ? calls.first()
                                 : RecordedCall{QStringLiteral("there are %1").arg(calls.size()), {}, {}, {}, 0, 0};
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_engine = std::make_unique<EmbeddedEngine>(exitConfig());
        QCOMPARE(m_engine->start(), QString());
    }

    void path_data()
    {
        QTest::addColumn<int>("row");
        for (int i = 0; i < int(std::size(kPaths)); ++i)
            QTest::newRow(kPaths[i].name) << i;
    }
    void path()
    {
        QFETCH(int, row);
        const Path& expected = kPaths[row];
        const RawReply reply = call(expected.name, expected.stream);
        QVERIFY2(reply.complete, reply.head + reply.body);
        QCOMPARE(reply.status, expected.status);
        QVERIFY2(reply.body.contains(expected.callerSees), reply.body);
        const bool done = reply.body.contains("data: [DONE]");
        QCOMPARE(done, expected.stream && QByteArray(expected.outcome) == "answered");
        if (expected.status != 200)
            QVERIFY(!transform::JsonText::parse(reply.body).error);

        // the caller has its last byte, so the record is on disk already: no waiting here
        const RecordedCall record = onlyRecord(reply.header("x-request-id"));
        QCOMPARE(record.id.toLatin1(), reply.header("x-request-id"));
        QCOMPARE(record.outcome, QString::fromLatin1(expected.outcome));
        QCOMPARE(record.error, QString::fromLatin1(expected.error));
        QCOMPARE(record.stream, QString::fromLatin1(expected.streamEnd));
        QCOMPARE(record.httpStatus, expected.status);
        QVERIFY2(record.attempts >= 1 && record.attempts <= 3, "more repetitions than allowed"); // see tst_failures
        QCOMPARE(reply.header("request-id"), reply.header("x-request-id"));
    }

    void refusals_data()
    {
        QTest::addColumn<QByteArray>("alias");
        QTest::addColumn<QByteArray>("headers");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("error");
        QTest::newRow("alias unknown") << QByteArray("nothing") << QByteArray() << 404
                                       << QStringLiteral("alias_unknown");
        QTest::newRow("other tenant") << QByteArray("answered") << QByteArray("x-signalbox-tenant: other\r\n") << 403
                                      << QStringLiteral("tenant_mismatch");
        QTest::newRow("bad class") << QByteArray("answered") << QByteArray("x-signalbox-workload-class: urgent\r\n")
                                   << 400 << QStringLiteral("invalid_request");
        QTest::newRow("zone tightened to nobody")
            << QByteArray("answered") << QByteArray("x-signalbox-zone: elsewhere\r\n") << 403
            << QStringLiteral("no_route_in_zone");
        QTest::newRow("zone unknown") << QByteArray("answered") << QByteArray("x-signalbox-zone: nowhere\r\n") << 403
                                      << QStringLiteral("no_route_in_zone");
    }
    void refusals()
    {
        QFETCH(QByteArray, alias);
        QFETCH(QByteArray, headers);
        const RawReply reply = call(alias, false, headers);
        QTEST(reply.status, "status");
        const RecordedCall record = onlyRecord(reply.header("x-request-id"));
        QCOMPARE(record.outcome, QStringLiteral("refused"));
        QTEST(record.error, "error");
        QCOMPARE(record.attempts, 0);
    }

    void connectionRefused()
    {
        const RawReply reply = call("refused-connection", false);
        QCOMPARE(reply.status, 502);
        QCOMPARE(onlyRecord(reply.header("x-request-id")).error, QStringLiteral("provider_unavailable"));
    }

    // Without a credential there is no call, hence no record, whatever the body says.
    void noCredential()
    {
        const qint64 before = RecordFile(m_engine->recordDirectory()).callCount();
        QThread* caller = QThread::create([&] {
            const RawReply reply = rawCall(m_engine->port(), chatRequest("sbx_none_none", "answered", false, "x"));
            if (reply.status != 401)
                qFatal("a wrong key was answered with %d", reply.status);
        });
        caller->start();
        while (!caller->wait(5))
            QCoreApplication::processEvents();
        delete caller;
        QCOMPARE(RecordFile(m_engine->recordDirectory()).callCount(), before);
    }

    // The caller leaves in the middle of a stream: cancelled, with what it had been sent counted.
    void callerLeaves()
    {
        const qint64 before = RecordFile(m_engine->recordDirectory()).callCount();
        QTcpSocket socket;
        socket.connectToHost(QStringLiteral("127.0.0.1"), m_engine->port());
        QVERIFY(socket.waitForConnected(5000));
        socket.write(chatRequest(m_engine->key(), "slow", true, "hello"));
        QByteArray got;
        QTRY_VERIFY_WITH_TIMEOUT((got += socket.readAll(), got.count("data: ") >= 3), 15000);
        const qsizetype at = got.indexOf("x-request-id: ") + 14;
        const QByteArray id = got.mid(at, got.indexOf('\r', at) - at);
        socket.abort();
        QTRY_COMPARE_WITH_TIMEOUT(RecordFile(m_engine->recordDirectory()).callCount(), before + 1, 10000);
        const RecordedCall record = onlyRecord(id);
        QCOMPARE(record.outcome, QStringLiteral("cancelled"));
        QCOMPARE(record.error, QStringLiteral("client_closed"));
        QCOMPARE(record.stream, QStringLiteral("cancelled"));
    }

    // 500 calls at once on both workers: as many records, no two alike.
    void manyAtOnce()
    {
        const qint64 before = RecordFile(m_engine->recordDirectory()).callCount();
        constexpr int threads = 10;
        constexpr int each = 50;
        std::atomic<int> answered = 0;
        std::vector<std::unique_ptr<QThread>> callers;
        for (int i = 0; i < threads; ++i) {
            callers.emplace_back(QThread::create([&, i] {
                for (int n = 0; n < each; ++n) {
                    const bool stream = (i + n) % 2 == 0;
                    const RawReply reply = rawCall(m_engine->port(),
                        chatRequest(m_engine->key(), stream ? "answered-stream" : "answered", stream, "x"));
                    answered += reply.complete && reply.status == 200;
                }
            }));
            callers.back()->start();
        }
        for (const auto& caller : callers) {
            while (!caller->wait(5))
                QCoreApplication::processEvents();
        }
        QCOMPARE(answered.load(), threads * each);
        QCOMPARE(RecordFile(m_engine->recordDirectory()).callCount(), before + threads * each);
        QCOMPARE(RecordFile(m_engine->recordDirectory()).integrity(), QStringLiteral("ok"));
    }
};

QTEST_GUILESS_MAIN(TestExitPaths)
#include "tst_exit_paths.moc"
