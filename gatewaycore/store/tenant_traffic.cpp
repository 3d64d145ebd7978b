#include "store/tenant_traffic.h"

#include "store/database.h"
#include "store/fold_mark.h"

#include <QSqlError>
#include <QSqlQuery>
#include <QVariant>

namespace gateway::store {
namespace {

constexpr qint64 kHalfHour = 30 * 60 * 1000;

bool addRows(QSqlQuery& query, TenantTraffic& traffic)
{
    if (!query.exec())
        return false;
    while (query.next())
        traffic[query.value(0).toString()][query.value(1).toString()] += query.value(2).toLongLong();
    return true;
}

} // namespace

api::Result<TenantTraffic> readTenantTraffic(const QString& databaseFile, qint64 sinceMs)
{
    auto connection = openReader(databaseFile);
    if (!connection)
        return connection.error();
    QSqlDatabase& database = **connection;
    TenantTraffic traffic;
    QString wrong;
    {
        QSqlQuery query(database);
        query.setForwardOnly(true);
        const auto folded = database.transaction() ? foldedUpTo(database, kCallsFolded) : std::nullopt;
        bool ok = folded && query.prepare(QStringLiteral(
                                "SELECT tenant, value, sum(calls) FROM call_sums WHERE property = 'alias' AND "
                                "half_hour >= ? GROUP BY tenant, value"));
        if (ok) {
            query.bindValue(0, sinceMs / kHalfHour);
            ok = addRows(query, traffic);
        }
        ok = ok && query.prepare(QStringLiteral("SELECT tenant, alias, count(*) FROM calls WHERE seq > ? AND "
                                                "started_ms >= ? GROUP BY tenant, alias"));
        if (ok) {
            query.bindValue(0, *folded);
            query.bindValue(1, sinceMs);
            ok = addRows(query, traffic);
        }
        if (!ok)
            wrong = query.lastError().text();
    }
    database.rollback();
    if (!wrong.isNull())
        return api::failure(api::Failure::Unavailable, QStringLiteral("The calls cannot be counted: %1.").arg(wrong));
    return traffic;
}

} // namespace gateway::store
