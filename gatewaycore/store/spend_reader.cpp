#include "store/spend_reader.h"

#include <QSqlError>
#include <QVariant>

namespace gateway::store {
namespace {

// A call that began before the window may have an attempt within it. No call lives longer: its provider's total timeout
// is far below, and a drain ends it.
constexpr qint64 kLongestCallMs = 24 * 3'600'000;

constexpr const char* kSums =
    "SELECT sum(a.cost_nano), count(a.cost_nano),"
    " sum(a.cost_known = 0 OR (a.cost_nano IS NULL AND a.sent_us >= 0))"
    " FROM calls c JOIN attempts a ON a.call = c.seq"
    " WHERE c.started_ms >= ? AND c.started_ms < ?"
    " AND c.started_ms + max(CASE WHEN a.start_us >= 0 THEN a.start_us ELSE c.routed_us END, 0) / 1000 >= ?"
    " AND c.started_ms + max(CASE WHEN a.start_us >= 0 THEN a.start_us ELSE c.routed_us END, 0) / 1000 < ?";

} // namespace

api::Result<std::unique_ptr<SpendReader>> SpendReader::open(const QString& databaseFile)
{
    auto connection = openReader(databaseFile);
    if (!connection)
        return connection.error();
    return std::unique_ptr<SpendReader>(new SpendReader(std::move(*connection)));
}

api::Result<Spent> SpendReader::spent(const config::UsageScope& scope, qint64 fromMs, qint64 toMs)
{
    QString text = QString::fromLatin1(kSums);
    QVariantList values{fromMs - kLongestCallMs, toMs, fromMs, toMs};
    const auto narrow = [&](const char* column, const QString& value) {
        if (value.isEmpty())
            return;
        text += QStringLiteral(" AND %1 = ?").arg(QLatin1String(column)); // a constant of ours
        values.append(value);
    };
    narrow("c.tenant", scope.tenant);
    narrow("c.feature", scope.feature);
    narrow("c.agent", scope.agent);
    narrow("c.alias", scope.alias);
    narrow("a.provider", scope.provider);

    QSqlQuery query(*m_connection);
    query.setForwardOnly(true);
    bool good = query.prepare(text);
    for (const QVariant& value : values)
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
