// What each revision of the config said of zones: which zone each tenant had, which regions and retention each zone
// allowed, where each provider was and what it kept. Written in the transaction that puts a revision in force, so that
// an attempt can be judged by what was true for it (migrations/0013_zones.sql). Functions for Store::submit, and reads
// on any connection. A revision is written once; what stands there is never changed.
#pragma once

#include "api/result.h"
#include "config/policy_snapshot.h"

#include <QHash>
#include <QStringList>

#include <map>
#include <optional>
#include <vector>

class QSqlDatabase;

namespace gateway::store {

// Before the first call that can carry this revision: of a canary when it goes out, else when it comes into force.
// `by`: who brought it there (author, approver); empty: nobody who is known. A revision that is there already stays as
// it is, and only comes into force again if another was since.
bool writeZonesOf(
    QSqlDatabase& database, const config::PolicySnapshot& snapshot, qint64 atMs, const QStringList& by = {});

struct ZoneThen
{
    QStringList regions;
    QString retention;
};

struct TenantThen
{
    QString zone; // empty: none
    QString contractReference;
    QString contractZone;
    QString contractDated; // ISO dates, empty where there is none
    QString effectiveFrom;
    QString effectiveUntil;
    QStringList approvers;

    bool operator==(const TenantThen&) const = default;
};

struct EndpointThen
{
    QString region;
    QString retention;
};

struct RevisionThen
{
    int revision = 0;
    QHash<QString, ZoneThen> zones;         // by name
    QHash<QString, TenantThen> tenants;     // by name
    QHash<QString, EndpointThen> endpoints; // by provider
};

// A revision came into force.
struct InForce
{
    int revision = 0;
    qint64 atMs = 0;
    QStringList by;
};

api::Result<std::map<int, RevisionThen>> readRevisions(QSqlDatabase& database);
api::Result<std::vector<InForce>> readInForce(QSqlDatabase& database); // oldest first

} // namespace gateway::store
