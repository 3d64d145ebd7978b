// Kept content: prompts and answers that a tenant's retention keeps, what is kept of whom, and break-glass, the only
// way to read it. Values of GET content, content/grants, calls/{id}/content and audit/retention. Any thread. A grant is
// asked for by one person, approved by another, holds for hours and ends by itself; nobody reads without one, whatever
// their role. Units: times UTC; sizes in bytes, as kept.
#pragma once

#include "api/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QString>
#include <QVector>

#include <optional>

namespace gateway::api {

// The request and the answer of one call, decrypted: GET calls/{id}/content.
struct KeptContent
{
    QString call; // its id
    QString tenant;
    QDateTime keptAt;
    QDateTime expiresAt; // from then on nobody can read it, under any grant
    QString encoding;    // utf-8, or base64 where a body is not text
    QString request;     // the body as the caller sent it
    QString answer;      // as the caller got it; of a stream its events
    bool requestCut = false;
    bool answerCut = false; // longer than is kept of one call, or the call ended first
    QString grant;          // under which it was read
};

// Who may read what until when. States: asked (nobody has approved it), in-force, ended (by somebody), expired, lapsed
// (not approved within a day).
struct ContentGrant
{
    static constexpr qint64 kMostHours = 24;      // that one holds
    static constexpr qint64 kHoursToApprove = 24; // then it lapses

    QString id; // "cgr_..."
    QString state;
    QString tenant;
    QString call;                   // this call alone; empty: all of the tenant in the period
    std::optional<QDateTime> since; // of the calls' beginning; both or none
    std::optional<QDateTime> until;
    qint64 hours = 1; // from the approval
    QString askedBy;  // who alone may read under it
    QDateTime askedAt;
    QString reason;
    QString approvedBy; // another person
    std::optional<QDateTime> approvedAt;
    QString approvalReason;
    std::optional<QDateTime> expiresAt;
    QString endedBy;
    std::optional<QDateTime> endedAt;
    qint64 reads = 0; // each is in the audit log
    std::optional<QDateTime> lastReadAt;
};

struct ContentGrantRequest
{
    QString tenant;
    QString call;
    std::optional<QDateTime> since;
    std::optional<QDateTime> until;
    qint64 hours = 1;
};

// What is kept of one tenant: of those that keep something, or of whom something is left.
struct TenantContent
{
    QString tenant;
    QString retain; // none sampled all, as the config in force says
    qint64 ttlSeconds = 0;
    int samplePercent = 0; // of sampled
    qint64 items = 0;
    qint64 bytes = 0;
    std::optional<QDateTime> oldest;
};

struct ContentStatus
{
    QVector<TenantContent> tenants; // by name
    qint64 bytes = 0;
    qint64 largestBytes = 0; // beyond that the oldest goes first
    qint64 kept = 0;         // since the engine started
    qint64 dropped = 0;      // not kept because keeping was behind or failed: the call went on
    qint64 purged = 0;       // at the end of their time, or to make room; since the engine started
    std::optional<QDateTime> lastPurge;
    QString sentence; // how keeping is doing
};

// How old records may become (audit.retention), and what was removed: GET audit/retention.
struct RecordRetention
{
    qint64 hours = 0;
    bool stated = false;                  // by the config: nothing is removed otherwise
    std::optional<QDateTime> oldest;      // the oldest record there is
    std::optional<QDateTime> removeUntil; // what began before may go now
    std::optional<QDateTime> lastPurge;
    qint64 removed = 0; // calls, over all runs
    QString sentence;
};

QJsonObject toJson(const KeptContent& content);
QJsonObject toJson(const ContentGrant& grant);
QJsonObject toJson(const ContentGrantRequest& request);
QJsonObject toJson(const ContentStatus& status);
QJsonObject toJson(const RecordRetention& retention);
Result<KeptContent> keptContentFromJson(const QJsonObject& json);
Result<ContentGrant> contentGrantFromJson(const QJsonObject& json);
Result<ContentGrantRequest> contentGrantRequestFromJson(const QJsonObject& json);
Result<ContentStatus> contentStatusFromJson(const QJsonObject& json);
Result<RecordRetention> recordRetentionFromJson(const QJsonObject& json);

} // namespace gateway::api
