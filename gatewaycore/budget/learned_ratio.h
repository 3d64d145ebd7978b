// LearnedRatio: what calls of an alias really cost, as a share of their upper bound, so that a budget with
// estimate: learned can reserve less than the bound. The 99th percentile of the last observations, rounded up; nothing
// is learned from fewer than 100. Any thread; a mutex per lookup table, held briefly.
#pragma once

#include "api/money.h"

#include <QHash>
#include <QString>

#include <array>
#include <mutex>
#include <optional>

namespace gateway::budget {

class LearnedRatio
{
public:
    static constexpr int kLeast = 100;
    void observe(const QString& alias, api::Money upperBound, api::Money cost);
    std::optional<int> permille(const QString& alias) const; // 1 to 1000
    // The learned reservation of a call with this bound; empty while too little is known.
    std::optional<api::Money> reservation(const QString& alias, api::Money upperBound) const;

private:
    struct Histogram
    {
        std::array<quint32, 101> cells{}; // percent, the last: 100 and more; halved when full, so that it forgets
        quint32 count = 0;
    };
    mutable std::mutex m_mutex;
    QHash<QString, Histogram> m_histograms;
};

} // namespace gateway::budget
