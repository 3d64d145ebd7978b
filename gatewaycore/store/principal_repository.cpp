#include "store/principal_repository.h"

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

// nullopt rather than an empty list for what cannot be read: an empty list would mean "all tenants"
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

bool run(QSqlDatabase& database, const char* sql, std::initializer_list<QVariant> values, bool mustChange = false)
{
    QSqlQuery query(database);
    if (!query.prepare(QString::fromLatin1(sql)))
        return false;
    int at = 0;
    for (const QVariant& value : values)
        query.bindValue(at++, value);
    return query.exec() && (!mustChange || query.numRowsAffected() == 1);
}

// The columns name, role, tenants, note from `first` on.
bool readWho(const QSqlQuery& query, int first, PrincipalRow& row)
{
    row.name = query.value(first).toString();
    const auto role = api::roleFromName(query.value(first + 1).toString());
    const auto tenants = listOf(query.value(first + 2).toString());
    if (!role || !tenants)
        return false;
    row.role = *role;
    row.tenants = *tenants;
    row.note = query.value(first + 3).toString();
    return true;
}

} // namespace

bool putPrincipal(QSqlDatabase& database, const PrincipalRow& row)
{
    return run(database,
        "INSERT OR REPLACE INTO principals (name, id, hash, role, tenants, note, created_ms, expires_ms, revoked_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {row.name, row.id, row.hash, api::nameOf(row.role), listText(row.tenants), notNull(row.note), row.createdMs,
            row.expiresMs, row.revokedMs});
}

bool revokePrincipal(QSqlDatabase& database, const QString& name, qint64 atMs)
{
    return run(database, "UPDATE principals SET revoked_ms = ? WHERE name = ? AND revoked_ms = 0", {atMs, name}, true);
}

std::optional<std::vector<PrincipalRow>> allPrincipals(QSqlDatabase& database)
{
    QSqlQuery query(database);
    query.setForwardOnly(true);
    if (!query.exec(QStringLiteral("SELECT name, role, tenants, note, id, hash, created_ms, expires_ms, revoked_ms"
                                   " FROM principals ORDER BY created_ms, name")))
        return std::nullopt;
    std::vector<PrincipalRow> rows;
    while (query.next()) {
        PrincipalRow row;
        if (!readWho(query, 0, row))
            return std::nullopt;
        row.id = query.value(4).toString();
        row.hash = query.value(5).toByteArray();
        row.createdMs = query.value(6).toLongLong();
        row.expiresMs = query.value(7).toLongLong();
        row.revokedMs = query.value(8).toLongLong();
        rows.push_back(std::move(row));
    }
    return rows;
}

bool insertPairing(QSqlDatabase& database, const PairingRow& row)
{
    return run(database,
        "INSERT INTO pairings (id, hash, name, role, tenants, note, principal_expires_ms, created_ms, expires_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {row.id, row.hash, row.makes.name, api::nameOf(row.makes.role), listText(row.makes.tenants),
            notNull(row.makes.note), row.makes.expiresMs, row.createdMs, row.expiresMs});
}

bool removePairing(QSqlDatabase& database, const QString& id)
{
    return run(database, "DELETE FROM pairings WHERE id = ?", {id}, true);
}

bool removePairingsBefore(QSqlDatabase& database, qint64 expiresMs)
{
    return run(database, "DELETE FROM pairings WHERE expires_ms <= ?", {expiresMs});
}

std::optional<std::vector<PairingRow>> allPairings(QSqlDatabase& database)
{
    QSqlQuery query(database);
    query.setForwardOnly(true);
    if (!query.exec(QStringLiteral("SELECT name, role, tenants, note, id, hash, principal_expires_ms, created_ms,"
                                   " expires_ms FROM pairings ORDER BY created_ms, id")))
        return std::nullopt;
    std::vector<PairingRow> rows;
    while (query.next()) {
        PairingRow row;
        if (!readWho(query, 0, row.makes))
            return std::nullopt;
        row.id = query.value(4).toString();
        row.hash = query.value(5).toByteArray();
        row.makes.expiresMs = query.value(6).toLongLong();
        row.createdMs = query.value(7).toLongLong();
        row.expiresMs = query.value(8).toLongLong();
        rows.push_back(std::move(row));
    }
    return rows;
}

bool putUse(QSqlDatabase& database, const PrincipalUse& use)
{
    return run(database, "INSERT OR REPLACE INTO principal_use (name, used_ms, peer) VALUES (?, ?, ?)",
        {use.name, use.usedMs, notNull(use.peer)});
}

std::optional<std::vector<PrincipalUse>> allUses(QSqlDatabase& database)
{
    QSqlQuery query(database);
    query.setForwardOnly(true);
    if (!query.exec(QStringLiteral("SELECT name, used_ms, peer FROM principal_use")))
        return std::nullopt;
    std::vector<PrincipalUse> uses;
    while (query.next())
        uses.push_back({query.value(0).toString(), query.value(1).toLongLong(), query.value(2).toString()});
    return uses;
}

} // namespace gateway::store
