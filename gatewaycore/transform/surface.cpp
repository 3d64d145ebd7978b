#include "transform/surface.h"

#include "base/json_writer.h"
#include "http/sse.h"
#include "transform/field_name.h"

#include <QJsonDocument>

namespace gateway::transform {

void StreamRelay::passOn(const Frame& frame, QByteArray& out)
{
    if (frame.wire.isEmpty())
        http::appendSseEvent(out, frame.name, frame.data);
    else
        out.append(frame.wire.data(), frame.wire.size());
}

QByteArray Surface::repaired(const CallRequest&, QByteArrayView, const AnswerFacts&) const
{
    return {};
}

const char* Surface::streamType(const CallRequest&) const
{
    return "text/event-stream";
}

CallError Surface::invalid(QString message, QString parameter)
{
    return invalidRequest(std::move(message), parameter.toUtf8());
}

std::optional<CallError> Surface::readObject(CallRequest& request)
{
    request.json = JsonText::parse(request.body);
    const JsonText& text = request.json;
    if (text.error) {
        return invalid(QStringLiteral("The body is not acceptable JSON: %1, at byte %2.")
                           .arg(QLatin1String(text.error->reason))
                           .arg(text.error->offset));
    }
    if (text.root.type() != JsonType::Object)
        return invalid(QStringLiteral("The body must be a JSON object."));
    // fields are known by their bytes: one in another spelling would be the provider's to read and not ours to count
    if (text.root.hasEscapedKeys())
        return invalid(QStringLiteral("The names of the request's fields must be written without escapes."));
    request.root = text.root;
    return std::nullopt;
}

QByteArray Surface::signalboxObject(const CallError& error, QStringView requestId)
{
    QByteArray out;
    JsonWriter json(out);
    json.beginObject().member("code", api::facts(error.code).name).memberBool("retriable", error.mayRetry());
    if (error.retryAfterMs)
        json.member("retry_after_ms", *error.retryAfterMs);
    json.memberIf("hint", error.hint.toUtf8());
    if (error.limit) {
        // {"scope": ...}: its members stand beside ours
        const QByteArray facts = QJsonDocument(api::toJson(*error.limit)).toJson(QJsonDocument::Compact);
        const JsonText limit = JsonText::parse(facts);
        limit.root.eachMember([&](QByteArrayView key, JsonView value) {
            json.memberRaw(key, value.raw());
            return true;
        });
    }
    json.member("request_id", requestId.toUtf8()).endObject();
    return out;
}

} // namespace gateway::transform
