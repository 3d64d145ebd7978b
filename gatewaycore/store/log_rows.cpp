#include "store/log_rows.h"

#include "store/columns.h"

#include <QVariant>

namespace gateway::store {
namespace {

QStringList with(std::initializer_list<const char*> first, const QString& others)
{
    QStringList all;
    for (const char* name : first)
        all.append(QLatin1String(name));
    return all + others.split(QStringLiteral(", "));
}

QByteArray selection(const QStringList& columns, const char* rest)
{
    return "SELECT " + columns.join(QStringLiteral(", ")).toUtf8() + rest;
}

} // namespace

const QStringList& callContentColumns()
{
    static const QStringList columns = with({"seq", "batch", "waited_us"}, names(callColumns()));
    return columns;
}

const QStringList& attemptContentColumns()
{
    static const QStringList columns = with({"call", "number"}, names(attemptColumns()));
    return columns;
}

bool CallRows::open(sqlite3* database, qint64 from, qint64 to)
{
    static const QByteArray calls =
        selection(callContentColumns(), " FROM calls NOT INDEXED WHERE seq > ? AND seq <= ? ORDER BY seq");
    static const QByteArray attempts =
        selection(attemptContentColumns(), " FROM attempts WHERE call > ? AND call <= ? ORDER BY call, number");
    m_idColumn = int(callContentColumns().indexOf(QLatin1String("id")));
    m_orphans.clear();
    m_failed = !m_calls.prepare(database, calls) || !m_attempts.prepare(database, attempts);
    if (m_failed)
        return false;
    for (Statement* statement : {&m_calls, &m_attempts}) {
        statement->bind(from);
        statement->bind(to);
    }
    m_attempt = m_attempts.next();
    m_failed = m_attempts.error().isValid();
    return !m_failed;
}

bool CallRows::next()
{
    if (m_failed || !m_calls.next()) {
        m_failed = m_failed || m_calls.error().isValid();
        for (; m_attempt; m_attempt = m_attempts.next())
            m_orphans.push_back({m_attempts.number(0), m_attempts.number(1)});
        m_failed = m_failed || m_attempts.error().isValid();
        return false;
    }
    m_seq = m_calls.number(0);
    m_content.clear();
    m_content.mark(kCallMark);
    for (int i = 0; i < callContentColumns().size(); ++i)
        m_calls.canonical(i, m_content);
    readAttempts();
    return true;
}

void CallRows::readAttempts()
{
    for (; m_attempt && m_attempts.number(0) <= m_seq; m_attempt = m_attempts.next()) {
        if (m_attempts.number(0) != m_seq) {
            m_orphans.push_back({m_attempts.number(0), m_attempts.number(1)});
            continue;
        }
        m_content.mark(kAttemptMark);
        for (int i = 0; i < attemptContentColumns().size(); ++i)
            m_attempts.canonical(i, m_content);
    }
}

bool WatchedRows::prepare(sqlite3* database, const LogTable& table, const char* rest)
{
    m_table = &table;
    const QByteArray columns(table.columns);
    m_columns = int(columns.count(',')) + 1;
    // the key stands first, to be read as it is, and again in its place among the columns
    // names of our own tables and columns (log_tables.cpp); values are bound
    const QByteArray statement = QByteArray("SELECT ") + table.key + ", " + columns + " FROM " + table.table + rest;
    return m_rows.prepare(database, statement);
}

bool WatchedRows::open(sqlite3* database, const LogTable& table, qint64 beyond)
{
    const QByteArray inOrder = QByteArray(" ORDER BY ") + table.key;
    if (table.keyKind == KeyKind::Text)
        return prepare(database, table, inOrder.constData());
    const QByteArray onwards = QByteArray(" WHERE ") + table.key + " > ?" + inOrder;
    if (!prepare(database, table, onwards.constData()))
        return false;
    m_rows.bind(beyond);
    return true;
}

bool WatchedRows::openOne(sqlite3* database, const LogTable& table, const QVariant& key)
{
    const QByteArray thisOne = QByteArray(" WHERE ") + table.key + " = ?";
    if (!prepare(database, table, thisOne.constData()))
        return false;
    if (table.keyKind == KeyKind::Integer)
        m_rows.bind(key.toLongLong());
    else
        m_rows.bindCopy(key.toString().toUtf8());
    return true;
}

bool WatchedRows::next()
{
    if (!m_rows.next())
        return false;
    m_content.clear();
    m_content.mark(quint8(m_table->format));
    for (int i = 0; i < m_columns; ++i)
        m_rows.canonical(i + 1, m_content);
    return true;
}

QByteArray WatchedRows::id() const
{
    return QByteArray(m_table->table) + '/' +
           (m_table->keyKind == KeyKind::Integer ? QByteArray::number(m_rows.number(0)) : m_rows.text(0).toByteArray());
}

QString watchedId(const char* table, const QVariant& key)
{
    return QLatin1String(table) + u'/' + key.toString();
}

} // namespace gateway::store
