#include "store/grant_repository.h"

#include <QJsonDocument>
#include <QSqlQuery>
#include <QVariant>

namespace gateway::store {

bool putGrant(QSqlDatabase& database, const api::ContentGrant& grant)
{
    QSqlQuery query(database);
    if (!query.prepare(QStringLiteral("INSERT OR REPLACE INTO content_grants (id, asked_ms, body) VALUES (?, ?, ?)")))
        return false;
    query.addBindValue(grant.id);
    query.addBindValue(grant.askedAt.toMSecsSinceEpoch());
    query.addBindValue(QString::fromUtf8(QJsonDocument(api::toJson(grant)).toJson(QJsonDocument::Compact)));
    return query.exec();
}

std::optional<std::vector<api::ContentGrant>> lastGrants(QSqlDatabase& database, int most)
{
    QSqlQuery query(database);
    query.setForwardOnly(true);
    if (!query.prepare(QStringLiteral("SELECT body FROM content_grants ORDER BY asked_ms DESC, id LIMIT ?")))
        return std::nullopt;
    query.addBindValue(most);
    if (!query.exec())
        return std::nullopt;
    std::vector<api::ContentGrant> grants;
    while (query.next()) {
        auto grant = api::contentGrantFromJson(QJsonDocument::fromJson(query.value(0).toString().toUtf8()).object());
        if (!grant)
            return std::nullopt;
        grants.push_back(std::move(*grant));
    }
    return grants;
}

} // namespace gateway::store
