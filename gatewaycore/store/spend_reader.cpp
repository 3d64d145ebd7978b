#include "store/spend_reader.h"

#include "store/spend_fold.h"
#include "store/spend_sql.h"

#include <QSqlError>
#include <QVariant>

namespace gateway::store {
namespace {

// A call that began before the window may have an attempt within it. No call lives longer: its provider's total timeout
// is far below, and a drain ends it.
constexpr qint64 kLongestCallMs = 24 * 3'600'000;

constexpr qint64 kFewCalls = 20'000;

// Conditions with their values; the text is made of constants only.
struct Text
{
    QString sql;
    QVariantList values;

    void add(const QString& part, std::initializer_list<qint64> bound)
    {
        sql += part;
        for (const qint64 value : bound)
            values.append(value);
    }
    void narrow(const char* column, const QString& value)
    {
        if (value.isEmpty())
            return;
        sql += QStringLiteral(" AND %1 = ?").arg(QLatin1String(column));
        values.append(value);
    }
};

} // namespace

api::Result<std::unique_ptr<SpendReader>> SpendReader::open(const QString& databaseFile)
{
    auto connection = openReader(databaseFile);
    if (!connection)
        return connection.error();
    return std::unique_ptr<SpendReader>(new SpendReader(std::move(*connection)));
}

// Calls that are not in the sums yet; only which way to read them depends on it.
qint64 SpendReader::tail()
{
    QSqlQuery query(*m_connection);
    const QString text = QStringLiteral("SELECT coalesce(max(seq), 0) - %1 FROM calls").arg(QLatin1String(kFoldedUpTo));
    return query.exec(text) && query.next() ? query.value(0).toLongLong() : 0;
}

api::Result<Spent> SpendReader::spent(const config::UsageScope& scope, qint64 fromMs, qint64 toMs)
{
    // the sums hold whole quarters of an hour; a window that begins within one (no zone of today has such) is read from
    // the calls alone
    const bool folded = fromMs % kQuarterMs == 0 && toMs % kQuarterMs == 0;
    Text text;
    text.sql = QStringLiteral("SELECT sum(settled), sum(attempts), sum(unpriced) FROM (");
    if (folded) {
        text.add(QStringLiteral("SELECT settled_nano AS settled, attempts, unpriced FROM spend"
                                " WHERE quarter >= ? AND quarter < ?"),
            {fromMs / kQuarterMs, toMs / kQuarterMs});
        text.narrow("tenant", scope.tenant);
        text.narrow("feature", scope.feature);
        text.narrow("agent", scope.agent);
        text.narrow("alias", scope.alias);
        text.narrow("provider", scope.provider);
        text.sql += QStringLiteral(" UNION ALL ");
    }
    text.sql += QStringLiteral("SELECT a.cost_nano AS settled, a.cost_nano IS NOT NULL AS attempts, %1 AS unpriced"
                               " FROM calls c JOIN attempts a ON a.call = c.seq WHERE ")
                    .arg(QLatin1String(kIsUnpriced));
    // few calls are left beyond the sums: they are walked in their order of arrival, and a + keeps other indexes out of
    // it; many (nobody folds) are found through the window and the tenant or alias
    const bool few = folded && tail() < kFewCalls;
    if (folded)
        text.sql += QStringLiteral("c.seq > %1 AND ").arg(QLatin1String(kFoldedUpTo));
    text.add(
        few ? QStringLiteral("+c.started_ms >= ?") : QStringLiteral("c.started_ms >= ?"), {fromMs - kLongestCallMs});
    text.add(QStringLiteral(" AND %2c.started_ms < ? AND %1 >= ? AND %1 < ?")
                 .arg(QLatin1String(kBegunMs), few ? QStringLiteral("+") : QString()),
        {toMs, fromMs, toMs});
    text.narrow(few ? "+c.tenant" : "c.tenant", scope.tenant);
    text.narrow("c.feature", scope.feature);
    text.narrow("c.agent", scope.agent);
    text.narrow(few ? "+c.alias" : "c.alias", scope.alias);
    text.narrow("a.provider", scope.provider);
    text.sql += u')';

    QSqlQuery query(*m_connection);
    query.setForwardOnly(true);
    bool good = query.prepare(text.sql);
    for (const QVariant& value : std::as_const(text.values))
        query.addBindValue(value);
    good = good && query.exec() && query.next();
    if (!good)
        return api::failure(api::Failure::Unavailable,
            QStringLiteral("What was spent cannot be read from the record: %1.").arg(query.lastError().text()));
    Spent spent;
    spent.settled = api::Money::fromNano(query.value(0).toLongLong());
    spent.calls = query.value(1).toLongLong();
    spent.unpriced = query.value(2).toLongLong();
    return spent;
}

} // namespace gateway::store
