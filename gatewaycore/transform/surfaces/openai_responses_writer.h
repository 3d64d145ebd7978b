// Writes a stream of another dialect as the events of the Responses dialect, with the whole lifecycle that SDKs demand
// (wire.md 1.2): created, in_progress, every item and part added, its deltas, done, and at the end the whole response
// once more. sequence_number has no gaps; an item keeps its id and its place.
#pragma once

#include "transform/surface.h"

#include <functional>

namespace gateway::transform {

// `signalbox`: the gateway's own object beside an error's message
std::unique_ptr<StreamWriter> responsesWriter(
    const CallRequest& request, const AnswerContext& context, std::function<QByteArray(const CallError&)> signalbox);

} // namespace gateway::transform
