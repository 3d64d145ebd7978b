// TimerWheel: thousands of per-connection and per-call deadlines at the cost of one list insertion each, driven by one
// QTimer that runs only while something is armed. Resolution 50 ms, always late, never early. A Deadline belongs to
// whoever watches; destroying it disarms it. One thread (the worker's).
#pragma once

#include <QObject>

#include <array>
#include <chrono>
#include <functional>

class QTimer;

namespace gateway::http {

class TimerWheel;

class Deadline
{
public:
    explicit Deadline(TimerWheel& wheel, std::function<void()> expired) : m_wheel(wheel), m_expired(std::move(expired))
    {
    }
    ~Deadline() { stop(); }
    Q_DISABLE_COPY_MOVE(Deadline)

    void start(std::chrono::milliseconds in); // again: moves it
    void stop();
    bool isArmed() const { return m_slot >= 0; }

private:
    friend class TimerWheel;
    TimerWheel& m_wheel;
    std::function<void()> m_expired;
    Deadline* m_next = nullptr;
    Deadline* m_previous = nullptr;
    int m_slot = -1;
    qint64 m_dueTick = 0;
};

class TimerWheel : public QObject
{
    Q_OBJECT
public:
    static constexpr std::chrono::milliseconds kTick{50};
    explicit TimerWheel(QObject* parent = nullptr);
    ~TimerWheel() override;

private:
    friend class Deadline;
    static constexpr int kSlots = 1024; // 51 s a turn; later deadlines stay in their slot for more turns

    void arm(Deadline& deadline, std::chrono::milliseconds in);
    void disarm(Deadline& deadline);
    void link(Deadline& deadline, int slot);
    void unlink(Deadline& deadline);
    void turn();
    qint64 tickNow() const;

    std::array<Deadline*, kSlots + 1> m_slots{}; // the last one: expired, their handlers not yet called
    QTimer* m_timer = nullptr;
    qint64 m_tick = 0; // turned so far
    int m_armed = 0;
};

} // namespace gateway::http
