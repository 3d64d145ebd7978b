// A provider's bill as a CSV text: lines with a month, a provider, a model and an amount; counts where the bill states
// them. Strict where a mistake would move money: the header must name the columns, an amount must be a plain decimal in
// US dollars, a line that cannot be read is reported with its number and left out. Columns of other names are passed
// over. Names of columns are taken as the providers' exports write them (usage_date, cost_usd, prompt_tokens ...; the
// table is in bill.cpp). Pure functions; any thread.
#pragma once

#include "api/ledger_report.h"

#include <QByteArray>
#include <QString>

#include <optional>
#include <vector>

namespace gateway::budget {

struct BillLine
{
    int line = 0;  // of the text, from 1
    QString month; // 2026-11
    QString provider;
    QString model;
    std::optional<qint64> requests;
    std::optional<qint64> inputTokens;
    std::optional<qint64> outputTokens;
    api::Money amount; // negative: a credit
};

struct Bill
{
    std::vector<BillLine> lines;
    QVector<api::UnreadLine> unread; // at most kMostUnread, then one that says how many more
};

constexpr qsizetype kLargestBill = 16 << 20;
constexpr int kMostUnread = 100;

// `provider` stands for a column that the bill does not have.
Bill parseBill(const QByteArray& csv, const QString& provider = {});

} // namespace gateway::budget
