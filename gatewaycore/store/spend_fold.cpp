#include "store/spend_fold.h"

#include "store/spend_sql.h"

#include <QSqlQuery>
#include <QVariant>

#include <algorithm>

namespace gateway::store {

std::optional<qint64> spendFoldedUpTo(QSqlDatabase& database)
{
    QSqlQuery query(database);
    if (!query.exec(QStringLiteral("SELECT %1").arg(QLatin1String(kFoldedUpTo))) || !query.next())
        return std::nullopt;
    return query.value(0).toLongLong();
}

std::optional<qint64> foldSpend(QSqlDatabase& database, qint64 most)
{
    QSqlQuery query(database);
    const QString marks =
        QStringLiteral("SELECT %1, (SELECT coalesce(max(seq), 0) FROM calls)").arg(QLatin1String(kFoldedUpTo));
    if (!query.exec(marks) || !query.next())
        return std::nullopt;
    const qint64 from = query.value(0).toLongLong();
    const qint64 to = std::min(query.value(1).toLongLong(), from + most);
    if (to <= from)
        return 0;
    if (!query.prepare(QStringLiteral(
            "INSERT INTO spend (quarter, tenant, feature, agent, alias, provider, settled_nano, attempts, unpriced)"
            " SELECT %1 / 900000, c.tenant, c.feature, c.agent, c.alias, a.provider, coalesce(sum(a.cost_nano), 0),"
            " count(a.cost_nano), sum(%2) FROM calls c JOIN attempts a ON a.call = c.seq"
            " WHERE c.seq > ? AND c.seq <= ? GROUP BY 1, 2, 3, 4, 5, 6"
            " ON CONFLICT (quarter, tenant, feature, agent, alias, provider) DO UPDATE SET"
            " settled_nano = settled_nano + excluded.settled_nano, attempts = attempts + excluded.attempts,"
            " unpriced = unpriced + excluded.unpriced")
                           .arg(QLatin1String(kBegunMs), QLatin1String(kIsUnpriced))))
        return std::nullopt;
    query.bindValue(0, from);
    query.bindValue(1, to);
    if (!query.exec() ||
        !query.prepare(QStringLiteral("INSERT OR REPLACE INTO meta (key, value) VALUES ('spend_folded', ?)")))
        return std::nullopt;
    query.bindValue(0, QString::number(to));
    if (!query.exec())
        return std::nullopt;
    return to - from;
}

} // namespace gateway::store
