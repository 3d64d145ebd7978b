#include "store/rollout_repository.h"

#include <QJsonDocument>
#include <QSqlQuery>
#include <QVariant>

namespace gateway::store {

bool putRollout(QSqlDatabase& database, const api::CanaryStatus& status)
{
    QSqlQuery query(database);
    if (!query.prepare(QStringLiteral(
            "INSERT INTO rollouts (id, draft, revision, base_revision, phase, started_ms, ended_ms, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET phase = excluded.phase, ended_ms = excluded.ended_ms,"
            " body = excluded.body")))
        return false;
    query.addBindValue(status.id);
    query.addBindValue(status.plan.draft);
    query.addBindValue(status.revision);
    query.addBindValue(status.baseRevision);
    query.addBindValue(api::nameOf(status.phase));
    query.addBindValue(status.startedAt.toMSecsSinceEpoch());
    query.addBindValue(status.endedAt ? status.endedAt->toMSecsSinceEpoch() : qint64(0));
    query.addBindValue(QString::fromUtf8(QJsonDocument(api::toJson(status)).toJson(QJsonDocument::Compact)));
    return query.exec();
}

std::optional<std::vector<api::CanaryStatus>> lastRollouts(QSqlDatabase& database, int most)
{
    QSqlQuery query(database);
    query.setForwardOnly(true);
    if (!query.prepare(QStringLiteral("SELECT body FROM rollouts WHERE ended_ms = 0"
                                      " OR id IN (SELECT id FROM rollouts ORDER BY started_ms DESC, id DESC LIMIT ?)"
                                      " ORDER BY started_ms DESC, id DESC")))
        return std::nullopt;
    query.addBindValue(most);
    if (!query.exec())
        return std::nullopt;
    std::vector<api::CanaryStatus> all;
    while (query.next()) {
        const QJsonDocument body = QJsonDocument::fromJson(query.value(0).toString().toUtf8());
        api::Result<api::CanaryStatus> status = api::canaryStatusFromJson(body.object());
        if (!body.isObject() || !status)
            return std::nullopt;
        all.push_back(std::move(*status));
    }
    return all;
}

} // namespace gateway::store
