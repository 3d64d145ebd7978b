// QuotaIndex: the quotas of one config, found by hash: a call asks one lookup per combination of members that some
// quota states (tenant; tenant and alias; ...), at most 16, however many quotas there are. Immutable; any thread.
// QuotaState: a quota's buckets. It lives as long as an index, a lease or the plane knows it; guarded by the plane's
// mutex.
#pragma once

#include "config/quota_policy.h"
#include "quota/bucket.h"

#include <memory>
#include <unordered_map>
#include <vector>

namespace gateway::quota {

struct QuotaState
{
    config::QuotaPolicy policy;
    Bucket requests;
    Bucket inputTokens;
    Bucket outputTokens;
    Monotonic filled{0};
    qint64 openInput = 0; // taken by calls that still run
    qint64 openOutput = 0;
    qint64 running = 0;
    qint64 admitted = 0;
    qint64 refused = 0;

    void configure(const config::QuotaPolicy& quota, Monotonic now);
    void refill(Monotonic now);
};
using QuotaStatePtr = std::shared_ptr<QuotaState>;

class QuotaIndex
{
public:
    explicit QuotaIndex(const std::vector<QuotaStatePtr>& states);

    // Those whose scope this user falls under, in the order of the config.
    std::vector<QuotaStatePtr> find(const config::UsageScope& user) const;

private:
    struct Hash
    {
        std::size_t operator()(const config::UsageScope& scope) const;
    };
    struct Entry
    {
        std::size_t order;
        QuotaStatePtr state;
    };
    std::vector<unsigned> m_combinations; // of members stated, as bits; each once
    std::unordered_map<config::UsageScope, std::vector<Entry>, Hash> m_states;
};

} // namespace gateway::quota
