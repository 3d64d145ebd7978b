// Histogram: durations in nanoseconds counted in buckets 0.8 % wide (128 to each doubling), so that a run of any length
// takes 40 KiB and a percentile is known as well as the clock is. One thread; no allocation after construction.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace bench {

class Histogram
{
public:
    Histogram() : m_buckets((kDoublings + 1) * kParts) {}

    void add(std::int64_t nanoseconds)
    {
        const std::uint64_t value = nanoseconds < 0 ? 0 : std::uint64_t(nanoseconds);
        ++m_buckets[std::min<std::size_t>(bucketOf(value), m_buckets.size() - 1)];
        ++m_count;
        m_sum += double(value);
        m_max = std::max(m_max, value);
    }

    std::uint64_t count() const { return m_count; }
    double mean() const { return m_count == 0 ? 0 : m_sum / double(m_count); }
    std::uint64_t max() const { return m_max; }

    // The middle of the bucket that holds this share of the values (0 to 1); never above the largest value seen.
    std::uint64_t at(double share) const
    {
        if (m_count == 0)
            return 0;
        const auto wanted = std::max<std::uint64_t>(1, std::uint64_t(share * double(m_count) + 0.999999));
        if (wanted >= m_count)
            return m_max;
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < m_buckets.size(); ++i) {
            seen += m_buckets[i];
            if (seen >= wanted)
                return std::min(m_max, (lowestOf(i) + lowestOf(i + 1)) / 2);
        }
        return m_max;
    }

    void clear()
    {
        std::fill(m_buckets.begin(), m_buckets.end(), 0);
        m_count = m_max = 0;
        m_sum = 0;
    }

    static std::size_t bucketOf(std::uint64_t value)
    {
        if (value < kParts)
            return std::size_t(value);
        const int shift = std::bit_width(value) - 1 - kPartBits;
        return std::size_t(shift + 1) * kParts + std::size_t((value >> shift) - kParts);
    }
    static std::uint64_t lowestOf(std::size_t bucket)
    {
        if (bucket < kParts)
            return bucket;
        return (bucket % kParts + kParts) << (bucket / kParts - 1);
    }

private:
    static constexpr int kPartBits = 7;
    static constexpr std::size_t kParts = 1u << kPartBits;
    static constexpr std::size_t kDoublings = 36; // up to 2^43 ns: two hours

    std::vector<std::uint64_t> m_buckets;
    std::uint64_t m_count = 0;
    std::uint64_t m_max = 0;
    double m_sum = 0;
};

} // namespace bench
