// Who may use the admin API: principals with their role, the tokens they are issued, pairing codes, and what a client
// learns of itself. Values of the admin API (whoami, principals, pairings). Any thread.
// A token is "sba_<id>_<secret>", a pairing code "sbp_<id>_<secret>"; the engine keeps their hashes only. A gateway
// credential ("sbx_") opens nothing here, and these open nothing on the gateway.
#pragma once

#include "api/result.h"
#include "api/role.h"

#include <QDateTime>
#include <QJsonObject>
#include <QStringList>
#include <QVector>

#include <optional>

namespace gateway::api {

// GET whoami.
struct WhoAmI
{
    QString name;
    Role role = Role::Viewer;
    QStringList tenants; // empty: all; else nothing of other tenants is seen or changed
    QString by;          // embedded local-token token certificate
    QStringList may;     // "POST /api/v1/failovers": every route of this engine that is open to the caller
    std::optional<QDateTime> expiresAt;

    bool mayDo(const QString& method, const QString& route) const { return may.contains(method + u' ' + route); }
};

// GET principals. One per name; those of the config file are listed too.
struct PrincipalInfo
{
    QString name;
    Role role = Role::Viewer;
    QStringList tenants; // empty: all
    QString source;      // config token local
    QString certificate; // SHA-256 of the client certificate it comes with, hex; empty: it comes with a token
    QString note;
    std::optional<QDateTime> createdAt;
    std::optional<QDateTime> expiresAt;
    std::optional<QDateTime> revokedAt;
    std::optional<QDateTime> lastUsedAt; // to the minute
    QString lastPeer;
};

// POST principals and POST pairings.
struct PrincipalRequest
{
    QString name;
    Role role = Role::Viewer;
    QStringList tenants;
    std::optional<QDateTime> expiresAt; // of the principal
    QString note;
};

struct IssuedPrincipal
{
    QString name;
    QString token; // shown once, never stored
};

// A pairing code: exchanged once, within minutes, for the principal's token (POST pairings/claim, with the code as the
// bearer token). The link carries all a console needs: signalbox://pair?url=..&pin=..&code=..
struct Pairing
{
    QString name; // of the principal it will make
    QString code; // shown once
    QString link;
    QDateTime expiresAt;
};

QJsonObject toJson(const WhoAmI& who);
QJsonObject toJson(const PrincipalInfo& principal);
QJsonObject toJson(const PrincipalRequest& request);
QJsonObject toJson(const IssuedPrincipal& issued);
QJsonObject toJson(const Pairing& pairing);
Result<WhoAmI> whoAmIFromJson(const QJsonObject& json);
Result<PrincipalInfo> principalInfoFromJson(const QJsonObject& json);
Result<PrincipalRequest> principalRequestFromJson(const QJsonObject& json);
Result<IssuedPrincipal> issuedPrincipalFromJson(const QJsonObject& json);
Result<Pairing> pairingFromJson(const QJsonObject& json);

} // namespace gateway::api
