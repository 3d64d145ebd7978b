// TimerWheel: thousands of per-connection and per-call deadlines, of which nearly all are stopped or moved before they
// are due. So moving an armed deadline to later and stopping one write two words: it stays in its old slot and is put
// right when that slot's time comes. One timer of the event loop runs while something is linked, set to the next slot
// that holds anything. Resolution 50 ms, always late, never early. A Deadline belongs to whoever watches; destroying it
// disarms it. One thread (the worker's).
#pragma once

#include <QObject>

#include <array>
#include <chrono>
#include <functional>

namespace gateway::http {

class TimerWheel;

class Deadline
{
public:
    explicit Deadline(TimerWheel& wheel, std::function<void()> expired) : m_wheel(wheel), m_expired(std::move(expired))
    {
    }
    ~Deadline();
    Q_DISABLE_COPY_MOVE(Deadline)

    void start(std::chrono::milliseconds in); // again: moves it
    void stop() { m_armed = false; }
    bool isArmed() const { return m_armed; }

private:
    friend class TimerWheel;
    TimerWheel& m_wheel;
    std::function<void()> m_expired;
    Deadline* m_next = nullptr;
    Deadline* m_previous = nullptr;
    int m_slot = -1; // where it is linked, armed or not
    bool m_armed = false;
    qint64 m_dueTick = 0;
    qint64 m_linkedTick = 0; // when its slot is looked at; not after m_dueTick while it is armed
};

class TimerWheel : public QObject
{
    Q_OBJECT
public:
    static constexpr std::chrono::milliseconds kTick{50};
    explicit TimerWheel(QObject* parent = nullptr);
    ~TimerWheel() override;

protected:
    void timerEvent(QTimerEvent* event) override;

private:
    friend class Deadline;
    static constexpr int kSlots = 1024; // 51 s a turn; later deadlines stay in their slot for more turns
    static constexpr int kDue = kSlots; // the list of those whose slot's time has come

    void link(Deadline& deadline, int slot);
    void unlink(Deadline& deadline);
    void place(Deadline& deadline);
    void runTimer(qint64 tick);
    void turn();

    std::array<Deadline*, kSlots + 1> m_slots{};
    qint64 m_tick = 0;      // turned so far
    qint64 m_timerTick = 0; // what the timer is set to
    int m_timer = 0;        // 0: not running
    int m_linked = 0;
};

} // namespace gateway::http
