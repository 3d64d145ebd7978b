// The tables of admin principals: tokens in force, open pairing codes, last use. Functions for Store::submit: they run
// on the store thread inside its transaction. Lists are nothing if a row cannot be read: half a list would be a guess.
#pragma once

#include "api/role.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

class QSqlDatabase;

namespace gateway::store {

struct PrincipalRow
{
    QString name;
    QString id; // of the token in force
    QByteArray hash;
    api::Role role = api::Role::Viewer;
    QStringList tenants; // empty: all
    QString note;
    qint64 createdMs = 0;
    qint64 expiresMs = 0; // 0: never
    qint64 revokedMs = 0; // 0: not revoked
};

struct PairingRow
{
    QString id;
    QByteArray hash;
    PrincipalRow makes; // name, role, tenants, note, expiresMs of the principal it will make
    qint64 createdMs = 0;
    qint64 expiresMs = 0;
};

struct PrincipalUse
{
    QString name;
    qint64 usedMs = 0;
    QString peer;
};

bool putPrincipal(QSqlDatabase& database, const PrincipalRow& row); // a row of this name is replaced
// False also if there is none of this name that is not revoked yet.
bool revokePrincipal(QSqlDatabase& database, const QString& name, qint64 atMs);
std::optional<std::vector<PrincipalRow>> allPrincipals(QSqlDatabase& database);

bool insertPairing(QSqlDatabase& database, const PairingRow& row);
bool removePairing(QSqlDatabase& database, const QString& id); // false if it is gone already: a code is used once
bool removePairingsBefore(QSqlDatabase& database, qint64 expiresMs);
std::optional<std::vector<PairingRow>> allPairings(QSqlDatabase& database);

bool putUse(QSqlDatabase& database, const PrincipalUse& use);
std::optional<std::vector<PrincipalUse>> allUses(QSqlDatabase& database);

} // namespace gateway::store
