// The story's zone check and checklist. Only story_control.cpp and tests include this.
#pragma once

#include "api/checklist.h"
#include "api/zone_check.h"

namespace ui::testing {

gateway::api::ZoneCheck storyZones(bool isEmpty);
QVector<gateway::api::ChecklistItem> storyChecklist(bool isEmpty);

} // namespace ui::testing
