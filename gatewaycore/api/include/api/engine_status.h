// What an engine says of itself: identity, listeners, parts with their fail state, providers, aliases, credentials.
// Values of the admin API (GET status, providers, aliases, credentials). Any thread; values. "Unknown" is an empty
// optional, never a zero.
#pragma once

#include "api/breaker_status.h"
#include "api/certificate_facts.h"
#include "api/money.h"
#include "api/quota_status.h"
#include "api/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QString>
#include <QStringList>
#include <QVector>

#include <optional>

namespace gateway::api {

enum class Health
{
    Ok,
    Degraded,
    Down,
    Unknown,
    Paused
};

QString nameOf(Health health);
Health healthFromName(QStringView name); // Unknown for any other name

// A part the engine depends on, with the fail mode that is in force while it is down (architecture.md, "Failing").
struct Part
{
    QString name; // store, audit, credential, config ...
    Health health = Health::Ok;
    QString detail;
};

struct EngineStatus
{
    QString version;
    qint64 pid = 0;
    QDateTime startedAt;
    QDateTime asOf;
    int revision = 0;
    QString gatewayUrl; // scheme://host:port, no path
    QString adminUrl;
    QString dataDirectory;
    QString configFile;
    bool ready = false;
    bool draining = false;
    bool demo = false;
    int workers = 0;
    int callsInFlight = 0;
    qint64 callsTotal = 0;
    qint64 callsFailed = 0; // since start
    qint64 storeQueue = 0;  // records waiting for their commit
    qint64 residentBytes = 0;
    double cpuPercent = 0; // of one core, over the last sample
    int openFiles = 0;
    qint64 eventSequence = 0;
    QVector<Part> parts;

    // Who this is, and what it offers: the handshake (api/handshake.h).
    QString engineId;                            // made once per data directory; a restart keeps it
    QString name;                                // server.name; empty: not stated
    QString environment;                         // prod stage local; empty: not stated
    int apiMajor = 0;                            // of the contract; a client of another major cannot work
    int apiMinor = 0;                            // rises when something is added
    QStringList features;                        // what the engine offers, by noun: "failovers", "audit" ...
    std::optional<CertificateFacts> certificate; // of the admin listener
    QString nextPin; // SHA-256 of the certificate that will come next; empty: none announced
};

struct ProviderStatus
{
    QString name;
    QString kind;
    QString region;
    QString baseUrl;
    QString retention;
    QString keyReference; // env:NAME, file:PATH; never the key
    QStringList models;
    QStringList aliases; // that have a candidate here
    Health health = Health::Unknown;
    QString why; // one sentence of evidence
    qint64 attempts5m = 0;
    qint64 failures5m = 0;
    std::optional<double> firstTokenP50Ms; // 5 minutes; first byte for calls that do not stream
    std::optional<double> firstTokenP95Ms;
    std::optional<double> totalP95Ms;
    std::optional<double> tokensPerSecond;
    std::optional<double> share; // of attempts, 5 minutes, 0 to 1
    std::optional<QDateTime> lastSuccess;
    std::optional<QDateTime> lastFailure;
    int connectionsOpen = 0;
    QVector<BreakerStatus> breakers; // one per candidate
    bool drained = false;            // a drain is in force
    QString leverId;                 // of the drain in force, or of the one that it fails back from
    std::optional<QDateTime> drainEnds;
    std::optional<int> stagePercent;        // while it fails back
    std::optional<ProviderGateStatus> gate; // empty: nothing is known of one
};

// A candidate of an alias with its share of the draw.
struct RouteCandidate
{
    QString candidate;              // provider/model@region
    int weight = 0;                 // configured
    std::optional<int> leverWeight; // in force instead
    std::optional<double> share;    // of the alias's attempts, last hour, 0 to 1; per provider
};

struct RouteStep
{
    QString kind;      // other-region other-provider smaller-model cached refuse
    QString candidate; // empty for cached and refuse
};

struct LatencyBudget
{
    QString workloadClass;
    qint64 ms = 0;
};

struct AliasStatus
{
    QString name;
    QString purpose;
    QString owner;
    QStringList candidates; // provider/model@region
    QVector<RouteCandidate> routes;
    QVector<RouteStep> chain;
    QString degrade; // serve refuse
    std::optional<Money> costCeiling;
    QVector<LatencyBudget> latencyBudgets; // of the classes that have one
};

struct CredentialInfo
{
    QString id;
    QString tenant;
    QStringList aliases;  // empty or "*": all
    QStringList features; // empty: any
    QDateTime issuedAt;
    std::optional<QDateTime> expiresAt;
    std::optional<QDateTime> revokedAt;
    QString note;
};

struct CredentialRequest
{
    QString tenant;
    QStringList aliases;
    QStringList features;
    std::optional<QDateTime> expiresAt;
    QString note;
};

struct IssuedCredential
{
    QString id;
    QString key;           // shown once, never stored
    QString replaces = {}; // rotation: the credential it takes the place of, good until
    std::optional<QDateTime> replacedUntil = {};
};

QJsonObject toJson(const EngineStatus& status);
QJsonObject toJson(const ProviderStatus& provider);
QJsonObject toJson(const AliasStatus& alias);
QJsonObject toJson(const CredentialInfo& credential);
QJsonObject toJson(const CredentialRequest& request);
QJsonObject toJson(const IssuedCredential& issued);
Result<EngineStatus> engineStatusFromJson(const QJsonObject& json);
Result<ProviderStatus> providerStatusFromJson(const QJsonObject& json);
Result<AliasStatus> aliasStatusFromJson(const QJsonObject& json);
Result<CredentialInfo> credentialInfoFromJson(const QJsonObject& json);
Result<CredentialRequest> credentialRequestFromJson(const QJsonObject& json);
Result<IssuedCredential> issuedCredentialFromJson(const QJsonObject& json);

} // namespace gateway::api
