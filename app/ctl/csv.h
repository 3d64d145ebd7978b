// CSV for people who open it in a spreadsheet: RFC 4180, and no cell of ours becomes a formula there. Pure.
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace ctl {

// Text from outside: one that a spreadsheet would take for a formula (it begins with = + - @, a tab or a line end) gets
// an apostrophe before it, which spreadsheets do not show.
QString safeCell(const QString& text);
// One line with its end; the cells are quoted where they must be. Numbers of ours go in as they are.
QByteArray csvLine(const QStringList& cells);

} // namespace ctl
