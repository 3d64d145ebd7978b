// Tally: what all calls of a replay come to: how many decisions differ and how, the changes themselves, the figures,
// and in sentences what it rests on and what it cannot say. One thread.
#pragma once

#include "replay/figures.h"

#include <array>

namespace gateway::replay {

class Tally
{
public:
    // `whole`: every call of the period is looked at, in order; a sample says nothing of load per minute or quotas.
    // `tenants`: whom the asker may see; empty: all.
    Tally(const config::PolicySnapshot& snapshot, bool whole, const QStringList& tenants = {});

    void addGap(Gap gap);
    void add(const ReplayCase& call, const Decision& decision, const QString& refusedByQuota);

    // Fills in all that was counted; the frame (who, when, against what, how many there were) is the caller's.
    void finish(api::ReplayReport& report) const;
    QVector<api::ReplayChange> takeChanges() { return std::exchange(m_changes, {}); }

private:
    struct Sides
    {
        qint64 before = 0;
        qint64 after = 0;
    };
    using Counts = QHash<QString, Sides>;
    static QVector<api::ReplayCount> listOf(const Counts& counts);
    void list(const Compared& compared, const CallCost& cost, const QString& refusedByQuota);
    void judge(api::ReplayReport& report) const;

    const config::PolicySnapshot& m_snapshot;
    const bool m_whole;
    std::array<qint64, 8> m_gaps{};
    std::array<qint64, 6> m_effects{};
    qint64 m_replayed = 0;
    qint64 m_changed = 0;
    qint64 m_assumed = 0;  // calls with a candidate that is assumed healthy
    qint64 m_borrowed = 0; // and no such one, but one with a moment of another call
    Counts m_candidates, m_refusals, m_zones, m_aliases, m_tenants;
    CostFigures m_cost;
    LatencyFigures m_latency;
    LoadFigures m_load;
    BudgetFigures m_budgets;
    QVector<api::ReplayChange> m_changes;
};

} // namespace gateway::replay
