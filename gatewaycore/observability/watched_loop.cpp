#include "observability/watched_loop.h"

#include "observability/log.h"

#include <QAbstractEventDispatcher>

#include <sys/syscall.h>
#include <unistd.h>

namespace gateway::observability {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;
constexpr std::chrono::seconds kLineEvery{10};

qint64 threadId()
{
#ifdef Q_OS_LINUX
    return ::syscall(SYS_gettid);
#else
    return 0;
#endif
}

} // namespace

WatchedLoop::WatchedLoop(LoopWatch& watch, const QString& name) : m_watch(watch), m_name(name), m_threadId(threadId())
{
    enter = [](LoopLap& lap) { static_cast<WatchedLoop&>(lap).entered(); };
    QAbstractEventDispatcher* const dispatcher = QAbstractEventDispatcher::instance();
    // both: a loop with work left goes into its next turn without waiting
    m_awake = QObject::connect(dispatcher, &QAbstractEventDispatcher::awake, [this] { comeRound(); });
    m_aboutToBlock = QObject::connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, [this] { comeRound(); });
    t_loopLap = this;
}

WatchedLoop::~WatchedLoop()
{
    QObject::disconnect(m_awake);
    QObject::disconnect(m_aboutToBlock);
    t_loopLap = nullptr;
    m_watch.forget(*this);
}

// Sequentially consistent with LoopWatch::run(): either it sees the stamp before it sleeps, or we see that it sleeps.
void WatchedLoop::entered()
{
    enteredNs.store(m_watch.m_options.now().count(), std::memory_order_seq_cst);
    if (m_watch.m_asleep.load(std::memory_order_seq_cst))
        m_watch.rouse();
}

void WatchedLoop::comeRound()
{
    const qint64 since = enteredNs.load(relaxed);
    if (since == 0)
        return;
    enteredNs.store(0, relaxed);
    m_turns.store(m_turns.load(relaxed) + 1, relaxed);
    const Monotonic now = m_watch.m_options.now();
    if (const Monotonic took = now - Monotonic(since); took > m_watch.m_options.bound)
        stalled(took, now);
}

void WatchedLoop::stalled(Monotonic took, Monotonic now)
{
    m_stalls.store(m_stalls.load(relaxed) + 1, relaxed);
    m_lastNs.store(took.count(), relaxed);
    m_lastAtNs.store(now.count(), relaxed);
    if (took.count() > m_longestNs.load(relaxed))
        m_longestNs.store(took.count(), relaxed);
    if (now < m_nextLine)
        return;
    m_nextLine = now + kLineEvery;
    using std::chrono::milliseconds;
    log(LogLevel::Warning, "loop.stalled",
        {{"name", m_name}, {"duration_ms", qint64(std::chrono::duration_cast<milliseconds>(took).count())},
            {"limit", qint64(std::chrono::duration_cast<milliseconds>(m_watch.m_options.bound).count())},
            {"count", m_stalls.load(relaxed)}});
}

LoopFacts WatchedLoop::facts(Monotonic now) const
{
    const qint64 since = enteredNs.load(relaxed);
    return {m_name, m_turns.load(relaxed), m_stalls.load(relaxed), Monotonic(m_longestNs.load(relaxed)),
        Monotonic(m_lastNs.load(relaxed)), Monotonic(m_lastAtNs.load(relaxed)),
        since == 0 ? Monotonic(0) : now - Monotonic(since)};
}

} // namespace gateway::observability
