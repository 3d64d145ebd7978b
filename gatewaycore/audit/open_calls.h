// OpenCalls: the list of calls that are under way, kept in a memory-mapped file in the data directory, so that it
// survives kill -9 without a system call per call. A worker opens a slot before the first upstream byte and closes it
// when the call's record is settled. What is still open at the next start and not in the record is written to it as
// "indeterminate", once. It does not survive a power cut (the pages may not have reached the disk): what a power cut
// loses is bounded by the calls then in flight; see decisions/0002-open-calls.md.
// Thread: each worker owns its own OpenCalls::Region; a region is used by one thread only. Format: open_calls.cpp.
#pragma once

#include "api/call.h"
#include "api/result.h"

#include <QFile>
#include <QString>

#include <memory>
#include <vector>

namespace gateway::audit {

class OpenCalls
{
public:
    class Region
    {
    public:
        // The slot's number, or -1 if all are taken (the call must then be refused).
        int open(const api::Call& call);
        void note(int slot, QStringView candidate);  // provider/model@region about to be called
        void close(int slot);

    private:
        friend class OpenCalls;
        unsigned char* m_base = nullptr;
        std::vector<int> m_free;
    };

    // Maps (creates or grows) the file for this many workers. Calls found open are in leftOver(); their slots are freed
    // only by clearLeftOver(), after they have been recorded.
    static api::Result<std::unique_ptr<OpenCalls>> map(const QString& directory, int workers, int slotsPerWorker = 4096);
    ~OpenCalls();

    const std::vector<api::Call>& leftOver() const { return m_leftOver; }
    void clearLeftOver();
    Region& region(int worker) { return *m_regions[std::size_t(worker)]; }

private:
    OpenCalls() = default;
    QFile m_file;
    unsigned char* m_map = nullptr;
    qint64 m_size = 0;
    std::vector<std::unique_ptr<Region>> m_regions;
    std::vector<api::Call> m_leftOver;
};

}  // namespace gateway::audit
