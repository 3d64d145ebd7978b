#include "budget/learned_ratio.h"

#include <algorithm>

namespace gateway::budget {
namespace {

constexpr quint32 kFull = 10'000; // then every cell is halved, so that the last ten thousand or so decide

} // namespace

void LearnedRatio::observe(const QString& alias, api::Money upperBound, api::Money cost)
{
    if (upperBound.nano() <= 0 || cost.nano() < 0)
        return;
    __extension__ using Wide = __int128;
    const Wide percent = (Wide(cost.nano()) * 100 + upperBound.nano() - 1) / upperBound.nano(); // rounded up
    const std::lock_guard lock(m_mutex);
    Histogram& histogram = m_histograms[alias];
    if (histogram.count >= kFull) {
        histogram.count = 0;
        for (quint32& cell : histogram.cells) {
            cell /= 2;
            histogram.count += cell;
        }
    }
    ++histogram.cells[std::size_t(std::min<Wide>(percent, 100))];
    ++histogram.count;
}

std::optional<int> LearnedRatio::permille(const QString& alias) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_histograms.constFind(alias);
    if (found == m_histograms.constEnd() || found->count < quint32(kLeast))
        return std::nullopt;
    const quint64 rank = (quint64(found->count) * 99 + 99) / 100;
    quint64 seen = 0;
    int percent = 0;
    for (; percent < 100; ++percent) {
        seen += found->cells[std::size_t(percent)];
        if (seen >= rank)
            break;
    }
    return std::max(1, percent * 10);
}

std::optional<api::Money> LearnedRatio::reservation(const QString& alias, api::Money upperBound) const
{
    const auto share = permille(alias);
    if (!share || upperBound.nano() < 0)
        return std::nullopt;
    __extension__ using Wide = __int128;
    return api::Money::fromNano(qint64((Wide(upperBound.nano()) * *share + 999) / 1000));
}

} // namespace gateway::budget
