// How a canary's sides and guards read in tables. An unknown value is said, never a zero. Pure functions; UI thread.
#pragma once

#include "api/canary.h"
#include "models/call_facts.h"
#include "widgets/cell.h"

namespace ui::config {

QString guardName(const QString& guard);
QVector<Cell> rowOf(const gateway::api::CanaryGuard& guard);
// What is counted of both sides: label, control, canary.
QVector<QVector<Cell>> armRows(const gateway::api::CanaryStatus& canary);
QVector<models::Fact> canaryFacts(const gateway::api::CanaryStatus& canary, const QDateTime& now);

} // namespace ui::config
