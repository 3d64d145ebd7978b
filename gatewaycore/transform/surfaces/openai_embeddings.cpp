#include "transform/surfaces/openai_embeddings.h"

#include "base/json_writer.h"
#include "transform/body_edit.h"
#include "transform/json_view.h"
#include "transform/surfaces/openai_error.h"
#include "transform/vector_text.h"

namespace gateway::transform {
namespace {

constexpr int kMostInputs = 2048; // OpenAI's own bound
constexpr qsizetype kLongestModel = 256;

// What "input" is: texts or token ids, one or several.
struct Input
{
    enum class Kind
    {
        Wrong,
        Text,
        Texts,
        Tokens,
        TokenLists,
    };
    Kind kind = Kind::Wrong;
    int count = 0;
};

bool isTokenList(JsonView list)
{
    if (list.type() != JsonType::Array || list.at(0).isMissing())
        return false;
    bool all = true;
    list.eachElement([&](JsonView token) {
        const auto id = token.integer();
        all = id && *id >= 0;
        return all;
    });
    return all;
}

Input inputOf(JsonView value)
{
    if (value.type() == JsonType::String)
        return {value.isEmptyText() ? Input::Kind::Wrong : Input::Kind::Text, 1};
    if (isTokenList(value))
        return {Input::Kind::Tokens, 1};
    Input input;
    const JsonType first = value.at(0).type();
    input.kind = first == JsonType::String  ? Input::Kind::Texts
                 : first == JsonType::Array ? Input::Kind::TokenLists
                                            : Input::Kind::Wrong;
    value.eachElement([&](JsonView one) {
        ++input.count;
        const bool fits = one.type() == first && (first == JsonType::String || isTokenList(one));
        if (!fits)
            input.kind = Input::Kind::Wrong;
        return fits && input.count <= kMostInputs;
    });
    return input;
}

bool wantsBase64(const CallRequest& request)
{
    return request.root.member("encoding_format").text() == QByteArray("base64");
}

void writeUsage(JsonWriter& json, const api::Tokens& tokens)
{
    json.key("usage").beginObject().member("prompt_tokens", tokens.input());
    json.member("total_tokens", tokens.input()).endObject();
}

class EmbeddingsSurface final : public Surface
{
public:
    const char* name() const override { return "openai.embeddings"; }
    Dialect dialect() const override { return Dialect::OpenAiChat; } // whoever speaks chat speaks this

    std::variant<CallRequest, CallError> parse(
        const SurfacePath& path, const http::RequestHead&, QByteArray body) const override
    {
        CallRequest request;
        request.surface = this;
        request.operation = Operation::Embed;
        request.body = std::move(body);
        if (auto wrong = readObject(request))
            return *wrong;
        request.model = request.root.member("model");
        const std::optional<QByteArray> model = request.model.text();
        if (!path.alias.isEmpty())
            request.alias = path.alias;
        else if (model && !model->isEmpty() && model->size() <= kLongestModel)
            request.alias = QString::fromUtf8(*model);
        else
            return invalid(QStringLiteral("\"model\" must be the name of an alias."), QStringLiteral("model"));
        if (auto wrong = check(request))
            return *wrong;
        return request;
    }

    std::variant<UnifiedRequest, CallError> unify(const CallRequest& request) const override
    {
        UnifiedRequest out;
        out.operation = Operation::Embed;
        out.embed.base64 = wantsBase64(request);
        request.root.eachMember([&](QByteArrayView key, JsonView value) {
            const auto is = [&](const char* name) { return key == QByteArrayView(name); };
            if (value.isNull() || is("model") || is("encoding_format"))
                return true;
            if (is("input"))
                readInput(value, out.embed);
            else if (is("dimensions"))
                out.embed.dimensions = value.integer();
            else if (is("user"))
                out.embed.user = value.text().value_or(QByteArray());
            else
                out.others.push_back({key.toByteArray(), value.raw().toByteArray()});
            return true;
        });
        return out;
    }

    QByteArray answerBody(const CallRequest& request, const Answer& answer, const AnswerContext& context) const override
    {
        const bool base64 = wantsBase64(request);
        QByteArray out;
        JsonWriter json(out);
        json.beginObject().member("object", "list").key("data").beginArray();
        for (std::size_t i = 0; i < answer.embeddings.size(); ++i) {
            const std::vector<float>& vector = answer.embeddings[i];
            json.beginObject().member("object", "embedding").member("index", qint64(i));
            json.memberRaw("embedding", base64 ? vectorAsBase64(vector) : vectorAsList(vector)).endObject();
        }
        json.endArray();
        json.member("model", answer.facts.model.isEmpty() ? context.alias.toUtf8() : answer.facts.model.toUtf8());
        writeUsage(json, answer.facts.tokens);
        json.endObject();
        return out;
    }

    // Vectors in the form that the caller did not ask for are written anew; everything else stays.
    QByteArray repaired(const CallRequest& request, QByteArrayView body, const AnswerFacts&) const override
    {
        const bool base64 = wantsBase64(request);
        const JsonType wrong = base64 ? JsonType::Array : JsonType::String;
        const JsonText text = JsonText::parse(body);
        if (text.error)
            return {};
        BodyEdit edit(body);
        text.root.member("data").eachElement([&](JsonView one) {
            const JsonView vector = one.member("embedding");
            if (vector.type() != wrong)
                return true;
            if (const auto values = readVector(vector))
                edit.replace(vector, base64 ? vectorAsBase64(*values) : vectorAsList(*values));
            return true;
        });
        return edit.isEmpty() ? QByteArray() : edit.apply();
    }

    // Embeddings are never streamed; parse() has refused nothing that could ask for it.
    std::unique_ptr<StreamWriter> streamWriter(const CallRequest&, const AnswerContext&) const override { return {}; }
    std::unique_ptr<StreamRelay> streamRelay(const CallRequest&, const AnswerContext&) const override { return {}; }

    QByteArray errorBody(const CallError& error, QStringView requestId) const override
    {
        return openAiErrorBody(error, signalboxObject(error, requestId));
    }

private:
    static std::optional<CallError> check(CallRequest& request)
    {
        request.features |= Feature::Embeddings;
        const Input input = inputOf(request.root.member("input"));
        if (input.kind == Input::Kind::Wrong) {
            return invalid(QStringLiteral("\"input\" must be a text, a list of texts, a list of token ids or a list of "
                                          "such lists, and none of them may be empty."),
                QStringLiteral("input"));
        }
        if (input.count > kMostInputs)
            return invalid(QStringLiteral("\"input\" may have at most 2,048 elements."), QStringLiteral("input"));
        if (input.kind == Input::Kind::Tokens || input.kind == Input::Kind::TokenLists)
            request.features |= Feature::TokenArrays;
        const JsonView format = request.root.member("encoding_format");
        const QByteArray word = format.text().value_or(QByteArray());
        if (!format.isMissing() && !format.isNull() && word != "float" && word != "base64") {
            return invalid(QStringLiteral("\"encoding_format\" must be \"float\" or \"base64\"."),
                QStringLiteral("encoding_format"));
        }
        const JsonView size = request.root.member("dimensions");
        if (!size.isMissing() && !size.isNull() && size.integer().value_or(0) < 1)
            return invalid(
                QStringLiteral("\"dimensions\" must be a whole number above 0."), QStringLiteral("dimensions"));
        return std::nullopt;
    }

    static void readInput(JsonView value, EmbedRequest& embed)
    {
        const Input input = inputOf(value);
        embed.single = input.kind == Input::Kind::Text || input.kind == Input::Kind::Tokens;
        if (input.kind == Input::Kind::Text)
            embed.texts.push_back(value.text().value_or(QByteArray()));
        else if (input.kind == Input::Kind::Tokens)
            embed.tokenArrays.push_back(value.raw().toByteArray());
        else
            value.eachElement([&](JsonView one) {
                if (input.kind == Input::Kind::Texts)
                    embed.texts.push_back(one.text().value_or(QByteArray()));
                else
                    embed.tokenArrays.push_back(one.raw().toByteArray());
                return true;
            });
    }
};

} // namespace

const Surface& openAiEmbeddings()
{
    static const EmbeddingsSurface surface;
    return surface;
}

} // namespace gateway::transform
