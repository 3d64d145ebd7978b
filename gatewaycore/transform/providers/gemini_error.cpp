#include "transform/providers/gemini_error.h"

#include "transform/providers/error_meaning.h"

#include <array>
#include <cmath>

namespace gateway::transform::gemini {
namespace {

// What Google says in a sentence only, in the words that error_meaning.cpp has rows for.
struct Sentence
{
    int status;
    const char* part;
    const char* code;
    int as; // the status whose meaning it has; 0: its own
};
constexpr std::array kSentences{
    Sentence{400, "exceeds the maximum number of tokens", "context_length_exceeded", 0},
    Sentence{400, "exceeds the context window", "context_length_exceeded", 0},
    Sentence{400, "API key not valid", "API_KEY_INVALID", 0},
    Sentence{400, "API key expired", "API_KEY_INVALID", 0},
    Sentence{400, "location is not supported", "FAILED_PRECONDITION", 403}, // of our servers: not the caller's doing
    Sentence{400, "enable billing", "FAILED_PRECONDITION", 402},
    Sentence{404, "is not found for API version", "model_not_found", 0},
    Sentence{404, "was not found or your project does not have access", "model_not_found", 0},
};

bool isType(JsonView detail, QByteArrayView name)
{
    return detail.member("@type").text().value_or(QByteArray()).endsWith(name);
}

} // namespace

std::optional<qint64> durationMs(QByteArrayView text)
{
    if (text.size() < 2 || text.size() > 32 || text.back() != 's')
        return std::nullopt;
    bool ok = false;
    const double seconds = text.chopped(1).toByteArray().toDouble(&ok);
    if (!ok || !(seconds >= 0) || seconds > 86'400)
        return std::nullopt;
    return qint64(std::ceil(seconds * 1000));
}

CallError readErrorObject(int status, JsonView error, QByteArrayView providerKey)
{
    ProviderWords words;
    words.message = error.member("message").text().value_or(QByteArray());
    words.code = error.member("status").text().value_or(QByteArray());
    if (status == 0) {
        const qint64 stated = error.member("code").integer().value_or(0);
        status = stated >= 400 && stated <= 599 ? int(stated) : 500;
    }
    bool daily = false;
    error.member("details").eachElement([&](JsonView detail) {
        if (isType(detail, "google.rpc.RetryInfo")) {
            words.retryAfterMs = durationMs(detail.member("retryDelay").text().value_or(QByteArray()));
        } else if (isType(detail, "google.rpc.ErrorInfo")) {
            if (const auto reason = detail.member("reason").text(); reason == QByteArray("API_KEY_INVALID"))
                words.code = *reason;
        } else if (isType(detail, "google.rpc.QuotaFailure")) {
            detail.member("violations").eachElement([&](JsonView violation) {
                const QByteArray quota = violation.member("quotaId").text().value_or(QByteArray()) +
                                         violation.member("quotaMetric").text().value_or(QByteArray());
                daily = daily || quota.contains("PerDay") || quota.contains("per_day");
                return true;
            });
        } else if (isType(detail, "google.rpc.BadRequest")) {
            words.parameter = detail.member("fieldViolations").at(0).member("field").text().value_or(QByteArray());
        }
        return true;
    });
    int as = status;
    for (const Sentence& row : kSentences) {
        if (row.status == status && words.message.contains(row.part)) {
            words.code = row.code;
            as = row.as != 0 ? row.as : status;
            break;
        }
    }
    CallError call = errorOf(as, words, providerKey);
    if (daily && call.code == api::ErrorCode::ProviderThrottled)
        call.retriable = false; // the day's quota does not come back while anybody waits
    return call;
}

CallError readErrorBody(int status, QByteArrayView body, QByteArrayView providerKey)
{
    const JsonText text = JsonText::parse(body);
    if (text.error)
        return errorOf(status, {}, providerKey);
    const JsonView root = text.root.type() == JsonType::Array ? text.root.at(0) : text.root;
    const JsonView error = root.member("error");
    if (error.type() == JsonType::String) { // the token server and some proxies
        ProviderWords words;
        words.code = *error.text();
        words.message = root.member("error_description").text().value_or(*error.text());
        return errorOf(status, words, providerKey);
    }
    return readErrorObject(status, error, providerKey);
}

} // namespace gateway::transform::gemini
