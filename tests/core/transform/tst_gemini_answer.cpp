// What Gemini answers: whole answers, streams (cut anywhere), calls in pieces, usage in buckets, reasons to stop and
// their promotion, refusals of a prompt, errors in every place. wire.md sections 3 to 5; section 9 items 3, 4, 11, 14.
#include "gemini_fixture.h"
#include "transform/providers/gemini_arguments.h"
#include "transform/providers/gemini_error.h"
#include "transform/translation.h"

#include "http/sse.h"

using namespace geminitest;

namespace {

QByteArray sse(const QByteArrayList& chunks)
{
    QByteArray out;
    for (const QByteArray& chunk : chunks)
        out += "data: " + chunk + "\r\n\r\n";
    return out;
}

struct Heard
{
    QByteArray events;
    AnswerFacts facts;
    std::optional<CallError> error;
    bool complete = false;
    qint64 contentEvents = 0;
};

Heard heard(const QByteArray& bytes, qsizetype piece)
{
    const Door door;
    const auto reader = geminiProvider().streamReader(door.target());
    const auto frames = frameReader(Framing::Sse);
    std::vector<StreamEvent> events;
    Heard out;
    for (qsizetype at = 0; at < bytes.size() && !out.error; at += piece) {
        QByteArrayView view = QByteArrayView(bytes).sliced(at, std::min(piece, bytes.size() - at));
        while (!out.error && frames->next(view) == FrameReader::Step::Frame)
            out.error = reader->read(frames->frame(), &events).error;
    }
    out.complete = !out.error && !frames->hasPartialFrame() && reader->mayEndHere(&events);
    out.events = eventText(events);
    out.facts = reader->facts();
    out.contentEvents = reader->contentEvents();
    return out;
}

const QByteArrayList kToolStream{
    R"({"candidates":[{"content":{"parts":[{"text":"Let me","thought":true}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":10,"totalTokenCount":10},"modelVersion":"gemini-3.8-flash","responseId":"aB-3_x"})",
    R"({"candidates":[{"content":{"parts":[{"text":" see.","thought":true}],"role":"model"}}],"modelVersion":"gemini-3.8-flash","responseId":"aB-3_x"})",
    R"({"candidates":[{"content":{"parts":[{"text":"I l\u00f6ok 😀"}],"role":"model"},"index":0}]})",
    R"({"candidates":[{"content":{"parts":[{"functionCall":{"name":"look","args":{"z":1.50,"a":[1, 2]}},"thoughtSignature":"c2ln"},{"functionCall":{"id":"own","name":"look","args":{}}},{"executableCode":{"language":"PYTHON","code":"1"}}],"role":"model"},"index":0}]})",
    R"({"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":100,"cachedContentTokenCount":30,"candidatesTokenCount":20,"thoughtsTokenCount":7,"toolUsePromptTokenCount":5,"totalTokenCount":132,"promptTokensDetails":[{"modality":"TEXT","tokenCount":70},{"modality":"AUDIO","tokenCount":20},{"modality":"IMAGE","tokenCount":10}],"cacheTokensDetails":[{"modality":"AUDIO","tokenCount":5}],"candidatesTokensDetails":[{"modality":"AUDIO","tokenCount":4}],"serviceTier":"flex"},"modelVersion":"gemini-3.8-flash","responseId":"aB-3_x"})",
};
const QByteArray kToolEvents =
    "begin aB-3_x gemini-3.8-flash\n"
    "thinking 0\n  \"Let me see.\"\nend 0\n"
    "text 1\n  \"I l\u00f6ok \U0001F600\"\nend 1\n"
    "tool 2 call_aB3x_1 look\n  signature c2ln google\n  \"{\"z\":1.50,\"a\":[1, 2]}\"\nend 2\n"
    "tool 3 own look\n  \"{}\"\nend 3\n";

} // namespace

class TestGeminiAnswer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void stream_data();
    void stream();
    void lateSignature();
    void callInPieces();
    void pieces_data();
    void pieces();
    void brokenStreams_data();
    void brokenStreams();
    void stopReasons_data();
    void stopReasons();
    void blockedPrompt();
    void answer();
    void otherAnswers();
    void badAnswers_data();
    void badAnswers();
    void embeddings();
    void errors_data();
    void errors();
    void durations();
};

void TestGeminiAnswer::stream_data()
{
    QTest::addColumn<int>("piece");
    for (const int piece : {1, 2, 7, 100, 1'000'000})
        QTest::addRow("%d", piece) << piece;
}

void TestGeminiAnswer::stream()
{
    QFETCH(int, piece);
    const Heard got = heard(sse(kToolStream), piece);
    QVERIFY(!got.error);
    QVERIFY(got.complete);
    QCOMPARE(got.events, kToolEvents);
    QCOMPARE(got.facts.stop, StopReason::ToolUse); // Google says STOP
    QCOMPARE(got.facts.finishReason, QStringLiteral("STOP"));
    QCOMPARE(got.facts.model, QStringLiteral("gemini-3.8-flash"));
    QCOMPARE(got.facts.id, QByteArray("aB-3_x"));
    QCOMPARE(got.facts.serviceTier, QByteArray("flex"));
    QCOMPARE(got.contentEvents, 4);
    const api::Tokens& tokens = got.facts.tokens; // the last statement, not a sum
    QCOMPARE(tokens.source, api::TokenSource::Reported);
    QCOMPARE(tokens.inCacheRead, 30);
    QCOMPARE(tokens.inAudio, 15);
    QCOMPARE(tokens.inImage, 10);
    QCOMPARE(tokens.inUncached, 45);
    QCOMPARE(tokens.toolPrompt, 5);
    QCOMPARE(tokens.outText, 16);
    QCOMPARE(tokens.outAudio, 4);
    QCOMPARE(tokens.outReasoning, 7);
    QCOMPARE(tokens.input() + tokens.output(), 132);
    // a stream that is cut before its last chunk is not complete, wherever
    const QByteArray whole = sse(kToolStream);
    const qsizetype last = whole.lastIndexOf("data: ");
    for (qsizetype end = 0; end < whole.size() - 3 && piece == 100; end += end < last ? 97 : 1)
        QVERIFY2(!heard(whole.first(end), 1000).complete, QByteArray::number(end));
}

// Gemini 3 puts the signature of an answer without calls on an empty last text.
void TestGeminiAnswer::lateSignature()
{
    const Heard got = heard(
        sse({R"({"candidates":[{"content":{"parts":[{"text":"Hi"}]}}],"responseId":"r","modelVersion":"m"})",
            R"({"candidates":[{"content":{"parts":[{"text":"","thoughtSignature":"eA=="}]},"finishReason":"STOP"}]})"}),
        50);
    QCOMPARE(got.events, QByteArray("begin r m\ntext 0\n  \"Hi\"\n  signature eA== google\nend 0\n"));
    QCOMPARE(got.facts.stop, StopReason::Stop);
    QCOMPARE(got.facts.tokens.source, api::TokenSource::None);
}

void TestGeminiAnswer::callInPieces()
{
    const auto chunk = [](const char* call, const char* rest = "") {
        return QByteArray(R"({"candidates":[{"content":{"parts":[{"functionCall":)") + call + "}]}" + rest + "}]}";
    };
    const QByteArrayList chunks{
        R"({"candidates":[{"content":{"parts":[{"functionCall":{"name":"look","willContinue":true},"thoughtSignature":"c2ln"}]}}],"responseId":"r","modelVersion":"m"})",
        chunk(
            R"({"partialArgs":[{"jsonPath":"$.place.city","stringValue":"Bos","willContinue":true}],"willContinue":true})"),
        chunk(R"({"partialArgs":[{"jsonPath":"$.place.city","stringValue":"t\"on"}],"willContinue":true})"),
        chunk(
            R"({"partialArgs":[{"jsonPath":"$.days[0]","numberValue":1.50},{"jsonPath":"$.days[1]","numberValue":2},{"jsonPath":"$.dry","boolValue":false}],"willContinue":true})"),
        chunk("{}"),
        chunk(R"({"name":"other"})", R"(,"finishReason":"STOP")"),
    };
    for (const int piece : {1, 1000}) {
        const Heard got = heard(sse(chunks), piece);
        QVERIFY(!got.error);
        QCOMPARE(got.events,
            QByteArray("begin r m\ntool 0 call_r_1 look\n  signature c2ln google\n"
                       "  \"{\"place\":{\"city\":\"Bost\\\"on\"},\"days\":[1.50,2],\"dry\":false}\"\nend 0\n"
                       "tool 1 call_r_2 other\n  \"{}\"\nend 1\n"));
        QVERIFY(got.complete);
    }
}

void TestGeminiAnswer::pieces_data()
{
    QTest::addColumn<QByteArray>("partial");
    QTest::addColumn<QByteArray>("json"); // empty: refused
    const auto row = [](const char* name, const char* partial, const char* json) {
        QTest::newRow(name) << QByteArray(partial) << QByteArray(json);
    };
    row("nothing", "[]", "{}");
    row("null", R"([{"jsonPath":"$.a","nullValue":"NULL_VALUE"}])", R"({"a":null})");
    row("empty containers", R"([{"jsonPath":"$.a[]"},{"jsonPath":"$.b"}])", R"({"a":[],"b":{}})");
    row("list's end",
        R"([{"jsonPath":"$.a[0]","numberValue":1},{"jsonPath":"$.a[]"},{"jsonPath":"$.b","numberValue":2}])",
        R"({"a":[1],"b":2})");
    row("quoted key", R"([{"jsonPath":"$['a.b'][0].c","stringValue":"x"}])", R"({"a.b":[{"c":"x"}]})");
    row("objects in a list",
        R"([{"jsonPath":"$.l[0].a","numberValue":1},{"jsonPath":"$.l[0].b","numberValue":2},{"jsonPath":"$.l[1].a","numberValue":3}])",
        R"({"l":[{"a":1,"b":2},{"a":3}]})");
    row("open string is closed",
        R"([{"jsonPath":"$.a","stringValue":"x","willContinue":true},{"jsonPath":"$.b","numberValue":1}])",
        R"({"a":"x","b":1})");
    row("empty end of a string", R"([{"jsonPath":"$.a","stringValue":"x","willContinue":true},{"jsonPath":"$.a"}])",
        R"({"a":"x"})");
    row("twice", R"([{"jsonPath":"$.a","numberValue":1},{"jsonPath":"$.a","numberValue":2}])", "");
    row("reopened",
        R"([{"jsonPath":"$.a.b","numberValue":1},{"jsonPath":"$.c","numberValue":2},{"jsonPath":"$.a.d","numberValue":3}])",
        "");
    row("a hole in a list", R"([{"jsonPath":"$.a[1000000000]","numberValue":1}])", "");
    row("list and object", R"([{"jsonPath":"$.a[0]","numberValue":1},{"jsonPath":"$.a.b","numberValue":2}])", "");
    row("no path", R"([{"numberValue":1}])", "");
    row("bad path", R"([{"jsonPath":"$.a[x]","numberValue":1}])", "");
    row("not an object", R"([5])", "");
    row("too deep",
        R"([{"jsonPath":"$.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a","numberValue":1}])",
        "");
}

void TestGeminiAnswer::pieces()
{
    QFETCH(QByteArray, partial);
    QFETCH(QByteArray, json);
    gemini::PartialArguments arguments;
    const auto text = arguments.take(JsonText::parse(partial).root);
    if (json.isEmpty()) {
        QVERIFY(!text);
        return;
    }
    QVERIFY(text);
    const QByteArray whole = *text + arguments.close();
    QCOMPARE(whole, json);
    QVERIFY(!JsonText::parse(whole).error);
}

void TestGeminiAnswer::brokenStreams_data()
{
    QTest::addColumn<QByteArray>("chunk");
    QTest::addColumn<QByteArray>("code");
    const auto row = [](const char* name, const char* chunk, const char* code) {
        QTest::newRow(name) << QByteArray(chunk) << QByteArray(code);
    };
    row("not json", "nonsense", "transform_error");
    row("a list", "[{}]", "transform_error");
    row("error", R"({"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}})",
        "provider_overloaded");
    row("error without a code", R"({"error":{}})", "provider_unavailable");
    row("error code absurd", R"({"error":{"code":7,"message":"x"}})", "provider_unavailable");
    row("malformed call", R"({"candidates":[{"content":{},"finishReason":"MALFORMED_FUNCTION_CALL"}]})",
        "provider_unavailable");
    row("other", R"({"candidates":[{"finishReason":"OTHER"}]})", "provider_unavailable");
    row("a piece of no call", R"({"candidates":[{"content":{"parts":[{"functionCall":{"partialArgs":[]}}]}}]})",
        "transform_error");
}

void TestGeminiAnswer::brokenStreams()
{
    QFETCH(QByteArray, chunk);
    QFETCH(QByteArray, code);
    const Heard got = heard(sse({R"({"candidates":[{"content":{"parts":[{"text":"a"}]}}]})", chunk}), 1000);
    QVERIFY(got.error);
    QCOMPARE(QByteArray(api::facts(got.error->code).name), code);
    QVERIFY(!got.complete);
}

void TestGeminiAnswer::stopReasons_data()
{
    QTest::addColumn<QByteArray>("word");
    QTest::addColumn<bool>("tool");
    QTest::addColumn<int>("stop");
    const auto row = [](const char* word, bool tool, StopReason stop) {
        QTest::addRow("%s%s", word, tool ? " with a call" : "") << QByteArray(word) << tool << int(stop);
    };
    row("STOP", false, StopReason::Stop);
    row("STOP", true, StopReason::ToolUse);
    row("MAX_TOKENS", false, StopReason::Length);
    row("MAX_TOKENS", true, StopReason::Length);
    for (const char* word : {"SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII",
             "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION"})
        row(word, true, StopReason::Safety);
    row("CONTINUATION", false, StopReason::Pause);
    for (const char* word : {"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS",
             "MALFORMED_RESPONSE", "OTHER", "NO_IMAGE", "IMAGE_OTHER"})
        row(word, false, StopReason::ModelError);
    row("SOMETHING_NEW", false, StopReason::Stop);
    row("SOMETHING_NEW", true, StopReason::ToolUse);
}

void TestGeminiAnswer::stopReasons()
{
    QFETCH(QByteArray, word);
    QFETCH(bool, tool);
    QFETCH(int, stop);
    const QByteArray part = tool ? R"({"functionCall":{"name":"f","args":{}}})" : R"({"text":"x"})";
    const QByteArray body =
        R"({"candidates":[{"content":{"parts":[)" + part + R"(]},"finishReason":")" + word + "\"}]}";
    QCOMPARE(int(heard(sse({body}), 10).facts.stop), stop);
    const Door door;
    const auto whole = geminiProvider().readAnswer(Operation::Generate, body, door.target());
    QVERIFY(std::holds_alternative<Answer>(whole));
    QCOMPARE(int(std::get<Answer>(whole).facts.stop), stop);
    QCOMPARE(std::get<Answer>(whole).facts.finishReason.toUtf8(), word);
}

void TestGeminiAnswer::blockedPrompt()
{
    const QByteArray body =
        R"({"promptFeedback":{"blockReason":"PROHIBITED_CONTENT","blockReasonMessage":"No."},"usageMetadata":{"promptTokenCount":9},"modelVersion":"m"})";
    const Heard got = heard(sse({body}), 5);
    QVERIFY(got.complete);
    QCOMPARE(got.facts.stop, StopReason::Safety);
    QCOMPARE(got.facts.stopCategory, QByteArray("PROHIBITED_CONTENT"));
    QCOMPARE(got.facts.stopExplanation, QByteArray("No."));
    QCOMPARE(got.facts.tokens.inUncached, 9);
    const Door door;
    const auto whole = geminiProvider().readAnswer(Operation::Generate, body, door.target());
    QCOMPARE(std::get<Answer>(whole).facts.stop, StopReason::Safety);
    QVERIFY(std::get<Answer>(whole).parts.empty());
}

void TestGeminiAnswer::answer()
{
    const QByteArray body =
        R"({"candidates":[{"content":{"parts":[{"text":"hm","thought":true},{"text":"Hel"},{"text":"lo","thoughtSignature":"eA=="},)"
        R"({"codeExecutionResult":{}},{"inlineData":{"mimeType":"image/png","data":"AAAA"}},)"
        R"({"functionCall":{"name":"f","args":{"b":1.0,"a":99999999999999999999}},"thoughtSignature":"eQ=="}],"role":"model"},)"
        R"("finishReason":"STOP","index":0},{"content":{"parts":[{"text":"second"}]},"finishReason":"STOP","index":1}],)"
        R"("usageMetadata":{"promptTokenCount":8,"candidatesTokenCount":0,"totalTokenCount":8},"modelVersion":"gemini-3.8-flash-002","responseId":"R1"})";
    const Door door;
    const auto read = geminiProvider().readAnswer(Operation::Generate, body, door.target());
    QVERIFY(std::holds_alternative<Answer>(read));
    const Answer& answer = std::get<Answer>(read);
    QCOMPARE(answer.parts.size(), std::size_t(4));
    QCOMPARE(answer.parts[0].kind, Part::Kind::Thinking);
    QCOMPARE(answer.parts[1].text, QByteArray("Hello"));
    QCOMPARE(answer.parts[1].signature, QByteArray("eA=="));
    QCOMPARE(answer.parts[2].kind, Part::Kind::Image);
    QCOMPARE(answer.parts[2].data, QByteArray("AAAA"));
    QCOMPARE(answer.parts[3].callId, QByteArray("call_R1_1"));
    QCOMPARE(answer.parts[3].arguments, QByteArray(R"({"b":1.0,"a":99999999999999999999})"));
    QCOMPARE(answer.parts[3].signer, Signer::Google);
    QCOMPARE(answer.facts.stop, StopReason::ToolUse);
    QCOMPARE(answer.facts.model, QStringLiteral("gemini-3.8-flash-002"));
    QCOMPARE(answer.facts.tokens.source, api::TokenSource::Reported); // an explicit 0 is data
    QCOMPARE(answer.facts.tokens.outText, 0);
}

void TestGeminiAnswer::otherAnswers()
{
    const Door door;
    auto counted = geminiProvider().readAnswer(Operation::CountTokens, R"({"totalTokens":31})", door.target());
    QCOMPARE(std::get<Answer>(counted).countedTokens.value_or(-1), 31);
    counted = geminiProvider().readAnswer(Operation::CountTokens, R"({"totalTokens":null})", door.target());
    QVERIFY(std::holds_alternative<CallError>(counted));
}

void TestGeminiAnswer::badAnswers_data()
{
    QTest::addColumn<QByteArray>("body");
    for (const char* body :
        {"", "x", "[]", "{}", R"({"candidates":[]})", R"({"candidates":[{}]})", R"({"candidates":{"a":1}})",
            R"({"candidates":[{"content":{"parts":[{"text":"x"}]}}]})", R"({"error":{"code":429,"message":"m"}})"})
        QTest::newRow(body) << QByteArray(body);
}

void TestGeminiAnswer::badAnswers()
{
    QFETCH(QByteArray, body);
    const Door door;
    for (const Operation operation : {Operation::Generate, Operation::Embed, Operation::CountTokens})
        QVERIFY(std::holds_alternative<CallError>(geminiProvider().readAnswer(operation, body, door.target())));
}

void TestGeminiAnswer::embeddings()
{
    const Door door;
    const auto read = [&](const char* body) {
        return geminiProvider().readAnswer(Operation::Embed, body, door.target());
    };
    auto batch = read(R"({"embeddings":[{"values":[0.5,-1e-3]},{"values":[1,1e-60]}]})");
    QVERIFY(std::holds_alternative<Answer>(batch));
    QCOMPARE(std::get<Answer>(batch).embeddings.size(), std::size_t(2));
    QCOMPARE(std::get<Answer>(batch).embeddings[0][1], -1e-3f);
    QCOMPARE(std::get<Answer>(batch).facts.tokens.source, api::TokenSource::None);
    auto one = read(R"({"embedding":{"values":[0.25]},"usageMetadata":{"promptTokenCount":4}})");
    QCOMPARE(std::get<Answer>(one).embeddings.size(), std::size_t(1));
    QCOMPARE(std::get<Answer>(one).facts.tokens.inUncached, 4);
    auto predict = read(
        R"({"predictions":[{"embeddings":{"values":[0.25],"statistics":{"token_count":3,"truncated":false}}},{"embeddings":{"values":[0.5],"statistics":{"token_count":2}}}]})");
    QCOMPARE(std::get<Answer>(predict).embeddings.size(), std::size_t(2));
    QCOMPARE(std::get<Answer>(predict).facts.tokens.inUncached, 5);
    QVERIFY(std::holds_alternative<CallError>(read(R"({"embeddings":[{"values":["0.5"]}]})")));
    QVERIFY(std::holds_alternative<CallError>(read(R"({"embeddings":[{"values":[]}]})")));
}

void TestGeminiAnswer::errors_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<bool>("retriable");
    QTest::addColumn<qint64>("retryAfterMs");
    const auto row = [](const char* name, int status, const char* body, const char* code, bool retriable,
                         qint64 after = -1) {
        QTest::newRow(name) << status << QByteArray(body) << QByteArray(code) << retriable << after;
    };
    row("rate", 429,
        R"({"error":{"code":429,"message":"Quota exceeded.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel"}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"17.25s"}]}})",
        "provider_throttled", true, 17'250);
    row("as a list", 429,
        R"([{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"3s"}]}}])",
        "provider_throttled", true, 3000);
    row("the day's quota", 429,
        R"({"error":{"code":429,"message":"m","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}]}})",
        "provider_throttled", false);
    row("prepaid is empty", 402, R"({"error":{"code":402,"message":"m","status":"RESOURCE_EXHAUSTED"}})",
        "provider_auth", false);
    row("bad key", 400,
        R"({"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com"}]}})",
        "provider_auth", false);
    row("location", 400,
        R"({"error":{"code":400,"message":"User location is not supported for the API use.","status":"FAILED_PRECONDITION"}})",
        "provider_auth", false);
    row("too long", 400,
        R"({"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}})",
        "context_too_long", false);
    row("invalid", 400,
        R"({"error":{"code":400,"message":"Invalid JSON payload received.","status":"INVALID_ARGUMENT"}})",
        "provider_bad_request", false);
    row("permission", 403, R"({"error":{"code":403,"message":"m","status":"PERMISSION_DENIED"}})", "provider_auth",
        false);
    row("model gone", 404,
        R"({"error":{"code":404,"message":"models/x is not found for API version v1beta.","status":"NOT_FOUND"}})",
        "model_retired", false);
    row("overloaded", 503, R"({"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}})",
        "provider_overloaded", true);
    row("internal", 500, R"({"error":{"code":500,"message":"m","status":"INTERNAL"}})", "provider_unavailable", true);
    row("token server", 400, R"({"error":"invalid_grant","error_description":"Bad."})", "provider_bad_request", false);
    row("html", 502, "<html>", "provider_unavailable", true);
    row("empty list", 500, "[]", "provider_unavailable", true);
}

void TestGeminiAnswer::errors()
{
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, code);
    QFETCH(bool, retriable);
    QFETCH(qint64, retryAfterMs);
    const Door door;
    const CallError error = geminiProvider().readError(status, {}, body, door.target());
    QCOMPARE(QByteArray(api::facts(error.code).name), code);
    QCOMPARE(error.mayRetry(), retriable);
    QCOMPARE(error.retryAfterMs.value_or(-1), retryAfterMs);
    QVERIFY(!error.text().contains(QLatin1String("API key")));
}

void TestGeminiAnswer::durations()
{
    using gemini::durationMs;
    QCOMPARE(durationMs("17s").value_or(-1), 17'000);
    QCOMPARE(durationMs("0.000000001s").value_or(-1), 1);
    for (const char* bad : {"", "s", "17", "-1s", "nans", "infs", "99999999s", "1m"})
        QVERIFY2(!durationMs(bad), bad);
}

QTEST_GUILESS_MAIN(TestGeminiAnswer)
#include "tst_gemini_answer.moc"
