#include "transform/surfaces/openai_error.h"

#include "base/json_writer.h"
#include "transform/json_view.h"

#include <array>

namespace gateway::transform {
namespace {

using api::ErrorCode;

// OpenAI's own words for our codes, where it has any.
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

} // namespace

OpenAiErrorWords openAiErrorWords(const CallError& error)
{
    for (const Words& words : kWords) {
        if (words.code == error.code)
            return {words.type, words.name};
    }
    return {error.httpStatus() >= 500 ? "server_error" : "invalid_request_error", api::facts(error.code).name};
}

QByteArray openAiErrorBody(const CallError& error, QByteArrayView signalbox)
{
    const OpenAiErrorWords words = openAiErrorWords(error);
    QByteArray out;
    JsonWriter json(out);
    json.beginObject().key("error").beginObject();
    json.member("message", error.text().toUtf8()).member("type", words.type);
    if (error.parameter.isEmpty())
        json.memberNull("param");
    else
        json.member("param", error.parameter.toUtf8());
    json.member("code", words.code).memberRaw("signalbox", signalbox).endObject().endObject();
    return out;
}

} // namespace gateway::transform
