#include "transform/providers/openai.h"

#include <QVarLengthArray>

#include <array>

namespace gateway::transform::openai {
namespace {

using api::ErrorCode;

// A count an upstream states: negative or absurd ones are clamped, they are not data (reliability.md D11).
qint64 count(JsonView value)
{
    constexpr qint64 most = 100'000'000;
    return std::clamp<qint64>(value.integer().value_or(0), 0, most);
}

// Totals include their parts here; our buckets are disjoint (wire.md section 4).
api::Tokens readUsage(JsonView usage)
{
    api::Tokens tokens;
    if (usage.type() != JsonType::Object)
        return tokens;
    tokens.source = api::TokenSource::Reported;
    const JsonView in = usage.member("prompt_tokens_details");
    const JsonView out = usage.member("completion_tokens_details");
    qint64 cached = count(in.member("cached_tokens"));
    if (cached == 0)
        cached = count(usage.member("prompt_cache_hit_tokens")); // DeepSeek's name for it
    tokens.inCacheRead = cached;
    tokens.inCacheWrite30m = count(in.member("cache_write_tokens"));
    tokens.inAudio = count(in.member("audio_tokens"));
    tokens.inUncached = std::max<qint64>(
        0, count(usage.member("prompt_tokens")) - tokens.inCacheRead - tokens.inCacheWrite30m - tokens.inAudio);
    tokens.outReasoning = count(out.member("reasoning_tokens"));
    tokens.outAudio = count(out.member("audio_tokens"));
    tokens.predictionAccepted = count(out.member("accepted_prediction_tokens"));
    tokens.predictionRejected = count(out.member("rejected_prediction_tokens"));
    tokens.outText = std::max<qint64>(0, count(usage.member("completion_tokens")) - tokens.outReasoning -
                                             tokens.outAudio - tokens.predictionAccepted - tokens.predictionRejected);
    return tokens;
}

QString shortText(JsonView value)
{
    return QString::fromUtf8(value.text().value_or(QByteArray()).left(200));
}

CallError errorInBody(JsonView error, QByteArrayView providerKey)
{
    CallError call;
    call.code = ErrorCode::ProviderUnavailable;
    call.message = redact(error.member("message").text().value_or(QByteArray()), providerKey);
    return call;
}

// What a status and the provider's own code mean to us (wire.md section 5).
struct Meaning
{
    int status;
    const char* providerCode; // nullptr: any
    ErrorCode code;
    bool retriable;
};

constexpr std::array kMeanings{
    Meaning{400, "context_length_exceeded", ErrorCode::ContextTooLong, false},
    Meaning{400, "exceed_context_size_error", ErrorCode::ContextTooLong, false},
    Meaning{400, "content_filter", ErrorCode::ContentRefused, false},
    Meaning{400, "content_policy_violation", ErrorCode::ContentRefused, false},
    Meaning{400, nullptr, ErrorCode::ProviderBadRequest, false},
    Meaning{401, nullptr, ErrorCode::ProviderAuth, false},
    Meaning{402, nullptr, ErrorCode::ProviderAuth, false},
    Meaning{403, nullptr, ErrorCode::ProviderAuth, false},
    Meaning{404, "model_not_found", ErrorCode::ModelRetired, false},
    Meaning{404, nullptr, ErrorCode::ProviderUnavailable, false},
    Meaning{408, nullptr, ErrorCode::ProviderUnavailable, true},
    Meaning{409, nullptr, ErrorCode::ProviderUnavailable, true},
    Meaning{413, nullptr, ErrorCode::ContextTooLong, false},
    Meaning{422, nullptr, ErrorCode::ProviderBadRequest, false},
    Meaning{429, "insufficient_quota", ErrorCode::ProviderThrottled, false},
    Meaning{429, "credit_balance_exhausted", ErrorCode::ProviderThrottled, false},
    Meaning{429, nullptr, ErrorCode::ProviderThrottled, true},
    Meaning{498, nullptr, ErrorCode::ProviderOverloaded, true},
    Meaning{503, nullptr, ErrorCode::ProviderOverloaded, true},
    Meaning{529, nullptr, ErrorCode::ProviderOverloaded, true},
};

} // namespace

QByteArray requestBody(const ChatRequest& request, QByteArrayView model, std::optional<AddedLimit> limit)
{
    const QByteArray& body = request.body;
    const auto offset = [&body](const char* at) { return at - body.constData(); };
    const qsizetype modelAt = offset(request.model.raw().data());
    const qsizetype modelEnd = modelAt + request.model.raw().size();
    const QByteArray name = jsonString(model);

    // each piece: caller's bytes up to `at`, then `insert` instead of the bytes up to `resume`
    struct Splice
    {
        qsizetype at;
        qsizetype resume;
        QByteArray insert;
    };
    QVarLengthArray<Splice, 3> splices{{modelAt, modelEnd, name}};
    if (limit) {
        const qsizetype inside = offset(request.root.raw().data()) + 1;
        const Splice added{
            inside, inside, '"' + QByteArray(limit->field) + "\":" + QByteArray::number(limit->tokens) + ','};
        splices.insert(splices.begin(), added);
    }
    if (request.stream && !request.wantsUsageChunk) {
        const JsonView options = request.root.member("stream_options");
        const JsonView include = options.member("include_usage");
        Splice usage;
        if (!include.isMissing()) {
            usage = {offset(include.raw().data()), offset(include.raw().data()) + include.raw().size(), "true"};
        } else if (options.type() == JsonType::Object) {
            const bool empty = options.raw().sliced(1, options.raw().size() - 2).trimmed().isEmpty();
            const qsizetype inside = offset(options.raw().data()) + 1;
            usage = {inside, inside, empty ? "\"include_usage\":true" : "\"include_usage\":true,"};
        } else if (!options.isMissing()) {
            usage = {offset(options.raw().data()), offset(options.raw().data()) + options.raw().size(),
                "{\"include_usage\":true}"};
        } else {
            const qsizetype inside = offset(request.root.raw().data()) + 1;
            usage = {inside, inside, "\"stream_options\":{\"include_usage\":true},"};
        }
        const auto after =
            std::find_if(splices.begin(), splices.end(), [&](const Splice& other) { return usage.at < other.at; });
        splices.insert(after, usage);
    }
    QByteArray out;
    out.reserve(body.size() + name.size() + 64);
    qsizetype from = 0;
    for (const Splice& splice : splices) {
        out.append(body.constData() + from, splice.at - from);
        out.append(splice.insert);
        from = splice.resume;
    }
    out.append(body.constData() + from, body.size() - from);
    return out;
}

std::variant<AnswerFacts, CallError> readAnswer(QByteArrayView body, QByteArrayView providerKey)
{
    const JsonText text = JsonText::parse(body);
    CallError wrong;
    wrong.code = ErrorCode::TransformError;
    if (text.error || text.root.type() != JsonType::Object) {
        wrong.message = QStringLiteral("The provider's answer is not a JSON object.");
        return wrong;
    }
    if (const JsonView error = text.root.member("error"); error.type() == JsonType::Object)
        return errorInBody(error, providerKey);
    const JsonView choices = text.root.member("choices");
    if (choices.type() != JsonType::Array) {
        wrong.message = QStringLiteral("The provider's answer has no choices.");
        return wrong;
    }
    AnswerFacts facts;
    facts.tokens = readUsage(text.root.member("usage"));
    facts.model = shortText(text.root.member("model"));
    facts.finishReason = shortText(choices.at(0).member("finish_reason"));
    return facts;
}

StreamFacts StreamReader::read(QByteArrayView data)
{
    StreamFacts event;
    if (data == QByteArrayView("[DONE]")) {
        event.kind = StreamFacts::Kind::Done;
        return event;
    }
    const JsonText text = JsonText::parse(data);
    if (text.error || text.root.type() != JsonType::Object) {
        event.kind = StreamFacts::Kind::Malformed;
        return event;
    }
    JsonView choices;
    JsonView usage;
    JsonView error;
    text.root.eachMember([&](QByteArrayView key, JsonView value) {
        if (key == QByteArrayView("choices"))
            choices = value;
        else if (key == QByteArrayView("usage"))
            usage = value;
        else if (key == QByteArrayView("error"))
            error = value;
        else if (key == QByteArrayView("model") && m_facts.model.isEmpty())
            m_facts.model = shortText(value);
        return true;
    });
    if (error.type() == JsonType::Object || error.type() == JsonType::String) {
        event.kind = StreamFacts::Kind::Error;
        event.error = errorInBody(error, m_providerKey);
        return event;
    }
    // usage may come on its own chunk, on the last one with choices, or twice: the latest statement counts
    if (usage.type() == JsonType::Object)
        m_facts.tokens = readUsage(usage);
    bool any = false;
    choices.eachElement([&](JsonView choice) {
        any = true;
        if (const JsonView reason = choice.member("finish_reason"); reason.type() == JsonType::String)
            m_facts.finishReason = shortText(reason);
        choice.member("delta").eachMember([&](QByteArrayView key, JsonView value) {
            const bool empty = value.isNull() || value.isEmptyText() || value.raw() == QByteArrayView("[]");
            if (key != QByteArrayView("role") && !empty)
                event.hasContent = true;
            return true;
        });
        return true;
    });
    if (event.hasContent)
        ++m_contentEvents;
    if (!any && usage.type() == JsonType::Object)
        event.kind = StreamFacts::Kind::UsageOnly;
    return event;
}

CallError readError(int status, QByteArrayView body, QByteArrayView providerKey)
{
    CallError error;
    QByteArray providerCode;
    const JsonText text = JsonText::parse(body);
    if (!text.error) {
        const JsonView inner = text.root.member("error");
        const JsonView object = inner.type() == JsonType::Object ? inner : text.root;
        providerCode = object.member("code").text().value_or(object.member("type").text().value_or(QByteArray()));
        error.message =
            redact(object.member("message").text().value_or(inner.text().value_or(QByteArray())), providerKey);
        error.parameter = QString::fromUtf8(object.member("param").text().value_or(QByteArray()).left(100));
    }
    if (status >= 300 && status < 400) {
        error.code = ErrorCode::ProviderUnavailable;
        error.retriable = false;
        error.message = QStringLiteral("The provider answered with a redirect, which is never followed.");
        return error;
    }
    error.code = ErrorCode::ProviderUnavailable;
    error.retriable = status >= 500;
    for (const Meaning& row : kMeanings) {
        if (row.status == status && (!row.providerCode || providerCode == row.providerCode)) {
            error.code = row.code;
            error.retriable = row.retriable;
            break;
        }
    }
    // what the provider says about our own account is not the caller's business
    if (error.code == ErrorCode::ProviderAuth)
        error.message.clear();
    if (error.message.isEmpty())
        error.message =
            QStringLiteral("%1 (status %2)").arg(QString::fromLatin1(api::facts(error.code).sentence)).arg(status);
    return error;
}

} // namespace gateway::transform::openai
