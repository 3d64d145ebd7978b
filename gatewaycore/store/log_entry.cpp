#include "store/log_entry.h"

#include "store/log_rows.h"
#include "store/log_writer.h"

#include <QDateTime>
#include <QSqlQuery>

namespace gateway::store {
namespace {

constexpr qsizetype kLongestId = 200;

// The moment an entry is written is for people; nothing is decided by it.
qint64 nowMs()
{
    return QDateTime::currentMSecsSinceEpoch();
}

bool append(QSqlDatabase& database, LogKind kind, const QString& id, const Hash& content, QByteArrayView kept)
{
    LogWriter writer;
    sqlite3* const handle = handleOf(database);
    if (!handle || !writer.prepare(handle) || !writer.begin(nowMs()))
        return false;
    writer.add(kind, 0, id, content, kept);
    return writer.flush();
}

} // namespace

bool appendToLog(QSqlDatabase& database, LogKind kind, const QString& id, const QByteArray& content)
{
    if (!audit::keepsContent(kind) || id.toUtf8().size() > kLongestId)
        return false;
    return append(database, kind, id, audit::contentHash(kind, content), content);
}

bool appendRowToLog(QSqlDatabase& database, const char* table, const QVariant& key, LogKind kind)
{
    const LogTable* const watched = logTable(table);
    sqlite3* const handle = handleOf(database);
    WatchedRows rows;
    if (!watched || !handle || !rows.openOne(handle, *watched, key) || !rows.next())
        return false;
    const Hash content = audit::contentHash(kind, rows.content());
    return append(database, kind, watchedId(table, key), content, {});
}

bool appendRowGoneToLog(QSqlDatabase& database, const char* table, const QVariant& key, const QString& why)
{
    const QByteArray content = why.toUtf8();
    return append(
        database, LogKind::RowGone, watchedId(table, key), audit::contentHash(LogKind::RowGone, content), content);
}

} // namespace gateway::store
