#include "store/fold_mark.h"

#include <QSqlQuery>
#include <QVariant>

#include <algorithm>

namespace gateway::store {

std::optional<qint64> foldedUpTo(QSqlDatabase& database, const char* mark)
{
    QSqlQuery query(database);
    if (!query.prepare(QStringLiteral("SELECT CAST(value AS INTEGER) FROM meta WHERE key = ?")))
        return std::nullopt;
    query.bindValue(0, QLatin1String(mark));
    if (!query.exec())
        return std::nullopt;
    return query.next() ? query.value(0).toLongLong() : 0;
}

bool setFoldedUpTo(QSqlDatabase& database, const char* mark, qint64 seq)
{
    QSqlQuery query(database);
    if (!query.prepare(QStringLiteral("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)")))
        return false;
    query.bindValue(0, QLatin1String(mark));
    query.bindValue(1, QString::number(seq));
    return query.exec();
}

std::optional<FoldRange> nextToFold(QSqlDatabase& database, const char* mark, qint64 most)
{
    const auto from = foldedUpTo(database, mark);
    QSqlQuery query(database);
    if (!from || !query.exec(QStringLiteral("SELECT coalesce(max(seq), 0) FROM calls")) || !query.next())
        return std::nullopt;
    return FoldRange{*from, std::max(*from, std::min(query.value(0).toLongLong(), *from + most))};
}

} // namespace gateway::store
