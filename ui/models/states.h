// What state stands for what happened: the one table that turns outcomes, attempt results and health into the shapes
// and words of the design (tokens.md section 5). Any thread; pure functions.
#pragma once

#include "api/call.h"
#include "api/engine_status.h"
#include "theme/status_paint.h"

namespace ui::models {

Status statusOf(gateway::api::CallOutcome outcome);
Status statusOf(gateway::api::AttemptResult result);
Status statusOf(gateway::api::Health health);

} // namespace ui::models
