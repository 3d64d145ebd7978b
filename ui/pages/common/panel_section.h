// A section of a panel: a line above it if wanted, a title, a caption, and the layout its content goes into. Thread:
// UI.
#pragma once

#include <QString>

class QVBoxLayout;

namespace ui {

QVBoxLayout* addPanelSection(QVBoxLayout* into, const QString& title, const QString& caption, bool withLine = true);

} // namespace ui
