// The zone check of today: for each tenant what its contract, its config and the calls themselves say. Values of GET
// zones/check. Any thread. It looks at the config in force and at the recorded attempts of a time; a proof over every
// path (canary, mirror, cache, judge) is more than this, and is not claimed here.
#pragma once

#include "api/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QStringList>
#include <QVector>

#include <optional>

namespace gateway::api {

struct ZoneEndpoint
{
    QString alias;
    QString candidate; // provider/model@region
    QString step;      // candidate, or the kind of the fallback step
    bool eligible = false;
    QString why; // why not
};

struct TenantZoneCheck
{
    QString tenant;
    QString contractZone; // as the contract says; empty: no contract in the config
    QString contractReference;
    QString zone;    // in force; empty: none
    QString verdict; // PASS FAIL NO_DATA INCOMPLETE
    QString sentence;
    QVector<ZoneEndpoint> endpoints;
    qint64 attempts = 0;      // recorded in the time that was looked at
    qint64 outside = 0;       // of them at a region or retention its zone does not allow
    qint64 unknown = 0;       // of them at an endpoint the config no longer knows
    QStringList outsideCalls; // ids, at most 20
};

struct ZoneCheck
{
    QString verdict; // the worst of the tenants': FAIL, INCOMPLETE, NO_DATA, PASS
    QDateTime asOf;
    QDateTime since;
    QDateTime until;
    int revision = 0;
    QString query; // the text that counted the attempts
    QVector<TenantZoneCheck> tenants;
};

QJsonObject toJson(const ZoneCheck& check);
Result<ZoneCheck> zoneCheckFromJson(const QJsonObject& json);

} // namespace gateway::api
