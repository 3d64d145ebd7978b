// Chat completions and providers of other dialects: a request read whole, an answer and a stream written anew, and a
// request of another surface written for a speaker of chat. Each side is checked against the wire reference, not
// against the other side of ours.
#include "dialect_fixture.h"

#include "transform/part_sequencer.h"
#include "transform/providers/openai_chat.h"
#include "transform/surfaces/openai_chat.h"

using namespace gateway;
using namespace gateway::transform;
using namespace gateway::transform::test;

using config::ProviderKind;

namespace {

const QByteArray kEverything = R"({
  "model":"fast",
  "messages":[
    {"role":"system","content":"Be brief."},
    {"role":"developer","content":[{"type":"text","text":"No lists.","prompt_cache_breakpoint":{"ttl":"12h"}}]},
    {"role":"user","name":"ann","content":[
      {"type":"text","text":"What is this?"},
      {"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo=","detail":"high"}},
      {"type":"image_url","image_url":{"url":"https://example.org/a.png"}},
      {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERi0="}}]},
    {"role":"assistant","content":null,"reasoning_content":"Two tools.","tool_calls":[
      {"id":"call_1","type":"function","function":{"name":"look","arguments":"{\"n\":1.10}"},
       "extra_content":{"google":{"thought_signature":"c2ln"}}},
      {"id":"call_2","type":"function","function":{"name":"count","arguments":""}}]},
    {"role":"tool","tool_call_id":"call_1","content":"a cat"},
    {"role":"tool","tool_call_id":"call_2","content":[{"type":"text","text":"2"}]},
    {"role":"system","content":"Now answer."},
    {"role":"user","content":"Go on."}],
  "tools":[{"type":"function","function":{"name":"look","description":"d","parameters":{"z":1,"a":2},"strict":true}}],
  "tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"look"}}]}},
  "parallel_tool_calls":false,
  "response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"type":"object"},"strict":true}},
  "temperature":0.70,"top_p":1,"seed":9223372036854775808,"stop":["a","b"],"max_completion_tokens":99,
  "reasoning_effort":"xhigh","verbosity":"low","service_tier":"flex","user":"u1","prompt_cache_key":"k",
  "logit_bias":{"50256":-100},"metadata":{"a":"b"},"store":false,"logprobs":false,"frequency_penalty":0.5})";

Part textPart(const QByteArray& text)
{
    Part part;
    part.text = text;
    return part;
}

// As a provider's reader would tell it.
std::vector<StreamEvent> toolStream(PartSequencer& parts)
{
    std::vector<StreamEvent> events;
    parts.begin(&events, "msg_1", "claude-x");
    parts.text(&events, Part::Kind::Thinking, "Hm.");
    parts.signature(&events, "SIG", Signer::Anthropic);
    parts.text(&events, Part::Kind::Text, "I look. \xc3\xa9");
    parts.openTool(&events, 0, "toolu_1", "look");
    parts.arguments(&events, 0, "{\"n\":");
    parts.arguments(&events, 0, "1}");
    parts.openTool(&events, 1, "toolu_2", "count");
    parts.close(&events);
    return events;
}

} // namespace

class TestOpenAiChatTranslate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everythingIsRead();
    void wrongRequests_data();
    void wrongRequests();
    void wholeAnswer();
    void streamedAnswer();
    void brokenStream();
    void toChat();
    void quirksOfSpeakers();
    void refusals();
};

void TestOpenAiChatTranslate::everythingIsRead()
{
    const UnifiedRequest request = unified(openAiChat(), kEverything);
    QCOMPARE(request.system.size(), std::size_t(2));
    QCOMPARE(request.system[1].text, QByteArray("No lists."));
    QVERIFY(request.system[1].cacheMark == CacheLife::Hours12);
    QCOMPARE(request.messages.size(), std::size_t(5));

    const Message& question = request.messages[0];
    QCOMPARE(question.name, QByteArray("ann"));
    QCOMPARE(question.parts.size(), std::size_t(4));
    QCOMPARE(question.parts[1].mediaType, QByteArray("image/png"));
    QCOMPARE(question.parts[1].data, QByteArray("iVBORw0KGgo="));
    QCOMPARE(question.parts[1].detail, QByteArray("high"));
    QCOMPARE(question.parts[2].url, QByteArray("https://example.org/a.png"));
    QVERIFY(question.parts[3].kind == Part::Kind::Document);
    QCOMPARE(question.parts[3].mediaType, QByteArray("application/pdf"));

    const Message& calls = request.messages[1];
    QVERIFY(calls.role == Role::Assistant);
    QVERIFY(calls.parts[0].kind == Part::Kind::Thinking);
    QCOMPARE(calls.parts[1].arguments, QByteArray("{\"n\":1.10}"));
    QCOMPARE(calls.parts[1].signature, QByteArray("c2ln"));
    QVERIFY(calls.parts[1].signer == Signer::Google);
    QCOMPARE(calls.parts[2].arguments, QByteArray("{}"));

    const Message& results = request.messages[2]; // all results of a step in one message
    QCOMPARE(results.parts.size(), std::size_t(2));
    QCOMPARE(results.parts[0].callId, QByteArray("call_1"));
    QCOMPARE(results.parts[1].name, QByteArray("count"));
    QVERIFY(request.messages[3].role == Role::System);

    QCOMPARE(request.tools[0].schema, QByteArray("{\"z\":1,\"a\":2}"));
    QVERIFY(request.toolChoice->mode == ToolChoice::Mode::Required);
    QCOMPARE(request.toolChoice->allowed, std::vector<QByteArray>{"look"});
    QCOMPARE(request.parallelTools, std::optional(false));
    QVERIFY(request.format.kind == OutputFormat::Kind::JsonSchema);
    QCOMPARE(request.temperature, QByteArray("0.70"));
    QCOMPARE(request.seed, QByteArray("9223372036854775808"));
    QCOMPARE(request.stop, (std::vector<QByteArray>{"a", "b"}));
    QCOMPARE(request.maxOutputTokens, std::optional<qint64>(99));
    QVERIFY(request.reasoning.effort == Effort::XHigh);
    QCOMPARE(request.verbosity, QByteArray("low"));
    QCOMPARE(request.serviceTier, QByteArray("flex"));
    QCOMPARE(request.endUser, QByteArray("u1"));
    QCOMPARE(request.others.size(), std::size_t(2)); // store and logprobs ask for nothing
    QCOMPARE(request.others[0].name, QByteArray("logit_bias"));
    QCOMPARE(request.others[1].name, QByteArray("metadata"));
}

void TestOpenAiChatTranslate::wrongRequests_data()
{
    QTest::addColumn<QByteArray>("rest");
    QTest::addColumn<QString>("parameter");
    const auto row = [](const char* name, const char* rest, const char* parameter) {
        QTest::newRow(name) << QByteArray(rest) << QString::fromLatin1(parameter);
    };
    row("role", R"("messages":[{"role":"owner","content":"x"}])", "messages[0].role");
    row("content", R"("messages":[{"role":"user","content":5}])", "messages[0].content");
    row("arguments",
        R"("messages":[{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","arguments":"{"}}]}])",
        "messages[0].tool_calls[0].function.arguments");
    row("result without a call", R"("messages":[{"role":"tool","content":"x"}])", "messages[0].tool_call_id");
    row("temperature", R"("temperature":"hot","messages":[{"role":"user","content":"x"}])", "temperature");
    row("tool_choice", R"("tool_choice":"perhaps","messages":[{"role":"user","content":"x"}])", "tool_choice");
    row("schema", R"("response_format":{"type":"json_schema"},"messages":[{"role":"user","content":"x"}])",
        "response_format.json_schema.schema");
}

void TestOpenAiChatTranslate::wrongRequests()
{
    QFETCH(QByteArray, rest);
    const CallRequest request = parsed(openAiChat(), "{\"model\":\"fast\"," + rest + "}");
    const auto result = openAiChat().unify(request);
    QVERIFY(std::holds_alternative<CallError>(result));
    QTEST(std::get<CallError>(result).parameter, "parameter");
}

void TestOpenAiChatTranslate::wholeAnswer()
{
    Answer answer;
    answer.facts.model = QStringLiteral("claude-x");
    answer.facts.stop = StopReason::ToolUse;
    answer.facts.tokens.inUncached = 10;
    answer.facts.tokens.inCacheRead = 90;
    answer.facts.tokens.inCacheWrite1h = 7;
    answer.facts.tokens.outText = 5;
    answer.facts.tokens.outReasoning = 20;
    answer.facts.tokens.source = api::TokenSource::Reported;
    Part thinking = textPart("Hm.");
    thinking.kind = Part::Kind::Thinking;
    thinking.signature = "SIG";
    thinking.signer = Signer::Anthropic;
    Part call;
    call.kind = Part::Kind::ToolCall;
    call.callId = "toolu_1";
    call.name = "look";
    call.arguments = R"({"n":1.10})";
    answer.parts = {thinking, textPart("I look."), call};
    const CallRequest request;
    const QByteArray body =
        openAiChat().answerBody(request, answer, {QStringLiteral("call1"), QStringLiteral("fast"), 7});
    QVERIFY(!JsonText::parse(body).error);
    QCOMPARE(textAt(body, "choices[0].message.content"), QByteArray("I look."));
    QCOMPARE(textAt(body, "choices[0].message.reasoning_content"), QByteArray("Hm."));
    QCOMPARE(textAt(body, "choices[0].message.reasoning_details[0].signature"), QByteArray("SIG"));
    QCOMPARE(textAt(body, "choices[0].message.tool_calls[0].function.arguments"), QByteArray(R"({"n":1.10})"));
    QCOMPARE(textAt(body, "choices[0].finish_reason"), QByteArray("tool_calls"));
    QCOMPARE(rawAt(body, "usage.prompt_tokens"), QByteArray("107"));
    QCOMPARE(rawAt(body, "usage.prompt_tokens_details.cached_tokens"), QByteArray("90"));
    QCOMPARE(rawAt(body, "usage.prompt_tokens_details.cache_write_tokens"), QByteArray("7"));
    QCOMPARE(rawAt(body, "usage.completion_tokens"), QByteArray("25"));

    Answer refused;
    refused.facts.stop = StopReason::Safety;
    refused.facts.stopExplanation = "Not that.";
    const QByteArray no = openAiChat().answerBody(request, refused, {});
    QCOMPARE(textAt(no, "choices[0].finish_reason"), QByteArray("content_filter"));
    QCOMPARE(textAt(no, "choices[0].message.refusal"), QByteArray("Not that."));
    QVERIFY(at(no, "choices[0].message.content").isNull());
    QVERIFY(at(no, "usage").isMissing()); // nothing was said of tokens, so nothing is made up
}

void TestOpenAiChatTranslate::streamedAnswer()
{
    const CallRequest request = parsed(
        openAiChat(), R"({"model":"fast","stream":true,"stream_options":{"include_usage":true},"messages":[{}]})");
    const auto writer = openAiChat().streamWriter(request, {QStringLiteral("call1"), QStringLiteral("fast"), 7});
    PartSequencer parts;
    QByteArray out;
    for (const StreamEvent& event : toolStream(parts))
        writer->write(event, out);
    AnswerFacts facts;
    facts.stop = StopReason::ToolUse;
    facts.tokens.inUncached = 3;
    facts.tokens.outText = 4;
    facts.tokens.source = api::TokenSource::Reported;
    QByteArray tail;
    writer->finish(facts, tail);

    const QList<QByteArray> events = eventsOf(out + tail);
    QCOMPARE(textAt(events[0], "choices[0].delta.role"), QByteArray("assistant"));
    QByteArray text;
    QByteArray thinking;
    QByteArray arguments[2];
    QList<QByteArray> ids;
    int calls = 0;
    for (const QByteArray& event : events.first(events.size() - 3)) {
        QCOMPARE(textAt(event, "model"), QByteArray("claude-x"));
        QVERIFY(at(event, "usage").isNull());
        QVERIFY(at(event, "choices[0].finish_reason").isNull());
        text += textAt(event, "choices[0].delta.content");
        thinking += textAt(event, "choices[0].delta.reasoning_content");
        const JsonView call = at(event, "choices[0].delta.tool_calls[0]");
        if (call.isMissing())
            continue;
        const qint64 index = call.member("index").integer().value_or(9);
        QVERIFY(index >= 0 && index < 2);
        arguments[index] += textAt(call.raw(), "function.arguments");
        if (!call.member("id").isMissing()) { // id, type and name on the first fragment only
            ids.append(textAt(call.raw(), "id"));
            QCOMPARE(textAt(call.raw(), "type"), QByteArray("function"));
            ++calls;
        }
    }
    QCOMPARE(text, QByteArray("I look. \xc3\xa9"));
    QCOMPARE(thinking, QByteArray("Hm."));
    QCOMPARE(ids, QList<QByteArray>({"toolu_1", "toolu_2"}));
    QCOMPARE(arguments[0], QByteArray("{\"n\":1}"));
    QCOMPARE(calls, 2);
    const qsizetype last = events.size() - 1;
    QCOMPARE(textAt(events[last - 2], "choices[0].finish_reason"), QByteArray("tool_calls"));
    QCOMPARE(rawAt(events[last - 2], "choices[0].delta"), QByteArray("{}"));
    QCOMPARE(rawAt(events[last - 1], "choices"), QByteArray("[]"));
    QCOMPARE(rawAt(events[last - 1], "usage.total_tokens"), QByteArray("7"));
    QCOMPARE(events[last], QByteArray("[DONE]"));
    QVERIFY(out.contains("\"signature\":\"SIG\""));
}

void TestOpenAiChatTranslate::brokenStream()
{
    const CallRequest request = parsed(openAiChat(), R"({"model":"fast","stream":true,"messages":[{}]})");
    const auto writer = openAiChat().streamWriter(request, {QStringLiteral("call1"), QStringLiteral("fast"), 7});
    CallError error;
    error.code = api::ErrorCode::StreamTruncated;
    QByteArray tail;
    writer->fail(error, tail);
    const QList<QByteArray> events = eventsOf(tail);
    QCOMPARE(events.size(), 1); // and no end mark
    QCOMPARE(textAt(events[0], "error.signalbox.code"), QByteArray("stream_truncated"));
}

void TestOpenAiChatTranslate::toChat()
{
    const Asked asked(ProviderKind::OpenAiCompatible);
    UnifiedRequest request = unified(openAiChat(), kEverything);
    Losses losses;
    const QByteArray body = bodyOf(openAiChatRequest(request, asked.target(), losses));
    QVERIFY2(!JsonText::parse(body).error, body);
    QCOMPARE(textAt(body, "messages[0].role"), QByteArray("system"));
    QCOMPARE(textAt(body, "messages[1].content[1].image_url.url"), QByteArray("data:image/png;base64,iVBORw0KGgo="));
    QVERIFY(at(body, "messages[2].content").isNull());
    QCOMPARE(textAt(body, "messages[2].reasoning_content"), QByteArray("Two tools."));
    QCOMPARE(textAt(body, "messages[2].tool_calls[0].function.arguments"), QByteArray("{\"n\":1.10}"));
    QCOMPARE(textAt(body, "messages[3].tool_call_id"), QByteArray("call_1"));
    QCOMPARE(textAt(body, "messages[4].content"), QByteArray("2"));
    QCOMPARE(textAt(body, "messages[5].role"), QByteArray("system"));
    QCOMPARE(rawAt(body, "tools[0].function.parameters"), QByteArray("{\"z\":1,\"a\":2}"));
    QCOMPARE(textAt(body, "tool_choice"), QByteArray("required"));
    QCOMPARE(rawAt(body, "max_tokens"), QByteArray("99"));
    QCOMPARE(rawAt(body, "seed"), QByteArray("9223372036854775808"));
    QCOMPARE(rawAt(body, "temperature"), QByteArray("0.70"));
    QCOMPARE(rawAt(body, "response_format.json_schema.schema"), QByteArray("{\"type\":\"object\"}"));
    const QStringList missing = lost(losses);
    for (const char* field : {"logit_bias", "metadata", "verbosity", "service_tier", "prompt_cache_key",
             "system[1].cache_control", "tool_choice"})
        QVERIFY2(missing.contains(QLatin1String(field)), field);
}

void TestOpenAiChatTranslate::quirksOfSpeakers()
{
    UnifiedRequest request = unified(openAiChat(), kEverything);
    {
        const Asked asked(ProviderKind::Mistral, "mistral-medium-latest");
        Losses losses;
        const auto made = openAiChatRequest(request, asked.target(), losses);
        const QByteArray body = bodyOf(made);
        QCOMPARE(std::get<Outgoing>(made).path, QByteArray("/v1/chat/completions"));
        QCOMPARE(rawAt(body, "random_seed"), QByteArray("9223372036854775808"));
        const QByteArray id = textAt(body, "messages[2].tool_calls[0].id");
        QCOMPARE(id.size(), 9);
        QCOMPARE(textAt(body, "messages[3].tool_call_id"), id);
        QVERIFY(at(body, "user").isMissing());
    }
    {
        const Asked asked(ProviderKind::OpenAi, "gpt-6-sol");
        Losses losses;
        const QByteArray body = bodyOf(openAiChatRequest(request, asked.target(), losses));
        QVERIFY(at(body, "temperature").isMissing());
        QVERIFY(lost(losses).contains(QStringLiteral("temperature")));
        QCOMPARE(textAt(body, "reasoning_effort"), QByteArray("xhigh"));
        QCOMPARE(rawAt(body, "max_completion_tokens"), QByteArray("99"));
        QCOMPARE(textAt(body, "tool_choice.type"), QByteArray("allowed_tools"));
    }
    {
        const Asked asked(ProviderKind::DeepSeek, "deepseek-v4-pro");
        request.messages[0].parts.resize(1); // it reads no images
        Losses losses;
        const QByteArray body = bodyOf(openAiChatRequest(request, asked.target(), losses));
        QCOMPARE(textAt(body, "response_format.type"), QByteArray("json_object"));
        QVERIFY(lost(losses).contains(QStringLiteral("response_format")));
    }
}

void TestOpenAiChatTranslate::refusals()
{
    const Asked asked(ProviderKind::DeepSeek);
    const UnifiedRequest request = unified(openAiChat(), kEverything);
    Losses losses;
    const auto made = openAiChatRequest(request, asked.target(), losses);
    QVERIFY(std::holds_alternative<CallError>(made)); // an image by address
    QVERIFY(std::get<CallError>(made).code == api::ErrorCode::InvalidRequest);
}

QTEST_APPLESS_MAIN(TestOpenAiChatTranslate)
#include "tst_openai_chat_translate.moc"
