#include "engine/spend_history.h"

namespace gateway::engine {

void SpendHistory::note(const std::vector<budget::AccountStatus>& accounts, qint64 nowMs)
{
    for (const budget::AccountStatus& account : accounts) {
        QVector<api::SpendPoint>& points = m_points[account.id];
        while (!points.isEmpty() && points.first().at.toMSecsSinceEpoch() < account.window.startMs)
            points.removeFirst();
        if (!points.isEmpty() && nowMs - points.last().at.toMSecsSinceEpoch() < kStepMs)
            continue;
        points.append({QDateTime::fromMSecsSinceEpoch(nowMs, Qt::UTC), account.settled});
        if (points.size() > kMost) {
            QVector<api::SpendPoint> thinner;
            for (qsizetype i = 0; i < points.size(); i += 2)
                thinner.append(points[i]);
            points = thinner;
        }
    }
}

QVector<api::SpendPoint> SpendHistory::history(const QString& account, qint64 sinceMs) const
{
    QVector<api::SpendPoint> found;
    for (const api::SpendPoint& point : m_points.value(account)) {
        if (point.at.toMSecsSinceEpoch() >= sinceMs)
            found.append(point);
    }
    return found;
}

} // namespace gateway::engine
