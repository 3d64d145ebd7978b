#include "api/call_summary.h"

#include "api/gateway_client.h"
#include "json_fields.h"

namespace gateway::api {

template <>
struct Members<CallSummaryRow>
{
    static constexpr auto fields = std::tuple{
        field("start", &CallSummaryRow::start),
        field("key", &CallSummaryRow::key),
        field("calls", &CallSummaryRow::calls),
        field("answered", &CallSummaryRow::answered),
        field("cost_usd", &CallSummaryRow::cost),
        field("unpriced", &CallSummaryRow::unpriced),
        field("input_tokens", &CallSummaryRow::inputTokens),
        field("output_tokens", &CallSummaryRow::outputTokens),
    };
};

template <>
struct Members<CallSummary>
{
    static constexpr auto fields = std::tuple{
        field("by", &CallSummary::by),
        field("step_s", &CallSummary::stepSeconds),
        field("total", &CallSummary::total),
        field("cut", &CallSummary::cut),
        field("rows", &CallSummary::rows),
    };
};

namespace {

constexpr std::array kBy{"outcome", "tenant", "alias", "provider", "feature", "credential", "error_code"};
constexpr int kMostBuckets = 500;
constexpr int kLongestStep = 366 * 86400;

} // namespace

QUrlQuery toQuery(const CallSummaryQuery& query)
{
    QUrlQuery items = toQuery(query.filter);
    items.removeAllQueryItems(QStringLiteral("limit"));
    items.removeAllQueryItems(QStringLiteral("before"));
    if (!query.by.isEmpty())
        items.addQueryItem(QStringLiteral("by"), QString::fromLatin1(QUrl::toPercentEncoding(query.by)));
    if (query.stepSeconds > 0)
        items.addQueryItem(QStringLiteral("step"), QString::number(query.stepSeconds));
    return items;
}

Result<CallSummaryQuery> callSummaryQueryFromQuery(const QUrlQuery& items)
{
    CallSummaryQuery query;
    query.by = items.queryItemValue(QStringLiteral("by"), QUrl::FullyDecoded);
    if (query.by.isEmpty())
        query.by = QStringLiteral("outcome");
    if (std::none_of(kBy.begin(), kBy.end(), [&](const char* name) { return query.by == QLatin1String(name); }))
        return failure(Failure::Invalid, QStringLiteral("by %1 is not known").arg(query.by.left(64)),
            QStringLiteral("It is one of outcome, tenant, alias, provider, feature, credential, error_code."));
    if (items.hasQueryItem(QStringLiteral("step"))) {
        bool isNumber = false;
        query.stepSeconds = items.queryItemValue(QStringLiteral("step")).toInt(&isNumber);
        if (!isNumber || query.stepSeconds < 1 || query.stepSeconds > kLongestStep)
            return failure(
                Failure::Invalid, QStringLiteral("step must be a whole number from 1 to %1").arg(kLongestStep));
    }
    QUrlQuery rest = items;
    rest.removeAllQueryItems(QStringLiteral("by"));
    rest.removeAllQueryItems(QStringLiteral("step"));
    const Result<CallQuery> filter = callQueryFromQuery(rest);
    if (!filter)
        return filter.error();
    query.filter = *filter;
    if (!query.filter.since || !query.filter.until || *query.filter.until <= *query.filter.since)
        return failure(Failure::Invalid, QStringLiteral("a summary needs since and until, until after since"));
    if (query.stepSeconds > 0 && query.filter.since->secsTo(*query.filter.until) / query.stepSeconds >= kMostBuckets)
        return failure(
            Failure::Invalid, QStringLiteral("a summary has at most %1 steps: make the step longer").arg(kMostBuckets));
    return query;
}

QJsonObject toJson(const CallSummary& summary)
{
    return writeMembers(summary);
}

Result<CallSummary> callSummaryFromJson(const QJsonObject& json)
{
    return parseMembers<CallSummary>(json);
}

} // namespace gateway::api
