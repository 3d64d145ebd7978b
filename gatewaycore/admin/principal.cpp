#include "admin/principal.h"

#include <array>

namespace gateway::admin {

QString nameOf(Principal::By by)
{
    static constexpr std::array kNames{"embedded", "local-token", "token", "certificate", "pairing"};
    return QString::fromLatin1(kNames[static_cast<std::size_t>(by)]);
}

} // namespace gateway::admin
