// A budget as configured: whose money, how much, per what period, and what happens at its limit. Any thread; a value.
#pragma once

#include "api/money.h"
#include "config/usage_scope.h"

#include <QString>
#include <QVector>

namespace gateway::config {

enum class BudgetPeriod
{
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year
};
enum class AtLimit
{
    Refuse,
    Degrade,
    Warn
};

// What is reserved before a call: its upper bound, or what calls like it have been found to cost.
enum class EstimateMode
{
    UpperBound,
    Learned
};

struct BudgetPolicy
{
    UsageScope scope;
    BudgetPeriod period = BudgetPeriod::Month;
    QByteArray timeZone = "UTC"; // IANA; known to exist
    api::Money amount;
    QVector<int> softPercents; // rising
    AtLimit atLimit = AtLimit::Refuse;
    EstimateMode estimate = EstimateMode::UpperBound;
};

QString nameOf(BudgetPeriod period); // as in the config
QString nameOf(AtLimit atLimit);
QString nameOf(EstimateMode mode);

} // namespace gateway::config
