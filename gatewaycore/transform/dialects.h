// The register of dialects: every surface there is, by the name it has in records. Constants; any thread.
#pragma once

#include "transform/surface.h"

#include <span>

namespace gateway::transform {

std::span<const Surface* const> surfaces();
const Surface* surfaceByName(QStringView name); // nullptr: there is none

} // namespace gateway::transform
