// Wheel: timers of one thread in slots of one millisecond. Setting, moving and removing one costs the same however many
// there are; a timer is a link inside its owner, so 10,000 of them allocate nothing. Times are milliseconds of the
// caller's clock, which must not go backwards.
#pragma once

#include <array>
#include <cstdint>

namespace bench {

class Wheel
{
public:
    struct Timer
    {
        Timer* next = nullptr;
        Timer* previous = nullptr;
        std::int64_t dueMs = 0;
        bool set() const { return next != nullptr; }
    };

    explicit Wheel(std::int64_t nowMs) : m_nowMs(nowMs)
    {
        for (Timer& slot : m_slots)
            slot.next = slot.previous = &slot;
    }

    void set(Timer& timer, std::int64_t dueMs)
    {
        clear(timer);
        timer.dueMs = dueMs <= m_nowMs ? m_nowMs + 1 : dueMs;
        insert(timer, m_slots[std::size_t(timer.dueMs) % kSlots]);
    }

    void clear(Timer& timer)
    {
        if (!timer.set())
            return;
        timer.next->previous = timer.previous;
        timer.previous->next = timer.next;
        timer.next = timer.previous = nullptr;
    }

    // Takes every timer due at nowMs or before off and gives it to `fired`, which may set and clear any timer.
    template <typename Fired>
    void advance(std::int64_t nowMs, Fired fired)
    {
        while (m_nowMs < nowMs) {
            ++m_nowMs;
            Timer& slot = m_slots[std::size_t(m_nowMs) % kSlots];
            Timer later; // those of a later turn of the wheel
            later.next = later.previous = &later;
            while (slot.next != &slot) {
                Timer& timer = *slot.next;
                clear(timer);
                if (timer.dueMs > m_nowMs)
                    insert(timer, later);
                else
                    fired(timer);
            }
            while (later.next != &later) {
                Timer& timer = *later.next;
                clear(timer);
                insert(timer, slot);
            }
        }
    }

    // How long nothing is due, at most `limit`.
    int quietMs(int limit) const
    {
        for (int ahead = 1; ahead <= limit; ++ahead) {
            const Timer& slot = m_slots[std::size_t(m_nowMs + ahead) % kSlots];
            if (slot.next != &slot)
                return ahead;
        }
        return limit;
    }

    std::int64_t nowMs() const { return m_nowMs; }

private:
    static constexpr std::size_t kSlots = 8192;

    static void insert(Timer& timer, Timer& before)
    {
        timer.previous = before.previous;
        timer.next = &before;
        before.previous->next = &timer;
        before.previous = &timer;
    }

    std::array<Timer, kSlots> m_slots;
    std::int64_t m_nowMs;
};

} // namespace bench
