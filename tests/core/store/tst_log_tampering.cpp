// Ten thousand ways to change a record behind its back, each of which the verifier must find: one value of one column,
// rows taken out at the head, in the middle, at the tail or all, rows exchanged or put in, the end cut off, an older
// copy put back, the anchor touched, everything recomputed by somebody without the key. The tampering is seeded; each
// is made inside a savepoint of one copy and undone. ctest makes 2,000; SIGNALBOX_TAMPERINGS=10000 makes them all.
#include "audit/chain/entry.h"
#include "audit/chain/merkle.h"
#include "log_fixture.h"
#include "store/log_rows.h"
#include "store/log_tables.h"
#include "store/log_writer.h"

#include <QTest>

#include <map>
#include <random>

using namespace gateway;
using namespace gateway::store;

namespace {

using Random = std::mt19937;

struct TableFacts
{
    QString name;
    QString key; // an expression that finds one row
    QStringList columns;
    qint64 rows = 0;
};

qint64 below(Random& random, qint64 limit)
{
    return limit <= 1 ? 0 : qint64(random() % quint32(limit));
}

QVariant changed(Random& random, const QVariant& value, const QString& type)
{
    if (type == QLatin1String("null"))
        return random() % 2 ? QVariant(1) : QVariant(QStringLiteral("x"));
    if (type == QLatin1String("integer"))
        return random() % 4 ? value.toLongLong() + (random() % 2 ? 1 : -1)
                            : value.toLongLong() ^ (1LL << random() % 40);
    if (type == QLatin1String("blob")) {
        QByteArray bytes = value.toByteArray();
        if (bytes.isEmpty() || random() % 8 == 0)
            return bytes + 'x';
        const qsizetype at = below(random, bytes.size());
        bytes[at] = char(bytes[at] ^ (1 << random() % 8));
        return bytes;
    }
    QString text = value.toString();
    if (text.isEmpty() || random() % 3 == 0)
        return text.isEmpty() ? QStringLiteral("x") : text + u' ';
    if (random() % 3 == 0)
        return text.left(text.size() - 1);
    const qsizetype at = below(random, text.size());
    text[at] = text[at] == u'7' ? u'8' : u'7';
    return text;
}

} // namespace

class TestLogTampering : public QObject
{
    Q_OBJECT

    LogFixture m_log;
    std::unique_ptr<Hand> m_hand;
    std::vector<TableFacts> m_tables;
    VerifyOptions m_options;
    QByteArray m_anchor;
    QTemporaryDir m_aside;
    std::vector<std::pair<QString, QByteArray>> m_older; // copies of the database, and the anchor of then

    using Tampering = QString (TestLogTampering::*)(Random&); // what was done; empty: nothing came of it

    QString changeOneValue(Random& random);
    QString takeRowsOut(Random& random);
    QString exchangeTwo(Random& random);
    QString putRowIn(Random& random);
    QString cutTheEndOff(Random& random);
    QString touchTheAnchor(Random& random);
    QString recomputeWithoutKey(Random& random);
    QString signWithAnotherKey(Random& random);
    QString appendForged(Random& random);

    void recompute(const audit::SigningKey* key, QVector<audit::LogHead>* heads);
    VerifyOptions m_now; // of the tampering under way
    const TableFacts& anyTable(Random& random) const
    {
        return m_tables[std::size_t(below(random, qint64(m_tables.size())))];
    }
    QVariant keyAt(const TableFacts& table, qint64 place);

private Q_SLOTS:
    void initTestCase();
    void theUntouchedPasses();
    void everyTamperingIsFound();
    void olderCopiesAreFound();
    void everythingGoneIsNoPass();
    void cleanupTestCase() { m_hand.reset(); }
};

void TestLogTampering::initTestCase()
{
    const auto keepCopy = [this] {
        const QString copy = m_aside.filePath(QStringLiteral("older-%1.db").arg(m_older.size()));
        QVERIFY(QFile::copy(m_log.file(), copy));
        QFile anchor(m_log.anchorFile());
        QVERIFY(anchor.open(QIODevice::ReadOnly));
        m_older.emplace_back(copy, anchor.readAll());
    };
    for (int turn = 0; turn < 5; ++turn) {
        m_log.run([&] {
            m_log.calls(30);
            m_log.revision(turn + 1);
            m_log.head();
            m_log.administration(9);
            m_log.calls(17);
        });
        keepCopy();
    }
    m_older.pop_back(); // the newest is no older copy
    QFile anchor(m_log.anchorFile());
    QVERIFY(anchor.open(QIODevice::ReadOnly));
    m_anchor = anchor.readAll();
    m_options = m_log.options();
    m_hand = std::make_unique<Hand>(m_log.file());
    QStringList names{QStringLiteral("calls"), QStringLiteral("attempts"), QStringLiteral("log"),
        QStringLiteral("log_heads"), QStringLiteral("log_tiles")};
    for (const LogTable& table : logTables())
        names.append(QLatin1String(table.table));
    names.removeDuplicates();
    for (const QString& name : names) {
        TableFacts facts{name, {}, {}, m_hand->number(QStringLiteral("SELECT count(*) FROM ") + name)};
        QSqlQuery columns(QStringLiteral("SELECT name, pk FROM pragma_table_info('%1')").arg(name), m_hand->database);
        while (columns.next()) {
            facts.columns.append(columns.value(0).toString());
            if (columns.value(1).toInt() == 1)
                facts.key = columns.value(0).toString();
        }
        if (name == QLatin1String("attempts"))
            facts.key = QStringLiteral("(call * 1000 + number)");
        if (facts.rows > 0)
            m_tables.push_back(facts);
    }
    QCOMPARE(m_tables.size(), std::size_t(8));
}

QVariant TestLogTampering::keyAt(const TableFacts& table, qint64 place)
{
    QSqlQuery query(
        QStringLiteral("SELECT %1 FROM %2 ORDER BY 1 LIMIT 1 OFFSET %3").arg(table.key, table.name).arg(place),
        m_hand->database);
    return query.next() ? query.value(0) : QVariant();
}

void TestLogTampering::theUntouchedPasses()
{
    const auto result = verifyLog(m_hand->database, m_options);
    QVERIFY2(result.verdict == QLatin1String("PASS"), qPrintable(result.sentence));
    QCOMPARE(result.heads, 10);
    QVERIFY(result.entries > 256); // there is a tile
}

QString TestLogTampering::changeOneValue(Random& random)
{
    const TableFacts& table = anyTable(random);
    const QString column = table.columns[below(random, table.columns.size())];
    const QVariant key = keyAt(table, below(random, table.rows));
    QSqlQuery query(m_hand->database);
    query.prepare(QStringLiteral("SELECT %1, typeof(%1) FROM %2 WHERE %3 = ?").arg(column, table.name, table.key));
    query.addBindValue(key);
    if (!query.exec() || !query.next())
        return {};
    const QVariant before = query.value(0);
    const QString type = query.value(1).toString();
    const QVariant after = random() % 20 == 0 ? QVariant() : changed(random, before, type);
    query.finish();
    if (!m_hand->run(
            QStringLiteral("UPDATE %1 SET %2 = ? WHERE %3 = ? AND %2 IS NOT ?").arg(table.name, column, table.key),
            {after, key, after}) ||
        m_hand->number(QStringLiteral("SELECT changes()")) != 1)
        return {};
    // an affinity may have made the old value of it again
    query.prepare(QStringLiteral("SELECT count(*) FROM %1 WHERE %3 = ? AND %2 IS ? AND typeof(%2) = ?")
                      .arg(table.name, column, table.key));
    for (const QVariant& value : {key, before, QVariant(type)})
        query.addBindValue(value);
    if (!query.exec() || !query.next() || query.value(0).toInt() != 0)
        return {};
    return QStringLiteral("%1.%2 of %3: %4 -> %5")
        .arg(table.name, column, key.toString(), before.toString(), after.toString());
}

QString TestLogTampering::takeRowsOut(Random& random)
{
    const TableFacts& table = anyTable(random);
    const int where = int(below(random, 4)); // head, middle, tail, all
    const qint64 count = where == 3 ? table.rows : 1 + below(random, std::min<qint64>(table.rows, 9));
    const qint64 from = where == 0 || where == 3 ? 0
                        : where == 2             ? table.rows - count
                                                 : below(random, table.rows - count);
    const QString sql = QStringLiteral("DELETE FROM %1 WHERE %2 IN (SELECT %2 FROM %1 ORDER BY %2 LIMIT %3 OFFSET %4)")
                            .arg(table.name, table.key)
                            .arg(count)
                            .arg(from);
    if (!m_hand->run(sql))
        return {};
    // sometimes with what belongs to it, as somebody would who knows the tables
    if (table.name == QLatin1String("calls") && random() % 2)
        m_hand->run(QStringLiteral("DELETE FROM attempts WHERE call NOT IN (SELECT seq FROM calls)"));
    return QStringLiteral("%1 rows of %2 from %3 on").arg(count).arg(table.name).arg(from);
}

QString TestLogTampering::exchangeTwo(Random& random)
{
    const TableFacts& table = anyTable(random);
    const QVariant one = keyAt(table, below(random, table.rows));
    const QVariant two = keyAt(table, below(random, table.rows));
    if (one == two)
        return {};
    QString column;
    if (random() % 2 && table.name != QLatin1String("attempts")) {
        // the whole rows: their keys
        if (!m_hand->run(QStringLiteral("UPDATE %1 SET %2 = -1 WHERE %2 = ?").arg(table.name, table.key), {one}) ||
            !m_hand->run(QStringLiteral("UPDATE %1 SET %2 = ? WHERE %2 = ?").arg(table.name, table.key), {one, two}) ||
            !m_hand->run(QStringLiteral("UPDATE %1 SET %2 = ? WHERE %2 = -1").arg(table.name, table.key), {two}))
            return {};
        column = table.key;
    } else {
        column = table.columns[below(random, table.columns.size())];
        const auto valueOf = [&](const QVariant& key) {
            QSqlQuery query(m_hand->database);
            query.prepare(QStringLiteral("SELECT %1 FROM %2 WHERE %3 = ?").arg(column, table.name, table.key));
            query.addBindValue(key);
            return query.exec() && query.next() ? query.value(0) : QVariant();
        };
        const QVariant first = valueOf(one);
        const QVariant second = valueOf(two);
        const QString setting = QStringLiteral("UPDATE %1 SET %2 = ? WHERE %3 = ?").arg(table.name, column, table.key);
        if (first == second || !m_hand->run(setting, {second, one}) || !m_hand->run(setting, {first, two}))
            return {};
    }
    return QStringLiteral("%1.%2 of %3 and %4").arg(table.name, column, one.toString(), two.toString());
}

QString TestLogTampering::putRowIn(Random& random)
{
    const TableFacts& table = anyTable(random);
    const QVariant key = keyAt(table, below(random, table.rows));
    const qint64 last = m_hand->number(QStringLiteral("SELECT max(%1) FROM %2").arg(table.columns.first(), table.name));
    const qint64 fresh = random() % 2 ? last + 1 + below(random, 3) : -below(random, 5);
    QStringList values;
    for (const QString& column : table.columns) {
        if (column == table.columns.first() && table.name != QLatin1String("attempts"))
            values.append(QString::number(fresh));
        else if (column == QLatin1String("number") && table.name == QLatin1String("attempts"))
            values.append(QStringLiteral("number + %1").arg(2 + below(random, 3)));
        else if (column == QLatin1String("id") && table.name == QLatin1String("calls"))
            values.append(QStringLiteral("'req_forged'"));
        else if (column == QLatin1String("holds_key"))
            values.append(QStringLiteral("0"));
        else
            values.append(column);
    }
    if (!m_hand->run(QStringLiteral("INSERT INTO %1 (%2) SELECT %3 FROM %1 WHERE %4 = ?")
                         .arg(table.name, table.columns.join(u','), values.join(u','), table.key),
            {key}))
        return {};
    if (m_hand->number(QStringLiteral("SELECT changes()")) != 1)
        return {};
    return QStringLiteral("%1: a copy of %2 as %3").arg(table.name, key.toString()).arg(fresh);
}

// All that came after a head, log and rows, as if it had never been.
QString TestLogTampering::cutTheEndOff(Random& random)
{
    const qint64 heads = m_hand->number(QStringLiteral("SELECT max(number) FROM log_heads"));
    const qint64 kept = below(random, heads);
    const qint64 size = kept == 0
                            ? below(random, 50)
                            : m_hand->number(QStringLiteral("SELECT size FROM log_heads WHERE number = %1").arg(kept));
    const qint64 lastCall =
        m_hand->number(QStringLiteral("SELECT coalesce(max(ref), 0) FROM log WHERE kind = 2 AND seq <= %1").arg(size));
    for (const QString& sql : {QStringLiteral("DELETE FROM log_heads WHERE number > %1").arg(kept),
             QStringLiteral("DELETE FROM log WHERE seq > %1").arg(size),
             QStringLiteral("DELETE FROM log_tiles WHERE (number + 1) * 256 > %1").arg(size),
             QStringLiteral("DELETE FROM calls WHERE seq > %1").arg(lastCall),
             QStringLiteral("DELETE FROM attempts WHERE call > %1").arg(lastCall),
             QStringLiteral("DELETE FROM admin_audit WHERE 'admin_audit/' || sequence NOT IN (SELECT id FROM log)")}) {
        if (!m_hand->run(sql))
            return {};
    }
    return QStringLiteral("all after head %1 (%2 entries)").arg(kept).arg(size);
}

QString TestLogTampering::touchTheAnchor(Random& random)
{
    QList<QByteArray> lines = m_anchor.split('\n');
    lines.removeLast();
    const qsizetype at = below(random, lines.size());
    QString what;
    switch (below(random, 7)) {
    case 0: {
        QByteArray& line = lines[at];
        const qsizetype place = below(random, line.size());
        line[place] = line[place] == 'a' ? 'b' : 'a';
        what = QStringLiteral("a letter of line %1").arg(at);
        break;
    }
    case 1:
        lines.removeAt(at);
        what = QStringLiteral("line %1 is gone").arg(at);
        break;
    case 2:
        lines.remove(at, lines.size() - at);
        what = QStringLiteral("cut off at line %1").arg(at);
        break;
    case 3:
        lines.remove(0, at + 1);
        what = QStringLiteral("begins after line %1").arg(at);
        break;
    case 4:
        lines.insert(below(random, lines.size() + 1), lines[at]);
        what = QStringLiteral("line %1 twice").arg(at);
        break;
    case 5: {
        const qsizetype other = below(random, lines.size());
        if (other == at)
            return {};
        lines.swapItemsAt(at, other);
        what = QStringLiteral("lines %1 and %2").arg(at).arg(other);
        break;
    }
    default:
        lines.last().chop(1 + below(random, 200));
        what = QStringLiteral("its last line is not whole");
    }
    QByteArray text = lines.join('\n');
    if (!text.isEmpty())
        text += '\n';
    if (text == m_anchor)
        return {};
    const QString file = m_aside.filePath(QStringLiteral("anchor.jsonl"));
    QFile anchor(file);
    if (!anchor.open(QIODevice::WriteOnly | QIODevice::Truncate) || anchor.write(text) != text.size())
        return {};
    anchor.close();
    m_now.anchor = *audit::readAnchor(file, QStringLiteral("eng_test"));
    return QStringLiteral("anchor: ") + what;
}

// Whoever knows the format makes everything fit again: contents, entries, tiles, heads. `key`: theirs; null: they have
// none, and leave the signatures as they are.
void TestLogTampering::recompute(const audit::SigningKey* key, QVector<audit::LogHead>* heads)
{
    sqlite3* const handle = handleOf(m_hand->database);
    std::map<qint64, Hash> calls;
    CallRows rows;
    QVERIFY(rows.open(handle, -1, std::numeric_limits<qint64>::max()));
    while (rows.next())
        calls[rows.seq()] = audit::contentHash(audit::LogKind::Call, rows.content());
    std::map<QByteArray, Hash> watched;
    for (const LogTable& table : logTables()) {
        WatchedRows each;
        QVERIFY(each.open(handle, table));
        while (each.next())
            watched[each.id()] = audit::contentHash(audit::LogKind::Row, each.content());
    }
    QSqlQuery entries(
        QStringLiteral("SELECT seq, kind, ref, id, at_ms, content_hash FROM log ORDER BY seq"), m_hand->database);
    std::map<QByteArray, qint64> latest;
    std::vector<audit::LogEntry> all;
    while (entries.next()) {
        audit::LogEntry entry{entries.value(0).toLongLong(), audit::LogKind(entries.value(1).toInt()),
            entries.value(2).toLongLong(), entries.value(3).toString(), entries.value(4).toLongLong(), {}, {}};
        hashFrom(entries.value(5).toByteArray(), entry.content);
        latest[entry.id.toUtf8()] = entry.seq;
        all.push_back(entry);
    }
    entries.finish();
    Hash previous{};
    audit::Frontier tree;
    std::map<qint64, std::pair<Hash, Hash>> rootAt;
    for (audit::LogEntry& entry : all) {
        if (entry.kind == audit::LogKind::Call && calls.contains(entry.ref))
            entry.content = calls[entry.ref];
        if (entry.kind == audit::LogKind::Row && latest[entry.id.toUtf8()] == entry.seq &&
            watched.contains(entry.id.toUtf8()))
            entry.content = watched[entry.id.toUtf8()];
        entry.previous = previous;
        previous = audit::entryHash(entry);
        QVERIFY(m_hand->run(QStringLiteral("UPDATE log SET content_hash = ?, entry_hash = ? WHERE seq = ?"),
            {bytesOf(entry.content), bytesOf(previous), entry.seq}));
        if (const auto tile = tree.append(previous))
            QVERIFY(m_hand->run(QStringLiteral("UPDATE log_tiles SET root = ? WHERE number = ?"),
                {bytesOf(*tile), tree.size() / 256 - 1}));
        rootAt[entry.seq] = {tree.root(), previous};
    }
    QVector<audit::LogHead> read;
    QVERIFY(readHeadsAfter(m_hand->database, 0, QStringLiteral("eng_test"), read));
    Hash before{};
    for (audit::LogHead& head : read) {
        head.root = rootAt[head.size].first;
        head.lastEntry = rootAt[head.size].second;
        head.previous = before;
        if (key)
            audit::sign(head, *key);
        before = audit::hashOf(head);
        const auto blob = [](const auto& bytes) {
            return QByteArray(reinterpret_cast<const char*>(bytes.data()), qsizetype(bytes.size()));
        };
        QVERIFY(
            m_hand->run(QStringLiteral("UPDATE log_heads SET root = ?, last_entry = ?, previous = ?, public_key = ?,"
                                       " signature = ? WHERE number = ?"),
                {blob(head.root), blob(head.lastEntry), blob(head.previous), blob(head.publicKey), blob(head.signature),
                    head.number}));
    }
    if (heads)
        *heads = read;
}

QString TestLogTampering::recomputeWithoutKey(Random& random)
{
    const QString what = random() % 2 ? changeOneValue(random) : takeRowsOut(random);
    if (what.isEmpty() || what.contains(QLatin1String("log")))
        return {};
    recompute(nullptr, random() % 2 ? &m_now.anchor->heads : nullptr); // the anchor may be theirs to write, too
    return QStringLiteral("recomputed: ") + what;
}

QString TestLogTampering::signWithAnotherKey(Random& random)
{
    const QString what = changeOneValue(random);
    if (what.isEmpty() || what.contains(QLatin1String("log")))
        return {};
    const audit::SigningKey theirs = keyOf('c');
    recompute(&theirs, &m_now.anchor->heads);
    return QStringLiteral("signed with another key: ") + what;
}

// An entry, and the call it is of, behind the last head: nothing but the head that is missing tells.
QString TestLogTampering::appendForged(Random& random)
{
    const qint64 seq = m_hand->number(QStringLiteral("SELECT max(seq) FROM calls")) + 1;
    const QVariant like = keyAt(m_tables.front(), below(random, m_tables.front().rows));
    QStringList values = m_tables.front().columns;
    values[values.indexOf(QStringLiteral("seq"))] = QString::number(seq);
    values[values.indexOf(QStringLiteral("id"))] = QStringLiteral("'req_forged'");
    if (!m_hand->run(QStringLiteral("INSERT INTO calls (%1) SELECT %2 FROM calls WHERE seq = ?")
                         .arg(m_tables.front().columns.join(u','), values.join(u',')),
            {like}))
        return {};
    CallRows rows;
    LogWriter writer;
    sqlite3* const handle = handleOf(m_hand->database);
    if (!rows.open(handle, seq - 1, seq) || !rows.next() || !writer.prepare(handle) ||
        !writer.begin(LogFixture::kStart))
        return {};
    writer.add(audit::LogKind::Call, seq, audit::contentHash(audit::LogKind::Call, rows.content()));
    return writer.flush() ? QStringLiteral("a call behind the last head") : QString();
}

void TestLogTampering::everyTamperingIsFound()
{
    const int wanted =
        qEnvironmentVariableIsSet("SIGNALBOX_TAMPERINGS") ? qEnvironmentVariableIntValue("SIGNALBOX_TAMPERINGS") : 2000;
    struct Way
    {
        const char* name;
        Tampering tamper;
        int weight;
        bool fails = true; // else INCOMPLETE is what can be said
    };
    static const Way ways[] = {{"one value", &TestLogTampering::changeOneValue, 46},
        {"rows taken out", &TestLogTampering::takeRowsOut, 18}, {"two exchanged", &TestLogTampering::exchangeTwo, 12},
        {"a row put in", &TestLogTampering::putRowIn, 10}, {"the end cut off", &TestLogTampering::cutTheEndOff, 4},
        {"the anchor touched", &TestLogTampering::touchTheAnchor, 6},
        {"recomputed without the key", &TestLogTampering::recomputeWithoutKey, 2},
        {"signed with another key", &TestLogTampering::signWithAnotherKey, 1},
        {"appended behind the last head", &TestLogTampering::appendForged, 1, false}};
    std::map<QByteArray, std::pair<int, int>> counts; // made, found
    QStringList missed;
    int made = 0;
    for (quint32 seed = 1; made < wanted; ++seed) {
        Random random(seed);
        qint64 drawn = below(random, 100);
        const Way* way = ways;
        while (drawn >= way->weight) {
            drawn -= way->weight;
            ++way;
        }
        m_now = m_options;
        QVERIFY(m_hand->run(QStringLiteral("SAVEPOINT tampering")));
        const QString what = (this->*way->tamper)(random);
        if (!what.isEmpty()) {
            ++made;
            auto& count = counts[way->name];
            ++count.first;
            const auto result = verifyLog(m_hand->database, m_now);
            const bool isFound = result.verdict == (way->fails ? QLatin1String("FAIL") : QLatin1String("INCOMPLETE"));
            count.second += int(isFound);
            if (!isFound)
                missed.append(QStringLiteral("seed %1, %2: %3: %4")
                                  .arg(seed)
                                  .arg(QLatin1String(way->name), what, result.verdict));
        }
        QVERIFY(m_hand->run(QStringLiteral("ROLLBACK TO tampering")));
        QVERIFY(m_hand->run(QStringLiteral("RELEASE tampering")));
    }
    for (const auto& [name, count] : counts)
        qInfo("%-32s %6d made, %6d found", name.constData(), count.first, count.second);
    QVERIFY2(missed.isEmpty(),
        qPrintable(QString::number(missed.size()) + QStringLiteral(" not found:\n") + missed.mid(0, 20).join(u'\n')));
    // the copy is as it was
    QCOMPARE(verifyLog(m_hand->database, m_options).verdict, QStringLiteral("PASS"));
}

void TestLogTampering::olderCopiesAreFound()
{
    QCOMPARE(m_older.size(), std::size_t(4));
    for (const auto& [file, anchor] : m_older) {
        Hand older(file);
        const auto result = verifyLog(older.database, m_options);
        QCOMPARE(result.verdict, QStringLiteral("FAIL"));
        QCOMPARE(result.findings.first().what, QStringLiteral("rollback"));
        // with the anchor of its own time it is whole: nothing but the anchor tells
        const QString own = m_aside.filePath(QStringLiteral("own.jsonl"));
        QFile out(own);
        QVERIFY(out.open(QIODevice::WriteOnly | QIODevice::Truncate));
        out.write(anchor);
        out.close();
        VerifyOptions options = m_options;
        options.anchor = *audit::readAnchor(own, QStringLiteral("eng_test"));
        QCOMPARE(verifyLog(older.database, options).verdict, QStringLiteral("PASS"));
    }
}

void TestLogTampering::everythingGoneIsNoPass()
{
    QVERIFY(m_hand->run(QStringLiteral("SAVEPOINT tampering")));
    for (const TableFacts& table : m_tables)
        QVERIFY(m_hand->run(QStringLiteral("DELETE FROM ") + table.name));
    QCOMPARE(verifyLog(m_hand->database, m_options).verdict, QStringLiteral("FAIL")); // the anchor knows better
    VerifyOptions options = m_options;
    options.anchor = audit::AnchorContent{};
    QCOMPARE(verifyLog(m_hand->database, options).verdict, QStringLiteral("NO_DATA"));
    QVERIFY(m_hand->run(QStringLiteral("ROLLBACK TO tampering")));
    QVERIFY(m_hand->run(QStringLiteral("RELEASE tampering")));
}

QTEST_GUILESS_MAIN(TestLogTampering)
#include "tst_log_tampering.moc"
