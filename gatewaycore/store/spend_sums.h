// SpendSums: what calls cost, added up by quarter of an hour and everything a budget may be about: what is folded into
// the table `spend` from calls as they are filed (running_sums.h). spend_fold.cpp does the same from rows, in SQL. One
// thread.
#pragma once

#include "api/call.h"
#include "store/sum_groups.h"

struct sqlite3;

namespace gateway::store {

class SpendSums
{
public:
    void add(const api::Call& call);
    bool write(sqlite3* database) const; // adds to the table; inside the caller's transaction
    std::size_t groups() const { return m_groups.size(); }
    void clear() { m_groups.clear(); }

private:
    struct Numbers
    {
        qint64 settledNano = 0;
        qint64 attempts = 0;
        qint64 unpriced = 0;
    };
    GroupKey m_key;
    Groups<Numbers> m_groups;
};

} // namespace gateway::store
