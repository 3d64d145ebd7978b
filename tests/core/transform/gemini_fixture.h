// What the tests of the Gemini dialect share: a target, a request's head, and streams as texts of events.
#pragma once

#include "transform/providers/gemini.h"
#include "transform/surfaces/gemini.h"

#include <QTest>

namespace geminitest {

using namespace gateway;
using namespace gateway::transform;

struct Door
{
    config::Provider provider;
    config::Candidate candidate;
    std::optional<qint64> outputLimit;
    QByteArray project;

    explicit Door(const char* model = "gemini-3.8-flash", config::ProviderKind kind = config::ProviderKind::Gemini)
    {
        provider.name = QStringLiteral("google");
        provider.kind = kind;
        provider.region = QStringLiteral("europe-west4");
        provider.key = Secret(QByteArrayLiteral("AIzaSyNotAKeyButLongEnough0123456789"));
        candidate.provider = &provider;
        candidate.modelUtf8 = model;
        candidate.model = QString::fromLatin1(model);
        if (kind == config::ProviderKind::Vertex)
            project = "acme-prod";
    }
    Door(const Door&) = delete;
    Target target() const { return {candidate, outputLimit, project}; }
};

inline QByteArray lossText(const Losses& losses)
{
    QByteArray out;
    for (const Loss& loss : losses.all())
        out += QByteArray(out.isEmpty() ? "" : " ") + (loss.how == Loss::How::Dropped ? '-' : '~') + loss.field;
    return out;
}

// The body, or "error: code message".
inline QByteArray bodyOf(const OutgoingOrError& result)
{
    if (const auto* error = std::get_if<CallError>(&result))
        return QByteArray("error: ") + api::facts(error->code).name + ' ' + error->text().toUtf8();
    return std::get<Outgoing>(result).body;
}
inline QByteArray pathOf(const OutgoingOrError& result)
{
    const auto* out = std::get_if<Outgoing>(&result);
    return out ? out->path : QByteArray("error");
}

inline QByteArray translated(const UnifiedRequest& request, const Door& door, QByteArray* lost = nullptr)
{
    Losses losses;
    const OutgoingOrError result = geminiProvider().translate(request, door.target(), losses);
    if (lost)
        *lost = lossText(losses);
    return bodyOf(result);
}

inline Part text(const char* utf8)
{
    Part part;
    part.text = utf8;
    return part;
}
inline Part call(const char* id, const char* name, const char* arguments = "{}")
{
    Part part;
    part.kind = Part::Kind::ToolCall;
    part.callId = id;
    part.name = name;
    part.arguments = arguments;
    return part;
}
inline Part result(const char* id, const char* utf8, bool isError = false)
{
    Part part;
    part.kind = Part::Kind::ToolResult;
    part.callId = id;
    part.isError = isError;
    part.content.push_back(text(utf8));
    return part;
}
inline UnifiedRequest saying(const char* utf8)
{
    UnifiedRequest request;
    request.messages.push_back({Role::User, {text(utf8)}, {}});
    return request;
}

// One line of text for each event; the deltas of a part are joined, so that where a stream is cut does not show.
inline QByteArray eventText(const std::vector<StreamEvent>& events)
{
    QByteArray out;
    QByteArray delta;
    for (const StreamEvent& event : events) {
        if (event.kind == StreamEvent::Kind::Delta) {
            delta += event.text;
            continue;
        }
        if (!delta.isEmpty())
            out += "  \"" + delta + "\"\n";
        delta.clear();
        const QByteArray part = QByteArray::number(event.part);
        switch (event.kind) {
        case StreamEvent::Kind::Begin:
            out += "begin " + event.callId + ' ' + event.name + '\n';
            break;
        case StreamEvent::Kind::PartBegin:
            out += (event.partKind == Part::Kind::ToolCall      ? "tool "
                       : event.partKind == Part::Kind::Thinking ? "thinking "
                                                                : "text ") +
                   part + (event.callId.isEmpty() ? QByteArray() : ' ' + event.callId + ' ' + event.name) + '\n';
            break;
        case StreamEvent::Kind::Signature:
            out += "  signature " + event.text + (event.signer == Signer::Google ? " google" : " other") + '\n';
            break;
        case StreamEvent::Kind::PartEnd:
            out += "end " + part + '\n';
            break;
        case StreamEvent::Kind::Delta:
            break;
        }
    }
    return out;
}

inline http::RequestHead headOf(const char* query = "alt=sse")
{
    http::RequestHead head;
    head.bytes = QByteArray("/v1beta/models/fast:generateContent?") + query;
    head.target = QByteArrayView(head.bytes);
    return head;
}

inline std::variant<CallRequest, CallError> parsed(
    const Surface& surface, const QByteArray& body, const char* verb = "generateContent", const char* query = "alt=sse")
{
    const http::RequestHead head = headOf(query);
    return surface.parse({QStringLiteral("fast"), verb}, head, body);
}

inline CallRequest accepted(
    const Surface& surface, const QByteArray& body, const char* verb = "generateContent", const char* query = "alt=sse")
{
    auto result = parsed(surface, body, verb, query);
    if (const auto* error = std::get_if<CallError>(&result)) {
        qWarning("refused: %s", qPrintable(error->text()));
        return {};
    }
    return std::move(std::get<CallRequest>(result));
}

} // namespace geminitest
