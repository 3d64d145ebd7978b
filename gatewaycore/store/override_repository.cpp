#include "store/override_repository.h"

#include <QJsonDocument>
#include <QSqlQuery>
#include <QVariant>

namespace gateway::store {
namespace {

std::optional<std::vector<OverrideRow>> read(QSqlDatabase& database, const QString& where, qint64 nowMs)
{
    QSqlQuery query(database);
    query.setForwardOnly(true);
    if (!query.prepare(QStringLiteral("SELECT id, kind, body, set_ms, ends_ms, ended_ms FROM overrides %1"
                                      " ORDER BY set_ms, id")
                           .arg(where)))
        return std::nullopt;
    if (!where.isEmpty())
        query.addBindValue(nowMs);
    if (!query.exec())
        return std::nullopt;
    std::vector<OverrideRow> rows;
    while (query.next()) {
        const QJsonDocument body = QJsonDocument::fromJson(query.value(2).toString().toUtf8());
        if (!body.isObject())
            return std::nullopt;
        rows.push_back(OverrideRow{query.value(0).toString(), query.value(1).toString(), body.object(),
            query.value(3).toLongLong(), query.value(4).toLongLong(), query.value(5).toLongLong()});
    }
    return rows;
}

} // namespace

bool putOverride(QSqlDatabase& database, const OverrideRow& row)
{
    QSqlQuery query(database);
    if (!query.prepare(QStringLiteral("INSERT OR REPLACE INTO overrides (id, kind, body, set_ms, ends_ms, ended_ms)"
                                      " VALUES (?, ?, ?, ?, ?, ?)")))
        return false;
    const QVariant values[] = {row.id, row.kind,
        QString::fromUtf8(QJsonDocument(row.body).toJson(QJsonDocument::Compact)), row.setMs, row.endsMs, row.endedMs};
    int at = 0;
    for (const QVariant& value : values)
        query.bindValue(at++, value);
    return query.exec();
}

std::optional<std::vector<OverrideRow>> overridesInForce(QSqlDatabase& database, qint64 nowMs)
{
    return read(database, QStringLiteral("WHERE ended_ms = 0 AND (ends_ms = 0 OR ends_ms > ?)"), nowMs);
}

std::optional<std::vector<OverrideRow>> allOverrides(QSqlDatabase& database)
{
    return read(database, QString(), 0);
}

} // namespace gateway::store
