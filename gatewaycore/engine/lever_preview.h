// What a lever would move, before it is pulled: for every alias whose calls the provider takes now, who would take
// them, for which tenants nobody legally could, how many calls a minute and what an hour would cost more or less.
// Routing itself answers, with the lever in force and nothing else changed. Control thread; pure over its input.
#pragma once

#include "api/lever.h"
#include "engine/live_policy.h"
#include "fallback/lever.h"
#include "observability/series_store.h"

namespace gateway::engine {

api::LeverPreview previewOf(const fallback::Lever& lever, const LivePolicy& policy, const fallback::LeverSet& inForce,
    const observability::SeriesStore& series, qint64 nowMs);

} // namespace gateway::engine
