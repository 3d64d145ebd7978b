// Scratch: the one buffer per thread that sockets are read into. It is not zeroed, belongs to whoever reads for as long
// as that lasts, and is why an idle connection holds no buffer. A reader inside a reader (a handler that runs a nested
// event loop) gets one of its own.
#pragma once

#include <memory>

namespace gateway::http {

class Scratch
{
public:
    static constexpr int kSize = 64 * 1024;

    Scratch()
    {
        Shared& shared = ofThread();
        if (!shared.taken) {
            m_shared = &shared;
            shared.taken = true;
            if (!shared.bytes)
                shared.bytes.reset(new char[kSize]);
        } else {
            m_own.reset(new char[kSize]);
        }
    }
    ~Scratch()
    {
        if (m_shared)
            m_shared->taken = false;
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    char* data() { return m_shared ? m_shared->bytes.get() : m_own.get(); }

private:
    struct Shared
    {
        std::unique_ptr<char[]> bytes;
        bool taken = false;
    };
    static Shared& ofThread()
    {
        thread_local Shared shared;
        return shared;
    }

    Shared* m_shared = nullptr;
    std::unique_ptr<char[]> m_own;
};

} // namespace gateway::http
