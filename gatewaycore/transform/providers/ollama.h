// The provider dialect of Ollama's native API: /api/chat (a stream is one JSON object per line) and /api/embed. No
// caller speaks it to us. Stateless; any thread.
//
// Ollama cuts a conversation that is longer than its context (num_ctx, the operator's setting) at its beginning and
// says nothing. A prompt_eval_count far below what the request could be is a hint of that, but no proof: a prompt that
// is partly in its cache is counted in part too. So nothing is reported here; who needs to know sets a context that is
// large enough.
#pragma once

#include "transform/provider_dialect.h"

namespace gateway::transform {

const ProviderDialect& ollamaProvider();

} // namespace gateway::transform
