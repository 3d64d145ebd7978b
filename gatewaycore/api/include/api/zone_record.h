// Who was promised what, since when, and who looked at it: the zone each tenant had over time with its contract (GET
// zones/records), the quarterly audits with their sign-off (GET and POST zones/audits), and the exceptions that were
// made (POST zones/exceptions). Any thread; values. Days are ISO dates as text, empty where there is none.
#pragma once

#include "api/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QStringList>
#include <QVector>

#include <optional>

namespace gateway::api {

// One stretch of time in which a tenant's zone and contract stayed the same, over one revision of the config or many.
struct ZoneRecord
{
    QString tenant;
    QString zone; // empty: none
    QStringList regions;
    QString retention;
    QString contractReference;
    QString contractZone;
    QString contractDated;
    QString effectiveFrom;
    QString effectiveUntil;
    QStringList approvers;
    int firstRevision = 0;
    int lastRevision = 0;
    QDateTime from;                 // the first of them came into force
    std::optional<QDateTime> until; // another took its place; empty: in force
    QStringList changedBy;          // who brought it into force; empty: not known (a file that was edited)
    QStringList loosened;           // sentences: what it allows that the one before did not
};

// A deviation that somebody answers for until a day.
struct ZoneException
{
    QString id; // "zx_..."
    QString tenant;
    QString text;
    QString by; // the principal
    QDateTime at;
    QDateTime expiresAt;
};

// How one tenant stood at a sign-off.
struct AuditedTenant
{
    QString tenant;
    QString contractReference;
    QString contractZone;
    QString configuredZone;
    QString effectiveZone;
    QString proof;     // verdict of TenantProof
    QString check;     // verdict of the last zero-rows check
    QString deviation; // why it does not agree with its contract; empty: it does
    QString exception; // id of the exception that covers it
};

struct ZoneAudit
{
    QString quarter; // "2026-Q4"
    QDateTime from;
    QDateTime dueAt; // the last moment of the quarter
    QString state;   // open (of the quarter that runs) due (its last two weeks) overdue signed
    QString sentence;
    QString signedBy;
    std::optional<QDateTime> signedAt;
    QString comment;
    int revision = 0; // looked at
    QVector<AuditedTenant> tenants;
    QVector<ZoneException> exceptions; // that were good then
};

struct AuditSignature
{
    QString quarter; // empty: the oldest that is not signed
    QString comment;
};

struct ExceptionRequest
{
    QString tenant;
    QString text;
    std::optional<QDateTime> expiresAt; // needed; at most a year ahead
};

QJsonObject toJson(const ZoneRecord& record);
QJsonObject toJson(const ZoneException& exception);
QJsonObject toJson(const ZoneAudit& audit);
QJsonObject toJson(const AuditSignature& signature);
QJsonObject toJson(const ExceptionRequest& request);
Result<ZoneRecord> zoneRecordFromJson(const QJsonObject& json);
Result<ZoneException> zoneExceptionFromJson(const QJsonObject& json);
Result<ZoneAudit> zoneAuditFromJson(const QJsonObject& json);
Result<AuditSignature> auditSignatureFromJson(const QJsonObject& json);
Result<ExceptionRequest> exceptionRequestFromJson(const QJsonObject& json);

} // namespace gateway::api
