// The parts of the route table, one per noun that has a desk (desks.h); routes.cpp holds the rest and puts them
// together. Only the route table includes this.
#pragma once

#include "admin/router.h"

namespace gateway::admin {

// The sets of roles that routes are open to. Admin is in every one of them (router.h).
inline constexpr Roles kAll{api::Role::Viewer, api::Role::Auditor, api::Role::Developer, api::Role::Operator};
inline constexpr Roles kOperators{api::Role::Operator};
inline constexpr Roles kDevelopers{api::Role::Developer, api::Role::Operator};
inline constexpr Roles kAuditors{api::Role::Auditor, api::Role::Operator};
inline constexpr Roles kAdmins{};

inline QLatin1String operator""_l(const char* text, std::size_t length)
{
    return QLatin1String(text, qsizetype(length));
}

std::vector<Route> configRoutes();
std::vector<Route> rolloutRoutes();
std::vector<Route> replayRoutes();
std::vector<Route> chainRoutes();
std::vector<Route> privacyRoutes();
std::vector<Route> contentRoutes();

} // namespace gateway::admin
