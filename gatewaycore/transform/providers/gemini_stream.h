// The reader of Gemini's streams. One stream, one thread.
#pragma once

#include "transform/provider_dialect.h"

namespace gateway::transform::gemini {

std::unique_ptr<StreamReader> streamReader(const Target& target);

} // namespace gateway::transform::gemini
