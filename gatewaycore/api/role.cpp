#include "api/role.h"

namespace gateway::api {
namespace {

// in the order of kRoles
constexpr std::array kNames{"viewer", "auditor", "developer", "operator", "admin"};
static_assert(kNames.size() == kRoles.size());

} // namespace

QString nameOf(Role role)
{
    return QString::fromLatin1(kNames[static_cast<std::size_t>(role)]);
}

std::optional<Role> roleFromName(QStringView name)
{
    for (const Role role : kRoles) {
        if (name == QLatin1String(kNames[static_cast<std::size_t>(role)]))
            return role;
    }
    return std::nullopt;
}

} // namespace gateway::api
