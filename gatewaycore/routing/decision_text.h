// A route decision as the record keeps it and the console tells it: JSON text, written straight from the verdicts,
// because it is made for every call. Members: resources/help/decision.md. Pure functions; any thread.
#pragma once

#include "base/json_writer.h"
#include "routing/route.h"

namespace gateway::routing {

// What is said of a candidate instead of its own verdict: a fallback step that only serves later, or may not serve.
struct Remark
{
    const char* verdict = nullptr; // nullptr: as the row has it
    const char* code = nullptr;
    const char* reason = nullptr;
};

// The members of one candidate's object, without its brackets.
void writeMembers(JsonWriter& out, const CandidateVerdict& row, const RouteInput& input, const Remark& remark = {});

// The members of the decision's object, without its brackets.
void writeMembers(JsonWriter& out, const RouteInput& input, const RouteDecision& decision, int revision);

} // namespace gateway::routing
