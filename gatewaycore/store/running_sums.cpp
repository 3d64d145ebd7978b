#include "store/running_sums.h"

#include "store/call_fold.h"
#include "store/fold_mark.h"
#include "store/spend_fold.h"
#include "store/statement.h"

#include <QSqlDatabase>

namespace gateway::store {
namespace {

constexpr std::size_t kMostGroups = 16384; // some MiB, and some ten milliseconds to write

} // namespace

void RunningSums::stop()
{
    m_from = m_to = -1;
    m_calls.clear();
    m_spend.clear();
}

void RunningSums::add(qint64 firstSeq, std::span<const std::shared_ptr<const api::Call>> calls)
{
    if (m_from < 0)
        return;
    for (std::size_t i = 0; i < calls.size(); ++i) {
        const qint64 seq = firstSeq + qint64(i);
        if (seq <= m_to)
            continue; // the rows were read
        if (seq > m_to + 1)
            return stop();
        m_to = seq;
        m_calls.add(*calls[i]);
        m_spend.add(*calls[i]);
    }
    if (m_calls.groups() + m_spend.groups() > kMostGroups)
        stop();
}

std::optional<bool> RunningSums::fold(QSqlDatabase& database, qint64 most)
{
    m_next.reset();
    const auto calls = foldedUpTo(database, kCallsFolded);
    const auto spend = foldedUpTo(database, kSpendFolded);
    if (!calls || !spend)
        return std::nullopt;
    if (m_from >= 0 && *calls == m_from && *spend == m_from) {
        sqlite3* const handle = handleOf(database);
        if (m_to > m_from &&
            (!handle || !m_calls.write(handle) || !m_spend.write(handle) ||
                !setFoldedUpTo(database, kCallsFolded, m_to) || !setFoldedUpTo(database, kSpendFolded, m_to)))
            return std::nullopt;
        m_next = m_to;
        return false;
    }
    const auto spent = foldSpend(database, most);
    const auto counted = foldCalls(database, most);
    if (!spent || !counted)
        return std::nullopt;
    if (*spent == most || *counted == most)
        return true;
    m_next = *calls + *counted;
    return false;
}

void RunningSums::folded(bool committed)
{
    if (!committed || !m_next)
        return;
    const qint64 next = *m_next;
    stop();
    m_from = m_to = next;
    m_next.reset();
}

} // namespace gateway::store
