// Levers on the command line: shown before they are applied, applied, and told.
#pragma once

#include "change.h"
#include "commands.h"

namespace ctl {

void printPreview(const gateway::api::LeverPreview& preview);
void sayLever(const gateway::api::LeverStatus& lever); // what is in force now, or what has ended
// Shows what it would move (--dry-run), or applies it. `verb` stands in for a missing reason.
void runLever(Context context, const gateway::api::LeverRequest& request, const Change& change, const QString& verb);

} // namespace ctl
