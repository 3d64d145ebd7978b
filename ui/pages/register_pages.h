// All pages that exist, in the order of the rail. The application and the gallery call it once; a new page is one row
// in the .cpp. Thread: UI.
#pragma once

#include "shell/page_registry.h"

#include <memory>

namespace ui {

class GatewayProbe;

// `probe` speaks to the data plane for the Server page; without one a real HTTP probe is made.
PageRegistry allPages(std::shared_ptr<GatewayProbe> probe = nullptr);

} // namespace ui
