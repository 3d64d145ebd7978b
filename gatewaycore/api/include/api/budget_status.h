// Budgets as they stand: whose money, which window, how much is settled, reserved and left, and where it is heading.
// Values of the admin API (GET budgets, POST budgets/{id}/raise). Any thread; values. "Unknown" is an empty optional.
#pragma once

#include "api/money.h"
#include "api/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QString>
#include <QVector>

#include <optional>

namespace gateway::api {

// Whose use a budget or a quota counts. Empty members are not restricted; all empty is the whole gateway.
struct Scope
{
    QString tenant;
    QString feature;
    QString agent;
    QString alias;
    QString provider;

    friend bool operator==(const Scope&, const Scope&) = default;
};
QString describe(const Scope& scope); // "tenant acme, alias fast-summariser", "the whole gateway"

// What was settled in the window up to this time.
struct SpendPoint
{
    QDateTime at;
    Money settled;
};

struct BudgetStatus
{
    QString id; // stable over restarts
    Scope scope;
    QString period;   // hour day week month quarter year
    QString timeZone; // IANA; the window's edges are midnights (or hours) there
    QDateTime windowStart;
    QDateTime windowEnd;
    Money limit;           // in force now, with a raise
    Money configuredLimit; // of the config
    Money settled;
    Money reserved;
    qint64 openReservations = 0;
    qint64 calls = 0;       // attempts settled in this window
    qint64 refusals = 0;    // calls refused in this window
    qint64 unpriced = 0;    // attempts that cost nobody knows what
    qint64 overruns = 0;    // attempts that cost more than was reserved
    QVector<int> softMarks; // percent, rising
    int softMark = 0;       // the highest that settled + reserved has passed; 0: none
    QString atLimit;        // refuse degrade warn
    QString estimate;       // upper_bound learned
    std::optional<Money> raisedTo;
    std::optional<QDateTime> raiseEnds;
    std::optional<Money> forecast; // settled at the window's end, straight on
    QVector<SpendPoint> history;   // of this window, rising; may be empty

    Money left() const; // limit less settled and reserved; never below zero
    // settled + reserved in percent of the limit; nothing for a limit of zero
    std::optional<double> usedPercent() const;
};

// Straight on from the window's beginning to its end; nothing before 5 % of the window has passed.
std::optional<Money> straightForecast(
    Money settled, const QDateTime& windowStart, const QDateTime& windowEnd, const QDateTime& now);

// POST budgets/{id}/raise: another limit for a time; without `until` to the end of the window.
struct BudgetRaise
{
    std::optional<Money> limit;
    std::optional<QDateTime> until;
    bool end = false; // back to the configured limit; limit and until are not given then
};

QJsonObject toJson(const BudgetStatus& budget);
Result<BudgetStatus> budgetStatusFromJson(const QJsonObject& json);
QJsonObject toJson(const BudgetRaise& raise);
Result<BudgetRaise> budgetRaiseFromJson(const QJsonObject& json);

} // namespace gateway::api
