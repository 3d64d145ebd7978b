// StreamCheck: one stream as its reader sees it. It is given every mark in the order of arrival and says at the end
// what was lost, came twice, came out of order, belonged to another stream, and whether the reader was ever left
// waiting. Values; one thread. Times in nanoseconds.
#pragma once

#include "delta_mark.h"

#include <algorithm>
#include <cstdint>

namespace bench {

struct StreamFaults
{
    std::uint64_t lost = 0;
    std::uint64_t duplicated = 0;
    std::uint64_t reordered = 0;
    std::uint64_t foreign = 0; // of another stream
    bool any() const { return lost + duplicated + reordered + foreign != 0; }
};

class StreamCheck
{
public:
    void begin(std::int64_t askedNs)
    {
        *this = {};
        m_askedNs = m_lastNs = askedNs;
    }

    // True for the first delta of the stream.
    bool arrived(const DeltaMark& mark, std::int64_t nowNs)
    {
        if (m_arrived == 0) {
            m_stream = mark.stream;
            m_firstNs = nowNs;
            // the mock's own time, from the request read to the first delta sent, is not the gateway's
            m_firstAddedNs = nowNs - m_askedNs - (mark.receivedNs != 0 ? mark.sentNs - mark.receivedNs : 0);
        } else {
            m_longestGapNs = std::max(m_longestGapNs, nowNs - m_lastNs);
        }
        m_lastNs = nowNs;
        if (mark.stream != m_stream) {
            ++m_faults.foreign;
            return false;
        }
        const bool first = ++m_arrived == 1;
        if (mark.number >= m_next) {
            const std::uint64_t ahead = mark.number - m_next;
            m_missing += ahead; // lost, unless they come late
            m_seen = ahead >= 63 ? 1 : m_seen << (ahead + 1) | 1;
            m_next = mark.number + 1;
        } else if (m_missing > 0 && !seen(mark.number)) {
            --m_missing;
            ++m_faults.reordered;
        } else {
            ++m_faults.duplicated;
        }
        return first;
    }
    void ended() { ++m_ends; }

    // After the answer's last byte. `expected` deltas were asked for.
    StreamFaults faults(std::uint64_t expected) const
    {
        StreamFaults all = m_faults;
        all.lost = m_missing + (m_next < expected ? expected - m_next : 0);
        return all;
    }
    bool hasEnd() const { return m_ends == 1; }
    bool stalled(std::int64_t gapLimitNs, std::int64_t firstLimitNs) const
    {
        return m_longestGapNs > gapLimitNs || m_firstAddedNs > firstLimitNs;
    }
    std::uint64_t arrived() const { return m_arrived; }
    std::int64_t firstAddedNs() const { return m_firstAddedNs; }
    std::int64_t firstNs() const { return m_firstNs - m_askedNs; }
    std::int64_t longestGapNs() const { return m_longestGapNs; }
    // A stream that has not moved since; for those that never end.
    std::int64_t lastNs() const { return m_lastNs; }

private:
    // Of the last 64 numbers it is known which have come; what is older and comes while some are missing came late.
    bool seen(std::uint64_t number)
    {
        const std::uint64_t age = m_next - 1 - number;
        if (age >= 64)
            return false;
        const bool was = m_seen >> age & 1;
        m_seen |= std::uint64_t(1) << age;
        return was;
    }

    std::uint64_t m_stream = 0;
    std::uint64_t m_next = 0; // the number after the highest seen
    std::uint64_t m_missing = 0;
    std::uint64_t m_seen = 0; // bit n: number m_next - 1 - n has come
    std::uint64_t m_arrived = 0;
    std::int64_t m_askedNs = 0;
    std::int64_t m_firstNs = 0;
    std::int64_t m_firstAddedNs = 0;
    std::int64_t m_lastNs = 0;
    std::int64_t m_longestGapNs = 0;
    StreamFaults m_faults;
    unsigned m_ends = 0;
};

} // namespace bench
