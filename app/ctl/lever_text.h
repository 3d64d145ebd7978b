// Levers on the command line: shown before they are applied, applied, and told.
#pragma once

#include "plan.h"
#include "walk.h"

namespace ctl {

void printPreview(const gateway::api::LeverPreview& preview);
void sayLever(const gateway::api::LeverStatus& lever); // what is in force now, or what has ended
// What a lever would move. It is wide when calls would find no target and be refused.
gateway::api::Result<Plan> planOfLever(
    const gateway::api::GatewayClient& client, const gateway::api::LeverRequest& request);
// Shows what it would move (--dry-run), or applies it. `verb` stands in for a missing reason.
void runLever(Context context, const gateway::api::LeverRequest& request, const Change& change, const QString& verb);

} // namespace ctl
