#include "store/bill_repository.h"

#include <QSqlQuery>
#include <QVariant>

namespace gateway::store {
namespace {

constexpr const char* kColumns = "import, line, file, imported_ms, month, provider, model, requests, input_tokens,"
                                 " output_tokens, amount_nano";

QVariant toSql(const std::optional<qint64>& count)
{
    return count ? QVariant(*count) : QVariant(QMetaType::fromType<qint64>());
}

std::optional<qint64> countOf(const QVariant& value)
{
    return value.isNull() ? std::nullopt : std::optional(value.toLongLong());
}

} // namespace

bool insertBill(QSqlDatabase& database, const std::vector<BillRow>& rows)
{
    QSqlQuery query(database);
    if (!query.prepare(QStringLiteral("INSERT INTO bills (%1) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                                      " ON CONFLICT (import, line) DO NOTHING")
                           .arg(QLatin1String(kColumns))))
        return false;
    for (const BillRow& row : rows) {
        const QVariant values[] = {row.import, row.line, row.file.isNull() ? QStringLiteral("") : row.file,
            row.importedMs, row.month, row.provider, row.model, toSql(row.requests), toSql(row.inputTokens),
            toSql(row.outputTokens), row.amountNano};
        int at = 0;
        for (const QVariant& value : values)
            query.bindValue(at++, value);
        if (!query.exec())
            return false;
    }
    return true;
}

std::optional<std::vector<BillRow>> billsOf(QSqlDatabase& database, const QString& fromMonth, const QString& toMonth)
{
    QSqlQuery query(database);
    query.setForwardOnly(true);
    if (!query.prepare(QStringLiteral("SELECT %1 FROM bills WHERE month >= ? AND month <= ?"
                                      " ORDER BY month, provider, model, import, line")
                           .arg(QLatin1String(kColumns))))
        return std::nullopt;
    query.addBindValue(fromMonth);
    query.addBindValue(toMonth);
    if (!query.exec())
        return std::nullopt;
    std::vector<BillRow> rows;
    while (query.next())
        rows.push_back({query.value(0).toString(), query.value(1).toInt(), query.value(2).toString(),
            query.value(3).toLongLong(), query.value(4).toString(), query.value(5).toString(),
            query.value(6).toString(), countOf(query.value(7)), countOf(query.value(8)), countOf(query.value(9)),
            query.value(10).toLongLong()});
    return rows;
}

} // namespace gateway::store
