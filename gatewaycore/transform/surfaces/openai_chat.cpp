#include "transform/surfaces/openai_chat.h"

#include "http/sse.h"

#include <QJsonDocument>

#include <array>

namespace gateway::transform::openai_chat {
namespace {

using api::ErrorCode;

// OpenAI's own words for our codes, where it has any; SDKs branch on the status, people read the code.
struct Words
{
    ErrorCode code;
    const char* type;
    const char* name;
};

constexpr std::array kWords{
    Words{ErrorCode::InvalidRequest, "invalid_request_error", "invalid_request"},
    Words{ErrorCode::Unauthenticated, "invalid_request_error", "invalid_api_key"},
    Words{ErrorCode::ScopeDenied, "invalid_request_error", "scope_denied"},
    Words{ErrorCode::AliasUnknown, "invalid_request_error", "model_not_found"},
    Words{ErrorCode::QuotaCaller, "requests", "rate_limit_exceeded"},
    Words{ErrorCode::QuotaProvider, "requests", "rate_limit_exceeded"},
    Words{ErrorCode::BudgetHard, "insufficient_quota", "budget_hard"},
    Words{ErrorCode::ProviderThrottled, "requests", "rate_limit_exceeded"},
    Words{ErrorCode::ProviderOverloaded, "service_unavailable_error", "server_is_overloaded"},
    Words{ErrorCode::ProviderBadRequest, "invalid_request_error", "provider_bad_request"},
    Words{ErrorCode::ContextTooLong, "invalid_request_error", "context_length_exceeded"},
    Words{ErrorCode::ContentRefused, "invalid_request_error", "content_filter"},
    Words{ErrorCode::ModelRetired, "invalid_request_error", "model_not_found"},
};

CallError invalid(QString message, QString parameter = {})
{
    CallError error;
    error.code = ErrorCode::InvalidRequest;
    error.message = std::move(message);
    error.parameter = std::move(parameter);
    return error;
}

QByteArray quoted(const QString& text)
{
    return jsonString(text.toUtf8());
}

QByteArray errorObject(const CallError& error, QStringView requestId)
{
    QByteArray type = error.httpStatus() >= 500 ? "server_error" : "invalid_request_error";
    QByteArray name = api::facts(error.code).name;
    for (const Words& words : kWords) {
        if (words.code == error.code) {
            type = words.type;
            name = words.name;
        }
    }
    QByteArray out = "{\"message\":" + quoted(error.text()) + ",\"type\":\"" + type +
                     "\",\"param\":" + (error.parameter.isEmpty() ? QByteArray("null") : quoted(error.parameter)) +
                     ",\"code\":\"" + name + "\",\"signalbox\":{\"code\":\"" + api::facts(error.code).name +
                     "\",\"retriable\":" + (error.mayRetry() ? "true" : "false");
    if (error.retryAfterMs)
        out += ",\"retry_after_ms\":" + QByteArray::number(*error.retryAfterMs);
    if (!error.hint.isEmpty())
        out += ",\"hint\":" + quoted(error.hint);
    if (error.limit) {
        // {"scope": ...}: its members stand beside ours
        const QByteArray facts = QJsonDocument(api::toJson(*error.limit)).toJson(QJsonDocument::Compact);
        if (facts.size() > 2)
            out += ',' + facts.sliced(1, facts.size() - 2);
    }
    out += ",\"request_id\":" + quoted(requestId.toString()) + "}}";
    return out;
}

// Parts of messages that are not text: what they need of a model, and whether their cost lies in the body's bytes.
void readParts(JsonView messages, ChatRequest& request)
{
    messages.eachElement([&](JsonView message) {
        message.member("content").eachElement([&](JsonView part) {
            const std::optional<QByteArray> type = part.member("type").text();
            if (type == QByteArray("image_url")) {
                request.hasImages = true;
                const QByteArray url = part.member("image_url").member("url").text().value_or(QByteArray());
                request.namedImages += !url.startsWith("data:");
            } else if (type == QByteArray("file")) {
                request.namesFiles = request.namesFiles || !part.member("file").member("file_id").isMissing();
            }
            return true;
        });
        return true;
    });
}

} // namespace

std::variant<ChatRequest, CallError> parse(QByteArray body)
{
    ChatRequest request;
    request.body = std::move(body);
    const JsonText text = JsonText::parse(request.body);
    if (text.error) {
        return invalid(QStringLiteral("The body is not acceptable JSON: %1, at byte %2.")
                           .arg(QLatin1String(text.error->reason))
                           .arg(text.error->offset));
    }
    if (text.root.type() != JsonType::Object)
        return invalid(QStringLiteral("The body must be a JSON object."));
    request.root = text.root;

    // one walk over the members; what is not named here is passed on untouched
    std::optional<CallError> wrong;
    JsonView messages;
    request.root.eachMember([&](QByteArrayView key, JsonView value) {
        const auto refuse = [&](const char* what) {
            if (!wrong)
                wrong = invalid(QStringLiteral("\"%1\" must be %2.").arg(QString::fromUtf8(key), QLatin1String(what)),
                    QString::fromUtf8(key));
        };
        const bool absent = value.isNull();
        if (key == QByteArrayView("model")) {
            request.model = value;
        } else if (key == QByteArrayView("messages")) {
            messages = value;
        } else if (key == QByteArrayView("stream") && !absent) {
            if (value.type() != JsonType::Bool)
                refuse("true or false");
            request.stream = value.boolean().value_or(false);
        } else if (key == QByteArrayView("stream_options") && !absent) {
            if (value.type() != JsonType::Object)
                refuse("an object");
            request.wantsUsageChunk = value.member("include_usage").boolean().value_or(false);
        } else if ((key == QByteArrayView("max_tokens") || key == QByteArrayView("max_completion_tokens")) && !absent) {
            const auto limit = value.integer();
            if (!limit || *limit < 1 || *limit > 100'000'000)
                refuse("a whole number from 1 to 100,000,000");
            else
                request.maxOutputTokens = std::min(request.maxOutputTokens.value_or(*limit), *limit);
        } else if (key == QByteArrayView("n") && !absent) {
            const auto count = value.integer();
            if (!count || *count < 1 || *count > 128)
                refuse("a whole number from 1 to 128");
            else
                request.choices = *count;
        } else if (key == QByteArrayView("tools")) {
            request.hasTools = value.type() == JsonType::Array && !value.at(0).isMissing();
        } else if (key == QByteArrayView("response_format") && !absent) {
            request.wantsJsonSchema = value.member("type").text() == QByteArray("json_schema");
        }
        return true;
    });
    if (wrong)
        return *wrong;
    const std::optional<QByteArray> model = request.model.text();
    if (!model || model->isEmpty() || model->size() > 256)
        return invalid(QStringLiteral("\"model\" must be the name of an alias."), QStringLiteral("model"));
    if (messages.type() != JsonType::Array || messages.at(0).isMissing())
        return invalid(
            QStringLiteral("\"messages\" must be a list with at least one message."), QStringLiteral("messages"));
    request.alias = QString::fromUtf8(*model);
    if (request.body.contains("image_url") || request.body.contains("file_id"))
        readParts(messages, request);
    return request;
}

QByteArray errorBody(const CallError& error, QStringView requestId)
{
    return "{\"error\":" + errorObject(error, requestId) + "}";
}

QByteArray errorEvent(const CallError& error, QStringView requestId)
{
    QByteArray out;
    http::appendSseEvent(out, {}, errorBody(error, requestId));
    return out;
}

QByteArray modelList(const QStringList& aliases, qint64 createdSeconds)
{
    QByteArray out = "{\"object\":\"list\",\"data\":[";
    for (qsizetype i = 0; i < aliases.size(); ++i) {
        if (i > 0)
            out += ',';
        out += "{\"id\":" + quoted(aliases[i]) +
               ",\"object\":\"model\",\"created\":" + QByteArray::number(createdSeconds) +
               ",\"owned_by\":\"signalbox\"}";
    }
    return out + "]}";
}

} // namespace gateway::transform::openai_chat
