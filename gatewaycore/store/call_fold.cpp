#include "store/call_fold.h"

#include "store/call_sums.h"
#include "store/fold_mark.h"
#include "store/statement.h"

#include <QSqlDatabase>

namespace gateway::store {
namespace {

QByteArrayView providerOf(QByteArrayView servedBy)
{
    return servedBy.first(std::max<qsizetype>(servedBy.indexOf('/'), 0));
}

void addRow(CallSums& sums, const Statement& row, qint64 halfHour, QByteArrayView tenant)
{
    const auto one = CallSums::Numbers::ofOne(row.text(6) == QByteArrayView("answered"), row.number(3), row.number(4),
        row.isNull(5) ? std::nullopt : std::optional(row.number(5)));
    sums.addCall<QByteArrayView>(halfHour, tenant,
        {row.text(6), row.text(7), providerOf(row.text(8)), row.text(9), row.text(10), row.text(11)}, one);
}

bool gather(sqlite3* database, qint64 from, qint64 to, CallSums& sums)
{
    Statement calls;
    Statement attempts;
    // NULL for a cost that is not known
    if (!calls.prepare(database,
            "SELECT seq, started_ms, tenant, tokens_in, tokens_out, cost_nano, outcome, alias, served_by, feature,"
            " credential, error_code FROM calls WHERE seq > ? AND seq <= ? ORDER BY seq") ||
        !attempts.prepare(database, "SELECT call, provider, region FROM attempts WHERE call > ? AND call <= ?"
                                    " AND result NOT IN ('skipped', 'refused') ORDER BY call"))
        return false;
    for (Statement* statement : {&calls, &attempts}) {
        statement->bind(from);
        statement->bind(to);
    }
    bool attempt = attempts.next();
    while (calls.next()) {
        const qint64 seq = calls.number(0);
        const qint64 halfHour = halfHourOf(calls.number(1));
        const QByteArrayView tenant = calls.text(2);
        addRow(sums, calls, halfHour, tenant);
        for (; attempt && attempts.number(0) <= seq; attempt = attempts.next()) {
            if (attempts.number(0) == seq)
                sums.addAttempt<QByteArrayView>(halfHour, tenant, attempts.text(1), attempts.text(2));
        }
    }
    return !calls.error().isValid() && !attempts.error().isValid();
}

} // namespace

WholeHalfHours::WholeHalfHours(qint64 sinceMs, qint64 untilMs)
    : first(halfHourOf(sinceMs + kHalfHourMs - 1)), end(halfHourOf(untilMs))
{
}

std::optional<qint64> foldCalls(QSqlDatabase& database, qint64 most)
{
    sqlite3* const handle = handleOf(database);
    const auto next = nextToFold(database, kCallsFolded, most);
    if (!handle || !next)
        return std::nullopt;
    if (next->size() == 0)
        return 0;
    CallSums sums;
    if (!gather(handle, next->from, next->to, sums) || !sums.write(handle) ||
        !setFoldedUpTo(database, kCallsFolded, next->to))
        return std::nullopt;
    return next->size();
}

} // namespace gateway::store
