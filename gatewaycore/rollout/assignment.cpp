#include "rollout/assignment.h"

#include <algorithm>

namespace gateway::rollout {
namespace {

constexpr quint64 kOffset = 0xcbf29ce484222325;
constexpr quint64 kPrime = 0x100000001b3;

quint64 fnv1a(quint64 hash, QByteArrayView bytes)
{
    for (const char byte : bytes)
        hash = (hash ^ quint8(byte)) * kPrime;
    return hash;
}

// The high bits of FNV hardly know the last characters of a short name, and the remainder needs them all.
quint64 mixed(quint64 hash)
{
    hash ^= hash >> 33;
    hash *= 0xff51afd7ed558ccd;
    hash ^= hash >> 33;
    return hash;
}

} // namespace

Assignment::Assignment(const QByteArray& salt, api::StickyBy by, int percent, const QStringList& exclude)
    : m_salted(fnv1a(fnv1a(kOffset, salt), QByteArrayView("\0", 1))),
      m_by(by),
      m_below(std::clamp(percent, 0, 100) * (kPlaces / 100)),
      m_exclude(exclude.begin(), exclude.end())
{
}

int Assignment::placeOf(const QString& caller) const
{
    return int(mixed(fnv1a(m_salted, caller.toUtf8())) % kPlaces);
}

bool Assignment::takes(const QString& tenant, const QString& credential) const
{
    if (m_below == 0 || !isEligible(tenant))
        return false;
    return placeOf(m_by == api::StickyBy::Tenant ? tenant : credential) < m_below;
}

} // namespace gateway::rollout
