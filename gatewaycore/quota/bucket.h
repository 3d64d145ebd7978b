// Bucket: an amount per minute that fills continuously from monotonic time, and never beyond one minute's worth.
// May be overdrawn by its owner; then it is filled up to nothing first. Size 0: not limited. Not thread-safe; a value.
#pragma once

#include "base/clock.h"

#include <QtGlobal>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace gateway::quota {

class Bucket
{
public:
    bool isLimited() const { return m_size > 0; }
    qint64 size() const { return qint64(m_size); }
    // Whole units in it; negative: owed.
    qint64 left() const { return qint64(std::floor(m_level + kRounding)); }
    double level() const { return m_level; }
    bool isFull() const { return has(m_size); }
    bool has(double amount) const { return m_level + kRounding >= amount; }

    // A new size keeps what was used: a larger one gives the difference at once, a smaller one cuts the level.
    void resize(qint64 size)
    {
        if (size <= 0 || m_size <= 0)
            m_level = double(std::max<qint64>(0, size)); // newly limited: full
        else
            m_level = std::min(double(size), m_level + std::max(0.0, double(size) - m_size));
        m_size = double(std::max<qint64>(0, size));
    }

    void refill(Monotonic elapsed)
    {
        m_level = std::min(m_size, m_level + m_size * (double(elapsed.count()) / double(kMinute.count())));
    }
    void take(double amount) { m_level -= amount; }
    void giveBack(double amount) { m_level = std::min(m_size, m_level + amount); }

    // Until it has this much; rounded up, so that it is there when one comes back.
    std::chrono::milliseconds until(double amount) const
    {
        if (m_size <= 0 || has(amount))
            return std::chrono::milliseconds(0);
        return std::chrono::milliseconds(qint64(std::ceil((amount - m_level) / m_size * 60'000.0)));
    }

private:
    static constexpr Monotonic kMinute = std::chrono::minutes(1);
    static constexpr double kRounding = 1e-6; // of a unit: what a sum of many refills may lack

    double m_size = 0;
    double m_level = 0;
};

} // namespace gateway::quota
