// CallPace: who calls or spends far more than he is used to, as an agent does that runs in a circle. Kept for every
// pair of a credential and who it says is calling (agent, else user, else feature, else nobody named). A finding is
// made when
//   the calls of the current minute exceed kLeastPerMinute and kTimes the median of the pair's minutes with calls in
//   the last hour, or, with fewer than kKnownMinutes of them, kUnknownPerMinute; or the spend of the current hour
//   exceeds kLeastSpend and kTimes the median of its hours with spend in the last day, of which at least kKnownHours
//   are known.
// Each pair is told of once an hour at most. Bounded: kPairs pairs; the idle ones make room, and while there is none
// newcomers are not watched. Time is monotonic and comes with the call: when its record is durable.
// Thread: control.
#pragma once

#include "api/call.h"
#include "base/clock.h"

#include <QHash>

#include <array>
#include <functional>
#include <optional>

namespace gateway::observability {

class CallPace
{
public:
    static constexpr int kTimes = 10;
    static constexpr int kLeastPerMinute = 60;
    static constexpr int kUnknownPerMinute = 300;
    static constexpr int kKnownMinutes = 5;
    static constexpr int kKnownHours = 3;
    static constexpr qint64 kLeastSpendNano = 1'000'000'000; // 1 USD: below it nobody is ruined
    static constexpr int kPairs = 4096;

    using Tell = std::function<void(const QString& sentence)>;
    void add(const api::Call& call, Monotonic now, const Tell& tell);

    int pairs() const { return int(m_pairs.size()); }

private:
    // What happened in the last N whole units of time, and in the one that runs.
    template <typename T, int N>
    class Ring
    {
    public:
        void moveTo(qint64 unit);
        void add(T amount);
        T running() const { return m_running; }
        qint64 unit() const { return m_unit; }
        // Median of the units that had any, if there are at least `least` of them.
        std::optional<T> usual(int least) const;

    private:
        std::array<T, N> m_past{};
        qint64 m_unit = -1;
        T m_running{};
    };
    struct Pair
    {
        Ring<qint32, 60> minutes;
        Ring<qint64, 24> hours; // nano-USD
        std::optional<qint32> usualMinute;
        std::optional<qint64> usualHour;
        std::optional<Monotonic> toldAt;
    };
    Pair* pairOf(const api::Call& call, qint64 minute);
    void makeRoom(qint64 minute);

    QHash<QString, Pair> m_pairs;
    qint64 m_sweptMinute = -1;
};

} // namespace gateway::observability
