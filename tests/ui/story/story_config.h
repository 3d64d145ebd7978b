// The story's drafts, revisions, canary and replay: d7 is in its canary at 5 %, d8 has findings that block it, the file
// was changed by hand. Thread: UI.
#pragma once

#include "fake_transport.h"

#include "api/canary.h"
#include "api/config_change.h"
#include "api/replay.h"

namespace ui::testing {

gateway::api::ConfigStanding storyStanding();
QVector<gateway::api::Draft> storyDrafts(); // with texts and findings
QVector<gateway::api::Revision> storyRevisions();
gateway::api::DiffReport storyDifference();
gateway::api::CanaryStatus storyCanary();
gateway::api::ReplayReport storyReplay();

void tellConfig(FakeTransport& transport, bool isEmpty);

} // namespace ui::testing
