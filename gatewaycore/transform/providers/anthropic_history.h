// What must not go back to Anthropic in a conversation that is otherwise passed on as it came: thinking that another
// provider wrote in an earlier turn (a failover, another candidate of the alias). It carries our envelope (signature.h)
// or no signature at all, and the provider would refuse the whole request for it. Its own thinking stays byte for byte.
// Pure; any thread.
#pragma once

#include "transform/json_view.h"
#include "transform/losses.h"

namespace gateway::transform {

// The list of messages without such blocks; empty if there are none.
QByteArray withoutForeignThinking(JsonView messages, Losses& losses);

} // namespace gateway::transform
