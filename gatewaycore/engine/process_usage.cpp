#include "engine/process_usage.h"

#include <QDir>
#include <QFile>

#include <sys/resource.h>
#include <unistd.h>

namespace gateway::engine {

ProcessUsage ProcessUsageReader::read()
{
    ProcessUsage usage;
    QFile statm(QStringLiteral("/proc/self/statm"));
    if (statm.open(QIODevice::ReadOnly)) {
        const QList<QByteArray> pages = statm.readAll().split(' ');
        if (pages.size() > 1)
            usage.residentBytes = pages[1].toLongLong() * ::sysconf(_SC_PAGESIZE);
    }
    usage.openFiles = int(
        QDir(QStringLiteral("/proc/self/fd")).entryList(QDir::NoDotAndDotDot | QDir::AllEntries | QDir::System).size());

    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const qint64 cpuUs =
        (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1'000'000ll + used.ru_utime.tv_usec + used.ru_stime.tv_usec;
    const Monotonic now = m_clock.monotonic();
    if (m_lastAt.count() != 0 && now > m_lastAt)
        usage.cpuPercent = double(cpuUs - m_lastCpuUs) * 100'000.0 / double((now - m_lastAt).count());
    m_lastAt = now;
    m_lastCpuUs = cpuUs;
    return usage;
}

int threadsOfProcess()
{
    return int(QDir(QStringLiteral("/proc/self/task")).entryList(QDir::NoDotAndDotDot | QDir::Dirs).size());
}

void raiseFileLimit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

} // namespace gateway::engine
