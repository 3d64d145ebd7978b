#include "store/log_writer.h"

namespace gateway::store {
namespace {

QByteArray insertion(std::size_t rows)
{
    QByteArray sql = "INSERT INTO log (seq, kind, ref, id, at_ms, content_hash, entry_hash, content) VALUES ";
    for (std::size_t i = 0; i < rows; ++i)
        sql += i == 0 ? "(?, ?, ?, ?, ?, ?, ?, ?)" : ", (?, ?, ?, ?, ?, ?, ?, ?)";
    return sql;
}

} // namespace

bool LogWriter::prepare(sqlite3* database)
{
    for (const auto& [statement, sql] :
        {std::pair(&m_last, QByteArray("SELECT seq, entry_hash FROM log ORDER BY seq DESC LIMIT 1")),
            {&m_insert, insertion(1)}, {&m_insertTogether, insertion(kTogether)}}) {
        if (!statement->prepare(database, sql)) {
            m_error = statement->error();
            return false;
        }
    }
    return true;
}

bool LogWriter::begin(qint64 atMs)
{
    m_pending.clear();
    m_atMs = atMs;
    m_seq = 0;
    m_previous = {};
    bool isWhole = true;
    if (m_last.next()) {
        m_seq = m_last.number(0);
        isWhole = hashFrom(m_last.blob(1), m_previous);
        m_last.finish();
    }
    m_error = m_last.error();
    if (!isWhole) // somebody's hand; the entries go on, and the verifier says where it was
        m_previous = {};
    return !m_error.isValid();
}

void LogWriter::add(audit::LogKind kind, qint64 ref, const Hash& content)
{
    add(kind, ref, {}, content);
}

void LogWriter::add(audit::LogKind kind, qint64 ref, const QString& id, const Hash& content, QByteArrayView kept)
{
    Pending& one = m_pending.emplace_back();
    one.entry = {++m_seq, kind, ref, id, m_atMs, content, m_previous};
    one.hash = m_previous = audit::entryHash(one.entry);
    one.kept = kept;
}

void LogWriter::bind(Statement& to, const Pending& one)
{
    to.bind(one.entry.seq);
    to.bind(qint64(one.entry.kind));
    to.bind(one.entry.ref);
    to.bind(one.entry.id);
    to.bind(one.entry.atMs);
    to.bindBlob(viewOf(one.entry.content));
    to.bindBlob(viewOf(one.hash));
    if (audit::keepsContent(one.entry.kind))
        to.bindBlob(one.kept);
    else
        to.bindNull();
}

bool LogWriter::run(Statement& statement)
{
    if (statement.run())
        return true;
    m_error = statement.error();
    return false;
}

bool LogWriter::flush()
{
    for (std::size_t i = 0; i < m_pending.size();) {
        const bool together = m_pending.size() - i >= kTogether;
        Statement& to = together ? m_insertTogether : m_insert;
        for (const std::size_t end = i + (together ? kTogether : 1); i < end; ++i)
            bind(to, m_pending[i]);
        if (!run(to))
            return false;
    }
    m_pending.clear();
    return true;
}

} // namespace gateway::store
