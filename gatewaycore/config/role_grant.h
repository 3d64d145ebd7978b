// An admin principal of the config file and its role. Any thread; a value. One that names a certificate comes with that
// client certificate; one that does not is issued a token by name (`signalboxctl principal issue`), and the role of the
// file wins over the one it was issued with.
#pragma once

#include "api/role.h"

#include <QString>
#include <QStringList>

namespace gateway::config {

using api::Role;

struct RoleGrant
{
    QString principal;
    Role role = Role::Viewer;
    QStringList tenants; // empty: all
    QString certificate; // SHA-256 of the client certificate, 64 hex digits; empty: a token
};

} // namespace gateway::config
