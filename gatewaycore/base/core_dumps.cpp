#include "base/core_dumps.h"

#include <algorithm>

#include <sys/resource.h>

namespace gateway {

void forbidCoreDumps()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_CORE, &limit) != 0)
        return;
    limit.rlim_cur =
        std::min<rlim_t>(1, limit.rlim_max); // a byte: less than any dump has, and the kernel's word for none
    ::setrlimit(RLIMIT_CORE, &limit);
}

} // namespace gateway
