// What the last run left open becomes part of the record, once: a call that is in the record already (it was committed,
// but its slot not yet closed) is only taken off the list; the others are recorded as indeterminate. The list is
// cleared when every one of them is durable, so a crash in the middle repeats the recovery and a repeated record
// changes nothing. Control thread, at start, before the workers; waits for the commit.
#pragma once

#include "api/result.h"
#include "audit/open_calls.h"
#include "audit/recorder.h"

namespace gateway::store {
class CallReader;
}

namespace gateway::audit {

// How many calls were recorded as indeterminate. On an error the list stays, and the engine must not start calls.
api::Result<int> recoverOpenCalls(Recorder& recorder, store::CallReader& reader, OpenCalls& openCalls, qint64 nowMs);

} // namespace gateway::audit
