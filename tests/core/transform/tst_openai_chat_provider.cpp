// Chat completions between callers and providers who both speak them: what is read from a request, what is changed on
// its way (and that nothing else is), what is read from answers, streams and errors, and what other speakers of the
// dialect do differently.
#include "dialect_fixture.h"

#include "transform/providers/openai_chat.h"
#include "transform/providers/retry_after.h"
#include "transform/surfaces/openai_chat.h"

using namespace gateway;
using namespace gateway::transform;
using namespace gateway::transform::test;

using config::ProviderKind;

namespace {

QByteArray passedOn(const QByteArray& body, const Asked& asked, Losses* losses = nullptr)
{
    Losses own;
    const CallRequest request = parsed(openAiChat(), body);
    return bodyOf(openAiChatPassOn(request, asked.target(), losses ? *losses : own));
}

// {"choices": [{"index": 0, "delta": ...}]}
QByteArray chunk(const QByteArray& delta, const QByteArray& reason = "null", const QByteArray& rest = {})
{
    return R"(data: {"id":"c","model":"m-1","choices":[{"index":0,"delta":)" + delta + R"(,"finish_reason":)" + reason +
           "}]" + rest + "}\n\n";
}

const QByteArray kStreamed = R"({"model":"fast","stream":true,"messages":[{"role":"user","content":"x"}]})";

} // namespace

class TestOpenAiChatProvider : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void request();
    void badRequests_data();
    void badRequests();
    void splice_data();
    void splice();
    void usage_data();
    void usage();
    void stream();
    void streamErrors();
    void repairs();
    void ends();
    void speakers();
    void errors_data();
    void errors();
    void errorBody();
    void answers();
    void retryAfter_data();
    void retryAfter();
};

void TestOpenAiChatProvider::request()
{
    const CallRequest request = parsed(openAiChat(),
        R"({"n":3,"model":"fast","stream":true,"messages":[{"role":"user","content":"x"}],"max_tokens":50,"max_completion_tokens":40,"tools":[{}],"x_unknown":{"deep":[1]}})");
    QCOMPARE(request.alias, QStringLiteral("fast"));
    QVERIFY(request.stream);
    QVERIFY(!request.wantsUsageChunk);
    QCOMPARE(request.maxOutputTokens.value_or(0), 40);
    QCOMPARE(request.choices, 3);
    QVERIFY(request.features.testFlag(Feature::Tools));
}

void TestOpenAiChatProvider::badRequests_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("parameter");
    const QByteArray rest = R"("messages":[{"role":"user","content":"x"}]})";
    QTest::newRow("not json") << QByteArray("{") << QString();
    QTest::newRow("array") << QByteArray("[]") << QString();
    QTest::newRow("no model") << QByteArray("{") + rest << QStringLiteral("model");
    QTest::newRow("model number") << QByteArray("{\"model\":5,") + rest << QStringLiteral("model");
    QTest::newRow("model empty") << QByteArray("{\"model\":\"\",") + rest << QStringLiteral("model");
    QTest::newRow("model long") << QByteArray("{\"model\":\"") + QByteArray(300, 'a') + "\"," + rest
                                << QStringLiteral("model");
    QTest::newRow("no messages") << QByteArray("{\"model\":\"a\"}") << QStringLiteral("messages");
    QTest::newRow("messages empty") << QByteArray("{\"model\":\"a\",\"messages\":[]}") << QStringLiteral("messages");
    QTest::newRow("messages object") << QByteArray("{\"model\":\"a\",\"messages\":{}}") << QStringLiteral("messages");
    QTest::newRow("stream text") << QByteArray("{\"model\":\"a\",\"stream\":\"true\",") + rest
                                 << QStringLiteral("stream");
    QTest::newRow("max_tokens 0") << QByteArray("{\"model\":\"a\",\"max_tokens\":0,") + rest
                                  << QStringLiteral("max_tokens");
    QTest::newRow("max_tokens -1") << QByteArray("{\"model\":\"a\",\"max_tokens\":-1,") + rest
                                   << QStringLiteral("max_tokens");
    QTest::newRow("max_tokens 1.5") << QByteArray("{\"model\":\"a\",\"max_tokens\":1.5,") + rest
                                    << QStringLiteral("max_tokens");
    QTest::newRow("max_tokens text") << QByteArray("{\"model\":\"a\",\"max_tokens\":\"9\",") + rest
                                     << QStringLiteral("max_tokens");
    QTest::newRow("max_tokens 2^63") << QByteArray("{\"model\":\"a\",\"max_tokens\":9223372036854775808,") + rest
                                     << QStringLiteral("max_tokens");
    QTest::newRow("n 1e9") << QByteArray("{\"model\":\"a\",\"n\":1000000000,") + rest << QStringLiteral("n");
    QTest::newRow("duplicate model") << QByteArray(R"({"model":"a","mod\u0065l":"b",)") + rest << QString();
}

void TestOpenAiChatProvider::badRequests()
{
    QFETCH(QByteArray, body);
    QFETCH(QString, parameter);
    const auto result = openAiChat().parse({}, http::RequestHead(), body);
    QVERIFY(std::holds_alternative<CallError>(result));
    QCOMPARE(std::get<CallError>(result).code, api::ErrorCode::InvalidRequest);
    QCOMPARE(std::get<CallError>(result).parameter, parameter);
}

void TestOpenAiChatProvider::splice_data()
{
    QTest::addColumn<QByteArray>("caller");
    QTest::addColumn<QByteArray>("provider");
    const QByteArray m = R"("messages":[{"role":"user","content":"\u00e9 12345678901234567890"}])";
    QTest::newRow("model only") << "{ \"model\" : \"a\" , " + m + " , \"seed\":123456789012345678901234567890 }"
                                << "{ \"model\" : \"gpt\\\"x\" , " + m + " , \"seed\":123456789012345678901234567890 }";
    QTest::newRow("order kept") << "{\"z\":1," + m + ",\"model\":\"a\",\"a\":{\"model\":\"inner\"}}"
                                << "{\"z\":1," + m + ",\"model\":\"gpt\\\"x\",\"a\":{\"model\":\"inner\"}}";
    QTest::newRow("stream") << "{\"model\":\"a\"," + m + ",\"stream\":true}"
                            << "{\"stream_options\":{\"include_usage\":true},\"model\":\"gpt\\\"x\"," + m +
                                   ",\"stream\":true}";
    QTest::newRow("stream empty options")
        << "{\"model\":\"a\"," + m + ",\"stream\":true,\"stream_options\":{ }}"
        << "{\"model\":\"gpt\\\"x\"," + m + ",\"stream\":true,\"stream_options\":{\"include_usage\":true }}";
    QTest::newRow("stream other option")
        << "{\"stream_options\":{\"x\":1},\"model\":\"a\"," + m + ",\"stream\":true}"
        << "{\"stream_options\":{\"include_usage\":true,\"x\":1},\"model\":\"gpt\\\"x\"," + m + ",\"stream\":true}";
    QTest::newRow("stream false option") << "{\"model\":\"a\"," + m +
                                                ",\"stream\":true,\"stream_options\":{\"include_usage\":false}}"
                                         << "{\"model\":\"gpt\\\"x\"," + m +
                                                ",\"stream\":true,\"stream_options\":{\"include_usage\":true}}";
    QTest::newRow("stream null options") << "{\"model\":\"a\"," + m + ",\"stream\":true,\"stream_options\":null}"
                                         << "{\"model\":\"gpt\\\"x\"," + m +
                                                ",\"stream\":true,\"stream_options\":{\"include_usage\":true}}";
    QTest::newRow("stream wanted") << "{\"model\":\"a\"," + m +
                                          ",\"stream\":true,\"stream_options\":{\"include_usage\":true}}"
                                   << "{\"model\":\"gpt\\\"x\"," + m +
                                          ",\"stream\":true,\"stream_options\":{\"include_usage\":true}}";
}

void TestOpenAiChatProvider::splice()
{
    QFETCH(QByteArray, caller);
    QFETCH(QByteArray, provider);
    const Asked asked(ProviderKind::Simulator, "gpt\"x");
    const QByteArray body = passedOn(caller, asked);
    QCOMPARE(body, provider);
    QVERIFY(!JsonText::parse(body).error);
}

void TestOpenAiChatProvider::usage_data()
{
    QTest::addColumn<QByteArray>("usage");
    QTest::addColumn<qint64>("uncached");
    QTest::addColumn<qint64>("cacheRead");
    QTest::addColumn<qint64>("text");
    QTest::addColumn<qint64>("reasoning");
    QTest::addColumn<int>("source");
    const int reported = int(api::TokenSource::Reported);
    QTest::newRow("plain") << QByteArray(R"({"prompt_tokens":10,"completion_tokens":5})") << 10ll << 0ll << 5ll << 0ll
                           << reported;
    QTest::newRow("details")
        << QByteArray(
               R"({"prompt_tokens":100,"completion_tokens":50,"prompt_tokens_details":{"cached_tokens":60},"completion_tokens_details":{"reasoning_tokens":30}})")
        << 40ll << 60ll << 20ll << 30ll << reported;
    QTest::newRow("deepseek") << QByteArray(
                                     R"({"prompt_tokens":100,"completion_tokens":1,"prompt_cache_hit_tokens":90})")
                              << 10ll << 90ll << 1ll << 0ll << reported;
    QTest::newRow("zero is data") << QByteArray(R"({"prompt_tokens":0,"completion_tokens":0})") << 0ll << 0ll << 0ll
                                  << 0ll << reported;
    QTest::newRow("negative") << QByteArray(R"({"prompt_tokens":-5,"completion_tokens":-1})") << 0ll << 0ll << 0ll
                              << 0ll << reported;
    QTest::newRow("huge")
        << QByteArray(R"({"prompt_tokens":1000000000000000000000000000000,"completion_tokens":9223372036854775807})")
        << 0ll << 0ll << 100'000'000ll << 0ll << reported;
    QTest::newRow("parts exceed total")
        << QByteArray(R"({"prompt_tokens":10,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":60}})")
        << 0ll << 60ll << 1ll << 0ll << reported;
    QTest::newRow("missing") << QByteArray("null") << 0ll << 0ll << 0ll << 0ll << int(api::TokenSource::None);
}

void TestOpenAiChatProvider::usage()
{
    QFETCH(QByteArray, usage);
    const QByteArray body =
        R"({"model":"m-1","choices":[{"finish_reason":"stop","message":{}}],"usage":)" + usage + "}";
    const Asked asked;
    const auto answer = openAiChatFacts(body, asked.target());
    QVERIFY(std::holds_alternative<AnswerFacts>(answer));
    const AnswerFacts& facts = std::get<AnswerFacts>(answer);
    QTEST(qint64(facts.tokens.inUncached), "uncached");
    QTEST(qint64(facts.tokens.inCacheRead), "cacheRead");
    QTEST(qint64(facts.tokens.outText), "text");
    QTEST(qint64(facts.tokens.outReasoning), "reasoning");
    QTEST(int(facts.tokens.source), "source");
    QCOMPARE(facts.model, QStringLiteral("m-1"));
    QCOMPARE(facts.finishReason, QStringLiteral("stop"));
}

void TestOpenAiChatProvider::stream()
{
    const Asked asked(ProviderKind::OpenAiCompatible);
    const auto reader = openAiChatStream(asked.target());
    const auto read = [&](const char* data) { return reader->read({{}, data, false}, nullptr); };
    QVERIFY(!read(
        R"({"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null})")
                 .content);
    QVERIFY(read(R"({"choices":[{"index":0,"delta":{"content":"Hi"}}]})").content);
    QVERIFY(read(R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0}]}}]})").content);
    QVERIFY(read(R"({"choices":[{"index":0,"delta":{"refusal":"no"}}]})").content);
    QVERIFY(read(R"({"choices":[{"index":0,"delta":{"reasoning_content":"hm"}}]})").content);
    QVERIFY(!read(R"({"choices":[{"index":0,"delta":{"content":null,"tool_calls":[]}}]})").content);
    QVERIFY(!reader->mayEndHere(nullptr));
    read(R"({"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]})");
    QVERIFY(reader->mayEndHere(nullptr));
    QVERIFY(read(R"({"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3}})").usageOnly);
    QVERIFY(read("[DONE]").ended);
    QCOMPARE(reader->facts().tokens.input(), 7);
    QCOMPARE(reader->facts().tokens.output(), 3);
    QCOMPARE(reader->facts().finishReason, QStringLiteral("tool_calls"));
    QVERIFY(reader->facts().stop == StopReason::ToolUse);
    QCOMPARE(reader->facts().model, QStringLiteral("m"));
    QCOMPARE(reader->contentEvents(), 4);

    // usage on a chunk with choices (xAI, some compatible servers), and Azure's first chunk with empty choices
    const auto other = openAiChatStream(asked.target());
    QVERIFY(!other->read({{}, R"({"choices":[],"prompt_filter_results":[]})", false}, nullptr).usageOnly);
    QVERIFY(
        !other
             ->read({{}, R"({"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":1,"completion_tokens":1}})",
                        false},
                 nullptr)
             .usageOnly);
    QCOMPARE(other->facts().tokens.output(), 1);
}

void TestOpenAiChatProvider::streamErrors()
{
    const Asked asked;
    const auto reader = openAiChatStream(asked.target());
    for (const char* bad : {"{", "[]", R"({"error":{"message":"key sk-secret-provider-key is bad","code":"x"}})",
             R"({"error":"plain words"})"}) {
        const auto read = reader->read({{}, bad, false}, nullptr);
        QVERIFY2(read.error, bad);
        QVERIFY(!read.error->message.contains(QStringLiteral("secret")));
    }
}

// What some speakers get wrong is put right on the way (wire.md section 9, items 2, 3, 4, 18); right bytes stay.
void TestOpenAiChatProvider::repairs()
{
    const Asked asked(ProviderKind::OpenAiCompatible);
    const CallRequest request = parsed(openAiChat(), kStreamed);
    const QByteArray wrong =
        chunk(R"({"role":"assistant","reasoning":"hm"})") +
        chunk(R"({"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}]})") +
        chunk(R"({"tool_calls":[{"index":0,"function":{"arguments":"}"}}]})") +
        chunk(R"({"tool_calls":[{"index":0,"id":"b","function":{"name":"f","arguments":"{}"}}]})") +
        chunk("{}", "\"stop\"") + "data: [DONE]\n\n";
    for (const qsizetype piece : {wrong.size(), qsizetype(1)}) {
        const Passage passage = passed(request, asked, wrong, piece);
        QVERIFY(passage.complete);
        const QList<QByteArray> events = eventsOf(passage.all());
        QCOMPARE(events.size(), 6);
        QCOMPARE(textAt(events[0], "choices[0].delta.reasoning_content"), QByteArray("hm"));
        QVERIFY(at(events[0], "choices[0].delta.reasoning").isMissing());
        QCOMPARE(rawAt(events[1], "choices[0].delta.tool_calls[0].index"), QByteArray("0"));
        QCOMPARE(rawAt(events[2], "choices[0].delta.tool_calls[0].index"), QByteArray("0"));
        QCOMPARE(rawAt(events[3], "choices[0].delta.tool_calls[0].index"), QByteArray("1"));
        QCOMPARE(textAt(events[4], "choices[0].finish_reason"), QByteArray("tool_calls"));
        QCOMPARE(events[5], QByteArray("[DONE]"));
    }
    const QByteArray right =
        chunk(R"({ "role":"assistant", "content":"" })") +
        chunk(R"({"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]})") +
        chunk(R"({"tool_calls":[{"index":1,"id":"b","function":{"name":"g","arguments":"{"}}]})") +
        chunk(R"({"tool_calls":[{"index":0,"function":{"arguments":" "}}]})") +
        chunk(R"({"tool_calls":[{"index":1,"function":{"arguments":"}"}}]})") + chunk("{}", "\"tool_calls\"") +
        "data: [DONE]\n\n";
    QCOMPARE(passed(request, asked, right, 7).all(), right);
}

void TestOpenAiChatProvider::ends()
{
    const Asked asked(ProviderKind::OpenAiCompatible);
    const CallRequest request = parsed(openAiChat(), kStreamed);
    const QByteArray begun = chunk(R"({"content":"Hi"})");
    const Passage cut = passed(request, asked, begun, 5);
    QVERIFY(!cut.complete);
    QVERIFY(cut.tail.contains("\"error\""));
    QVERIFY(!cut.all().contains("[DONE]"));
    const Passage lax = passed(request, asked, begun + chunk("{}", "\"length\""), 5); // no end mark, but it said why
    QVERIFY(lax.complete);
    QVERIFY(lax.tail.endsWith("data: [DONE]\n\n"));
    const Asked strict(ProviderKind::OpenAi); // it always sends one, and the usage before it
    QVERIFY(!passed(request, strict, begun + chunk("{}", "\"length\""), 5).complete);
    const Passage broken = passed(request, asked, begun + chunk("{}", "\"error\"") + "data: [DONE]\n\n", 5);
    QVERIFY(!broken.complete); // a model's own error is no success
}

void TestOpenAiChatProvider::speakers()
{
    const QByteArray asks =
        R"({"model":"fast","messages":[{"role":"user","content":"x"}],"max_tokens":5,"seed":12345678901234567890,"logit_bias":{"5":1},"user":"u"})";
    {
        const Asked asked(ProviderKind::OpenAi);
        QCOMPARE(passedOn(asks, asked),
            QByteArray(
                R"({"max_completion_tokens":5,"model":"m-1","messages":[{"role":"user","content":"x"}],"seed":12345678901234567890,"logit_bias":{"5":1},"user":"u"})"));
    }
    {
        const Asked asked(ProviderKind::Mistral);
        Losses losses;
        const QByteArray body = passedOn(asks, asked, &losses);
        QCOMPARE(body,
            QByteArray(
                R"({"random_seed":12345678901234567890,"model":"m-1","messages":[{"role":"user","content":"x"}],"max_tokens":5})"));
        QCOMPARE(lost(losses), QStringList({QStringLiteral("logit_bias"), QStringLiteral("user")}));
    }
    const Asked xai(ProviderKind::Xai);
    const auto facts = openAiChatFacts(
        R"({"choices":[{"finish_reason":"stop","message":{}}],"usage":{"prompt_tokens":1,"completion_tokens":5,"completion_tokens_details":{"reasoning_tokens":30}}})",
        xai.target());
    QCOMPARE(std::get<AnswerFacts>(facts).tokens.output(), 35);
    QCOMPARE(mistralToolId("call_abcdefghijkl").size(), 9);
    QCOMPARE(mistralToolId("abcdefgh1"), QByteArray("abcdefgh1"));
}

void TestOpenAiChatProvider::errors_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("code");
    QTest::addColumn<bool>("retriable");
    using api::ErrorCode;
    const auto row = [](const char* name, int status, const QByteArray& body, ErrorCode code, bool retriable) {
        QTest::newRow(name) << status << body << int(code) << retriable;
    };
    row("400", 400, R"({"error":{"message":"bad","param":"tools"}})", ErrorCode::ProviderBadRequest, false);
    row("400 context", 400, R"({"error":{"message":"long","code":"context_length_exceeded"}})",
        ErrorCode::ContextTooLong, false);
    row("400 azure filter", 400, R"({"error":{"message":"x","code":"content_filter","innererror":{}}})",
        ErrorCode::ContentRefused, false);
    row("400 llama.cpp", 400, R"({"error":{"message":"x","type":"exceed_context_size_error","code":400}})",
        ErrorCode::ContextTooLong, false);
    row("400 html", 400, "<html>", ErrorCode::ProviderBadRequest, false);
    row("401", 401, R"({"error":{"message":"Incorrect API key provided: sk-abc"}})", ErrorCode::ProviderAuth, false);
    row("402", 402, "", ErrorCode::ProviderAuth, false);
    row("404 model", 404, R"({"error":{"message":"gone","code":"model_not_found"}})", ErrorCode::ModelRetired, false);
    row("404", 404, "nginx", ErrorCode::ProviderUnavailable, false);
    row("422", 422, R"({"detail":[{"loc":["body"],"msg":"x"}]})", ErrorCode::ProviderBadRequest, false);
    row("429", 429, R"({"error":{"message":"slow","code":"rate_limit_exceeded"}})", ErrorCode::ProviderThrottled, true);
    row("429 quota", 429, R"({"error":{"message":"pay","code":"insufficient_quota"}})", ErrorCode::ProviderThrottled,
        false);
    row("500", 500, "", ErrorCode::ProviderUnavailable, true);
    row("503", 503, "", ErrorCode::ProviderOverloaded, true);
    row("529", 529, "", ErrorCode::ProviderOverloaded, true);
    row("307", 307, "", ErrorCode::ProviderUnavailable, false);
    row("418", 418, "", ErrorCode::ProviderUnavailable, false);
}

void TestOpenAiChatProvider::errors()
{
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    const CallError error = openAiShapedError(status, body, {});
    QTEST(int(error.code), "code");
    QTEST(error.mayRetry(), "retriable");
    QVERIFY(!error.text().isEmpty());
    if (error.code == api::ErrorCode::ProviderAuth)
        QVERIFY(!error.text().contains(QStringLiteral("sk-abc")));
}

void TestOpenAiChatProvider::errorBody()
{
    CallError error;
    error.code = api::ErrorCode::AliasUnknown;
    error.message = QStringLiteral("There is no alias \"a\\b\n\".");
    error.retryAfterMs = 1500;
    const QByteArray body = openAiChat().errorBody(error, u"req_1");
    const JsonText text = JsonText::parse(body);
    QVERIFY(!text.error);
    const JsonView inner = text.root.member("error");
    QCOMPARE(inner.member("message").text().value_or(""), error.message.toUtf8());
    QCOMPARE(inner.member("code").text().value_or(""), QByteArray("model_not_found"));
    QVERIFY(inner.member("param").isNull());
    QCOMPARE(inner.member("signalbox").member("code").text().value_or(""), QByteArray("alias_unknown"));
    QCOMPARE(inner.member("signalbox").member("retriable").boolean(), std::optional(false));
    QCOMPARE(inner.member("signalbox").member("retry_after_ms").integer().value_or(0), 1500);
    QCOMPARE(inner.member("signalbox").member("request_id").text().value_or(""), QByteArray("req_1"));
}

void TestOpenAiChatProvider::answers()
{
    const Asked asked;
    for (const char* bad : {"", "[]", "<html>", "{}", R"({"choices":null})"}) {
        const auto answer = openAiChatFacts(bad, asked.target());
        QVERIFY2(std::holds_alternative<CallError>(answer), bad);
        QCOMPARE(std::get<CallError>(answer).code, api::ErrorCode::TransformError);
    }
    const auto inside = openAiChatFacts(R"({"error":{"message":"overloaded"}})", asked.target());
    QVERIFY(std::holds_alternative<CallError>(inside));
    QCOMPARE(std::get<CallError>(inside).code, api::ErrorCode::ProviderUnavailable);
}

void TestOpenAiChatProvider::retryAfter_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<qint64>("ms");
    QTest::newRow("seconds") << QByteArray("retry-after") << QByteArray("3") << 3000ll;
    QTest::newRow("fraction") << QByteArray("retry-after") << QByteArray("0.25") << 250ll;
    QTest::newRow("ms") << QByteArray("retry-after-ms") << QByteArray("250") << 250ll;
    QTest::newRow("date") << QByteArray("retry-after") << QByteArray("Sun, 22 Nov 2026 00:00:05 GMT") << 5000ll;
    QTest::newRow("past date") << QByteArray("retry-after") << QByteArray("Sun, 22 Nov 2020 00:00:05 GMT") << -1ll;
    QTest::newRow("negative") << QByteArray("retry-after") << QByteArray("-1") << -1ll;
    QTest::newRow("absurd") << QByteArray("retry-after") << QByteArray("1000000000") << -1ll;
    QTest::newRow("nan") << QByteArray("retry-after") << QByteArray("nan") << -1ll;
    QTest::newRow("text") << QByteArray("retry-after") << QByteArray("soon") << -1ll;
    QTest::newRow("none") << QByteArray("x") << QByteArray("1") << -1ll;
}

void TestOpenAiChatProvider::retryAfter()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, value);
    http::MessageHead head;
    head.fields.append({name, value});
    const qint64 now = QDateTime::fromString(QStringLiteral("2026-11-22T00:00:00Z"), Qt::ISODate).toMSecsSinceEpoch();
    QTEST(transform::retryAfterMs(head, now).value_or(-1), "ms");
}

QTEST_APPLESS_MAIN(TestOpenAiChatProvider)
#include "tst_openai_chat_provider.moc"
