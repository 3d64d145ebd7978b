// The table of gateway credentials. Functions for Store::submit: they run on the store thread inside its transaction.
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

class QSqlDatabase;

namespace gateway::store {

struct CredentialRow
{
    QString id;
    QByteArray hash;
    QString tenant;
    QStringList aliases;
    QStringList features;
    qint64 issuedMs = 0;
    qint64 expiresMs = 0; // 0: never
    qint64 revokedMs = 0; // 0: not revoked
    QString note;
};

bool insertCredential(QSqlDatabase& database, const CredentialRow& row);
// False also if there is none of this id that is not revoked yet.
bool revokeCredential(QSqlDatabase& database, const QString& id, qint64 atMs);
// It ends at this time, or earlier if it did before. False also if there is none of this id that is not revoked.
bool endCredential(QSqlDatabase& database, const QString& id, qint64 atMs);
std::optional<std::vector<CredentialRow>> allCredentials(QSqlDatabase& database);

} // namespace gateway::store
