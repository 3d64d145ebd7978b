// What the tests of the Gemini dialect share beside dialect_fixture.h: its models and key, a request whose path says
// what is asked, losses in short, and streams as texts of events.
#pragma once

#include "dialect_fixture.h"

#include "transform/providers/gemini.h"
#include "transform/surfaces/gemini.h"

namespace geminitest {

using namespace gateway;
using namespace gateway::transform;

using test::call;
using test::result;
using test::saying;
using test::text;

struct Door : test::Asked
{
    explicit Door(const char* model = "gemini-3.8-flash", config::ProviderKind kind = config::ProviderKind::Gemini)
        : Asked(kind, model, {}, "AIzaSyNotAKeyButLongEnough0123456789")
    {
        provider.name = QStringLiteral("google");
        provider.region = QStringLiteral("europe-west4");
        if (kind == config::ProviderKind::Vertex)
            project = "acme-prod";
    }
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
    return test::parsed(surface, body, headOf(query), {QStringLiteral("fast"), verb});
}

} // namespace geminitest
