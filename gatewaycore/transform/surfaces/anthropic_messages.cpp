#include "transform/surfaces/anthropic_messages.h"

#include "base/json_writer.h"
#include "transform/body_edit.h"
#include "transform/json_view.h"
#include "transform/surfaces/anthropic_messages_answer.h"
#include "transform/surfaces/anthropic_messages_request.h"
#include "transform/surfaces/anthropic_messages_stream.h"

namespace gateway::transform {
namespace {

constexpr qint64 kLargestLimit = 100'000'000;

// All values of a field that may be repeated, joined as a list.
QByteArray allValues(const http::RequestHead& head, QByteArrayView name)
{
    QByteArray out;
    for (const http::FieldView& field : head.fields) {
        if (http::equalsIgnoringCase(field.name, name) && !field.value.isEmpty())
            out += (out.isEmpty() ? "" : ",") + field.value.toByteArray();
    }
    return out;
}

// Where an image, a document or another file comes from.
void readSource(JsonView block, bool image, CallRequest& request)
{
    const JsonView source = block.member("source");
    const QByteArray type = source.member("type").text().value_or(QByteArray());
    if (type == "url") {
        request.features |= image ? Feature::ImagesByUrl : Feature::Documents;
        request.namedImages += image;
        request.namesOther = request.namesOther || !image;
    } else if (type == "file") {
        request.features |= Feature::FileIds;
        request.namesOther = true;
    } else {
        request.features |= image ? Feature::ImagesInline : Feature::Documents;
    }
}

void readBlocks(JsonView content, CallRequest& request)
{
    content.eachElement([&](JsonView block) {
        const QByteArray type = block.member("type").text().value_or(QByteArray());
        if (type == "image" || type == "document")
            readSource(block, type == "image", request);
        else if (type == "tool_result")
            readBlocks(block.member("content"), request);
        else if (type == "container_upload") {
            request.features |= Feature::FileIds;
            request.namesOther = true;
        }
        return true;
    });
}

class AnthropicMessages final : public Surface
{
public:
    explicit AnthropicMessages(Operation operation) : m_operation(operation) {}

    const char* name() const override
    {
        return m_operation == Operation::CountTokens ? "anthropic.count_tokens" : "anthropic.messages";
    }
    Dialect dialect() const override { return Dialect::Anthropic; }

    std::variant<CallRequest, CallError> parse(
        const SurfacePath&, const http::RequestHead& head, QByteArray body) const override;
    std::variant<UnifiedRequest, CallError> unify(const CallRequest& request) const override
    {
        return AnthropicRequestReader(request).read();
    }

    QByteArray answerBody(const CallRequest&, const Answer& answer, const AnswerContext& context) const override
    {
        return m_operation == Operation::CountTokens ? anthropicCountBody(answer)
                                                     : anthropicAnswerBody(answer, context);
    }
    QByteArray repaired(const CallRequest&, QByteArrayView body, const AnswerFacts& facts) const override
    {
        return m_operation == Operation::CountTokens ? QByteArray() : repairedStop(body, {}, facts);
    }

    std::unique_ptr<StreamWriter> streamWriter(const CallRequest&, const AnswerContext& context) const override
    {
        return std::make_unique<AnthropicStreamWriter>(context, errorText(context));
    }
    std::unique_ptr<StreamRelay> streamRelay(const CallRequest&, const AnswerContext& context) const override
    {
        return std::make_unique<AnthropicStreamRelay>(errorText(context));
    }

    QByteArray errorBody(const CallError& error, QStringView requestId) const override
    {
        return anthropicErrorBody(error, errorStatus(error), signalboxObject(error, requestId), requestId);
    }
    // Anthropic's own status for an overload, which its SDKs know.
    int errorStatus(const CallError& error) const override
    {
        return error.code == api::ErrorCode::ProviderOverloaded ? 529 : error.httpStatus();
    }

    QByteArray heartbeat() const override { return "event: ping\ndata: {\"type\": \"ping\"}\n\n"; }

private:
    ErrorText errorText(const AnswerContext& context) const
    {
        return [this, id = context.callId](const CallError& error) { return errorBody(error, id); };
    }

    const Operation m_operation;
};

std::variant<CallRequest, CallError> AnthropicMessages::parse(
    const SurfacePath&, const http::RequestHead& head, QByteArray body) const
{
    CallRequest request;
    request.surface = this;
    request.operation = m_operation;
    request.body = std::move(body);
    request.apiVersion = head.value("anthropic-version").toByteArray();
    request.betas = allValues(head, "anthropic-beta");
    if (auto error = readObject(request))
        return *error;

    // one walk over the members; what is not named here is passed on untouched
    std::optional<CallError> wrong;
    JsonView messages;
    request.root.eachMember([&](QByteArrayView key, JsonView value) {
        const auto refuse = [&](const char* what) {
            if (!wrong)
                wrong = invalid(QStringLiteral("\"%1\" must be %2.").arg(QString::fromUtf8(key), QLatin1String(what)),
                    QString::fromUtf8(key));
        };
        if (key == QByteArrayView("model")) {
            request.model = value;
        } else if (key == QByteArrayView("messages")) {
            messages = value;
        } else if (value.isNull()) {
            return true;
        } else if (key == QByteArrayView("stream")) {
            if (value.type() != JsonType::Bool)
                refuse("true or false");
            request.stream = value.boolean().value_or(false) && m_operation == Operation::Generate;
        } else if (key == QByteArrayView("max_tokens")) {
            const auto limit = value.integer();
            if (!limit || *limit < 0 || *limit > kLargestLimit) // 0: the prompt's cache is filled, nothing is written
                refuse("a whole number from 0 to 100,000,000");
            else
                request.maxOutputTokens = *limit;
        } else if (key == QByteArrayView("tools")) {
            if (value.type() != JsonType::Array)
                refuse("a list");
            value.eachElement([&](JsonView tool) {
                const QByteArray type = tool.member("type").text().value_or("custom");
                request.features |= type == "custom" ? Feature::Tools : Feature::HostedTools;
                return true;
            });
        } else if (key == QByteArrayView("output_config")) {
            if (value.member("format").member("type").text() == QByteArray("json_schema"))
                request.features |= Feature::JsonSchema;
        } else if (key == QByteArrayView("service_tier")) {
            request.serviceTier = value.text().value_or(QByteArray()).left(40);
        } else if (key == QByteArrayView("speed")) {
            if (value.text() == QByteArray("fast"))
                request.serviceTier = "fast"; // a class of its own in the prices
        } else if (key == QByteArrayView("container")) {
            request.features |= Feature::Stateful;
            request.namesOther = true;
        } else if (key == QByteArrayView("mcp_servers")) {
            request.features |= Feature::HostedTools;
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
    if (m_operation == Operation::Generate && !request.maxOutputTokens)
        return invalid(QStringLiteral("\"max_tokens\" must be stated."), QStringLiteral("max_tokens"));
    request.alias = QString::fromUtf8(*model);
    // "\u00": the words may be spelled with escapes
    if (request.body.contains("\"source\"") || request.body.contains("container_upload") ||
        request.body.contains("\\u00")) {
        messages.eachElement([&](JsonView message) {
            readBlocks(message.member("content"), request);
            return true;
        });
    }
    return request;
}

void writeModel(JsonWriter& json, const QString& alias)
{
    const QByteArray id = alias.toUtf8();
    json.beginObject()
        .member("type", "model")
        .member("id", id)
        .member("display_name", id)
        .member("created_at", "1970-01-01T00:00:00Z") // an alias is not released; Anthropic's own word for unknown
        .member("lifecycle", "active")
        .memberNull("deprecated_at")
        .memberNull("retires_at")
        .memberNull("line")
        .memberNull("max_input_tokens")
        .memberNull("max_tokens")
        .memberNull("capabilities")
        .endObject();
}

} // namespace

const Surface& anthropicMessages()
{
    static const AnthropicMessages surface(Operation::Generate);
    return surface;
}

const Surface& anthropicCountTokens()
{
    static const AnthropicMessages surface(Operation::CountTokens);
    return surface;
}

QByteArray anthropicModelList(const QStringList& aliases)
{
    QByteArray out;
    JsonWriter json(out);
    json.beginObject().key("data").beginArray();
    for (const QString& alias : aliases)
        writeModel(json, alias);
    json.endArray().memberBool("has_more", false);
    if (aliases.isEmpty())
        json.memberNull("first_id").memberNull("last_id");
    else
        json.member("first_id", aliases.first().toUtf8()).member("last_id", aliases.last().toUtf8());
    json.endObject();
    return out;
}

QByteArray anthropicModel(const QString& alias)
{
    QByteArray out;
    JsonWriter json(out);
    writeModel(json, alias);
    return out;
}

} // namespace gateway::transform
