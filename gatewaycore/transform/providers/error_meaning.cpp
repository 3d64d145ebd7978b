#include "transform/providers/error_meaning.h"

#include <array>

namespace gateway::transform {
namespace {

using api::ErrorCode;

// The first row that fits counts. A status without a row of its own: 5xx may be tried again, others not.
struct Meaning
{
    int status;               // 0: any
    const char* providerCode; // nullptr: any
    ErrorCode code;
    bool retriable;
};

constexpr std::array kMeanings{
    Meaning{400, "context_length_exceeded", ErrorCode::ContextTooLong, false},   // OpenAI, Azure
    Meaning{400, "exceed_context_size_error", ErrorCode::ContextTooLong, false}, // llama.cpp
    Meaning{400, "content_filter", ErrorCode::ContentRefused, false},            // Azure
    Meaning{400, "content_policy_violation", ErrorCode::ContentRefused, false},
    Meaning{400, "billing_error", ErrorCode::ProviderAuth, false},   // Anthropic: our own spend limit
    Meaning{400, "API_KEY_INVALID", ErrorCode::ProviderAuth, false}, // Gemini
    Meaning{0, "ThrottlingException", ErrorCode::ProviderThrottled, true},
    Meaning{0, "ServiceQuotaExceededException", ErrorCode::ProviderThrottled, false},
    Meaning{0, "ModelNotReadyException", ErrorCode::ProviderOverloaded, true},
    Meaning{0, "ModelTimeoutException", ErrorCode::ProviderUnavailable, true},
    Meaning{0, "ModelErrorException", ErrorCode::ProviderUnavailable, true},
    Meaning{0, "AccessDeniedException", ErrorCode::ProviderAuth, false},
    Meaning{0, "ExpiredTokenException", ErrorCode::ProviderAuth, false},
    Meaning{0, "UnrecognizedClientException", ErrorCode::ProviderAuth, false},
    Meaning{0, "InvalidSignatureException", ErrorCode::ProviderAuth, false},
    Meaning{404, "ResourceNotFoundException", ErrorCode::ModelRetired, false},
    Meaning{0, "ServiceUnavailableException", ErrorCode::ProviderOverloaded, true},
    Meaning{400, nullptr, ErrorCode::ProviderBadRequest, false},
    Meaning{401, nullptr, ErrorCode::ProviderAuth, false},
    Meaning{402, nullptr, ErrorCode::ProviderAuth, false}, // billing: another provider may still answer
    Meaning{403, nullptr, ErrorCode::ProviderAuth, false},
    Meaning{404, "model_not_found", ErrorCode::ModelRetired, false},
    Meaning{
        404, "not_found_error", ErrorCode::ModelRetired, false}, // Anthropic: the path is right, so the model is not
    Meaning{404, "NOT_FOUND", ErrorCode::ModelRetired, false},   // Gemini
    Meaning{404, "DeploymentNotFound", ErrorCode::ModelRetired, false}, // Azure
    Meaning{404, nullptr, ErrorCode::ProviderUnavailable, false},
    Meaning{408, nullptr, ErrorCode::ProviderUnavailable, true},
    Meaning{409, nullptr, ErrorCode::ProviderUnavailable, true},
    Meaning{413, nullptr, ErrorCode::ContextTooLong, false},
    Meaning{422, nullptr, ErrorCode::ProviderBadRequest, false},
    Meaning{424, nullptr, ErrorCode::ProviderUnavailable, true},
    Meaning{429, "insufficient_quota", ErrorCode::ProviderThrottled, false},
    Meaning{429, "credit_balance_exhausted", ErrorCode::ProviderThrottled, false},
    Meaning{429, "enforced_spend_limit_reached", ErrorCode::ProviderThrottled, false}, // Anthropic
    Meaning{429, nullptr, ErrorCode::ProviderThrottled, true},
    Meaning{498, nullptr, ErrorCode::ProviderOverloaded, true},
    Meaning{499, nullptr, ErrorCode::ProviderUnavailable, true},
    Meaning{503, nullptr, ErrorCode::ProviderOverloaded, true},
    Meaning{529, nullptr, ErrorCode::ProviderOverloaded, true},
};

} // namespace

CallError errorOf(int status, const ProviderWords& words, QByteArrayView providerKey)
{
    CallError error;
    error.code = ErrorCode::ProviderUnavailable;
    if (status >= 300 && status < 400) {
        error.retriable = false;
        error.message = QStringLiteral("The provider answered with a redirect, which is never followed.");
        return error;
    }
    error.message = redact(words.message, providerKey);
    error.foreign = true; // many providers quote what they refuse
    error.parameter = QString::fromUtf8(words.parameter.left(100));
    error.retryAfterMs = words.retryAfterMs;
    error.retriable = status >= 500;
    for (const Meaning& row : kMeanings) {
        if ((row.status == 0 || row.status == status) && (!row.providerCode || words.code == row.providerCode)) {
            error.code = row.code;
            error.retriable = row.retriable;
            break;
        }
    }
    // what the provider says about our own account is not the caller's business
    if (error.code == ErrorCode::ProviderAuth)
        error.message.clear();
    if (error.message.isEmpty()) {
        error.message =
            QStringLiteral("%1 (status %2)").arg(QString::fromLatin1(api::facts(error.code).sentence)).arg(status);
        error.foreign = false;
    }
    return error;
}

CallError errorOfSentence(
    int status, const QByteArray& message, std::span<const ErrorSentence> sentences, QByteArrayView providerKey)
{
    ProviderWords words;
    words.message = message;
    const QByteArray small = message.toLower();
    for (const ErrorSentence& row : sentences) {
        if ((row.status == 0 || row.status == status) && small.contains(row.inMessage)) {
            status = row.as;
            words.code = row.code;
            break;
        }
    }
    return errorOf(status, words, providerKey);
}

} // namespace gateway::transform
