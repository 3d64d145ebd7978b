// The reader of Gemini's requests (wire.md 1.5): names unknown to Google reject the whole request, as they really do.
// Pure; any thread.
#pragma once

#include "simulator/dialect.h"

namespace gateway::simulator {

// For the endpoints GeminiGenerate, GeminiStream and GeminiCountTokens.
std::optional<Fault> readGeminiRequest(SimCall& call);

// The texts of an embedContent or batchEmbedContents request.
std::optional<Fault> readGeminiEmbedding(const SimCall& call, QStringList& texts, int& dimensions);

} // namespace gateway::simulator
