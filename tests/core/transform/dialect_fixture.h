// What the tests of dialects share: a provider and a model to ask, callers' requests, streams cut into pieces, and what
// they become on their way to the caller (as Translation does it).
#pragma once

#include "http/sse.h"
#include "transform/dialects.h"
#include "transform/provider_dialect.h"
#include "transform/surface.h"
#include "transform/translation.h"

#include <QtTest>

namespace gateway::transform::test {

struct Asked
{
    config::Provider provider;
    config::Candidate candidate;
    std::optional<qint64> outputLimit;

    explicit Asked(config::ProviderKind kind = config::ProviderKind::OpenAi, const QByteArray& model = "m-1")
    {
        provider.kind = kind;
        provider.name = QStringLiteral("p");
        provider.key = Secret("sk-secret-provider-key");
        candidate.provider = &provider;
        candidate.model = QString::fromUtf8(model);
        candidate.modelUtf8 = model;
    }
    Q_DISABLE_COPY_MOVE(Asked)
    Target target() const { return {candidate, outputLimit, {}}; }
};

// The request stays at its place: its views point into its body.
inline CallRequest parsed(const Surface& surface, const QByteArray& body)
{
    auto result = surface.parse({}, http::RequestHead(), body);
    if (const auto* error = std::get_if<CallError>(&result)) {
        qWarning("refused: %s", qPrintable(error->text()));
        return {};
    }
    return std::move(std::get<CallRequest>(result));
}

inline UnifiedRequest unified(const Surface& surface, const QByteArray& body)
{
    const CallRequest request = parsed(surface, body);
    auto result = surface.unify(request);
    if (const auto* error = std::get_if<CallError>(&result)) {
        qWarning("refused: %s", qPrintable(error->text()));
        return {};
    }
    return std::move(std::get<UnifiedRequest>(result));
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

// {"a": ...} read by path: "messages[0].content[1].type"
inline JsonView at(QByteArrayView json, const QByteArray& path)
{
    JsonView view(json);
    for (const QByteArray& step : path.split('.')) {
        const QList<QByteArray> pieces = step.split('[');
        if (!pieces.first().isEmpty())
            view = view.member(pieces.first());
        for (qsizetype i = 1; i < pieces.size(); ++i)
            view = view.at(QByteArray(pieces[i]).replace("]", "").toInt());
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
    const auto frames = frameReader(translation.provider().framing());
    for (qsizetype from = 0; from < stream.size() && !passage.complete && !passage.error; from += piece) {
        QByteArrayView bytes = stream.sliced(from, std::min(piece, stream.size() - from));
        while (!passage.complete && !passage.error) {
            const FrameReader::Step step = frames->next(bytes);
            if (step == FrameReader::Step::NeedMore)
                break;
            if (step != FrameReader::Step::Frame) {
                passage.error = CallError();
                break;
            }
            const Translation::Step taken = translation.take(frames->frame(), passage.events, passage.tail);
            passage.content = passage.content || taken.content;
            passage.complete = taken.ended && !taken.error;
            passage.error = taken.error;
        }
    }
    if (!passage.complete && !passage.error)
        passage.complete = !frames->hasPartialFrame() && translation.closed(passage.events, passage.tail);
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
