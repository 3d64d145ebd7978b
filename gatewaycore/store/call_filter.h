// The conditions of a CallQuery as SQL over `calls c`, for the listing and for the sums, so that both mean the same
// calls. The text is made of constants; every value is bound. Any thread; values.
#pragma once

#include "api/call.h"

#include <QSqlQuery>
#include <QStringList>
#include <QVariantList>

namespace gateway::store {

struct CallFilter
{
    QStringList conditions;
    QVariantList values;

    void add(const char* condition, std::initializer_list<QVariant> bound);
    void add(const CallFilter& other);
    QString where() const; // " WHERE ..."; empty without conditions
    void bind(QSqlQuery& query) const;
};

CallFilter timeFilterOf(const api::CallQuery& query);
// All but the time. `tenants`: of these alone; empty: of all.
CallFilter callFilterOf(const api::CallQuery& query, const QStringList& tenants);
// "c.tenant IN (?, ?)"; no condition without tenants.
CallFilter tenantFilterOf(const QStringList& tenants);

} // namespace gateway::store
