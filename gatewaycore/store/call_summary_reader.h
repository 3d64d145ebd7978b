// Sums over the record of calls for GET calls/summary. Whole half hours come from what is folded already (call_fold.h)
// where the question is by one property and in steps of half hours; its edges, calls that are not folded yet, and other
// questions are counted by SQL over the calls. The two ways give the same answer. Each piece is bounded, so that a
// question about too much ends with an error after `patience` instead of holding up the reading thread. Belongs to the
// thread that opened it.
#pragma once

#include "api/call_summary.h"
#include "store/database.h"

#include <chrono>
#include <memory>

namespace gateway::store {

class CallSummaryReader
{
public:
    static constexpr int kMostKeys = 100;
    static constexpr std::chrono::milliseconds kPatience{5000};

    static api::Result<std::unique_ptr<CallSummaryReader>> open(const QString& databaseFile);

    // The query is one that callSummaryQueryFromQuery() accepts. `tenants`: of these alone; empty: of all. Unavailable
    // when it took longer than `patience`.
    api::Result<api::CallSummary> summary(
        const api::CallSummaryQuery& query, const QStringList& tenants, std::chrono::milliseconds patience = kPatience);

    void useSums(bool use) { m_useSums = use; } // false: count every call, to compare

private:
    explicit CallSummaryReader(Connection connection) : m_connection(std::move(connection)) {}

    Connection m_connection;
    bool m_useSums = true;
};

} // namespace gateway::store
