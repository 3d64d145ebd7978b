// The capability matrix of the story: its candidates as the engine would tell them. Thread: UI.
#pragma once

#include "api/capability.h"

namespace ui::testing {

QVector<gateway::api::CandidateCapabilities> storyCapabilities(bool isEmpty);

} // namespace ui::testing
