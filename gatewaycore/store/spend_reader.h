// SpendReader: what the record says was spent, for the budgets at the start of the engine. An attempt belongs to the
// instant it began (its call's start and its own offset; where that is not known, when its call was routed), as in the
// ledger, and costs what is recorded: of an attempt that nobody knows the end of that is what was reserved. Sums that
// are folded already (spend_fold.h) are taken from there, so a start does not read every call of a year. Reads through
// a connection of its own; control thread.
#pragma once

#include "api/money.h"
#include "api/result.h"
#include "config/usage_scope.h"
#include "store/database.h"

#include <QSqlQuery>

namespace gateway::store {

struct Spent
{
    api::Money settled;
    qint64 calls = 0;    // attempts that have a cost
    qint64 unpriced = 0; // attempts that were sent and cost nobody knows what
};

class SpendReader
{
public:
    static api::Result<std::unique_ptr<SpendReader>> open(const QString& databaseFile);

    // Within [fromMs, toMs).
    api::Result<Spent> spent(const config::UsageScope& scope, qint64 fromMs, qint64 toMs);

private:
    explicit SpendReader(Connection connection) : m_connection(std::move(connection)) {}
    qint64 tail();

    Connection m_connection;
};

} // namespace gateway::store
