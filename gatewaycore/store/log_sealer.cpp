#include "store/log_sealer.h"

#include "store/log_entry.h"
#include "store/log_rows.h"
#include "store/log_writer.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSqlQuery>

namespace gateway::store {
namespace {

constexpr char kSealedCalls[] = "log_sealed_calls"; // in meta: seq up to which calls from before have entries

std::optional<qint64> numberOf(QSqlDatabase& database, const QString& sql, const QVariantList& values = {})
{
    QSqlQuery query(database);
    query.setForwardOnly(true);
    if (!query.prepare(sql))
        return std::nullopt;
    for (const QVariant& value : values)
        query.addBindValue(value);
    if (!query.exec())
        return std::nullopt;
    return query.next() ? query.value(0).toLongLong() : 0;
}

// "log_sealed_" and the name of a watched table, or of the calls.
std::optional<qint64> sealedUpTo(QSqlDatabase& database, const QString& mark)
{
    return numberOf(database, QStringLiteral("SELECT CAST(value AS INTEGER) FROM meta WHERE key = ?"), {mark});
}

bool setSealed(QSqlDatabase& database, const QString& mark, qint64 upTo)
{
    QSqlQuery query(database);
    if (!query.prepare(QStringLiteral("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)")))
        return false;
    query.addBindValue(mark);
    query.addBindValue(QString::number(upTo));
    return query.exec();
}

QString markOf(const LogTable& table)
{
    return QStringLiteral("log_sealed_") + QLatin1String(table.table);
}

std::optional<qint64> lastKey(QSqlDatabase& database, const LogTable& table)
{
    const QString sql =
        QStringLiteral("SELECT coalesce(max(%1), 0) FROM %2").arg(QLatin1String(table.key), QLatin1String(table.table));
    return numberOf(database, sql);
}

// The tables whose rows can be from before the log: those of keys that grow.
std::vector<const LogTable*> oldTables()
{
    std::vector<const LogTable*> tables;
    for (const LogTable& table : logTables()) {
        if (table.keyKind == KeyKind::Integer && &table == logTable(table.table))
            tables.push_back(&table);
    }
    return tables;
}

std::optional<QJsonObject> genesis(QSqlDatabase& database)
{
    QSqlQuery query(database);
    if (!query.exec(QStringLiteral("SELECT content FROM log WHERE seq = 1")) || !query.next())
        return std::nullopt;
    return QJsonDocument::fromJson(query.value(0).toByteArray()).object();
}

// At most `most` calls up to `until`; how many there were.
std::optional<qint64> sealCalls(QSqlDatabase& database, qint64 until, qint64 most)
{
    const QString mark = QLatin1String(kSealedCalls);
    const auto from = sealedUpTo(database, mark);
    if (!from)
        return std::nullopt;
    if (*from >= until)
        return 0;
    sqlite3* const handle = handleOf(database);
    CallRows rows;
    LogWriter writer;
    const qint64 to = std::min(until, *from + most);
    if (!handle || !rows.open(handle, *from, to) || !writer.prepare(handle) ||
        !writer.begin(QDateTime::currentMSecsSinceEpoch()))
        return std::nullopt;
    qint64 count = 0;
    for (; rows.next(); ++count)
        writer.add(LogKind::SealedCall, rows.seq(), audit::contentHash(LogKind::SealedCall, rows.content()));
    if (rows.failed() || !writer.flush() || !setSealed(database, mark, to))
        return std::nullopt;
    return std::max<qint64>(count, 1); // a gap in the seqs is a step as well
}

std::optional<qint64> sealTable(QSqlDatabase& database, const LogTable& table, qint64 until, qint64 most)
{
    const auto from = sealedUpTo(database, markOf(table));
    if (!from)
        return std::nullopt;
    if (*from >= until)
        return 0;
    std::vector<qint64> keys;
    {
        sqlite3* const handle = handleOf(database);
        WatchedRows rows;
        if (!handle || !rows.open(handle, table, *from))
            return std::nullopt;
        while (qint64(keys.size()) < most && rows.next() && rows.key() <= until)
            keys.push_back(rows.key());
    }
    for (const qint64 key : keys) {
        if (!appendRowToLog(database, table.table, key, LogKind::SealedRow))
            return std::nullopt;
    }
    if (!setSealed(database, markOf(table), keys.empty() ? until : keys.back()))
        return std::nullopt;
    return std::max<qint64>(qint64(keys.size()), 1);
}

std::optional<Hash> entryAt(sqlite3* database, qint64 seq)
{
    Statement row;
    Hash found{};
    if (seq == 0 || !row.prepare(database, "SELECT entry_hash FROM log WHERE seq = ?"))
        return std::nullopt;
    row.bind(seq);
    return row.next() && hashFrom(row.blob(0), found) ? std::optional(found) : std::nullopt;
}

template <std::size_t N>
bool take(QByteArrayView bytes, std::array<unsigned char, N>& to)
{
    if (bytes.size() != qsizetype(N))
        return false;
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(to.data()));
    return true;
}

template <std::size_t N>
QByteArrayView view(const std::array<unsigned char, N>& bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), qsizetype(N)};
}

} // namespace

bool beginLogIfNew(QSqlDatabase& database)
{
    const auto size = numberOf(database, QStringLiteral("SELECT count(*) FROM (SELECT 1 FROM log LIMIT 1)"));
    if (!size || *size != 0)
        return size.has_value();
    const auto calls = numberOf(database, QStringLiteral("SELECT coalesce(max(seq), 0) FROM calls"));
    if (!calls)
        return false;
    QJsonObject content{{QStringLiteral("format"), 1}, {QStringLiteral("calls"), *calls}};
    for (const LogTable* table : oldTables()) {
        const auto last = lastKey(database, *table);
        if (!last)
            return false;
        content.insert(QLatin1String(table->table), *last);
    }
    return database.transaction() &&
           ((appendToLog(database, LogKind::Genesis, {}, QJsonDocument(content).toJson(QJsonDocument::Compact)) &&
                database.commit()) ||
               (database.rollback(), false));
}

std::optional<qint64> unsealedRows(QSqlDatabase& database)
{
    const auto begun = genesis(database);
    if (!begun)
        return std::nullopt;
    qint64 all = 0;
    const auto calls = sealedUpTo(database, QLatin1String(kSealedCalls));
    if (!calls)
        return std::nullopt;
    all += std::max<qint64>(begun->value(QLatin1String("calls")).toInteger() - *calls, 0);
    for (const LogTable* table : oldTables()) {
        const auto sealed = sealedUpTo(database, markOf(*table));
        if (!sealed)
            return std::nullopt;
        all += std::max<qint64>(begun->value(QLatin1String(table->table)).toInteger() - *sealed, 0);
    }
    return all;
}

std::optional<qint64> sealOldRows(QSqlDatabase& database, qint64 most)
{
    const auto begun = genesis(database);
    if (!begun)
        return std::nullopt;
    const auto calls = sealCalls(database, begun->value(QLatin1String("calls")).toInteger(), most);
    if (!calls)
        return std::nullopt;
    qint64 done = *calls;
    for (const LogTable* table : oldTables()) {
        if (done >= most)
            break;
        const auto rows =
            sealTable(database, *table, begun->value(QLatin1String(table->table)).toInteger(), most - done);
        if (!rows)
            return std::nullopt;
        done += *rows;
    }
    return unsealedRows(database);
}

bool readHeadsAfter(
    QSqlDatabase& database, qint64 number, const QString& engine, QVector<audit::LogHead>& heads, qint64 most)
{
    sqlite3* const handle = handleOf(database);
    Statement rows;
    if (!handle || !rows.prepare(handle, "SELECT number, size, root, last_entry, at_ms, previous, public_key, signature"
                                         " FROM log_heads WHERE number > ? ORDER BY number LIMIT ?"))
        return false;
    rows.bind(number);
    rows.bind(most);
    while (rows.next()) {
        audit::LogHead head;
        head.engine = engine;
        head.number = rows.number(0);
        head.size = rows.number(1);
        head.atMs = rows.number(4);
        if (!take(rows.blob(2), head.root) || !take(rows.blob(3), head.lastEntry) ||
            !take(rows.blob(5), head.previous) || !take(rows.blob(6), head.publicKey) ||
            !take(rows.blob(7), head.signature))
            return false;
        heads.append(head);
    }
    return !rows.error().isValid();
}

bool readLastHead(QSqlDatabase& database, std::optional<audit::LogHead>& head)
{
    const auto last = numberOf(database, QStringLiteral("SELECT coalesce(max(number), 0) FROM log_heads"));
    QSqlQuery engine(database);
    if (!last || !engine.exec(QStringLiteral("SELECT value FROM meta WHERE key = 'engine_id'")))
        return false;
    const QString name = engine.next() ? engine.value(0).toString() : QString();
    QVector<audit::LogHead> heads;
    if (!readHeadsAfter(database, *last - 1, name, heads))
        return false;
    head = heads.isEmpty() ? std::nullopt : std::optional(heads.last());
    return true;
}

qint64 logSize(QSqlDatabase& database)
{
    return numberOf(database, QStringLiteral("SELECT coalesce(max(seq), 0) FROM log")).value_or(-1);
}

// Is the frontier that of the log? After a rollback or another's hand it is not.
bool LogSealer::matches(sqlite3* database) const
{
    const auto found = entryAt(database, m_frontier.size());
    return found && *found == m_lastEntry;
}

bool LogSealer::writeTile(sqlite3* database, qint64 number, const Hash& root)
{
    Statement insert;
    if (!insert.prepare(database, "INSERT OR REPLACE INTO log_tiles (number, root) VALUES (?, ?)"))
        return false;
    insert.bind(number);
    insert.bindBlob(viewOf(root));
    return insert.run();
}

bool LogSealer::catchUp(sqlite3* database, qint64 size)
{
    if (!matches(database)) {
        m_frontier = {};
        Statement tiles;
        Hash root{};
        if (!tiles.prepare(database, "SELECT number, root FROM log_tiles ORDER BY number"))
            return false;
        while (tiles.next() && tiles.number(0) == m_frontier.size() / audit::kTileLeaves &&
               m_frontier.size() + audit::kTileLeaves <= size && hashFrom(tiles.blob(1), root))
            m_frontier.appendTile(root);
        m_lastEntry = entryAt(database, m_frontier.size()).value_or(Hash{});
    }
    Statement leaves;
    if (!leaves.prepare(database, "SELECT seq, entry_hash FROM log WHERE seq > ? ORDER BY seq"))
        return false;
    leaves.bind(m_frontier.size());
    std::vector<std::pair<qint64, Hash>> tiles;
    while (leaves.next()) {
        Hash leaf{};
        if (leaves.number(0) != m_frontier.size() + 1 || !hashFrom(leaves.blob(1), leaf))
            return false; // the log has a hole: no head over it
        if (const auto tile = m_frontier.append(leaf))
            tiles.emplace_back(m_frontier.size() / audit::kTileLeaves - 1, *tile);
        m_lastEntry = leaf;
    }
    for (const auto& [number, root] : tiles) {
        if (!writeTile(database, number, root))
            return false;
    }
    return m_frontier.size() == size;
}

bool LogSealer::seal(QSqlDatabase& database, qint64 atMs, std::optional<audit::LogHead>& made)
{
    sqlite3* const handle = handleOf(database);
    std::optional<audit::LogHead> last;
    const qint64 size = logSize(database);
    if (!handle || size < 0 || !readLastHead(database, last))
        return false;
    if (size == 0 || (last && last->size >= size))
        return true;
    if (!catchUp(handle, size)) {
        m_frontier = {};
        return false;
    }
    audit::LogHead head;
    head.engine = m_engine;
    head.number = last ? last->number + 1 : 1;
    head.size = size;
    head.root = m_frontier.root();
    head.lastEntry = m_lastEntry;
    head.atMs = atMs;
    head.previous = last ? audit::hashOf(*last) : Hash{};
    audit::sign(head, m_key);
    Statement insert;
    if (!insert.prepare(handle, "INSERT INTO log_heads (number, size, root, last_entry, at_ms, previous, public_key,"
                                " signature) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"))
        return false;
    insert.bind(head.number);
    insert.bind(head.size);
    insert.bindBlob(view(head.root));
    insert.bindBlob(view(head.lastEntry));
    insert.bind(head.atMs);
    insert.bindBlob(view(head.previous));
    insert.bindBlob(view(head.publicKey));
    insert.bindBlob(view(head.signature));
    if (!insert.run())
        return false;
    made = head;
    return true;
}

} // namespace gateway::store
