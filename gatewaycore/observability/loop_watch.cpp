#include "observability/loop_watch.h"

#include "observability/log.h"
#include "observability/watched_loop.h"

#include <QAbstractEventDispatcher>
#include <QFile>

#include <algorithm>
#include <ctime>
#include <unistd.h>

namespace gateway::observability {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

Monotonic coarseNow()
{
#ifdef Q_OS_LINUX
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
#else
    return std::chrono::steady_clock::now().time_since_epoch();
#endif
}

LoopWatchOptions completed(LoopWatchOptions options)
{
    if (!options.now)
        options.now = &coarseNow;
    return options;
}

QString oneLine(const QString& file)
{
    QFile source(file);
    return source.open(QIODevice::ReadOnly) ? QString::fromLatin1(source.read(512)).simplified() : QString();
}

// What the kernel tells of a thread of ours: running or waiting, in which of its functions, in which system call.
QString whereIs(qint64 threadId)
{
    const QString directory = QStringLiteral("/proc/self/task/%1/").arg(threadId);
    const QString stat = oneLine(directory + QStringLiteral("stat"));
    const QString state = stat.mid(stat.lastIndexOf(QLatin1Char(')')) + 2, 1);
    const QString channel = oneLine(directory + QStringLiteral("wchan"));
    const QString call = oneLine(directory + QStringLiteral("syscall")).section(QLatin1Char(' '), 0, 0);
    QString said = QStringLiteral("state %1").arg(state.isEmpty() ? QStringLiteral("unknown") : state);
    if (!channel.isEmpty() && channel != QLatin1String("0"))
        said += QStringLiteral(", waits in %1").arg(channel);
    if (!call.isEmpty() && call != QLatin1String("running"))
        said += QStringLiteral(", system call %1").arg(call);
    return said;
}

void writeLine(const StuckLoop& loop)
{
    log(LogLevel::Error, "loop.stuck",
        {{"name", loop.thread}, {"duration_ms", qint64(duration_cast<milliseconds>(loop.busy).count())},
            {"state", loop.where},
            {"hint", QStringLiteral("eu-stack -p %1 (package elfutils) shows where thread %2 is.")
                         .arg(::getpid())
                         .arg(loop.threadId)}});
}

QString words(Monotonic time)
{
    const qint64 ms = duration_cast<milliseconds>(time).count();
    return ms < 1000     ? QStringLiteral("%1 ms").arg(ms)
           : ms < 90'000 ? QStringLiteral("%1 s").arg(double(ms) / 1000, 0, 'f', 1)
                         : QStringLiteral("%1 min").arg(ms / 60'000);
}

} // namespace

LoopWatch::LoopWatch(LoopWatchOptions options) : m_options(completed(std::move(options))), m_thread([this] { run(); })
{
}

LoopWatch::~LoopWatch()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stop = true;
    }
    m_wake.notify_one();
    m_thread.join();
}

std::unique_ptr<WatchedLoop> LoopWatch::watchThisThread(const QString& name)
{
    if (!QAbstractEventDispatcher::instance())
        return nullptr;
    auto loop = std::make_unique<WatchedLoop>(*this, name);
    const std::lock_guard lock(m_mutex);
    m_loops.push_back(loop.get());
    return loop;
}

void LoopWatch::forget(WatchedLoop& loop)
{
    const std::lock_guard lock(m_mutex);
    std::erase(m_loops, &loop);
}

void LoopWatch::rouse()
{
    {
        const std::lock_guard lock(m_mutex);
        m_asleep.store(false, std::memory_order_seq_cst);
    }
    m_wake.notify_one();
}

// The loops that have not come round for too long and of which it was not said yet; twice the time until it is said
// again. `soonest`: when the next may have to be told of; 0: all wait.
std::vector<StuckLoop> LoopWatch::stuckNow(Monotonic now, Monotonic& soonest)
{
    std::vector<StuckLoop> stuck;
    soonest = Monotonic(0);
    for (WatchedLoop* loop : m_loops) {
        const qint64 since = loop->enteredNs.load(std::memory_order_seq_cst);
        if (since == 0)
            continue;
        if (loop->m_toldOf != since) {
            loop->m_toldOf = since;
            loop->m_tellAgainAfter = m_options.stuck;
        }
        if (const Monotonic busy = now - Monotonic(since); busy >= loop->m_tellAgainAfter) {
            loop->m_tellAgainAfter = busy * 2;
            stuck.push_back({loop->m_name, loop->m_threadId, busy, {}});
        }
        const Monotonic due = Monotonic(since) + loop->m_tellAgainAfter;
        soonest = soonest.count() == 0 ? due : std::min(soonest, due);
    }
    return stuck;
}

void LoopWatch::run()
{
#ifdef Q_OS_LINUX
    ::pthread_setname_np(::pthread_self(), "loop-watch");
#endif
    std::unique_lock lock(m_mutex);
    while (!m_stop) {
        m_asleep.store(true, std::memory_order_seq_cst);
        Monotonic soonest{0};
        std::vector<StuckLoop> stuck = stuckNow(m_options.now(), soonest);
        if (soonest.count() == 0) {
            m_wake.wait(lock, [this] { return m_stop || !m_asleep.load(std::memory_order_seq_cst); });
            // a turn is short as a rule: one look a second later, not at each of them
            if (!m_stop)
                soonest = m_options.now() + m_options.stuck;
        }
        m_asleep.store(false, std::memory_order_seq_cst);
        if (!stuck.empty()) {
            lock.unlock(); // a loop that ends meanwhile does not wait for us
            for (StuckLoop& loop : stuck) {
                loop.where = whereIs(loop.threadId);
                m_options.tell ? m_options.tell(loop) : writeLine(loop);
            }
            lock.lock();
        }
        // never shorter than a tenth of the bound we look for: a due time that has just passed must not make us spin
        const Monotonic pause = std::max(soonest - m_options.now(), m_options.stuck / 10);
        m_wake.wait_for(lock, pause, [this] { return m_stop; });
        m_looks.fetch_add(1, std::memory_order_relaxed);
    }
}

std::vector<LoopFacts> LoopWatch::facts() const
{
    const Monotonic now = m_options.now();
    const std::lock_guard lock(m_mutex);
    std::vector<LoopFacts> all;
    all.reserve(m_loops.size());
    for (const WatchedLoop* loop : m_loops)
        all.push_back(loop->facts(now));
    return all;
}

api::Part LoopWatch::health() const
{
    const std::vector<LoopFacts> all = facts();
    api::Part part{QStringLiteral("event loops"), api::Health::Ok, {}};
    qint64 stalls = 0;
    const LoopFacts* longest = nullptr;
    const LoopFacts* last = nullptr;
    for (const LoopFacts& loop : all) {
        if (loop.busy >= m_options.stuck) {
            part.health = api::Health::Degraded;
            part.detail += QStringLiteral("%1 has not come round for %2. ").arg(loop.thread, words(loop.busy));
        }
        if (loop.stalls == 0)
            continue;
        stalls += loop.stalls;
        longest = !longest || loop.longest > longest->longest ? &loop : longest;
        last = !last || loop.lastAt > last->lastAt ? &loop : last;
    }
    if (stalls == 0) {
        part.detail += QStringLiteral("None was held up for longer than %1.").arg(words(m_options.bound));
    } else {
        part.detail += QStringLiteral("Held up %1 for longer than %2: longest %3 (%4), last %5 (%6), %7 ago.")
                           .arg(stalls == 1 ? QStringLiteral("once") : QStringLiteral("%1 times").arg(stalls),
                               words(m_options.bound), words(longest->longest), longest->thread, words(last->last),
                               last->thread, words(m_options.now() - last->lastAt));
    }
    return part;
}

} // namespace gateway::observability
