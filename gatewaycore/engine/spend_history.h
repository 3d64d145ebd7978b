// SpendHistory: what each budget had settled at which time, for the burn-down of its window. A point every five minutes
// and after a restart from where the ledger stands; at most 2,000 points per budget, thinned to every second one when
// it is full. Control thread.
#pragma once

#include "api/budget_status.h"
#include "budget/ledger.h"

#include <QHash>

namespace gateway::engine {

class SpendHistory
{
public:
    static constexpr qint64 kStepMs = 300'000;
    static constexpr qsizetype kMost = 2'000;

    void note(const std::vector<budget::AccountStatus>& accounts, qint64 nowMs);
    QVector<api::SpendPoint> history(const QString& account, qint64 sinceMs) const;

private:
    QHash<QString, QVector<api::SpendPoint>> m_points;
};

} // namespace gateway::engine
