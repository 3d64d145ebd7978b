// The callers' surface POST /v1/responses (OpenAI Responses, wire.md 1.2), stateless: what a provider would have to
// remember (previous_response_id, conversation, background, references to kept items) is Feature::Stateful and goes
// only where the provider keeps it. "store" alone is no state: elsewhere nothing is stored, and the answer says so.
// One surface for the whole process; any thread.
#pragma once

#include "transform/surface.h"

namespace gateway::transform {

const Surface& openAiResponses();

} // namespace gateway::transform
