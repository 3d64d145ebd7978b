// What a key touched: of a gateway credential (ours) or of a provider's key (theirs), by tenant, alias, provider,
// region and zone, with what it spent. The first question when one has leaked. Values of GET credentials/{id}/reach and
// GET providers/{name}/reach. Any thread.
#pragma once

#include "api/money.h"
#include "api/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QStringList>
#include <QVector>

#include <optional>

namespace gateway::api {

struct ReachRow
{
    QString tenant;
    QString credential;
    QString alias;
    QString provider; // empty: calls that reached none
    QString region;
    QString zone;
    qint64 calls = 0;    // with such an attempt
    qint64 attempts = 0; // by which something may have left
    Money spent;
    qint64 unpriced = 0; // attempts without a price
    QDateTime firstSeen;
    QDateTime lastSeen;
};

struct KeyReach
{
    static constexpr int kRows = 500;

    QString kind; // credential provider
    QString name;
    QDateTime since;
    QDateTime until;
    QString sentence;
    QVector<ReachRow> rows; // by spend, the most first; at most kRows
    qint64 rowsLeftOut = 0;
    // of all rows, those left out included
    qint64 calls = 0;
    qint64 attempts = 0;
    Money spent;
    qint64 unpriced = 0;
    QStringList tenants;
    QStringList zones;
    QStringList regions;
    QStringList providers;
    QStringList aliases;
    std::optional<QDateTime> firstSeen;
    std::optional<QDateTime> lastSeen;
    bool complete = true; // false: the time was too much to read; it was read from `until` back to `countedSince`
    std::optional<QDateTime> countedSince;
};

QJsonObject toJson(const KeyReach& reach);
Result<KeyReach> keyReachFromJson(const QJsonObject& json);

} // namespace gateway::api
