// What the tests of all dialects share: a provider and a model to ask, callers' requests, parts and requests in the
// unified form, what is sent and lost, answers, events and JSON as text so that a test compares lines, streams cut into
// pieces, and what they become on their way to the caller (as Translation does it). What is one dialect's own stands in
// its fixture.
#pragma once

#include "http/sse.h"
#include "transform/dialects.h"
#include "transform/provider_dialect.h"
#include "transform/surface.h"
#include "transform/translation.h"

#include <QtTest>

#include <deque>
#include <functional>

namespace gateway::transform::test {

struct Asked
{
    config::Provider provider;
    config::ModelFacts facts;
    config::Candidate candidate;
    std::optional<qint64> outputLimit;
    QByteArray project;

    explicit Asked(config::ProviderKind kind = config::ProviderKind::OpenAi, const QByteArray& model = "m-1",
        const QByteArray& basePath = {}, const QByteArray& key = "sk-secret-provider-key")
    {
        provider.basePath = basePath;
        provider.kind = kind;
        provider.name = QStringLiteral("p");
        provider.key = Secret(key);
        candidate.provider = &provider;
        candidate.model = QString::fromUtf8(model);
        candidate.modelUtf8 = model;
    }
    Q_DISABLE_COPY_MOVE(Asked)
    Target target() const { return {candidate, outputLimit, project}; }
};

// The request stays at its place: its views point into its body.
inline CallRequest parsed(const Surface& surface, const QByteArray& body,
    const http::RequestHead& head = http::RequestHead(), const SurfacePath& path = {})
{
    auto result = surface.parse(path, head, body);
    if (const auto* error = std::get_if<CallError>(&result)) {
        qWarning("refused: %s (%s)", qPrintable(error->text()), qPrintable(error->parameter));
        return {};
    }
    return std::move(std::get<CallRequest>(result));
}

inline UnifiedRequest unified(const CallRequest& request)
{
    if (!request.surface)
        return {};
    auto result = request.surface->unify(request);
    if (const auto* error = std::get_if<CallError>(&result)) {
        qWarning("refused: %s (%s)", qPrintable(error->text()), qPrintable(error->parameter));
        return {};
    }
    return std::move(std::get<UnifiedRequest>(result));
}
inline UnifiedRequest unified(const Surface& surface, const QByteArray& body)
{
    const CallRequest request = parsed(surface, body);
    return unified(request);
}

inline QByteArray bodyOf(const OutgoingOrError& result)
{
    if (const auto* error = std::get_if<CallError>(&result))
        return "refused: " + error->text().toUtf8();
    return std::get<Outgoing>(result).body;
}

inline QStringList lost(const Losses& losses)
{
    QStringList fields;
    for (const Loss& loss : losses.all())
        fields.append(QString::fromUtf8(loss.field));
    return fields;
}

inline Part text(const QByteArray& words)
{
    Part part;
    part.text = words;
    return part;
}

inline Part call(const QByteArray& id, const QByteArray& name, const QByteArray& arguments = "{}")
{
    Part part;
    part.kind = Part::Kind::ToolCall;
    part.callId = id;
    part.name = name;
    part.arguments = arguments;
    return part;
}

inline Part result(const QByteArray& id, const QByteArray& words, bool isError = false)
{
    Part part;
    part.kind = Part::Kind::ToolResult;
    part.callId = id;
    part.isError = isError;
    part.content = {text(words)};
    return part;
}

inline Part thinking(const QByteArray& words, const QByteArray& signature, Signer signer)
{
    Part part;
    part.kind = Part::Kind::Thinking;
    part.text = words;
    part.signature = signature;
    part.signer = signer;
    return part;
}

inline Part media(Part::Kind kind, const QByteArray& type, const QByteArray& data, const QByteArray& fileName = {})
{
    Part part;
    part.kind = kind;
    part.mediaType = type;
    part.data = data;
    part.fileName = fileName;
    return part;
}

inline Part fromUrl(Part::Kind kind, const QByteArray& url)
{
    Part part;
    part.kind = kind;
    part.url = url;
    return part;
}

inline Message user(std::vector<Part> parts)
{
    return {Role::User, std::move(parts), {}};
}

inline Message assistant(std::vector<Part> parts)
{
    return {Role::Assistant, std::move(parts), {}};
}

inline Tool tool(const QByteArray& name, const QByteArray& schema = R"({"type":"object"})")
{
    Tool tool;
    tool.name = name;
    tool.description = "does " + name;
    tool.schema = schema;
    return tool;
}

inline UnifiedRequest saying(const QByteArray& words)
{
    UnifiedRequest request;
    request.messages = {user({text(words)})};
    return request;
}

inline UnifiedRequest hello()
{
    return saying("hi");
}

struct Sent
{
    QByteArray path;
    QByteArray body;
    QByteArray losses; // "dropped seed, changed temperature"
    std::optional<CallError> error;
};

inline Sent send(const ProviderDialect& dialect, const Asked& asked, const UnifiedRequest& request)
{
    Losses losses;
    OutgoingOrError out = dialect.translate(request, asked.target(), losses);
    Sent sent;
    sent.losses = losses.headerValue();
    if (auto* error = std::get_if<CallError>(&out)) {
        sent.error = *error;
        return sent;
    }
    sent.path = std::get<Outgoing>(out).path;
    sent.body = std::get<Outgoing>(out).body;
    return sent;
}

// A document, kept until the program ends; Missing where it is no JSON
inline JsonView jsonOf(QByteArrayView json)
{
    static std::deque<std::pair<QByteArray, JsonText>> documents;
    auto& [bytes, text] = documents.emplace_back(json.toByteArray(), JsonText());
    text = JsonText::parse(bytes);
    return text.root;
}

// {"a": ...} read by path: "messages[0].content[1].type" or "messages.0.content.1.type"; Missing where it is no JSON
inline JsonView at(QByteArrayView json, const QByteArray& path)
{
    JsonView view = jsonOf(json);
    for (const QByteArray& step : QByteArray(path).replace('[', '.').replace(']', "").split('.')) {
        bool isIndex = false;
        const int index = step.toInt(&isIndex);
        if (!step.isEmpty())
            view = isIndex ? view.at(index) : view.member(step);
    }
    return view;
}
inline QByteArray rawAt(QByteArrayView json, const QByteArray& path)
{
    return at(json, path).raw().toByteArray();
}
inline QByteArray textAt(QByteArrayView json, const QByteArray& path)
{
    return at(json, path).text().value_or(QByteArray());
}

inline const char* nameOf(Part::Kind kind)
{
    constexpr const char* names[] = {"text", "image", "document", "audio", "call", "result", "thinking", "refusal"};
    return names[int(kind)];
}

inline QByteArray describe(const std::vector<Part>& parts)
{
    QByteArray out;
    for (const Part& part : parts) {
        out += nameOf(part.kind);
        for (const QByteArray& word : {part.callId, part.name, part.text, part.arguments, part.signature, part.data}) {
            if (!word.isEmpty())
                out += ' ' + word;
        }
        out += part.redacted ? " redacted\n" : "\n";
    }
    return out;
}

inline QByteArray describe(const StreamEvent& event)
{
    using Kind = StreamEvent::Kind;
    const QByteArray part = QByteArray::number(event.part);
    switch (event.kind) {
    case Kind::Begin:
        return "begin " + event.callId + ' ' + event.name;
    case Kind::PartBegin:
        return part + " begin " + nameOf(event.partKind) + (event.redacted ? " redacted" : "") +
               (event.callId.isEmpty() ? "" : ' ' + event.callId + ' ' + event.name);
    case Kind::Delta:
        return part + " + " + event.text;
    case Kind::Signature:
        return part + " signature " + event.text;
    case Kind::PartEnd:
        return part + " end";
    }
    return {};
}

enum class Frames
{
    Whole,
    Partial, // the end of the last one is missing
    Broken,
};

// Every frame of a stream that comes `piece` bytes at a time, until the function stops it.
inline Frames eachFrame(
    Framing framing, QByteArrayView bytes, qsizetype piece, const std::function<bool(const Frame&)>& take)
{
    const std::unique_ptr<FrameReader> frames = frameReader(framing);
    for (qsizetype from = 0; from < bytes.size(); from += piece) {
        QByteArrayView rest = bytes.sliced(from, std::min(piece, bytes.size() - from));
        FrameReader::Step step = FrameReader::Step::NeedMore;
        while ((step = frames->next(rest)) == FrameReader::Step::Frame) {
            if (!take(frames->frame()))
                return Frames::Whole;
        }
        if (step != FrameReader::Step::NeedMore)
            return Frames::Broken;
    }
    return frames->hasPartialFrame() ? Frames::Partial : Frames::Whole;
}

// A stream as its provider dialect reads it, up to its end or an error.
struct Heard
{
    std::vector<StreamEvent> events;
    AnswerFacts facts;
    std::optional<CallError> error;
    bool ended = false;  // by the dialect's end mark
    bool mayEnd = false; // or it may end where it does
    Frames frames = Frames::Whole;
    qint64 contentEvents = 0;
};

inline Heard heard(const ProviderDialect& dialect, const Asked& asked, QByteArrayView bytes, qsizetype piece = 1 << 20,
    bool wantEvents = true)
{
    Heard out;
    std::vector<StreamEvent>* const events = wantEvents ? &out.events : nullptr;
    const std::unique_ptr<StreamReader> reader = dialect.streamReader(asked.target());
    out.frames = eachFrame(dialect.framing(), bytes, piece, [&](const Frame& frame) {
        const StreamReader::Read read = reader->read(frame, events);
        out.error = read.error;
        out.ended = read.ended;
        return !out.error && !out.ended;
    });
    out.mayEnd = !out.ended && !out.error && out.frames != Frames::Broken && reader->mayEndHere(events);
    out.facts = reader->facts();
    out.contentEvents = reader->contentEvents();
    return out;
}

// The same as text. What it came to: ended, error CODE, open (it may end here), cut or broken.
struct Streamed
{
    QByteArray events;
    AnswerFacts facts;
    QByteArray end;
    std::optional<CallError> error;
    qint64 contentEvents = 0;
};

inline Streamed stream(
    const ProviderDialect& dialect, const Asked& asked, const QByteArray& bytes, qsizetype piece = 1 << 20)
{
    const Heard read = heard(dialect, asked, bytes, piece);
    Streamed out{{}, read.facts, {}, read.error, read.contentEvents};
    for (const StreamEvent& event : read.events)
        out.events += describe(event) + '\n';
    if (read.error)
        out.end = QByteArray("error ") + api::facts(read.error->code).name;
    else if (read.frames == Frames::Broken)
        out.end = "broken";
    else
        out.end = read.ended ? "ended" : read.mayEnd ? "open" : "cut";
    return out;
}

inline http::ResponseHead head(const QByteArray& name = {}, const QByteArray& value = {})
{
    http::ResponseHead head;
    head.bytes = name + '\n' + value;
    if (!name.isEmpty())
        head.fields.append(
            {QByteArrayView(head.bytes).first(name.size()), QByteArrayView(head.bytes).last(value.size())});
    return head;
}

// A stream as its caller gets it, from a provider's bytes that come `piece` bytes at a time and then end.
struct Passage
{
    QByteArray events;
    QByteArray tail;
    bool content = false;
    bool complete = false;
    std::optional<CallError> error;
    AnswerFacts facts;

    QByteArray all() const { return events + tail; }
};

inline Passage passed(const CallRequest& request, const Asked& asked, QByteArrayView stream, qsizetype piece)
{
    Passage passage;
    Translation translation(request, asked.target(), {QStringLiteral("call1"), QStringLiteral("fast"), 7});
    const Frames frames = eachFrame(translation.provider().framing(), stream, piece, [&](const Frame& frame) {
        const Translation::Step taken = translation.take(frame, passage.events, passage.tail);
        passage.content = passage.content || taken.content;
        passage.complete = taken.ended && !taken.error;
        passage.error = taken.error;
        return !passage.complete && !passage.error;
    });
    if (!passage.complete && !passage.error)
        passage.complete = frames == Frames::Whole && translation.closed(passage.events, passage.tail);
    if (frames == Frames::Broken)
        passage.error = CallError();
    if (!passage.complete) {
        CallError truncated;
        truncated.code = api::ErrorCode::StreamTruncated;
        passage.tail = translation.failed(passage.error.value_or(truncated));
    }
    passage.facts = translation.facts();
    return passage;
}

// The data of every event; an empty list if they are not all whole.
inline QList<QByteArray> eventsOf(QByteArrayView stream)
{
    QList<QByteArray> events;
    http::SseReader reader;
    while (reader.next(stream) == http::SseReader::Step::Event)
        events.append(reader.event().data);
    return reader.hasPartialEvent() ? QList<QByteArray>() : events;
}

} // namespace gateway::transform::test
