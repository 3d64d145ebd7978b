#include "store/spend_fold.h"

#include "store/fold_mark.h"
#include "store/spend_sql.h"

#include <QSqlQuery>
#include <QVariant>

namespace gateway::store {

std::optional<qint64> foldSpend(QSqlDatabase& database, qint64 most)
{
    const auto next = nextToFold(database, kSpendFolded, most);
    if (!next)
        return std::nullopt;
    if (next->size() == 0)
        return 0;
    const QString sql = QLatin1String(kIntoSpend) +
                        QStringLiteral(" SELECT %1 / 900000, c.tenant, c.feature, c.agent, c.alias, a.provider,"
                                       " coalesce(sum(a.cost_nano), 0), count(a.cost_nano), sum(%2)"
                                       " FROM calls c JOIN attempts a ON a.call = c.seq"
                                       " WHERE c.seq > ? AND c.seq <= ? GROUP BY 1, 2, 3, 4, 5, 6")
                            .arg(QLatin1String(kBegunMs), QLatin1String(kIsUnpriced)) +
                        QLatin1String(kOntoSpend);
    QSqlQuery query(database);
    if (!query.prepare(sql))
        return std::nullopt;
    query.bindValue(0, next->from);
    query.bindValue(1, next->to);
    if (!query.exec() || !setFoldedUpTo(database, kSpendFolded, next->to))
        return std::nullopt;
    return next->size();
}

} // namespace gateway::store
