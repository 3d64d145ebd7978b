#include "http/timer_wheel.h"

#include <QTimer>

namespace gateway::http {

using namespace std::chrono;

void Deadline::start(milliseconds in)
{
    stop();
    m_wheel.arm(*this, in);
}

void Deadline::stop()
{
    if (isArmed())
        m_wheel.disarm(*this);
}

TimerWheel::TimerWheel(QObject* parent) : QObject(parent), m_timer(new QTimer(this)), m_tick(tickNow())
{
    m_timer->setTimerType(Qt::PreciseTimer);
    m_timer->setInterval(kTick);
    connect(m_timer, &QTimer::timeout, this, &TimerWheel::turn);
}

TimerWheel::~TimerWheel()
{
    for (Deadline* first : m_slots) {
        for (Deadline* deadline = first; deadline;) {
            deadline->m_slot = -1;
            deadline = std::exchange(deadline->m_next, nullptr);
        }
    }
}

qint64 TimerWheel::tickNow() const
{
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()) / kTick;
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
}

void TimerWheel::arm(Deadline& deadline, milliseconds in)
{
    const qint64 now = tickNow();
    if (m_armed++ == 0 && !m_timer->isActive()) {
        m_tick = now;
        m_timer->start();
    }
    // one tick more than the division says: the current tick is partly over, and a deadline must not come early
    deadline.m_dueTick = now + (std::max(in, milliseconds(0)) + kTick - milliseconds(1)) / kTick + 1;
    link(deadline, int(deadline.m_dueTick % kSlots));
}

// The QTimer runs on: a connection that stops one deadline and starts the next would otherwise restart it each time.
void TimerWheel::disarm(Deadline& deadline)
{
    unlink(deadline);
    --m_armed;
}

void TimerWheel::turn()
{
    if (m_armed == 0) {
        m_timer->stop();
        return;
    }
    const qint64 now = tickNow();
    // after a long sleep every slot is visited once, not once per tick slept
    const qint64 from = std::max(m_tick + 1, now - kSlots + 1);
    m_tick = now;
    for (qint64 tick = from; tick <= now; ++tick) {
        for (Deadline* deadline = m_slots[std::size_t(tick % kSlots)]; deadline;) {
            Deadline* const next = deadline->m_next;
            if (deadline->m_dueTick <= now) {
                unlink(*deadline);
                link(*deadline, kSlots);
            }
            deadline = next;
        }
        // a handler may destroy its own Deadline (hence the copy) or any other (hence the list is read anew each time)
        while (Deadline* const deadline = m_slots[kSlots]) {
            disarm(*deadline);
            const std::function<void()> expired = deadline->m_expired;
            expired();
        }
    }
}

} // namespace gateway::http
