#include "store/call_filter.h"

#include "store/columns.h"

namespace gateway::store {

void CallFilter::add(const char* condition, std::initializer_list<QVariant> bound)
{
    conditions.append(QLatin1String(condition));
    values.append(QVariantList(bound));
}

void CallFilter::add(const CallFilter& other)
{
    conditions.append(other.conditions);
    values.append(other.values);
}

QString CallFilter::where() const
{
    return conditions.isEmpty() ? QString() : QStringLiteral(" WHERE ") + conditions.join(QStringLiteral(" AND "));
}

void CallFilter::bind(QSqlQuery& query) const
{
    for (const QVariant& value : values)
        query.addBindValue(value);
}

CallFilter timeFilterOf(const api::CallQuery& query)
{
    CallFilter filter;
    if (query.since)
        filter.add("c.started_ms >= ?", {query.since->toMSecsSinceEpoch()});
    if (query.until)
        filter.add("c.started_ms < ?", {query.until->toMSecsSinceEpoch()});
    return filter;
}

CallFilter callFilterOf(const api::CallQuery& query, const QStringList& tenants)
{
    CallFilter filter;
    if (!query.tenant.isEmpty())
        filter.add("c.tenant = ?", {query.tenant});
    if (!query.alias.isEmpty())
        filter.add("c.alias = ?", {query.alias});
    if (query.outcome) {
        filter.add("c.outcome = ?", {api::nameOf(*query.outcome)});
        // said once more, so that SQLite sees that the index of these alone will do
        if (*query.outcome != api::CallOutcome::Answered)
            filter.add("c.outcome <> 'answered'", {});
    }
    if (!query.provider.isEmpty())
        filter.add("EXISTS (SELECT 1 FROM attempts a WHERE a.call = c.seq AND a.provider = ?)", {query.provider});
    filter.add(tenantFilterOf(tenants));
    return filter;
}

CallFilter tenantFilterOf(const QStringList& tenants)
{
    CallFilter filter;
    if (tenants.isEmpty())
        return filter;
    filter.conditions.append(QStringLiteral("c.tenant IN (%1)").arg(marks(tenants.size())));
    for (const QString& tenant : tenants)
        filter.values.append(tenant);
    return filter;
}

} // namespace gateway::store
