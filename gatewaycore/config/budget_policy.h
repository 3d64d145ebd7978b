// A budget as configured: whose money, how much, per what period, and what happens at its limit. Any thread; a value.
#pragma once

#include "api/money.h"

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

// Empty members are not restricted; all empty is the whole gateway.
struct BudgetScope
{
    QString tenant;
    QString feature;
    QString agent;
    QString alias;
    QString provider;
};

struct BudgetPolicy
{
    BudgetScope scope;
    BudgetPeriod period = BudgetPeriod::Month;
    QByteArray timeZone = "UTC"; // IANA; known to exist
    api::Money amount;
    QVector<int> softPercents; // rising
    AtLimit atLimit = AtLimit::Refuse;
};

} // namespace gateway::config
