// Served aggregates: a metric of one scope over time, already bucketed by the engine, so that a console never scans the
// record. A bucket without calls has n = 0 and is a gap, not a zero. Any thread; values.
#pragma once

#include "api/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QString>
#include <QVector>

#include <array>

namespace gateway::api {

// How attempts fail, as charts split them.
enum class FailureClass
{
    Http5xx,
    Http429,
    Timeout,
    Connection,
    Truncated,
    Other
};
constexpr int kFailureClasses = 6;
QString nameOf(FailureClass kind); // "5xx" "429" "timeout" "connection" "truncated" "other"

struct SeriesQuery
{
    QString provider; // empty: all providers together
    QString alias;    // empty: all aliases
    QDateTime from;
    QDateTime to;
    int stepSeconds = 60;
};

struct SeriesBucket
{
    QDateTime start;
    qint64 attempts = 0;
    qint64 answered = 0;
    qint64 fallback = 0; // answered, but not by the first attempt
    std::array<qint64, kFailureClasses> failures{};
    std::optional<double> firstTokenP50Ms;
    std::optional<double> firstTokenP95Ms;
    std::optional<double> firstTokenP99Ms;
    std::optional<double> totalP95Ms;

    qint64 failed() const;
};

struct Series
{
    SeriesQuery query;
    QDateTime asOf;
    QVector<SeriesBucket> buckets; // ascending, without holes: an empty bucket is present with attempts = 0
};

QJsonObject toJson(const Series& series);
Result<Series> seriesFromJson(const QJsonObject& json);

} // namespace gateway::api
