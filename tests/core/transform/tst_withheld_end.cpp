// A stream that is complete, and whose record is then lost: its end is withheld (engine: recordSettled). The caller
// must be told in its dialect, in every dialect and on both ways through; a connection that just closes looks like
// success to some SDKs.
#include "dialect_fixture.h"

#include "transform/surfaces/anthropic_messages.h"
#include "transform/surfaces/gemini.h"
#include "transform/surfaces/openai_chat.h"
#include "transform/surfaces/openai_responses.h"

using namespace gateway;
using namespace gateway::transform;
using namespace gateway::transform::test;
using config::ProviderKind;

namespace {

constexpr char kChat[] =
    "data: "
    "{\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"Hi\"}}]}"
    "\n\n"
    "data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
    "data: [DONE]\n\n";
constexpr char kAnthropic[] =
    "event: message_start\ndata: "
    "{\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"model\":\"m\",\"usage\":{\"input_tokens\":1}}}\n\n"
    "event: content_block_start\ndata: "
    "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
    "event: content_block_delta\ndata: "
    "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hi\"}}\n\n"
    "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
    "event: message_delta\ndata: "
    "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":2}}\n\n"
    "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
constexpr char kGemini[] =
    "data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"Hi\"}]}}]}\n\n"
    "data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"!\"}]},\"finishReason\":\"STOP\"}],"
    "\"usageMetadata\":{\"promptTokenCount\":1,\"candidatesTokenCount\":2}}\n\n";
constexpr char kResponses[] =
    R"(event: response.created
data: {"type":"response.created","sequence_number":0,"response":{"id":"r","object":"response","status":"in_progress","model":"m","output":[]}}

event: response.output_item.added
data: {"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"type":"message","id":"i","role":"assistant","status":"in_progress","content":[]}}

event: response.content_part.added
data: {"type":"response.content_part.added","sequence_number":2,"item_id":"i","output_index":0,"content_index":0,"part":{"type":"output_text","text":"","annotations":[]}}

event: response.output_text.delta
data: {"type":"response.output_text.delta","sequence_number":3,"item_id":"i","output_index":0,"content_index":0,"delta":"Hi"}

event: response.output_text.done
data: {"type":"response.output_text.done","sequence_number":4,"item_id":"i","output_index":0,"content_index":0,"text":"Hi"}

event: response.content_part.done
data: {"type":"response.content_part.done","sequence_number":5,"item_id":"i","output_index":0,"content_index":0,"part":{"type":"output_text","text":"Hi","annotations":[]}}

event: response.output_item.done
data: {"type":"response.output_item.done","sequence_number":6,"output_index":0,"item":{"type":"message","id":"i","role":"assistant","status":"completed","content":[{"type":"output_text","text":"Hi","annotations":[]}]}}

event: response.completed
data: {"type":"response.completed","sequence_number":7,"response":{"id":"r","object":"response","status":"completed","model":"m","output":[{"type":"message","id":"i","role":"assistant","status":"completed","content":[{"type":"output_text","text":"Hi","annotations":[]}]}],"usage":{"input_tokens":1,"output_tokens":2}}}

)";

QByteArray bodyFor(const Surface& surface)
{
    if (&surface == &openAiResponses())
        return R"({"model":"a","stream":true,"input":"x"})";
    if (&surface == &geminiGenerate())
        return R"({"contents":[{"role":"user","parts":[{"text":"x"}]}]})";
    return R"({"model":"a","stream":true,"max_tokens":5,"messages":[{"role":"user","content":"x"}]})";
}

} // namespace

class TestWithheldEnd : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void told_data()
    {
        QTest::addColumn<const Surface*>("surface");
        QTest::addColumn<config::ProviderKind>("kind");
        QTest::addColumn<QByteArray>("stream");
        struct From
        {
            const char* name;
            ProviderKind kind;
            const char* stream;
        };
        const From froms[] = {{"chat", ProviderKind::DeepSeek, kChat},
            {"anthropic", ProviderKind::Anthropic, kAnthropic}, {"gemini", ProviderKind::Gemini, kGemini}};
        for (const Surface* surface : {&openAiChat(), &anthropicMessages(), &geminiGenerate(), &openAiResponses()}) {
            for (const From& from : froms)
                QTest::addRow("%s from %s", surface->name(), from.name)
                    << surface << from.kind << QByteArray(from.stream);
        }
        QTest::newRow("responses from responses")
            << static_cast<const Surface*>(&openAiResponses()) << ProviderKind::OpenAi << QByteArray(kResponses);
    }
    void told()
    {
        QFETCH(const Surface*, surface);
        QFETCH(config::ProviderKind, kind);
        QFETCH(QByteArray, stream);
        auto result =
            surface->parse({QStringLiteral("a"), "streamGenerateContent"}, http::RequestHead(), bodyFor(*surface));
        QVERIFY(std::holds_alternative<CallRequest>(result));
        const CallRequest request = std::move(std::get<CallRequest>(result));
        const Asked asked(kind);
        Translation translation(request, asked.target(), {QStringLiteral("call1"), QStringLiteral("a"), 7});
        const auto frames = frameReader(Framing::Sse);
        QByteArray sent;
        QByteArray withheld;
        QByteArrayView bytes(stream);
        bool ended = false;
        while (!ended && frames->next(bytes) == FrameReader::Step::Frame) {
            const Translation::Step step = translation.take(frames->frame(), sent, withheld);
            QVERIFY(!step.error);
            ended = step.ended;
        }
        if (!ended)
            QVERIFY(translation.closed(sent, withheld));
        QVERIFY(!withheld.isEmpty());
        CallError lost;
        lost.code = api::ErrorCode::GatewayDependencyDown;
        lost.message = QStringLiteral("The call could not be recorded, so its answer is withheld.");
        const QByteArray tail = translation.failed(lost);
        QVERIFY(tail.contains("could not be recorded"));
        QVERIFY(!tail.contains("[DONE]") && !tail.contains("message_stop") && !tail.contains("response.completed"));
        if (request.streamAsArray) {
            const JsonText whole = JsonText::parse(sent + tail);
            QVERIFY2(!whole.error, sent + tail);
            return;
        }
        const QList<QByteArray> events = eventsOf(sent + tail);
        QVERIFY(!events.isEmpty());
        QVERIFY2(events.last().contains("could not be recorded"), events.last());
        if (surface == &openAiResponses())
            checkResponses(events);
    }

private:
    // Numbers without a gap, every item closed, and a failed response that has them.
    static void checkResponses(const QList<QByteArray>& events)
    {
        int added = 0;
        int done = 0;
        for (qsizetype i = 0; i < events.size(); ++i) {
            QCOMPARE(at(events[i], "sequence_number").integer().value_or(-1), i);
            added += textAt(events[i], "type") == "response.output_item.added";
            done += textAt(events[i], "type") == "response.output_item.done";
        }
        QCOMPARE(added, 1);
        QCOMPARE(done, 1);
        QCOMPARE(textAt(events.last(), "type"), QByteArray("response.failed"));
        QCOMPARE(textAt(events.last(), "response.status"), QByteArray("failed"));
        QCOMPARE(textAt(events.last(), "response.output[0].content[0].text").left(2), QByteArray("Hi"));
    }
};

QTEST_APPLESS_MAIN(TestWithheldEnd)
#include "tst_withheld_end.moc"
