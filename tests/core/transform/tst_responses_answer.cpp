// What a Responses provider says, read: whole answers, streams (also those of servers that leave things out), usage in
// disjoint buckets, stop reasons, errors.
#include "responses_fixture.h"

#include "transform/providers/openai_responses_answer.h"

using namespace responses;
using config::ProviderKind;

namespace {

// Written after OpenAI's reference of streaming events.
std::vector<QByteArray> transcript()
{
    return {
        R"({"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response","created_at":1,"status":"in_progress","model":"gpt-6-luna-2026-09-01","output":[],"error":null,"usage":null}})",
        R"({"type":"response.in_progress","sequence_number":1,"response":{"id":"resp_1","object":"response","created_at":1,"status":"in_progress","model":"gpt-6-luna-2026-09-01","output":[],"error":null,"usage":null}})",
        R"({"type":"response.output_item.added","sequence_number":2,"output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[]}})",
        R"({"type":"response.reasoning_summary_part.added","sequence_number":3,"item_id":"rs_1","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":""}})",
        R"({"type":"response.reasoning_summary_text.delta","sequence_number":4,"item_id":"rs_1","output_index":0,"summary_index":0,"delta":"Think"})",
        R"({"type":"response.reasoning_summary_text.done","sequence_number":5,"item_id":"rs_1","output_index":0,"summary_index":0,"text":"Think"})",
        R"({"type":"response.reasoning_summary_part.done","sequence_number":6,"item_id":"rs_1","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":"Think"}})",
        R"({"type":"response.reasoning_summary_part.added","sequence_number":7,"item_id":"rs_1","output_index":0,"summary_index":1,"part":{"type":"summary_text","text":""}})",
        R"({"type":"response.reasoning_summary_text.delta","sequence_number":8,"item_id":"rs_1","output_index":0,"summary_index":1,"delta":"more"})",
        R"({"type":"response.output_item.done","sequence_number":9,"output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[{"type":"summary_text","text":"Think"},{"type":"summary_text","text":"more"}],"encrypted_content":"gAAA"}})",
        R"({"type":"response.output_item.added","sequence_number":10,"output_index":1,"item":{"id":"msg_1","type":"message","status":"in_progress","role":"assistant","content":[]}})",
        R"({"type":"response.content_part.added","sequence_number":11,"item_id":"msg_1","output_index":1,"content_index":0,"part":{"type":"output_text","text":"","annotations":[]}})",
        R"({"type":"response.output_text.delta","sequence_number":12,"item_id":"msg_1","output_index":1,"content_index":0,"delta":"Grüß","logprobs":[],"obfuscation":"xx"})",
        R"({"type":"response.output_text.delta","sequence_number":13,"item_id":"msg_1","output_index":1,"content_index":0,"delta":" Gott","logprobs":[]})",
        R"({"type":"response.output_text.done","sequence_number":14,"item_id":"msg_1","output_index":1,"content_index":0,"text":"Grüß Gott","logprobs":[]})",
        R"({"type":"response.content_part.done","sequence_number":15,"item_id":"msg_1","output_index":1,"content_index":0,"part":{"type":"output_text","text":"Grüß Gott","annotations":[]}})",
        R"({"type":"response.output_item.done","sequence_number":16,"output_index":1,"item":{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Grüß Gott","annotations":[]}]}})",
        R"({"type":"response.output_item.added","sequence_number":17,"output_index":2,"item":{"id":"fc_1","type":"function_call","status":"in_progress","arguments":"","call_id":"call_a","name":"f"}})",
        R"({"type":"response.function_call_arguments.delta","sequence_number":18,"item_id":"fc_1","output_index":2,"delta":"{\"n\":"})",
        R"({"type":"response.function_call_arguments.delta","sequence_number":19,"item_id":"fc_1","output_index":2,"delta":" 1.50}"})",
        R"({"type":"response.function_call_arguments.done","sequence_number":20,"item_id":"fc_1","output_index":2,"arguments":"{\"n\": 1.50}"})",
        R"({"type":"response.output_item.done","sequence_number":21,"output_index":2,"item":{"id":"fc_1","type":"function_call","status":"completed","arguments":"{\"n\": 1.50}","call_id":"call_a","name":"f"}})",
        R"({"type":"response.output_item.added","sequence_number":22,"output_index":3,"item":{"id":"fc_2","type":"function_call","status":"in_progress","arguments":"","call_id":"call_b","name":"g"}})",
        R"({"type":"response.function_call_arguments.done","sequence_number":23,"item_id":"fc_2","output_index":3,"arguments":"{}"})",
        R"({"type":"response.output_item.done","sequence_number":24,"output_index":3,"item":{"id":"fc_2","type":"function_call","status":"completed","arguments":"{}","call_id":"call_b","name":"g"}})",
        R"({"type":"response.completed","sequence_number":25,"response":{"id":"resp_1","object":"response","created_at":1,"status":"completed","model":"gpt-6-luna-2026-09-01","service_tier":"default","error":null,"output":[{"id":"rs_1","type":"reasoning","summary":[]},{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Grüß Gott","annotations":[]}]},{"id":"fc_1","type":"function_call","arguments":"{\"n\": 1.50}","call_id":"call_a","name":"f"},{"id":"fc_2","type":"function_call","arguments":"{}","call_id":"call_b","name":"g"}],"usage":{"input_tokens":100,"input_tokens_details":{"cached_tokens":40,"cache_write_tokens":30,"cache_write_tokens_details":{"ttl_30m_tokens":10,"ttl_12h_tokens":20}},"output_tokens":50,"output_tokens_details":{"reasoning_tokens":20},"total_tokens":150}}})",
    };
}

const QByteArray kTold = "begin resp_1 gpt-6-luna-2026-09-01\n"
                         "thinking+\n~ Think\n~ \n\n\n~ more\nsig gAAA\n-\n"
                         "text+\n~ Grüß\n~  Gott\n-\n"
                         "tool+ call_a f\n~ {\"n\":\n~  1.50}\n-\n"
                         "tool+ call_b g\n~ {}\n-\n";

} // namespace

class TestResponsesAnswer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answer();
    void refusalAndReasons_data();
    void refusalAndReasons();
    void usage_data();
    void usage();
    void errorsInside_data();
    void errorsInside();
    void errors();
    void stream();
    void streamCutAnywhere();
    void streamWithoutDeltas_data();
    void streamWithoutDeltas();
    void streamEnds_data();
    void streamEnds();
    void streamErrors_data();
    void streamErrors();
    void hostileStreams_data();
    void hostileStreams();
    void xaiSignsNothing();
};

void TestResponsesAnswer::answer()
{
    const Place place(ProviderKind::OpenAi);
    const QByteArray body =
        R"({"id":"resp_1","object":"response","status":"completed","model":"gpt-6-luna-2026-09-01","service_tier":"flex","error":null,"output":[
        {"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAA"},
        {"type":"message","id":"msg_1","role":"assistant","content":[{"type":"output_text","text":"Hi","annotations":[]},{"type":"refusal","refusal":"no"}]},
        {"type":"web_search_call","id":"ws_1","status":"completed"},
        {"type":"custom_tool_call","id":"ctc_1","call_id":"call_c","name":"patch","input":"***"},
        {"type":"function_call","id":"fc_1","call_id":"call_a","name":"f","arguments":"{\"b\":1,\"a\":2.50}"}],
        "usage":{"input_tokens":10,"output_tokens":5,"total_tokens":15}})";
    auto read = openAiResponsesProvider().readAnswer(Operation::Generate, body, place.target());
    QVERIFY(std::holds_alternative<Answer>(read));
    const Answer& answer = std::get<Answer>(read);
    QCOMPARE(answer.facts.id, QByteArray("resp_1"));
    QCOMPARE(answer.facts.model, QStringLiteral("gpt-6-luna-2026-09-01"));
    QCOMPARE(answer.facts.serviceTier, QByteArray("flex"));
    QCOMPARE(answer.facts.finishReason, QStringLiteral("completed"));
    QCOMPARE(answer.facts.stop, StopReason::ToolUse); // promoted (wire.md 9.3)
    QCOMPARE(answer.parts.size(), 5u);
    QVERIFY(answer.parts[0].redacted);
    QCOMPARE(answer.parts[0].signature, QByteArray("gAAA"));
    QCOMPARE(answer.parts[1].text, QByteArray("Hi"));
    QCOMPARE(answer.parts[2].kind, Part::Kind::Refusal);
    QVERIFY(answer.parts[3].custom);
    QCOMPARE(answer.parts[4].arguments, QByteArray("{\"b\":1,\"a\":2.50}"));
    auto facts = openAiResponsesProvider().readFacts(Operation::Generate, body, place.target());
    QCOMPARE(std::get<AnswerFacts>(facts).stop, StopReason::ToolUse);
    QCOMPARE(std::get<AnswerFacts>(facts).tokens.outText, 5);
}

void TestResponsesAnswer::refusalAndReasons_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<int>("stop");
    QTest::addColumn<QString>("word");
    const auto row = [](const char* name, const char* members, StopReason stop, const char* word) {
        QTest::newRow(name) << QByteArray(members) << int(stop) << QString::fromLatin1(word);
    };
    row("completed", R"("status":"completed")", StopReason::Stop, "completed");
    row("no status", R"("x":1)", StopReason::Stop, "completed");
    row("length", R"("status":"incomplete","incomplete_details":{"reason":"max_output_tokens"})", StopReason::Length,
        "max_output_tokens");
    row("filter", R"("status":"incomplete","incomplete_details":{"reason":"content_filter"})", StopReason::Safety,
        "content_filter");
    row("new reason", R"("status":"incomplete","incomplete_details":{"reason":"tired"})", StopReason::Stop, "tired");
    row("in the background", R"("status":"queued")", StopReason::None, "");
}

void TestResponsesAnswer::refusalAndReasons()
{
    QFETCH(QByteArray, members);
    QFETCH(int, stop);
    QFETCH(QString, word);
    const Place place(ProviderKind::OpenAi);
    auto read = openAiResponsesProvider().readFacts(
        Operation::Generate, "{\"id\":\"r\",\"output\":[]," + members + "}", place.target());
    QVERIFY(std::holds_alternative<AnswerFacts>(read));
    QCOMPARE(int(std::get<AnswerFacts>(read).stop), stop);
    QCOMPARE(std::get<AnswerFacts>(read).finishReason, word);
}

void TestResponsesAnswer::usage_data()
{
    QTest::addColumn<QByteArray>("usage");
    QTest::addColumn<bool>("xai");
    QTest::addColumn<QByteArray>("buckets"); // uncached read 30m 12h | text reasoning
    const auto row = [](const char* name, const char* usage, bool xai, const char* buckets) {
        QTest::newRow(name) << QByteArray(usage) << xai << QByteArray(buckets);
    };
    row("all", R"({"input_tokens":100,"input_tokens_details":{"cached_tokens":40,"cache_write_tokens":30,
        "cache_write_tokens_details":{"ttl_30m_tokens":10,"ttl_12h_tokens":20}},"output_tokens":50,
        "output_tokens_details":{"reasoning_tokens":20},"total_tokens":150})",
        false, "30 40 10 20 | 30 20");
    row("writes without lives",
        R"({"input_tokens":100,"input_tokens_details":{"cache_write_tokens":30},"output_tokens":5})", false,
        "70 0 30 0 | 5 0");
    row("xAI: reasoning outside",
        R"({"input_tokens":10,"output_tokens":5,"output_tokens_details":{"reasoning_tokens":20}})", true,
        "10 0 0 0 | 5 20");
    row("xAI, but the total says inside",
        R"({"input_tokens":10,"output_tokens":25,"output_tokens_details":{"reasoning_tokens":20},"total_tokens":35})",
        true, "10 0 0 0 | 5 20");
    row("OpenAI-like, but the total says outside",
        R"({"input_tokens":10,"output_tokens":25,"output_tokens_details":{"reasoning_tokens":20},"total_tokens":55})",
        false, "10 0 0 0 | 25 20");
    row("absurd", R"({"input_tokens":-4,"input_tokens_details":{"cached_tokens":99},"output_tokens":"many",
        "output_tokens_details":{"reasoning_tokens":7}})",
        false, "0 0 0 0 | 0 0");
    row("zeros are data", R"({"input_tokens":0,"output_tokens":0})", false, "0 0 0 0 | 0 0");
}

void TestResponsesAnswer::usage()
{
    QFETCH(QByteArray, usage);
    QFETCH(bool, xai);
    QFETCH(QByteArray, buckets);
    const api::Tokens tokens = readResponsesUsage(jsonOf(usage), xai);
    QCOMPARE(tokens.source, api::TokenSource::Reported);
    const QByteArray got = QStringLiteral("%1 %2 %3 %4 | %5 %6")
                               .arg(tokens.inUncached)
                               .arg(tokens.inCacheRead)
                               .arg(tokens.inCacheWrite30m)
                               .arg(tokens.inCacheWrite12h)
                               .arg(tokens.outText)
                               .arg(tokens.outReasoning)
                               .toLatin1();
    QCOMPARE(got, buckets);
    QCOMPARE(readResponsesUsage(jsonOf("null"), xai).source, api::TokenSource::None);
}

void TestResponsesAnswer::errorsInside_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("code");
    QTest::addColumn<bool>("retry");
    const auto row = [](const char* name, const char* body, api::ErrorCode code, bool retry) {
        QTest::newRow(name) << QByteArray(body) << int(code) << retry;
    };
    using enum api::ErrorCode;
    row("failed", R"({"status":"failed","error":{"code":"server_error","message":"m"},"output":[]})",
        ProviderUnavailable, true);
    row("failed silently", R"({"status":"failed","error":null,"output":[]})", ProviderUnavailable, true);
    row("cancelled", R"({"status":"cancelled","output":[]})", ProviderUnavailable, true);
    row("rate", R"({"status":"failed","error":{"code":"rate_limit_exceeded","message":"m"}})", ProviderThrottled, true);
    row("quota", R"({"error":{"code":"insufficient_quota","message":"m"}})", ProviderThrottled, false);
    row("overloaded", R"({"error":{"code":"server_is_overloaded","message":"m"}})", ProviderOverloaded, true);
    row("context", R"({"error":{"code":"context_length_exceeded","message":"m"}})", ContextTooLong, false);
    row("prompt", R"({"error":{"code":"invalid_prompt","message":"m"}})", ProviderBadRequest, false);
    row("text", R"({"error":"broken"})", ProviderUnavailable, true);
    row("not JSON", "<html>", TransformError, false);
    row("chat", R"({"id":"x","choices":[]})", TransformError, false);
}

void TestResponsesAnswer::errorsInside()
{
    QFETCH(QByteArray, body);
    QFETCH(int, code);
    QFETCH(bool, retry);
    const Place place(ProviderKind::OpenAi);
    auto read = openAiResponsesProvider().readAnswer(Operation::Generate, body, place.target());
    QVERIFY(std::holds_alternative<CallError>(read));
    QCOMPARE(int(std::get<CallError>(read).code), code);
    QCOMPARE(std::get<CallError>(read).mayRetry(), retry);
    auto facts = openAiResponsesProvider().readFacts(Operation::Generate, body, place.target());
    QVERIFY(std::holds_alternative<CallError>(facts));
}

void TestResponsesAnswer::errors()
{
    const Place place(ProviderKind::OpenAi);
    http::ResponseHead head;
    const CallError error = openAiResponsesProvider().readError(400, head,
        R"({"error":{"message":"Bad sk-test-not-a-real-key.","type":"invalid_request_error","param":"input","code":"context_length_exceeded"}})",
        place.target());
    QCOMPARE(error.code, api::ErrorCode::ContextTooLong);
    QCOMPARE(error.parameter, QStringLiteral("input"));
    QVERIFY(!error.text().contains(QStringLiteral("sk-test")));
    QCOMPARE(openAiResponsesProvider().readError(401, head, "{}", place.target()).code, api::ErrorCode::ProviderAuth);
}

void TestResponsesAnswer::stream()
{
    const Place place(ProviderKind::OpenAi);
    const Heard got = heard(sse(transcript()), place.target());
    QVERIFY(!got.error);
    QVERIFY(got.ended);
    QCOMPARE(told(got.events), kTold);
    QCOMPARE(got.facts.stop, StopReason::ToolUse);
    QCOMPARE(got.facts.serviceTier, QByteArray("default"));
    QCOMPARE(got.facts.tokens.inUncached, 30);
    QCOMPARE(got.facts.tokens.inCacheWrite12h, 20);
    QCOMPARE(got.facts.tokens.outReasoning, 20);
    // for the record alone it says the same
    const Heard facts = heard(sse(transcript()), place.target(), 1 << 20, false);
    QVERIFY(facts.events.empty());
    QCOMPARE(facts.facts.tokens, got.facts.tokens);
    QCOMPARE(facts.facts.stop, StopReason::ToolUse);
    QCOMPARE(facts.contentEvents, got.contentEvents);
}

void TestResponsesAnswer::streamCutAnywhere()
{
    const Place place(ProviderKind::OpenAi);
    for (const qsizetype piece : {1, 2, 3, 7, 61}) {
        const Heard got = heard(sse(transcript()), place.target(), piece);
        QVERIFY(got.ended);
        QCOMPARE(told(got.events), kTold);
    }
    // CRLF and no event names: the type stands in the data
    QByteArray bare;
    for (const QByteArray& data : transcript())
        bare += "data: " + data + "\r\n\r\n";
    QCOMPARE(told(heard(bare + "data: [DONE]\r\n\r\n", place.target(), 5).events), kTold);
}

void TestResponsesAnswer::streamWithoutDeltas_data()
{
    QTest::addColumn<QStringList>("types"); // that the server does not send
    QTest::addColumn<QByteArray>("told");
    const QByteArray whole = "begin resp_1 gpt-6-luna-2026-09-01\n"
                             "thinking+\n~ Think\n\nmore\nsig gAAA\n-\n"
                             "text+\n~ Grüß Gott\n-\n"
                             "tool+ call_a f\n~ {\"n\": 1.50}\n-\n"
                             "tool+ call_b g\n~ {}\n-\n";
    const QStringList deltas{QStringLiteral(".delta")};
    QTest::newRow("no deltas") << deltas << whole;
    QTest::newRow("items done only") << QStringList{QStringLiteral(".delta"), QStringLiteral("_text.done"),
                                            QStringLiteral("arguments.done"), QStringLiteral("part.added"),
                                            QStringLiteral("part.done"), QStringLiteral("item.added")}
                                     << whole;
    // what the last event alone says of the reasoning is nothing
    QTest::newRow("the end only")
        << QStringList{QStringLiteral(".delta"), QStringLiteral(".done"), QStringLiteral(".added"),
               QStringLiteral("created"), QStringLiteral("in_progress")}
        << QByteArray("begin resp_1 gpt-6-luna-2026-09-01\ntext+\n~ Grüß Gott\n-\ntool+ call_a f\n~ {\"n\": 1.50}\n-\n"
                      "tool+ call_b g\n~ {}\n-\n");
    QTest::newRow("no items done") << QStringList{QStringLiteral("item.done")}
                                   << QByteArray(kTold).replace("sig gAAA\n", "");
}

void TestResponsesAnswer::streamWithoutDeltas()
{
    QFETCH(QStringList, types);
    QFETCH(QByteArray, told);
    const Place place(ProviderKind::OpenAi);
    std::vector<QByteArray> kept;
    for (const QByteArray& data : transcript()) {
        const QString type = QString::fromLatin1(responses::textOf(jsonOf(data).member("type")));
        if (std::none_of(types.begin(), types.end(), [&](const QString& end) { return type.endsWith(end); }))
            kept.push_back(data);
    }
    const Heard got = heard(sse(kept), place.target());
    QVERIFY(got.ended);
    QCOMPARE(responses::told(got.events), told);
    QCOMPARE(got.facts.stop, StopReason::ToolUse);
    QVERIFY(got.contentEvents > 0);
}

void TestResponsesAnswer::streamEnds_data()
{
    QTest::addColumn<QByteArray>("last");
    QTest::addColumn<int>("stop");
    QTest::newRow("length")
        << QByteArray(
               R"({"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[]}})")
        << int(StopReason::Length);
    QTest::newRow("filter")
        << QByteArray(
               R"({"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"content_filter"},"output":null}})")
        << int(StopReason::Safety);
    QTest::newRow("bare") << QByteArray(R"({"type":"response.completed","response":{}})") << int(StopReason::Stop);
}

void TestResponsesAnswer::streamEnds()
{
    QFETCH(QByteArray, last);
    QFETCH(int, stop);
    const Place place(ProviderKind::OpenAi);
    std::vector<QByteArray> all = transcript();
    all.resize(14); // in the middle of the text
    all.push_back(last);
    const Heard got = heard(sse(all), place.target());
    QVERIFY(got.ended);
    QCOMPARE(int(got.facts.stop), stop);
    QVERIFY(told(got.events).endsWith("~  Gott\n-\n")); // what was open is closed
    // a stream that only stops is cut
    all.pop_back();
    const Heard cut = heard(sse(all), place.target());
    QVERIFY(!cut.ended);
    const auto reader = openAiResponsesProvider().streamReader(place.target());
    QVERIFY(!reader->mayEndHere(nullptr));
}

void TestResponsesAnswer::streamErrors_data()
{
    QTest::addColumn<QByteArray>("event");
    QTest::addColumn<int>("code");
    const auto row = [](const char* name, const char* event, api::ErrorCode code) {
        QTest::newRow(name) << QByteArray(event) << int(code);
    };
    using enum api::ErrorCode;
    row("failed",
        R"({"type":"response.failed","response":{"id":"resp_1","status":"failed","error":{"code":"server_error","message":"m"}}})",
        ProviderUnavailable);
    row("failed silently", R"({"type":"response.failed","response":{}})", ProviderUnavailable);
    row("rate", R"({"type":"response.failed","response":{"error":{"code":"rate_limit_exceeded","message":"m"}}})",
        ProviderThrottled);
    row("error", R"({"type":"error","code":"server_is_overloaded","message":"m","param":null,"sequence_number":3})",
        ProviderOverloaded);
    row("nested error", R"({"type":"error","error":{"type":"invalid_request_error","message":"m"}})",
        ProviderBadRequest);
    row("error without a type", R"({"error":{"message":"m","code":"context_length_exceeded"}})", ContextTooLong);
    row("not JSON", "oops", TransformError);
    row("a list", "[]", TransformError);
}

void TestResponsesAnswer::streamErrors()
{
    QFETCH(QByteArray, event);
    QFETCH(int, code);
    const Place place(ProviderKind::OpenAi);
    const Heard got = heard("data: " + transcript()[0] + "\n\ndata: " + event + "\n\n", place.target());
    QVERIFY(got.error);
    QCOMPARE(int(got.error->code), code);
    QVERIFY(!got.ended);
}

void TestResponsesAnswer::hostileStreams_data()
{
    QTest::addColumn<QByteArray>("event");
    for (const char* event : {R"({})", R"({"type":7})", R"({"type":"response.created"})",
             R"({"type":"response.output_item.added","output_index":-1,"item":{}})",
             R"({"type":"response.output_item.added","output_index":1e3,"item":[]})",
             R"({"type":"response.output_item.done","output_index":9223372036854775807})",
             R"({"type":"response.output_text.delta","output_index":3,"delta":["x"]})",
             R"({"type":"response.function_call_arguments.delta","output_index":8,"delta":"{"})",
             R"({"type":"response.function_call_arguments.done","output_index":8})",
             R"({"type":"response.reasoning_summary_part.added"})", R"({"type":"response.steer.accepted"})",
             R"({"type":"response.web_search_call.searching","item_id":"ws"})", R"({"type":"keepalive"})",
             R"({"type":"response.completed","response":[]})", R"({"type":"response.completed"})"})
        QTest::newRow(event) << QByteArray(event);
}

void TestResponsesAnswer::hostileStreams()
{
    QFETCH(QByteArray, event);
    const Place place(ProviderKind::OpenAi);
    std::vector<QByteArray> all = transcript();
    for (std::size_t at = 0; at <= all.size(); ++at) {
        std::vector<QByteArray> mixed = all;
        mixed.insert(mixed.begin() + std::ptrdiff_t(at), event);
        const Heard got = heard(sse(mixed), place.target());
        // whatever it makes of it, parts begin and end in order
        int open = 0;
        for (const StreamEvent& one : got.events) {
            open += one.kind == StreamEvent::Kind::PartBegin ? 1 : one.kind == StreamEvent::Kind::PartEnd ? -1 : 0;
            QVERIFY(open == 0 || open == 1);
        }
        QVERIFY(got.ended || got.error);
    }
}

// xAI's encrypted reasoning is nobody else's, and cannot be told from OpenAI's once it is out.
void TestResponsesAnswer::xaiSignsNothing()
{
    const Place place(ProviderKind::Xai, "grok-4.7");
    const Heard got = heard(sse(transcript()), place.target());
    QVERIFY(!told(got.events).contains("sig"));
}

QTEST_APPLESS_MAIN(TestResponsesAnswer)
#include "tst_responses_answer.moc"
