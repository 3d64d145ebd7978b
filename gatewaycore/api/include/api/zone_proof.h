// A proof over the configuration: for each tenant every endpoint that anything in this engine could send a request of
// it to, with the filters as the engine applies them, and whether all of them lie in the zone that was promised; or the
// path that leads outside. Values of GET zones/proof. Any thread. What a proof rests on, and what it does not cover, is
// said by its `uses`; it knows nothing of what a provider does with what it was sent.
#pragma once

#include "api/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QStringList>
#include <QVector>

namespace gateway::api {

// One way in which content of a request could leave the engine.
struct ZoneUse
{
    QString name;     // candidate fallback canary cache repetition embedding count_tokens probe drill content ...
    QString state;    // walked: its paths were enumerated; inert: nothing leaves by it; absent: not in this engine
    QString sentence; // why
};

// One way of a tenant's request to an endpoint, or to one that the filter keeps out.
struct ZonePath
{
    QString alias;
    QString use;    // "candidate", "fallback other-region", "canary candidate" ...
    QString zone;   // it is routed in: the tenant's own or a tighter one that the request asks for
    QString target; // provider/model@region
    QString why;    // it lies outside
    QString sentence;
};

struct ReachableEndpoint
{
    QString target; // provider/model@region
    QString provider;
    QString region;    // as the config states it
    QString retention; // as the config states it; empty: not stated
    QStringList aliases;
    QStringList uses;
};

struct ProofWarning
{
    QString code;  // no_route no_zone tighter_than_contract contract_not_yet contract_ended no_contract relabelled
    QString alias; // of no_route
    QString zone;  // of no_route: tenant's own, or the tighter one
    QString sentence;
};

struct TenantProof
{
    QString tenant;
    QString contractReference;
    QString contractZone;   // as promised; empty: no contract, or none that holds today
    QString configuredZone; // as the config states; empty: none
    QString effectiveZone;  // requests are routed in when they ask for nothing; empty: see `verdict`
    QString verdict;        // PROVED VIOLATION REFUSED (no zone: it gets no call) UNZONED (no zones in this config)
    QString sentence;
    qint64 paths = 0; // that were walked, those the filter ended included
    QVector<ReachableEndpoint> endpoints;
    QVector<ZonePath> counterexamples; // at most 20, the shortest first
    qint64 violations = 0;             // all of them
    QVector<ProofWarning> warnings;
};

struct ZoneProof
{
    QString verdict; // VIOLATION UNZONED PROVED: the worst of the tenants'
    QString sentence;
    QDateTime asOf;
    int revision = 0;
    int canary = 0; // the second revision that was walked; 0: none
    QVector<ZoneUse> uses;
    QVector<TenantProof> tenants;
};

QJsonObject toJson(const ZoneProof& proof);
Result<ZoneProof> zoneProofFromJson(const QJsonObject& json);

} // namespace gateway::api
