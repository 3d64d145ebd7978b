// What a provider's status and its own code mean to us (wire.md section 5): one table for all of them. Pure; any
// thread.
#pragma once

#include "transform/call_error.h"

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

} // namespace gateway::transform
