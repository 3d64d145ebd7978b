#include "store/credential_repository.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QVariant>

namespace gateway::store {
namespace {

QString listText(const QStringList& list)
{
    return QString::fromUtf8(QJsonDocument(QJsonArray::fromStringList(list)).toJson(QJsonDocument::Compact));
}

// nullopt rather than an empty list for what cannot be read: an empty list would mean "everything"
std::optional<QStringList> listOf(const QString& text)
{
    const QJsonDocument document = QJsonDocument::fromJson(text.toUtf8());
    if (!document.isArray())
        return std::nullopt;
    QStringList list;
    for (const QJsonValue& value : document.array()) {
        if (!value.isString())
            return std::nullopt;
        list.append(value.toString());
    }
    return list;
}

QString notNull(const QString& text)
{
    return text.isNull() ? QStringLiteral("") : text;
}

} // namespace

bool insertCredential(QSqlDatabase& database, const CredentialRow& row)
{
    QSqlQuery query(database);
    if (!query.prepare(QStringLiteral(
            "INSERT INTO credentials (id, hash, tenant, aliases, features, issued_ms, expires_ms, revoked_ms, note)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")))
        return false;
    const QVariant values[] = {row.id, row.hash, row.tenant, listText(row.aliases), listText(row.features),
        row.issuedMs, row.expiresMs, row.revokedMs, notNull(row.note)};
    int at = 0;
    for (const QVariant& value : values)
        query.bindValue(at++, value);
    return query.exec();
}

bool revokeCredential(QSqlDatabase& database, const QString& id, qint64 atMs)
{
    QSqlQuery query(database);
    if (!query.prepare(QStringLiteral("UPDATE credentials SET revoked_ms = ? WHERE id = ? AND revoked_ms = 0")))
        return false;
    query.bindValue(0, atMs);
    query.bindValue(1, id);
    return query.exec() && query.numRowsAffected() == 1;
}

bool endCredential(QSqlDatabase& database, const QString& id, qint64 atMs)
{
    QSqlQuery query(database);
    if (!query.prepare(
            QStringLiteral("UPDATE credentials SET expires_ms = CASE WHEN expires_ms = 0 THEN ? ELSE min(expires_ms, ?)"
                           " END WHERE id = ? AND revoked_ms = 0")))
        return false;
    query.bindValue(0, atMs);
    query.bindValue(1, atMs);
    query.bindValue(2, id);
    return query.exec() && query.numRowsAffected() == 1;
}

std::optional<std::vector<CredentialRow>> allCredentials(QSqlDatabase& database)
{
    QSqlQuery query(database);
    query.setForwardOnly(true);
    if (!query.exec(QStringLiteral("SELECT id, hash, tenant, aliases, features, issued_ms, expires_ms, revoked_ms, note"
                                   " FROM credentials ORDER BY issued_ms, id")))
        return std::nullopt;
    std::vector<CredentialRow> rows;
    while (query.next()) {
        const auto aliases = listOf(query.value(3).toString());
        const auto features = listOf(query.value(4).toString());
        if (!aliases || !features)
            return std::nullopt;
        rows.push_back(CredentialRow{query.value(0).toString(), query.value(1).toByteArray(), query.value(2).toString(),
            *aliases, *features, query.value(5).toLongLong(), query.value(6).toLongLong(), query.value(7).toLongLong(),
            query.value(8).toString()});
    }
    return rows;
}

} // namespace gateway::store
