#include "observability/call_pace.h"

#include <algorithm>
#include <limits>

namespace gateway::observability {
namespace {

struct Who
{
    const char* what; // agent user feature; "" when nobody is named
    QString name;
};

Who whoOf(const api::Call& call)
{
    if (!call.agent.isEmpty())
        return {"agent", call.agent};
    if (!call.user.isEmpty())
        return {"user", call.user};
    if (!call.feature.isEmpty())
        return {"feature", call.feature};
    return {"", {}};
}

QString describe(const api::Call& call)
{
    const Who who = whoOf(call);
    if (who.name.isEmpty())
        return QStringLiteral("Callers with credential %1 that name nobody").arg(call.credential);
    return QStringLiteral("The %1 %2 with credential %3").arg(QLatin1String(who.what), who.name, call.credential);
}

// To the cent, up: for people.
QString inUsd(qint64 nano)
{
    constexpr qint64 kCent = 10'000'000;
    return api::Money::fromNano((nano + kCent - 1) / kCent * kCent).toDecimal();
}

} // namespace

template <typename T, int N>
void CallPace::Ring<T, N>::moveTo(qint64 unit)
{
    if (unit <= m_unit)
        return;
    if (m_unit >= 0)
        m_past[std::size_t(m_unit % N)] = m_running;
    const qint64 idle = m_unit < 0 ? 0 : std::min<qint64>(unit - m_unit - 1, N);
    for (qint64 i = 0; i < idle; ++i)
        m_past[std::size_t((unit - 1 - i) % N)] = T{};
    m_running = T{};
    m_unit = unit;
}

template <typename T, int N>
void CallPace::Ring<T, N>::add(T amount)
{
    if (__builtin_add_overflow(m_running, amount, &m_running))
        m_running = std::numeric_limits<T>::max();
}

template <typename T, int N>
std::optional<T> CallPace::Ring<T, N>::usual(int least) const
{
    std::array<T, N> known{};
    const auto end = std::copy_if(m_past.begin(), m_past.end(), known.begin(), [](T amount) { return amount > T{}; });
    const auto count = end - known.begin();
    if (count < least)
        return std::nullopt;
    const auto middle = known.begin() + count / 2;
    std::nth_element(known.begin(), middle, end);
    return *middle;
}

void CallPace::makeRoom(qint64 minute)
{
    if (m_sweptMinute == minute)
        return; // looked through this minute already
    m_sweptMinute = minute;
    for (auto pair = m_pairs.begin(); pair != m_pairs.end();) {
        const bool idle = minute - pair->minutes.unit() > 60;
        pair = idle ? m_pairs.erase(pair) : std::next(pair);
    }
}

CallPace::Pair* CallPace::pairOf(const api::Call& call, qint64 minute)
{
    const Who who = whoOf(call);
    const QString key = call.credential + QChar(0x1f) + QLatin1String(who.what) + QChar(0x1f) + who.name;
    auto pair = m_pairs.find(key);
    if (pair == m_pairs.end()) {
        if (m_pairs.size() >= kPairs)
            makeRoom(minute);
        if (m_pairs.size() >= kPairs)
            return nullptr;
        pair = m_pairs.insert(key, {});
    }
    return &*pair;
}

void CallPace::add(const api::Call& call, Monotonic now, const Tell& tell)
{
    using namespace std::chrono;
    const qint64 minute = duration_cast<minutes>(now).count();
    Pair* pair = pairOf(call, minute);
    if (!pair)
        return;
    if (pair->minutes.unit() != minute) {
        pair->minutes.moveTo(minute);
        pair->usualMinute = pair->minutes.usual(kKnownMinutes);
    }
    const qint64 hour = duration_cast<hours>(now).count();
    if (pair->hours.unit() != hour) {
        pair->hours.moveTo(hour);
        pair->usualHour = pair->hours.usual(kKnownHours);
    }
    pair->minutes.add(1);
    if (call.cost)
        pair->hours.add(call.cost->nano());

    const qint64 calls = pair->minutes.running();
    const bool tooMany = pair->usualMinute ? calls > kLeastPerMinute && calls > kTimes * qint64(*pair->usualMinute)
                                           : calls > kUnknownPerMinute;
    const qint64 spent = pair->hours.running();
    const bool tooDear = pair->usualHour && spent > kLeastSpendNano && spent / kTimes > *pair->usualHour;
    if ((!tooMany && !tooDear) || (pair->toldAt && now - *pair->toldAt < hours(1)))
        return;
    pair->toldAt = now;
    // one arg() each: what callers name themselves may hold a "%1"
    if (tooMany) {
        const QString usual = pair->usualMinute ? QStringLiteral("usual are %1").arg(*pair->usualMinute)
                                                : QStringLiteral("what is usual is not known yet");
        tell(QStringLiteral("%1 made %2 calls within a minute; %3. A loop may be running away.")
                 .arg(describe(call), QString::number(calls), usual));
    } else {
        tell(QStringLiteral("%1 spent %2 USD within an hour; usual are %3 USD. A loop may be running away.")
                 .arg(describe(call), inUsd(spent), inUsd(*pair->usualHour)));
    }
}

} // namespace gateway::observability
