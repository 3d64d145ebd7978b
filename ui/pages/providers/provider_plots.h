// A served series as the data of plots: the first-token band, the share of each failure class, and the rate of calls.
// A bucket without attempts is a gap with n = 0, never a zero. Any thread; pure functions.
#pragma once

#include "charts/plot_data.h"

#include "api/series.h"

namespace ui::providers {

// Seconds; columns p50, p95, p99 in `ink`.
charts::PlotData firstTokenBand(const gateway::api::Series& series, Token ink);
// Percent of attempts that failed in this way.
charts::PlotData failureShare(const gateway::api::Series& series, gateway::api::FailureClass kind);
// Over all buckets: attempts that failed in this way, and its share of all attempts (empty without attempts).
struct FailureSum
{
    qint64 failures = 0;
    qint64 attempts = 0;
    std::optional<double> share() const;
};
FailureSum sumOf(const gateway::api::Series& series, gateway::api::FailureClass kind);
// The step that gives a range about a hundred points.
int seriesStep(int seconds);

} // namespace ui::providers
