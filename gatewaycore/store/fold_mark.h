// How far calls are folded into sums: a mark in `meta` for each kind of sum, the seq of the last call that is in it.
// Used by the two folds, the running sums and their readers; inside the caller's transaction.
#pragma once

#include <QtGlobal>

#include <optional>

class QSqlDatabase;

namespace gateway::store {

inline constexpr char kCallsFolded[] = "calls_folded";
inline constexpr char kSpendFolded[] = "spend_folded";

// 0 before the first folding; nothing on an error.
std::optional<qint64> foldedUpTo(QSqlDatabase& database, const char* mark);
bool setFoldedUpTo(QSqlDatabase& database, const char* mark, qint64 seq);

// The calls that come next: beyond `from`, up to `to`.
struct FoldRange
{
    qint64 from = 0;
    qint64 to = 0;
    qint64 size() const { return to - from; }
};
std::optional<FoldRange> nextToFold(QSqlDatabase& database, const char* mark, qint64 most);

} // namespace gateway::store
