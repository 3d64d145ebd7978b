// Three texts made one: what was changed from the base on either side is taken, line by line; where both changed the
// same lines in different ways the merged text has both between marks, and the place is reported. A text with marks is
// no config, so it cannot come into force by accident. Any thread; pure functions.
#pragma once

#include "api/config_change.h"

#include <QByteArray>

#include <utility>
#include <vector>

namespace gateway::config {

api::MergeResult merged(const QByteArray& base, const QByteArray& ours, const QByteArray& theirs);
bool hasMergeMarks(const QByteArray& text);
QVector<api::MergeConflict> conflictsIn(const QByteArray& text); // by its marks

// Lines with their line breaks; the last one may have none.
std::vector<QByteArray> linesOf(const QByteArray& text);
// For each line of `a` its place in `b`, or -1: a longest common subsequence. Two texts that differ in more than some
// thousand lines are told apart as a whole.
std::vector<int> matched(const std::vector<QByteArray>& a, const std::vector<QByteArray>& b);

} // namespace gateway::config
