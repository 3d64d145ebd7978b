#include "store/key_reach_reader.h"

#include "store/database.h"
#include "store/read_snapshot.h"

#include <QElapsedTimer>
#include <QSqlError>
#include <QSqlQuery>
#include <QVariant>

#include <algorithm>
#include <map>

namespace gateway::store {
namespace {

constexpr qint64 kPieceCalls = 20'000;

api::Error failed(const QSqlQuery& query)
{
    return api::failure(
        api::Failure::Unavailable, QStringLiteral("The record cannot be read: %1.").arg(query.lastError().text()));
}

// Every number is of attempts by which something may have left, but `calls`, which counts a call once per row. A call
// that reached nobody has a row without a provider. CROSS JOIN keeps the order of the tables.
const QString kOfCredential =
    QStringLiteral("SELECT c.tenant, c.credential, c.alias, coalesce(a.provider, ''), coalesce(a.region, ''), c.zone,"
                   " count(DISTINCT c.seq), count(a.call), sum(coalesce(a.cost_nano, 0)),"
                   " sum(a.call IS NOT NULL AND a.cost_nano IS NULL), min(c.started_ms), max(c.started_ms)"
                   " FROM calls c INDEXED BY %1 LEFT JOIN attempts a ON a.call = c.seq"
                   " AND a.result NOT IN ('skipped', 'refused')"
                   " WHERE c.started_ms >= ? AND c.started_ms < ? AND +c.credential = ?%2 GROUP BY 1, 2, 3, 4, 5, 6");
const QString kOfProvider = QStringLiteral(
    "SELECT c.tenant, c.credential, c.alias, a.provider, a.region, c.zone, count(DISTINCT c.seq), count(*),"
    " sum(coalesce(a.cost_nano, 0)), sum(a.cost_nano IS NULL), min(c.started_ms), max(c.started_ms)"
    " FROM attempts a INDEXED BY attempts_provider CROSS JOIN calls c ON c.seq = a.call"
    " WHERE c.started_ms >= ? AND c.started_ms < ? AND a.provider = ?"
    " AND a.result NOT IN ('skipped', 'refused') AND a.call >= ? AND a.call <= ? GROUP BY 1, 2, 3, 4, 5, 6");
// A call stands in one row for each endpoint it reached; this counts it once.
const QString kCallsOfCredential =
    QStringLiteral("SELECT count(*) FROM calls c INDEXED BY %1"
                   " WHERE c.started_ms >= ? AND c.started_ms < ? AND +c.credential = ?%2");
// A credential belongs to one tenant, and whoever knows it reads the calls of that one alone.
QString ofCredential(const QString& statement, const QString& tenant)
{
    return tenant.isEmpty() ? statement.arg(QStringLiteral("calls_started"), QString())
                            : statement.arg(QStringLiteral("calls_tenant"), QStringLiteral(" AND c.tenant = ?"));
}
const QString kCallsOfProvider = QStringLiteral(
    "SELECT count(DISTINCT c.seq) FROM attempts a INDEXED BY attempts_provider CROSS JOIN calls c ON c.seq = a.call"
    " WHERE c.started_ms >= ? AND c.started_ms < ? AND a.provider = ?"
    " AND a.result NOT IN ('skipped', 'refused') AND a.call >= ? AND a.call <= ?");

class Reading
{
public:
    Reading(QSqlDatabase& database, const ReachQuestion& question) : m_database(database), m_question(question)
    {
        m_elapsed.start();
    }

    api::Outcome read();
    api::KeyReach told() const;

private:
    api::Outcome piece(QSqlQuery& rows, QSqlQuery& calls, qint64 fromMs, qint64 toMs);
    void add(const QSqlQuery& query);

    QSqlDatabase& m_database;
    const ReachQuestion& m_question;
    QElapsedTimer m_elapsed;
    std::map<QStringList, api::ReachRow> m_rows;
    qint64 m_calls = 0;
    qint64 m_countedSince = 0;
};

void Reading::add(const QSqlQuery& query)
{
    QStringList key;
    for (int i = 0; i < 6; ++i)
        key.append(query.value(i).toString());
    api::ReachRow& row = m_rows[key];
    row.tenant = key[0];
    row.credential = key[1];
    row.alias = key[2];
    row.provider = key[3];
    row.region = key[4];
    row.zone = key[5];
    row.calls += query.value(6).toLongLong();
    row.attempts += query.value(7).toLongLong();
    row.spent = api::Money::fromNano(row.spent.nano() + query.value(8).toLongLong());
    row.unpriced += query.value(9).toLongLong();
    const QDateTime first = QDateTime::fromMSecsSinceEpoch(query.value(10).toLongLong(), Qt::UTC);
    const QDateTime last = QDateTime::fromMSecsSinceEpoch(query.value(11).toLongLong(), Qt::UTC);
    row.firstSeen = row.firstSeen.isValid() ? std::min(row.firstSeen, first) : first;
    row.lastSeen = row.lastSeen.isValid() ? std::max(row.lastSeen, last) : last;
}

api::Outcome Reading::piece(QSqlQuery& rows, QSqlQuery& calls, qint64 fromMs, qint64 toMs)
{
    QVariantList values{fromMs, toMs};
    if (m_question.provider.isEmpty()) {
        values.append(m_question.credential);
        if (!m_question.tenant.isEmpty())
            values.append(m_question.tenant);
    } else {
        QSqlQuery range(m_database);
        if (!range.prepare(QStringLiteral("SELECT min(seq), max(seq) FROM calls INDEXED BY calls_started"
                                          " WHERE started_ms >= ? AND started_ms < ?")))
            return failed(range);
        range.addBindValue(fromMs);
        range.addBindValue(toMs);
        if (!range.exec() || !range.next())
            return failed(range);
        if (range.value(0).isNull())
            return api::Done{};
        values << m_question.provider << range.value(0) << range.value(1);
    }
    for (QSqlQuery* query : {&rows, &calls}) {
        for (int i = 0; i < values.size(); ++i)
            query->bindValue(i, values[i]);
        if (!query->exec())
            return failed(*query);
    }
    while (rows.next())
        add(rows);
    if (calls.next())
        m_calls += calls.value(0).toLongLong();
    rows.finish();
    calls.finish();
    return api::Done{};
}

api::Outcome Reading::read()
{
    QSqlQuery edge(m_database);
    edge.setForwardOnly(true);
    QSqlQuery rows(m_database);
    rows.setForwardOnly(true);
    QSqlQuery calls(m_database);
    calls.setForwardOnly(true);
    if (!edge.prepare(QStringLiteral("SELECT started_ms FROM calls INDEXED BY calls_started WHERE started_ms >= ?"
                                     " AND started_ms < ? ORDER BY started_ms DESC LIMIT 1 OFFSET ?")))
        return failed(edge);
    const bool ofProvider = !m_question.provider.isEmpty();
    const QString adding = ofProvider ? kOfProvider : ofCredential(kOfCredential, m_question.tenant);
    const QString counting = ofProvider ? kCallsOfProvider : ofCredential(kCallsOfCredential, m_question.tenant);
    if (!rows.prepare(adding))
        return failed(rows);
    if (!calls.prepare(counting))
        return failed(calls);
    m_countedSince = m_question.untilMs;
    while (m_countedSince > m_question.sinceMs) {
        if (m_elapsed.elapsed() > m_question.patience.count())
            return api::Done{};
        edge.bindValue(0, m_question.sinceMs);
        edge.bindValue(1, m_countedSince);
        edge.bindValue(2, kPieceCalls);
        if (!edge.exec())
            return failed(edge);
        const qint64 from = edge.next() ? std::min(edge.value(0).toLongLong(), m_countedSince - 1) : m_question.sinceMs;
        edge.finish();
        if (const auto taken = piece(rows, calls, from, m_countedSince); !taken)
            return taken;
        m_countedSince = from;
    }
    return api::Done{};
}

void addOnce(QStringList& list, const QString& name)
{
    if (!name.isEmpty() && !list.contains(name))
        list.append(name);
}

api::KeyReach Reading::told() const
{
    api::KeyReach reach;
    const bool ofProvider = !m_question.provider.isEmpty();
    reach.kind = ofProvider ? QStringLiteral("provider") : QStringLiteral("credential");
    reach.name = ofProvider ? m_question.provider : m_question.credential;
    reach.since = QDateTime::fromMSecsSinceEpoch(m_question.sinceMs, Qt::UTC);
    reach.until = QDateTime::fromMSecsSinceEpoch(m_question.untilMs, Qt::UTC);
    reach.complete = m_countedSince <= m_question.sinceMs;
    if (!reach.complete)
        reach.countedSince = QDateTime::fromMSecsSinceEpoch(m_countedSince, Qt::UTC);
    reach.calls = m_calls;
    for (const auto& [key, row] : m_rows) {
        reach.rows.append(row);
        reach.attempts += row.attempts;
        reach.spent = api::Money::fromNano(reach.spent.nano() + row.spent.nano());
        reach.unpriced += row.unpriced;
        addOnce(reach.tenants, row.tenant);
        addOnce(reach.zones, row.zone);
        addOnce(reach.regions, row.region);
        addOnce(reach.providers, row.provider);
        addOnce(reach.aliases, row.alias);
        reach.firstSeen = reach.firstSeen ? std::min(*reach.firstSeen, row.firstSeen) : row.firstSeen;
        reach.lastSeen = reach.lastSeen ? std::max(*reach.lastSeen, row.lastSeen) : row.lastSeen;
    }
    for (QStringList* list : {&reach.tenants, &reach.zones, &reach.regions, &reach.providers, &reach.aliases})
        list->sort();
    std::stable_sort(reach.rows.begin(), reach.rows.end(),
        [](const api::ReachRow& a, const api::ReachRow& b) { return a.spent > b.spent; });
    reach.rowsLeftOut = std::max<qint64>(0, reach.rows.size() - api::KeyReach::kRows);
    if (reach.rowsLeftOut > 0)
        reach.rows.resize(api::KeyReach::kRows);
    return reach;
}

} // namespace

api::Result<api::KeyReach> keyReach(const QString& databaseFile, const ReachQuestion& question)
{
    auto connection = openReader(databaseFile);
    if (!connection)
        return connection.error();
    const ReadSnapshot snapshot(**connection);
    Reading reading(**connection, question);
    if (const auto read = reading.read(); !read)
        return read.error();
    return reading.told();
}

} // namespace gateway::store
