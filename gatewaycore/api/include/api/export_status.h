// How the exports do: what leaves the engine for other systems, and whether it arrives. A value of the admin API (GET
// exports). Any thread. Targets are shown without user, password and query.
#pragma once

#include "api/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QVector>

#include <optional>

namespace gateway::api {

struct ExportStatus
{
    QString name;   // "prometheus", "otlp-traces", "otlp-metrics", or the webhook's own
    QString kind;   // prometheus otlp_traces otlp_metrics webhook
    QString target; // where to, or by whom it was last fetched
    QString state;  // ok failing waiting (nothing sent yet) off
    QString sentence;
    std::optional<QDateTime> lastSuccess;
    std::optional<QDateTime> lastFailure;
    QString lastError;
    qint64 sent = 0;    // spans, points, deliveries, scrapes; since start
    qint64 dropped = 0; // for want of room, or given up
    qint64 queued = 0;
};

// What came back of one test span, one set of points or one test delivery. A receiver that refuses is an answer, not an
// error; prometheus sends nothing and says what there is to fetch.
struct ExportTest
{
    QString name;
    bool ok = false;
    std::optional<int> httpStatus; // empty: no answer
    QString sentence;
    QDateTime at;
};

QJsonObject toJson(const ExportStatus& status);
QJsonObject toJson(const ExportTest& test);
Result<ExportStatus> exportStatusFromJson(const QJsonObject& json);
Result<ExportTest> exportTestFromJson(const QJsonObject& json);

} // namespace gateway::api
