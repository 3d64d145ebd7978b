// An admin principal and its role. Any thread; a value.
#pragma once

#include <QString>

namespace gateway::config {

enum class Role
{
    Viewer,
    Auditor,
    Developer,
    Operator,
    Admin
};

struct RoleGrant
{
    QString principal;
    Role role = Role::Viewer;
};

} // namespace gateway::config
