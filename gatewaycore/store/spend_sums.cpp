#include "store/spend_sums.h"

#include "store/spend_fold.h"
#include "store/spend_sql.h"
#include "store/statement.h"

namespace gateway::store {

// As spend_sql.h says it in SQL.
void SpendSums::add(const api::Call& call)
{
    const qint64 startedMs = call.startedAt.toMSecsSinceEpoch();
    for (const api::Attempt& attempt : call.attempts) {
        const qint64 begunUs = attempt.startUs >= 0 ? attempt.startUs : call.routedUs;
        const qint64 begunMs = startedMs + std::max<qint64>(begunUs, 0) / 1000;
        Numbers& sum = groupOf(m_groups, m_key.begin(begunMs / kQuarterMs)
                                             .add(QStringView(call.tenant))
                                             .add(QStringView(call.feature))
                                             .add(QStringView(call.agent))
                                             .add(QStringView(call.alias))
                                             .add(QStringView(attempt.provider)));
        sum.settledNano += attempt.cost ? attempt.cost->nano() : 0;
        sum.attempts += attempt.cost.has_value();
        sum.unpriced += !attempt.costKnown || (!attempt.cost && attempt.sentUs >= 0);
    }
}

bool SpendSums::write(sqlite3* database) const
{
    Statement spend;
    const QByteArray sql = QByteArray(kIntoSpend) + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)" + kOntoSpend;
    if (!spend.prepare(database, sql))
        return false;
    for (const auto& [key, sum] : m_groups) {
        std::string_view at = key;
        spend.bind(GroupKey::number(at));
        for (int i = 0; i < 5; ++i)
            spend.bindUtf8(GroupKey::text(at));
        for (const qint64 number : {sum.settledNano, sum.attempts, sum.unpriced})
            spend.bind(number);
        if (!spend.run())
            return false;
    }
    return true;
}

} // namespace gateway::store
