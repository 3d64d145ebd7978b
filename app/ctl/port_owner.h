// Who listens on a TCP port of this machine, from /proc. Blocks for as long as reading /proc takes. Any thread.
#pragma once

#include <QString>

#include <optional>

namespace ctl {

struct PortOwner
{
    qint64 pid = 0;  // 0: somebody listens, and we may not see who (another user's process)
    QString program; // "signalboxd"; empty with pid 0
    qint64 user = -1;
};

// Empty: nobody listens there.
std::optional<PortOwner> ownerOfPort(quint16 port);
QString describe(const PortOwner& owner); // "signalboxd, process 4711", "a process of user 33"

} // namespace ctl
