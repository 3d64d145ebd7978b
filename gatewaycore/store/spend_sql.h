// What folding and reading of spend must agree on. Used by spend_fold.cpp, spend_sums.cpp and spend_reader.cpp only.
#pragma once

namespace gateway::store {

// When an attempt began, in ms: its own offset, else when its call was routed.
inline constexpr char kBegunMs[] =
    "(c.started_ms + max(CASE WHEN a.start_us >= 0 THEN a.start_us ELSE c.routed_us END, 0) / 1000)";

// Sent, and nobody knows what it cost.
inline constexpr char kIsUnpriced[] = "(a.cost_known = 0 OR (a.cost_nano IS NULL AND a.sent_us >= 0))";

inline constexpr char kFoldedUpTo[] =
    "CAST(coalesce((SELECT value FROM meta WHERE key = 'spend_folded'), '0') AS INTEGER)";

// Around the rows that are added.
inline constexpr char kIntoSpend[] =
    "INSERT INTO spend (quarter, tenant, feature, agent, alias, provider, settled_nano, attempts, unpriced)";
inline constexpr char kOntoSpend[] =
    " ON CONFLICT (quarter, tenant, feature, agent, alias, provider) DO UPDATE SET"
    " settled_nano = settled_nano + excluded.settled_nano, attempts = attempts + excluded.attempts,"
    " unpriced = unpriced + excluded.unpriced";

} // namespace gateway::store
