// The status shapes (design tokens, section 5): state is told by shape and letter first, by colour second. One function
// draws them everywhere, from 12 to 32 px. A shape never stands without a word, a number or an accessible name.
// Thread: UI.
#pragma once

#include "theme/token.h"

#include <QIcon>
#include <QRectF>
#include <QString>
#include <QVector>

class QPainter;

namespace ui {

enum class Status
{
    Ok,
    Degraded,  // also watch, late, stale
    Down,      // also fail, open
    CannotSay, // an expected judgement is missing; alarms like degraded
    Unknown,   // also no data
    Paused,    // also drained
    Canary,
    NotApplicable,
    NotReached, // a step of a lifecycle that has not come yet
};

// How one attempt of a call ended, in the order of the row of glyphs.
enum class AttemptGlyph
{
    Failed,
    Answered,
    Skipped,
    CacheHit,
    Refused
};

void paintStatus(QPainter& painter, const QRectF& rect, Status status);
// The plain word: "OK", "Degraded", "Cannot say" ...
QString statusWord(Status status);
Token statusToken(Status status);
Token statusTint(Status status);
// The colour of a status as a word on panel and tint. NotApplicable and NotReached read as text.3.
bool statusIsDashed(Status status);
QIcon statusIcon(Status status);

// Left to right from rect.left(), vertically centred; returns the width used.
qreal paintAttempts(QPainter& painter, const QRectF& rect, const QVector<AttemptGlyph>& attempts);
qreal attemptsWidth(qsizetype count);
// "3 attempts: failed, skipped, answered"
QString attemptsText(const QVector<AttemptGlyph>& attempts);
QString attemptWord(AttemptGlyph glyph);
void paintAttempt(QPainter& painter, const QRectF& rect, AttemptGlyph glyph);

// A configuration change on a time axis (open diamond) and an incident (filled octagon); rect is 10 and 12 px.
void paintConfigMarker(QPainter& painter, const QRectF& rect);
void paintIncidentMarker(QPainter& painter, const QRectF& rect);

} // namespace ui
