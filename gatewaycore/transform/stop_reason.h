// Why a model stopped, in our words and in every dialect's (wire.md section 3). The tables are data: one row per word.
// Rules that a table cannot say: a tool call that was emitted makes the reason ToolUse whatever the provider says,
// unless length or safety cut it (promoted()); an unknown word is Stop and its own text is kept beside it. Pure; any
// thread.
#pragma once

#include "transform/dialect.h"

#include <QByteArrayView>

namespace gateway::transform {

enum class StopReason
{
    None, // not stated (yet)
    Stop,
    StopSequence,
    Length,
    ContextFull,
    ToolUse,
    Safety,
    Pause,
    ModelError, // not a success: the call fails with it
};
const char* nameOf(StopReason reason); // stop, stop_sequence, length, context_full, tool, safety, pause, model_error

struct KnownStop
{
    StopReason reason = StopReason::None;
    bool known = true; // false: the word is in no table
};
KnownStop stopReasonOf(Dialect provider, QByteArrayView word);

// What a caller of this dialect reads. Empty where the dialect has no word (Responses: a status instead).
QByteArrayView wordFor(Dialect surface, StopReason reason);

StopReason promoted(StopReason reason, bool toolCalled);

} // namespace gateway::transform
