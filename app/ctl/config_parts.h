// The commands of config that stand in files of their own; as commands.h.
#pragma once

#include "commands.h"

namespace ctl {

void addReplay(CLI::App& noun, Context context);
void addImport(CLI::App& noun, Context context);

} // namespace ctl
