// Every provider dialect for every surface: any answer, error or stream of a provider becomes something the caller can
// read, or an error in the caller's words. Readers keep the order of events; writers write valid framing and valid
// JSON, whatever the provider does.
#include "dialects.h"
#include "http/sse.h"

using namespace gateway;
using namespace gateway::fuzz;
using namespace gateway::transform;

namespace {

// StreamEvent's order, as unified_answer.h promises it.
class Order
{
public:
    void see(const StreamEvent& event)
    {
        using Kind = StreamEvent::Kind;
        switch (event.kind) {
        case Kind::Begin:
            must(!m_begun && m_parts == 0, "a stream begins once, and first");
            m_begun = true;
            break;
        case Kind::PartBegin:
            must(m_begun, "a stream begins before its parts");
            must(!m_open && event.part == m_parts, "parts are numbered without gaps, one open at a time");
            m_open = true;
            ++m_parts;
            m_kind = event.partKind;
            break;
        case Kind::Delta:
            must(m_open && event.part == m_parts - 1, "a delta belongs to the open part");
            break;
        case Kind::Signature:
            must(m_open, "a signature belongs to the open part");
            break;
        case Kind::PartEnd:
            must(m_open && event.part == m_parts - 1, "what ends is the open part");
            m_open = false;
            break;
        }
    }
    void end() const { must(!m_open, "every part ends"); }

private:
    bool m_begun = false;
    bool m_open = false;
    int m_parts = 0;
    Part::Kind m_kind = Part::Kind::Text;
};

void checkFacts(const AnswerFacts& facts)
{
    for (const std::int64_t count :
        {facts.tokens.inUncached, facts.tokens.inCacheRead, facts.tokens.inCacheWrite5m, facts.tokens.inCacheWrite30m,
            facts.tokens.inCacheWrite1h, facts.tokens.inCacheWrite12h, facts.tokens.inAudio, facts.tokens.inImage,
            facts.tokens.toolPrompt, facts.tokens.outText, facts.tokens.outReasoning, facts.tokens.outAudio,
            facts.tokens.predictionAccepted, facts.tokens.predictionRejected, facts.tokens.serverToolCalls})
        must(count >= 0, "no bucket is negative");
}

// The frames of a stream, in a form that a fuzzer finds: a line "name|data" each; "!name|data" is an exception.
struct Line
{
    QByteArray name;
    QByteArray data;
    bool isException = false;
};

std::vector<Line> someFrames(Input& input)
{
    std::vector<Line> frames;
    while (!input.rest().isEmpty() && frames.size() < 200) {
        QByteArrayView line = input.line();
        if (line.isEmpty())
            continue;
        Line frame;
        const qsizetype bar = line.indexOf('|');
        const qsizetype brace = line.indexOf('{');
        if (bar >= 0 && (brace < 0 || bar < brace)) {
            frame.name = line.first(bar).toByteArray();
            frame.isException = frame.name.startsWith('!');
            if (frame.isException)
                frame.name.remove(0, 1);
            line = line.sliced(bar + 1);
        }
        frame.data = line.toByteArray();
        frames.push_back(std::move(frame));
    }
    return frames;
}

// What the caller was sent, read as its framing says.
void checkSent(const Surface& surface, const CallRequest& request, const QByteArray& sent, bool translated)
{
    if (sent.isEmpty())
        return;
    if (QByteArrayView(surface.streamType(request)) != QByteArrayView("text/event-stream")) {
        checkJson(sent, "a stream that is an array is JSON");
        return;
    }
    http::SseReader reader(1 << 26);
    QByteArrayView bytes(sent);
    bool done = false;
    while (reader.next(bytes) == http::SseReader::Step::Event) {
        const http::SseEvent& event = reader.event();
        must(!done || !translated, "nothing follows the end mark", sent); // else the provider's own bytes
        if (event.data == "[DONE]") {
            done = true;
            continue;
        }
        if (!translated)
            continue; // the provider's own bytes
        checkJson(event.data, "an event's data is JSON");
        const auto type = JsonText::parse(event.data, 128).root.member("type").text();
        if (!event.name.isEmpty())
            must(type == event.name, "an event is named after its type", sent);
    }
    must(!reader.hasPartialEvent(), "no event is cut", sent);
}

void stream(const Surface& surface, const CallRequest& request, const Target& target, Input& input)
{
    Translation translation(request, target, {QStringLiteral("call-1"), request.alias, 1'795'363'200});
    if (std::holds_alternative<CallError>(translation.request()))
        return; // then nobody is asked
    const ProviderDialect& dialect = translation.provider();
    // a reader of its own for the order of events: the translation keeps its events to itself
    const auto reader = dialect.streamReader(target);
    Order order;
    std::vector<StreamEvent> events;
    const int ending = input.below(3);
    QByteArray sent;
    QByteArray tail;
    bool ended = false;
    bool broken = false;
    for (const Line& line : someFrames(input)) {
        const Frame frame{line.name, line.data, line.isException};
        events.clear();
        const StreamReader::Read read = reader->read(frame, &events);
        for (const StreamEvent& event : events)
            order.see(event);
        checkFacts(reader->facts());
        const Translation::Step step = translation.take(frame, sent, tail);
        if (step.error) {
            checkError(surface, *step.error);
            tail = translation.failed(*step.error);
            broken = true;
            break;
        }
        must(read.ended == step.ended, "a translation ends when its reader does");
        if (step.ended) {
            ended = true;
            break;
        }
        must(tail.isEmpty() || translation.isSameDialect(), "a tail comes at the end", tail);
    }
    if (!ended && !broken) {
        events.clear();
        if (ending != 0 && reader->mayEndHere(&events)) {
            for (const StreamEvent& event : events)
                order.see(event);
            order.end();
        }
        if (ending == 0 || !translation.closed(sent, tail)) {
            CallError error;
            error.code = api::ErrorCode::StreamTruncated;
            tail = translation.failed(error);
        }
    } else if (ended) {
        order.end();
    }
    checkFacts(translation.facts());
    must(translation.contentEvents() >= 0, "a count is not negative");
    checkSent(surface, request, sent + tail, !translation.isSameDialect());
}

} // namespace

FUZZ_TARGET(input)
{
    const auto all = surfaces();
    const Surface& surface = *all[std::size_t(input.below(int(all.size())))];
    const auto world = someWorld(input);
    const Target target{world->candidate, {}, QByteArrayLiteral("project")};
    const int what = input.below(3);
    const int which = input.below(4);
    const auto request = smallRequest(surface, what == 0, which);
    if (!request)
        return;
    if (what == 0) {
        stream(surface, *request, target, input);
        return;
    }
    Translation translation(*request, target, {QStringLiteral("call-1"), request->alias, 1'795'363'200});
    if (std::holds_alternative<CallError>(translation.request()))
        return; // then nobody is asked
    if (what == 1) {
        const auto answer = translation.answer(input.rest().toByteArray());
        if (const auto* error = std::get_if<CallError>(&answer))
            checkError(surface, *error);
        else
            checkJson(std::get<QByteArray>(answer), "an answer is JSON");
        checkFacts(translation.facts());
        return;
    }
    constexpr int kStatuses[] = {
        400, 401, 402, 403, 404, 408, 409, 413, 422, 424, 429, 498, 499, 500, 502, 503, 504, 529, 418, 302};
    http::ResponseHead head;
    head.status = kStatuses[input.below(int(std::size(kStatuses)))];
    head.bytes = "x-amzn-ErrorType: ThrottlingException:http://x";
    head.fields.append({QByteArrayView(head.bytes).first(16), QByteArrayView(head.bytes).sliced(18)});
    const CallError error = translation.error(head.status, head, input.rest());
    checkError(surface, error);
    must(error.text().size() <= 2000, "no upstream body goes through whole", error.text().toUtf8());
    if (!input.rest().contains(QByteArrayView(kKey)))
        return;
    must(!surface.errorBody(error, u"call-1").contains(kKey), "no error repeats the provider's key",
        error.text().toUtf8());
}
