// A standing invariant with what its monitor last found. A value of the admin API (GET limits). Any thread.
#pragma once

#include "api/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QString>

#include <optional>

namespace gateway::api {

struct Invariant
{
    QString name;  // false_refusal degraded_share scope_subset ...
    QString state; // holds broken unknown
    QString sentence;
    qint64 checked = 0; // how many records or cases the verdict rests on; 0: nothing to say
    qint64 violations = 0;
    std::optional<double> value; // of those that have one, with its bound
    std::optional<double> bound;
    QDateTime asOf;
    std::optional<QDateTime> lastViolation;
    QString example; // id of a call that shows it
};

QJsonObject toJson(const Invariant& invariant);
Result<Invariant> invariantFromJson(const QJsonObject& json);

} // namespace gateway::api
