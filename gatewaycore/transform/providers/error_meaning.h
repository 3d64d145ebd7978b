// What a provider's status and its own code mean to us (wire.md section 5): one table for all of them. Pure; any
// thread.
#pragma once

#include "transform/call_error.h"

#include <span>

namespace gateway::transform {

struct ProviderWords
{
    QByteArray
        code; // the provider's most exact code or type: insufficient_quota, overloaded_error, ThrottlingException
    QByteArray message; // as it came; redacted here
    QByteArray parameter;
    std::optional<qint64> retryAfterMs; // from the body
};

CallError errorOf(int status, const ProviderWords& words, QByteArrayView providerKey);

// Providers whose errors are a sentence and no code: the first row whose words stand in it says what it is.
struct ErrorSentence
{
    int status;            // 0: any
    const char* inMessage; // in lower case
    int as;
    const char* code; // nullptr: the status says enough
};
CallError errorOfSentence(
    int status, const QByteArray& message, std::span<const ErrorSentence> sentences, QByteArrayView providerKey);

} // namespace gateway::transform
