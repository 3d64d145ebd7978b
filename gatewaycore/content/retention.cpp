#include "content/retention.h"

namespace gateway::content {

const config::ContentPolicy& policyOf(const config::PolicySnapshot& snapshot, const QString& tenant)
{
    const config::Tenant* const known = snapshot.tenantByName.value(tenant);
    return known && known->content ? *known->content : snapshot.content;
}

std::optional<std::chrono::milliseconds> keptFor(
    const config::PolicySnapshot& snapshot, const QString& tenant, const QString& callId)
{
    const config::ContentPolicy& policy = policyOf(snapshot, tenant);
    switch (policy.retain) {
    case config::Retain::None:
        return std::nullopt;
    case config::Retain::Sampled:
        return isSampled(callId, policy.samplePercent) ? std::optional(policy.ttl) : std::nullopt;
    case config::Retain::All:
        return policy.ttl;
    }
    Q_UNREACHABLE();
}

bool isSampled(const QString& callId, int percent)
{
    quint64 hash = 0xcbf29ce484222325; // FNV-1a, then mixed: the ids of one moment differ in a few letters
    for (const QChar c : callId)
        hash = (hash ^ c.unicode()) * 0x100000001b3;
    hash ^= hash >> 33;
    hash *= 0xff51afd7ed558ccd;
    hash ^= hash >> 33;
    return hash % 10'000 < quint64(std::max(percent, 0)) * 100;
}

} // namespace gateway::content
