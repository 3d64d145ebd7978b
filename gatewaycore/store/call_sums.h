// CallSums: calls added up by half hour, tenant and one property at a time, and attempts by endpoint: what is folded
// into the tables call_sums and endpoint_sums. It is fed from calls as they are filed (running_sums.h) or from rows
// (call_fold.cpp); both must come to the same. One thread.
#pragma once

#include "api/call.h"
#include "store/sum_groups.h"

#include <array>
#include <optional>

struct sqlite3;

namespace gateway::store {

class CallSums
{
public:
    struct Numbers
    {
        qint64 calls = 0;
        qint64 answered = 0;
        qint64 priced = 0;
        qint64 costNano = 0;
        qint64 unpriced = 0;
        qint64 tokensIn = 0;
        qint64 tokensOut = 0;

        // Of one call; a cost that is not known is none.
        static Numbers ofOne(bool answered, qint64 tokensIn, qint64 tokensOut, std::optional<qint64> costNano);
        void add(const Numbers& other);
    };
    // Sums by tenant are those by outcome, added up. `provider`: of the candidate that served.
    static constexpr std::array kProperties{"outcome", "alias", "provider", "feature", "credential", "error_code"};

    void add(const api::Call& call); // with its attempts
    template <typename Text>
    void addCall(qint64 halfHour, Text tenant, const std::array<Text, kProperties.size()>& values, const Numbers& one)
    {
        for (std::size_t i = 0; i < values.size(); ++i)
            groupOf(m_sums[i], m_key.begin(halfHour).add(tenant).add(values[i])).add(one);
    }
    template <typename Text>
    void addAttempt(qint64 halfHour, Text tenant, Text provider, Text region)
    {
        ++groupOf(m_endpoints, m_key.begin(halfHour).add(tenant).add(provider).add(region));
    }

    bool write(sqlite3* database) const; // adds to the tables; inside the caller's transaction
    std::size_t groups() const;
    void clear();

private:
    GroupKey m_key;
    std::array<Groups<Numbers>, kProperties.size()> m_sums;
    Groups<qint64> m_endpoints;
};

qint64 halfHourOf(qint64 ms);

} // namespace gateway::store
