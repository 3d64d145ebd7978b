// SpendReportReader: the sums and rows behind the ledger's report and behind a reconciliation with a provider's bill.
// SQL only; what it means is reckoned in budget/. Reads committed calls through a connection of its own; control
// thread.
#pragma once

#include "api/limit_facts.h"
#include "api/money.h"
#include "api/result.h"
#include "store/database.h"

#include <functional>
#include <optional>
#include <vector>

namespace gateway::store {

struct ReservedAndSpent // an attempt that was sent, with a reservation and a cost
{
    QString alias;
    api::Money reserved;
    api::Money cost;
    bool known = true;
    bool answered = false;
};

struct BudgetRefusal
{
    QString alias;
    api::LimitFacts limit;
};

struct SpendRow // of one feature of one tenant
{
    QString tenant;
    QString feature;
    qint64 calls = 0;
    api::Money proved; // the credential names the feature, or nobody named one
    api::Money claimed;
};

// Attempts of one provider, model and month that were sent.
struct RecordedRow
{
    QString provider;
    QString model;         // as configured
    QString modelReported; // as the answers name it; may be empty
    QString month;         // UTC, by when the attempt began
    qint64 attempts = 0;
    qint64 inputTokens = 0;
    qint64 outputTokens = 0;
    api::Money cost;
    qint64 unpriced = 0; // attempts without a cost, and their tokens
    qint64 unpricedTokens = 0;
    // Ended before their end: cancelled, cut, or of unknown cost. What they were charged at, and what they can have
    // cost more, up to their reservations.
    qint64 disconnects = 0;
    api::Money disconnectCost;
    api::Money disconnectMore;
    // Failed otherwise after they were sent.
    qint64 retries = 0;
    api::Money retryCost;
    api::Money retryMore;
};

class SpendReportReader
{
public:
    static api::Result<std::unique_ptr<SpendReportReader>> open(const QString& databaseFile);

    // Of calls that began in [sinceMs, untilMs).
    api::Outcome reservations(
        qint64 sinceMs, qint64 untilMs, const std::function<void(const ReservedAndSpent&)>& visitor);
    api::Result<std::vector<BudgetRefusal>> refusals(qint64 sinceMs, qint64 untilMs);
    api::Result<std::vector<SpendRow>> spend(qint64 sinceMs, qint64 untilMs); // largest first
    api::Result<qint64> unpricedCalls(qint64 sinceMs, qint64 untilMs);
    api::Result<std::vector<RecordedRow>> recorded(qint64 sinceMs, qint64 untilMs);

private:
    explicit SpendReportReader(Connection connection) : m_connection(std::move(connection)) {}
    api::Outcome run(QSqlQuery& query, const QString& text, qint64 sinceMs, qint64 untilMs);

    Connection m_connection;
};

} // namespace gateway::store
