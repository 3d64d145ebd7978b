// The audit log of the admin API: every change that was asked for with its outcome, every refusal of an authenticated
// principal, every read of an auditor, every reveal. Values of GET audit. Any thread. Secrets are never in it.
#pragma once

#include "api/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QVector>

#include <optional>

namespace gateway::api {

struct AuditEntry
{
    qint64 sequence = 0; // gapless, from 1, over all runs of this data directory
    QDateTime at;
    QString principal;
    QString role;
    QString by;     // embedded local-token token certificate pairing
    QString client; // "console 0.1.0", "signalboxctl 0.1.0": what the client said of itself
    QString peer;   // address; empty in process
    QString action; // the route: "POST /api/v1/providers/{name}/drain"
    QString object; // what stands for {...}: "openai-eu"
    QString reason;
    QString operation;  // the Idempotency-Key
    int revision = 0;   // of the config in force
    QString outcome;    // applied refused failed void unknown read
    int status = 0;     // of the answer; 0 while there is none
    QString message;    // of a refusal
    QJsonObject asked;  // the request's body, redacted
    QJsonObject before; // of the object, where there is one; redacted
    QJsonObject after;
};

struct AuditQuery
{
    std::optional<QDateTime> since;
    std::optional<QDateTime> until;
    QString principal;
    QString action; // part of it
    QString object;
    QString outcome;
    qint64 before = 0; // cursor: sequences below it; 0: from the newest
    int limit = 100;   // 1 to 1000
};

struct AuditPage
{
    QVector<AuditEntry> entries; // newest first
    qint64 next = 0;             // cursor; 0: this is the end
    qint64 total = 0;            // that fit the query
};

QJsonObject toJson(const AuditEntry& entry);
QJsonObject toJson(const AuditPage& page);
Result<AuditEntry> auditEntryFromJson(const QJsonObject& json);
Result<AuditPage> auditPageFromJson(const QJsonObject& json);

} // namespace gateway::api
