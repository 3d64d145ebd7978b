// What the reader of the ledger's report and the removal of old records must agree on: what is added up. Used by
// spend_report_reader.cpp and record_purge.cpp only; the text is made of constants.
#pragma once

namespace gateway::store {

// The sums of attempts that were sent, each told apart into disconnects (1), other failures (2) and the rest.
inline constexpr char kAttemptSums[] =
    "SELECT month, provider, model, model_reported, count(*) AS attempts, sum(tokens_in) AS tokens_in,"
    " sum(tokens_out) AS tokens_out, coalesce(sum(cost), 0) AS cost_nano, sum(cost IS NULL) AS unpriced,"
    " sum(CASE WHEN cost IS NULL THEN tokens_in + tokens_out ELSE 0 END) AS unpriced_tokens,"
    " sum(kind = 1) AS disconnects, sum(CASE WHEN kind = 1 THEN coalesce(cost, 0) ELSE 0 END) AS disconnect_nano,"
    " sum(CASE WHEN kind = 1 THEN more ELSE 0 END) AS disconnect_more_nano,"
    " sum(kind = 2) AS retries, sum(CASE WHEN kind = 2 THEN coalesce(cost, 0) ELSE 0 END) AS retry_nano,"
    " sum(CASE WHEN kind = 2 THEN more ELSE 0 END) AS retry_more_nano"
    " FROM (SELECT a.provider, a.model, coalesce(json_extract(a.detail, '$.model_reported'), '') AS model_reported,"
    "   strftime('%Y-%m', (c.started_ms + max(a.start_us, 0) / 1000) / 1000, 'unixepoch') AS month,"
    "   coalesce(json_extract(a.detail, '$.tokens.input'), 0) AS tokens_in,"
    "   coalesce(json_extract(a.detail, '$.tokens.output'), 0) AS tokens_out,"
    "   a.cost_nano AS cost, max(coalesce(a.cost_estimated_nano - a.cost_nano, 0), 0) AS more,"
    "   CASE WHEN a.cost_known = 0 OR a.result = 'cancelled' OR json_extract(a.detail, '$.stream') IN"
    " ('truncated', 'cancelled', 'stalled')"
    "     THEN 1 WHEN a.result = 'failed' THEN 2 ELSE 0 END AS kind"
    "   FROM calls c JOIN attempts a ON a.call = c.seq"
    "   WHERE (a.sent_us >= 0 OR a.cost_known = 0) AND ";
inline constexpr char kAttemptGroups[] = ") GROUP BY month, provider, model, model_reported";

// Of one call: is its feature proved; has it an attempt that nobody knows the price of.
inline constexpr char kIsProved[] = "(c.feature_proved = 1 OR c.feature = '')";
inline constexpr char kHasUnpriced[] = "EXISTS (SELECT 1 FROM attempts a WHERE a.call = c.seq AND a.cost_nano IS NULL"
                                       " AND (a.sent_us >= 0 OR a.cost_known = 0))";

} // namespace gateway::store
