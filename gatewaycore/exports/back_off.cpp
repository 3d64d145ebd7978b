#include "exports/back_off.h"

#include <QByteArray>

#include <algorithm>

namespace gateway::exports {
namespace {

constexpr std::chrono::seconds kLongestAsked{300};
constexpr int kMostDoublings = 30;

} // namespace

BackOff::Ms BackOff::next(RandomSource& random, std::optional<Ms> asked)
{
    Ms wait = m_first;
    for (int i = 0; i < std::min(m_failures, kMostDoublings) && wait < m_longest; ++i)
        wait *= 2;
    wait = std::min(wait, m_longest);
    ++m_failures;
    unsigned char byte = 0;
    random.fill({&byte, 1});
    wait += wait * byte / (4 * 256);
    return asked ? std::max(wait, *asked) : wait;
}

std::optional<BackOff::Ms> retryAfter(QByteArrayView field)
{
    bool ok = false;
    const qint64 seconds = field.trimmed().toByteArray().toLongLong(&ok);
    if (!ok || seconds < 0)
        return std::nullopt;
    return std::min<BackOff::Ms>(std::chrono::seconds(std::min<qint64>(seconds, 86'400)), kLongestAsked);
}

} // namespace gateway::exports
