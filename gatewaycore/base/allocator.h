// How the C library's allocator gives memory back, set once in programs that hold an engine, before their first thread.
// Its default hands the top of a thread's heap back to the kernel whenever 128 KiB are free there, and asks for it again
// a few calls later, page by page: a worker spent one system call in five calls on it (decision 0147). Any allocator but
// glibc's is left as it is.
#pragma once

namespace gateway {

void setUpAllocator();

} // namespace gateway
