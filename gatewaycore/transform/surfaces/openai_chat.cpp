#include "transform/surfaces/openai_chat.h"

#include "base/json_writer.h"
#include "http/sse.h"
#include "transform/json_view.h"
#include "transform/surfaces/openai_chat_relay.h"
#include "transform/surfaces/openai_error.h"

namespace gateway::transform {
namespace {

// Parts of messages that are not text: what they need of a model, and whether their cost lies in the body's bytes.
void readParts(JsonView messages, CallRequest& request)
{
    messages.eachElement([&](JsonView message) {
        message.member("content").eachElement([&](JsonView part) {
            const QByteArray type = part.member("type").text().value_or(QByteArray());
            if (type == "image_url") {
                const QByteArray url = part.member("image_url").member("url").text().value_or(QByteArray());
                const bool isInline = url.startsWith("data:");
                request.features |= isInline ? Feature::ImagesInline : Feature::ImagesByUrl;
                request.namedImages += !isInline;
            } else if (type == "file") {
                const bool byId = !part.member("file").member("file_id").isMissing();
                request.features |= byId ? Feature::FileIds : Feature::Documents;
                request.namesOther = request.namesOther || byId;
            } else if (type == "input_audio") {
                request.features |= Feature::AudioIn;
            }
            return true;
        });
        // an earlier spoken answer, by id
        request.namesOther = request.namesOther || message.member("audio").type() == JsonType::Object;
        return true;
    });
}

void readTools(JsonView tools, CallRequest& request)
{
    tools.eachElement([&](JsonView tool) {
        request.features |= Feature::Tools;
        if (tool.member("type").text() == QByteArray("custom"))
            request.features |= Feature::CustomTools;
        return true;
    });
}

class OpenAiChat final : public Surface
{
public:
    const char* name() const override { return "openai.chat"; }
    Dialect dialect() const override { return Dialect::OpenAiChat; }

    std::variant<CallRequest, CallError> parse(
        const SurfacePath& path, const http::RequestHead& head, QByteArray body) const override;
    std::variant<UnifiedRequest, CallError> unify(const CallRequest& request) const override
    {
        return unifyOpenAiChat(request);
    }
    QByteArray answerBody(const CallRequest&, const Answer& answer, const AnswerContext& context) const override
    {
        return openAiChatBody(answer, context);
    }
    QByteArray repaired(const CallRequest&, QByteArrayView body, const AnswerFacts& facts) const override
    {
        return repairedChatAnswer(body, facts);
    }
    std::unique_ptr<StreamWriter> streamWriter(const CallRequest& request, const AnswerContext& context) const override
    {
        return openAiChatWriter(
            request, context, [this, id = context.callId](const CallError& error) { return errorBody(error, id); });
    }
    std::unique_ptr<StreamRelay> streamRelay(const CallRequest& request, const AnswerContext& context) const override
    {
        return openAiChatRelay(
            request, [this, id = context.callId](const CallError& error) { return errorBody(error, id); });
    }
    QByteArray errorBody(const CallError& error, QStringView requestId) const override
    {
        return openAiErrorBody(error, signalboxObject(error, requestId));
    }
    QByteArray heartbeat() const override { return QByteArrayLiteral(": ping\n\n"); }
};

std::variant<CallRequest, CallError> OpenAiChat::parse(
    const SurfacePath& path, const http::RequestHead&, QByteArray body) const
{
    CallRequest request;
    request.surface = this;
    request.body = std::move(body);
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
        const auto is = [&](const char* name) { return key == QByteArrayView(name); };
        if (is("model")) {
            request.model = value;
        } else if (is("messages")) {
            messages = value;
        } else if (value.isNull()) {
            return true;
        } else if (is("stream")) {
            if (value.type() != JsonType::Bool)
                refuse("true or false");
            request.stream = value.boolean().value_or(false);
        } else if (is("stream_options")) {
            if (value.type() != JsonType::Object)
                refuse("an object");
            request.wantsUsageChunk = value.member("include_usage").boolean().value_or(false);
        } else if (is("max_tokens") || is("max_completion_tokens")) {
            const auto limit = value.integer();
            if (!limit || *limit < 1 || *limit > 100'000'000)
                refuse("a whole number from 1 to 100,000,000");
            else
                request.maxOutputTokens = std::min(request.maxOutputTokens.value_or(*limit), *limit);
        } else if (is("n")) {
            const auto count = value.integer();
            if (!count || *count < 1 || *count > 128)
                refuse("a whole number from 1 to 128");
            else
                request.choices = *count;
            request.features.setFlag(Feature::Choices, request.choices > 1);
        } else if (is("tools")) {
            readTools(value, request);
        } else if (is("functions")) {
            request.features.setFlag(Feature::Tools, !value.at(0).isMissing());
        } else if (is("response_format")) {
            request.features.setFlag(Feature::JsonSchema, value.member("type").text() == QByteArray("json_schema"));
        } else if (is("logprobs")) {
            request.features.setFlag(Feature::Logprobs, value.boolean().value_or(false));
        } else if (is("modalities")) {
            value.eachElement([&](JsonView one) {
                if (one.text() == QByteArray("audio"))
                    request.features |= Feature::AudioOut;
                return true;
            });
        } else if (is("prediction")) {
            request.features |= Feature::Prediction;
        } else if (is("web_search_options")) {
            request.features |= Feature::HostedTools;
        } else if (is("service_tier")) {
            request.serviceTier = value.text().value_or(QByteArray()).left(32);
        }
        return true;
    });
    if (wrong)
        return *wrong;
    const std::optional<QByteArray> model = request.model.text();
    request.alias = path.alias.isEmpty() ? QString::fromUtf8(model.value_or(QByteArray())) : path.alias;
    if (request.alias.isEmpty() || request.alias.size() > 256)
        return invalid(QStringLiteral("\"model\" must be the name of an alias."), QStringLiteral("model"));
    if (messages.type() != JsonType::Array || messages.at(0).isMissing())
        return invalid(
            QStringLiteral("\"messages\" must be a list with at least one message."), QStringLiteral("messages"));
    readParts(messages, request);
    return request;
}

void writeModel(JsonWriter& json, const QString& alias, qint64 createdSeconds)
{
    json.beginObject()
        .member("id", alias.toUtf8())
        .member("object", "model")
        .member("created", createdSeconds)
        .member("owned_by", "signalbox")
        .endObject();
}

} // namespace

const Surface& openAiChat()
{
    static const OpenAiChat surface;
    return surface;
}

QByteArray openAiModelList(const QStringList& aliases, qint64 createdSeconds)
{
    QByteArray out;
    JsonWriter json(out);
    json.beginObject().member("object", "list").key("data").beginArray();
    for (const QString& alias : aliases)
        writeModel(json, alias, createdSeconds);
    json.endArray().endObject();
    return out;
}

QByteArray openAiModel(const QString& alias, qint64 createdSeconds)
{
    QByteArray out;
    JsonWriter json(out);
    writeModel(json, alias, createdSeconds);
    return out;
}

} // namespace gateway::transform
