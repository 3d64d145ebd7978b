// Passes a Responses stream on to a caller of the Responses dialect: the frames go on as they came. Beside them it
// keeps what an end of our own would need, should the provider break off: the last sequence number, the response
// object, the items that are done and what is open.
#pragma once

#include "transform/surface.h"

#include <functional>

namespace gateway::transform {

// `signalbox`: the gateway's own object beside an error's message
std::unique_ptr<StreamRelay> responsesRelay(
    const CallRequest& request, const AnswerContext& context, std::function<QByteArray(const CallError&)> signalbox);

} // namespace gateway::transform
