#include "store/log_verifier.h"

#include "audit/chain/entry.h"
#include "audit/chain/merkle.h"
#include "store/log_rows.h"
#include "store/log_sealer.h"
#include "store/read_snapshot.h"

#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSqlQuery>

#include <limits>
#include <map>

namespace gateway::store {
namespace {

using audit::LogEntry;
using audit::LogHead;
using audit::LogKind;

constexpr qsizetype kFindingsKept = 50;
constexpr qint64 kHeadIsDueMs = 120'000; // entries older than this without a head are not as they should be
constexpr int kNotAnchoredYet = 2;       // heads that a crash may have kept from the anchor
constexpr qint64 kAll = std::numeric_limits<qint64>::max();

// Calls in the order of their entries: those from before the log, and those since.
struct CallWalk
{
    CallRows rows;
    qint64 lastRef = 0;
    qint64 until = kAll;
    bool stands = false; // rows stands on one that is not compared yet
    std::size_t orphansTold = 0;
};

struct Purged // an entry that says so
{
    qint64 first = 0;
    qint64 last = 0;
    qint64 calls = 0;
    qint64 missed = 0; // of those that have an entry
};

struct Latest // of a watched row
{
    qint64 seq = 0;
    LogKind kind = LogKind::Row;
    Hash content{};
};

class Verification
{
public:
    Verification(QSqlDatabase& database, const VerifyOptions& options)
        : m_database(database), m_sqlite(handleOf(database)), m_options(options)
    {
    }

    api::ChainVerification run();

private:
    bool begin();
    bool piece(); // false: the end, or it cannot go on
    void entry(const Statement& row);
    void compareCall(CallWalk& walk, const LogEntry& entry);
    void passOver(CallWalk& walk, qint64 before);
    void tellOrphans(CallWalk& walk);
    void headsAt(qint64 size);
    void head(const LogHead& head);
    bool isTrusted(const LogHead& head);
    void compareAnchor(const LogHead& head);
    void finish();
    void finishCalls();
    void finishWatched();
    void finishTable(const LogTable& table);
    void finishPurged();
    void finishTiles();
    void finishAnchor();
    void judge();
    bool isStopped() const { return m_options.stop && m_options.stop->load(std::memory_order_relaxed); }

    void found(const char* what, const char* where, qint64 seq, const QString& id, const QString& sentence);
    void unreadable(const char* where, const QSqlError& error);

    QSqlDatabase& m_database;
    sqlite3* const m_sqlite;
    const VerifyOptions& m_options;
    api::ChainVerification m_result;

    QString m_engine;
    bool m_isClosed = false;
    qint64 m_lastSeq = 0;
    qint64 m_firstOfTailMs = 0;
    Hash m_previous{};
    audit::Frontier m_tree;
    std::vector<Hash> m_tiles;
    QJsonObject m_genesis;
    CallWalk m_old{{}, 0, 0};
    CallWalk m_since;
    std::vector<qint64> m_missing; // seqs of calls that have an entry and no row
    std::vector<Purged> m_purged;
    QHash<QByteArray, Latest> m_watched;
    QHash<QString, qint64> m_lastSealed; // by table: the last key that was sealed late

    QVector<LogHead> m_heads; // of this piece, from m_nextHead on
    qsizetype m_nextHead = 0;
    std::optional<LogHead> m_lastHead;
    bool m_rootsBroken = false;
    bool m_keyBroken = false;
    std::optional<audit::PublicKey> m_firstKey;
    QVector<audit::PublicKey> m_handedOver;                   // by a head of a trusted key
    std::vector<std::pair<qint64, audit::PublicKey>> m_named; // in a note, not under a head yet
    qint64 m_notAnchored = 0;
    qint64 m_anchorLast = 0;
};

void Verification::found(const char* what, const char* where, qint64 seq, const QString& id, const QString& sentence)
{
    ++m_result.findingCount;
    if (m_result.findings.size() < kFindingsKept)
        m_result.findings.append({QLatin1String(what), QLatin1String(where), seq, id, sentence});
}

void Verification::unreadable(const char* where, const QSqlError& error)
{
    found("unreadable", where, 0, {}, QStringLiteral("%1 cannot be read: %2.").arg(QLatin1String(where), error.text()));
}

bool Verification::begin()
{
    QSqlQuery query(m_database);
    if (!m_sqlite ||
        !query.exec(QStringLiteral("SELECT count(*) FROM sqlite_master WHERE name IN ('log', 'log_heads')")) ||
        !query.next()) {
        unreadable("database", query.lastError());
        return false;
    }
    if (query.value(0).toInt() == 0) {
        m_result.sentence = QStringLiteral("This database is from before there was a log.");
        if (m_options.anchor && !m_options.anchor->heads.isEmpty())
            found("rollback", "anchor", 0, {},
                QStringLiteral("The anchor knows heads of a log, and this database has no log."));
        return false;
    }
    query.exec(QStringLiteral("SELECT value FROM meta WHERE key = 'engine_id'"));
    m_engine = query.next() ? query.value(0).toString() : QString();
    query.exec(QStringLiteral("SELECT 1 FROM meta WHERE key = 'closed'"));
    m_isClosed = query.next();
    // the walks begin at 1
    const std::pair<const char*, const char*> below[] = {{"log", "SELECT count(*) FROM log WHERE seq < 1"},
        {"log_heads", "SELECT count(*) FROM log_heads WHERE number < 1"},
        {"calls", "SELECT count(*) FROM calls WHERE seq < 1"},
        {"attempts", "SELECT count(*) FROM attempts WHERE call < 1"}};
    for (const auto& [table, sql] : below) {
        if (!query.exec(QLatin1String(sql)) || !query.next())
            unreadable(table, query.lastError());
        else if (const qint64 count = query.value(0).toLongLong(); count > 0)
            found("inserted", table, 0, {},
                QStringLiteral("%1 rows of %2 have numbers below 1.").arg(count).arg(QLatin1String(table)));
    }
    return true;
}

// The rows with a seq below: nobody has an entry for them, or it stands elsewhere.
void Verification::passOver(CallWalk& walk, qint64 before)
{
    while (true) {
        if (!walk.stands && !(walk.stands = walk.rows.next()))
            break;
        if (walk.rows.seq() >= before)
            break;
        found("inserted", "calls", 0, QString::fromUtf8(walk.rows.id()),
            QStringLiteral("The call with seq %1 has no entry in the log.").arg(walk.rows.seq()));
        walk.stands = false;
    }
    tellOrphans(walk);
}

void Verification::tellOrphans(CallWalk& walk)
{
    for (; walk.orphansTold < walk.rows.orphans().size(); ++walk.orphansTold) {
        const auto& orphan = walk.rows.orphans()[walk.orphansTold];
        found("inserted", "attempts", 0, QStringLiteral("%1/%2").arg(orphan.call).arg(orphan.number),
            QStringLiteral("Attempt %1 is of a call (seq %2) that is not there.").arg(orphan.number).arg(orphan.call));
    }
}

void Verification::compareCall(CallWalk& walk, const LogEntry& entry)
{
    if (entry.ref <= walk.lastRef || entry.ref > walk.until) {
        found("order", "log", entry.seq, {},
            QStringLiteral("Entry %1 is of the call with seq %2, which does not come here.")
                .arg(entry.seq)
                .arg(entry.ref));
        return;
    }
    passOver(walk, entry.ref);
    walk.lastRef = entry.ref;
    if (!walk.stands || walk.rows.seq() != entry.ref) {
        m_missing.push_back(entry.ref);
        return;
    }
    ++m_result.rows;
    walk.stands = false;
    if (audit::contentHash(entry.kind, walk.rows.content()) != entry.content)
        found("changed", "calls", entry.seq, QString::fromUtf8(walk.rows.id()),
            QStringLiteral("The call %1 or one of its attempts is not as it was recorded (entry %2).")
                .arg(QString::fromUtf8(walk.rows.id()))
                .arg(entry.seq));
}

void Verification::entry(const Statement& row)
{
    LogEntry entry;
    entry.seq = row.number(0);
    entry.kind = LogKind(row.number(1));
    entry.ref = row.number(2);
    entry.id = QString::fromUtf8(row.text(3));
    entry.atMs = row.number(4);
    entry.previous = m_previous;
    Hash stored{};
    const bool isWhole = hashFrom(row.blob(5), entry.content) && hashFrom(row.blob(6), stored) &&
                         row.number(1) == qint64(quint8(row.number(1)));
    if (entry.seq != m_lastSeq + 1)
        found("missing", "log", m_lastSeq + 1, {},
            QStringLiteral("Entries %1 to %2 are missing.").arg(m_lastSeq + 1).arg(entry.seq - 1));
    m_lastSeq = entry.seq;
    ++m_result.entries;
    if (!isWhole || audit::entryHash(entry) != stored)
        found("chain", "log", entry.seq, entry.id,
            QStringLiteral("Entry %1 is not what its hash says, or does not follow from the one before it.")
                .arg(entry.seq));
    m_previous = stored;
    if (const auto tile = m_tree.append(stored))
        m_tiles.push_back(*tile);
    if (m_result.tail++ == 0)
        m_firstOfTailMs = entry.atMs;

    const QByteArrayView kept = row.blob(7);
    if (audit::keepsContent(entry.kind) ? audit::contentHash(entry.kind, kept) != entry.content : !row.isNull(7))
        found("changed", "log", entry.seq, entry.id,
            QStringLiteral("What entry %1 keeps is not what was written.").arg(entry.seq));
    switch (entry.kind) {
    case LogKind::Genesis:
        if (entry.seq != 1)
            found("order", "log", entry.seq, {}, QStringLiteral("The log begins a second time at %1.").arg(entry.seq));
        m_genesis = QJsonDocument::fromJson(kept.toByteArray()).object();
        m_old.until = m_genesis.value(QLatin1String("calls")).toInteger();
        m_since.lastRef = m_old.until;
        break;
    case LogKind::Call:
        compareCall(m_since, entry);
        break;
    case LogKind::SealedCall:
        compareCall(m_old, entry);
        break;
    case LogKind::SealedRow:
        m_lastSealed[entry.id.section(u'/', 0, 0)] = entry.id.section(u'/', 1).toLongLong();
        [[fallthrough]];
    case LogKind::Row:
    case LogKind::RowGone:
        m_watched.insert(entry.id.toUtf8(), {entry.seq, entry.kind, entry.content});
        break;
    case LogKind::Purge: {
        const QJsonObject purge = QJsonDocument::fromJson(kept.toByteArray()).object();
        // record_purge.cpp: the oldest calls, a piece at a time
        m_purged.push_back({purge.value(QLatin1String("first_seq")).toInteger(),
            purge.value(QLatin1String("last_seq")).toInteger(), purge.value(QLatin1String("calls")).toInteger(), 0});
        break;
    }
    case LogKind::Note: {
        audit::PublicKey key{};
        const QByteArray next = QByteArray::fromHex(kept.toByteArray());
        if (entry.id == QLatin1String("next-key") && next.size() == qsizetype(key.size())) {
            std::copy(next.begin(), next.end(), reinterpret_cast<char*>(key.data()));
            m_named.emplace_back(entry.seq, key);
        }
        break;
    }
    case LogKind::Revision:
        break;
    default:
        found("changed", "log", entry.seq, entry.id,
            QStringLiteral("Entry %1 is of a kind that there is not.").arg(entry.seq));
    }
    headsAt(entry.seq);
}

// The heads over exactly so many entries; those that should have come before are out of their order.
void Verification::headsAt(qint64 size)
{
    for (; m_nextHead < m_heads.size() && m_heads[m_nextHead].size <= size; ++m_nextHead)
        head(m_heads[m_nextHead]);
}

bool Verification::isTrusted(const LogHead& head)
{
    if (!m_firstKey)
        m_firstKey = head.publicKey;
    for (const QString& key : m_options.keys) {
        if (audit::names(key, head.publicKey))
            return true;
    }
    return (m_options.keys.isEmpty() && head.publicKey == *m_firstKey) || m_handedOver.contains(head.publicKey);
}

void Verification::head(const LogHead& head)
{
    const QString id = QString::number(head.number);
    const qint64 expected = m_lastHead ? m_lastHead->number + 1 : 1;
    if (head.number != expected)
        found("missing", "log_heads", 0, QString::number(expected),
            QStringLiteral("Heads %1 to %2 are missing.").arg(expected).arg(head.number - 1));
    else if (head.previous != (m_lastHead ? audit::hashOf(*m_lastHead) : Hash{}))
        found("head", "log_heads", 0, id, QStringLiteral("Head %1 does not follow from the one before it.").arg(id));
    const bool isSigned = audit::isSigned(head);
    if (!isSigned)
        found("signature", "log_heads", 0, id, QStringLiteral("The signature of head %1 is not good.").arg(id));
    const bool trusted = isTrusted(head);
    if (!trusted && !std::exchange(m_keyBroken, true))
        found("key", "log_heads", 0, id,
            QStringLiteral("Head %1 is signed with another key (%2).").arg(id, audit::fingerprintOf(head.publicKey)));
    // a hole in the log shifts all after it: told once
    const bool fits = head.size == m_lastSeq && head.size == m_tree.size() && head.root == m_tree.root() &&
                      head.lastEntry == m_previous;
    if (!fits && !std::exchange(m_rootsBroken, true))
        found("head", "log_heads", head.size, id,
            QStringLiteral("Head %1 was signed over other entries than the first %2 of this log.")
                .arg(id)
                .arg(head.size));
    if (isSigned && trusted) {
        ++m_result.heads;
        for (const auto& [seq, key] : m_named) {
            if (fits && seq <= head.size)
                m_handedOver.append(key);
        }
        std::erase_if(m_named, [&](const auto& named) { return named.first <= head.size; });
    }
    compareAnchor(head);
    m_lastHead = head;
    m_result.tail = 0;
}

void Verification::compareAnchor(const LogHead& head)
{
    if (!m_options.anchor)
        return;
    const auto& anchored = m_options.anchor->heads;
    // strictly one line a head, in their order
    const qsizetype at = qsizetype(head.number) - 1;
    if (at < 0 || at >= anchored.size()) {
        ++m_notAnchored;
        return;
    }
    const LogHead& line = anchored[at];
    if (line.number == head.number && audit::hashOf(line) == audit::hashOf(head) && line.signature == head.signature) {
        ++m_result.anchored;
        return;
    }
    found("anchor", "anchor", 0, QString::number(head.number),
        line.number == head.number
            ? QStringLiteral("Head %1 is not the one that was anchored: the log was set back or rewritten.")
                  .arg(head.number)
            : QStringLiteral("The anchor has head %1 where head %2 belongs.").arg(line.number).arg(head.number));
}

bool Verification::piece()
{
    const ReadSnapshot snapshot(m_database);
    Statement rows;
    if (!rows.prepare(m_sqlite, "SELECT seq, kind, ref, id, at_ms, content_hash, entry_hash, content FROM log"
                                " WHERE seq > ? ORDER BY seq LIMIT ?")) {
        unreadable("log", rows.error());
        return false;
    }
    m_heads.clear();
    m_nextHead = 0;
    if (!readHeadsAfter(m_database, m_lastHead ? m_lastHead->number : 0, m_engine, m_heads, m_options.piece + 1)) {
        found("unreadable", "log_heads", 0, {}, QStringLiteral("A head is not whole, or cannot be read."));
    }
    rows.bind(m_lastSeq);
    rows.bind(m_options.piece);
    bool opened = false;
    const auto open = [&] {
        opened = true;
        for (CallWalk* walk : {&m_old, &m_since}) {
            walk->stands = false;
            walk->orphansTold = 0;
            if (!walk->rows.open(m_sqlite, walk->lastRef, walk->until))
                unreadable("calls", walk->rows.error());
        }
    };
    qint64 count = 0;
    while (rows.next() && !isStopped()) {
        ++count;
        if (!opened && m_lastSeq > 0)
            open();
        entry(rows);
    }
    if (rows.error().isValid()) {
        unreadable("log", rows.error());
        return false;
    }
    if (isStopped())
        return false;
    if (count == m_options.piece)
        return true;
    if (!opened)
        open();
    headsAt(kAll);
    finish();
    return false;
}

void Verification::finish()
{
    finishCalls();
    finishPurged();
    finishWatched();
    finishTiles();
    finishAnchor();
    if (m_options.signsNow && m_lastHead && m_lastHead->publicKey != *m_options.signsNow)
        found("key", "log_heads", 0, QString::number(m_lastHead->number),
            QStringLiteral("The newest head is not signed with the key of this engine."));
}

void Verification::finishCalls()
{
    // what is behind the last one that was sealed late waits for its entry
    while (true) {
        if (!m_old.stands && !(m_old.stands = m_old.rows.next()))
            break;
        ++m_result.unsealed;
        m_old.stands = false;
    }
    tellOrphans(m_old);
    passOver(m_since, kAll);
    for (const CallWalk* walk : {&m_old, &m_since}) {
        if (walk->rows.failed())
            unreadable("calls", walk->rows.error());
    }
}

void Verification::finishPurged()
{
    for (const qint64 seq : m_missing) {
        const auto piece = std::find_if(
            m_purged.begin(), m_purged.end(), [&](const Purged& one) { return seq >= one.first && seq <= one.last; });
        if (piece != m_purged.end()) {
            ++piece->missed;
            ++m_result.purged;
            continue;
        }
        found("missing", "calls", 0, QString::number(seq),
            QStringLiteral("The call with seq %1 has an entry and is not there.").arg(seq));
    }
    for (const Purged& piece : m_purged) {
        // calls from before the log may have gone before they were given an entry
        const bool mayLack = piece.first <= m_old.until;
        if (piece.missed > piece.calls || (piece.missed < piece.calls && !mayLack))
            found("missing", "calls", 0, QStringLiteral("%1-%2").arg(piece.first).arg(piece.last),
                QStringLiteral("%1 calls were removed at the end of their retention, and %2 are not there.")
                    .arg(piece.calls)
                    .arg(piece.missed));
    }
}

void Verification::finishWatched()
{
    std::map<QByteArray, int> done;
    for (const LogTable& table : logTables()) {
        if (done[table.table]++ == 0)
            finishTable(table);
    }
    for (auto left = m_watched.cbegin(); left != m_watched.cend(); ++left) {
        if (left->kind != LogKind::RowGone)
            found("missing", "log", left->seq, QString::fromUtf8(left.key()),
                QStringLiteral("%1 has an entry (%2) and is not there.")
                    .arg(QString::fromUtf8(left.key()))
                    .arg(left->seq));
    }
}

void Verification::finishTable(const LogTable& table)
{
    // each of its formats, the row of the same key side by side
    std::vector<std::unique_ptr<WatchedRows>> formats;
    for (const LogTable& one : logTables()) {
        if (qstrcmp(one.table, table.table) != 0)
            continue;
        auto rows = std::make_unique<WatchedRows>();
        if (!rows->open(m_sqlite, one)) {
            // a table that a later version brings; with entries of it, the rows are missing and told
            return;
        }
        formats.push_back(std::move(rows));
    }
    const qint64 before = m_genesis.value(QLatin1String(table.table)).toInteger();
    while (std::all_of(formats.begin(), formats.end(), [](const auto& rows) { return rows->next(); })) {
        const QByteArray id = formats.front()->id();
        const auto latest = m_watched.constFind(id);
        if (latest == m_watched.constEnd()) {
            const bool waits = table.keyKind == KeyKind::Integer && formats.front()->key() <= before &&
                               formats.front()->key() > m_lastSealed.value(QLatin1String(table.table));
            if (waits)
                ++m_result.unsealed;
            else
                found("inserted", table.table, 0, QString::fromUtf8(id),
                    QStringLiteral("%1 has no entry in the log.").arg(QString::fromUtf8(id)));
            continue;
        }
        ++m_result.rows;
        const bool same = std::any_of(formats.begin(), formats.end(),
            [&](const auto& rows) { return audit::contentHash(latest->kind, rows->content()) == latest->content; });
        if (latest->kind == LogKind::RowGone)
            found("inserted", table.table, latest->seq, QString::fromUtf8(id),
                QStringLiteral("%1 was removed (entry %2) and is there again.")
                    .arg(QString::fromUtf8(id))
                    .arg(latest->seq));
        else if (!same)
            found("changed", table.table, latest->seq, QString::fromUtf8(id),
                QStringLiteral("%1 is not as its last entry (%2) says.").arg(QString::fromUtf8(id)).arg(latest->seq));
        m_watched.erase(latest);
    }
    for (const auto& rows : formats) {
        if (rows->error().isValid())
            unreadable(table.table, rows->error());
    }
}

void Verification::finishTiles()
{
    Statement rows;
    if (!rows.prepare(m_sqlite, "SELECT number, root FROM log_tiles ORDER BY number"))
        return unreadable("log_tiles", rows.error());
    const qint64 expected = m_lastHead ? m_lastHead->size / audit::kTileLeaves : 0;
    qint64 next = 0;
    while (rows.next()) {
        Hash root{};
        const bool good = rows.number(0) == next && next < qint64(m_tiles.size()) && hashFrom(rows.blob(1), root) &&
                          root == m_tiles[std::size_t(next)];
        if (!good && !m_rootsBroken)
            found("changed", "log_tiles", 0, QString::number(rows.number(0)),
                QStringLiteral("The root kept for tile %1 is not that of its entries.").arg(rows.number(0)));
        ++next;
    }
    if (rows.error().isValid())
        return unreadable("log_tiles", rows.error());
    if (next != expected && !m_rootsBroken)
        found("missing", "log_tiles", 0, {},
            QStringLiteral("There are %1 roots of tiles where %2 belong.").arg(next).arg(expected));
}

void Verification::finishAnchor()
{
    if (m_lastHead && m_lastHead->size > m_lastSeq)
        found("missing", "log", m_lastSeq + 1, {},
            QStringLiteral("The log ends at entry %1, and head %2 was signed over %3.")
                .arg(m_lastSeq)
                .arg(m_lastHead->number)
                .arg(m_lastHead->size));
    if (!m_options.anchor)
        return;
    const audit::AnchorContent& anchor = *m_options.anchor;
    const qint64 last = m_lastHead ? m_lastHead->number : 0;
    for (const qint64 line : anchor.unreadable)
        found("anchor", "anchor", 0, QString::number(line),
            QStringLiteral("Line %1 of the anchor is not a head.").arg(line));
    if (anchor.heads.size() > last) {
        const LogHead& newest = anchor.heads.last();
        found("rollback", "anchor", 0, QString::number(newest.number),
            QStringLiteral("The anchor knows head %1 over %2 entries; this log ends with head %3: it is an older one,"
                           " or its end was cut off.")
                .arg(newest.number)
                .arg(newest.size)
                .arg(last));
    }
    if (m_notAnchored > (m_isClosed ? 0 : kNotAnchoredYet))
        found("anchor", "anchor", 0, {},
            anchor.exists ? QStringLiteral("%1 heads of this log are not in the anchor.").arg(m_notAnchored)
                          : QStringLiteral("The anchor %1 is not there.").arg(m_options.anchorFile));
}

void Verification::judge()
{
    QStringList reasons;
    if (m_result.findingCount > 0) {
        m_result.verdict = QStringLiteral("FAIL");
        m_result.sentence = m_result.findings.first().sentence;
        if (m_result.findingCount > 1)
            m_result.sentence += QStringLiteral(" And %1 more findings.").arg(m_result.findingCount - 1);
        return;
    }
    if (m_result.entries == 0) {
        m_result.verdict = QStringLiteral("NO_DATA");
        if (m_result.sentence.isEmpty())
            m_result.sentence = QStringLiteral("The log has no entries.");
        return;
    }
    if (isStopped())
        reasons.append(QStringLiteral("it was not looked through to its end"));
    if (!m_lastHead)
        reasons.append(QStringLiteral("no head has been signed yet"));
    else if (m_result.tail > 0 && (m_isClosed || m_options.nowMs - m_firstOfTailMs > kHeadIsDueMs))
        reasons.append(QStringLiteral("the last %1 entries are under no head").arg(m_result.tail));
    if (m_result.unsealed > 0)
        reasons.append(QStringLiteral("%1 rows from before the log have no entry yet").arg(m_result.unsealed));
    if (!m_options.anchor)
        reasons.append(QStringLiteral("there is no anchor to compare with, so an older copy would look as good"));
    else if (m_notAnchored > 0)
        reasons.append(QStringLiteral("%1 heads are not in the anchor yet").arg(m_notAnchored));
    if (!reasons.isEmpty()) {
        m_result.verdict = QStringLiteral("INCOMPLETE");
        m_result.sentence = QStringLiteral("Nothing was found, but ") + reasons.join(QStringLiteral("; ")) + u'.';
        return;
    }
    m_result.verdict = QStringLiteral("PASS");
    m_result.sentence = QStringLiteral("%1 entries, %2 rows and %3 heads are as they were written.")
                            .arg(m_result.entries)
                            .arg(m_result.rows)
                            .arg(m_result.heads);
}

api::ChainVerification Verification::run()
{
    m_result.startedAt = QDateTime::fromMSecsSinceEpoch(m_options.nowMs, Qt::UTC);
    m_result.keyIsGiven = !m_options.keys.isEmpty();
    m_result.anchor = m_options.anchor ? m_options.anchorFile : QString();
    if (begin()) {
        while (piece() && !isStopped()) {
        }
    }
    if (m_lastHead)
        m_result.key = audit::fingerprintOf(m_lastHead->publicKey);
    judge();
    m_result.endedAt = QDateTime::currentDateTimeUtc();
    return m_result;
}

} // namespace

api::ChainVerification verifyLog(QSqlDatabase& database, const VerifyOptions& options)
{
    return Verification(database, options).run();
}

} // namespace gateway::store
