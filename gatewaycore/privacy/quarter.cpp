#include "privacy/quarter.h"

#include <algorithm>

namespace gateway::privacy {

QString quarterOf(const QDate& day)
{
    return QStringLiteral("%1-Q%2").arg(day.year(), 4, 10, QLatin1Char('0')).arg((day.month() + 2) / 3);
}

QDate firstDayOf(const QString& quarter)
{
    bool isYear = false;
    const int year = quarter.left(4).toInt(&isYear);
    const int number = quarter.size() == 7 && quarter.mid(4, 2) == QLatin1String("-Q") ? quarter[6].digitValue() : 0;
    return isYear && number >= 1 && number <= 4 ? QDate(year, 3 * number - 2, 1) : QDate();
}

QString after(const QString& quarter)
{
    return quarterOf(firstDayOf(quarter).addMonths(3));
}

QVector<api::ZoneAudit> auditCalendar(
    const QDate& firstDay, const QDateTime& now, const QVector<api::ZoneAudit>& signedOnes)
{
    QVector<api::ZoneAudit> all;
    const QString last = quarterOf(now.toUTC().date());
    for (QString quarter = quarterOf(std::min(firstDay, now.toUTC().date()));; quarter = after(quarter)) {
        const auto known = std::find_if(signedOnes.begin(), signedOnes.end(),
            [&quarter](const api::ZoneAudit& one) { return one.quarter == quarter; });
        if (known != signedOnes.end()) {
            all.prepend(*known);
        } else {
            api::ZoneAudit audit;
            audit.quarter = quarter;
            audit.from = firstDayOf(quarter).startOfDay(Qt::UTC);
            audit.dueAt = firstDayOf(after(quarter)).startOfDay(Qt::UTC).addMSecs(-1);
            const QString day = audit.dueAt.date().toString(Qt::ISODate);
            if (now > audit.dueAt) {
                audit.state = QStringLiteral("overdue");
                audit.sentence =
                    QStringLiteral("The zone audit of %1 was due by %2 and nobody has signed it.").arg(quarter, day);
            } else if (now.addDays(kDueDays) > audit.dueAt) {
                audit.state = QStringLiteral("due");
                audit.sentence = QStringLiteral("The zone audit of %1 is due by %2.").arg(quarter, day);
            } else {
                audit.state = QStringLiteral("open");
                audit.sentence =
                    QStringLiteral("The zone audit of %1 can be signed, by %2 at the latest.").arg(quarter, day);
            }
            all.prepend(std::move(audit));
        }
        if (quarter >= last)
            return all;
    }
}

} // namespace gateway::privacy
