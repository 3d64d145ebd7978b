// How much a Gemini model thinks: Gemini 3 and later take a thinkingLevel, older ones a thinkingBudget in tokens, and
// never both. One table by the model's name. Pure; any thread.
#pragma once

#include "base/json_writer.h"
#include "transform/json_view.h"
#include "transform/losses.h"
#include "transform/unified_request.h"

namespace gateway::transform::gemini {

// Writes "thinkingConfig" if the caller said anything of it.
void writeThinking(JsonWriter& json, const Reasoning& reasoning, QByteArrayView model, Losses& losses);

// Gemini 3 and later check that the first function call of every step brings its signature back.
bool checksSignatures(QByteArrayView model);

} // namespace gateway::transform::gemini
