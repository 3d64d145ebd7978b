// CallError: why a call did not get its answer, in the gateway's own terms; a surface writes it in the caller's
// dialect. A value; any thread. The message is ours or has been through redact(); it never carries a key or an upstream
// body.
#pragma once

#include "api/error_code.h"
#include "api/limit_facts.h"

#include <QByteArray>
#include <QString>

#include <optional>

namespace gateway::transform {

struct CallError
{
    api::ErrorCode code = api::ErrorCode::Internal;
    QString message;               // empty: the code's sentence
    QString hint;                  // what to do
    QString parameter;             // the field of the request that is wrong
    int status = 0;                // 0: the code's
    std::optional<bool> retriable; // empty: the code's
    std::optional<qint64> retryAfterMs;
    std::optional<api::LimitFacts> limit; // of a refusal by a budget, a ceiling or a quota
    bool retriedByUs = false;             // then the caller's SDK should not try again at once (x-should-retry: false)
    // The message is in the provider's words, or repeats the request's: either may hold a piece of a prompt. It goes to
    // the caller, and nowhere else (decision 0180).
    bool foreign = false;

    int httpStatus() const { return status != 0 ? status : api::facts(code).status; }
    bool mayRetry() const { return retriable.value_or(api::facts(code).retriable); }
    QString sentence() const { return QString::fromLatin1(api::facts(code).sentence); }
    QString text() const { return message.isEmpty() ? sentence() : message; } // for the caller
    QString recordText() const { return foreign ? sentence() : text(); }      // for record, log, events, exports
};

// An upstream's message made fit to be passed on: cut at 400 characters, control characters out, anything that looks
// like a key (and the given one in particular) replaced by a mark.
QString redact(QByteArrayView upstreamText, QByteArrayView providerKey);

} // namespace gateway::transform
