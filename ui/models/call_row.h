// One row of the Traffic table: the call and its texts, made once when the row arrives so that a repaint makes none.
// The model hands rows out as pointers that live until its next change. UI thread; a value.
#pragma once

#include "api/call.h"

#include <QMetaType>
#include <QString>
#include <QVector>

namespace ui::models {

struct CallRow
{
    gateway::api::Call call;
    QString time;
    QString outcome;
    QString servedBy; // provider/model; "none" when nobody answered
    QString fallback;
    QString firstToken;
    QString total;
    QString own;
    QString tokens;
    QString cost;
    QString attempts; // for accessibility and copy: "3 attempts: failed, skipped, answered"
    // One glyph each; a call refused before any attempt has the one glyph Refused.
    QVector<gateway::api::AttemptResult> glyphs;
};

CallRow makeCallRow(gateway::api::Call call);
QString outcomeWord(gateway::api::CallOutcome outcome); // "Answered"

} // namespace ui::models

Q_DECLARE_METATYPE(const ui::models::CallRow*)
