// What the tests of the Anthropic dialect share beside dialect_fixture.h: its models and key, heads with a version,
// streams passed on or written anew, and the events of what was written.
#pragma once

#include "dialect_fixture.h"

#include "transform/providers/anthropic.h"
#include "transform/surfaces/anthropic_messages.h"

namespace {

using namespace gateway;
using namespace gateway::transform;

using test::at;
using test::lost;
using test::rawAt;

struct Asked : test::Asked
{
    explicit Asked(
        const QByteArray& model = "claude-sonnet-4-6", config::ProviderKind kind = config::ProviderKind::Anthropic)
        : test::Asked(kind, model, {}, "sk-ant-api03-1234567890abcdef")
    {
        provider.region = QStringLiteral("europe-west1");
    }
};

struct Head
{
    http::RequestHead head;
    explicit Head(const QByteArray& version = {}, const QByteArray& betas = {}) : m_version(version), m_betas(betas)
    {
        if (!version.isEmpty())
            head.fields.append({"Anthropic-Version", m_version});
        if (!betas.isEmpty())
            head.fields.append({"anthropic-beta", m_betas});
    }

private:
    const QByteArray m_version;
    const QByteArray m_betas;
};

// The request stays at its place: its views point into its body.
[[maybe_unused]] CallRequest parsed(
    const QByteArray& body, const Surface& surface = anthropicMessages(), const Head& head = Head())
{
    return test::parsed(surface, body, head.head);
}

[[maybe_unused]] Outgoing sent(const OutgoingOrError& result)
{
    if (const auto* error = std::get_if<CallError>(&result)) {
        qWarning("refused: %s", qPrintable(error->text()));
        return {};
    }
    return std::get<Outgoing>(result);
}

[[maybe_unused]] QByteArray fieldOf(const Outgoing& out, QByteArrayView name)
{
    for (const http::Field& field : out.fields) {
        if (http::equalsIgnoringCase(field.name, name))
            return field.value;
    }
    return {};
}

struct Event
{
    QByteArray name;
    QByteArray data;
};

// Every event of the text, and nothing but whole ones; an empty list otherwise.
[[maybe_unused]] std::vector<Event> eventsOf(QByteArrayView stream)
{
    std::vector<Event> events;
    http::SseReader reader;
    while (true) {
        const auto step = reader.next(stream);
        if (step == http::SseReader::Step::TooLarge)
            return {};
        if (step == http::SseReader::Step::NeedMore)
            break;
        events.push_back({reader.event().name, reader.event().data});
    }
    return reader.hasPartialEvent() ? std::vector<Event>() : events;
}

// What a stream became on its way to the caller, as Translation does it.
struct Passage
{
    QByteArray events;
    QByteArray tail;
    bool content = false;
    bool ended = false;
    std::optional<CallError> error;
    AnswerFacts facts;

    QByteArray all() const { return events + tail; }
};

[[maybe_unused]] CallError truncated()
{
    CallError error;
    error.code = api::ErrorCode::StreamTruncated;
    return error;
}

[[maybe_unused]] AnswerContext context()
{
    return {QStringLiteral("call1"), QStringLiteral("fast"), 0};
}

// `pieces`: how many bytes at a time. The stream is then closed.
[[maybe_unused]] Passage relayed(QByteArrayView stream, qsizetype pieces, const Asked& asked)
{
    Passage passage;
    const CallRequest request;
    const auto reader = anthropicProvider().streamReader(asked.target());
    const auto relay = anthropicMessages().streamRelay(request, context());
    test::eachFrame(Framing::Sse, stream, pieces, [&](const Frame& frame) {
        const auto read = reader->read(frame, nullptr);
        passage.content = passage.content || read.content;
        passage.ended = read.ended;
        passage.error = read.error;
        if (!read.error)
            relay->relay(frame, read, reader->facts(), passage.events, passage.tail);
        return !passage.ended && !passage.error;
    });
    if (!passage.ended && !passage.error && reader->mayEndHere(nullptr)) {
        relay->finish(passage.tail);
        passage.ended = true;
    } else if (!passage.ended) {
        relay->fail(passage.error.value_or(truncated()), passage.tail);
    }
    passage.facts = reader->facts();
    return passage;
}

using Events = test::Heard;

[[maybe_unused]] Events readStream(QByteArrayView stream, qsizetype pieces, const Asked& asked)
{
    Events out = test::heard(anthropicProvider(), asked, stream, pieces);
    out.ended = out.ended || out.mayEnd;
    return out;
}

// Written anew from events, and closed well or not.
[[maybe_unused]] Passage rewritten(const Events& events)
{
    Passage passage;
    const CallRequest request;
    const auto writer = anthropicMessages().streamWriter(request, context());
    for (const StreamEvent& event : events.events)
        writer->write(event, passage.events);
    passage.ended = events.ended;
    if (events.ended)
        writer->finish(events.facts, passage.tail);
    else
        writer->fail(events.error.value_or(truncated()), passage.tail);
    return passage;
}

[[maybe_unused]] QByteArray sse(const QByteArray& name, const QByteArray& data)
{
    return "event: " + name + "\ndata: " + data + "\n\n";
}

// From the provider's documentation: thinking with its signature, a search it runs itself, text, two tool calls in
// parallel, pings between, cumulative usage.
[[maybe_unused]] QByteArray wholeStream()
{
    return sse("message_start",
               R"({"type":"message_start","message":{"id":"msg_01","type":"message","role":"assistant","model":"claude-sonnet-4-6","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":25,"cache_creation_input_tokens":300,"cache_read_input_tokens":1000,"cache_creation":{"ephemeral_5m_input_tokens":100,"ephemeral_1h_input_tokens":200},"output_tokens":1,"service_tier":"standard"}}})") +
           sse("content_block_start",
               R"({"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}})") +
           sse("ping", R"({"type": "ping"})") +
           sse("content_block_delta",
               R"({"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Two cities, gr\u00fc\u00dfe \ud83d\ude00"}})") +
           sse("content_block_delta",
               R"({"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds=="}})") +
           sse("content_block_stop", R"({"type":"content_block_stop","index":0})") +
           sse("content_block_start",
               R"({"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"EmwKAhgBEgy3va3pzix/LafPsn4aDFIT2Xlxh0L5L8rLVyIwxtE3rAFBa8cr3qpP"}})") +
           sse("content_block_stop", R"({"type":"content_block_stop","index":1})") +
           sse("content_block_start",
               R"({"type":"content_block_start","index":2,"content_block":{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{}}})") +
           sse("content_block_delta",
               R"({"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"query\":\"x\"}"}})") +
           sse("content_block_stop", R"({"type":"content_block_stop","index":2})") +
           sse("content_block_start",
               R"({"type":"content_block_start","index":3,"content_block":{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[]}})") +
           sse("content_block_stop", R"({"type":"content_block_stop","index":3})") +
           sse("content_block_start",
               R"({"type":"content_block_start","index":4,"content_block":{"type":"text","text":""}})") +
           sse("content_block_delta",
               R"({"type":"content_block_delta","index":4,"delta":{"type":"text_delta","text":"I will "}})") +
           sse("content_block_delta",
               R"({"type":"content_block_delta","index":4,"delta":{"type":"citations_delta","citation":{"type":"char_location"}}})") +
           sse("content_block_delta",
               R"({"type":"content_block_delta","index":4,"delta":{"type":"text_delta","text":"look."}})") +
           sse("content_block_stop", R"({"type":"content_block_stop","index":4})") +
           sse("content_block_start",
               R"({"type":"content_block_start","index":5,"content_block":{"type":"tool_use","id":"toolu_A","name":"weather","input":{}}})") +
           sse("content_block_delta",
               R"({"type":"content_block_delta","index":5,"delta":{"type":"input_json_delta","partial_json":""}})") +
           sse("content_block_delta",
               R"({"type":"content_block_delta","index":5,"delta":{"type":"input_json_delta","partial_json":"{\"city\": \"Par"}})") +
           sse("content_block_delta",
               R"({"type":"content_block_delta","index":5,"delta":{"type":"input_json_delta","partial_json":"is\"}"}})") +
           sse("content_block_stop", R"({"type":"content_block_stop","index":5})") +
           sse("content_block_start",
               R"({"type":"content_block_start","index":6,"content_block":{"type":"tool_use","id":"toolu_B","name":"weather","input":{}}})") +
           sse("content_block_delta",
               R"({"type":"content_block_delta","index":6,"delta":{"type":"input_json_delta","partial_json":"{\"city\":\"Rome\",\"n\":12345678901234567890.10}"}})") +
           sse("content_block_stop", R"({"type":"content_block_stop","index":6})") +
           sse("message_delta",
               R"({"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":30,"cache_creation_input_tokens":300,"cache_read_input_tokens":1000,"output_tokens":150,"output_tokens_details":{"thinking_tokens":60}}})") +
           sse("message_stop", R"({"type":"message_stop"})");
}

} // namespace
