#include "store/engine_identity.h"

#include <QSqlDatabase>
#include <QSqlQuery>
#include <QVariant>

namespace gateway::store {

QString engineIdOr(QSqlDatabase& database, const QString& fresh)
{
    QSqlQuery query(database);
    if (!query.exec(QStringLiteral("SELECT value FROM meta WHERE key = 'engine_id'")))
        return {};
    if (query.next() && !query.value(0).toString().isEmpty())
        return query.value(0).toString();
    query.finish();
    if (!query.prepare(QStringLiteral("INSERT OR REPLACE INTO meta (key, value) VALUES ('engine_id', ?)")))
        return {};
    query.bindValue(0, fresh);
    return query.exec() ? fresh : QString();
}

} // namespace gateway::store
