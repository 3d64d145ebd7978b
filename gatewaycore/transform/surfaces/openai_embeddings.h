// The callers' surface POST /v1/embeddings (wire.md 1.3). OpenAI's SDKs ask for base64 by default; where the provider
// gave numbers all the same the vectors are written anew, bit for bit the same. One surface for the whole process; any
// thread.
#pragma once

#include "transform/surface.h"

namespace gateway::transform {

const Surface& openAiEmbeddings();

} // namespace gateway::transform
