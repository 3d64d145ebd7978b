// The ledger's report over a stretch of the record: how good the reservations were, which refusals would have fitted,
// what nobody could price, and how far spend is proved. Reckoned from what the record holds, so it is the same for
// everybody who asks and survives a restart. Findings of attribution are not made here. Control thread.
#pragma once

#include "api/ledger_report.h"
#include "store/spend_report_reader.h"

namespace gateway::budget {

// Reserved and actual of one alias, by and by. Percentiles to a thousandth of the reservation.
class AccuracySums
{
public:
    void add(const store::ReservedAndSpent& attempt);
    api::ReservationAccuracy result(const QString& alias) const;
    // What 99 of 100 answered attempts cost at most, in thousandths of their reservations; nothing from fewer than 100.
    std::optional<int> learnedPermille() const;
    qint64 overruns() const { return m_overruns; }
    api::Money overspend() const { return m_overspend; }

private:
    static constexpr int kCells = 2001; // the last: twice the reservation and more
    struct Cells
    {
        std::vector<quint32> counts = std::vector<quint32>(kCells);
        qint64 n = 0;
        std::optional<int> percentile(int percent) const;
    };
    Cells m_all;
    Cells m_answered;
    api::Money m_reserved;
    api::Money m_actual;
    qint64 m_overruns = 0;
    api::Money m_overspend;
};

// Would the call have been admitted, had it reserved what calls like it cost?
bool wouldHaveFitted(const api::LimitFacts& limit, int learnedPermille);

api::Result<api::LedgerReport> report(store::SpendReportReader& reader, const QDateTime& since, const QDateTime& asOf);

} // namespace gateway::budget
