// The card of a drill as a sheet: who served its calls at which step, what they paid in time, and how soon it was
// restored. Values in. Thread: UI; deletes itself when closed.
#pragma once

#include "api/lever.h"

namespace ui {
class Sheet;
}
class QWidget;

namespace ui::providers {

// Opens it over the window.
Sheet* showDrillCard(QWidget* window, const gateway::api::DrillCard& card);

} // namespace ui::providers
