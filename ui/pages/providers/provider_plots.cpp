#include "pages/providers/provider_plots.h"

namespace ui::providers {
namespace {

using namespace gateway::api;
using charts::PlotColumn;
using charts::PlotData;

double seconds(const std::optional<double>& ms)
{
    return ms ? *ms / 1000.0 : qQNaN();
}

PlotData gridOf(const Series& series)
{
    PlotData data;
    data.asOf = series.asOf;
    for (const SeriesBucket& bucket : series.buckets) {
        data.times.append(bucket.start.toMSecsSinceEpoch());
        data.counts.append(bucket.attempts);
    }
    return data;
}

} // namespace

PlotData firstTokenBand(const Series& series, Token ink)
{
    PlotData data = gridOf(series);
    PlotColumn p50{QStringLiteral("p50"), ink, -1, {}};
    PlotColumn p95{QStringLiteral("p95"), ink, -1, {}};
    PlotColumn p99{QStringLiteral("p99"), ink, -1, {}};
    for (const SeriesBucket& bucket : series.buckets) {
        p50.values.append(seconds(bucket.firstTokenP50Ms));
        p95.values.append(seconds(bucket.firstTokenP95Ms));
        p99.values.append(seconds(bucket.firstTokenP99Ms));
    }
    data.columns = {p50, p95, p99};
    return data;
}

PlotData failureShare(const Series& series, FailureClass kind)
{
    PlotData data = gridOf(series);
    PlotColumn column{nameOf(kind), Token::Text3, -1, {}};
    for (const SeriesBucket& bucket : series.buckets) {
        const double share = bucket.attempts > 0
                                 ? 100.0 * double(bucket.failures[std::size_t(kind)]) / double(bucket.attempts)
                                 : qQNaN();
        column.values.append(share);
        // One in fifty is where a line begins to be trouble; below it stays grey, as calm as the rest.
        if (share >= 2.0)
            column.ink = Token::Down;
    }
    data.columns = {column};
    return data;
}

std::optional<double> FailureSum::share() const
{
    return attempts > 0 ? std::optional(double(failures) / double(attempts)) : std::nullopt;
}

FailureSum sumOf(const Series& series, FailureClass kind)
{
    FailureSum sum;
    for (const SeriesBucket& bucket : series.buckets) {
        sum.failures += bucket.failures[std::size_t(kind)];
        sum.attempts += bucket.attempts;
    }
    return sum;
}

int seriesStep(int seconds)
{
    for (const int step : {5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200}) {
        if (seconds / step <= 120)
            return step;
    }
    return 86400;
}

} // namespace ui::providers
