// Served aggregates over the record of calls, so that a client never reads rows in order to count them. Values of GET
// calls/summary. Any thread. Buckets of time begin at multiples of the step; empty ones are left out.
#pragma once

#include "api/call.h"
#include "api/money.h"
#include "api/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QUrlQuery>
#include <QVector>

#include <optional>

namespace gateway::api {

struct CallSummaryQuery
{
    CallQuery filter;    // since and until must be there; limit and before do not count
    QString by;          // outcome tenant alias provider feature credential error_code; empty: outcome
    int stepSeconds = 0; // 0: the whole time as one bucket
};

struct CallSummaryRow
{
    QDateTime start; // of the bucket
    QString key;     // the value of `by`; empty for none
    qint64 calls = 0;
    qint64 answered = 0;
    std::optional<Money> cost; // empty: none of them has a known cost
    qint64 unpriced = 0;
    qint64 inputTokens = 0;
    qint64 outputTokens = 0;
};

struct CallSummary
{
    QString by;
    int stepSeconds = 0;
    qint64 total = 0;             // calls
    bool cut = false;             // more keys than the 100 with the most calls; the others are summed under "other"
    QVector<CallSummaryRow> rows; // by start, then by calls
};

QUrlQuery toQuery(const CallSummaryQuery& query);
Result<CallSummaryQuery> callSummaryQueryFromQuery(const QUrlQuery& query);
QJsonObject toJson(const CallSummary& summary);
Result<CallSummary> callSummaryFromJson(const QJsonObject& json);

} // namespace gateway::api
