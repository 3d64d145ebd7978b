#include "api/role.h"

namespace gateway::api {
namespace {

constexpr std::array kNames{"viewer", "auditor", "developer", "operator", "admin"};

} // namespace

QString nameOf(Role role)
{
    return QString::fromLatin1(kNames[static_cast<std::size_t>(role)]);
}

std::optional<Role> roleFromName(QStringView name)
{
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        if (name == QLatin1String(kNames[i]))
            return kRoles[i];
    }
    return std::nullopt;
}

} // namespace gateway::api
