// What doctor looks at on this machine, without asking an engine anything: the data directory and what a running engine
// leaves in it, ports, disk, files, clock. Blocks for as long as reading takes. Any thread.
#pragma once

#include "check.h"

#include "api/local_engine.h"

namespace ctl {

Checks checkDataDirectory(const QString& directory); // the folder, runtime.json, the token file, disk space
// The ports an engine has, or those it would want when none runs (4180, 4181).
Checks checkPorts(const gateway::api::Result<gateway::api::RuntimeFacts>& runtime);
// Of the engine's process, if it is there and ours to see.
Check checkFileLimit(const gateway::api::Result<gateway::api::RuntimeFacts>& runtime);
Check checkClock();
// The config file of an engine that does not run: the one it would read.
Check checkConfigFile();

} // namespace ctl
