// A recorded call as a curl command that asks the same alias on the same surface. The content of prompts is not kept
// and the key never is, so both are placeholders; the command says so where they stand. Any thread; a pure function.
#pragma once

#include "api/call.h"

#include <QString>

namespace ui::models {

// `gatewayUrl` is scheme://host:port. Text from the call is quoted for a POSIX shell.
QString curlFor(const gateway::api::Call& call, const QString& gatewayUrl);

} // namespace ui::models
