// The calendar of the quarterly zone audit: which quarters there are to sign, until when, and how each stands. Quarters
// are those of UTC. Pure; any thread.
#pragma once

#include "api/zone_record.h"

namespace gateway::privacy {

inline constexpr int kDueDays = 14; // before its end, a quarter is due

QString quarterOf(const QDate& day);      // "2026-Q4"
QDate firstDayOf(const QString& quarter); // invalid: it is no quarter
QString after(const QString& quarter);    // the next one

// Every quarter from that of `firstDay` to that of `now`, newest first; the signed ones as they were signed.
QVector<api::ZoneAudit> auditCalendar(
    const QDate& firstDay, const QDateTime& now, const QVector<api::ZoneAudit>& signedOnes);

} // namespace gateway::privacy
