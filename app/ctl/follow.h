// follow: reads the event stream until enough has come or the program is interrupted. Losses of the connection are told
// on stderr and mended by the stream itself; numbers that are no longer kept are told too, never skipped in silence.
// Main thread.
#pragma once

#include "commands.h"

#include <functional>

namespace ctl {

// `take` gets every event in order and says whether to go on; `missed` the numbers that were not kept.
int follow(const Session& session, qint64 since, const std::function<bool(const gateway::api::Event&)>& take,
    const std::function<void(qint64 first, qint64 last)>& missed);

} // namespace ctl
