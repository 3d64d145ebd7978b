// RunningSums: the sums of the calls that were filed since the last folding, made from the calls themselves while they
// are at hand, so that folding writes groups and reads no rows. It knows of a run of calls without a gap, from the mark
// of what is folded on; whenever its run does not begin at the database's mark (after a start, after calls in too many
// groups, when another has folded) the rows are read instead (call_fold.h, spend_fold.h) until the mark has come to the
// newest call, and it begins anew there. Filing thread.
#pragma once

#include "store/call_sums.h"
#include "store/spend_sums.h"

#include <memory>
#include <optional>
#include <span>

class QSqlDatabase;

namespace gateway::store {

class RunningSums
{
public:
    // Committed calls; the first has this seq and the others follow it.
    void add(qint64 firstSeq, std::span<const std::shared_ptr<const api::Call>> calls);

    // Inside a transaction, which may be repeated: all of the run, or at most `most` rows. True: more than that waits.
    // Nothing on an error.
    std::optional<bool> fold(QSqlDatabase& database, qint64 most);
    void folded(bool committed); // how the transaction of the last fold() ended; before what it filed is added

private:
    void stop();

    // the run: calls beyond m_from up to m_to; -1: there is none
    qint64 m_from = -1;
    qint64 m_to = -1;
    CallSums m_calls;
    SpendSums m_spend;
    std::optional<qint64> m_next; // where the run begins if the transaction of the last fold() is committed
};

} // namespace gateway::store
