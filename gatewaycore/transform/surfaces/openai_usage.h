// Token usage as chat completions write it (wire.md section 4): totals with the details inside them. Pure; any thread.
#pragma once

#include "api/tokens.h"
#include "base/json_writer.h"
#include "transform/json_view.h"

namespace gateway::transform {

// {"prompt_tokens": ..., "completion_tokens": ..., "total_tokens": ..., details}
void writeOpenAiUsage(JsonWriter& json, const api::Tokens& tokens);

} // namespace gateway::transform
