#include "transform/surfaces/openai_responses.h"

#include "transform/surfaces/openai_error.h"
#include "transform/surfaces/openai_responses_features.h"
#include "transform/surfaces/openai_responses_object.h"
#include "transform/surfaces/openai_responses_relay.h"
#include "transform/surfaces/openai_responses_unify.h"
#include "transform/surfaces/openai_responses_writer.h"

namespace gateway::transform {
namespace {

constexpr qint64 kMostTokens = 100'000'000;
constexpr qsizetype kLongestModel = 256;

class ResponsesSurface final : public Surface
{
public:
    const char* name() const override { return "openai.responses"; }
    Dialect dialect() const override { return Dialect::OpenAiResponses; }

    std::variant<CallRequest, CallError> parse(
        const SurfacePath& path, const http::RequestHead&, QByteArray body) const override
    {
        CallRequest request;
        request.surface = this;
        request.body = std::move(body);
        if (auto wrong = readObject(request))
            return *wrong;
        if (auto wrong = readFields(request))
            return *wrong;
        const std::optional<QByteArray> model = request.model.text();
        if (!path.alias.isEmpty()) {
            request.alias = path.alias;
        } else if (model && !model->isEmpty() && model->size() <= kLongestModel) {
            request.alias = QString::fromUtf8(*model);
        } else {
            return invalid(QStringLiteral("\"model\" must be the name of an alias."), QStringLiteral("model"));
        }
        return request;
    }

    std::variant<UnifiedRequest, CallError> unify(const CallRequest& request) const override
    {
        return unifyResponses(request);
    }

    QByteArray answerBody(const CallRequest& request, const Answer& answer, const AnswerContext& context) const override
    {
        return responsesAnswerBody(request, answer, context);
    }

    std::unique_ptr<StreamWriter> streamWriter(const CallRequest& request, const AnswerContext& context) const override
    {
        return responsesWriter(request, context, box(context));
    }

    std::unique_ptr<StreamRelay> streamRelay(const CallRequest& request, const AnswerContext& context) const override
    {
        return responsesRelay(request, context, box(context));
    }

    QByteArray errorBody(const CallError& error, QStringView requestId) const override
    {
        return openAiErrorBody(error, signalboxObject(error, requestId));
    }

    QByteArray heartbeat() const override { return ": ping\n\n"; }

private:
    static std::function<QByteArray(const CallError&)> box(const AnswerContext& context)
    {
        return [id = context.callId](const CallError& error) { return signalboxObject(error, id); };
    }

    // One walk over the members; what is not named here is the provider's business.
    static std::optional<CallError> readFields(CallRequest& request)
    {
        std::optional<CallError> wrong;
        ResponsesFeatures features(request);
        JsonView input;
        request.root.eachMember([&](QByteArrayView key, JsonView value) {
            const auto is = [&](const char* name) { return key == QByteArrayView(name); };
            const auto refuse = [&](const char* what) {
                wrong = invalid(QStringLiteral("\"%1\" must be %2.").arg(QString::fromUtf8(key), QLatin1String(what)),
                    QString::fromUtf8(key));
            };
            if (is("model")) {
                request.model = value;
            } else if (value.isNull()) {
                return true;
            } else if (is("input")) {
                input = value;
            } else if (is("stream")) {
                if (value.type() != JsonType::Bool)
                    refuse("true or false");
                request.stream = value.boolean().value_or(false);
            } else if (is("max_output_tokens")) {
                const auto limit = value.integer();
                if (!limit || *limit < 1 || *limit > kMostTokens)
                    refuse("a whole number from 1 to 100,000,000");
                request.maxOutputTokens = limit;
            } else if (is("service_tier")) {
                request.serviceTier = value.text().value_or(QByteArray());
            } else {
                features.readField(key, value);
            }
            return !wrong;
        });
        if (wrong)
            return wrong;
        const bool isList = input.type() == JsonType::Array && !input.at(0).isMissing();
        // a conversation that the provider keeps, or a kept prompt, may be continued without any
        const bool mayLack = input.isMissing() && request.features.testFlag(Feature::Stateful);
        if (!isList && input.type() != JsonType::String && !mayLack) {
            return invalid(
                QStringLiteral("\"input\" must be a text or a list with at least one item."), QStringLiteral("input"));
        }
        features.readInput(input);
        return std::nullopt;
    }
};

} // namespace

const Surface& openAiResponses()
{
    static const ResponsesSurface surface;
    return surface;
}

} // namespace gateway::transform
