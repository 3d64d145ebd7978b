// What the engine knew of a call when it decided about it, beyond its config and the moments of the candidates (those
// stand in the candidates' rows): the request's measures and what the caller asked for, as asked. The record keeps it
// as `inputs` in the decision, so that the decision can be made again under another config (replay/). What says nothing
// (no tools, one choice, not streamed ...) is left out: most calls have body_bytes alone. Members:
// resources/help/decision.md. Pure; any thread.
#pragma once

#include "base/json_writer.h"
#include "transform/call_request.h"

#include "api/money.h"

#include <QDate>

#include <chrono>
#include <span>

namespace gateway::engine {

struct CallInputs
{
    const transform::CallRequest* request = nullptr;
    QString zone; // a tighter one than the tenant's
    std::optional<api::Money> costCeiling;
    std::optional<std::chrono::milliseconds> latencyBudget; // from the first byte of the request
    bool degradeServes = true;
    std::optional<quint64> seed; // of the caller's x-request-id; without: of the call's id
    qint64 elapsedMs = 0;        // of the call's time when it was routed
    QDate today;                 // of the decision, where that is not the day on which the call began
};

// The draw's seed: the same request id (or, without one, call id) draws the same candidate of the same config.
quint64 seedOf(QByteArrayView requestId);

void writeInputs(JsonWriter& out, const CallInputs& inputs); // the member "inputs"

// The names of features and operations as the record has them.
struct FeatureName
{
    transform::Feature feature;
    const char* name;
};
std::span<const FeatureName> featureNames();
const char* nameOf(transform::Operation operation); // generate embed count-tokens

} // namespace gateway::engine
