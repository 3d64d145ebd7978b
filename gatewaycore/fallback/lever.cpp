#include "fallback/lever.h"

#include <algorithm>

namespace gateway::fallback {
namespace {

constexpr const char* kKinds[] = {"drain", "weight", "breaker", "drill"};

// splitmix64; the salt keeps the calls of one drill from being those of another, or those that a fail-back lets through
int percentileOf(quint64 dice, quint64 salt)
{
    quint64 x = dice + 0x9e3779b97f4a7c15ULL * (salt + 1);
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return int((x ^ (x >> 31)) % 100);
}

} // namespace

QString nameOf(LeverKind kind)
{
    return QLatin1String(kKinds[int(kind)]);
}

std::optional<LeverKind> leverKindFromName(QStringView name)
{
    for (int i = 0; i < int(std::size(kKinds)); ++i) {
        if (name == QLatin1String(kKinds[i]))
            return LeverKind(i);
    }
    return std::nullopt;
}

bool isInForce(const Lever& lever, qint64 nowMs)
{
    return lever.endedAtMs == 0 && nowMs < lever.endsAtMs;
}

LeverSet::LeverSet(std::vector<Lever> levers) : m_levers(std::move(levers)) {}

LeverSet::Drained LeverSet::drained(const QString& provider, quint64 dice, qint64 nowMs) const
{
    Drained answer = Drained::No;
    for (const Lever& lever : m_levers) {
        if (lever.kind != LeverKind::Drain || lever.provider != provider)
            continue;
        if (isInForce(lever, nowMs))
            return Drained::Yes;
        // run out a moment ago and not told yet: stage 0, nobody
        if (percentileOf(dice, 0) >= lever.stagePercent)
            answer = Drained::FailingBack;
    }
    return answer;
}

std::optional<int> LeverSet::weight(const QString& alias, const QString& candidate, qint64 nowMs) const
{
    const Lever* last = nullptr;
    for (const Lever& lever : m_levers) {
        if (lever.kind == LeverKind::Weight && lever.alias == alias && lever.candidate == candidate &&
            isInForce(lever, nowMs) && (!last || lever.setAtMs >= last->setAtMs))
            last = &lever;
    }
    return last ? std::optional(last->weight) : std::nullopt;
}

const Lever* LeverSet::drill(
    const QString& provider, const QString& alias, const QString& tenant, quint64 dice, qint64 nowMs) const
{
    for (const Lever& lever : m_levers) {
        const bool concerned = lever.kind == LeverKind::Drill && lever.provider == provider &&
                               (lever.alias.isEmpty() || lever.alias == alias) &&
                               (lever.tenant.isEmpty() || lever.tenant == tenant);
        if (concerned && isInForce(lever, nowMs) && percentileOf(dice, qHash(lever.id, 1)) < lever.percent)
            return &lever;
    }
    return nullptr;
}

} // namespace gateway::fallback
