// What the tests of the Responses dialect share: a provider to send to, requests read, streams taken apart.
#pragma once

#include "transform/frame_reader.h"
#include "transform/providers/openai_responses.h"
#include "transform/surfaces/openai_responses.h"

#include <QTest>

namespace responses {

using namespace gateway;
using namespace gateway::transform;

struct Place
{
    config::Provider provider;
    config::Candidate candidate;

    explicit Place(config::ProviderKind kind, QByteArray model = "gpt-6-luna", QByteArray basePath = "/v1")
    {
        provider.kind = kind;
        provider.name = QStringLiteral("there");
        provider.basePath = std::move(basePath);
        provider.key = Secret("sk-test-not-a-real-key");
        candidate.provider = &provider;
        candidate.modelUtf8 = std::move(model);
    }
    Target target() const { return {candidate, {}, {}}; }
};

inline CallRequest parsed(const QByteArray& body)
{
    http::RequestHead head;
    auto result = openAiResponses().parse({}, head, body);
    if (auto* error = std::get_if<CallError>(&result)) {
        qWarning() << error->text() << error->parameter;
        return {};
    }
    return std::move(std::get<CallRequest>(result));
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
    const CallRequest request = parsed(body);
    auto result = openAiResponses().unify(request);
    if (auto* error = std::get_if<CallError>(&result)) {
        qWarning() << error->text() << error->parameter;
        return {};
    }
    return std::move(std::get<UnifiedRequest>(result));
}

inline AnswerContext context()
{
    return {QStringLiteral("0199aa00c0ffee"), QStringLiteral("fast"), 1'795'000'000};
}

// The data of a stream's events, cut into pieces of that size on the way in.
inline std::vector<QByteArray> eventsOf(const QByteArray& stream, qsizetype piece = 1 << 20)
{
    std::vector<QByteArray> out;
    const auto reader = frameReader(Framing::Sse);
    for (qsizetype at = 0; at < stream.size(); at += piece) {
        QByteArrayView bytes = QByteArrayView(stream).sliced(at, std::min(piece, stream.size() - at));
        while (reader->next(bytes) == FrameReader::Step::Frame)
            out.push_back(reader->frame().data.toByteArray());
    }
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
        out.push_back(textOf(JsonView(event).member("type")));
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
    const auto frames = frameReader(Framing::Sse);
    for (qsizetype at = 0; at < stream.size(); at += piece) {
        QByteArrayView bytes = QByteArrayView(stream).sliced(at, std::min(piece, stream.size() - at));
        while (frames->next(bytes) == FrameReader::Step::Frame) {
            const StreamReader::Read read = reader->read(frames->frame(), wantEvents ? &out.events : nullptr);
            if (read.error && !out.error)
                out.error = read.error;
            out.ended = out.ended || read.ended;
        }
    }
    out.facts = reader->facts();
    out.contentEvents = reader->contentEvents();
    return out;
}

// One line per event: "begin id model", "text+", "tool+ call_1 f", "~ piece", "sig", "-".
inline QByteArray told(const std::vector<StreamEvent>& events)
{
    static constexpr const char* kKinds[] = {
        "text", "image", "document", "audio", "tool", "result", "thinking", "refusal"};
    QByteArray out;
    for (const StreamEvent& event : events) {
        switch (event.kind) {
        case StreamEvent::Kind::Begin:
            out += "begin " + event.callId + ' ' + event.name;
            break;
        case StreamEvent::Kind::PartBegin:
            out += QByteArray(kKinds[int(event.partKind)]) + '+';
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
        out += "event: " + textOf(JsonView(data).member("type")) + "\ndata: " + data + "\n\n";
    return out;
}

} // namespace responses
