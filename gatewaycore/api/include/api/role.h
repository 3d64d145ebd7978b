// Role: what an admin principal may do, by the names of the contract. Roles are not a ladder: what each may do is said
// route by route (admin/routes.cpp), and a client learns its own from GET /api/v1/whoami. Any thread; values.
//   viewer     the state and the record of calls, no content
//   auditor    what a viewer sees, the audit log and evidence; every read of an auditor is itself recorded
//   developer  what a viewer sees, and questions that change nothing: explain a route, check a config
//   operator   what a viewer sees, the levers, incidents and the audit log
//   admin      everything
#pragma once

#include <QString>

#include <array>
#include <optional>

namespace gateway::api {

enum class Role
{
    Viewer,
    Auditor,
    Developer,
    Operator,
    Admin
};

inline constexpr std::array kRoles{Role::Viewer, Role::Auditor, Role::Developer, Role::Operator, Role::Admin};

QString nameOf(Role role); // viewer auditor developer operator admin
std::optional<Role> roleFromName(QStringView name);

} // namespace gateway::api
