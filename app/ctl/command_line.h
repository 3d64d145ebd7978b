// The whole command line: the options that all commands take, and the commands. Main thread; options, session and
// result outlive the tree, the tree refers to them.
#pragma once

#include "commands.h"

namespace ctl {

void buildCommandLine(CLI::App& app, Options& options, Context context);
// Reads the arguments and runs the command; the exit code.
int runCommandLine(int argc, char** argv);

} // namespace ctl
