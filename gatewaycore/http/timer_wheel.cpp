#include "http/timer_wheel.h"

#include <ctime>

namespace gateway::http {
namespace {

using namespace std::chrono;

qint64 tickOf(nanoseconds time)
{
    return time / TimerWheel::kTick;
}

nanoseconds now()
{
    return steady_clock::now().time_since_epoch();
}

// A clock that is read without asking the processor's counter and lags by a tick of the kernel, 10 ms at most
// (CONFIG_HZ 100). With that much added it is never before the real one, which is what "never early" needs.
nanoseconds notBeforeNow()
{
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
    return seconds(time.tv_sec) + nanoseconds(time.tv_nsec) + milliseconds(10);
}

} // namespace

Deadline::~Deadline()
{
    if (m_slot >= 0)
        m_wheel.unlink(*this);
}

void Deadline::start(milliseconds in)
{
    constexpr milliseconds tick = TimerWheel::kTick;
    // one tick more than the division says: the current tick is partly over, and a deadline must not come early
    m_dueTick = tickOf(notBeforeNow()) + (std::max(in, milliseconds(0)) + tick - milliseconds(1)) / tick + 1;
    m_armed = true;
    if (m_slot >= 0 && m_linkedTick <= m_dueTick)
        return;
    if (m_slot >= 0)
        m_wheel.unlink(*this);
    m_wheel.place(*this);
}

TimerWheel::TimerWheel(QObject* parent) : QObject(parent), m_tick(tickOf(now())) {}

TimerWheel::~TimerWheel()
{
    for (Deadline* first : m_slots) {
        for (Deadline* deadline = first; deadline;) {
            deadline->m_slot = -1;
            deadline->m_armed = false;
            deadline = std::exchange(deadline->m_next, nullptr);
        }
    }
}

void TimerWheel::link(Deadline& deadline, int slot)
{
    Deadline*& first = m_slots[std::size_t(slot)];
    deadline.m_slot = slot;
    deadline.m_previous = nullptr;
    deadline.m_next = first;
    if (first)
        first->m_previous = &deadline;
    first = &deadline;
    ++m_linked;
}

void TimerWheel::unlink(Deadline& deadline)
{
    if (deadline.m_previous)
        deadline.m_previous->m_next = deadline.m_next;
    else
        m_slots[std::size_t(deadline.m_slot)] = deadline.m_next;
    if (deadline.m_next)
        deadline.m_next->m_previous = deadline.m_previous;
    deadline.m_slot = -1;
    deadline.m_next = deadline.m_previous = nullptr;
    --m_linked;
}

void TimerWheel::place(Deadline& deadline)
{
    if (m_linked == 0)
        m_tick = tickOf(now()); // nothing was there to be turned to
    deadline.m_linkedTick = deadline.m_dueTick;
    link(deadline, int(deadline.m_dueTick % kSlots));
    if (m_timer == 0 || deadline.m_dueTick < m_timerTick)
        runTimer(deadline.m_dueTick);
}

void TimerWheel::runTimer(qint64 tick)
{
    if (m_timer != 0)
        killTimer(m_timer);
    m_timerTick = tick;
    const nanoseconds wait = tick * nanoseconds(kTick) - now();
    m_timer = startTimer(ceil<milliseconds>(std::max(wait, nanoseconds(0))), Qt::PreciseTimer);
}

void TimerWheel::timerEvent(QTimerEvent*)
{
    killTimer(std::exchange(m_timer, 0));
    turn();
    if (m_linked == 0)
        return;
    // the next slot that holds anything, whatever was started meanwhile
    for (qint64 tick = m_tick + 1; tick <= m_tick + kSlots; ++tick) {
        if (m_slots[std::size_t(tick % kSlots)]) {
            if (m_timer == 0 || tick < m_timerTick)
                runTimer(tick);
            return;
        }
    }
}

void TimerWheel::turn()
{
    const qint64 tickNow = tickOf(now());
    // after a long sleep every slot is visited once, not once per tick slept
    const qint64 from = std::max(m_tick + 1, tickNow - kSlots + 1);
    m_tick = tickNow;
    for (qint64 tick = from; tick <= tickNow; ++tick) {
        for (Deadline* deadline = m_slots[std::size_t(tick % kSlots)]; deadline;) {
            Deadline* const next = deadline->m_next;
            if (deadline->m_linkedTick <= tickNow) {
                unlink(*deadline);
                link(*deadline, kDue);
            }
            deadline = next;
        }
        // a handler may destroy its own Deadline (hence the copy) or any other (hence the list is read anew each time)
        while (Deadline* const deadline = m_slots[kDue]) {
            unlink(*deadline);
            if (!deadline->isArmed())
                continue;
            if (deadline->m_dueTick > tickNow) { // moved since it was linked
                place(*deadline);
                continue;
            }
            deadline->stop();
            const std::function<void()> expired = deadline->m_expired;
            expired();
        }
    }
}

} // namespace gateway::http
