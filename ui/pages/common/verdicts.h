// Verdicts of checks over the record (the zero-rows check, the verification of the log) as shape and word: PASS FAIL
// NO_DATA INCOMPLETE each look different, and what is not known is never taken for a pass. Any thread; pure functions.
#pragma once

#include "theme/status_paint.h"

#include <QString>

namespace ui {

Status verdictStatus(const QString& verdict);
QString verdictWord(const QString& verdict); // one that a newer engine may have: as it was sent
// What needs somebody first: fail, incomplete, no data, pass.
int verdictRank(const QString& verdict);

} // namespace ui
