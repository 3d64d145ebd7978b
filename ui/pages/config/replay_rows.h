// How the parts of a replay read in tables and sentences. Pure functions; UI thread.
#pragma once

#include "api/replay.h"
#include "models/call_facts.h"
#include "widgets/cell.h"
#include "widgets/summary_strip.h"

namespace ui::config {

QString effectWords(const QString& effect);
Status effectStatus(const QString& effect);
QVector<SummaryCell> replayCells(const gateway::api::ReplayReport& report);
QVector<models::Fact> replayFacts(const gateway::api::ReplayReport& report);
QVector<Cell> rowOf(const gateway::api::ReplayChange& change);
// What was before and what would be, with the difference.
QVector<Cell> rowOf(const gateway::api::ReplayCount& count);
// Limits of providers and budgets that would not have held, or would hold no more.
QVector<QVector<Cell>> limitRows(const gateway::api::ReplayReport& report);
QString signedDollars(const gateway::api::Money& amount);

} // namespace ui::config
