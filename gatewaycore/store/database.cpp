#include "store/database.h"

#include <QDateTime>
#include <QFile>
#include <QFileInfo>
#include <QSqlError>
#include <QSqlQuery>
#include <QVariant>

#include <atomic>

#include <sqlite3.h>

#include <fcntl.h>
#include <unistd.h>

namespace gateway::store {
namespace {

constexpr int kSqliteCorrupt = 11;
constexpr int kSqliteNotADatabase = 26;
constexpr qint64 kCheckedAtOnce = 16 << 20; // takes some ten milliseconds

constexpr const char* kWriterPragmas[] = {
    "PRAGMA busy_timeout = 250",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA wal_autocheckpoint = 0",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16384",
};

QString newName(const char* purpose)
{
    static std::atomic<int> number = 0;
    return QStringLiteral("signalbox-%1-%2").arg(QLatin1String(purpose)).arg(++number);
}

api::Error unavailable(const QString& message, const QString& hint = {})
{
    return api::failure(api::Failure::Unavailable, message, hint);
}

// A copy aside, the original untouched: whoever repairs it may want both.
QString quarantine(const QString& file, qint64 nowMs)
{
    const QString copy =
        file + QStringLiteral(".corrupt-") +
        QDateTime::fromMSecsSinceEpoch(nowMs, Qt::UTC).toString(QStringLiteral("yyyyMMdd'T'HHmmss'Z'"));
    QFile::copy(file, copy);
    QFile::copy(file + QStringLiteral("-wal"), copy + QStringLiteral("-wal"));
    return copy;
}

api::Error corrupt(const QString& file, const QString& finding, qint64 nowMs)
{
    const QString copy = quarantine(file, nowMs);
    return unavailable(
        QStringLiteral("The database %1 is damaged (%2); a copy was put at %3.").arg(file, finding, copy),
        QStringLiteral("Restore a backup, or move the file away to begin a new record knowingly."));
}

bool wasClosed(QSqlQuery& query)
{
    // a database without the table was never closed by us
    return query.exec(QStringLiteral("SELECT 1 FROM meta WHERE key = 'closed'")) && query.next();
}

bool isCorruption(const QSqlError& error)
{
    const int code = error.nativeErrorCode().toInt() & 0xff;
    return code == kSqliteCorrupt || code == kSqliteNotADatabase;
}

// Before the first connection of the process; later SQLite says no, and nothing is lost but time: it takes a mutex
// twice for each piece of memory to count what nobody asks for.
void countNoMemory()
{
    static const int once = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(once);
}

} // namespace

Connection::~Connection()
{
    if (!m_database.isValid())
        return;
    const QString name = m_database.connectionName();
    m_database.close();
    m_database = QSqlDatabase();
    QSqlDatabase::removeDatabase(name);
}

QString quickCheck(QSqlDatabase& database)
{
    QSqlQuery query(database);
    if (!query.exec(QStringLiteral("PRAGMA quick_check(1)")) || !query.next())
        return QStringLiteral("it cannot be looked through: %1").arg(query.lastError().databaseText());
    const QString verdict = query.value(0).toString();
    return verdict == QLatin1String("ok") ? QString() : verdict.simplified();
}

bool markClosed(QSqlDatabase& database, bool closed)
{
    return QSqlQuery(database).exec(
        closed ? QStringLiteral("INSERT OR REPLACE INTO meta (key, value) VALUES ('closed', '1')")
               : QStringLiteral("DELETE FROM meta WHERE key = 'closed'"));
}

api::Result<Connection> openWriter(const QString& file, bool mustExist, qint64 nowMs, bool* checkLater)
{
    const QFileInfo before(file);
    const bool empty = !before.exists() || before.size() == 0;
    if (empty && mustExist)
        return unavailable(
            QStringLiteral("The database %1 is missing or empty, but this data directory has had one.").arg(file),
            QStringLiteral("Restore a backup, or start with an empty data directory."));
    // made by us so that it is private from its first byte; the WAL takes the mode of the database
    const int descriptor = ::open(file.toLocal8Bit().constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return unavailable(QStringLiteral("The database %1 cannot be opened for writing.").arg(file));
    ::close(descriptor);

    countNoMemory();
    Connection connection(QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), newName("writer")));
    connection->setDatabaseName(file);
    if (!connection->open())
        return unavailable(
            QStringLiteral("The database %1 cannot be opened: %2.").arg(file, connection->lastError().text()));
    QSqlQuery query(*connection);
    for (const char* pragma : kWriterPragmas) {
        if (!query.exec(QLatin1String(pragma))) {
            if (isCorruption(query.lastError()))
                return corrupt(file, query.lastError().databaseText(), nowMs);
            return unavailable(
                QStringLiteral("The database %1 cannot be used: %2.").arg(file, query.lastError().text()));
        }
    }
    if (checkLater && before.size() > kCheckedAtOnce && wasClosed(query)) {
        *checkLater = true;
        return connection;
    }
    query.finish();
    if (const QString finding = quickCheck(*connection); !finding.isEmpty())
        return corrupt(file, finding, nowMs);
    return connection;
}

api::Result<Connection> openReader(const QString& file)
{
    Connection connection(QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), newName("reader")));
    connection->setDatabaseName(file);
    connection->setConnectOptions(QStringLiteral("QSQLITE_OPEN_READONLY;QSQLITE_BUSY_TIMEOUT=2000"));
    if (!connection->open())
        return unavailable(
            QStringLiteral("The database %1 cannot be read: %2.").arg(file, connection->lastError().text()));
    return connection;
}

} // namespace gateway::store
