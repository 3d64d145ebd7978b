// The table of imported bills, so that a reconciliation can be repeated when more of the record is in. Functions for
// Store::submit: they run on the store thread inside its transaction.
#pragma once

#include <QString>

#include <optional>
#include <vector>

class QSqlDatabase;

namespace gateway::store {

struct BillRow
{
    QString import; // hash of the file's bytes
    int line = 0;
    QString file;
    qint64 importedMs = 0;
    QString month; // 2026-11
    QString provider;
    QString model;
    std::optional<qint64> requests;
    std::optional<qint64> inputTokens;
    std::optional<qint64> outputTokens;
    qint64 amountNano = 0;
};

// A file that was imported before changes nothing. False: nothing was written.
bool insertBill(QSqlDatabase& database, const std::vector<BillRow>& rows);
std::optional<std::vector<BillRow>> billsOf(QSqlDatabase& database, const QString& fromMonth, const QString& toMonth);

} // namespace gateway::store
