// What tests of provider dialects need again and again: a target, a small request, and answers, events and losses as
// text, so that a test compares lines.
#pragma once

#include "config/policy_snapshot.h"
#include "transform/frame_reader.h"
#include "transform/provider_dialect.h"

namespace bench {

using namespace gateway;
using namespace gateway::transform;

struct Bench
{
    config::Provider provider;
    config::Candidate candidate;

    Bench(config::ProviderKind kind, const QByteArray& model, const QByteArray& basePath = {})
    {
        provider.kind = kind;
        provider.name = QStringLiteral("bench");
        provider.basePath = basePath;
        provider.key = Secret("key-of-the-provider-1234567890");
        candidate.provider = &provider;
        candidate.model = QString::fromUtf8(model);
        candidate.modelUtf8 = model;
    }
    Q_DISABLE_COPY_MOVE(Bench)

    Target target(std::optional<qint64> outputLimit = {}) const { return {candidate, outputLimit, {}}; }
};

inline Part text(const QByteArray& words)
{
    Part part;
    part.text = words;
    return part;
}

inline Part call(const QByteArray& id, const QByteArray& name, const QByteArray& arguments)
{
    Part part;
    part.kind = Part::Kind::ToolCall;
    part.callId = id;
    part.name = name;
    part.arguments = arguments;
    return part;
}

inline Part result(const QByteArray& id, const QByteArray& words)
{
    Part part;
    part.kind = Part::Kind::ToolResult;
    part.callId = id;
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

inline UnifiedRequest hello()
{
    UnifiedRequest request;
    request.messages = {user({text("hi")})};
    return request;
}

struct Sent
{
    QByteArray path;
    QByteArray body;
    QByteArray losses; // "dropped seed, changed temperature"
    std::optional<CallError> error;
};

inline Sent send(const ProviderDialect& dialect, const Bench& bench, const UnifiedRequest& request,
    std::optional<qint64> outputLimit = {})
{
    Losses losses;
    OutgoingOrError out = dialect.translate(request, bench.target(outputLimit), losses);
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

// The value of a member path ("messages.0.content") as its JSON text.
inline QByteArray at(const QByteArray& json, const QByteArray& path)
{
    JsonText text = JsonText::parse(json);
    if (text.error)
        return QByteArray("not JSON: ") + text.error->reason;
    JsonView view = text.root;
    const QList<QByteArray> steps = path.split('.');
    for (const QByteArray& step : steps) {
        bool isIndex = false;
        const int index = step.toInt(&isIndex);
        view = isIndex ? view.at(index) : view.member(step);
    }
    return view.raw().toByteArray();
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

// A stream read through its framing in pieces of a size. What it came to stands in the last line: ended, error CODE,
// open (it may end here) or cut.
struct Streamed
{
    QByteArray events;
    AnswerFacts facts;
    QByteArray end;
    std::optional<CallError> error;
    qint64 contentEvents = 0;
};

inline Streamed stream(
    const ProviderDialect& dialect, const Bench& bench, const QByteArray& bytes, qsizetype piece = 1 << 20)
{
    const std::unique_ptr<FrameReader> frames = frameReader(dialect.framing());
    const std::unique_ptr<StreamReader> reader = dialect.streamReader(bench.target());
    std::vector<StreamEvent> events;
    Streamed out;
    const auto print = [&] {
        for (const StreamEvent& event : events)
            out.events += describe(event) + '\n';
        events.clear();
    };
    for (qsizetype at = 0; at < bytes.size() && out.end.isEmpty(); at += piece) {
        QByteArrayView rest = QByteArrayView(bytes).sliced(at, std::min(piece, bytes.size() - at));
        FrameReader::Step step = FrameReader::Step::NeedMore;
        while (out.end.isEmpty() && (step = frames->next(rest)) == FrameReader::Step::Frame) {
            StreamReader::Read read = reader->read(frames->frame(), &events);
            print();
            if (read.error) {
                out.error = read.error;
                out.end = QByteArray("error ") + api::facts(read.error->code).name;
            } else if (read.ended) {
                out.end = "ended";
            }
        }
        if (step == FrameReader::Step::Broken || step == FrameReader::Step::TooLarge)
            out.end = "broken";
    }
    if (out.end.isEmpty())
        out.end = reader->mayEndHere(&events) ? "open" : "cut";
    print();
    out.facts = reader->facts();
    out.contentEvents = reader->contentEvents();
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

} // namespace bench
