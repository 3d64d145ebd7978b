#include "transform/surfaces/gemini.h"

#include "transform/surfaces/gemini_answer.h"
#include "transform/surfaces/gemini_fields.h"
#include "transform/surfaces/gemini_parse.h"
#include "transform/surfaces/gemini_stream.h"
#include "transform/surfaces/gemini_unify.h"

namespace gateway::transform {
namespace {

bool wantsSse(const http::RequestHead& head)
{
    bool sse = false;
    for (const QByteArray& pair : head.query().toByteArray().split('&'))
        sse = sse || pair == "alt=sse" || pair == "$alt=sse" || pair == "%24alt=sse";
    return sse;
}

// What the three surfaces share.
class GeminiSurface : public Surface
{
public:
    explicit GeminiSurface(Operation operation) : m_operation(operation) {}

    Dialect dialect() const override { return Dialect::Gemini; }

    std::variant<CallRequest, CallError> parse(
        const SurfacePath& path, const http::RequestHead& head, QByteArray body) const override
    {
        CallRequest request;
        request.surface = this;
        request.operation = m_operation;
        request.body = std::move(body);
        request.alias = path.alias;
        if (auto error = readObject(request))
            return *error;
        if (request.alias.isEmpty() || request.alias.size() > 256)
            return invalid(QStringLiteral("The path must name an alias."), QStringLiteral("model"));
        if (path.verb == QByteArrayView("streamGenerateContent")) {
            request.stream = true;
            request.streamAsArray = !wantsSse(head);
        }
        auto error = m_operation == Operation::Embed ? gemini::readEmbed(request) : gemini::readGenerate(request);
        if (error)
            return *error;
        return request;
    }

    std::variant<UnifiedRequest, CallError> unify(const CallRequest& request) const override
    {
        return m_operation == Operation::Embed ? gemini::unifyEmbed(request) : gemini::unifyGenerate(request);
    }

    QByteArray answerBody(const CallRequest& request, const Answer& answer, const AnswerContext& context) const override
    {
        return m_operation == Operation::Embed ? gemini::embeddingBody(request, answer)
                                               : gemini::answerBody(request, answer, context);
    }

    QByteArray repaired(const CallRequest& request, QByteArrayView body, const AnswerFacts& facts) const override;

    std::unique_ptr<StreamWriter> streamWriter(const CallRequest& request, const AnswerContext& context) const override
    {
        return gemini::streamWriter(request, context, errorWriter(context));
    }
    std::unique_ptr<StreamRelay> streamRelay(const CallRequest& request, const AnswerContext& context) const override
    {
        return gemini::streamRelay(request, errorWriter(context));
    }

    QByteArray errorBody(const CallError& error, QStringView requestId) const override
    {
        return gemini::errorBody(error, signalboxObject(error, requestId));
    }

    // An empty line. It is nothing between events and space between the elements of an array. A comment is not safe:
    // Google's Python client takes every line that is not data for JSON.
    QByteArray heartbeat() const override { return QByteArrayLiteral("\n"); }

    const char* streamType(const CallRequest& request) const override
    {
        return request.streamAsArray ? "application/json" : "text/event-stream";
    }

private:
    gemini::ErrorBody errorWriter(const AnswerContext& context) const
    {
        return [this, callId = context.callId](const CallError& error) { return errorBody(error, callId); };
    }

    const Operation m_operation;
};

// Vertex's older embedding models answer in the form of :predict, which no caller of this surface has asked for.
QByteArray GeminiSurface::repaired(const CallRequest& request, QByteArrayView body, const AnswerFacts& facts) const
{
    if (m_operation != Operation::Embed || !body.contains("\"predictions\""))
        return {};
    const JsonText text = JsonText::parse(body);
    const JsonView predictions = text.root.member("predictions");
    if (text.error || predictions.type() != JsonType::Array)
        return {};
    const bool several = gemini::field(request.root, "requests").type() == JsonType::Array;
    QByteArray out;
    JsonWriter json(out);
    json.beginObject().key(several ? "embeddings" : "embedding");
    if (several)
        json.beginArray();
    predictions.eachElement([&](JsonView row) {
        const JsonView values = row.member("embeddings").member("values");
        json.beginObject().memberRaw("values", values.isMissing() ? QByteArrayView("[]") : values.raw()).endObject();
        return several;
    });
    if (several)
        json.endArray();
    if (facts.tokens.source != api::TokenSource::None) {
        json.key("usageMetadata").beginObject().member("promptTokenCount", facts.tokens.input()).endObject();
    }
    json.endObject();
    return out;
}

class Generate final : public GeminiSurface
{
public:
    Generate() : GeminiSurface(Operation::Generate) {}
    const char* name() const override { return "gemini.generate"; }
};

class CountTokens final : public GeminiSurface
{
public:
    CountTokens() : GeminiSurface(Operation::CountTokens) {}
    const char* name() const override { return "gemini.count_tokens"; }
};

class Embed final : public GeminiSurface
{
public:
    Embed() : GeminiSurface(Operation::Embed) {}
    const char* name() const override { return "gemini.embed"; }
};

void writeModel(JsonWriter& json, const QString& alias)
{
    const QByteArray name = alias.toUtf8();
    json.beginObject().member("name", "models/" + name).member("displayName", name).member("version", "1");
    json.key("supportedGenerationMethods").beginArray();
    for (const char* method : {"generateContent", "streamGenerateContent", "countTokens", "embedContent"})
        json.string(method);
    json.endArray().endObject();
}

} // namespace

const Surface& geminiGenerate()
{
    static const Generate surface;
    return surface;
}

const Surface& geminiCountTokens()
{
    static const CountTokens surface;
    return surface;
}

const Surface& geminiEmbed()
{
    static const Embed surface;
    return surface;
}

QByteArray geminiModelList(const QStringList& aliases)
{
    QByteArray out;
    JsonWriter json(out);
    json.beginObject().key("models").beginArray();
    for (const QString& alias : aliases)
        writeModel(json, alias);
    json.endArray().endObject();
    return out;
}

QByteArray geminiModel(const QString& alias)
{
    QByteArray out;
    JsonWriter json(out);
    writeModel(json, alias);
    return out;
}

} // namespace gateway::transform
