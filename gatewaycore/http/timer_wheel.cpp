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

void TimerWheel::arm(Deadline& deadline, milliseconds in)
{
    if (m_armed++ == 0) {
        m_tick = tickNow();
        m_timer->start();
    }
    // one tick more than the division says: the current tick is partly over, and a deadline must not come early
    deadline.m_dueTick = tickNow() + (in + kTick - milliseconds(1)) / kTick + 1;
    deadline.m_slot = int(deadline.m_dueTick % kSlots);
    Deadline*& first = m_slots[std::size_t(deadline.m_slot)];
    deadline.m_previous = nullptr;
    deadline.m_next = first;
    if (first)
        first->m_previous = &deadline;
    first = &deadline;
}

void TimerWheel::disarm(Deadline& deadline)
{
    if (deadline.m_previous)
        deadline.m_previous->m_next = deadline.m_next;
    else
        m_slots[std::size_t(deadline.m_slot)] = deadline.m_next;
    if (deadline.m_next)
        deadline.m_next->m_previous = deadline.m_previous;
    deadline.m_slot = -1;
    deadline.m_next = deadline.m_previous = nullptr;
    if (--m_armed == 0)
        m_timer->stop();
}

void TimerWheel::turn()
{
    const qint64 now = tickNow();
    // after a long sleep every slot is visited once, not once per tick slept
    const qint64 from = std::max(m_tick + 1, now - kSlots + 1);
    m_tick = now;
    for (qint64 tick = from; tick <= now; ++tick) {
        Deadline*& first = m_slots[std::size_t(tick % kSlots)];
        for (Deadline* deadline = first; deadline;) {
            if (deadline->m_dueTick > now) {
                deadline = deadline->m_next;
                continue;
            }
            disarm(*deadline);
            // a copy: the handler may destroy its Deadline; and any other, so the slot is read from the start again
            const std::function<void()> expired = deadline->m_expired;
            expired();
            deadline = first;
        }
    }
}

}  // namespace gateway::http
