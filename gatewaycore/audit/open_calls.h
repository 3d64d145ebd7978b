// OpenCalls: the list of calls that are under way, kept in a memory-mapped file in the data directory, so that it
// survives kill -9 without a system call per call. A worker opens a slot before the first upstream byte and closes it
// when the call's record is settled. What is still open at the next start and not in the record is written to it as
// "indeterminate", once. A power cut may lose what was noted since the last flush(), or since the kernel wrote the
// pages by itself: at most the calls then in flight; see decisions/0012-open-calls.md, which also has the format.
// Threads: map, leftOver and clearLeftOver on the control thread before the workers start; then each worker owns its
// own Region, which is used by one thread only; flush() on any one thread.
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
        // The slot's number, or -1 if all are taken (the call must then be refused). Long texts of callers are cut.
        int open(const api::Call& call);
        // One more attempt: provider/model@region is about to be called, and this is reserved for it (empty: unpriced).
        void note(int slot, QStringView candidate, std::optional<api::Money> reserved);
        // The attempt under way is over and cost this (empty: unpriced). Call it when its reservation is settled.
        // `known` false: nobody can say, and the cost (what was reserved) stands in for it; recovery says the same.
        void settled(int slot, std::optional<api::Money> cost, bool known = true);
        void close(int slot);
        int freeSlots() const { return int(m_free.size()); }

    private:
        friend class OpenCalls;
        unsigned char* m_base = nullptr;
        std::vector<int> m_free;
    };

    // Maps (creates or grows) the file for this many workers. Calls found open are in leftOver(); their slots are freed
    // only by clearLeftOver(), after they have been recorded.
    static api::Result<std::unique_ptr<OpenCalls>> map(
        const QString& directory, int workers, int slotsPerWorker = 4096);
    ~OpenCalls();

    // With outcome indeterminate and, if one was noted, the last attempt: at its cost if it was settled, else at what
    // was reserved for it, marked as not known. What earlier attempts cost is one attempt before it, of a provider that
    // is not known (so a provider's own budget does not see it).
    const std::vector<api::Call>& leftOver() const { return m_leftOver; }
    int damaged() const { return m_damaged; } // slots that were open but did not verify (a power cut, a bad disk)
    void clearLeftOver();
    // What is noted reaches the disk (a few ms): called now and then, not per call. False on an I/O error.
    bool flush();
    Region& region(int worker) { return *m_regions[std::size_t(worker)]; }

private:
    OpenCalls() = default;
    QFile m_file;
    unsigned char* m_map = nullptr;
    qint64 m_size = 0;
    std::vector<std::unique_ptr<Region>> m_regions;
    std::vector<api::Call> m_leftOver;
    std::vector<int> m_leftOverSlots;
    int m_damaged = 0;
    int m_slotsPerWorker = 0;
};

} // namespace gateway::audit
