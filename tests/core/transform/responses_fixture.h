// What the tests of the Responses dialect share beside dialect_fixture.h: a provider to send to, streams taken apart.
#pragma once

#include "dialect_fixture.h"

#include "transform/providers/openai_responses.h"
#include "transform/surfaces/openai_responses.h"

namespace responses {

using namespace gateway;
using namespace gateway::transform;
using gateway::transform::test::jsonOf;

struct Place : test::Asked
{
    explicit Place(
        config::ProviderKind kind, const QByteArray& model = "gpt-6-luna", const QByteArray& basePath = "/v1")
        : Asked(kind, model, basePath, "sk-test-not-a-real-key")
    {
        provider.name = QStringLiteral("there");
    }
};

inline CallRequest parsed(const QByteArray& body)
{
    return test::parsed(openAiResponses(), body);
}

inline std::optional<CallError> refused(const QByteArray& body)
{
    http::RequestHead head;
    auto result = openAiResponses().parse({}, head, body);
    auto* error = std::get_if<CallError>(&result);
    return error ? std::optional(*error) : std::nullopt;
}

inline UnifiedRequest unified(const QByteArray& body)
{
    return test::unified(openAiResponses(), body);
}

inline AnswerContext context()
{
    return {QStringLiteral("0199aa00c0ffee"), QStringLiteral("fast"), 1'795'000'000};
}

// The data of a stream's events, cut into pieces of that size on the way in.
inline std::vector<QByteArray> eventsOf(const QByteArray& stream, qsizetype piece = 1 << 20)
{
    std::vector<QByteArray> out;
    test::eachFrame(Framing::Sse, stream, piece, [&](const Frame& frame) {
        out.push_back(frame.data.toByteArray());
        return true;
    });
    return out;
}

inline QByteArray textOf(JsonView value)
{
    return value.text().value_or(QByteArray());
}

inline std::vector<QByteArray> typesOf(const std::vector<QByteArray>& events)
{
    std::vector<QByteArray> out;
    for (const QByteArray& event : events)
        out.push_back(textOf(jsonOf(event).member("type")));
    return out;
}

// A stream read by the provider dialect.
struct Heard
{
    std::vector<StreamEvent> events;
    AnswerFacts facts;
    std::optional<CallError> error;
    bool ended = false;
    qint64 contentEvents = 0;
};

inline Heard heard(const QByteArray& stream, const Target& target, qsizetype piece = 1 << 20, bool wantEvents = true)
{
    Heard out;
    const auto reader = openAiResponsesProvider().streamReader(target);
    test::eachFrame(Framing::Sse, stream, piece, [&](const Frame& frame) {
        const StreamReader::Read read = reader->read(frame, wantEvents ? &out.events : nullptr);
        if (read.error && !out.error)
            out.error = read.error;
        out.ended = out.ended || read.ended;
        return true; // what comes after the end must do no harm
    });
    out.facts = reader->facts();
    out.contentEvents = reader->contentEvents();
    return out;
}

// One line per event: "begin id model", "text+", "tool+ call_1 f", "~ piece", "sig", "-".
inline QByteArray told(const std::vector<StreamEvent>& events)
{
    QByteArray out;
    for (const StreamEvent& event : events) {
        switch (event.kind) {
        case StreamEvent::Kind::Begin:
            out += "begin " + event.callId + ' ' + event.name;
            break;
        case StreamEvent::Kind::PartBegin:
            out += QByteArray(event.partKind == Part::Kind::ToolCall ? "tool" : test::nameOf(event.partKind)) + '+';
            if (event.partKind == Part::Kind::ToolCall)
                out += ' ' + event.callId + ' ' + event.name + (event.custom ? " custom" : "");
            break;
        case StreamEvent::Kind::Delta:
            out += "~ " + event.text;
            break;
        case StreamEvent::Kind::Signature:
            out += "sig " + event.text;
            break;
        case StreamEvent::Kind::PartEnd:
            out += '-';
            break;
        }
        out += '\n';
    }
    return out;
}

inline QByteArray sse(const std::vector<QByteArray>& datas)
{
    QByteArray out;
    for (const QByteArray& data : datas)
        out += "event: " + textOf(jsonOf(data).member("type")) + "\ndata: " + data + "\n\n";
    return out;
}

} // namespace responses
