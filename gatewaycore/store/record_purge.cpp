#include "store/record_purge.h"

#include "store/fold_mark.h"
#include "store/log_entry.h"
#include "store/spend_report_sql.h"

#include <QCryptographicHash>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSqlQuery>
#include <QString>
#include <QVariant>

#include <algorithm>

namespace gateway::store {
namespace {

constexpr qint64 kAheadMs =
    86'400'000; // a call of tomorrow has its time from a clock that was wrong: it holds up nobody

bool run(QSqlDatabase& database, const QString& text, std::initializer_list<QVariant> values)
{
    QSqlQuery query(database);
    if (!query.prepare(text))
        return false;
    for (const QVariant& value : values)
        query.addBindValue(value);
    return query.exec();
}

// Calls up to here are in all sums, and are not the newest.
std::optional<qint64> removableUpTo(QSqlDatabase& database)
{
    const auto calls = foldedUpTo(database, kCallsFolded);
    const auto spend = foldedUpTo(database, kSpendFolded);
    QSqlQuery query(database);
    if (!calls || !spend || !query.exec(QStringLiteral("SELECT coalesce(max(seq), 0) FROM calls")) || !query.next())
        return std::nullopt;
    return std::min({*calls, *spend, query.value(0).toLongLong() - 1});
}

std::optional<RemovedPiece> nextPiece(QSqlDatabase& database, qint64 upTo, qint64 beforeMs, qint64 nowMs, qint64 most)
{
    QSqlQuery query(database);
    query.setForwardOnly(true);
    if (!query.prepare(QStringLiteral("SELECT seq, id, started_ms FROM calls WHERE seq <= ? ORDER BY seq LIMIT ?")))
        return std::nullopt;
    query.addBindValue(upTo);
    query.addBindValue(most);
    if (!query.exec())
        return std::nullopt;
    RemovedPiece piece;
    QCryptographicHash hash(QCryptographicHash::Sha256);
    while (query.next()) {
        const qint64 startedMs = query.value(2).toLongLong();
        if (startedMs >= beforeMs && startedMs <= nowMs + kAheadMs)
            break;
        piece.lastSeq = query.value(0).toLongLong();
        if (piece.calls++ == 0) {
            piece.firstSeq = piece.lastSeq;
            piece.oldestMs = piece.newestMs = startedMs;
        }
        piece.oldestMs = std::min(piece.oldestMs, startedMs);
        piece.newestMs = std::max(piece.newestMs, startedMs);
        hash.addData(query.value(1).toString().toUtf8() + '\n');
    }
    piece.digest = hash.result();
    return piece;
}

// What is added up of them, before they go.
bool keepSums(QSqlDatabase& database, const RemovedPiece& piece)
{
    const QString attempts =
        QStringLiteral("INSERT INTO removed_attempts (month, provider, model, model_reported, attempts, tokens_in,"
                       " tokens_out, cost_nano, unpriced, unpriced_tokens, disconnects, disconnect_nano,"
                       " disconnect_more_nano, retries, retry_nano, retry_more_nano) ") +
        QLatin1String(kAttemptSums) + QStringLiteral("c.seq >= ? AND c.seq <= ?") + QLatin1String(kAttemptGroups) +
        QStringLiteral(" ON CONFLICT (month, provider, model, model_reported) DO UPDATE SET"
                       " attempts = attempts + excluded.attempts, tokens_in = tokens_in + excluded.tokens_in,"
                       " tokens_out = tokens_out + excluded.tokens_out, cost_nano = cost_nano + excluded.cost_nano,"
                       " unpriced = unpriced + excluded.unpriced,"
                       " unpriced_tokens = unpriced_tokens + excluded.unpriced_tokens,"
                       " disconnects = disconnects + excluded.disconnects,"
                       " disconnect_nano = disconnect_nano + excluded.disconnect_nano,"
                       " disconnect_more_nano = disconnect_more_nano + excluded.disconnect_more_nano,"
                       " retries = retries + excluded.retries, retry_nano = retry_nano + excluded.retry_nano,"
                       " retry_more_nano = retry_more_nano + excluded.retry_more_nano");
    // refused calls cost nothing and are no calls of the report; unpriced they may be
    const QString spend =
        QStringLiteral("INSERT INTO removed_spend (day, tenant, feature, calls, proved_nano, claimed_nano, unpriced)"
                       " SELECT c.started_ms / 86400000, c.tenant, c.feature, sum(c.outcome <> 'refused'),"
                       " sum(CASE WHEN c.outcome <> 'refused' AND %1 THEN coalesce(c.cost_nano, 0) ELSE 0 END),"
                       " sum(CASE WHEN c.outcome <> 'refused' AND NOT %1 THEN coalesce(c.cost_nano, 0) ELSE 0 END),"
                       " sum(%2) FROM calls c WHERE c.seq >= ? AND c.seq <= ? GROUP BY 1, 2, 3"
                       " ON CONFLICT (day, tenant, feature) DO UPDATE SET calls = calls + excluded.calls,"
                       " proved_nano = proved_nano + excluded.proved_nano,"
                       " claimed_nano = claimed_nano + excluded.claimed_nano, unpriced = unpriced + excluded.unpriced")
            .arg(QLatin1String(kIsProved), QLatin1String(kHasUnpriced));
    return run(database, attempts, {piece.firstSeq, piece.lastSeq}) &&
           run(database, spend, {piece.firstSeq, piece.lastSeq});
}

bool removeRows(QSqlDatabase& database, RemovedPiece& piece)
{
    QSqlQuery query(database);
    if (!query.prepare(QStringLiteral("DELETE FROM attempts WHERE call >= ? AND call <= ?")))
        return false;
    query.addBindValue(piece.firstSeq);
    query.addBindValue(piece.lastSeq);
    if (!query.exec())
        return false;
    piece.attempts = query.numRowsAffected();
    // a batch's duration is read with its calls; those around the first call that stays may share one with it
    return run(database, QStringLiteral("DELETE FROM calls WHERE seq >= ? AND seq <= ?"),
               {piece.firstSeq, piece.lastSeq}) &&
           run(database,
               QStringLiteral("DELETE FROM commits WHERE batch < (SELECT batch FROM calls ORDER BY seq LIMIT 1) - 2"),
               {});
}

bool account(QSqlDatabase& database, const RemovedPiece& piece, qint64 beforeMs, qint64 nowMs)
{
    if (!run(database,
            QStringLiteral("INSERT INTO record_purges (at_ms, before_ms, first_seq, last_seq, calls, attempts,"
                           " oldest_ms, newest_ms, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
            {nowMs, beforeMs, piece.firstSeq, piece.lastSeq, piece.calls, piece.attempts, piece.oldestMs,
                piece.newestMs, piece.digest}))
        return false;
    // first_seq, last_seq and calls are what the verifier reads (store/log_verifier.cpp); the rest is for people
    const QJsonObject content{{QStringLiteral("first_seq"), piece.firstSeq},
        {QStringLiteral("last_seq"), piece.lastSeq}, {QStringLiteral("calls"), piece.calls},
        {QStringLiteral("attempts"), piece.attempts}, {QStringLiteral("began_before_ms"), beforeMs},
        {QStringLiteral("oldest_ms"), piece.oldestMs}, {QStringLiteral("newest_ms"), piece.newestMs},
        {QStringLiteral("ids_sha256"), QString::fromLatin1(piece.digest.toHex())},
        {QStringLiteral("why"), QStringLiteral("audit.retention")}};
    return appendToLog(database, LogKind::Purge, QStringLiteral("%1-%2").arg(piece.firstSeq).arg(piece.lastSeq),
        QJsonDocument(content).toJson(QJsonDocument::Compact));
}

} // namespace

std::optional<RemovedPiece> removeCalls(QSqlDatabase& database, qint64 beforeMs, qint64 nowMs, qint64 most)
{
    const auto upTo = removableUpTo(database);
    auto piece = upTo ? nextPiece(database, *upTo, beforeMs, nowMs, most) : std::nullopt;
    if (!piece || piece->calls == 0)
        return piece;
    if (!keepSums(database, *piece) || !removeRows(database, *piece) || !account(database, *piece, beforeMs, nowMs))
        return std::nullopt;
    return piece;
}

std::optional<RecordAge> recordAge(QSqlDatabase& database)
{
    QSqlQuery query(database);
    RecordAge age;
    if (!query.exec(QStringLiteral("SELECT coalesce((SELECT min(started_ms) FROM calls), 0),"
                                   " coalesce((SELECT sum(calls) FROM record_purges), 0),"
                                   " coalesce((SELECT max(at_ms) FROM record_purges), 0)")) ||
        !query.next())
        return std::nullopt;
    age.oldestMs = query.value(0).toLongLong();
    age.removed = query.value(1).toLongLong();
    age.lastPurgeMs = query.value(2).toLongLong();
    return age;
}

} // namespace gateway::store
