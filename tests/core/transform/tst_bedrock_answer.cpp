// What Bedrock answers: whole answers, streams cut into single bytes, usage, stop reasons, errors and exceptions.
#include "dialect_fixture.h"

#include "transform/providers/bedrock.h"

#include <QTest>
#include <QtEndian>

#include <zlib.h>

using namespace gateway;
using namespace gateway::transform;
using namespace gateway::transform::test;

namespace {

QByteArray u32(quint32 value)
{
    QByteArray out(4, '\0');
    qToBigEndian(value, out.data());
    return out;
}

QByteArray crc(const QByteArray& bytes)
{
    return u32(quint32(crc32(0, reinterpret_cast<const Bytef*>(bytes.constData()), uInt(bytes.size()))));
}

QByteArray header(const QByteArray& name, const QByteArray& value)
{
    return char(name.size()) + name + '\7' + char(value.size() >> 8) + char(value.size() & 0xff) + value;
}

QByteArray frame(const QByteArray& type, const QByteArray& payload, const QByteArray& message = "event")
{
    const QByteArray headers = header(message == "event" ? ":event-type" : ":exception-type", type) +
                               header(":content-type", "application/json") + header(":message-type", message);
    QByteArray out = u32(quint32(16 + headers.size() + payload.size())) + u32(quint32(headers.size()));
    out += crc(out);
    out += headers + payload;
    return out + crc(out);
}

const QByteArray kStart = frame("messageStart", R"({"p":"abc","role":"assistant"})");
const QByteArray kText = frame("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"text":"Hi"}})") +
                         frame("contentBlockStop", R"({"contentBlockIndex":0})");
const QByteArray kStop = frame("messageStop", R"({"stopReason":"end_turn"})");
const QByteArray kUsage = frame("metadata",
    R"({"metrics":{"latencyMs":1},"usage":{"inputTokens":10,"outputTokens":5,"totalTokens":15,"cacheReadInputTokens":3}})");

Streamed streamed(const QByteArray& bytes, qsizetype piece = 1 << 20)
{
    Asked bench(config::ProviderKind::Bedrock, "us.anthropic.claude-opus-5-v1:0");
    return stream(bedrockProvider(), bench, bytes, piece);
}

std::variant<Answer, CallError> answered(const QByteArray& body, Operation operation = Operation::Generate)
{
    Asked bench(config::ProviderKind::Bedrock, "us.anthropic.claude-opus-5-v1:0");
    return bedrockProvider().readAnswer(operation, body, bench.target());
}

} // namespace

class TestBedrockAnswer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whole();
    void badAnswers_data();
    void badAnswers();
    void usage_data();
    void usage();
    void stopReasons_data();
    void stopReasons();
    void countTokens();
    void fullStream();
    void cutAnywhere();
    void endings();
    void serverTools();
    void badStreams_data();
    void badStreams();
    void exceptions_data();
    void exceptions();
    void errors_data();
    void errors();
};

void TestBedrockAnswer::whole()
{
    const auto result = answered(
        R"({"metrics":{"latencyMs":1},"output":{"message":{"role":"assistant","content":[)"
        R"({"reasoningContent":{"reasoningText":{"text":"hm","signature":"c2ln"}}},)"
        R"({"reasoningContent":{"redactedContent":"b3A="}},{"text":"Hi"},)"
        R"({"citationsContent":{"content":[{"text":"from "},{"text":"there"}],"citations":[{}]}},)"
        R"({"toolUse":{"toolUseId":"s1","name":"web","input":{},"type":"server_tool_use"}},{"novelty":{}},)"
        R"({"image":{"format":"png","source":{"bytes":"QUJD"}}},)"
        R"({"toolUse":{"toolUseId":"t1","name":"f","input":{"z":1,"a":12345678901234567890.0}}}]}},)"
        R"("stopReason":"end_turn","serviceTier":{"type":"flex"},)"
        R"("trace":{"promptRouter":{"invokedModelId":"arn:x"}},"usage":{"inputTokens":7,"outputTokens":2,"totalTokens":9}})");
    QVERIFY(std::holds_alternative<Answer>(result));
    const Answer& answer = std::get<Answer>(result);
    QCOMPARE(describe(answer.parts), QByteArray("thinking hm c2ln\nthinking b3A= redacted\ntext Hi\ntext from there\n"
                                                "image QUJD\ncall t1 f {\"z\":1,\"a\":12345678901234567890.0}\n"));
    QCOMPARE(answer.parts[0].signer, Signer::Bedrock);
    QCOMPARE(answer.parts[4].mediaType, QByteArray("image/png"));
    QCOMPARE(answer.facts.finishReason, QStringLiteral("end_turn"));
    QCOMPARE(answer.facts.stop, StopReason::ToolUse); // promoted: wire.md 9.3
    QCOMPARE(answer.facts.serviceTier, QByteArray("flex"));
    QCOMPARE(answer.facts.model, QStringLiteral("arn:x"));
    QCOMPARE(answer.facts.tokens.input(), 7);
    QCOMPARE(answer.facts.tokens.output(), 2);
}

void TestBedrockAnswer::badAnswers_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("code");
    QTest::newRow("empty") << QByteArray() << QByteArray("transform_error");
    QTest::newRow("a list") << QByteArray("[]") << QByteArray("transform_error");
    QTest::newRow("no output") << QByteArray("{}") << QByteArray("transform_error");
    QTest::newRow("output is a text") << QByteArray(R"({"output":"x"})") << QByteArray("transform_error");
    QTest::newRow("cut") << QByteArray(R"({"output":{"message":{"content":[{"te)") << QByteArray("transform_error");
    QTest::newRow("an error inside a 200")
        << QByteArray(R"({"__type":"com.amazon#ThrottlingException","message":"slow"})")
        << QByteArray("provider_throttled");
    QTest::newRow("malformed") << QByteArray(
                                      R"({"output":{"message":{"content":[]}},"stopReason":"malformed_tool_use"})")
                               << QByteArray("provider_unavailable");
}

void TestBedrockAnswer::badAnswers()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, code);
    const auto result = answered(body);
    QVERIFY(std::holds_alternative<CallError>(result));
    QCOMPARE(QByteArray(api::facts(std::get<CallError>(result).code).name), code);
}

void TestBedrockAnswer::usage_data()
{
    QTest::addColumn<QByteArray>("usage");
    QTest::addColumn<QList<qint64>>("buckets"); // uncached, read, 5m, 1h, out
    QTest::newRow("plain") << QByteArray(R"({"inputTokens":10,"outputTokens":5,"totalTokens":15})")
                           << QList<qint64>{10, 0, 0, 0, 5};
    QTest::newRow("cached, not inside input")
        << QByteArray(R"({"inputTokens":10,"outputTokens":5,"cacheReadInputTokens":100,"cacheWriteInputTokens":50})")
        << QList<qint64>{10, 100, 50, 0, 5};
    QTest::newRow("by life") << QByteArray(
                                    R"({"inputTokens":1,"outputTokens":2,"cacheWriteInputTokens":50,)"
                                    R"("cacheDetails":[{"ttl":"1h","inputTokens":30},{"ttl":"5m","inputTokens":20}]})")
                             << QList<qint64>{1, 0, 20, 30, 2};
    QTest::newRow("details that exceed the sum")
        << QByteArray(R"({"inputTokens":1,"cacheWriteInputTokens":5,"cacheDetails":[{"ttl":"1h","inputTokens":9}]})")
        << QList<qint64>{1, 0, 0, 5, 0};
    QTest::newRow("absurd") << QByteArray(R"({"inputTokens":-5,"outputTokens":9e99,"cacheReadInputTokens":"7"})")
                            << QList<qint64>{0, 0, 0, 0, 0};
}

void TestBedrockAnswer::usage()
{
    QFETCH(QByteArray, usage);
    QFETCH(QList<qint64>, buckets);
    const auto result =
        answered(R"({"output":{"message":{"content":[]}},"stopReason":"end_turn","usage":)" + usage + '}');
    const api::Tokens tokens = std::get<Answer>(result).facts.tokens;
    QCOMPARE((QList<qint64>{
                 tokens.inUncached, tokens.inCacheRead, tokens.inCacheWrite5m, tokens.inCacheWrite1h, tokens.outText}),
        buckets);
    QCOMPARE(tokens.source, api::TokenSource::Reported);
    const auto none = answered(R"({"output":{"message":{"content":[]}},"stopReason":"end_turn"})");
    QCOMPARE(std::get<Answer>(none).facts.tokens.source, api::TokenSource::None);
}

void TestBedrockAnswer::stopReasons_data()
{
    QTest::addColumn<QByteArray>("word");
    QTest::addColumn<bool>("called");
    QTest::addColumn<int>("reason");
    const auto row = [](const char* word, bool called, StopReason reason) {
        QTest::newRow(called ? QByteArray(word) + " and a call" : QByteArray(word))
            << QByteArray(word) << called << int(reason);
    };
    row("end_turn", false, StopReason::Stop);
    row("end_turn", true, StopReason::ToolUse);
    row("tool_use", true, StopReason::ToolUse);
    row("max_tokens", true, StopReason::Length);
    row("stop_sequence", false, StopReason::StopSequence);
    row("content_filtered", false, StopReason::Safety);
    row("guardrail_intervened", true, StopReason::Safety);
    row("model_context_window_exceeded", false, StopReason::ContextFull);
    row("something_new", false, StopReason::Stop);
    row("malformed_model_output", false, StopReason::ModelError);
}

void TestBedrockAnswer::stopReasons()
{
    QFETCH(QByteArray, word);
    QFETCH(bool, called);
    QFETCH(int, reason);
    const QByteArray content = called ? R"({"toolUse":{"toolUseId":"t","name":"f","input":{}}})" : R"({"text":"x"})";
    const auto result =
        answered(R"({"output":{"message":{"content":[)" + content + R"(]}},"stopReason":")" + word + "\"}");
    const Streamed live = streamed(
        kStart + (called ? frame("contentBlockStart", R"({"contentBlockIndex":0,"start":)" + content + '}') : kText) +
        frame("messageStop", R"({"stopReason":")" + word + "\"}") + kUsage);
    QCOMPARE(int(live.facts.stop), reason);
    QCOMPARE(live.facts.finishReason, QString::fromUtf8(word));
    if (StopReason(reason) == StopReason::ModelError) {
        QCOMPARE(live.end, QByteArray("error provider_unavailable"));
        QVERIFY(std::get<CallError>(result).text().contains(QString::fromUtf8(word)));
    } else {
        QCOMPARE(live.end, QByteArray("ended"));
        QCOMPARE(int(std::get<Answer>(result).facts.stop), reason);
    }
}

void TestBedrockAnswer::countTokens()
{
    const auto good = answered(R"({"inputTokens":42})", Operation::CountTokens);
    QCOMPARE(std::get<Answer>(good).countedTokens.value_or(0), 42);
    QVERIFY(std::holds_alternative<CallError>(answered("{}", Operation::CountTokens)));
}

void TestBedrockAnswer::fullStream()
{
    const QByteArray bytes =
        kStart + frame("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"h"}}})") +
        frame("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"m"}}})") +
        frame("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"c2ln"}}})") +
        frame("contentBlockStop", R"({"contentBlockIndex":0})") +
        frame(
            "contentBlockDelta", R"({"contentBlockIndex":1,"delta":{"reasoningContent":{"redactedContent":"b3A="}}})") +
        frame("contentBlockStop", R"({"contentBlockIndex":1})") +
        frame("contentBlockStart", R"({"contentBlockIndex":2,"start":{}})") +
        frame("contentBlockDelta", "{\"contentBlockIndex\":2,\"delta\":{\"text\":\"Gr\xc3\xbc\"}}") +
        frame("contentBlockDelta", R"({"contentBlockIndex":2,"delta":{"citation":{"title":"x"}}})") +
        frame("contentBlockDelta", R"({"contentBlockIndex":2,"delta":{"text":"n"}})") +
        frame(
            "contentBlockDelta", R"({"contentBlockIndex":3,"delta":{"text":"blue"}})") + // no start, and no stop before
        frame("contentBlockStop", R"({"contentBlockIndex":3})") +
        frame(
            "contentBlockStart", R"({"contentBlockIndex":4,"start":{"toolUse":{"toolUseId":"t1","name":"f","p":1}}})") +
        frame("contentBlockDelta", R"({"contentBlockIndex":4,"delta":{"toolUse":{"input":"{\"a\""}}})") +
        frame("contentBlockDelta", R"({"contentBlockIndex":4,"delta":{"toolUse":{"input":":1}"}}})") +
        frame("contentBlockStop", R"({"contentBlockIndex":4})") + frame("somethingNew", "{}") +
        frame("contentBlockStart", R"({"contentBlockIndex":5,"start":{"toolUse":{"toolUseId":"t2","name":"g"}}})") +
        frame("contentBlockStop", R"({"contentBlockIndex":5})") + kStop + kUsage;
    const QByteArray expected = "begin  \n0 begin thinking\n0 + h\n0 + m\n0 signature c2ln\n0 end\n"
                                "1 begin thinking redacted\n1 signature b3A=\n1 end\n"
                                "2 begin text\n2 + Gr\xc3\xbc\n2 + n\n2 end\n3 begin text\n3 + blue\n3 end\n"
                                "4 begin call t1 f\n4 + {\"a\"\n4 + :1}\n4 end\n5 begin call t2 g\n5 end\n";
    for (const qsizetype piece : {qsizetype(1), qsizetype(17), bytes.size()}) {
        const Streamed got = streamed(bytes, piece);
        QCOMPARE(got.events, expected);
        QCOMPARE(got.end, QByteArray("ended"));
        QCOMPARE(got.facts.stop, StopReason::ToolUse);
        QCOMPARE(got.facts.tokens.inUncached, 10);
        QCOMPARE(got.facts.tokens.inCacheRead, 3);
        QCOMPARE(got.facts.tokens.outText, 5);
        QVERIFY(got.contentEvents >= 8);
    }
}

// wire.md 9.8: a stream that is cut anywhere before its usage is not made into a success.
void TestBedrockAnswer::cutAnywhere()
{
    const QByteArray bytes = kStart + kText + kStop + kUsage;
    for (qsizetype length = 1; length < bytes.size(); ++length)
        QCOMPARE(streamed(bytes.left(length)).end, QByteArray("cut"));
    QCOMPARE(streamed(bytes).end, QByteArray("ended"));
}

void TestBedrockAnswer::endings()
{
    // usage before the stop
    Streamed got = streamed(kStart + kText + kUsage + kStop);
    QCOMPARE(got.end, QByteArray("ended"));
    QCOMPARE(got.facts.tokens.inUncached, 10);
    // no usage at all: what it cost would be a guess
    got = streamed(kStart + kText + kStop);
    QCOMPARE(got.end, QByteArray("cut"));
    QCOMPARE(got.facts.tokens.source, api::TokenSource::None);
    // metadata alone ends nothing
    QCOMPARE(streamed(kStart + kText + kUsage).end, QByteArray("cut"));
    // a stop that gives no reason is none
    QCOMPARE(streamed(kStart + kText + frame("messageStop", "{}")).end, QByteArray("cut"));
    // a part that was never closed is closed by the stop
    got = streamed(kStart + frame("contentBlockDelta", R"({"delta":{"text":"a"}})") + kStop);
    QCOMPARE(got.events, QByteArray("begin  \n0 begin text\n0 + a\n0 end\n"));
}

// Tools that Bedrock runs itself are not the caller's to answer.
void TestBedrockAnswer::serverTools()
{
    const Streamed got = streamed(
        kStart +
        frame("contentBlockStart",
            R"({"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"s","name":"web","type":"server_tool_use"}}})") +
        frame("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"toolUse":{"input":"{}"}}})") +
        frame("contentBlockStop", R"({"contentBlockIndex":0})") +
        frame("contentBlockStart", R"({"contentBlockIndex":1,"start":{"toolResult":{"toolUseId":"s"}}})") +
        frame("contentBlockDelta", R"({"contentBlockIndex":1,"delta":{"toolResult":[{"text":"found"}]}})") +
        frame("contentBlockStop", R"({"contentBlockIndex":1})") +
        frame("contentBlockDelta", R"({"contentBlockIndex":2,"delta":{"text":"ok"}})") + kStop + kUsage);
    QCOMPARE(got.events, QByteArray("begin  \n0 begin text\n0 + ok\n0 end\n"));
    QCOMPARE(got.facts.stop, StopReason::Stop);
}

void TestBedrockAnswer::badStreams_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("end");
    QTest::newRow("not JSON") << kStart + frame("contentBlockDelta", "{\"delta\"")
                              << QByteArray("error transform_error");
    QTest::newRow("a list") << kStart + frame("contentBlockDelta", "[]") << QByteArray("error transform_error");
    QTest::newRow("arguments without a call")
        << kStart + frame("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"toolUse":{"input":"{"}}})")
        << QByteArray("error transform_error");
    QTest::newRow("arguments after their call")
        << kStart +
               frame(
                   "contentBlockStart", R"({"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"t","name":"f"}}})") +
               frame("contentBlockStop", R"({"contentBlockIndex":0})") +
               frame("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"toolUse":{"input":"{"}}})")
        << QByteArray("error transform_error");
    QTest::newRow("wrong types") << kStart + frame("contentBlockDelta", R"({"contentBlockIndex":"x","delta":7})") +
                                        frame("contentBlockStart", R"({"start":[]})") +
                                        frame("metadata", R"({"usage":1})")
                                 << QByteArray("cut");
    QTest::newRow("an image") << kStart + frame("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"image":{}}})")
                              << QByteArray("error transform_error");
    QByteArray flipped = kStart + kText;
    flipped[flipped.size() - 6] = char(flipped[flipped.size() - 6] ^ 1);
    QTest::newRow("a checksum is wrong") << flipped << QByteArray("broken");
    QTest::newRow("not frames at all") << QByteArray("{\"message\":\"no\"}") << QByteArray("broken");
}

void TestBedrockAnswer::badStreams()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, end);
    QCOMPARE(streamed(bytes).end, end);
    QCOMPARE(streamed(bytes, 1).end, end);
}

void TestBedrockAnswer::exceptions_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<bool>("retriable");
    const auto row = [](const char* name, const char* payload, const char* code, bool retriable) {
        QTest::addRow("%s %s", name, payload)
            << QByteArray(name) << QByteArray(payload) << QByteArray(code) << retriable;
    };
    row("throttlingException", R"({"message":"Too many tokens, please wait before trying again."})",
        "provider_throttled", true);
    row("modelStreamErrorException", R"({"message":"m","originalStatusCode":500})", "provider_unavailable", true);
    row("internalServerException", R"({"message":"m"})", "provider_unavailable", true);
    row("serviceUnavailableException", R"({"Message":"m"})", "provider_overloaded", true);
    row("validationException", R"({"message":"m"})", "provider_bad_request", false);
    row("validationException", R"({"message":"prompt is too long: 200049 tokens > 200000 maximum"})",
        "context_too_long", false);
    row("modelTimeoutException", "", "provider_unavailable", true);
    row("somethingNewException", "not json", "provider_unavailable", true);
}

void TestBedrockAnswer::exceptions()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, payload);
    QFETCH(QByteArray, code);
    QFETCH(bool, retriable);
    const Streamed got = streamed(kStart + kText + frame(name, payload, "exception") + kStop, 1);
    QCOMPARE(got.end, "error " + code);
    QCOMPARE(got.error->mayRetry(), retriable);
    QVERIFY(!got.error->text().isEmpty());
}

void TestBedrockAnswer::errors_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<bool>("retriable");
    const auto row = [](int status, const char* name, const char* body, const char* code, bool retriable) {
        QTest::addRow("%d %s %s", status, name, body)
            << status << QByteArray(name) << QByteArray(body) << QByteArray(code) << retriable;
    };
    row(429, "ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/", R"({"message":"slow"})",
        "provider_throttled", true);
    row(400, "ThrottlingException", R"({"message":"slow"})", "provider_throttled", true);
    row(429, "ModelNotReadyException", R"({"message":"warming"})", "provider_overloaded", true);
    row(408, "ModelTimeoutException", R"({"message":"m"})", "provider_unavailable", true);
    row(424, "ModelErrorException", R"({"message":"m"})", "provider_unavailable", true);
    row(403, "AccessDeniedException", R"({"Message":"User: arn:aws:iam::1:user/x is not authorized"})", "provider_auth",
        false);
    row(403, "ExpiredTokenException", R"({"message":"m"})", "provider_auth", false);
    row(403, "InvalidSignatureException", R"({"message":"m"})", "provider_auth", false);
    row(404, "ResourceNotFoundException", R"({"message":"This model version has reached the end of its life."})",
        "model_retired", false);
    row(400, "ServiceQuotaExceededException", R"({"message":"m"})", "provider_throttled", false);
    row(400, "ValidationException", R"({"message":"The provided model identifier is invalid."})", "model_retired",
        false);
    row(400, "ValidationException", R"({"message":"Input is too long for requested model."})", "context_too_long",
        false);
    row(400, "ValidationException", R"({"message":"messages.0: bad"})", "provider_bad_request", false);
    row(400, "", R"({"__type":"ValidationException","message":"bad"})", "provider_bad_request", false);
    row(500, "InternalServerException", "", "provider_unavailable", true);
    row(503, "ServiceUnavailableException", "<html>", "provider_overloaded", true);
    row(403, "", R"({"message":"Missing Authentication Token"})", "provider_auth", false);
    row(302, "ValidationException", "", "provider_unavailable", false);
}

void TestBedrockAnswer::errors()
{
    QFETCH(int, status);
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, code);
    QFETCH(bool, retriable);
    Asked bench(config::ProviderKind::Bedrock, "m");
    const CallError error = bedrockProvider().readError(status, head("x-amzn-ErrorType", name), body, bench.target());
    QCOMPARE(QByteArray(api::facts(error.code).name), code);
    QCOMPARE(error.mayRetry(), retriable);
    if (code == "provider_auth")
        QVERIFY(!error.text().contains(QStringLiteral("arn:")));
}

QTEST_APPLESS_MAIN(TestBedrockAnswer)
#include "tst_bedrock_answer.moc"
