// What an engine shows of its config, without secrets: tenants, the facts in force with their warnings, and the verdict
// on a text somebody asks about. Values of the admin API (GET tenants, GET config, POST config/check). Any thread;
// values.
#pragma once

#include "api/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QString>
#include <QStringList>
#include <QVector>

#include <optional>

namespace gateway::api {

struct TenantStatus
{
    QString name;
    QString zone;        // empty: none configured
    QStringList regions; // of the zone
    QString retention;   // of the zone
    QString contractReference;
    QString contractZone;
    std::optional<qint64> requestsPerMinute;
    std::optional<qint64> inputTokensPerMinute;
    std::optional<qint64> outputTokensPerMinute;
    std::optional<qint64> concurrency;
};

// One thing wrong with a config text. Lines and columns count from 1; 0: the text as a whole.
struct ConfigProblem
{
    QString file;
    int line = 0;
    int column = 0;
    QString field;
    QString message;
    QString suggestion;
};

struct ConfigFacts
{
    int revision = 0;
    QString contentHash; // SHA-256 of the file's bytes
    QString sourceFile;
    bool demo = false;
    QString gatewayAddress; // host:port
    QString adminAddress;
    bool gatewayTls = false;
    bool adminTls = false;
    QString acknowledge;     // committed | queued
    QString whenUnavailable; // spill | refuse
    qint64 retentionHours = 0;
    int zones = 0;
    int providers = 0;
    int aliases = 0;
    int tenants = 0;
    QStringList warnings;
    QVector<ConfigProblem> problems; // of the last load, while an older revision stays in force
};

struct ConfigCheck
{
    bool ok = false;
    QVector<ConfigProblem> problems;
    QStringList warnings;
};

QJsonObject toJson(const TenantStatus& tenant);
QJsonObject toJson(const ConfigProblem& problem);
QJsonObject toJson(const ConfigFacts& facts);
QJsonObject toJson(const ConfigCheck& check);
Result<TenantStatus> tenantStatusFromJson(const QJsonObject& json);
Result<ConfigProblem> configProblemFromJson(const QJsonObject& json);
Result<ConfigFacts> configFactsFromJson(const QJsonObject& json);
Result<ConfigCheck> configCheckFromJson(const QJsonObject& json);

} // namespace gateway::api
