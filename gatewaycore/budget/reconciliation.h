// Reconciliation: a provider's bill against the record, per provider, model and month. The difference is given causes
// as far as the record can tell, each with an amount it can account for; what is left over is traffic outside this
// gateway (if the bill counts more requests than the record), else another price or another count of tokens. Pure
// function; any thread. The record's rows come from store/spend_report_reader.h.
#pragma once

#include "api/ledger_report.h"
#include "budget/bill.h"
#include "store/spend_report_reader.h"

#include <QHash>

#include <span>

namespace gateway::budget {

struct Tolerance
{
    double percent = 1.0;                                // of the amount billed
    api::Money least = api::Money::fromNano(10'000'000); // one cent: providers round
};

// `billedAs`: the name a bill has for a provider of ours, mostly its kind; a provider's own name always counts.
api::Reconciliation reconcile(const Bill& bill, std::span<const store::RecordedRow> recorded,
    const QHash<QString, QString>& billedAs = {}, const Tolerance& tolerance = {});

// From the first to behind the last month of the bill, UTC; nothing if it has no line.
std::optional<std::pair<QDateTime, QDateTime>> monthsOf(const Bill& bill);

} // namespace gateway::budget
