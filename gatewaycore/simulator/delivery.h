// Delivery: what all dialects do with an answer once its bytes are known: the times of its pieces, and what the wishes
// and the profile let happen to it on the way. Pure functions; any thread.
#pragma once

#include "simulator/dialect.h"

#include <functional>

namespace gateway::simulator {

// The bytes of an error after so many events of a stream.
using ErrorEvent = std::function<QByteArray(qsizetype eventsSent)>;

// A whole answer, due when a model of the profile's speed would have said `tokens` tokens.
Script wholeScript(const SimCall& call, HeaderList headers, const QByteArray& body, int tokens, Dice& dice);

// A streamed answer: one chunk for every event. A stream that is to end early ends as the wishes or the profile say.
Script streamScript(
    const SimCall& call, HeaderList headers, const QList<QByteArray>& events, const ErrorEvent& errorEvent, Dice& dice);

// An answer without a model behind it, at once (or after "first N").
Script plainScript(const SimCall& call, int status, HeaderList headers, const QByteArray& body);

// The seconds a caller should wait, if this status says so and somebody asked for it.
std::optional<qint64> retryAfterOf(const SimCall& call, int status);

} // namespace gateway::simulator
