// The twenty items of the checklist (product.md), each measured on this engine now. A value of GET checklist. Any
// thread. What is not measured says so and needs a person; it is never green.
#pragma once

#include "api/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QVector>

#include <optional>

namespace gateway::api {

struct ChecklistItem
{
    QString id; // "aliases-pinned"
    int number = 0;
    QString title;
    QString state;    // met not_met partly unknown (not measured by this engine)
    QString evidence; // one sentence with its numbers
    QString link;     // a page of the console that shows it: "routes", "budgets"; empty: none
    QDateTime asOf;
};

QJsonObject toJson(const ChecklistItem& item);
Result<ChecklistItem> checklistItemFromJson(const QJsonObject& json);

} // namespace gateway::api
