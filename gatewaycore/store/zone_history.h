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
#include <vector>

class QSqlDatabase;

namespace gateway::store {

// What the revision says, before the first call that can carry its number: of a canary when it goes out. Another
// content under a number that is there makes that number ambiguous: its attempts cannot be judged any more.
bool noteZonesOf(QSqlDatabase& database, const config::PolicySnapshot& snapshot, qint64 atMs);
// The same, and that it came into force. `by`: who brought it there (author, approver); empty: nobody who is known. One
// that is in force already stays as it is.
bool writeZonesOf(
    QSqlDatabase& database, const config::PolicySnapshot& snapshot, qint64 atMs, const QStringList& by = {});

struct ZoneThen
{
    QStringList regions;
    QString retention;

    bool operator==(const ZoneThen&) const = default;
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
    bool ambiguous = false;
    QHash<QString, ZoneThen> zones;         // by name
    QHash<QString, TenantThen> tenants;     // by name
    QHash<QString, EndpointThen> endpoints; // by provider
};
using Revisions = std::map<int, RevisionThen>;

// A revision came into force.
struct InForce
{
    int revision = 0;
    qint64 atMs = 0;
    QStringList by;
};

api::Result<Revisions> readRevisions(QSqlDatabase& database);
api::Result<std::vector<InForce>> readInForce(QSqlDatabase& database); // oldest first

} // namespace gateway::store
