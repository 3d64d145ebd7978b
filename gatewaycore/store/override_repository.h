// The table of run-time changes made by people: levers, forced breakers, raised budgets. Whoever keeps one decides what
// its kind and body say; the table only keeps it over restarts. Functions for Store::submit: they run on the store
// thread inside its transaction.
#pragma once

#include <QJsonObject>
#include <QString>

#include <optional>
#include <vector>

class QSqlDatabase;

namespace gateway::store {

struct OverrideRow
{
    QString id;
    QString kind; // "lever", "budget_raise" ...
    QJsonObject body;
    qint64 setMs = 0;
    qint64 endsMs = 0;  // 0: without end
    qint64 endedMs = 0; // 0: still in force; else when it was taken back or ran out
};

bool putOverride(QSqlDatabase& database, const OverrideRow& row); // a row of this id is replaced
// In force at `nowMs`, or all of them; oldest first. Nothing if one cannot be read: half a list would be a guess.
std::optional<std::vector<OverrideRow>> overridesInForce(QSqlDatabase& database, qint64 nowMs);
std::optional<std::vector<OverrideRow>> allOverrides(QSqlDatabase& database);

} // namespace gateway::store
