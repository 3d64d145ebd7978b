// What a principal that is bound to tenants may read of the events: those of its tenants, and those of the engine that
// tell of no tenant. Every other event keeps its number and loses all else (type "hidden", no data), so that the
// sequence stays gapless for it too. Control thread; pure.
#pragma once

#include "admin/principal.h"
#include "api/admin_transport.h"

namespace gateway::admin {

// As this principal may read it.
api::Event readBy(const Principal& principal, api::Event event);

inline constexpr const char* kHiddenEvent = "hidden";

} // namespace gateway::admin
