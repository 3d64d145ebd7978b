// How a latency in microseconds becomes a cell of a log-linear histogram (as in HdrHistogram): exact below 32 us, then
// 32 cells per power of two up to 2^32 us (71 minutes; longer ones fall into the last cell). A cell stands for its
// middle, which is at most 1/64 (1.6 %) away from any value in it: that is the relative error of every percentile we
// state. Any thread; arithmetic only.
#pragma once

#include <bit>
#include <cstdint>

namespace gateway {

constexpr int kCellBits = 5;
constexpr int kCellsPerOctave = 1 << kCellBits;
constexpr int kOctaves = 32 - kCellBits;
constexpr int kLatencyCells = kCellsPerOctave * (kOctaves + 1);
constexpr double kLatencyError = 1.0 / (2 * kCellsPerOctave);

constexpr int cellOf(std::int64_t us)
{
    if (us < kCellsPerOctave)
        return us < 0 ? 0 : int(us);
    if (us >= (std::int64_t(1) << 32))
        return kLatencyCells - 1;
    const int octave = std::bit_width(std::uint64_t(us)) - 1 - kCellBits; // 0 for 32..63
    const int within = int(us >> octave) - kCellsPerOctave;
    return kCellsPerOctave * (octave + 1) + within;
}

constexpr double middleOf(int cell)
{
    if (cell < kCellsPerOctave)
        return cell;
    const int octave = cell / kCellsPerOctave - 1;
    const std::int64_t first = std::int64_t(kCellsPerOctave + cell % kCellsPerOctave) << octave;
    const std::int64_t width = std::int64_t(1) << octave;
    return double(first) + double(width - 1) / 2.0;
}

} // namespace gateway
