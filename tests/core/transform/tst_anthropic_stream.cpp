// Anthropic's streams (wire.md 1.4): read, passed on, and written from events; cut into bytes, cut off anywhere, broken
// by an error in the middle; wire.md section 9 items 1, 2, 3, 5, 6, 8, 10, 17.
#include "anthropic_fixture.h"

#include "transform/part_sequencer.h"
#include "transform/signature.h"

using Kind = StreamEvent::Kind;

namespace {

QByteArray printed(const std::vector<StreamEvent>& events)
{
    QByteArray out;
    for (const StreamEvent& event : events) {
        switch (event.kind) {
        case Kind::Begin:
            out += "begin " + event.callId + ' ' + event.name;
            break;
        case Kind::PartBegin:
            out += QByteArray::number(event.part);
            if (event.partKind == Part::Kind::ToolCall)
                out += " tool " + event.callId + ' ' + event.name;
            else if (event.partKind == Part::Kind::Thinking)
                out += event.redacted ? " redacted" : " thinking";
            else
                out += event.partKind == Part::Kind::Refusal ? " refusal" : " text";
            break;
        case Kind::Delta:
            out += "  " + event.text;
            break;
        case Kind::Signature:
            out += "  signed " + event.text;
            break;
        case Kind::PartEnd:
            out += "end";
            break;
        }
        out += '\n';
    }
    return out;
}

// Whether the SDKs would take it: each event named as its type says, one message_start first, blocks opened and closed
// one after another, and one end.
QByteArray lifecycleError(const QByteArray& stream)
{
    const std::vector<Event> events = eventsOf(stream);
    if (events.empty())
        return "no whole events";
    bool open = false;
    int block = 0;
    bool over = false;
    for (std::size_t i = 0; i < events.size(); ++i) {
        const Event& event = events[i];
        const JsonText text = JsonText::parse(event.data);
        if (text.error)
            return "not JSON: " + event.data;
        const QByteArray type = text.root.member("type").text().value_or(QByteArray());
        if (type != event.name || type.isEmpty())
            return "named " + event.name + " but is " + type;
        if (over)
            return "something after the end: " + type;
        if (type == "error") {
            over = true;
            continue;
        }
        if ((type == "message_start") != (i == 0))
            return "message_start at " + QByteArray::number(qsizetype(i));
        const auto index = text.root.member("index").integer();
        if (type == "content_block_start") {
            if (open || index != block)
                return "block opened out of turn";
            open = true;
        } else if (type == "content_block_delta") {
            if (!open || index != block)
                return "delta out of turn";
        } else if (type == "content_block_stop") {
            if (!open || index != block)
                return "block closed out of turn";
            open = false;
            ++block;
        } else if (type == "message_stop") {
            if (open)
                return "end with an open block";
            over = true;
        }
    }
    return over ? QByteArray() : QByteArray("no end");
}

} // namespace

class TestAnthropicStream : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reads();
    void readsInBytes();
    void usage();
    void usageOfCutStream();
    void toolWithWholeInput();
    void toolWithoutStopReason();
    void refusal();
    void hostile_data();
    void hostile();
    void errorInTheMiddle_data();
    void errorInTheMiddle();
    void relaysBytes();
    void relayRepairs();
    void relayWithoutNames();
    void secondStart();
    void missingStop();
    void writes();
    void writesForeign();
    void writesRefusal();
    void writesNothing();
    void carriesSignatures();
    void truncation_data();
    void truncation();

private:
    const Asked m_asked;
};

void TestAnthropicStream::reads()
{
    const Events events = readStream(wholeStream(), 1 << 20, m_asked);
    QVERIFY(events.ended);
    QVERIFY(!events.error);
    QCOMPARE(
        printed(events.events), QByteArray("begin msg_01 claude-sonnet-4-6\n"
                                           "0 thinking\n"
                                           "  Two cities, gr\xc3\xbc\xc3\x9f"
                                           "e \xf0\x9f\x98\x80\n"
                                           "  signed EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds==\n"
                                           "end\n"
                                           "1 redacted\n"
                                           "  signed EmwKAhgBEgy3va3pzix/LafPsn4aDFIT2Xlxh0L5L8rLVyIwxtE3rAFBa8cr3qpP\n"
                                           "end\n"
                                           "2 text\n"
                                           "  I will \n"
                                           "  look.\n"
                                           "end\n"
                                           "3 tool toolu_A weather\n"
                                           "  {\"city\": \"Par\n"
                                           "  is\"}\n"
                                           "end\n"
                                           "4 tool toolu_B weather\n"
                                           "  {\"city\":\"Rome\",\"n\":12345678901234567890.10}\n"
                                           "end\n"));
    QCOMPARE(events.facts.id, QByteArray("msg_01"));
    QCOMPARE(events.facts.model, QStringLiteral("claude-sonnet-4-6"));
    QCOMPARE(events.facts.stop, StopReason::ToolUse);
    QCOMPARE(events.facts.finishReason, QStringLiteral("tool_use"));
    QCOMPARE(events.facts.serviceTier, QByteArray("standard"));
}

void TestAnthropicStream::readsInBytes()
{
    const Events whole = readStream(wholeStream(), 1 << 20, m_asked);
    for (const qsizetype pieces : {1, 2, 7}) {
        const Events cut = readStream(wholeStream(), pieces, m_asked);
        QCOMPARE(printed(cut.events), printed(whole.events));
        QVERIFY(cut.facts.tokens == whole.facts.tokens);
        QCOMPARE(cut.contentEvents, whole.contentEvents);
        QCOMPARE(relayed(wholeStream(), pieces, m_asked).all(), wholeStream());
    }
}

// message_delta is cumulative and replaces; the buckets are disjoint; the split of what was cached stands at the start
// only.
void TestAnthropicStream::usage()
{
    const api::Tokens tokens = readStream(wholeStream(), 1 << 20, m_asked).facts.tokens;
    QCOMPARE(tokens.source, api::TokenSource::Reported);
    QCOMPARE(tokens.inUncached, 30);
    QCOMPARE(tokens.inCacheRead, 1000);
    QCOMPARE(tokens.inCacheWrite5m, 100);
    QCOMPARE(tokens.inCacheWrite1h, 200);
    QCOMPARE(tokens.outReasoning, 60);
    QCOMPARE(tokens.outText, 90);
    QCOMPARE(tokens.input(), 1330);
    QCOMPARE(tokens.output(), 150);
}

// The first estimate of the output is not what a broken stream has used.
void TestAnthropicStream::usageOfCutStream()
{
    const QByteArray stream = wholeStream();
    const Events cut = readStream(stream.first(stream.indexOf("event: message_delta")), 1 << 20, m_asked);
    QVERIFY(!cut.ended);
    QCOMPARE(cut.facts.tokens.source, api::TokenSource::Estimated);
    QCOMPARE(cut.facts.tokens.inUncached, 25);
    QCOMPARE(cut.facts.tokens.inCacheRead, 1000);
    QVERIFY(cut.facts.tokens.outText >= 8);

    const Events none = readStream(sse("ping", "{\"type\":\"ping\"}"), 1, m_asked);
    QCOMPARE(none.facts.tokens.source, api::TokenSource::None);
}

// 9.1: a server that gives the arguments with the start only
void TestAnthropicStream::toolWithWholeInput()
{
    const QByteArray stream =
        sse("message_start",
            R"({"type":"message_start","message":{"id":"m","model":"x","usage":{"input_tokens":1}}})") +
        sse("content_block_start",
            R"({"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t1","name":"f","input":{"b":1,"a":2.50}}})") +
        sse("content_block_stop", R"({"type":"content_block_stop","index":0})") +
        sse("message_delta",
            R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}})") +
        sse("message_stop", R"({"type":"message_stop"})");
    const Events events = readStream(stream, 3, m_asked);
    QCOMPARE(printed(events.events), QByteArray("begin m x\n0 tool t1 f\n  {\"b\":1,\"a\":2.50}\nend\n"));
    // 9.3: and says it has just ended
    QCOMPARE(events.facts.stop, StopReason::ToolUse);
    QCOMPARE(events.facts.finishReason, QStringLiteral("end_turn"));
}

void TestAnthropicStream::toolWithoutStopReason()
{
    QByteArray stream = wholeStream();
    stream.replace("\"stop_reason\":\"tool_use\"", "\"stop_reason\":\"max_tokens\"");
    QCOMPARE(readStream(stream, 9, m_asked).facts.stop, StopReason::Length); // cut off: not a tool call
    stream.replace("\"stop_reason\":\"max_tokens\"", "\"stop_reason\":\"brand_new\"");
    const Events odd = readStream(stream, 9, m_asked);
    QCOMPARE(odd.facts.stop, StopReason::ToolUse);
    QCOMPARE(odd.facts.finishReason, QStringLiteral("brand_new"));
}

void TestAnthropicStream::refusal()
{
    const QByteArray stream =
        sse("message_start",
            R"({"type":"message_start","message":{"id":"m","model":"x","usage":{"input_tokens":1}}})") +
        sse("message_delta",
            R"({"type":"message_delta","delta":{"stop_reason":"refusal","stop_details":{"type":"refusal","category":"cyber","explanation":"No."}},"usage":{"output_tokens":5}})") +
        sse("message_stop", R"({"type":"message_stop"})");
    const Events events = readStream(stream, 1, m_asked);
    QCOMPARE(events.facts.stop, StopReason::Safety);
    QCOMPARE(events.facts.stopCategory, QByteArray("cyber"));
    QCOMPARE(events.facts.stopExplanation, QByteArray("No."));
    QCOMPARE(relayed(stream, 1, m_asked).all(), stream);
}

void TestAnthropicStream::hostile_data()
{
    QTest::addColumn<QByteArray>("stream");
    QTest::addColumn<bool>("broken");
    QTest::newRow("not json") << sse("message_start", "{") << true;
    QTest::newRow("list") << sse("message_start", "[]") << true;
    QTest::newRow("duplicate keys") << sse("ping2", R"({"type":"a","type":"b"})") << true;
    QTest::newRow("start without message") << sse("message_start", R"({"type":"message_start"})") << false;
    QTest::newRow("delta before start")
        << sse("content_block_delta", R"({"type":"content_block_delta","delta":{"type":"text_delta","text":"x"}})")
        << false;
    QTest::newRow("arguments of nobody")
        << sse("content_block_delta",
               R"({"type":"content_block_delta","index":9,"delta":{"type":"input_json_delta","partial_json":"{"}})")
        << false;
    QTest::newRow("stop of nobody") << sse("content_block_stop", R"({"type":"content_block_stop","index":-5})")
                                    << false;
    QTest::newRow("unknown event") << sse("new_thing", R"({"type":"new_thing","x":[1]})") << false;
    QTest::newRow("wrong types")
        << sse("message_start",
               R"({"type":"message_start","message":{"id":5,"model":[],"usage":{"input_tokens":"many","output_tokens":-7,"cache_read_input_tokens":1e400}}})")
        << true; // the number is out of every range: not JSON that we accept
    QTest::newRow("absurd counts")
        << sse("message_start",
               R"({"type":"message_start","message":{"usage":{"input_tokens":99999999999999,"output_tokens":-7}}})")
        << false;
    QTest::newRow("usage is a text") << sse("message_delta", R"({"type":"message_delta","delta":7,"usage":"none"})")
                                     << false;
    QTest::newRow("two stops") << sse("message_stop", R"({"type":"message_stop"})") +
                                      sse("message_stop", R"({"type":"message_stop"})")
                               << false;
}

void TestAnthropicStream::hostile()
{
    QFETCH(QByteArray, stream);
    QFETCH(bool, broken);
    const Events events = readStream(stream, 1, m_asked);
    QCOMPARE(events.error.has_value(), broken);
    if (broken)
        QCOMPARE(events.error->code, api::ErrorCode::TransformError);
    QVERIFY(events.facts.tokens.inUncached <= 100'000'000);
    QVERIFY(events.facts.tokens.outText >= 0);
    const Passage passage = relayed(stream, 1, m_asked);
    const auto written = eventsOf(passage.all());
    QVERIFY(!written.empty());
    QVERIFY(written.back().name == "error" || written.back().name == "message_stop");
}

void TestAnthropicStream::errorInTheMiddle_data()
{
    QTest::addColumn<QByteArray>("error");
    QTest::addColumn<int>("code");
    QTest::addColumn<QByteArray>("type");
    using api::ErrorCode;
    QTest::newRow("overloaded") << QByteArray(R"({"type":"overloaded_error","message":"Overloaded"})")
                                << int(ErrorCode::ProviderOverloaded) << QByteArray("overloaded_error");
    QTest::newRow("api") << QByteArray(R"({"type":"api_error","message":"Internal server error"})")
                         << int(ErrorCode::ProviderUnavailable) << QByteArray("api_error");
    QTest::newRow("rate") << QByteArray(R"({"type":"rate_limit_error","message":"slow"})")
                          << int(ErrorCode::ProviderThrottled) << QByteArray("rate_limit_error");
    QTest::newRow("odd") << QByteArray(R"("text")") << int(ErrorCode::ProviderUnavailable) << QByteArray("api_error");
}

void TestAnthropicStream::errorInTheMiddle()
{
    QFETCH(QByteArray, error);
    QFETCH(int, code);
    QFETCH(QByteArray, type);
    const QByteArray whole = wholeStream();
    const QByteArray before = whole.first(whole.indexOf("event: content_block_stop"));
    const Passage passage = relayed(before + sse("error", "{\"type\":\"error\",\"error\":" + error + "}"), 1, m_asked);
    QVERIFY(passage.error);
    QCOMPARE(int(passage.error->code), code);
    QVERIFY(passage.content);
    QCOMPARE(passage.events, before);
    QCOMPARE(lifecycleError(passage.all()), QByteArray());
    const std::vector<Event> tail = eventsOf(passage.tail);
    QCOMPARE(tail.size(), std::size_t(1));
    QCOMPARE(tail[0].name, QByteArray("error"));
    QCOMPARE(at(tail[0].data, "error.type").text().value_or(QByteArray()), type);
    QCOMPARE(rawAt(tail[0].data, "request_id"), QByteArray("\"call1\""));
}

// 9.10: what is passed on is the provider's bytes, signatures and all
void TestAnthropicStream::relaysBytes()
{
    const Passage passage = relayed(wholeStream(), 5, m_asked);
    QVERIFY(passage.ended);
    QCOMPARE(passage.all(), wholeStream());
    QCOMPARE(passage.tail, sse("message_stop", "{\"type\":\"message_stop\"}"));
}

void TestAnthropicStream::relayRepairs()
{
    QByteArray stream = wholeStream();
    stream.replace("\"stop_reason\":\"tool_use\"", "\"stop_reason\":\"end_turn\"");
    QCOMPARE(relayed(stream, 64, m_asked).all(), wholeStream());
    stream.replace("\"stop_reason\":\"end_turn\"", "\"stop_reason\":\"brand_new\"");
    QCOMPARE(relayed(stream, 64, m_asked).all(), stream);
}

// The SDKs pass over events without a name; compatible servers forget it.
void TestAnthropicStream::relayWithoutNames()
{
    QByteArray stream;
    for (const Event& one : eventsOf(wholeStream()))
        stream += "data: " + one.data + "\n\n";
    QCOMPARE(relayed(stream, 11, m_asked).all(), wholeStream());
}

void TestAnthropicStream::secondStart() // 9.17
{
    const QByteArray whole = wholeStream();
    const QByteArray start = whole.first(whole.indexOf("\n\n") + 2);
    const Passage passage = relayed(start + whole, 13, m_asked);
    QCOMPARE(passage.all(), whole);
    QCOMPARE(printed(readStream(start + whole, 13, m_asked).events), printed(readStream(whole, 13, m_asked).events));
}

// It has said why it stopped, but not that it is over: what is missing is not made up.
void TestAnthropicStream::missingStop()
{
    const QByteArray whole = wholeStream();
    const QByteArray cut = whole.first(whole.indexOf("event: message_stop"));
    const Passage passage = relayed(cut, 100, m_asked);
    QVERIFY(!passage.ended);
    QCOMPARE(passage.events, cut);
    QCOMPARE(eventsOf(passage.tail).front().name, QByteArray("error"));
    QCOMPARE(passage.facts.tokens.source, api::TokenSource::Reported); // what was used is known all the same
}

// 9.1, 9.2, 9.5, 9.6: from events to a stream that reads as the same events
void TestAnthropicStream::writes()
{
    const Events first = readStream(wholeStream(), 1 << 20, m_asked);
    const Passage passage = rewritten(first);
    QCOMPARE(lifecycleError(passage.all()), QByteArray());
    const Events again = readStream(passage.all(), 1, m_asked);
    QCOMPARE(printed(again.events).replace("msg_call1", "msg_01"), printed(first.events));
    QVERIFY(again.facts.tokens == first.facts.tokens);
    QCOMPARE(again.facts.stop, StopReason::ToolUse);

    int tools = 0;
    int starts = 0;
    for (const Event& one : eventsOf(passage.all())) {
        starts += one.name == "message_start";
        if (one.name == "content_block_start" && at(one.data, "content_block.type").text() == QByteArray("tool_use")) {
            ++tools;
            QCOMPARE(rawAt(one.data, "content_block.input"), QByteArray("{}"));
        }
    }
    QCOMPARE(tools, 2);
    QCOMPARE(starts, 1);
    const std::vector<Event> tail = eventsOf(passage.tail);
    QCOMPARE(tail.size(), std::size_t(2));
    QCOMPARE(tail[0].name, QByteArray("message_delta"));
    QCOMPARE(tail[1].name, QByteArray("message_stop"));
    QCOMPARE(rawAt(tail[0].data, "delta.stop_reason"), QByteArray("\"tool_use\""));
    QCOMPARE(rawAt(tail[0].data, "usage.input_tokens"), QByteArray("30"));
    QCOMPARE(rawAt(tail[0].data, "usage.cache_read_input_tokens"), QByteArray("1000"));
    QCOMPARE(rawAt(tail[0].data, "usage.cache_creation_input_tokens"), QByteArray("300"));
    QCOMPARE(rawAt(tail[0].data, "usage.output_tokens"), QByteArray("150"));
    QCOMPARE(rawAt(tail[0].data, "usage.output_tokens_details.thinking_tokens"), QByteArray("60"));
}

// Thinking of another signer, calls without ids or arguments, thinking nobody signed.
void TestAnthropicStream::writesForeign()
{
    PartSequencer sequencer;
    Events events;
    sequencer.begin(&events.events, "chatcmpl-1", "gpt-6-sol");
    sequencer.text(&events.events, Part::Kind::Thinking, "hm");
    sequencer.signature(&events.events, "opaque", Signer::OpenAi);
    sequencer.text(&events.events, Part::Kind::Text, "Hi");
    sequencer.text(&events.events, Part::Kind::Thinking, "nobody's");
    sequencer.openTool(&events.events, 0, {}, "f");
    sequencer.openTool(&events.events, 1, "call_2", "g");
    sequencer.arguments(&events.events, 1, "{\"a\":1}");
    sequencer.close(&events.events);
    events.ended = true;
    events.facts.stop = StopReason::ToolUse;
    events.facts.tokens.inUncached = 7;
    events.facts.tokens.inAudio = 3;
    events.facts.tokens.inCacheWrite30m = 5;
    const Passage passage = rewritten(events);
    QCOMPARE(lifecycleError(passage.all()), QByteArray());
    const Events again = readStream(passage.all(), 1, m_asked);
    QCOMPARE(printed(again.events),
        QByteArray("begin msg_call1 gpt-6-sol\n0 thinking\n  hm\n  signed " +
                   sealed({"opaque", Signer::OpenAi, SignaturePlace::Thinking}) +
                   "\nend\n1 text\n  Hi\nend\n2 thinking\n  nobody's\nend\n3 tool toolu_call1_3 f\n  {}\nend\n"
                   "4 tool call_2 g\n  {\"a\":1}\nend\n"));
    const QByteArray delta = eventsOf(passage.tail)[0].data;
    QCOMPARE(rawAt(delta, "usage.input_tokens"), QByteArray("10"));
    QCOMPARE(rawAt(delta, "usage.cache_creation.ephemeral_1h_input_tokens"), QByteArray("5"));
}

void TestAnthropicStream::writesRefusal()
{
    PartSequencer sequencer;
    Events events;
    sequencer.begin(&events.events, "x", "m");
    sequencer.text(&events.events, Part::Kind::Refusal, "I cannot.");
    sequencer.close(&events.events);
    events.ended = true;
    events.facts.stop = StopReason::Stop;
    const Passage passage = rewritten(events);
    QCOMPARE(lifecycleError(passage.all()), QByteArray());
    const QByteArray delta = eventsOf(passage.tail)[0].data;
    QCOMPARE(rawAt(delta, "delta.stop_reason"), QByteArray("\"refusal\""));
    QCOMPARE(
        rawAt(delta, "delta.stop_details"), QByteArray(R"({"type":"refusal","category":null,"explanation":null})"));
    QVERIFY(passage.events.contains("I cannot."));
}

void TestAnthropicStream::writesNothing()
{
    Events events;
    events.ended = true;
    const Passage passage = rewritten(events);
    QCOMPARE(lifecycleError(passage.all()), QByteArray());
    QCOMPARE(rawAt(eventsOf(passage.all())[1].data, "delta.stop_reason"), QByteArray("\"end_turn\""));
}

// Google signs tool calls: the caller carries that in a thinking block before the call.
void TestAnthropicStream::carriesSignatures()
{
    PartSequencer sequencer;
    Events events;
    sequencer.begin(&events.events, "x", "gemini-3.8-flash");
    sequencer.openTool(&events.events, 0, "c1", "f");
    sequencer.signature(&events.events, "google-says", Signer::Google);
    sequencer.arguments(&events.events, 0, "{\"a\":1}");
    sequencer.close(&events.events);
    events.ended = true;
    const Passage passage = rewritten(events);
    QCOMPARE(lifecycleError(passage.all()), QByteArray());
    QCOMPARE(printed(readStream(passage.all(), 1, m_asked).events),
        "begin msg_call1 gemini-3.8-flash\n0 thinking\n  signed " +
            sealed({"google-says", Signer::Google, SignaturePlace::NextPart}) +
            "\nend\n1 tool c1 f\n  {\"a\":1}\nend\n");
}

void TestAnthropicStream::truncation_data()
{
    QTest::addColumn<bool>("relay");
    QTest::newRow("passed on") << true;
    QTest::newRow("written anew") << false;
}

// 9.8: cut after any byte, the caller has whole events and then either the end or one error.
void TestAnthropicStream::truncation()
{
    QFETCH(bool, relay);
    const QByteArray whole = wholeStream();
    for (qsizetype n = 0; n <= whole.size(); ++n) {
        const QByteArrayView cut = QByteArrayView(whole).first(n);
        const Passage passage = relay ? relayed(cut, 4096, m_asked) : rewritten(readStream(cut, 4096, m_asked));
        const QByteArray defect = lifecycleError(passage.all());
        QVERIFY2(defect.isEmpty(), (QByteArray::number(n) + ": " + defect).constData());
        const std::vector<Event> events = eventsOf(passage.all());
        const bool complete = n == whole.size();
        QCOMPARE(passage.ended, complete);
        QCOMPARE(events.back().name, complete ? QByteArray("message_stop") : QByteArray("error"));
        if (!complete)
            QCOMPARE(eventsOf(passage.tail).size(), std::size_t(1));
    }
}

QTEST_APPLESS_MAIN(TestAnthropicStream)
#include "tst_anthropic_stream.moc"
