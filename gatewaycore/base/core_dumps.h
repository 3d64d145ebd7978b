// Core dumps hold what was in memory: prompts, answers, keys. A process that carries them makes none. Linux: also none
// for a handler behind a pipe (systemd-coredump, apport), which RLIMIT_CORE 0 does not stop and 1 does. Whoever must
// have one for a defect raises the limit of the running process (prlimit --core). At the start of a process.
#pragma once

namespace gateway {

void forbidCoreDumps();

} // namespace gateway
