// Answers and streams of other dialects in the words of the Responses dialect: the lifecycle that SDKs demand, whole
// answers, ends of every kind, and streams of the same dialect passed on and broken off.
#include "responses_fixture.h"

#include "transform/signature.h"

#include <QFile>

using namespace responses;
using config::ProviderKind;

namespace {

// The rules of openai-node's stream accumulator (7.57), and that what is said twice is said alike.
class Judge
{
public:
    void hear(const std::vector<QByteArray>& events)
    {
        for (const QByteArray& data : events) {
            const JsonText text = JsonText::parse(data);
            if (text.error)
                return blame("not JSON", data);
            one(text.root);
        }
        if (!m_over)
            blame("no end", {});
    }
    QByteArray blamed() const { return m_blamed; }
    const std::vector<QByteArray>& output() const { return m_done; }

private:
    void blame(const char* what, QByteArrayView where)
    {
        if (m_blamed.isEmpty())
            m_blamed = QByteArray(what) + ": " + where.toByteArray();
    }

    void one(JsonView event)
    {
        const QByteArray type = textOf(event.member("type"));
        if (m_over)
            blame("after the end", event.raw());
        if (event.member("sequence_number").integer() != m_next++)
            blame("a gap", event.raw());
        if (m_next == 1 && type != "response.created")
            blame("begins otherwise", event.raw());
        const JsonView response = event.member("response");
        if (!response.isMissing())
            return lifecycle(type, response);
        const qint64 index = event.member("output_index").integer().value_or(-1);
        if (type == "response.output_item.added")
            return added(index, event.member("item"));
        if (index != qint64(m_done.size()) || !m_open)
            return blame("of no open item", event.raw());
        if (type == "response.output_item.done")
            return done(event.member("item"));
        if (textOf(event.member("item_id")) != m_id)
            return blame("another item_id", event.raw());
        part(type, event);
    }

    void lifecycle(const QByteArray& type, JsonView response)
    {
        for (const char* needed : {"id", "object", "created_at", "status", "model", "output", "error",
                 "incomplete_details", "instructions", "metadata", "parallel_tool_calls", "temperature", "tool_choice",
                 "tools", "top_p", "usage", "text", "access_programs"}) {
            if (response.member(needed).isMissing())
                blame(needed, response.raw());
        }
        if (m_response.isEmpty())
            m_response = textOf(response.member("id"));
        if (m_response != textOf(response.member("id")))
            blame("another response", response.raw());
        if (type == "response.created" || type == "response.in_progress")
            return;
        m_over = true;
        if (m_open)
            blame("an item is open at the end", {});
        std::size_t i = 0;
        response.member("output").eachElement([&](JsonView item) {
            if (i >= m_done.size() || item.raw() != m_done[i++])
                blame("another item at the end", item.raw());
            return true;
        });
        if (i != m_done.size())
            blame("an item is missing at the end", response.raw());
    }

    void added(qint64 index, JsonView item)
    {
        if (m_open || index != qint64(m_done.size()))
            blame("added out of order", item.raw());
        m_open = true;
        m_id = textOf(item.member("id"));
        m_type = textOf(item.member("type"));
        if (m_id.isEmpty() || m_ids.contains(m_id))
            blame("an id twice", item.raw());
        m_ids.append(m_id);
        if (const QByteArray call = textOf(item.member("call_id"));
            m_type.endsWith("call") && m_type != "image_generation_call") {
            if (call.isEmpty() || m_calls.contains(call))
                blame("a call id twice", item.raw());
            m_calls.append(call);
        }
        m_parts = 0;
        m_partOpen = false;
        m_text.clear();
    }

    void part(const QByteArray& type, JsonView event)
    {
        const JsonView index = event.member(m_type == "reasoning" ? "summary_index" : "content_index");
        const bool isCall = m_type == "function_call" || m_type == "custom_tool_call";
        if (!isCall && index.integer() != m_parts)
            blame("another part", event.raw());
        if (type.endsWith("part.added")) {
            if (m_partOpen)
                blame("a part in a part", event.raw());
            m_partOpen = true;
            m_text.clear();
        } else if (type.endsWith(".delta")) {
            if (!isCall && !m_partOpen)
                blame("no part", event.raw());
            m_text += textOf(event.member("delta"));
        } else if (type.endsWith("part.done")) {
            m_partOpen = false;
            ++m_parts;
        } else {
            for (const char* name : {"text", "refusal", "arguments", "input"}) {
                if (const JsonView whole = event.member(name); !whole.isMissing() && textOf(whole) != m_text)
                    blame("not the sum of its deltas", event.raw());
            }
            if (isCall)
                m_whole = true;
        }
    }

    void done(JsonView item)
    {
        if (textOf(item.member("id")) != m_id || textOf(item.member("type")) != m_type || m_partOpen)
            blame("done otherwise", item.raw());
        int parts = 0;
        for (const char* list : {"content", "summary"}) {
            item.member(list).eachElement([&](JsonView) {
                ++parts;
                return true;
            });
        }
        if (parts != m_parts)
            blame("parts are missing", item.raw());
        m_open = false;
        m_done.push_back(item.raw().toByteArray());
    }

    QByteArray m_blamed;
    qint64 m_next = 0;
    bool m_over = false;
    QByteArray m_response;
    std::vector<QByteArray> m_done;
    QList<QByteArray> m_ids;
    QList<QByteArray> m_calls;
    bool m_open = false;
    QByteArray m_id;
    QByteArray m_type;
    qint64 m_parts = 0;
    bool m_partOpen = false;
    bool m_whole = false;
    QByteArray m_text;
};

StreamEvent begin()
{
    StreamEvent event;
    event.kind = StreamEvent::Kind::Begin;
    event.name = "claude-haiku-4-5";
    return event;
}

// Events of one part: opened, its pieces, a signature, closed.
std::vector<StreamEvent> part(Part::Kind kind, const std::vector<QByteArray>& pieces, const QByteArray& signature = {},
    Signer signer = Signer::Unknown)
{
    std::vector<StreamEvent> out;
    StreamEvent event;
    event.kind = StreamEvent::Kind::PartBegin;
    event.partKind = kind;
    out.push_back(event);
    for (const QByteArray& piece : pieces) {
        event.kind = StreamEvent::Kind::Delta;
        event.text = piece;
        out.push_back(event);
    }
    if (!signature.isEmpty()) {
        event.kind = StreamEvent::Kind::Signature;
        event.text = signature;
        event.signer = signer;
        out.push_back(event);
    }
    event = {};
    event.kind = StreamEvent::Kind::PartEnd;
    event.partKind = kind;
    out.push_back(event);
    return out;
}

std::vector<StreamEvent> call(
    const QByteArray& id, const QByteArray& name, const std::vector<QByteArray>& pieces, bool custom = false)
{
    std::vector<StreamEvent> out = part(Part::Kind::ToolCall, pieces);
    out.front().callId = id;
    out.front().name = name;
    out.front().custom = custom;
    return out;
}

std::vector<StreamEvent> all(std::initializer_list<std::vector<StreamEvent>> lists)
{
    std::vector<StreamEvent> out{begin()};
    for (const std::vector<StreamEvent>& list : lists)
        out.insert(out.end(), list.begin(), list.end());
    return out;
}

// A conversation's worth of everything.
std::vector<StreamEvent> everything()
{
    std::vector<StreamEvent> redacted = part(Part::Kind::Thinking, {}, "opaque", Signer::Anthropic);
    redacted.front().redacted = true;
    std::vector<StreamEvent> signedCall = call("call_b", "time", {"{\"z\":", "\"Europe/Köln\"}"});
    StreamEvent signature;
    signature.kind = StreamEvent::Kind::Signature;
    signature.partKind = Part::Kind::ToolCall;
    signature.text = "CiQB";
    signature.signer = Signer::Google;
    signedCall.insert(signedCall.begin() + 1, signature);
    return all({part(Part::Kind::Thinking, {"Let me ", "think."}, "EqQB", Signer::Anthropic), redacted,
        part(Part::Kind::Text, {"Grüß", " Gott", "\n\"quoted\""}), part(Part::Kind::Text, {"again"}),
        part(Part::Kind::Refusal, {"I ", "won't."}), call("call_a", "weather", {}), signedCall,
        call("call_a", "twice", {"{}"}), call("", "nameless", {"{}"}), call("call_p", "patch", {"*** ", "begin"}, true),
        part(Part::Kind::Image, {"iVBOR"}), part(Part::Kind::Text, {})});
}

AnswerFacts facts(StopReason stop)
{
    AnswerFacts out;
    out.stop = stop;
    out.model = QStringLiteral("claude-haiku-4-5-20251001");
    out.tokens.source = api::TokenSource::Reported;
    out.tokens.inUncached = 10;
    out.tokens.inCacheRead = 20;
    out.tokens.inCacheWrite5m = 3;
    out.tokens.inCacheWrite1h = 4;
    out.tokens.outText = 5;
    out.tokens.outReasoning = 6;
    return out;
}

const QByteArray kRequest =
    R"({"model":"fast","input":"x","stream":true,"instructions":"Be.","tools":[{"type":"function","name":"f","parameters":{"b":1,"a":2.50}}],"temperature":0.30,"metadata":{"k":"v"},"store":true})";

QByteArray written(const std::vector<StreamEvent>& events, StopReason stop, QByteArray* tailOnly = nullptr)
{
    const CallRequest request = parsed(kRequest);
    const auto writer = openAiResponses().streamWriter(request, context());
    QByteArray out;
    QByteArray tail;
    for (const StreamEvent& event : events)
        writer->write(event, out);
    writer->finish(facts(stop), tail);
    QByteArray after;
    writer->finish(facts(stop), after);
    for (const StreamEvent& event : events)
        writer->write(event, after);
    if (!after.isEmpty())
        qWarning() << "written after the end";
    if (tailOnly)
        *tailOnly = tail;
    return out + tail + after;
}

QByteArray broken(const std::vector<StreamEvent>& events)
{
    const CallRequest request = parsed(kRequest);
    const auto writer = openAiResponses().streamWriter(request, context());
    QByteArray out;
    for (const StreamEvent& event : events)
        writer->write(event, out);
    CallError error;
    error.code = api::ErrorCode::StreamTruncated;
    writer->fail(error, out);
    writer->fail(error, out);
    writer->finish(facts(StopReason::Stop), out);
    return out;
}

// For a look with the real client: SIGNALBOX_KEEP_STREAMS=DIR
void keep(const char* name, const QByteArray& stream)
{
    const QByteArray place = qgetenv("SIGNALBOX_KEEP_STREAMS");
    if (place.isEmpty())
        return;
    QFile file(QString::fromLocal8Bit(place) + u'/' + QLatin1String(name));
    if (file.open(QIODevice::WriteOnly))
        file.write(stream);
}

} // namespace

class TestResponsesStream : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void lifecycle();
    void order();
    void items();
    void ends_data();
    void ends();
    void refusalByReasonOnly();
    void failsAnywhere();
    void wholeAnswer();
    void wholeAnswerIncomplete();
    void noUsageIsNull();
    void relays();
    void relayFailsAnywhere();
    void relayFailsAtOnce();
};

void TestResponsesStream::lifecycle()
{
    const QByteArray stream = written(everything(), StopReason::ToolUse);
    keep("everything.sse", stream);
    Judge judge;
    judge.hear(eventsOf(stream));
    QCOMPARE(judge.blamed(), QByteArray());
    // the event's name is its type
    const QList<QByteArray> lines = stream.split('\n');
    for (qsizetype i = 0; i + 1 < lines.size(); ++i) {
        if (lines[i].startsWith("event: "))
            QVERIFY(lines[i + 1].startsWith("data: {\"type\":\"" + lines[i].mid(7) + '"'));
    }
}

void TestResponsesStream::order()
{
    const auto events = all(
        {part(Part::Kind::Thinking, {"a"}), part(Part::Kind::Text, {"b", "c"}), call("call_a", "f", {"{\"n\":1}"})});
    QByteArray tail;
    const std::vector<QByteArray> types = typesOf(eventsOf(written(events, StopReason::ToolUse, &tail)));
    const std::vector<QByteArray> expected{"response.created", "response.in_progress", "response.output_item.added",
        "response.reasoning_summary_part.added", "response.reasoning_summary_text.delta",
        "response.reasoning_summary_text.done", "response.reasoning_summary_part.done", "response.output_item.done",
        "response.output_item.added", "response.content_part.added", "response.output_text.delta",
        "response.output_text.delta", "response.output_text.done", "response.content_part.done",
        "response.output_item.done", "response.output_item.added", "response.function_call_arguments.delta",
        "response.function_call_arguments.done", "response.output_item.done", "response.completed"};
    QCOMPARE(types, expected);
    // what ends the stream is held back by the engine
    QCOMPARE(typesOf(eventsOf(tail)), (std::vector<QByteArray>{"response.output_item.done", "response.completed"}));
}

void TestResponsesStream::items()
{
    const std::vector<QByteArray> events = eventsOf(written(everything(), StopReason::ToolUse));
    const JsonView response = jsonOf(events.back()).member("response");
    QCOMPARE(textOf(response.member("id")), QByteArray("resp_0199aa00c0ffee"));
    QCOMPARE(textOf(response.member("status")), QByteArray("completed"));
    QCOMPARE(textOf(response.member("model")), QByteArray("claude-haiku-4-5-20251001"));
    QCOMPARE(response.member("tools").raw(),
        QByteArrayView(R"([{"type":"function","name":"f","parameters":{"b":1,"a":2.50}}])")); // as the caller wrote it
    QCOMPARE(response.member("temperature").raw(), QByteArrayView("0.30"));
    QCOMPARE(response.member("store").raw(), QByteArrayView("false")); // it is not
    QCOMPARE(response.member("usage").raw(),
        QByteArrayView(
            R"({"input_tokens":37,"input_tokens_details":{"cached_tokens":20,"cache_write_tokens":7,"cache_write_tokens_details":{"ttl_30m_tokens":3,"ttl_12h_tokens":4}},"output_tokens":11,"output_tokens_details":{"reasoning_tokens":6},"total_tokens":48})"));

    QList<QByteArray> types;
    response.member("output").eachElement([&](JsonView item) {
        types.append(textOf(item.member("type")));
        return true;
    });
    QCOMPARE(
        types, (QList<QByteArray>{"reasoning", "reasoning", "message", "function_call", "reasoning", "function_call",
                   "function_call", "function_call", "custom_tool_call", "image_generation_call", "message"}));
    const auto item = [&](int i) { return response.member("output").at(i); };
    // signatures travel in the envelope and are what they were
    const auto signature = [&](int i) { return opened(textOf(item(i).member("encrypted_content")), Signer::OpenAi); };
    QCOMPARE(signature(0).bytes, QByteArray("EqQB"));
    QCOMPARE(signature(0).signer, Signer::Anthropic);
    QCOMPARE(signature(1).place, SignaturePlace::Redacted);
    QCOMPARE(signature(4).place, SignaturePlace::NextPart);
    QCOMPARE(signature(4).signer, Signer::Google);
    QCOMPARE(textOf(item(0).member("summary").at(0).member("text")), QByteArray("Let me think."));
    // texts in a row are parts of one message
    QCOMPARE(textOf(item(2).member("content").at(0).member("text")), QByteArray("Grüß Gott\n\"quoted\""));
    QCOMPARE(textOf(item(2).member("content").at(1).member("text")), QByteArray("again"));
    QCOMPARE(textOf(item(2).member("content").at(2).member("refusal")), QByteArray("I won't."));
    QCOMPARE(textOf(item(3).member("arguments")), QByteArray("{}")); // without any
    QCOMPARE(textOf(item(5).member("arguments")), QByteArray("{\"z\":\"Europe/Köln\"}"));
    QVERIFY(textOf(item(6).member("call_id")) != "call_a"); // used already
    QVERIFY(!textOf(item(7).member("call_id")).isEmpty());
    QCOMPARE(textOf(item(8).member("input")), QByteArray("*** begin"));
    QCOMPARE(textOf(item(9).member("result")), QByteArray("iVBOR"));

    // and the caller who hands all of it back has said what was said
    const UnifiedRequest again =
        unified("{\"model\":\"fast\",\"input\":" + response.member("output").raw().toByteArray() + "}");
    const std::vector<Part>& parts = again.messages.at(0).parts;
    QCOMPARE(parts.at(0).signature, QByteArray("EqQB"));
    QCOMPARE(parts.at(6).name, QByteArray("time"));
    QCOMPARE(parts.at(6).signature, QByteArray("CiQB"));
    QCOMPARE(parts.at(6).arguments, QByteArray("{\"z\":\"Europe/Köln\"}"));
}

void TestResponsesStream::ends_data()
{
    QTest::addColumn<int>("stop");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("reason");
    QTest::addColumn<QByteArray>("itemStatus");
    const auto row = [](const char* name, StopReason stop, const char* type, const char* reason, const char* status) {
        QTest::newRow(name) << int(stop) << QByteArray(type) << QByteArray(reason) << QByteArray(status);
    };
    row("stop", StopReason::Stop, "response.completed", "", "completed");
    row("stop sequence", StopReason::StopSequence, "response.completed", "", "completed");
    row("tool", StopReason::ToolUse, "response.completed", "", "completed");
    row("pause", StopReason::Pause, "response.completed", "", "completed");
    row("length", StopReason::Length, "response.incomplete", "max_output_tokens", "incomplete");
    row("context", StopReason::ContextFull, "response.incomplete", "max_output_tokens", "incomplete");
    row("safety", StopReason::Safety, "response.incomplete", "content_filter", "incomplete");
    row("model error", StopReason::ModelError, "response.failed", "", "incomplete");
}

void TestResponsesStream::ends()
{
    QFETCH(int, stop);
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, reason);
    QFETCH(QByteArray, itemStatus);
    const auto events = eventsOf(written(all({part(Part::Kind::Text, {"a"})}), StopReason(stop)));
    Judge judge;
    judge.hear(events);
    QCOMPARE(judge.blamed(), QByteArray());
    QCOMPARE(typesOf(events).back(), type);
    const JsonView response = jsonOf(events.back()).member("response");
    QCOMPARE("response." + textOf(response.member("status")), type);
    QCOMPARE(textOf(response.member("incomplete_details").member("reason")), reason);
    QCOMPARE(textOf(response.member("output").at(0).member("status")), itemStatus);
}

void TestResponsesStream::refusalByReasonOnly()
{
    const CallRequest request = parsed(kRequest);
    const auto writer = openAiResponses().streamWriter(request, context());
    QByteArray out;
    for (const StreamEvent& event : all({part(Part::Kind::Text, {"Well"})}))
        writer->write(event, out);
    AnswerFacts end = facts(StopReason::Safety);
    end.stopExplanation = "Not this.";
    writer->finish(end, out);
    const auto events = eventsOf(out);
    Judge judge;
    judge.hear(events);
    QCOMPARE(judge.blamed(), QByteArray());
    const JsonView content = jsonOf(events.back()).member("response").member("output").at(0).member("content");
    QCOMPARE(textOf(content.at(1).member("refusal")), QByteArray("Not this."));
}

void TestResponsesStream::failsAnywhere()
{
    const std::vector<StreamEvent> events = everything();
    for (std::size_t count = 0; count <= events.size(); ++count) {
        const QByteArray stream = broken({events.begin(), events.begin() + std::ptrdiff_t(count)});
        if (count == 8)
            keep("broken.sse", stream);
        const auto said = eventsOf(stream);
        Judge judge;
        judge.hear(said);
        QCOMPARE(judge.blamed(), QByteArray());
        QCOMPARE(typesOf(said).back(), QByteArray("response.failed"));
        const JsonView error = jsonOf(said.back()).member("response").member("error");
        QCOMPARE(textOf(error.member("code")), QByteArray("stream_truncated"));
        QVERIFY(!textOf(error.member("message")).isEmpty());
        QCOMPARE(textOf(error.member("signalbox").member("request_id")), QByteArray("0199aa00c0ffee"));
    }
}

void TestResponsesStream::wholeAnswer()
{
    const CallRequest request = parsed(kRequest);
    Answer answer;
    answer.facts = facts(StopReason::ToolUse);
    const auto add = [&](Part::Kind kind, const char* text) -> Part& {
        Part part;
        part.kind = kind;
        part.text = text;
        answer.parts.push_back(std::move(part));
        return answer.parts.back();
    };
    Part& thought = add(Part::Kind::Thinking, "hm");
    thought.signature = "gAAA";
    thought.signer = Signer::OpenAi;
    add(Part::Kind::Text, "one");
    add(Part::Kind::Refusal, "no");
    Part& tool = add(Part::Kind::ToolCall, "");
    tool.name = "f";
    tool.callId = "call_a";
    tool.signature = "CiQB";
    tool.signer = Signer::Google;
    add(Part::Kind::ToolCall, "").callId = "call_a";
    const QByteArray body = openAiResponses().answerBody(request, answer, context());
    keep("whole.json", body);
    const JsonText text = JsonText::parse(body);
    QVERIFY(!text.error);
    const JsonView output = text.root.member("output");
    QCOMPARE(output.at(0).raw(),
        QByteArrayView(
            R"({"id":"rs_sbx_0199aa00c0ffee_0","type":"reasoning","summary":[{"type":"summary_text","text":"hm"}],"encrypted_content":"gAAA"})"));
    QCOMPARE(output.at(1).raw(),
        QByteArrayView(
            R"({"id":"msg_0199aa00c0ffee_1","type":"message","status":"completed","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":"one"},{"type":"refusal","refusal":"no"}],"role":"assistant"})"));
    QCOMPARE(textOf(output.at(2).member("type")), QByteArray("reasoning"));
    QCOMPARE(output.at(3).raw(),
        QByteArrayView(
            R"({"id":"fc_0199aa00c0ffee_3","type":"function_call","status":"completed","arguments":"{}","call_id":"call_a","name":"f"})"));
    QCOMPARE(textOf(output.at(4).member("call_id")), QByteArray("call_fc_0199aa00c0ffee_4"));
    QCOMPARE(text.root.member("created_at").integer().value_or(0), 1'795'000'000);
    QCOMPARE(text.root.member("metadata").raw(), QByteArrayView(R"({"k":"v"})"));
    QCOMPARE(textOf(text.root.member("instructions")), QByteArray("Be."));
    QVERIFY(text.root.member("error").isNull());
}

void TestResponsesStream::wholeAnswerIncomplete()
{
    const CallRequest request = parsed(R"({"model":"fast","input":"x"})");
    Answer answer;
    answer.facts.stop = StopReason::Length;
    Part part;
    part.text = "one";
    answer.parts = {part};
    const QByteArray body = openAiResponses().answerBody(request, answer, context());
    const JsonView root = jsonOf(body);
    QCOMPARE(textOf(root.member("status")), QByteArray("incomplete"));
    QCOMPARE(textOf(root.member("model")), QByteArray("fast")); // nobody said another
    QCOMPARE(textOf(root.member("output").at(0).member("status")), QByteArray("incomplete"));
}

void TestResponsesStream::noUsageIsNull()
{
    const CallRequest request = parsed(R"({"model":"fast","input":"x"})");
    const QByteArray body = openAiResponses().answerBody(request, {}, context());
    QVERIFY(jsonOf(body).member("usage").isNull());
}

namespace {

std::vector<QByteArray> upstream()
{
    const char* const response =
        R"("response":{"id":"resp_up","object":"response","created_at":1,"status":"in_progress","model":"gpt-6-luna","error":null,"incomplete_details":null,"instructions":null,"metadata":{},"parallel_tool_calls":true,"temperature":1.0,"tool_choice":"auto","tools":[],"top_p":1.0,"usage":null,"text":{},"access_programs":null,"x_new":1.50,"output":[]})";
    return {QByteArray(R"({"type":"response.created","sequence_number":0,)") + response + '}',
        QByteArray(R"({"type":"response.in_progress","sequence_number":1,)") + response + '}',
        R"({"type":"response.output_item.added","sequence_number":2,"output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[]}})",
        R"({"type":"response.reasoning_summary_part.added","sequence_number":3,"item_id":"rs_1","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":""}})",
        R"({"type":"response.reasoning_summary_text.delta","sequence_number":4,"item_id":"rs_1","output_index":0,"summary_index":0,"delta":"hm"})",
        R"({"type":"response.reasoning_summary_text.done","sequence_number":5,"item_id":"rs_1","output_index":0,"summary_index":0,"text":"hm"})",
        R"({"type":"response.reasoning_summary_part.done","sequence_number":6,"item_id":"rs_1","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":"hm"}})",
        R"({"type":"response.output_item.done","sequence_number":7,"output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[{"type":"summary_text","text":"hm"}]}})",
        R"({"type":"response.output_item.added","sequence_number":8,"output_index":1,"item":{"id":"msg_1","type":"message","status":"in_progress","content":[],"role":"assistant"}})",
        R"({"type":"response.content_part.added","sequence_number":9,"item_id":"msg_1","output_index":1,"content_index":0,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":""}})",
        R"({"type":"response.output_text.delta","sequence_number":10,"item_id":"msg_1","output_index":1,"content_index":0,"delta":"Grüß","logprobs":[],"obfuscation":"zz"})",
        R"({"type":"response.output_text.delta","sequence_number":11,"item_id":"msg_1","output_index":1,"content_index":0,"delta":" Gott","logprobs":[]})",
        R"({"type":"response.output_text.done","sequence_number":12,"item_id":"msg_1","output_index":1,"content_index":0,"text":"Grüß Gott","logprobs":[]})",
        R"({"type":"response.content_part.done","sequence_number":13,"item_id":"msg_1","output_index":1,"content_index":0,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":"Grüß Gott"}})",
        R"({"type":"response.output_item.done","sequence_number":14,"output_index":1,"item":{"id":"msg_1","type":"message","status":"completed","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":"Grüß Gott"}],"role":"assistant"}})",
        R"({"type":"response.output_item.added","sequence_number":15,"output_index":2,"item":{"id":"fc_1","type":"function_call","status":"in_progress","arguments":"","call_id":"call_a","name":"f"}})",
        R"({"type":"response.function_call_arguments.delta","sequence_number":16,"item_id":"fc_1","output_index":2,"delta":"{\"a"})",
        R"({"type":"response.function_call_arguments.delta","sequence_number":17,"item_id":"fc_1","output_index":2,"delta":"\":1}"})",
        R"({"type":"response.function_call_arguments.done","sequence_number":18,"item_id":"fc_1","output_index":2,"arguments":"{\"a\":1}"})",
        R"({"type":"response.output_item.done","sequence_number":19,"output_index":2,"item":{"id":"fc_1","type":"function_call","status":"completed","arguments":"{\"a\":1}","call_id":"call_a","name":"f"}})",
        R"({"type":"response.completed","sequence_number":20,"response":{"id":"resp_up","status":"completed","model":"gpt-6-luna","output":[]}})"};
}

struct Relayed
{
    QByteArray out;
    QByteArray tail;
};

Relayed relayed(const std::vector<QByteArray>& frames, bool fails)
{
    const CallRequest request = parsed(kRequest);
    const Place place(ProviderKind::OpenAi);
    const auto reader = openAiResponsesProvider().streamReader(place.target());
    const auto relay = openAiResponses().streamRelay(request, context());
    Relayed out;
    for (const QByteArray& data : frames) {
        const QByteArray name = textOf(jsonOf(data).member("type"));
        const Frame frame{name, data, false};
        const StreamReader::Read read = reader->read(frame, nullptr);
        relay->relay(frame, read, reader->facts(), out.out, out.tail);
    }
    if (fails) {
        CallError error;
        error.code = api::ErrorCode::StreamTruncated;
        relay->fail(error, out.tail);
        relay->fail(error, out.tail);
    }
    return out;
}

} // namespace

void TestResponsesStream::relays()
{
    const std::vector<QByteArray> frames = upstream();
    const Relayed got = relayed(frames, false);
    QCOMPARE(got.out + got.tail, sse(frames)); // not a byte other
    QCOMPARE(typesOf(eventsOf(got.tail)), std::vector<QByteArray>{"response.completed"});
    // the end is the tail's, which the engine sends or replaces by a failure (tst_withheld_end), never both
    const Relayed late = relayed(frames, true);
    QVERIFY((late.out + late.tail).startsWith(sse(frames)));
}

void TestResponsesStream::relayFailsAnywhere()
{
    const std::vector<QByteArray> frames = upstream();
    for (std::size_t count = 1; count < frames.size(); ++count) {
        const Relayed got = relayed({frames.begin(), frames.begin() + std::ptrdiff_t(count)}, true);
        if (count == 11)
            keep("relay-broken.sse", got.out + got.tail);
        const auto said = eventsOf(got.out + got.tail);
        Judge judge;
        judge.hear(said);
        QCOMPARE(judge.blamed(), QByteArray());
        QCOMPARE(typesOf(said).back(), QByteArray("response.failed"));
        const JsonView response = jsonOf(said.back()).member("response");
        QCOMPARE(textOf(response.member("id")), QByteArray("resp_up"));
        QCOMPARE(textOf(response.member("status")), QByteArray("failed"));
        QCOMPARE(response.member("x_new").raw(), QByteArrayView("1.50"));
        QCOMPARE(textOf(response.member("error").member("code")), QByteArray("stream_truncated"));
    }
}

// The provider's own failure is said once, by us, with the next number.
void TestResponsesStream::relayFailsAtOnce()
{
    const Relayed nothing = relayed({}, true);
    Judge judge;
    judge.hear(eventsOf(nothing.tail));
    QCOMPARE(judge.blamed(), QByteArray());

    std::vector<QByteArray> frames = upstream();
    frames.resize(11);
    frames.push_back(
        R"({"type":"response.failed","sequence_number":11,"response":{"id":"resp_up","status":"failed","error":{"code":"server_error","message":"Bad sk-live."}}})");
    const Relayed own = relayed(frames, true);
    Judge second;
    second.hear(eventsOf(own.out + own.tail));
    QCOMPARE(second.blamed(), QByteArray());
    QVERIFY(!own.tail.contains("sk-live"));
}

QTEST_APPLESS_MAIN(TestResponsesStream)
#include "tst_responses_stream.moc"
