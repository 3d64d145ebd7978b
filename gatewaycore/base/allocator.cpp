#include "base/allocator.h"

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace gateway {

void setUpAllocator()
{
#ifdef __GLIBC__
    // what is free at the top of a heap stays there up to the first figure, and heaps grow by the second at least
    ::mallopt(M_TRIM_THRESHOLD, 8 << 20);
    ::mallopt(M_TOP_PAD, 1 << 20);
    // Setting either of them also ends the threshold's own growth. Bodies of 1 MiB and more come from the kernel and go
    // back to it at once; left to itself the threshold rises to 32 MiB, and what large bodies left behind stayed.
    ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

} // namespace gateway
