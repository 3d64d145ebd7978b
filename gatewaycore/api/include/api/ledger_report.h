// What the ledger can say of itself: how good its reservations are, what its refusals cost, what nobody could price,
// how far spend is proved, and how a provider's bill compares with the record. Values of the admin API (GET ledger,
// POST ledger/reconcile). Any thread; values. "Unknown" is an empty optional.
#pragma once

#include "api/money.h"
#include "api/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QString>
#include <QVector>

#include <optional>

namespace gateway::api {

// Reserved and actual of the settled attempts of one alias. Ratios are actual / reserved, 0 to 1 and above.
struct ReservationAccuracy
{
    QString alias;
    qint64 n = 0;
    Money reserved;
    Money actual;
    std::optional<double> ratioP50;
    std::optional<double> ratioP95;
};

// Spend of one feature of one tenant. The tenant is always proved by the credential; the feature is proved where the
// credential names it, else claimed by the caller. An empty feature: nobody named one.
struct SpendShare
{
    QString tenant;
    QString feature;
    qint64 calls = 0;
    Money proved;
    Money claimed;
};

// Something about claimed values that does not look right.
struct AttributionFinding
{
    QString kind; // tenant_out_of_scope first_seen share_shift odd_hour volume unattributed_growth session_loop
    QString sentence;
    QDateTime at;
};

struct LedgerReport
{
    QDateTime since;
    QDateTime asOf;
    QVector<ReservationAccuracy> reservations;
    qint64 refusals = 0;           // by a budget
    qint64 refusalsThatFitted = 0; // whose call would have fitted by what calls like it really cost
    qint64 unpricedCalls = 0;
    qint64 overruns = 0;
    Money overspend; // the sum of what overruns cost beyond their reservations
    Money proved;
    Money claimed;
    QVector<SpendShare> spend; // largest first
    QVector<AttributionFinding> findings;
};

// Why a bill and the record differ.
struct ResidualCause
{
    QString cause; // unpriced disconnects retries direct_calls unknown
    Money amount;
    qint64 calls = 0;
    QString sentence;
};

struct ReconciledLine
{
    QString provider;
    QString model;
    QString month; // 2026-11
    Money billed;
    std::optional<Money> recorded; // empty: the record has nothing of it
    Money delta;                   // billed less recorded
    double tolerancePercent = 0;
    bool within = false;
    QVector<ResidualCause> causes;
};

struct UnreadLine
{
    int line = 0; // from 1
    QString message;
};

struct Reconciliation
{
    QString verdict; // pass fail no_data incomplete
    QString sentence;
    QVector<ReconciledLine> lines;
    QVector<UnreadLine> unread;
};

QJsonObject toJson(const AttributionFinding& finding); // also the data of an event attribution.finding
QJsonObject toJson(const LedgerReport& report);
Result<LedgerReport> ledgerReportFromJson(const QJsonObject& json);
QJsonObject toJson(const Reconciliation& reconciliation);
Result<Reconciliation> reconciliationFromJson(const QJsonObject& json);

} // namespace gateway::api
