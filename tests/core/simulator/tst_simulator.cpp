// The simulated provider against the golden transcripts (shape and key order), its wishes, its profile, and its socket.
#include "simulator/dice.h"
#include "simulator/profile.h"
#include "simulator/simulator.h"
#include "simulator/simulator_server.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTcpSocket>
#include <QTest>

using namespace gateway;
using namespace gateway::simulator;

namespace {

QByteArray golden(const char* name)
{
    QFile file(
        qEnvironmentVariable("SIGNALBOX_SOURCE") + QStringLiteral("/tests/corpus/openai/") + QLatin1String(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// A JSON text with its keys in their order, its values reduced to their kind; the values of words that clients switch
// on are kept. Elements of an array that look alike are one.
class Shape
{
public:
    explicit Shape(const QByteArray& json) : m_json(json) {}
    QByteArray value()
    {
        const char c = m_at < m_json.size() ? m_json[m_at] : '\0';
        if (c == '{')
            return object();
        if (c == '[')
            return array();
        if (c == '"') {
            const QByteArray text = string();
            static const QList<QByteArray> kept{"object", "type", "role", "finish_reason"};
            return kept.contains(m_key) ? text : "s";
        }
        const qsizetype start = m_at;
        while (m_at < m_json.size() && !QByteArrayView(",]}").contains(m_json[m_at]))
            ++m_at;
        const QByteArray word = m_json.mid(start, m_at - start);
        return word == "null" || word == "true" || word == "false" ? word : "0";
    }

private:
    QByteArray string()
    {
        const qsizetype start = m_at++;
        while (m_at < m_json.size() && m_json[m_at] != '"')
            m_at += m_json[m_at] == '\\' ? 2 : 1;
        return m_json.mid(start, ++m_at - start);
    }
    QByteArray object()
    {
        QByteArray out = "{";
        ++m_at;
        while (m_at < m_json.size() && m_json[m_at] != '}') {
            const QByteArray name = string();
            m_key = name.mid(1, name.size() - 2);
            ++m_at; // colon
            out += name + ":" + value();
            if (m_at < m_json.size() && m_json[m_at] == ',') {
                out += ',';
                ++m_at;
            }
        }
        ++m_at;
        return out + "}";
    }
    QByteArray array()
    {
        QList<QByteArray> kinds;
        ++m_at;
        while (m_at < m_json.size() && m_json[m_at] != ']') {
            const QByteArray one = value();
            if (kinds.isEmpty() || kinds.last() != one)
                kinds.append(one);
            if (m_at < m_json.size() && m_json[m_at] == ',')
                ++m_at;
        }
        ++m_at;
        return "[" + kinds.join(',') + "]";
    }
    const QByteArray m_json;
    qsizetype m_at = 0;
    QByteArray m_key;
};

// The shapes of a stream's events, one line each; equal neighbours are one. A tool call's index is kept.
QByteArray streamShape(const QByteArray& sse)
{
    QList<QByteArray> lines;
    for (qsizetype start = 0; start < sse.size();) {
        const qsizetype end = sse.indexOf("\n\n", start);
        if (end < 0)
            return "an event without its end";
        const QByteArray data = sse.mid(start, end - start);
        const QByteArray index = data.contains("\"tool_calls\":[{\"index\":1") ? " #1" : "";
        const QByteArray shape = data == "data: [DONE]" ? data : Shape(data.mid(6)).value() + index;
        if (lines.isEmpty() || lines.last() != shape)
            lines.append(shape);
        start = end + 2;
    }
    return lines.join('\n');
}

QByteArray bodyOf(const Script& script)
{
    const QByteArray wire = script.wire();
    const qsizetype head = wire.indexOf("\r\n\r\n");
    const QByteArray body = wire.mid(head + 4);
    if (!wire.left(head).contains("transfer-encoding"))
        return body;
    QByteArray out;
    for (qsizetype at = 0; at < body.size();) {
        const qsizetype line = body.indexOf("\r\n", at);
        const qint64 size = body.mid(at, line - at).toLongLong(nullptr, 16);
        out += body.mid(line + 2, size);
        at = line + 2 + size + 2;
    }
    return out;
}

SimRequest chat(const QByteArray& model, const QByteArray& more = {}, const QByteArray& prompt = "What do you see?")
{
    SimRequest request;
    request.method = "POST";
    request.path = "/v1/chat/completions";
    request.body =
        "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt + "\"}]" + more + "}";
    return request;
}

const QByteArray kTool =
    ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"get_weather\",\"parameters\":{\"type\":\"object\","
    "\"properties\":{\"city\":{\"type\":\"string\"}}}}}]";

// Reads from a socket until a condition or the peer's close.
QByteArray talk(quint16 port, const QByteArray& bytes, bool* closed = nullptr, const QByteArray& until = {})
{
    QTcpSocket socket;
    socket.connectToHost(QStringLiteral("127.0.0.1"), port);
    socket.write(bytes);
    QByteArray all;
    QDeadlineTimer deadline(10'000);
    while (!deadline.hasExpired() && socket.state() != QAbstractSocket::UnconnectedState &&
           (until.isEmpty() || !all.contains(until))) {
        socket.waitForReadyRead(50);
        all += socket.readAll();
    }
    if (closed)
        *closed = socket.state() == QAbstractSocket::UnconnectedState;
    return all;
}

QByteArray postBytes(const SimRequest& request, const QByteArray& more = {})
{
    return "POST " + request.path + " HTTP/1.1\r\nHost: sim\r\n" + more +
           "Content-Length: " + QByteArray::number(request.body.size()) + "\r\n\r\n" + request.body;
}

} // namespace

class TestSimulator : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void plainLooksLikeOpenAi();
    void streamLooksLikeOpenAi();
    void toolsLookLikeOpenAi();
    void errorsLookLikeOpenAi_data();
    void errorsLookLikeOpenAi();
    void modelsLookLikeOpenAi();
    void sameRequestSameAnswer();
    void forcedToolIsCalled();
    void maxTokensCutsWithLength();
    void badRequestsAreRefused_data();
    void badRequestsAreRefused();
    void latencyFollowsItsQuantiles();
    void errorSharesAreKept();
    void profileIsStrict_data();
    void profileIsStrict();
    void profileIsRead();
    void keyIsRequired();
    void socketServesPipelined();
    void socketCutsAndLedgerKnows();
    void socketResets();
    void socketStalls();
    void callerLeavingIsNoted();

private:
    SystemClock m_clock;
};

void TestSimulator::plainLooksLikeOpenAi()
{
    Simulator simulator(Profile::immediate(), m_clock);
    QCOMPARE(Shape(bodyOf(simulator.answer(chat("sim-x")).script)).value(), Shape(golden("chat_plain.json")).value());
}

void TestSimulator::streamLooksLikeOpenAi()
{
    Simulator simulator(Profile::immediate(), m_clock);
    const Script plain = simulator.answer(chat("sim-x", ",\"stream\":true")).script;
    QCOMPARE(streamShape(bodyOf(plain)), streamShape(golden("chat_stream.sse")));
    const Script counted =
        simulator.answer(chat("sim-x", ",\"stream\":true,\"stream_options\":{\"include_usage\":true}")).script;
    QCOMPARE(streamShape(bodyOf(counted)), streamShape(golden("chat_stream_usage.sse")));
}

void TestSimulator::toolsLookLikeOpenAi()
{
    Simulator simulator(Profile::immediate(), m_clock);
    QCOMPARE(Shape(bodyOf(simulator.answer(chat("sim-tools", kTool)).script)).value(),
        Shape(golden("chat_tool.json")).value());
    const Script stream = simulator.answer(chat("sim-tools", kTool + ",\"stream\":true")).script;
    QCOMPARE(streamShape(bodyOf(stream)), streamShape(golden("chat_stream_tools.sse")));
}

void TestSimulator::errorsLookLikeOpenAi_data()
{
    QTest::addColumn<int>("status");
    for (const int status : {401, 404, 429, 500, 503})
        QTest::addRow("%d", status) << status;
}

void TestSimulator::errorsLookLikeOpenAi()
{
    QFETCH(int, status);
    Simulator simulator(Profile::immediate(), m_clock);
    const Script script = simulator.answer(chat("sim-" + QByteArray::number(status))).script;
    const QByteArray expected = golden(qPrintable(QStringLiteral("error_%1.json").arg(status)));
    QCOMPARE(script.status, status);
    QCOMPARE(Shape(bodyOf(script)).value(), Shape(expected).value());
    const auto code = [](const QByteArray& json) { return QJsonDocument::fromJson(json)[u"error"][u"code"]; };
    QCOMPARE(code(bodyOf(script)), code(expected));
}

void TestSimulator::modelsLookLikeOpenAi()
{
    Simulator simulator(Profile::immediate(), m_clock);
    SimRequest request;
    request.method = "GET";
    request.path = "/v1/models";
    QCOMPARE(Shape(bodyOf(simulator.answer(request).script)).value(), Shape(golden("models.json")).value());
}

void TestSimulator::sameRequestSameAnswer()
{
    ManualClock clock;
    Profile profile;
    profile.seed = 42;
    Simulator first(profile, clock);
    Simulator second(profile, clock);
    second.answer(chat("sim-other")); // another call before it must not matter for what is said
    const auto text = [](const Script& script) {
        return QJsonDocument::fromJson(bodyOf(script))[u"choices"][0][u"message"][u"content"].toString();
    };
    QCOMPARE(text(first.answer(chat("sim-x")).script), text(second.answer(chat("sim-x")).script));
    profile.seed = 43;
    Simulator third(profile, clock);
    QVERIFY(text(first.answer(chat("sim-y")).script) != text(third.answer(chat("sim-y")).script));
}

void TestSimulator::forcedToolIsCalled()
{
    Simulator simulator(Profile::immediate(), m_clock);
    const auto reason = [&](const QByteArray& more, const QByteArray& prompt = "hello") {
        return QJsonDocument::fromJson(
            bodyOf(simulator.answer(chat("m", kTool + more, prompt)).script))[u"choices"][0][u"finish_reason"]
            .toString();
    };
    QCOMPARE(reason(""), QStringLiteral("stop"));
    QCOMPARE(reason(",\"tool_choice\":\"required\""), QStringLiteral("tool_calls"));
    QCOMPARE(reason(",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"get_weather\"}}"),
        QStringLiteral("tool_calls"));
    QCOMPARE(reason("", "use get_weather please"), QStringLiteral("tool_calls"));
    QCOMPARE(reason(",\"tool_choice\":\"none\"", "use get_weather please"), QStringLiteral("stop"));
}

void TestSimulator::maxTokensCutsWithLength()
{
    Simulator simulator(Profile::immediate(), m_clock);
    const QJsonDocument answer =
        QJsonDocument::fromJson(bodyOf(simulator.answer(chat("sim-tokens-50", ",\"max_tokens\":3")).script));
    QCOMPARE(answer[u"choices"][0][u"finish_reason"].toString(), QStringLiteral("length"));
    QCOMPARE(answer[u"usage"][u"completion_tokens"].toInt(), 3);
}

void TestSimulator::badRequestsAreRefused_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("no JSON") << QByteArray("hello");
    QTest::newRow("no model") << QByteArray("{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
    QTest::newRow("no messages") << QByteArray("{\"model\":\"m\"}");
    QTest::newRow("empty messages") << QByteArray("{\"model\":\"m\",\"messages\":[]}");
    QTest::newRow("wrong role") << QByteArray("{\"model\":\"m\",\"messages\":[{\"role\":\"boss\",\"content\":\"x\"}]}");
    QTest::newRow("no tokens") << QByteArray(
        "{\"model\":\"m\",\"max_tokens\":0,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
}

void TestSimulator::badRequestsAreRefused()
{
    QFETCH(QByteArray, body);
    Simulator simulator(Profile::immediate(), m_clock);
    SimRequest request = chat("m");
    request.body = body;
    QCOMPARE(simulator.answer(request).script.status, 400);
}

void TestSimulator::latencyFollowsItsQuantiles()
{
    Dice dice(7);
    const Latency shape{std::chrono::milliseconds(100), std::chrono::milliseconds(300)};
    std::vector<qint64> drawn(20'000);
    for (qint64& one : drawn)
        one = dice.latency(shape).count();
    std::sort(drawn.begin(), drawn.end());
    const double median = double(drawn[drawn.size() / 2]);
    const double p95 = double(drawn[drawn.size() * 95 / 100]);
    QVERIFY2(median > 97'000 && median < 103'000, qPrintable(QString::number(median)));
    QVERIFY2(p95 > 288'000 && p95 < 312'000, qPrintable(QString::number(p95)));
}

void TestSimulator::errorSharesAreKept()
{
    Profile profile = Profile::immediate();
    profile.errorShares = {{429, 0.2}, {500, 0.1}};
    Simulator simulator(profile, m_clock);
    QMap<int, int> seen;
    for (int i = 0; i < 4000; ++i)
        ++seen[simulator.answer(chat("m", {}, QByteArray::number(i))).script.status];
    QVERIFY2(qAbs(seen[429] - 800) < 100 && qAbs(seen[500] - 400) < 80,
        qPrintable(QStringLiteral("%1 %2").arg(seen[429]).arg(seen[500])));
    QCOMPARE(seen[200] + seen[429] + seen[500], 4000);
    QCOMPARE(simulator.ledger().posts(), 4000);
}

void TestSimulator::profileIsStrict_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<QString>("line");
    QTest::newRow("unknown key") << QByteArray("seed: 1\nspeed: 2\n") << QStringLiteral("line 2");
    QTest::newRow("unknown inner key") << QByteArray("first_byte:\n  mean: 1ms\n") << QStringLiteral("line 2");
    QTest::newRow("no unit") << QByteArray("first_byte: {median: 100, p95: 200ms}\n") << QStringLiteral("line 1");
    QTest::newRow("share above one") << QByteArray("errors: {429: 1.5}\n") << QStringLiteral("line 1");
    QTest::newRow("no status") << QByteArray("errors: {200: 0.5}\n") << QStringLiteral("line 1");
    QTest::newRow("half a key of AWS") << QByteArray("aws: {access_key: AKIA}\n") << QStringLiteral("secret_key");
    QTest::newRow("no YAML") << QByteArray("seed: [1\n") << QStringLiteral("line");
    QTest::newRow("max below min") << QByteArray("answer_tokens: {min: 9, max: 3}\n")
                                   << QStringLiteral("answer_tokens");
}

void TestSimulator::profileIsStrict()
{
    QFETCH(QByteArray, yaml);
    QFETCH(QString, line);
    const auto profile = parseProfile(yaml, QStringLiteral("p.yaml"));
    QVERIFY(!profile);
    QVERIFY2(profile.error().message.contains(line) && profile.error().message.contains(QLatin1String("p.yaml")),
        qPrintable(profile.error().message));
}

void TestSimulator::profileIsRead()
{
    const auto profile = parseProfile(
        "seed: 7\nfirst_byte: {median: 20ms, p95: 2s}\ntokens_per_second: 12.5\nanswer_tokens: {min: 3, max: 4}\n"
        "errors: {429: 0.01, 503: 0.5}\nretry_after: 3s\nstreams: {cut: 0.1, stall: 0.2}\nmodels: [a, b]\nkey: sk-1\n"
        "aws: {access_key: AKIA, secret_key: s}\n",
        QStringLiteral("p.yaml"));
    QVERIFY2(profile.ok(), profile.ok() ? "" : qPrintable(profile.error().message));
    QCOMPARE(profile->seed, quint64(7));
    QCOMPARE(profile->firstByte.p95.count(), 2'000'000);
    QCOMPARE(profile->tokensPerSecond, 12.5);
    QCOMPARE(profile->errorShares.value(503), 0.5);
    QCOMPARE(profile->retryAfter->count(), 3);
    QCOMPARE(profile->stallShare, 0.2);
    QCOMPARE(profile->models.size(), 2);
    QCOMPARE(profile->requiredKey, QByteArray("sk-1"));
    QCOMPARE(profile->awsSecretKey, QByteArray("s"));
}

void TestSimulator::keyIsRequired()
{
    Profile profile = Profile::immediate();
    profile.requiredKey = "sk-right";
    Simulator simulator(profile, m_clock);
    SimRequest request = chat("m");
    QCOMPARE(simulator.answer(request).script.status, 401);
    request.headers.emplaceBack("authorization", "Bearer sk-right");
    QCOMPARE(simulator.answer(request).script.status, 200);
}

void TestSimulator::socketServesPipelined()
{
    SimulatorServer server(Profile::immediate());
    QVERIFY(server.listen(QStringLiteral("127.0.0.1"), 0));
    const QByteArray one = postBytes(chat("sim-tokens-2"), "X-Request-Id: call-1\r\n");
    bool closed = false;
    const QByteArray answer =
        talk(server.port(), one + one + "GET /healthz HTTP/1.1\r\nHost: sim\r\nConnection: close\r\n\r\n", &closed);
    QCOMPARE(answer.count("HTTP/1.1 200 OK"), 3);
    QVERIFY(closed);
    QCOMPARE(server.ledger().toJson()[u"by_request_id"][u"call-1"].toInt(), 2);
}

void TestSimulator::socketCutsAndLedgerKnows()
{
    SimulatorServer server(Profile::immediate());
    QVERIFY(server.listen(QStringLiteral("127.0.0.1"), 0));
    bool closed = false;
    const QByteArray answer = talk(server.port(), postBytes(chat("sim-cut-2", ",\"stream\":true")), &closed);
    QVERIFY(closed);
    QCOMPARE(answer.count("data: "), 2);
    QVERIFY(!answer.contains("[DONE]") && !answer.endsWith("0\r\n\r\n"));
    QTRY_COMPARE(server.ledger().toJson()[u"entries"][0][u"ended"].toString(), QStringLiteral("cut"));
    QCOMPARE(server.ledger().toJson()[u"entries"][0][u"bytes_sent"].toInt(), int(answer.size()));
}

void TestSimulator::socketResets()
{
    SimulatorServer server(Profile::immediate());
    QVERIFY(server.listen(QStringLiteral("127.0.0.1"), 0));
    QTcpSocket socket;
    socket.connectToHost(QStringLiteral("127.0.0.1"), server.port());
    socket.write(postBytes(chat("sim-reset-2", ",\"stream\":true")));
    QTRY_COMPARE(socket.state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(socket.error(), QAbstractSocket::RemoteHostClosedError);
    QTRY_COMPARE(server.ledger().toJson()[u"entries"][0][u"ended"].toString(), QStringLiteral("cut"));
}

void TestSimulator::socketStalls()
{
    SimulatorServer server(Profile::immediate());
    QVERIFY(server.listen(QStringLiteral("127.0.0.1"), 0));
    bool closed = false;
    const QByteArray answer =
        talk(server.port(), postBytes(chat("sim-stall-1", ",\"stream\":true")), &closed, "\n\n\r\n");
    QVERIFY(!closed);
    QCOMPARE(answer.count("data: "), 1);
    QTRY_COMPARE(server.ledger().toJson()[u"entries"][0][u"ended"].toString(), QStringLiteral("stalled"));
}

void TestSimulator::callerLeavingIsNoted()
{
    SimulatorServer server(Profile::immediate());
    QVERIFY(server.listen(QStringLiteral("127.0.0.1"), 0));
    talk(server.port(), postBytes(chat("sim-tokens-500-rate-50", ",\"stream\":true")), nullptr, "data: ");
    QTRY_COMPARE(server.ledger().toJson()[u"entries"][0][u"ended"].toString(), QStringLiteral("peer_left"));
}

QTEST_GUILESS_MAIN(TestSimulator)
#include "tst_simulator.moc"
