#include "transform/surfaces/openai_responses_object.h"

#include "transform/surfaces/openai_error.h"

#include <algorithm>
#include <array>

namespace gateway::transform {
namespace {

// Members that repeat the request, and what stands there if it said nothing; "" leaves it out. The answer is not
// stored, whatever the request says, so "store" is not among them.
struct Echo
{
    const char* name;
    const char* otherwise;
};
constexpr std::array kEchoes{
    Echo{"instructions", "null"},
    Echo{"max_output_tokens", "null"},
    Echo{"max_tool_calls", "null"},
    Echo{"metadata", "{}"},
    Echo{"parallel_tool_calls", "true"},
    Echo{"prompt_cache_key", "null"},
    Echo{"reasoning", R"({"effort":null,"summary":null})"},
    Echo{"safety_identifier", "null"},
    Echo{"temperature", "null"},
    Echo{"text", R"({"format":{"type":"text"}})"},
    Echo{"tool_choice", "\"auto\""},
    Echo{"tools", "[]"},
    Echo{"top_p", "null"},
    Echo{"truncation", "\"disabled\""},
    Echo{"user", ""},
};

// Service tiers in other providers' words.
struct Tier
{
    const char* word;
    const char* ours;
};
constexpr std::array kTiers{
    Tier{"standard", "default"},  // Anthropic, Gemini
    Tier{"on_demand", "default"}, // Groq
};

QByteArray tierOf(const QByteArray& word)
{
    for (const Tier& tier : kTiers) {
        if (word == tier.word)
            return tier.ours;
    }
    return word;
}

const char* nameOf(ResponsesObject::Status status)
{
    switch (status) {
    case ResponsesObject::Status::InProgress:
        return "in_progress";
    case ResponsesObject::Status::Completed:
        return "completed";
    case ResponsesObject::Status::Incomplete:
        return "incomplete";
    case ResponsesObject::Status::Failed:
        return "failed";
    }
    Q_UNREACHABLE();
}

JsonWriter& textOrNull(JsonWriter& json, const char* name, const QByteArray& text)
{
    return text.isEmpty() ? json.memberNull(name) : json.member(name, text);
}

} // namespace

ResponsesObject::ResponsesObject(const CallRequest& request, const AnswerContext& context) : m_context(context)
{
    std::array<JsonView, kEchoes.size()> said;
    request.root.eachMember([&](QByteArrayView key, JsonView value) {
        for (std::size_t i = 0; i < kEchoes.size(); ++i) {
            if (key == QByteArrayView(kEchoes[i].name) && !value.isNull())
                said[i] = value;
        }
        return true;
    });
    JsonWriter json(m_echo);
    for (std::size_t i = 0; i < kEchoes.size(); ++i) {
        const QByteArrayView otherwise(kEchoes[i].otherwise);
        json.memberRawIf(kEchoes[i].name, said[i].isMissing() ? otherwise : said[i].raw());
    }
}

QByteArray ResponsesObject::json(const State& state) const
{
    QByteArray out;
    JsonWriter json(out);
    json.beginObject()
        .member("id", "resp_" + m_context.callId.toUtf8())
        .member("object", "response")
        .member("created_at", m_context.createdSeconds)
        .member("status", nameOf(state.status))
        .memberNull("access_programs")
        .memberBool("background", false);
    if (state.error.isEmpty())
        json.memberNull("error");
    else
        json.memberRaw("error", state.error);
    const QByteArrayView reason = state.status == Status::Incomplete && state.facts
                                      ? wordFor(Dialect::OpenAiResponses, state.facts->stop)
                                      : QByteArrayView();
    if (reason.isEmpty())
        json.memberNull("incomplete_details");
    else
        json.key("incomplete_details").beginObject().member("reason", reason).endObject();
    json.member("model", state.model.isEmpty() ? m_context.alias.toUtf8() : state.model).key("output").beginArray();
    if (state.output) {
        for (const QByteArray& item : *state.output)
            json.raw(item);
    }
    json.endArray().memberNull("previous_response_id").memberBool("store", false);
    textOrNull(json, "service_tier", state.facts ? tierOf(state.facts->serviceTier) : QByteArray());
    if (state.facts && state.facts->tokens.source != api::TokenSource::None) {
        json.key("usage");
        writeUsage(json, state.facts->tokens);
    } else {
        json.memberNull("usage");
    }
    json.raw(m_echo).endObject();
    return out;
}

// Totals with the details inside them (wire.md section 4).
void ResponsesObject::writeUsage(JsonWriter& json, const api::Tokens& tokens) const
{
    // lifetimes that OpenAI does not have count as its shorter one
    const qint64 shorter = tokens.inCacheWrite5m + tokens.inCacheWrite30m;
    const qint64 longer = tokens.inCacheWrite1h + tokens.inCacheWrite12h;
    json.beginObject().member("input_tokens", tokens.input()).key("input_tokens_details").beginObject();
    json.member("cached_tokens", tokens.inCacheRead).member("cache_write_tokens", shorter + longer);
    if (shorter + longer > 0) {
        json.key("cache_write_tokens_details").beginObject();
        json.member("ttl_30m_tokens", shorter).member("ttl_12h_tokens", longer).endObject();
    }
    json.endObject().member("output_tokens", tokens.output()).key("output_tokens_details").beginObject();
    json.member("reasoning_tokens", tokens.outReasoning).endObject();
    json.member("total_tokens", tokens.input() + tokens.output()).endObject();
}

QByteArray ResponsesObject::itemId(const char* prefix, int number) const
{
    return prefix + m_context.callId.toUtf8() + '_' + QByteArray::number(number);
}

ResponsesObject::Status ResponsesObject::statusFor(StopReason stop)
{
    if (stop == StopReason::ModelError)
        return Status::Failed;
    return wordFor(Dialect::OpenAiResponses, stop).isEmpty() ? Status::Completed : Status::Incomplete;
}

QByteArray messageItem(const QByteArray& id, const char* status, const std::vector<QByteArray>& content)
{
    QByteArray out;
    JsonWriter json(out);
    json.beginObject().member("id", id).member("type", "message").member("status", status);
    json.key("content").beginArray();
    for (const QByteArray& part : content)
        json.raw(part);
    json.endArray().member("role", "assistant").endObject();
    return out;
}

QByteArray textContent(QByteArrayView text)
{
    QByteArray out;
    JsonWriter(out)
        .beginObject()
        .member("type", "output_text")
        .memberRaw("annotations", "[]")
        .memberRaw("logprobs", "[]")
        .member("text", text)
        .endObject();
    return out;
}

QByteArray refusalContent(QByteArrayView refusal)
{
    QByteArray out;
    JsonWriter(out).beginObject().member("type", "refusal").member("refusal", refusal).endObject();
    return out;
}

QByteArray reasoningItem(const QByteArray& id, QByteArrayView summary, QByteArrayView encrypted)
{
    QByteArray out;
    JsonWriter json(out);
    json.beginObject().member("id", id).member("type", "reasoning").key("summary").beginArray();
    if (!summary.isEmpty())
        json.beginObject().member("type", "summary_text").member("text", summary).endObject();
    json.endArray().memberIf("encrypted_content", encrypted).endObject();
    return out;
}

QByteArray imageItem(const QByteArray& id, const char* status, QByteArrayView base64)
{
    QByteArray out;
    JsonWriter json(out);
    json.beginObject().member("id", id).member("type", "image_generation_call").member("status", status);
    if (base64.isEmpty())
        json.memberNull("result");
    else
        json.member("result", base64);
    json.endObject();
    return out;
}

QByteArray callItem(const CallItem& call, const char* status)
{
    QByteArray out;
    JsonWriter json(out);
    json.beginObject().member("id", call.id).member("type", call.custom ? "custom_tool_call" : "function_call");
    json.member("status", status).member(call.custom ? "input" : "arguments", call.arguments);
    json.member("call_id", call.callId).member("name", call.name);
    if (!call.thoughtSignature.isEmpty()) {
        json.key("extra_content").beginObject().key("google").beginObject();
        json.member("thought_signature", call.thoughtSignature).endObject().endObject();
    }
    json.endObject();
    return out;
}

QByteArray CallIds::unique(const QByteArray& callId, const QByteArray& itemId)
{
    const QByteArray id = callId.isEmpty() || m_used.contains(callId) ? "call_" + itemId : callId;
    m_used.insert(id);
    return id;
}

QByteArray encryptedContent(const QByteArray& signature, Signer signer, SignaturePlace place)
{
    if (signature.isEmpty() || signer == Signer::Unknown)
        return {};
    return signer == Signer::OpenAi ? signature : sealed({signature, signer, place});
}

QByteArray responsesError(const CallError& error, QByteArrayView signalbox)
{
    QByteArray out;
    JsonWriter(out)
        .beginObject()
        .member("code", openAiErrorWords(error).code)
        .member("message", error.text().toUtf8())
        .memberRaw("signalbox", signalbox)
        .endObject();
    return out;
}

} // namespace gateway::transform
