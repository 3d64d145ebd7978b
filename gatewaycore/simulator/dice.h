// Dice: seeded random numbers that are the same on every machine (the distributions of the standard library are not).
// A value; one thread at a time.
#pragma once

#include "simulator/profile.h"

#include <cmath>

namespace gateway::simulator {

class Dice
{
public:
    explicit Dice(quint64 seed) : m_state(seed) {}

    quint64 next() // splitmix64
    {
        quint64 z = (m_state += 0x9e3779b97f4a7c15ull);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
        return z ^ (z >> 31);
    }
    double unit() { return double(next() >> 11) * 0x1.0p-53; } // 0 <= x < 1
    int between(int least, int most) { return least + int(next() % quint64(most - least + 1)); }

    std::chrono::microseconds latency(const Latency& shape)
    {
        if (shape.median.count() <= 0)
            return shape.median;
        const double sigma = std::log(double(shape.p95.count()) / double(shape.median.count())) / 1.6448536269514722;
        const double normal = std::sqrt(-2 * std::log(1 - unit())) * std::cos(6.283185307179586 * unit());
        return std::chrono::microseconds(qint64(double(shape.median.count()) * std::exp(sigma * normal)));
    }

private:
    quint64 m_state;
};

} // namespace gateway::simulator
